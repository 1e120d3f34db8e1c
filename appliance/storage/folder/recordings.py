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

from appliance.storage.folder.data_folder import sync_folder

# So long after a request has ended its recording may still be on its way into the database.
SPARED_SECONDS = 300.0


class RecordingStore:
    """The recordings folder and the folder of unfinished uploads beside it (on the same file system).

    It knows which files are in a request's hands: nobody else writes here, and the wall clock may jump.
    """

    def __init__(self, recordings: Path, incoming: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._recordings = recordings
        self._incoming = incoming
        self._monotonic = monotonic
        # By the file's stem: None while a request writes it, then the moment at which that ended.
        self._in_hand: dict[str, float | None] = {}

    def open_incoming(self) -> tuple[Path, BinaryIO]:
        """A new, empty, private file for an upload."""
        path = self._incoming / f"{uuid4().hex}.part"
        self._in_hand[path.stem] = None
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return path, os.fdopen(descriptor, "wb")

    def let_go(self, incoming: Path) -> None:
        """The request is over: what it did not keep is removed; what it kept is soon known to a call, or swept."""
        incoming.unlink(missing_ok=True)
        self._in_hand[incoming.stem] = self._monotonic()

    def keep(self, incoming: Sequence[Path], day: date) -> list[str]:
        """Move finished uploads into the day's folder and make that durable, with one sync for all of them.

        Returns the files' names in the store.
        """
        folder = self._recordings / day.isoformat()
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._recordings)
        for path in incoming:
            target = folder / path.stem
            try:
                path.rename(target)
            except FileNotFoundError:
                if not target.is_file():  # else it was moved the last time, when another one could not be
                    raise
        sync_folder(folder)
        return [f"{folder.name}/{path.stem}" for path in incoming]

    def path(self, name: str) -> Path:
        return self._recordings / name

    def size(self, name: str) -> int | None:
        """How long its file is, with the facts behind it; None when it is gone."""
        try:
            return self.path(name).stat().st_size
        except OSError:
            return None

    def forget_facts(self, name: str, size: int) -> None:
        """Leave only the recording itself in its file; one that is gone is fine. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            if self.path(name).stat().st_size > size:
                os.truncate(self.path(name), size)

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

    def sweep(self, known: Callable[[], set[str]]) -> list[str]:
        """Remove the files that no call knows and no request has in hand, or had a moment ago; returns their names.

        The folders are listed before the calls are, so that a call committed in between is not an orphan. What an
        earlier life of this process left is in nobody's hands.
        """
        orphans = self.orphans(known)
        orphans += [file for file in self._incoming.iterdir() if file.is_file() and file.stem not in self._in_hand]
        for file in orphans:
            file.unlink(missing_ok=True)
        return [file.name for file in orphans]

    def orphans(self, known: Callable[[], set[str]]) -> list[Path]:
        """The recordings that no call knows and no request has in hand, or had a moment ago."""
        horizon = self._monotonic() - SPARED_SECONDS
        self._in_hand = {stem: ended for stem, ended in list(self._in_hand.items()) if ended is None or ended > horizon}
        listed = [file for file in self._recordings.rglob("*") if file.is_file()]
        free = [file for file in listed if file.stem not in self._in_hand]
        needed = known()
        return [file for file in free if self.name(file) not in needed]

    def name(self, path: Path) -> str:
        """A recording's name in the store."""
        return path.relative_to(self._recordings).as_posix()
