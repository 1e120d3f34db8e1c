"""Backups of before they were sealed, which are read and never written: a tar in which the secrets alone are sealed.

manifest.json   what is inside, with sizes and SHA-256, which whoever changes the rest can make anew
vbot.duckdb     in plain, as are recordings/…
secrets.sealed  master key and TLS key, AES-256-GCM under the recovery key
"""

from __future__ import annotations

import contextlib
import hashlib
import tarfile
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

FORMAT = 1
SECRETS = "secrets.sealed"
SALT_BYTES = 16
NONCE_BYTES = 12
READ_BYTES = 1024 * 1024


@contextlib.contextmanager
def open_unsealed(path: Path, recovery_key: str | None) -> Iterator[UnsealedBackup]:
    """Open one for reading; without the key all but its secrets. Raises BackupUnusable."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield UnsealedBackup(path, tar, recovery_key)
    except tarfile.TarError as error:
        raise BackupUnusable(f"{path} is no backup, or it is cut off: {error}") from error


class UnsealedBackup(BackupReader):
    """Every member is checked against the manifest while it is read: that finds accidents alone."""

    authenticated = False

    def __init__(self, path: Path, tar: tarfile.TarFile, recovery_key: str | None) -> None:
        super().__init__(path)
        self._tar = tar
        self._recovery_key = recovery_key
        try:
            self.manifest = msgspec.json.decode(self._member(MANIFEST).read(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise BackupUnusable(f"{path} has a manifest that we do not understand: {error}") from error
        if self.manifest.format != FORMAT:
            raise BackupUnusable(f"{path} was written by a newer vBot ({self.manifest.version})")
        for name in (DATABASE, SECRETS):
            if name not in self.manifest.files:
                raise BackupUnusable(f"{path} has no {name}")

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
        source = self._member(name)
        while chunk := source.read(READ_BYTES):
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        if (size, digest.hexdigest()) != (expected.bytes, expected.sha256):
            raise BackupUnusable(f"{self._path} is damaged: {name} is not what was written")

    def _member(self, name: str) -> IO[bytes]:
        try:
            member = self._tar.extractfile(name)
        except KeyError:
            member = None
        if member is None:
            raise BackupUnusable(f"{self._path} has no {name}")
        return member
