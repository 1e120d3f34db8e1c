"""Recordings on this machine for as long as they are played, and not for longer, however the program ends.

All folders of a run lie in one of its own, which nobody else may read. It holds a lock that ends with its process, so
that the next start can tell what a dead run has left, and removes it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
import weakref
from itertools import count
from pathlib import Path

from PySide6.QtCore import QLockFile

PREFIX = "vbot-admin-"
_LOCK = "run.lock"


class _Run:
    """This process's folder; made when the first is needed."""

    def __init__(self) -> None:
        self._numbers = count()
        self._folder: Path | None = None
        self._lock: QLockFile | None = None

    def new_folder(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._begin()
        assert self._folder is not None  # noqa: S101 - it has begun
        made = self._folder / str(next(self._numbers))
        made.mkdir(mode=0o700)
        return made

    def _begin(self) -> None:
        """Whoever sweeps between the two steps takes the lock and the folder away: then another one is made."""
        while True:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = QLockFile(str(folder / _LOCK))
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                self._folder, self._lock = folder, lock
                atexit.register(self.end)
                return

    def end(self) -> None:
        atexit.unregister(self.end)
        folder, lock = self._folder, self._lock
        self._folder = self._lock = None
        if folder is not None and lock is not None:
            lock.unlock()
            shutil.rmtree(folder, ignore_errors=True)


_run = _Run()


class PrivateFolder:
    """One folder, there from the first `path()` on until it is removed; then the next `path()` makes another.

    It goes with this object at the latest: whoever has one need connect nothing to the end of its own life.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._removal: weakref.finalize[[Path], PrivateFolder] | None = None

    def path(self) -> str:
        if self._path is None:
            self._path = _run.new_folder()
            self._removal = weakref.finalize(self, _remove, self._path)
        return str(self._path)

    def remove(self) -> None:
        """With all that is in it."""
        removal, self._path, self._removal = self._removal, None, None
        if removal is not None:
            removal()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what runs have left that were killed. What a living run needs stays."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not _is_ours(folder):
            continue
        lock = QLockFile(str(folder / _LOCK))
        lock.setStaleLockTime(0)  # however old: its process decides
        if lock.tryLock(0):
            lock.unlock()
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """A folder, no link to one, that nobody else on this machine has made."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
