"""The schedule of retries: three, never early, at most a tenth late, and patient when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.webhooks.schedule import next_attempt_at, parse_retry_after

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
DELAYS = (10.0, 60.0, 300.0)


def never() -> float:
    return 0.0


@pytest.mark.parametrize(("attempt", "delay"), [(1, 10), (2, 60), (3, 300)])
def test_three_retries_follow_the_first_attempt(attempt: int, delay: int) -> None:
    assert next_attempt_at(attempt, NOW, DELAYS, None, never) == NOW + timedelta(seconds=delay)


def test_after_the_fourth_attempt_there_is_none() -> None:
    assert next_attempt_at(4, NOW, DELAYS, None, never) is None
    assert next_attempt_at(4, NOW, DELAYS, 5.0, never) is None


def test_an_attempt_number_below_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="from 1"):
        next_attempt_at(0, NOW, DELAYS, None, never)


def test_retry_after_lengthens_the_schedule() -> None:
    assert next_attempt_at(1, NOW, DELAYS, 120.0, never) == NOW + timedelta(seconds=120)


def test_retry_after_never_shortens_the_schedule() -> None:
    assert next_attempt_at(3, NOW, DELAYS, 1.0, never) == NOW + timedelta(seconds=300)


def test_retry_after_is_honoured_up_to_one_hour() -> None:
    assert next_attempt_at(1, NOW, DELAYS, 86400.0, never) == NOW + timedelta(hours=1)


@given(
    attempt=st.integers(1, 3),
    retry_after=st.none() | st.floats(-1e9, 1e12),
    jitter=st.floats(0, 1),
)
def test_jitter_adds_at_most_a_tenth(attempt: int, retry_after: float | None, jitter: float) -> None:
    plain = next_attempt_at(attempt, NOW, DELAYS, retry_after, never)
    shaken = next_attempt_at(attempt, NOW, DELAYS, retry_after, lambda: jitter)

    assert plain is not None
    assert shaken is not None
    assert plain >= NOW + timedelta(seconds=DELAYS[attempt - 1])
    assert timedelta(0) <= shaken - plain <= (plain - NOW) * 0.1 + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Tue, 24 Nov 2026 16:02:00 GMT", 120.0),
        ("Tue, 24 Nov 2026 15:00:00 GMT", 0.0),
        ("Tuesday, 24-Nov-26 16:01:00 GMT", 60.0),
        ("Tue Nov 24 16:00:30 2026", 30.0),
        ("9" * 5000, 3600.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("Tue, 99 Nov 2026 16:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


def test_a_retry_after_date_is_measured_from_now_in_any_zone() -> None:
    now = NOW.astimezone(timezone(timedelta(hours=-8)))

    assert parse_retry_after("Tue, 24 Nov 2026 16:02:00 GMT", now) == 120.0


@given(st.text())
def test_no_retry_after_header_makes_an_error(value: str) -> None:
    seconds = parse_retry_after(value, NOW)

    assert seconds is None or seconds >= 0
