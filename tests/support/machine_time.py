"""Time as a machine gives it to somebody: for bounds that are published about a box of one's own."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.processes import Process

LOOK_EVERY_SECONDS = 0.1
UNNOTICED_SECONDS = 0.5  # between two such looks, on a machine that is only busy


class MachineTime:
    """A stopwatch for some processes that stands still while the machine has no processor for them.

    On a machine that others keep busy, how long a process takes by the clock says little about it. What is taken off is
    how long a thread of theirs was ready to run and did not: of all threads, also of processes that come meanwhile, the
    longest such time; never the sum, for they wait beside each other. Or how long the whole machine stood still, as a
    virtual one may: nobody in it was ready to run, and no process was late.
    """

    def __init__(self, processes: Callable[[], Iterable[Process]]) -> None:
        self._processes = processes
        self._before = _kept_waiting(processes())
        self._waited = 0.0
        self._stalls = _Stalls()
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return time.monotonic() - self._began - self.taken_off

    @property
    def taken_off(self) -> float:
        """How many seconds it stood still."""
        for thread, waited in _kept_waiting(self._processes()).items():
            self._waited = max(self._waited, waited - self._before.get(thread, 0.0))
        return max(self._waited, self._stalls.seconds)

    def wait_until(self, condition: Callable[[], bool], seconds: float, interval_seconds: float = 0.05) -> bool:
        """Look again and again until it shows so many seconds; return whether the condition came true."""
        while self.seconds < seconds:
            if condition():
                return True
            time.sleep(interval_seconds)
        return condition()


class _Stalls:
    """How long the whole machine stood still: somebody who sleeps for a moment wakes up long after it."""

    def __init__(self) -> None:
        self._seen = (time.monotonic(), time.process_time(), 0.0)  # at once, for there are two threads
        threading.Thread(target=_look_again, args=(weakref.ref(self),), daemon=True).start()

    @property
    def seconds(self) -> float:
        """Until now; what this process has computed meanwhile held nobody up but itself."""
        looked_at, computed, before = self._seen
        gap = time.monotonic() - looked_at - (time.process_time() - computed)
        return before + max(0.0, gap - UNNOTICED_SECONDS)

    def look(self) -> None:
        until_now = self.seconds
        self._seen = (time.monotonic(), time.process_time(), until_now)


def _look_again(at: weakref.ref[_Stalls]) -> None:
    """Until nobody has that stopwatch any more."""
    while (stalls := at()) is not None:
        stalls.look()
        del stalls
        time.sleep(LOOK_EVERY_SECONDS)


def _kept_waiting(processes: Iterable[Process]) -> dict[tuple[Process, str], float]:
    """For how many seconds each thread was ready to run while no processor was free."""
    found: dict[tuple[Process, str], float] = {}
    for process in processes:
        tasks = Path(f"/proc/{process.pid}/task")
        try:
            threads = list(tasks.iterdir())
        except OSError:
            continue  # it has just ended
        for thread in threads:
            try:
                found[process, thread.name] = int((thread / "schedstat").read_text().split()[1]) / 1e9
            except OSError:
                continue
    return found
