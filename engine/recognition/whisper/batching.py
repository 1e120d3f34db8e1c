"""Continuous batching of many calls' jobs: each worker thread has a batch, and steps all jobs of it at once.

A job never waits for others to fill a batch: a worker takes it as soon as its batch has room, even alone, and what
comes later joins the steps under way. Jobs are taken in the order in which they came; each call hands in a bounded
number at a time, so none waits longer than for what the others have handed in.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Job = TypeVar("Job")
State = TypeVar("State")
Result = TypeVar("Result")
Job_contra = TypeVar("Job_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)

FEWER_SECONDS = 300.0  # before as many as at first are tried again


class Work(Protocol[Job_contra, State, Result_co]):
    """What the workers do. It may be called from several threads at once, with different states."""

    def begin(self, job: Job_contra) -> State:
        """Take up a job."""

    def step(self, states: Sequence[State]) -> None:
        """Bring all of these forward."""

    def result(self, state: State) -> Result_co | None:
        """What came out, or None while there is more to do."""

    def out_of_memory(self, error: Exception) -> bool:
        """Is this what a device says whose memory is full?"""


@dataclass(slots=True)
class _Request(Generic[Job, Result]):
    job: Job
    future: Future[Result]


class BatchScheduler(Generic[Job, State, Result]):
    """Worker threads that share one queue of jobs; a worker has at most `max_batch_size` of them in its batch.

    Where memory is full there are fewer, for some minutes.
    """

    def __init__(
        self,
        work: Work[Job, State, Result],
        workers: int,
        max_batch_size: int,
        begins_at_once: int = 1,
        prepare: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._prepare, self._monotonic = work, prepare, monotonic
        self.max_batch_size = self._most = max_batch_size
        self._fewer_until = 0.0
        self._begins_at_once = begins_at_once  # one, where what is left goes to the other workers
        self.workers = workers
        self._waiting: deque[_Request[Job, Result]] = deque()
        self._arrived = threading.Condition()
        self._closed = False
        for number in range(workers):
            threading.Thread(target=self._run, name=f"recognition {number}", daemon=True).start()

    def submit(self, job: Job) -> Future[Result]:
        """Hand in a job; its failure is its own."""
        request: _Request[Job, Result] = _Request(job, Future())
        with self._arrived:
            self._waiting.append(request)
            self._arrived.notify()
        return request.future

    def close(self) -> None:
        """End the threads when they have done what was handed in."""
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def _run(self) -> None:
        self._prepare()
        batch: list[tuple[_Request[Job, Result], State]] = []
        while True:
            if self.max_batch_size < self._most and self._monotonic() >= self._fewer_until:
                self.max_batch_size = self._most
            for _ in range(self._begins_at_once):
                request = self._take(wait=not batch) if len(batch) < self.max_batch_size else None
                if request is None:
                    break
                self._begin(request, batch)
            if batch:
                batch = self._step(batch)
            elif request is None:
                return

    def _take(self, wait: bool) -> _Request[Job, Result] | None:
        with self._arrived:
            while True:
                while self._waiting:
                    request = self._waiting.popleft()
                    # One that is running was put back.
                    if request.future.running() or request.future.set_running_or_notify_cancel():
                        return request
                if self._closed or not wait:
                    return None
                self._arrived.wait()

    def _begin(self, request: _Request[Job, Result], batch: list[tuple[_Request[Job, Result], State]]) -> None:
        try:
            batch.append((request, self._work.begin(request.job)))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever waits for the job
            if batch and self._work.out_of_memory(error):
                self._put_back([request])
                self._take_fewer(len(batch))
            else:
                request.future.set_exception(error)

    def _step(self, batch: list[tuple[_Request[Job, Result], State]]) -> list[tuple[_Request[Job, Result], State]]:
        """Bring all forward and give what is not done yet; where that fails, it is found out whose fault it is."""
        try:
            self._work.step([state for _, state in batch])
            return [pair for pair in batch if not self._delivered(*pair)]
        except Exception as error:  # noqa: BLE001
            if len(batch) == 1:
                batch[0][0].future.set_exception(error)
                return []
            if self._work.out_of_memory(error):
                fewer = self._take_fewer(len(batch) // 2)
                self._put_back([request for request, _ in batch[fewer:]])
                return self._restart([request for request, _ in batch[:fewer]])
        for request, _ in batch:
            self._alone(request)
        return []

    def _take_fewer(self, most: int) -> int:
        self._fewer_until = self._monotonic() + FEWER_SECONDS  # first: the other workers look, too
        # Another worker may have found room for fewer still.
        self.max_batch_size = fewer = min(self.max_batch_size, max(1, most))
        return fewer

    def _restart(self, requests: list[_Request[Job, Result]]) -> list[tuple[_Request[Job, Result], State]]:
        """Begin these again: a step that failed in its midst leaves states that are no good."""
        batch: list[tuple[_Request[Job, Result], State]] = []
        for request in requests:
            self._begin(request, batch)
        return batch

    def _alone(self, request: _Request[Job, Result]) -> None:
        batch = self._restart([request])
        while batch:
            batch = self._step(batch)

    def _delivered(self, request: _Request[Job, Result], state: State) -> bool:
        result = self._work.result(state)
        if result is None:
            return False
        request.future.set_result(result)
        return True

    def _put_back(self, requests: list[_Request[Job, Result]]) -> None:
        with self._arrived:
            self._waiting.extendleft(reversed(requests))
            self._arrived.notify()
