"""Time as a machine gives it to somebody: for bounds that are published about a box of one's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.processes import Process


class MachineTime:
    """A stopwatch for some processes that stands still while the machine has no processor for them.

    On a machine that others keep busy, how long a process takes by the clock says little about it. What is taken off is
    how long a thread of theirs was ready to run and did not: of all threads, also of processes that come meanwhile, the
    longest such time; never the sum, for they wait beside each other.
    """

    def __init__(self, processes: Callable[[], Iterable[Process]]) -> None:
        self._processes = processes
        self._before = _kept_waiting(processes())
        self._waited = 0.0
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        now = time.monotonic()
        for thread, waited in _kept_waiting(self._processes()).items():
            self._waited = max(self._waited, waited - self._before.get(thread, 0.0))
        return now - self._began - self._waited

    def wait_until(self, condition: Callable[[], bool], seconds: float, interval_seconds: float = 0.05) -> bool:
        """Look again and again until it shows so many seconds; return whether the condition came true."""
        while self.seconds < seconds:
            if condition():
                return True
            time.sleep(interval_seconds)
        return condition()


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
