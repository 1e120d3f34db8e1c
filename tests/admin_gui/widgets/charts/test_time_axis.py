"""Which moments are named below a chart: round ones of the local clock, none over another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from admin_gui.models.insights import midnight
from admin_gui.widgets.charts.time_axis import AIR, DAY_SECONDS, round_ticks

HOUR = 3600
LETTER = 7  # how wide one is


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def width_of(text: str) -> float:
    return LETTER * len(text)


def hours(begin: datetime, count: int = 24) -> list[datetime]:
    return [begin + timedelta(hours=number) for number in range(count)]


def days(first: date, count: int) -> list[datetime]:
    return [midnight(first + timedelta(days=number)).astimezone(UTC) for number in range(count)]


def named(starts: list[datetime], bucket_seconds: int, room: float) -> list[str]:
    return [text for _, text in round_ticks(starts, bucket_seconds, room, width_of)]


def test_of_a_day_every_sixth_hour_of_the_local_clock_is_named_whenever_it_begins() -> None:
    for begin in range(24):
        starts = hours(datetime(2026, 11, 27, begin, tzinfo=UTC))
        found = named(starts, HOUR, 250)
        assert set(found) <= {"00:00", "06:00", "12:00", "18:00"}, begin
        assert len(found) >= 3, "all but one that would be cut at the right"


def test_a_moment_stands_where_it_is() -> None:
    starts = hours(datetime(2026, 11, 27, 9, tzinfo=UTC))  # 10:00 in Berlin
    ticks = round_ticks(starts, HOUR, 250, width_of)
    assert ticks[0] == (datetime(2026, 11, 27, 11, tzinfo=UTC).timestamp(), "12:00")


def test_the_more_room_the_more_is_named_and_never_one_over_another() -> None:
    starts = hours(datetime(2026, 11, 27, 9, 40, tzinfo=UTC))
    counts = []
    for room in range(40, 1200, 20):
        ticks = round_ticks(starts, HOUR, room, width_of)
        counts.append(len(ticks))
        scale = room / (24 * HOUR)
        for (at, text), (later, following) in pairwise(ticks):
            assert (later - at) * scale >= (width_of(text) + width_of(following)) / 2 + AIR
        if ticks:
            end = starts[-1].timestamp() + HOUR
            assert (end - ticks[-1][0]) * scale >= width_of(ticks[-1][1]) / 2, "none is cut at the right"
    assert counts[-1] == 8
    assert {1, 2, 4, 8} >= set(counts)


def test_on_the_days_on_which_clocks_are_set_hours_stay_round() -> None:
    forward = hours(datetime(2026, 3, 28, 23, tzinfo=UTC), 23)  # from midnight to midnight
    assert named(forward, HOUR, 600) == ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]
    back = hours(datetime(2026, 10, 24, 22, tzinfo=UTC), 25)
    ticks = round_ticks(back, HOUR, 250, width_of)
    assert [text for _, text in ticks] == ["00:00", "06:00", "12:00", "18:00"]
    assert ticks[1][0] - ticks[0][0] == 7 * HOUR


def test_an_hour_that_is_left_out_is_not_named() -> None:
    forward = hours(datetime(2026, 3, 28, 23, tzinfo=UTC), 6)
    assert named(forward, HOUR, 900) == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_of_minutes_the_tenth_ones() -> None:
    begin = datetime(2026, 11, 27, 9, 43, tzinfo=UTC)
    starts = [begin + timedelta(minutes=number) for number in range(60)]
    assert named(starts, 60, 400) == ["10:50", "11:00", "11:10", "11:20", "11:30", "11:40"]


@pytest.mark.parametrize(
    ("count", "room", "expected"),
    [
        (7, 500, ["25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov", "30 Nov", "1 Dec"]),
        (7, 250, ["25 Nov", "27 Nov", "30 Nov"]),
        (30, 400, ["30 Nov", "7 Dec", "14 Dec", "21 Dec"]),  # Mondays
        (30, 150, ["1 Dec", "15 Dec"]),
        (90, 250, ["1 Dec", "1 Jan", "1 Feb"]),
        (365, 500, ["1 Jan", "1 Apr", "1 Jul", "1 Oct"]),
    ],
)
def test_of_days_the_mondays_or_the_firsts_of_the_months(count: int, room: float, expected: list[str]) -> None:
    assert named(days(date(2026, 11, 25), count), DAY_SECONDS, room) == expected


def test_a_day_stands_below_the_middle_of_its_bucket() -> None:
    starts = days(date(2026, 11, 25), 7)
    assert round_ticks(starts, DAY_SECONDS, 500, width_of)[0][0] == starts[0].timestamp() + DAY_SECONDS / 2


def test_one_day_alone_and_none_are_no_trouble() -> None:
    assert named(days(date(2026, 11, 25), 1), DAY_SECONDS, 200) == ["25 Nov"]
    assert named([], DAY_SECONDS, 200) == []
