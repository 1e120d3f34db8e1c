"""How long work is asked to stop, and says how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable

from admin_gui.client.transport.errors import Stopped

# Bytes or things done, and how many there are (None: not known).
Progress = Callable[[int, int | None], None]


class Stop:
    """Set by whoever no longer wants the work, looked at by who does it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        self._event.set()

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise Stopped when it was requested."""
        if self.requested:
            raise Stopped

    def wait(self, seconds: float) -> bool:
        """Sleep so long, or until it is requested; tell whether it was."""
        return self._event.wait(seconds)


def no_progress(_done: int, _total: int | None) -> None:
    """For who does not watch."""
