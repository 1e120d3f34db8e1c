"""Recordings on disk: encrypted, written aside, synced, then renamed into place before their call is committed."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from appliance.storage.folder.call_facts import read_facts
from appliance.storage.folder.data_folder import sync_folder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recording_file import (
    RecordingWriter,
    encrypt_recording,
    end_of_recording,
    is_sealed,
    most_bytes,
    open_recording,
)

# So long after a request has ended its recording may still be on its way into the database.
SPARED_SECONDS = 300.0
_PIECE_BYTES = 1024 * 1024


class RecordingStore:
    """The recordings folder and the folder of unfinished uploads beside it (on the same file system).

    It knows which files are in a request's hands: nobody else writes here, and the wall clock may jump.
    """

    def __init__(
        self, recordings: Path, incoming: Path, keys: Keys, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._recordings = recordings
        self._incoming = incoming
        self._keys = keys
        self._monotonic = monotonic
        # By the file's stem: None while a request writes it, then the moment at which that ended.
        self._in_hand: dict[str, float | None] = {}
        # Whoever writes a file anew has read what another may take out of it meanwhile.
        self._rewriting = threading.Lock()

    def open_incoming(self) -> tuple[Path, RecordingWriter]:
        """A new, empty, private file for an upload."""
        path = self._incoming / f"{uuid4().hex}.part"
        self._in_hand[path.stem] = None
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return path, RecordingWriter(os.fdopen(descriptor, "wb"), self._keys)

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

    def open(self, path: Path, size: int) -> BinaryIO:
        """The recording of this size in a file of the store, to be read. Raises OSError."""
        return open_recording(path, self._keys, size)

    def prove(self, name: str, size: int) -> None:
        """Read a recording of this size whole. Raises OSError where the disk does not give back what was written."""
        with self.open(self.path(name), size) as file:
            while file.read(_PIECE_BYTES):
                pass

    def mend(self, name: str, size: int, by: str) -> bool:
        """Let another file of the same audio take the place of one that is damaged or gone, if it is.

        Returns whether it was; raises OSError when that cannot be made durable.
        """
        with self._rewriting:
            try:
                self.prove(name, size)
            except OSError:
                self.path(by).rename(self.path(name))
                sync_folder(self.path(name).parent)
                return True
        return False

    def size(self, name: str) -> int | None:
        """How long it is at most, the facts behind it counted; None when it is gone. Raises OSError."""
        try:
            return most_bytes(self.path(name))
        except FileNotFoundError:
            return None

    def accepted_as(self, name: str) -> str | None:
        """Under which id its upload was accepted, as the facts behind it say: a later revision's is not its call's."""
        try:
            facts = read_facts(self.path(name), self._keys)
        except OSError:
            return None
        return facts.call_id if facts is not None else None

    def forget_facts(self, name: str, size: int) -> None:
        """Leave only the recording itself in its file; one that is gone is fine. Raises OSError."""
        with self._rewriting, contextlib.suppress(FileNotFoundError), self.path(name).open("rb+") as file:
            end = end_of_recording(file, size)
            if os.fstat(file.fileno()).st_size > end:
                file.truncate(end)

    def encrypt(self, name: str, size: int) -> bool:
        """Encrypt a recording of this size that an earlier version has left as it came, if it is one.

        Its file holds it whole at each moment, the one or the other way. Raises OSError.
        """
        with self._rewriting:
            return self._encrypt(self.path(name), size)

    def _encrypt(self, source: Path, size: int) -> bool:
        try:
            if is_sealed(source):
                return False
            path, writer = self.open_incoming()
            try:
                encrypt_recording(source, writer, size)
                if not source.exists():  # erased meanwhile
                    return False
                path.rename(source)
            finally:
                writer.close()
                self.let_go(path)
        except FileNotFoundError:
            return False
        sync_folder(source.parent)
        return True

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
        # Each for itself: in a new dict there would not be what begins meanwhile on another thread.
        for stem, ended in list(self._in_hand.items()):
            if ended is not None and ended <= horizon:
                self._in_hand.pop(stem, None)
        listed = [file for file in self._recordings.rglob("*") if file.is_file()]
        free = [file for file in listed if file.stem not in self._in_hand]
        needed = known()
        return [file for file in free if self.name(file) not in needed]

    def name(self, path: Path) -> str:
        """A recording's name in the store."""
        return path.relative_to(self._recordings).as_posix()
