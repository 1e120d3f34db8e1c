"""What a backup is, in either form: a manifest, secrets, a copy of the database, unfinished recordings."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.errors import ApplianceError

MANIFEST = "manifest.json"
DATABASE = "vbot.duckdb"
RECORDINGS = "recordings"

# Told how many bytes were read, each time that some were.
Read = Callable[[int], object]


def read_nothing(_count: int) -> None:
    """For whom it is all the same how far it is."""


class BackupUnusable(ApplianceError):
    """The file is no backup of ours, or damaged; the message names what."""


class WrongRecoveryKey(ApplianceError):
    """The recovery key does not open the backup."""


class FileEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a backup; its checksum only where nothing else authenticates it."""

    bytes: int
    sha256: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, in the order of the file."""

    format: int
    version: str
    created_at: datetime
    calls: int
    files: dict[str, FileEntry]

    @property
    def recordings(self) -> list[PurePosixPath]:
        """The names of the recordings, relative to the recordings folder."""
        paths = [PurePosixPath(name) for name in self.files]
        return [path.relative_to(RECORDINGS) for path in paths if path.parts[0] == RECORDINGS]


class Secrets(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What opens the rest, on any machine; all texts are the files' contents.

    `database_key`: of the database in the backup, where that is encrypted. `own_settings`: what was changed
    over the API.
    """

    master_key: str
    recovery_key: str
    certificate: str
    certificate_key: str
    database_key: str | None = None
    own_settings: str | None = None


class BackupReader(ABC):
    """An open backup. What is read of it is checked before it is handed on."""

    manifest: Manifest
    # Whether it is proven that nobody has changed it who has not the recovery key.
    authenticated: bool

    def __init__(self, path: Path) -> None:
        self._path = path

    @abstractmethod
    def secrets(self) -> Secrets:
        """Keys and certificate. Raises BackupUnusable."""

    @abstractmethod
    def verify(self, read: Read = read_nothing, *, keep_place: bool = False, resume: bool = False) -> bool:
        """Read everything; raises BackupUnusable naming what is damaged.

        `keep_place`: where it is kept how far it is, `resume` goes on from there later; tells whether it did.
        """

    @abstractmethod
    def _content(self, name: str) -> Iterator[bytes]:
        """One member; at its end it is whole."""

    def extract(self, name: str, target: Path, read: Read = read_nothing) -> None:
        """Write one member to a private file, checked; it has its name only once it is whole."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in self._content(name):
                file.write(chunk)
                read(len(chunk))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)

    def recordings(self) -> list[PurePosixPath]:
        """The names of the recordings inside, relative to the recordings folder. Raises BackupUnusable."""
        inside = self.manifest.recordings
        if any(".." in path.parts or path.is_absolute() for path in inside):
            raise BackupUnusable(f"{self._path} names a file outside the recordings")
        return inside


def recovery_cipher(recovery_key: str, salt: bytes, purpose: bytes) -> AESGCM:
    """What is sealed under the recovery key, which may be typed as people type."""
    # The key has 160 random bits: it needs no slow derivation, only one that is its own for each backup and purpose.
    normal = re.sub(r"[^A-Z2-7]", "", recovery_key.upper())
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"vbot backup " + purpose).derive(normal.encode()))
