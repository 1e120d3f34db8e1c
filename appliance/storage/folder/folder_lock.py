"""One api and one `vbot up` at a time on a data folder.

Locks of the kernel's (flock(2)): they end with their process, however it ends. What is written into the file is only
for those who come too late, so that they can say who was first.

There are two, because the api that `vbot up` starts must get in where everybody else must not: `up` holds one for as
long as it lives, its api the other; and an api finds out whether it was that `up` which started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

import msgspec

from appliance.errors import ConfigurationError
from appliance.process.lock_holder import UNKNOWN, LockHolder, this_process
from appliance.storage.folder.data_folder import DataFolder

# Who was killed lets go a moment later.
RETRY_SECONDS = 1.0
RETRY_EVERY_SECONDS = 0.05
# When `vbot up` was killed, what it had started stops in order: published, within 15 s.
ORPHANS_STOP_SECONDS = 15.0
_LONGEST_BYTES = 4096


class FolderLock:
    """A lock file; held from `take` until this process ends or releases it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, holder: LockHolder, seconds: float = RETRY_SECONDS) -> bool:
        """Try for so long; tell whether it is ours now."""
        descriptor = self._open(os.O_CREAT)
        until = time.monotonic() + seconds
        while not _locked(descriptor, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                os.close(descriptor)
                return False
            time.sleep(RETRY_EVERY_SECONDS)
        self._descriptor = descriptor
        with contextlib.suppress(OSError):  # a full disk: then nobody learns who we are
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        return True

    def holder(self) -> LockHolder | None:
        """Who holds it now, or None."""
        if not self._path.exists():
            return None
        descriptor = self._open()
        try:
            if _locked(descriptor, fcntl.LOCK_SH):
                return None
            return _read(descriptor)
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Let others in before this process ends."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, more: int = 0) -> int:
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            return os.open(self._path, os.O_RDWR | more, 0o600)
        except OSError as error:
            raise ConfigurationError(f"cannot open {self._path}: {error.strerror}") from error


def supervisor_lock(folder: DataFolder) -> FolderLock:
    """Held by `vbot up`."""
    return FolderLock(folder.root / "run" / "up.lock")


def owner_lock(folder: DataFolder) -> FolderLock:
    """Held by whoever owns the database: the api, or a command that replaces what is in the folder."""
    return FolderLock(folder.root / "run" / "api.lock")


def hold_as_supervisor(folder: DataFolder) -> FolderLock:
    """For `vbot up`, before it starts anything; raises ConfigurationError that says who has the folder."""
    lock = supervisor_lock(folder)
    if not lock.take(this_process("vbot up")):
        raise _in_use(folder, lock.holder())
    owner = _wait_until_free(owner_lock(folder))
    if owner is not None:
        lock.release()
        raise _in_use(folder, owner)
    return lock


def hold_as_owner(folder: DataFolder, command: str) -> FolderLock:
    """For the api and whoever else takes its place; raises ConfigurationError that says who has the folder."""
    supervisor = supervisor_lock(folder).holder()
    if supervisor is not None and supervisor.pid != os.getppid():
        raise _in_use(folder, supervisor)
    lock = owner_lock(folder)
    if not lock.take(this_process(command, supervised=supervisor is not None)):
        raise _in_use(folder, lock.holder())
    return lock


def folder_holder(folder: DataFolder) -> LockHolder | None:
    """Who has the folder: the `vbot up` that looks after all else, or the api alone."""
    return supervisor_lock(folder).holder() or owner_lock(folder).holder()


def _wait_until_free(lock: FolderLock) -> LockHolder | None:
    """Who holds it for good. An api whose `vbot up` is gone is on its way out: we hold that one's lock."""
    began = time.monotonic()
    while (holder := lock.holder()) is not None:
        patience = ORPHANS_STOP_SECONDS if holder.supervised else RETRY_SECONDS
        if time.monotonic() - began >= patience:
            return holder
        time.sleep(RETRY_EVERY_SECONDS)
    return None


def _in_use(folder: DataFolder, holder: LockHolder | None) -> ConfigurationError:
    if holder is None:  # it has let go meanwhile
        return ConfigurationError(f"{folder.root} was in use by another process until now: try again")
    return ConfigurationError(f"{folder.root} is in use by {holder}{holder.remedy}")


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> LockHolder:
    try:
        return msgspec.json.decode(os.pread(descriptor, _LONGEST_BYTES, 0), type=LockHolder)
    except (OSError, msgspec.DecodeError):
        return UNKNOWN
