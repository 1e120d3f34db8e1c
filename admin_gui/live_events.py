"""The appliance's live events on the GUI thread: a few batches a second, however many there are."""

from __future__ import annotations

import logging
import threading
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from admin_gui.client.events import Event, EventStream
from admin_gui.client.transport.clock import ApplianceClock
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import (
    CertificateChanged,
    ClientError,
    Forbidden,
    NotAuthorised,
    NotFound,
    Stopped,
)
from admin_gui.client.transport.stop import Stop

logger = logging.getLogger(__name__)

BATCH_INTERVAL_MS = 100
# More than this at once is not looked at one by one: whoever shows something asks for it anew.
LARGEST_BATCH = 5_000


class LiveEvents(QObject):
    """Reads the event stream on a thread of its own."""

    batch = Signal(object)  # list[Event], at most ten times a second
    opened = Signal()
    broken = Signal(object)  # ClientError
    _woken = Signal()
    _broken_or_opened = Signal(object)

    def __init__(self, connection: Connection, clock: ApplianceClock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from admin_gui.client.transport.pinned import Transport  # noqa: PLC0415 - not before somebody connects

        self._transport = Transport(connection, clock)
        self._stop = Stop()
        self._stream = EventStream(self._transport, self._stop)
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BATCH_INTERVAL_MS)
        self._timer.timeout.connect(self._hand_out)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._broken_or_opened.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="vbot-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, seconds: float = 2.0) -> None:
        """Stop reading, and wait a moment for the thread."""
        self._stop.request()
        self._transport.close()
        self._timer.stop()
        if self._thread.is_alive():
            self._thread.join(seconds)

    # On the thread

    def _run(self) -> None:
        try:
            self._stream.run(self._take, lambda: self._emit(None), self._on_break)
        except Exception:
            logger.exception("the event stream ended in a way that nobody foresaw")

    def _take(self, event: Event) -> None:
        with self._lock:
            first = not self._waiting
            if event.is_reset or len(self._waiting) >= LARGEST_BATCH:
                self._waiting = [Event(id=event.id, kind="reset")]
            else:
                self._waiting.append(event)
        if first and not self._stop.requested:
            self._woken.emit()

    def _on_break(self, error: ClientError) -> bool:
        self._emit(error)
        return not isinstance(error, CertificateChanged | NotAuthorised | Forbidden | NotFound | Stopped)

    def _emit(self, error: ClientError | None) -> None:
        if not self._stop.requested:
            self._broken_or_opened.emit(error)

    # On the GUI thread

    @Slot()
    def _wake(self) -> None:
        if not self._timer.isActive() and not self._stop.requested:
            self._timer.start()

    @Slot(object)
    def _tell(self, error: Any) -> None:
        if self._stop.requested:
            return
        if error is None:
            self.opened.emit()
        else:
            self.broken.emit(error)

    @Slot()
    def _hand_out(self) -> None:
        with self._lock:
            events, self._waiting = self._waiting, []
        if events and not self._stop.requested:
            self.batch.emit(events)
