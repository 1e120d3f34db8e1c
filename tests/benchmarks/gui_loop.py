"""The event loop of the desktop program: let run, and how long it was away from what it has to do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer

TICK_MS = 4
SHARES = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0))


class Ticks:
    """How long the GUI thread was away between two ticks of a timer: by the clock, and by its own CPU time.

    On a machine that does other things as well, only the second is the program's own doing.
    """

    def __init__(self) -> None:
        self._gaps: list[tuple[float, float]] = []
        self._last = (0.0, 0.0)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start()

    def end(self) -> tuple[list[float], list[float]]:
        """Of the clock's gaps, and of the processor time's, the shares: in ms."""
        self._timer.stop()
        clock, cpu = ([share_of(sorted(gaps), share) for _, share in SHARES] for gaps in zip(*self._gaps, strict=True))
        return clock, cpu

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self._gaps.append(((now[0] - self._last[0]) * 1000, (now[1] - self._last[1]) * 1000))
        self._last = now


def share_of(values: Sequence[float], share: float) -> float:
    """Of sorted ones, the one that so many are not above."""
    return values[min(len(values) - 1, int(len(values) * share))]


def memory_mb() -> float:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait(seconds: float, done: Callable[[], bool] = lambda: False) -> None:
    """Let the program run for so long, or until it is done."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    watch = QTimer()
    watch.setInterval(20)

    def look() -> None:
        if done():
            loop.quit()

    watch.timeout.connect(look)
    watch.start()
    loop.exec()


class Phases:
    """Runs one phase after the other, and prints of each its gaps and how memory changed in it.

    The first is to be one in which nothing is done: what the others are compared with, on a machine that others use.
    """

    def __init__(self) -> None:
        self._idle: float | None = None

    def measure(self, title: str, seconds: float, run: Callable[[], None] = lambda: None) -> None:
        ticks, before = Ticks(), memory_mb()
        ticks.begin()
        run()
        wait(seconds)
        clock, cpu = ticks.end()
        at = [label for label, _ in SHARES].index("p99.9")
        if self._idle is None:
            self._idle = clock[at]
        told = "   ".join(
            f"{name} " + " ".join(f"{label} {gap:5.1f}" for (label, _), gap in zip(SHARES, gaps, strict=True))
            for name, gaps in (("clock", clock), ("cpu", cpu))
        )
        over = f"p99.9 over idle {clock[at] - self._idle:5.1f}"
        print(f"{title:36} {told}   {over}   memory {before:.0f} → {memory_mb():.0f} MB", flush=True)
