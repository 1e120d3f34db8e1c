"""Whoever starts the program while it runs has its window brought forward: two would tell of everything twice."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

LOOK_INTERVAL_MS = 300
# So long the second start waits for the first; one that hangs is not waited for.
PATIENCE_SECONDS = 5.0


class SecondStart(QObject):
    """Between `begin` and `end`. `wanted` when somebody starts the program once more.

    `first` as soon as this is the one that runs: at once, or when another one that did not answer has ended.
    """

    wanted = Signal()
    first = Signal()

    def __init__(self, settings_file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call = _call_file(settings_file)
        self._lock = _lock(settings_file)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        self._timer.start()
        self._become_first()

    def end(self) -> None:
        self._timer.stop()
        if self._lock.isLocked():
            self._lock.unlock()

    def _look(self) -> None:
        if not self._lock.isLocked():
            self._become_first()
        elif self._call.exists():
            self._call.unlink(missing_ok=True)
            self.wanted.emit()

    def _become_first(self) -> None:
        # Where nobody may write, nobody else waits there either.
        if self._lock.take() or self._lock.error() is not QLockFile.LockError.LockFailedError:
            if self._lock.isLocked():
                self._call.unlink(missing_ok=True)
            else:
                self._timer.stop()
            self.first.emit()


def call_forward(settings_file: Path, patience_seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether the program runs, and its window comes forward now. Before there is a window of our own."""
    settings_file.parent.mkdir(parents=True, exist_ok=True)
    lock, call = _lock(settings_file), _call_file(settings_file)
    if lock.take():
        lock.unlock()
        return False
    if lock.error() is not QLockFile.LockError.LockFailedError:
        return False  # nobody may write there: no program of ours waits there either
    call.touch()
    until = time.monotonic() + patience_seconds
    while call.exists():
        has_ended = lock.take()
        if has_ended:
            lock.unlock()
        if has_ended or time.monotonic() >= until:
            call.unlink(missing_ok=True)
            return False
        time.sleep(LOOK_INTERVAL_MS / 3000)
    return True


def _lock(settings_file: Path) -> _Lock:
    return _Lock(settings_file.with_suffix(".lock"))


def _call_file(settings_file: Path) -> Path:
    return settings_file.with_suffix(".call")


class _Lock(QLockFile):
    """Who holds it is the program that runs. That of one that has died counts as none."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.setStaleLockTime(0)  # one may run for weeks
        self._names_nobody = False

    def take(self) -> bool:
        """Whether it is ours now."""
        if self.tryLock(0):
            return True
        # A computer that lost its power, or a disk that was full, leaves an empty file: it would be held by nobody for
        # ever. One look is not enough: whoever takes it writes its number a moment after the file is there.
        names_nobody = self.error() is QLockFile.LockError.LockFailedError and not self.getLockInfo()[0]
        if names_nobody and self._names_nobody and self.removeStaleLockFile():
            return self.tryLock(0)
        self._names_nobody = names_nobody
        return False
