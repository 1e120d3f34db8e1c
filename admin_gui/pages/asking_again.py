"""Asking anew after live events, which come in swarms."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

AGAIN_MS = 2_000
# A busy appliance counts anew only every few seconds: its first answer may have left out the last event.
ONCE_MORE_MS = 15_000


class AskingAgain(QObject):
    """Asks once for many events, and once more when they have ceased."""

    def __init__(self, owner: QObject, ask: Callable[[], object]) -> None:
        super().__init__(owner)
        self._again, self._once_more = QTimer(self), QTimer(self)
        for timer, pause_ms in ((self._again, AGAIN_MS), (self._once_more, ONCE_MORE_MS)):
            timer.setSingleShot(True)
            timer.setInterval(pause_ms)
            timer.timeout.connect(ask)
        self._pause_ms = AGAIN_MS  # after the next failure

    def soon(self) -> None:
        """Something has happened."""
        self.later()
        self._once_more.start()

    def later(self) -> None:
        """It cannot be asked now."""
        if not self._again.isActive():
            self._again.start(AGAIN_MS)

    def after_failure(self) -> None:
        """Nobody has answered: after a pause, longer each time, until `answered`."""
        self._again.start(self._pause_ms)
        self._pause_ms = min(2 * self._pause_ms, ONCE_MORE_MS)

    def answered(self) -> None:
        """Somebody has."""
        self._pause_ms = AGAIN_MS

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._again.stop()
        self._once_more.stop()
