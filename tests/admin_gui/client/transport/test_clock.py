"""The appliance's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from admin_gui.client.transport.clock import ApplianceClock

MOMENT = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


class Watch:
    """A monotonic clock that a test winds on."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def header(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def test_it_runs_on_between_two_answers() -> None:
    watch = Watch()
    clock = ApplianceClock(watch)
    clock.note(header(MOMENT))
    watch.seconds += 90
    assert clock.now() == MOMENT + timedelta(seconds=90)


def test_a_second_more_or_less_moves_nothing() -> None:
    watch = Watch()
    clock = ApplianceClock(watch)
    clock.note(header(MOMENT))
    watch.seconds += 10
    clock.note(header(MOMENT + timedelta(seconds=11)))
    assert clock.now() == MOMENT + timedelta(seconds=10)


def test_a_clock_that_was_set_is_followed() -> None:
    watch = Watch()
    clock = ApplianceClock(watch)
    clock.note(header(MOMENT))
    clock.note(header(MOMENT - timedelta(hours=3)))
    assert clock.now() == MOMENT - timedelta(hours=3)


def test_nonsense_is_passed_over() -> None:
    clock = ApplianceClock(Watch())
    for nonsense in (None, "", "yesterday", "Tue, 24 Nov 2026 25:61:61 GMT"):
        clock.note(nonsense)
    assert abs(clock.offset()) < timedelta(seconds=1)
