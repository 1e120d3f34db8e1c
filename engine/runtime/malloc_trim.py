"""Memory that calls have let go, given back to the system now and then.

The C library gives back by itself only what lies at the end of its area. What is free before that stays: as much as all
calls together ever needed at once.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

# It takes 30 ms, and as much again until the memory is back that is needed after all.
EVERY_SECONDS = 30.0


class FreedMemory:
    """Gives back what is free, so often at most; may be called from many threads."""

    def __init__(
        self,
        trim: Callable[[], object] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._trim = trim or c_library_trim()
        self._monotonic, self._every_seconds = monotonic, every_seconds
        self._lock = threading.Lock()
        self._next = monotonic() + every_seconds

    def give_back(self) -> None:
        """A call is done: see whether it is time."""
        with self._lock:
            now = self._monotonic()
            if now < self._next:
                return
            self._next = now + self._every_seconds
        self._trim()


def c_library_trim() -> Callable[[], object]:
    """glibc's own; where the C library has none, nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return (lambda: None) if trim is None else (lambda: trim(ctypes.c_size_t(0)))
