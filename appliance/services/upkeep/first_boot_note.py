"""The note that a first boot without a terminal leaves: recovery key and admin token in plain, until they are kept.

Whoever takes the disk has them with it: every backup, and what is in it, also where the master key is the TPM's.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.storage.folder.data_folder import DataFolder, sync_folder

# Who sets up a box has this long to carry them to a safe place.
TIME_TO_KEEP = timedelta(days=1)
REMEDY = "vbot backup recovery-key --kept"
STILL_THERE = (
    "{name} shows the recovery key and the first admin token to whoever takes the disk: keep both elsewhere, then "
    f"remove it by `{REMEDY}`"
)


def left_since(folder: DataFolder) -> tuple[str, datetime] | None:
    """The oldest note's name in the folder, and since when it lies there; None where there is none."""
    found = []
    for path in _notes(folder):
        with contextlib.suppress(FileNotFoundError):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            found.append((written, path.relative_to(folder.root).as_posix()))
    return next(((name, written) for written, name in sorted(found)), None)


def remove_notes(folder: DataFolder) -> list[str]:
    """Overwrite and remove them; their names in the folder."""
    removed = []
    for path in list(_notes(folder)):
        with contextlib.suppress(FileNotFoundError):
            _overwrite(path)
            path.unlink()
            sync_folder(path.parent)
            removed.append(path.relative_to(folder.root).as_posix())
    return removed


def _notes(folder: DataFolder) -> Iterator[Path]:
    """With those that a restore has moved aside, and what a first boot that was cut off has left of one."""
    note = folder.first_boot_note.name
    for place in (folder.root, *sorted(folder.root.glob("before-*"))):
        for path in (place / note, place / f"{note}.new"):
            if path.is_file() and not path.is_symlink():
                yield path


def _overwrite(path: Path) -> None:
    """So that it is not found in a free block, as far as the file system writes where it wrote before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
