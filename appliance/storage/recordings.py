"""Recordings on disk: written aside, synced, then renamed into place before their call is committed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from appliance.storage.data_folder import sync_folder

# A file younger than this may belong to a request that has not committed yet.
ORPHAN_AGE_SECONDS = 300


class RecordingStore:
    """The recordings folder and the folder of unfinished uploads beside it (on the same file system)."""

    def __init__(self, recordings: Path, incoming: Path) -> None:
        self._recordings = recordings
        self._incoming = incoming

    def open_incoming(self) -> tuple[Path, BinaryIO]:
        """A new, empty, private file for an upload."""
        path = self._incoming / f"{uuid4().hex}.part"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return path, os.fdopen(descriptor, "wb")

    def keep(self, incoming: Sequence[Path], day: date) -> list[str]:
        """Move finished uploads into the day's folder and make that durable, with one sync for all of them.

        Returns the files' names in the store.
        """
        folder = self._recordings / day.isoformat()
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._recordings)
        for path in incoming:
            path.rename(folder / path.stem)
        sync_folder(folder)
        return [f"{folder.name}/{path.stem}" for path in incoming]

    def path(self, name: str) -> Path:
        return self._recordings / name

    def remove(self, name: str) -> None:
        """Delete a recording; one that is gone already is fine."""
        with contextlib.suppress(FileNotFoundError):
            self.path(name).unlink()

    def clear_incoming(self) -> int:
        """At start nothing is being uploaded: whatever lies there was cut off."""
        files = list(self._incoming.iterdir())
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def sweep(self, known: Callable[[], set[str]], *, older_than_seconds: float = ORPHAN_AGE_SECONDS) -> list[str]:
        """Remove recordings that no call knows; returns their names.

        The folder is listed before the calls are, so that a call committed in between is not an orphan; what is
        younger than a request may take is left alone.
        """
        horizon = time.time() - older_than_seconds
        old = []
        for folder in (self._recordings, self._incoming):
            for file in folder.rglob("*"):
                with contextlib.suppress(FileNotFoundError):
                    if file.is_file() and file.stat().st_mtime <= horizon:
                        old.append(file)
        needed = known()
        orphans = [
            file
            for file in old
            if file.parent == self._incoming or file.relative_to(self._recordings).as_posix() not in needed
        ]
        for file in orphans:
            file.unlink(missing_ok=True)
        return [file.name for file in orphans]
