"""Which time insights are of, and how a change is said."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from admin_gui.client.calls import MOODS
from admin_gui.client.insights import Moods, Tally
from admin_gui.models import states
from admin_gui.models.insights import Period, change, end_of_day, figures, hours_in, hours_of, mood_words, note_of

NOW = datetime(2026, 11, 4, 9, 30, tzinfo=UTC)  # a Wednesday; clocks went back on 25 October


@pytest.fixture(autouse=True)
def in_berlin() -> Iterator[None]:
    former = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if former is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = former
    time.tzset()


def written(moments: tuple[datetime, datetime]) -> list[str]:
    return [f"{moment.astimezone():%d.%m. %H:%M}" for moment in moments]


def test_days_are_whole_ones_up_to_now_and_the_time_before_is_as_long_whatever_the_clocks_did() -> None:
    period = Period(7)
    assert written(period.span(NOW)) == ["29.10. 00:00", "04.11. 10:30"]
    assert written(period.span_before(NOW)) == ["22.10. 00:00", "28.10. 10:30"]


def test_today_is_beside_yesterday_up_to_the_same_time_of_day_and_yesterday_is_whole() -> None:
    today = Period(1)
    assert written(today.span(NOW)) == ["04.11. 00:00", "04.11. 10:30"]
    assert written(today.span_before(NOW)) == ["03.11. 00:00", "03.11. 10:30"]
    assert written(Period.yesterday(NOW).span(NOW)) == ["03.11. 00:00", "04.11. 00:00"]


def test_from_one_day_to_another_both_are_in_it() -> None:
    period = Period(ends=(date(2026, 10, 24), date(2026, 10, 25)))
    assert written(period.span(NOW)) == ["24.10. 00:00", "26.10. 00:00"]
    since, until = period.span(NOW)
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=49)  # one of them had 25
    assert written(period.span_before(NOW)) == ["22.10. 00:00", "24.10. 00:00"]


def test_the_hours_of_the_week_that_a_time_has_are_known_also_where_clocks_were_set() -> None:
    today = hours_in(Period(1).span(NOW))
    assert today == {(2, hour) for hour in range(11)}, "the one that is not over is there, too"
    assert len(hours_in(Period(8).span(NOW))) == 7 * 24
    forward = date(2026, 3, 29)
    assert hours_in(Period(ends=(forward, forward)).span(NOW)) == {(6, hour) for hour in range(24) if hour != 2}
    half = NOW + timedelta(minutes=45)  # from half past nine to a quarter past ten
    assert hours_in((NOW, half)) == {(2, 10), (2, 11)}


def test_an_hour_of_the_week_is_found_in_each_week_the_newest_first() -> None:
    found = hours_of(2, 10, Period(30).span(NOW))
    assert [written(span)[0] for span in found] == [
        f"{day} 10:00" for day in ("04.11.", "28.10.", "21.10.", "14.10.", "07.10.")
    ]
    assert written(found[0]) == ["04.11. 10:00", "04.11. 11:00"], "it is not over yet: calls may still come"


def test_a_day_ends_at_midnight() -> None:
    for moment, end in (
        (NOW, "05.11. 00:00"),
        (end_of_day(NOW), "05.11. 00:00"),
    ):
        assert written((end_of_day(moment), NOW))[0] == end


@pytest.mark.parametrize(
    ("now", "before", "is_share", "said"),
    [
        (12, 10, False, "+20 %"),
        (8, 10, False, "−20 %"),
        (10, 10, False, "±0 %"),
        (3, 0, False, "new"),
        (0, 0, False, ""),
        (0.25, 0.2, True, "+5 points"),
        (None, 0.2, True, ""),
        (5, None, False, ""),
    ],
)
def test_a_change_is_said_in_percent_or_points(
    now: float | None, before: float | None, is_share: bool, said: str
) -> None:
    assert change(now, before, is_share=is_share) == said


def test_more_who_are_dissatisfied_is_bad_and_more_calls_is_neither() -> None:
    now = Tally(calls=20, mood=Moods(satisfied=5, dissatisfied=5))
    before = Tally(calls=10, mood=Moods(satisfied=9, dissatisfied=1))
    by_key = {figure.key: figure for figure in figures()}
    assert by_key["dissatisfied"].tone(now, before) == "bad"
    assert by_key["dissatisfied"].tone(before, now) == "good"
    assert by_key["calls"].tone(now, before) == by_key["dissatisfied"].tone(now, None) == "calm"
    assert note_of(by_key["dissatisfied"], now, before) == "+40 points\nbefore: 10 %"


def test_how_many_are_dissatisfied_is_said_of_those_whose_mood_is_known() -> None:
    (dissatisfied,) = (one for one in figures() if one.key == "dissatisfied")
    assert dissatisfied.text(Tally(calls=30, mood=Moods(satisfied=9, neutral=5, dissatisfied=4))) == "4 of 18 · 22 %"
    assert dissatisfied.text(Tally(calls=30)) == "–"
    assert "with a mood" in dissatisfied.meaning


def test_a_mood_has_one_name_in_figures_and_of_a_single_call() -> None:
    assert mood_words() == tuple(map(states.word, MOODS))
