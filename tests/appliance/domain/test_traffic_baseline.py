"""What hours bring calls as a rule, and when a silence in them is no chance: by the clock on the wall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance.domain.traffic_baseline import MISSING_CALLS, SHORTEST_SILENCE, TrafficBaseline, Unusual, learn

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
# A Tuesday.
TODAY = date(2026, 11, 24)
Hours = Callable[[date], range]


def wall(moment: datetime) -> datetime:
    return moment.astimezone(BERLIN)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN)


def office(day: date) -> range:
    """From nine to five, Monday to Friday."""
    return range(9, 17) if day.weekday() < 5 else range(0)


def a_history(
    hours: Hours = office, *, weeks: int = 9, per_hour: int = 10, until: date = TODAY, but: Hours | None = None
) -> Counter[datetime]:
    """The calls of some weeks up to and with this day by their hour; `but` says which hours of a day brought none."""
    found: Counter[datetime] = Counter()
    for back in range(weeks * 7):
        day = until - back * DAY
        for hour in hours(day):
            if but is None or hour not in but(day):
                found[at(hour, day=day).astimezone(UTC)] += per_hour
    return found


def baseline(calls: Counter[datetime], last_call_at: datetime | None = None) -> TrafficBaseline:
    return learn(calls, last_call_at or at(12), wall)


def silence(found: TrafficBaseline, began_at: datetime, until: datetime) -> Unusual | None:
    return found.unusual_silence(began_at, until, wall)


def test_an_hour_of_the_week_brings_what_it_brings_as_a_rule() -> None:
    found = baseline(a_history())

    assert found.usual_calls == {(weekday, hour): 10 for weekday in range(5) for hour in range(9, 17)}


def test_a_silence_becomes_unusual_when_twenty_calls_are_missing() -> None:
    found = baseline(a_history(per_hour=5))

    assert silence(found, at(10), at(13, 59)) is None
    assert silence(found, at(10), at(14)) == Unusual(at(14), 4 * HOUR, 5.0)
    assert MISSING_CALLS == 4 * 5


def test_a_busy_pbx_may_pause_for_an_hour_and_a_half() -> None:
    found = baseline(a_history(per_hour=1000))

    assert silence(found, at(10), at(11, 29)) is None
    assert silence(found, at(10), at(12)) == Unusual(at(11, 30), SHORTEST_SILENCE, 1000.0)


def test_a_day_that_begins_late_in_its_first_hour_is_no_silence() -> None:
    assert silence(baseline(a_history(per_hour=200)), at(16, 59, TODAY - DAY), at(9, 59)) is None


def test_nights_count_for_nothing() -> None:
    found = baseline(a_history(per_hour=10))
    began_at = at(16, 30)

    assert silence(found, began_at, at(10, 29, TODAY + DAY)) is None
    assert silence(found, began_at, at(11, 0, TODAY + DAY)) == Unusual(at(10, 30, TODAY + DAY), 2 * HOUR, 10.0)


def test_weekends_count_for_nothing() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)

    assert silence(baseline(a_history()), at(16, 30, friday), at(10, 29, monday)) is None
    assert silence(baseline(a_history()), at(16, 30, friday), at(10, 30, monday)) is not None


def test_a_call_centre_is_missed_at_night_too() -> None:
    found = baseline(a_history(lambda _day: range(24)))

    assert silence(found, at(2), at(5)) == Unusual(at(4), 2 * HOUR, 10.0)


@pytest.mark.parametrize("weeks", [1, 3])
def test_who_is_new_has_no_rhythm(weeks: int) -> None:
    assert baseline(a_history(weeks=weeks)).usual_calls == {}
    assert baseline(Counter()).usual_calls == {}


def test_four_weeks_are_enough() -> None:
    assert baseline(a_history(weeks=5)).usual_calls


def test_a_first_try_long_before_the_first_day_makes_no_rhythm_older() -> None:
    tried = Counter({at(9, day=TODAY - 8 * WEEK).astimezone(UTC): 1})

    assert baseline(a_history(weeks=2) + tried).usual_calls == {}


def test_a_rare_sender_is_never_silent() -> None:
    def now_and_then(day: date) -> range:
        return range(9 + day.toordinal() % 8, 10 + day.toordinal() % 8)

    found = baseline(a_history(now_and_then, per_hour=1))

    assert silence(found, at(12), at(12) + 4 * WEEK) is None


def test_a_call_an_hour_is_missed_after_some_days() -> None:
    found = silence(baseline(a_history(per_hour=1)), at(12), at(12) + WEEK)

    assert found == Unusual(at(16, day=TODAY + 2 * DAY), 20 * HOUR, 1.0)


@pytest.mark.parametrize("free", [date(2026, 11, 17), date(2026, 10, 27)])
def test_a_holiday_is_not_learned_from(free: date) -> None:
    calls = a_history(but=lambda day: range(24) if day == free else range(0))

    assert baseline(calls).usual_calls == baseline(a_history()).usual_calls


def test_one_odd_week_changes_nothing() -> None:
    def odd(day: date) -> bool:
        return timedelta() < TODAY - day <= 2 * WEEK and TODAY - day > WEEK

    empty = a_history(but=lambda day: range(24) if odd(day) else range(0))
    busy = a_history() + a_history(lambda day: range(24) if odd(day) else range(0), per_hour=500)

    assert baseline(empty).usual_calls == baseline(busy).usual_calls == baseline(a_history()).usual_calls


def test_a_holiday_is_a_silence_once_and_ends_with_the_next_call() -> None:
    found = baseline(a_history())

    assert silence(found, at(16, 50), at(17, day=TODAY + DAY)) is not None
    assert silence(found, at(9, 5, TODAY + 2 * DAY), at(10, 30, TODAY + 2 * DAY)) is None


@pytest.mark.parametrize(("changed", "what"), [(date(2026, 10, 25), "winter"), (date(2026, 3, 29), "summer")])
def test_people_keep_their_hours_when_the_clock_is_changed(changed: date, what: str) -> None:
    monday = changed + DAY
    last = at(16, 55, changed - 2 * DAY)
    found = baseline(a_history(until=changed), last)

    assert found.usual_calls == baseline(a_history()).usual_calls, what
    assert silence(found, last, at(9, 5, monday)) is None
    assert silence(found, at(9, 5, monday), at(11, 5, monday)) == Unusual(at(11, 5, monday), 2 * HOUR, 10.0)


@pytest.mark.parametrize("changed", [date(2026, 10, 25), date(2026, 3, 29)])
def test_an_appliance_whose_clock_knows_no_summer_time_takes_no_office_for_silent(changed: date) -> None:
    calls = a_history(until=changed, per_hour=100)

    def utc(moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    for days in range(1, 6):
        day = changed + days * DAY
        last = at(16, 59, changed - 2 * DAY if days == 1 else day - DAY)
        assert learn(calls, last, utc).unusual_silence(last, at(9, 10, day), utc) is None
        calls += a_history(until=day, weeks=1, per_hour=100) - a_history(until=day - DAY, weeks=1, per_hour=100)


def test_a_pbx_that_moved_its_hours_is_believed_after_three_days() -> None:
    def evening(day: date) -> range:
        return range(12, 20) if day.weekday() < 5 else range(0)

    monday = date(2026, 11, 16)
    calls = a_history(until=monday - DAY)
    missed = []
    for days in range(5):
        day = monday + days * DAY
        last = at(16, 59, monday - 3 * DAY) if days == 0 else at(19, 59, day - DAY)
        missed.append(silence(baseline(calls, last), last, at(12, 1, day)) is not None)
        for hour in evening(day):
            calls[at(hour, day=day).astimezone(UTC)] += 10

    assert missed == [True, True, True, False, False]


def test_hours_of_half_a_zone_are_hours_too() -> None:
    india = ZoneInfo("Asia/Kolkata")

    def local(moment: datetime) -> datetime:
        return moment.astimezone(india)

    calls = Counter({datetime(2026, 9, 1, 5, tzinfo=UTC) + days * DAY: 40 for days in range(80)})
    found = learn(calls, datetime(2026, 11, 19, 5, 30, tzinfo=UTC), local)

    assert set(found.usual_calls) == {(weekday, 10) for weekday in range(7)}


def test_what_is_usual_does_not_fade_while_nothing_comes() -> None:
    """It is learned from before the last call: a PBX that is out of order for long stays missed."""
    last = at(12, day=TODAY - 3 * WEEK)
    found = baseline(a_history(until=TODAY - 3 * WEEK), last)

    assert silence(found, last, at(12)) == Unusual(last + 2 * HOUR, 2 * HOUR, 10.0)


def every_hour(since: datetime, until: datetime) -> Iterator[datetime]:
    while since < until:
        yield since
        since += HOUR


def test_it_does_not_matter_how_often_somebody_looks() -> None:
    found = baseline(a_history(per_hour=3))
    began_at = at(15, 20)

    told = {silence(found, began_at, until) for until in every_hour(began_at, began_at + WEEK)} - {None}

    assert len(told) == 1
