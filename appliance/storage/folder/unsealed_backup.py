"""Backups of before they were sealed, which are read and never written: a tar in which the secrets alone are sealed.

manifest.json   what is inside, with sizes and SHA-256, which whoever changes the rest can make anew
vbot.duckdb     in plain, as are recordings/…
secrets.sealed  master key and TLS key, AES-256-GCM under the recovery key
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from cryptography.exceptions import InvalidTag

from appliance.storage.folder.backup_manifest import (
    DATABASE,
    MANIFEST,
    BackupReader,
    BackupUnusable,
    Manifest,
    Read,
    Secrets,
    WrongRecoveryKey,
    read_nothing,
    recovery_cipher,
)
from appliance.storage.folder.plain_tar import NotPlain, find_files

FORMAT = 1
SECRETS = "secrets.sealed"
SALT_BYTES = 16
NONCE_BYTES = 12
READ_BYTES = 1024 * 1024
# What is read as a whole; each recording in it takes 200 bytes of the manifest.
MOST_BYTES = {MANIFEST: 8 * 1024**2, SECRETS: 1024**2}


@contextlib.contextmanager
def open_unsealed(path: Path, recovery_key: str | None) -> Iterator[UnsealedBackup]:
    """Open one for reading; without the key all but its secrets. Raises BackupUnusable."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupUnusable(f"cannot read {path}: {error.strerror or error}") from error
    with file:
        yield UnsealedBackup(path, file, recovery_key)


class UnsealedBackup(BackupReader):
    """Every member is checked against the manifest while it is read: that finds accidents alone.

    Whoever made one on purpose gets no more of it read than its file holds, and of that no more at once than it takes.
    """

    authenticated = False

    def __init__(self, path: Path, file: IO[bytes], recovery_key: str | None) -> None:
        super().__init__(path)
        self._file = file
        self._recovery_key = recovery_key
        try:
            self._places = find_files(file)
        except NotPlain as error:
            raise BackupUnusable(f"{path} is no backup, or it is cut off: {error}") from error
        for name, most in MOST_BYTES.items():
            if name in self._places and self._places[name].bytes > most:
                raise BackupUnusable(f"{path} is no backup: its {name} is of {self._places[name].bytes} bytes")
        try:
            self.manifest = msgspec.json.decode(b"".join(self._member(MANIFEST)), type=Manifest)
        except msgspec.MsgspecError as error:
            raise BackupUnusable(f"{path} has a manifest that we do not understand: {error}") from error
        if self.manifest.format != FORMAT:
            raise BackupUnusable(f"{path} was written by a newer vBot ({self.manifest.version})")
        for name in (DATABASE, SECRETS):
            if name not in self.manifest.files:
                raise BackupUnusable(f"{path} has no {name}")
        for name, entry in self.manifest.files.items():
            if name in self._places and self._places[name].bytes != entry.bytes:
                raise self._damaged(name)

    def secrets(self) -> Secrets:
        """Raises WrongRecoveryKey."""
        sealed = b"".join(self._content(SECRETS))
        salt, nonce = sealed[:SALT_BYTES], sealed[SALT_BYTES : SALT_BYTES + NONCE_BYTES]
        cipher = recovery_cipher(self._recovery_key or "", salt, b"secrets")
        try:
            plain = cipher.decrypt(nonce, sealed[SALT_BYTES + NONCE_BYTES :], None)
        except (InvalidTag, ValueError):
            raise WrongRecoveryKey("the recovery key does not open this backup") from None
        return msgspec.json.decode(plain, type=Secrets)

    def verify(self, read: Read = read_nothing, *, keep_place: bool = False, resume: bool = False) -> bool:
        self.recordings()
        for name in self.manifest.files:
            for chunk in self._content(name):
                read(len(chunk))
        return False

    def _content(self, name: str) -> Iterator[bytes]:
        expected = self.manifest.files[name]
        digest, size = hashlib.sha256(), 0
        for chunk in self._member(name):
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        if (size, digest.hexdigest()) != (expected.bytes, expected.sha256):
            raise self._damaged(name)

    def _member(self, name: str) -> Iterator[bytes]:
        place = self._places.get(name)
        if place is None:
            raise BackupUnusable(f"{self._path} has no {name}")
        for begin in range(0, place.bytes, READ_BYTES):
            self._file.seek(place.at + begin)
            yield self._file.read(min(READ_BYTES, place.bytes - begin))

    def _damaged(self, name: str) -> BackupUnusable:
        return BackupUnusable(f"{self._path} is damaged: {name} is not what was written")
