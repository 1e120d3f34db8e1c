"""How fast a worker is, however its calls overlap."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

# One call says little about a worker's speed: short ones take longer for each second of theirs.
SPEED_OVER_CALLS = 20


class Speed:
    """How many seconds of audio a worker analyses in a second in which it is busy, over its last calls; thread-safe."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at_work = 0
        self._busy_since = 0.0
        self._busy_before = 0.0
        # After each of the last calls: how long we had been busy in all, how much audio we had analysed in all.
        self._after: deque[tuple[float, float]] = deque([(0.0, 0.0)], maxlen=SPEED_OVER_CALLS + 1)

    def begin(self) -> None:
        """The analysis of a call begins."""
        with self._lock:
            if self._at_work == 0:
                self._busy_since = self._monotonic()
            self._at_work += 1

    def end(self, audio_seconds: float | None) -> None:
        """It is over; of a call that came to nothing only the time is known."""
        with self._lock:
            now = self._monotonic()
            if audio_seconds is not None:
                self._after.append((self._busy_before + now - self._busy_since, self._after[-1][1] + audio_seconds))
            self._at_work -= 1
            if self._at_work == 0:
                self._busy_before += now - self._busy_since

    @property
    def measured(self) -> float | None:
        """None before the first call."""
        with self._lock:
            (busy_first, audio_first), (busy_last, audio_last) = self._after[0], self._after[-1]
        busy = busy_last - busy_first
        return round((audio_last - audio_first) / busy, 2) if busy > 0 else None
