"""Moments, ages, sizes: as people read them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from admin_gui.text import formats

MOMENT = datetime(2026, 11, 24, 23, 30, 5, tzinfo=UTC)


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An hour ahead of UTC in November."""
    former = QLocale()
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(former)
    monkeypatch.undo()
    time.tzset()


def test_moments_are_of_the_local_zone_with_utc_beside_them(in_berlin: None) -> None:
    assert formats.moment(MOMENT) == "25.11.26 00:30:05"
    assert formats.utc_tooltip(MOMENT).startswith("2026-11-24 23:30:05 UTC\n25.11.26 00:30:05")


def test_of_today_the_time_is_enough(in_berlin: None) -> None:
    assert formats.short_moment(MOMENT, MOMENT + timedelta(hours=2)) == "00:30:05"
    assert formats.short_moment(MOMENT, MOMENT - timedelta(hours=2)) == "25.11.26 00:30"
    assert formats.moment_of_a_day(MOMENT, MOMENT + timedelta(hours=2)) == "today, 00:30:05"
    assert formats.moment_of_a_day(MOMENT, MOMENT - timedelta(hours=2)) == "25.11.26 00:30"


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        ("25.11. 00:00", "25.11. 09:30", "today, 00:00 – 09:30"),
        ("24.11. 08:00", "25.11. 00:00", "24.11.26, 08:00 – 24:00"),
        ("24.11. 00:00", "25.11. 00:00", "24.11.26"),
        ("25.11. 00:00", "26.11. 00:00", "today"),
        ("23.11. 00:00", "26.11. 00:00", "23.11.26 – today"),
        ("23.11. 08:00", "25.11. 00:00", "23.11.26 08:00 – 24.11.26 24:00"),
        ("23.11. 00:00", "25.11. 09:30", "23.11.26 00:00 – today 09:30"),
        ("25.11. 08:15", "", "today 08:15 – …"),
        ("", "25.11. 08:15", "… – today 08:15"),
        ("24.11. 00:00", "", "24.11.26 – …"),
    ],
)
def test_a_stretch_of_time_always_says_its_day(in_berlin: None, begin: str, end: str, told: str) -> None:
    def moment(written: str) -> datetime | None:
        return datetime.strptime(f"2026 {written}", "%Y %d.%m. %H:%M").astimezone() if written else None

    assert formats.stretch(moment(begin), moment(end), MOMENT + timedelta(hours=9)) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.24, "0.2 s"),
        (8, "8 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (90000, "1 d 1 h"),
        (30 * 86400, "30 d"),
        (3649 * 86400, formats.number(3649) + " d"),
    ],
)
def test_stretches_of_time_have_two_parts_at_most(seconds: float, told: str) -> None:
    assert formats.span(seconds) == told


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(seconds=-3), "just now"),
        (timedelta(hours=-1), "in 1 h"),
    ],
)
def test_ages_are_told_by_the_clock_that_is_given(ago: timedelta, told: str) -> None:
    assert formats.age(MOMENT, MOMENT + ago) == told


def test_what_is_not_known_is_a_dash() -> None:
    assert formats.moment(None) == formats.span(None) == formats.size(None) == formats.number(None) == "–"
    assert formats.age(None, MOMENT) == "never"


def test_recordings_have_the_length_that_players_show() -> None:
    assert formats.playing_time(61.5) == "1:02"
    assert formats.playing_time(3605) == "1:00:05"


def test_shares_and_sizes() -> None:
    assert formats.percent(0.5) == "50 %"
    assert formats.percent(0.004) == "0.4 %"
    assert formats.size(1536) == "1.5 kB"


def test_of_the_last_days_the_weekday_is_enough(in_berlin: None) -> None:
    assert formats.moment_of_a_week(MOMENT, MOMENT + timedelta(hours=3)) == "00:30"
    assert formats.moment_of_a_week(MOMENT - timedelta(hours=1), MOMENT) == "Di. 23:30"


def test_minutes_are_told_as_such_however_many_they_are(in_berlin: None) -> None:
    told = [formats.minutes(seconds) for seconds in (0.0, 30.0, 599.0, 600.0, 5_840_000.0, None)]
    assert told == ["0 min", "0,5 min", "10,0 min", "10 min", "97.333 min", "–"]
