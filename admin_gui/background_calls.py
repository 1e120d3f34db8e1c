"""Client call → worker thread → callback on the GUI thread.

    self.context.calls.start(self, lambda: appliance.customers.one(7), self.show_customer)

The work runs on a thread of a pool; `done` or `failed` is called on the GUI thread, later, and never when the owner
has been deleted or the call was cancelled, and each in a turn of the event loop of its own, so that two answers that
came together do not hold it for as long as both. Exceptions arrive as objects. With `latest="name"` only the newest
call of that owner and name is delivered: what a refresh wants.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal, SignalInstance, Slot

from admin_gui.client.transport.errors import ClientError, Stopped
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.local_storage.keychain import NoKeyring

logger = logging.getLogger(__name__)

T = TypeVar("T")

THREADS = 6
PROGRESS_SECONDS = 0.1


class PendingCall(Generic[T]):
    """A call on its way."""

    def __init__(
        self,
        owner: QObject,
        work: Callable[[PendingCall[T]], T],
        done: Callable[[T], Any] | None,
        failed: Callable[[Exception], Any] | None,
        progress: Callable[[int, int | None], Any] | None,
    ) -> None:
        self.owner = owner
        self.stop = Stop()
        self.work = work
        self.done = done
        self.failed = failed
        self.progress = progress
        self.result: T | None = None
        self.error: Exception | None = None
        self.advance: tuple[int, int | None] = (0, None)
        self.slot: tuple[int, str] | None = None
        self.doing = ""  # in words, where it is anything but loading
        self.begun_at = time.monotonic()
        # Called on the GUI thread when it is cancelled: neither `done` nor `failed` will be.
        self.on_cancel: Callable[[], Any] | None = None
        # The same once its work, which may have been at something that cannot be stopped, has ended.
        self.on_stopped: Callable[[], Any] | None = None

    def cancel(self) -> None:
        """Deliver nothing any more; long work is asked to stop."""
        self.stop.request()
        on_cancel, self.on_cancel = self.on_cancel, None
        if on_cancel is not None:
            on_cancel()

    @property
    def cancelled(self) -> bool:
        return self.stop.requested

    @property
    def is_wanted(self) -> bool:
        """Whether there is still somebody to deliver to."""
        return not self.cancelled and shiboken6.isValid(self.owner)

    def let_go(self) -> None:
        """Drop what it holds: callbacks hold pages, and results may be large."""
        self.work = self.done = self.failed = self.progress = self.result = None  # type: ignore[assignment]
        self.on_cancel = self.on_stopped = None


class BackgroundCalls(QObject):
    """Runs calls on threads; lives on the GUI thread."""

    _ended = Signal(object)
    _advanced = Signal(object)

    def __init__(self, on_failure: Callable[[Exception], Any], parent: QObject | None = None) -> None:
        """`on_failure` hears of the errors of calls that have no `failed` of their own."""
        super().__init__(parent)
        self._on_failure = on_failure
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(THREADS)
        self._pending: set[PendingCall[Any]] = set()
        self._latest: dict[tuple[int, str], PendingCall[Any]] = {}
        self._closed = False
        self._arrived: deque[PendingCall[Any]] = deque()  # and not delivered yet
        self._next_turn = QTimer(self)
        self._next_turn.setSingleShot(True)
        self._next_turn.timeout.connect(self._deliver_next)
        self._ended.connect(self._queue, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._deliver_progress, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
        *,
        latest: str | None = None,
        doing: str = "",
    ) -> PendingCall[T]:
        """Run `work` on a thread; call `done` with its result, or `failed` with its exception.

        `doing`: what is said of it while it is waited for, where that is not loading.
        """
        call = PendingCall(owner, lambda _call: work(), done, failed, None)
        call.doing = doing
        return self._start(call, latest)

    def start_long(
        self,
        owner: QObject,
        work: Callable[[Progress, Stop], T],
        done: Callable[[T], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
        progress: Callable[[int, int | None], Any] | None = None,
    ) -> PendingCall[T]:
        """The same for work that tells how far it is and looks whether it should stop: `call.cancel()`."""
        return self._start(PendingCall(owner, lambda call: self._run_long(call, work), done, failed, progress), None)

    def forget(self, owner: QObject) -> None:
        """Cancel what this one, and whatever is within it, still waits for."""
        for call in list(self._pending):  # who hears that it is cancelled may begin something else
            if shiboken6.isValid(call.owner) and _is_within(call.owner, owner):
                call.cancel()

    def waiting_seconds(self, owner: QObject) -> float:
        """How long this one, or whatever is within it, has waited for something; long work tells of itself."""
        begun = [
            call.begun_at
            for call in self._pending
            if call.progress is None and call.is_wanted and _is_within(call.owner, owner)
        ]
        return time.monotonic() - min(begun) if begun else 0.0

    def doing(self, owner: QObject) -> str:
        """What this one, or whatever is within it, waits for, in words; empty where it is loading only."""
        found = [call for call in self._pending if call.doing and call.is_wanted and _is_within(call.owner, owner)]
        return min(found, key=lambda call: call.begun_at).doing if found else ""

    def advance(self, owner: QObject) -> tuple[int, int] | None:
        """How much of what it waits for has come, and how much there is; None where that is not known."""
        told = [
            (done, total)
            for call in self._pending
            if call.progress is None and call.is_wanted and _is_within(call.owner, owner)
            for done, total in (call.advance,)
            if total
        ]
        return (sum(done for done, _ in told), sum(total for _, total in told)) if told else None

    @property
    def under_way(self) -> int:
        """How many calls have not been delivered yet."""
        return len(self._pending)

    def close(self, seconds: float = 2.0) -> None:
        """Cancel everything and wait a moment for the threads. What is still running then is left to end by itself."""
        self._closed = True
        for call in list(self._pending):
            call.let_go()  # first: there may be nobody left who could be told
            call.cancel()
        self._pending.clear()
        self._latest.clear()
        self._arrived.clear()
        self._pool.clear()
        self._pool.waitForDone(int(seconds * 1000))

    def is_under_way(self, owner: QObject, latest: str) -> bool:
        """Whether the newest call of that owner and name is still to be delivered."""
        return (id(owner), latest) in self._latest

    def _start(self, call: PendingCall[T], latest: str | None) -> PendingCall[T]:
        if self._closed:
            call.cancel()
            return call
        if latest is not None:
            call.slot = (id(call.owner), latest)
            former = self._latest.get(call.slot)
            if former is not None:
                former.cancel()
            self._latest[call.slot] = call
        self._pending.add(call)
        self._pool.start(lambda: self._run(call))
        return call

    def _run(self, call: PendingCall[Any]) -> None:
        """On a thread of the pool."""
        work = call.work
        try:
            if work is not None and not call.cancelled:  # at the end a call is let go, and then cancelled
                call.result = work(call)
        except (ClientError, NoKeyring, OSError) as error:
            call.error = error
        except Exception as error:
            logger.exception("a call failed in a way that nobody foresaw")
            call.error = error
        self._tell(self._ended, call)

    def _run_long(self, call: PendingCall[T], work: Callable[[Progress, Stop], T]) -> T:
        shown_at = 0.0

        def progress(done: int, total: int | None) -> None:
            nonlocal shown_at
            call.advance = (done, total)
            now = time.monotonic()
            if now - shown_at >= PROGRESS_SECONDS or done == total:
                shown_at = now
                self._tell(self._advanced, call)

        return work(progress, call.stop)

    def _tell(self, signal: SignalInstance, call: PendingCall[Any]) -> None:
        """From a thread to the GUI thread, unless the program has ended meanwhile."""
        if not self._closed and shiboken6.isValid(self):
            signal.emit(call)

    @Slot(object)
    def _queue(self, call: PendingCall[Any]) -> None:
        self._arrived.append(call)
        if not self._next_turn.isActive():
            self._next_turn.start(0)

    def _deliver_next(self) -> None:
        if not self._arrived:
            return  # it was closed
        call = self._arrived.popleft()
        if self._arrived:
            self._next_turn.start(0)  # first: what is called may wait, in a loop of its own, for the next one
        self._deliver(call)

    def _deliver(self, call: PendingCall[Any]) -> None:
        self._pending.discard(call)
        if call.slot is not None and self._latest.get(call.slot) is call:
            del self._latest[call.slot]
        done, failed, result, error = call.done, call.failed, call.result, call.error
        wanted, on_stopped = call.is_wanted, call.on_stopped
        call.let_go()
        if call.cancelled and on_stopped is not None and shiboken6.isValid(call.owner):
            on_stopped()
        if not wanted or isinstance(error, Stopped):
            return
        if error is None:
            if done is not None:
                done(result)
        else:
            (failed or self._on_failure)(error)

    @Slot(object)
    def _deliver_progress(self, call: PendingCall[Any]) -> None:
        if call not in self._pending:
            return
        if not shiboken6.isValid(call.owner):
            call.cancel()  # nobody is left who could do it
        elif call.progress is not None and not call.cancelled:
            call.progress(*call.advance)


def _is_within(inner: QObject | None, outer: QObject) -> bool:
    while inner is not None:
        if inner is outer:
            return True
        inner = inner.parent()
    return False
