"""Whether the analyses under way still move: a call that is merely long does, one that hangs does not."""

from __future__ import annotations

import threading
import time

import pytest

from appliance.worker.stall_detector import LEAST_CPU_SECONDS, StallDetector
from tests.support.processes import wait_until


class Process:
    """One whose CPU time goes on when a test says so."""

    def __init__(self) -> None:
        self.cpu_seconds = 100.0
        self.stall_detector = StallDetector(lambda: self.cpu_seconds)

    def look(self, *analyses: object, computed: float = 0.0) -> int:
        self.cpu_seconds += computed
        return self.stall_detector.look(analyses)


def test_what_neither_progresses_nor_computes_is_counted_look_by_look() -> None:
    process = Process()
    process.look("call")
    assert [process.look("call") for _ in range(4)] == [1, 2, 3, 4]


@pytest.mark.parametrize("computed", [2 * LEAST_CPU_SECONDS, 2.0])
def test_a_long_call_computes(computed: float) -> None:
    process = Process()
    process.look("call")
    process.look("call")
    assert [process.look("call", computed=computed) for _ in range(100)] == [0] * 100


def test_a_long_call_that_waits_for_another_program_tells_of_progress() -> None:
    process = Process()
    assert [process.look(("call", moment)) for moment in range(100)] == [0] * 100


def test_what_is_done_or_begun_has_moved() -> None:
    process = Process()
    process.look("first")
    assert process.look("first") == 1
    assert process.look("first", "second") == 0
    assert process.look("first", "second") == 1
    assert process.look("second") == 0


def test_who_has_nothing_to_do_does_not_hang() -> None:
    process = Process()
    assert [process.look() for _ in range(100)] == [0] * 100


def test_a_thread_that_waits_takes_no_time_of_the_processor_and_one_that_computes_does() -> None:
    """The clock that it goes by, on this machine."""
    stall_detector = StallDetector()
    release = threading.Event()
    waiting = threading.Thread(target=release.wait)
    waiting.start()
    stall_detector.look(["call"])

    def nothing_moves() -> bool:
        time.sleep(0.3)
        return stall_detector.look(["call"]) == 1

    assert wait_until(nothing_moves, 60, 0)  # other threads of this process may have something to do for a moment
    release.set()
    waiting.join()

    ends = time.thread_time() + 2 * LEAST_CPU_SECONDS
    while time.thread_time() < ends:
        pass
    assert stall_detector.look(["call"]) == 0
