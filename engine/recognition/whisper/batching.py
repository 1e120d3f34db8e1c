"""Work of many calls done together: each lane is a thread that keeps several jobs in hand and steps them at once.

A job never waits for others to fill a batch: a lane takes it as soon as it has a free slot, even alone, and what comes
later joins the steps under way. Where more calls want to be heard, jobs are taken in the order in which they came; each
call hands in a bounded number at a time, so none waits longer than for what the others have handed in.
"""

from __future__ import annotations

import threading
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


class Work(Protocol[Job_contra, State, Result_co]):
    """What the lanes do. It may be called from several threads at once, with different states."""

    def begin(self, job: Job_contra) -> State:
        """Take up a job."""

    def step(self, states: Sequence[State]) -> None:
        """Bring all of these forward."""

    def result(self, state: State) -> Result_co | None:
        """What came out, or None while there is more to do."""

    def out_of_memory(self, error: Exception) -> bool:
        """Is this what a device says whose memory is full?"""


@dataclass(slots=True)
class _Order(Generic[Job, Result]):
    job: Job
    future: Future[Result]


class Lanes(Generic[Job, State, Result]):
    """Threads that share one queue of jobs. `slots` is how many jobs a lane has in hand at most."""

    def __init__(
        self,
        work: Work[Job, State, Result],
        lanes: int,
        slots: int,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self._work, self._prepare = work, prepare
        self.slots = slots
        self.lanes = lanes
        self._waiting: deque[_Order[Job, Result]] = deque()
        self._arrived = threading.Condition()
        self._closed = False
        for number in range(lanes):
            threading.Thread(target=self._run, name=f"recognition lane {number}", daemon=True).start()

    def submit(self, job: Job) -> Future[Result]:
        """Hand in a job; its failure is its own."""
        order: _Order[Job, Result] = _Order(job, Future())
        with self._arrived:
            self._waiting.append(order)
            self._arrived.notify()
        return order.future

    def close(self) -> None:
        """End the threads when they have done what was handed in."""
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def _run(self) -> None:
        self._prepare()
        held: list[tuple[_Order[Job, Result], State]] = []
        while True:
            # One at a time: the others leave some to the lanes beside this one.
            order = self._take(wait=not held) if len(held) < self.slots else None
            if order is not None:
                self._begin(order, held)
            elif not held:
                return
            if held:
                held = self._step(held)

    def _take(self, wait: bool) -> _Order[Job, Result] | None:
        with self._arrived:
            while True:
                while self._waiting:
                    order = self._waiting.popleft()
                    # One that is running was put back.
                    if order.future.running() or order.future.set_running_or_notify_cancel():
                        return order
                if self._closed or not wait:
                    return None
                self._arrived.wait()

    def _begin(self, order: _Order[Job, Result], held: list[tuple[_Order[Job, Result], State]]) -> None:
        try:
            held.append((order, self._work.begin(order.job)))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever waits for the job
            if held and self._work.out_of_memory(error):
                self._put_back([order])
                self.slots = max(1, len(held))
            else:
                order.future.set_exception(error)

    def _step(self, held: list[tuple[_Order[Job, Result], State]]) -> list[tuple[_Order[Job, Result], State]]:
        """Bring all forward and give what is not done yet; where that fails, it is found out whose fault it is."""
        try:
            self._work.step([state for _, state in held])
            return [pair for pair in held if not self._delivered(*pair)]
        except Exception as error:  # noqa: BLE001
            if len(held) == 1:
                held[0][0].future.set_exception(error)
                return []
            if self._work.out_of_memory(error):
                self.slots = max(1, len(held) // 2)
                self._put_back([order for order, _ in held[self.slots :]])
                return self._anew([order for order, _ in held[: self.slots]])
        for order, _ in held:
            self._alone(order)
        return []

    def _anew(self, orders: list[_Order[Job, Result]]) -> list[tuple[_Order[Job, Result], State]]:
        """Begin these again: a step that failed in its midst leaves states that are no good."""
        held: list[tuple[_Order[Job, Result], State]] = []
        for order in orders:
            self._begin(order, held)
        return held

    def _alone(self, order: _Order[Job, Result]) -> None:
        held = self._anew([order])
        while held:
            held = self._step(held)

    def _delivered(self, order: _Order[Job, Result], state: State) -> bool:
        result = self._work.result(state)
        if result is None:
            return False
        order.future.set_result(result)
        return True

    def _put_back(self, orders: list[_Order[Job, Result]]) -> None:
        with self._arrived:
            self._waiting.extendleft(reversed(orders))
            self._arrived.notify()
