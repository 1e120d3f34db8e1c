"""Whether the analyses under way still move, looked at now and then from beside them.

A call that is merely long computes, or tells of its progress. What does neither for a minute waits for something that
does not come: a lock, or a driver that hangs. So whoever waits for another program on purpose must tell of progress
meanwhile (`Engine.analyse`). The minute is counted in looks and not by the clock: while a process is frozen, or its
machine sleeps, nobody looks. What computes without end looks like a long call here; it has half an hour
(`STUCK_AFTER_SECONDS`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence

from appliance.queue.dramatiq_internals import consuming_threads

# An engine that says nothing for so long hangs, though it computes. It speaks after every turn; the largest model on
# the slowest processor, with many calls in hand, comes to the next turn of each in less.
STUCK_AFTER_SECONDS = 1800.0
# One that neither says anything nor computes hangs as well.
STILL_AFTER_SECONDS = 60.0
# From one look to the next: 2 s. A worker whose calls all wait takes a tenth of it, one of 50 that share a core more.
LEAST_CPU_SECONDS = 0.02


def analysing_cpu_seconds() -> float:
    """What this process has computed, but for those who look for calls: they never rest while one is in hand."""
    looking = [thread.ident for thread in consuming_threads()]
    clocks = [time.pthread_getcpuclockid(ident) for ident in looking if ident is not None]
    return time.process_time() - sum(map(time.clock_gettime, clocks))


class StallDetector:
    """Counts the looks in a row at which nothing had moved since the look before."""

    def __init__(self, cpu_seconds: Callable[[], float] = analysing_cpu_seconds) -> None:
        self._cpu_seconds = cpu_seconds
        self._seen: tuple[Hashable, ...] = ()
        self._seen_cpu = cpu_seconds()
        self.looks = 0

    def look(self, analyses: Sequence[Hashable]) -> int:
        """`analyses` are those under way, with how far each is; returns the looks in a row that saw nothing move."""
        seen, cpu = tuple(analyses), self._cpu_seconds()
        moved = seen != self._seen or cpu - self._seen_cpu >= LEAST_CPU_SECONDS
        self.looks = 0 if moved or not seen else self.looks + 1
        self._seen, self._seen_cpu = seen, cpu
        return self.looks
