"""The folder of packs as a place that survives kills: one writer at a time, staging folders, an atomic swap.

A new pack is built in `.staging-…`, made durable, and exchanged with the old one in one system call. Where the file
system has no exchange, the old one is first moved to `.previous-NAME`; a reader that finds no NAME takes that one, so
that at no moment there is no pack. What a kill leaves behind is put right by the next writer.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ModelPackError
from engine.models.progress import Progress

_LOCK_NAME = ".lock"
_STAGING_PREFIX = ".staging-"
_PREVIOUS_PREFIX = ".previous-"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# The kernel, the file system or the C library does not know the exchange.
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM}

Exchange = Callable[[Path, Path], bool]
Rename = Callable[[Path, Path], None]


@contextmanager
def exclusive(models_dir: Path, progress: Progress) -> Iterator[None]:
    """Hold the folder of packs alone; waits for another writer. The kernel frees the lock of a killed one."""
    if not models_dir.is_dir():
        models_dir.mkdir(parents=True, exist_ok=True)
        models_dir.chmod(0o755)
    descriptor = os.open(models_dir / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"waiting for another installation in {models_dir} to end")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _clear_leftovers(models_dir)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def staging(models_dir: Path) -> Iterator[Path]:
    """A new empty folder on the packs' own disk, removed with all that is still in it."""
    folder = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=models_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(staged: Path, target: Path, *, exchange: Exchange | None = None, rename: Rename = os.rename) -> None:
    """Make the staged folder the pack; an old pack is there until this very moment, and is then removed.

    Both must be on one file system. Raises OSError; then the old pack is in place.
    """
    make_durable(staged)
    if not target.exists():
        rename(staged, target)
    elif not (exchange or exchange_folders)(staged, target):
        previous = target.with_name(_PREVIOUS_PREFIX + target.name)
        rename(target, previous)
        try:
            rename(staged, target)
        except OSError:
            rename(previous, target)
            raise
        shutil.rmtree(previous, ignore_errors=True)
    _sync(target.parent)


def existing(target: Path) -> Path:
    """Where the pack is now: its folder, or, between the two renames of a writer, the one set aside."""
    previous = target.with_name(_PREVIOUS_PREFIX + target.name)
    if not target.exists() and previous.is_dir() and not target.exists():
        return previous
    return target


def check_space(models_dir: Path, needed_bytes: int, what: str) -> None:
    """Raise ModelPackError when the disk has not the bytes that are needed."""
    free_bytes = shutil.disk_usage(models_dir).free
    if free_bytes < needed_bytes:
        raise ModelPackError(
            f"not enough space in {models_dir} for {what}: {needed_bytes} bytes are needed, {free_bytes} are free"
        )


def exchange_folders(one: Path, other: Path) -> bool:
    """Exchange two folders in one step (Linux's renameat2). False where that is not possible; raises OSError."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    try:
        renameat2 = library.renameat2
    except AttributeError:
        return False
    result = renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE))
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def make_durable(folder: Path) -> None:
    """Flush all files below the folder to disk, readable by all: the worker runs under another user."""
    for root, _folders, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(root) / name
            path.chmod(0o644)
            _sync(path)
        Path(root).chmod(0o755)
        _sync(Path(root))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_leftovers(models_dir: Path) -> None:
    for leftover in models_dir.glob(_STAGING_PREFIX + "*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for previous in models_dir.glob(_PREVIOUS_PREFIX + "*"):
        target = models_dir / previous.name.removeprefix(_PREVIOUS_PREFIX)
        if target.exists():
            shutil.rmtree(previous, ignore_errors=True)
        else:
            previous.rename(target)
