"""A worker's measured speed: audio per second of being busy, however its calls overlap."""

from __future__ import annotations

import pytest

from appliance.worker.speed import SPEED_OVER_CALLS, Speed


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_before_the_first_call_nothing_is_known(clock: Clock) -> None:
    speed = Speed(clock)
    assert speed.measured is None

    speed.begin()
    clock.seconds = 1.0
    speed.end(None)
    assert speed.measured is None


def test_calls_that_overlap_do_not_count_the_same_second_twice(clock: Clock) -> None:
    speed = Speed(clock)
    for at in (0.0, 1.0, 2.0):
        clock.seconds = at
        speed.begin()
    for at in (4.0, 5.0, 6.0):
        clock.seconds = at
        speed.end(20.0)

    assert speed.measured == 10.0  # 60 s of audio in 6 s


def test_idle_time_does_not_count(clock: Clock) -> None:
    speed = Speed(clock)
    for _ in range(3):
        speed.begin()
        clock.seconds += 2.0
        speed.end(20.0)
        clock.seconds += 100.0

    assert speed.measured == 10.0


def test_only_the_last_calls_count(clock: Clock) -> None:
    speed = Speed(clock)
    for audio in [1.0] * 5 + [30.0] * SPEED_OVER_CALLS:
        speed.begin()
        clock.seconds += 1.0
        speed.end(audio)

    assert speed.measured == 30.0
