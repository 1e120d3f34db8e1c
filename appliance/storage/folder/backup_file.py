"""A backup on disk: one tar with a manifest, a consistent copy of the database, sealed secrets, unfinished recordings.

manifest.json   what is inside, with sizes and SHA-256; first, so that a reader knows what to expect
vbot.duckdb     everything but secrets (keys are hashed, and sealed under the master key)
secrets.sealed  master key and TLS key, AES-256-GCM under the recovery key: the rest is of no use without it
recordings/…    the audio of calls that were not final: what is needed to finish them on another machine
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.errors import ApplianceError
from appliance.storage.folder.data_folder import sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "vbot.duckdb"
SECRETS = "secrets.sealed"
SALT_BYTES = 16
NONCE_BYTES = 12
READ_BYTES = 1024 * 1024

# Told how many bytes were read, each time that some were.
Read = Callable[[int], object]


def read_nothing(_count: int) -> None:
    """For whom it is all the same how far it is."""


class BackupUnusable(ApplianceError):
    """The file is no backup of ours, or damaged; the message names what."""


class WrongRecoveryKey(ApplianceError):
    """The recovery key does not open the backup's secrets."""


class FileEntry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    format: int
    version: str
    created_at: datetime
    calls: int
    files: dict[str, FileEntry]


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed under the recovery key; all texts are the files' contents."""

    master_key: str
    recovery_key: str
    certificate: str
    certificate_key: str


def seal_secrets(secrets: Secrets, recovery_key: str) -> bytes:
    """Encrypt under a key that a person keeps on paper."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return salt + nonce + _cipher(recovery_key, salt).encrypt(nonce, msgspec.json.encode(secrets), None)


def open_secrets(sealed: bytes, recovery_key: str) -> Secrets:
    """Decrypt; raises WrongRecoveryKey."""
    salt, nonce = sealed[:SALT_BYTES], sealed[SALT_BYTES : SALT_BYTES + NONCE_BYTES]
    try:
        plain = _cipher(recovery_key, salt).decrypt(nonce, sealed[SALT_BYTES + NONCE_BYTES :], None)
    except (InvalidTag, ValueError):
        raise WrongRecoveryKey("the recovery key does not open this backup") from None
    return msgspec.json.decode(plain, type=Secrets)


def _cipher(recovery_key: str, salt: bytes) -> AESGCM:
    # The key has 160 random bits: it needs no slow derivation, only one that is its own for each backup.
    normal = re.sub(r"[^A-Z2-7]", "", recovery_key.upper())
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"vbot backup secrets").derive(normal.encode()))


def write_backup(
    target: Path, *, version: str, created_at: datetime, calls: int, sealed: bytes, members: Mapping[str, Path]
) -> None:
    """Write the tar aside, sync it, then give it its name. `members` maps names inside to files."""
    entries = {name: FileEntry(path.stat().st_size, _sha256_of(path)) for name, path in members.items()}
    entries[SECRETS] = FileEntry(len(sealed), hashlib.sha256(sealed).hexdigest())
    manifest = Manifest(format=FORMAT, version=version, created_at=created_at, calls=calls, files=entries)
    partial = target.with_name(f".{target.name}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add_bytes(tar, MANIFEST, msgspec.json.encode(manifest))
                _add_bytes(tar, SECRETS, sealed)
                for name, path in members.items():
                    tar.add(path, arcname=name, recursive=False, filter=_anonymous)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)


@contextlib.contextmanager
def open_backup(path: Path) -> Iterator[BackupReader]:
    """Open a backup for reading; raises BackupUnusable when it is none of ours."""
    try:
        with _opened(path) as tar:
            yield BackupReader(path, tar)
    except tarfile.TarError as error:
        raise BackupUnusable(f"{path} is no backup, or it is cut off: {error}") from error


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, mode="r:")
    except OSError as error:
        raise BackupUnusable(f"cannot read {path}: {error.strerror or error}") from error


class BackupReader:
    """An open backup. Every member is checked against the manifest while it is read."""

    def __init__(self, path: Path, tar: tarfile.TarFile) -> None:
        self._path = path
        self._tar = tar
        try:
            self.manifest = msgspec.json.decode(self._member(MANIFEST).read(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise BackupUnusable(f"{path} has a manifest that we do not understand: {error}") from error
        if self.manifest.format != FORMAT:
            raise BackupUnusable(f"{path} was written by a newer vBot ({self.manifest.version})")
        for name in (DATABASE, SECRETS):
            if name not in self.manifest.files:
                raise BackupUnusable(f"{path} has no {name}")

    def sealed_secrets(self) -> bytes:
        """The encrypted secrets."""
        buffer = io.BytesIO()
        self._copy(SECRETS, buffer)
        return buffer.getvalue()

    def verify(self, read: Read = read_nothing) -> None:
        """Read everything and compare; raises BackupUnusable naming what is damaged."""
        self.recordings()
        for name in self.manifest.files:
            self._copy(name, None, read)

    def extract(self, name: str, target: Path, read: Read = read_nothing) -> None:
        """Write one member to a private file, checked; it has its name only once it is whole."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            self._copy(name, file, read)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)

    def recordings(self) -> list[PurePosixPath]:
        """The names of the recordings inside, relative to the recordings folder."""
        paths = [PurePosixPath(name) for name in self.manifest.files]
        inside = [path.relative_to("recordings") for path in paths if path.parts[0] == "recordings"]
        if any(".." in path.parts or path.is_absolute() for path in inside):
            raise BackupUnusable(f"{self._path} names a file outside the recordings")
        return inside

    def _copy(self, name: str, target: IO[bytes] | None, read: Read = read_nothing) -> None:
        expected = self.manifest.files[name]
        digest, size = hashlib.sha256(), 0
        source = self._member(name)
        while chunk := source.read(READ_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if target is not None:
                target.write(chunk)
            read(len(chunk))
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


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = _anonymous(tarfile.TarInfo(name))
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
