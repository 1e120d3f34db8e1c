"""Many may pass a gate together, or one alone, while no other is behind it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Gate:
    """Who wants to be alone goes first: those who come after it wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_closed = False

    @contextlib.contextmanager
    def with_others(self) -> Iterator[None]:
        """Beside others who say so."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """When all who are inside have left, and until we leave. For one thread at a time."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
