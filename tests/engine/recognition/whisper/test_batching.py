"""Jobs of many calls in the same hands: none waits for another, none falls with another."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import pytest

from engine.recognition.whisper.batching import FEWER_SECONDS, BatchScheduler

WAIT_SECONDS = 60


class OutOfRoom(Exception):
    """What the made-up device says."""


class Countdown:
    """Jobs are (name, steps); a step counts each down. Names tell what goes wrong."""

    def __init__(self, room: int = 100) -> None:
        self.room = room
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def begin(self, job: tuple[str, int]) -> list[object]:
        if job[0] == "cannot begin":
            raise ValueError(job[0])
        return list(job)

    def step(self, states: Sequence[list[object]]) -> None:
        self.gate.wait(WAIT_SECONDS)
        self.batches.append(len(states))
        if len(states) > self.room:
            raise OutOfRoom
        for state in states:
            assert isinstance(state[1], int)
            state[1] -= 1
        if any(state[0] == "falls" for state in states):
            raise ValueError("falls")

    def result(self, state: list[object]) -> str | None:
        return str(state[0]) if state[1] == 0 else None

    def out_of_memory(self, error: Exception) -> bool:
        return isinstance(error, OutOfRoom)


@pytest.fixture
def work() -> Countdown:
    return Countdown()


@pytest.fixture
def scheduler(work: Countdown) -> Iterator[BatchScheduler[tuple[str, int], list[object], str]]:
    scheduler = BatchScheduler(work, workers=1, max_batch_size=4)
    yield scheduler
    work.gate.set()
    scheduler.close()


def _results(futures: list[Future[str]]) -> list[str]:
    return [future.result(WAIT_SECONDS) for future in futures]


def test_a_job_alone_is_not_kept_waiting(scheduler: BatchScheduler[tuple[str, int], list[object], str]) -> None:
    assert scheduler.submit(("a", 3)).result(WAIT_SECONDS) == "a"


def test_jobs_join_what_is_under_way_up_to_the_batch_size(
    scheduler: BatchScheduler[tuple[str, int], list[object], str], work: Countdown
) -> None:
    work.gate.clear()
    futures = [scheduler.submit((str(index), 20)) for index in range(9)]
    work.gate.set()
    assert _results(futures) == [str(index) for index in range(9)]
    assert max(work.batches) == 4


def test_a_failure_belongs_to_its_own_job(
    scheduler: BatchScheduler[tuple[str, int], list[object], str], work: Countdown
) -> None:
    work.gate.clear()
    futures = [scheduler.submit((name, 5)) for name in ("a", "falls", "cannot begin", "b")]
    work.gate.set()
    assert futures[0].result(WAIT_SECONDS) == "a"
    assert futures[3].result(WAIT_SECONDS) == "b"
    for future, message in ((futures[1], "falls"), (futures[2], "cannot begin")):
        with pytest.raises(ValueError, match=message):
            future.result(WAIT_SECONDS)


def test_full_memory_halves_what_is_in_hand_and_loses_nothing(
    scheduler: BatchScheduler[tuple[str, int], list[object], str], work: Countdown
) -> None:
    work.room = 2
    work.gate.clear()
    futures = [scheduler.submit((str(index), 6)) for index in range(7)]
    work.gate.set()
    assert _results(futures) == [str(index) for index in range(7)]
    assert scheduler.max_batch_size <= 2


def test_a_worker_that_has_more_in_hand_does_not_raise_what_another_has_found_room_for() -> None:
    class Together(Countdown):
        def step(self, states: Sequence[list[object]]) -> None:
            if len(states) == 8:
                scheduler.max_batch_size = 1  # the other one's step, of two, failed while this one went on
                self.batches.clear()
                raise OutOfRoom
            super().step(states)

    work = Together()
    scheduler: BatchScheduler[tuple[str, int], list[object], str] = BatchScheduler(work, workers=1, max_batch_size=8)
    work.gate.clear()
    futures = [scheduler.submit((str(index), 20)) for index in range(8)]
    work.gate.set()
    assert _results(futures) == [str(index) for index in range(8)]
    assert set(work.batches) == {1}
    assert scheduler.max_batch_size == 1
    scheduler.close()


def test_some_minutes_after_memory_was_full_as_many_as_at_first_are_tried_again() -> None:
    work, seconds = Countdown(room=1), [0.0]
    scheduler: BatchScheduler[tuple[str, int], list[object], str] = BatchScheduler(
        work, workers=1, max_batch_size=4, monotonic=lambda: seconds[0]
    )

    def together() -> None:
        work.gate.clear()
        futures = [scheduler.submit((str(index), 6)) for index in range(8)]
        work.gate.set()
        assert _results(futures) == [str(index) for index in range(8)]

    together()
    assert scheduler.max_batch_size == 1
    work.room = 4
    seconds[0] = FEWER_SECONDS - 1
    work.batches.clear()
    together()
    assert max(work.batches) == 1
    seconds[0] = FEWER_SECONDS
    together()
    assert max(work.batches) == 4
    scheduler.close()


def test_what_does_not_even_fit_alone_fails(
    scheduler: BatchScheduler[tuple[str, int], list[object], str], work: Countdown
) -> None:
    work.room = 0
    with pytest.raises(OutOfRoom):
        scheduler.submit(("a", 1)).result(WAIT_SECONDS)


def test_a_job_that_nobody_wants_any_more_is_left_out(
    scheduler: BatchScheduler[tuple[str, int], list[object], str], work: Countdown
) -> None:
    work.gate.clear()
    futures = [scheduler.submit((str(index), 2)) for index in range(8)]
    assert futures[7].cancel()
    work.gate.set()
    assert _results(futures[:7]) == [str(index) for index in range(7)]
    scheduler.close()


def test_several_workers_share_the_jobs() -> None:
    work = Countdown()
    scheduler: BatchScheduler[tuple[str, int], list[object], str] = BatchScheduler(work, workers=3, max_batch_size=2)
    assert _results([scheduler.submit((str(index), 4)) for index in range(40)]) == [str(index) for index in range(40)]
    scheduler.close()
