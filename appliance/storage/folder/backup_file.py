"""A backup on disk: one sealed file, of which nothing can be read or changed unnoticed without the recovery key.

manifest.json   what is inside, with sizes; first, so that a reader knows what to expect
secrets.json    master key and TLS key
vbot.duckdb     a consistent copy of the database, encrypted once more by DuckDB where that is, so that it never lies on
                the disk in plain; its key is in secrets.json
recordings/…    the audio of calls that were not final: what is needed to finish them on another machine
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.storage.folder import sealed_file
from appliance.storage.folder.backup_manifest import (
    DATABASE,
    MANIFEST,
    BackupReader,
    BackupUnusable,
    FileEntry,
    Manifest,
    Read,
    Secrets,
    WrongRecoveryKey,
    read_nothing,
    recovery_cipher,
)
from appliance.storage.folder.data_folder import sync_folder
from appliance.storage.folder.kept_place import KeptPlace
from appliance.storage.folder.sealed_file import NewerForm, NotSealed, PartDamaged, SealedFile, WrongKey
from appliance.storage.folder.unsealed_backup import open_unsealed

FORMAT = 3
# In which the database is plain: of one that is not encrypted yet it is written so that the program of that time reads
# it, and it is the way back to that.
PLAIN_FORMAT = 2
SECRETS = "secrets.json"
_PARTS_OF_THE_FORM = {sealed_file.HEAD: "its head", sealed_file.CHECKSUM: "its end"}


def write_backup(
    target: Path,
    *,
    version: str,
    created_at: datetime,
    calls: int,
    secrets: Secrets,
    recovery_key: str,
    members: Mapping[str, Path],
) -> None:
    """Write the file aside, sync it, then give it its name. `members` maps names inside to files."""
    inside = msgspec.json.encode(secrets)
    entries = {SECRETS: FileEntry(len(inside))}
    entries |= {name: FileEntry(path.stat().st_size) for name, path in members.items()}
    manifest = msgspec.json.encode(
        Manifest(
            format=PLAIN_FORMAT if secrets.database_key is None else FORMAT,
            version=version,
            created_at=created_at,
            calls=calls,
            files=entries,
        )
    )
    partial_file = target.with_name(f".{target.name}.part")
    descriptor = os.open(partial_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sizes = [len(manifest), *(entry.bytes for entry in entries.values())]
            own = (io.BytesIO(manifest), io.BytesIO(inside))
            sealed_file.write_sealed(file, partial(_wrapping, recovery_key), sizes, _sources(own, members.values()))
            file.flush()
            os.fsync(file.fileno())
        partial_file.rename(target)
    finally:
        partial_file.unlink(missing_ok=True)
    sync_folder(target.parent)


def _sources(own: Iterable[IO[bytes]], paths: Iterable[Path]) -> Iterator[IO[bytes]]:
    """Each file is opened when its turn has come, and not before."""
    yield from own
    for path in paths:
        with path.open("rb") as source:
            yield source


def _wrapping(recovery_key: str, salt: bytes) -> AESGCM:
    return recovery_cipher(recovery_key, salt, b"file")


@contextlib.contextmanager
def open_backup(path: Path, recovery_key: str) -> Iterator[BackupReader]:
    """Open a backup of either form for reading; raises WrongRecoveryKey, and BackupUnusable when it is none of ours."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(_opened(path))
        try:
            reader: BackupReader = SealedBackup(path, file, recovery_key)
        except NotSealed:
            reader = stack.enter_context(open_unsealed(path, recovery_key))
        except OSError as error:
            raise BackupUnusable(f"{path} cannot be read: {error.strerror}") from error
        yield reader


def look_at_backup(path: Path, read: Read = read_nothing) -> Manifest | None:
    """Read a backup without its key: whether no accident has changed it; what is in it, where that can be read.

    Raises BackupUnusable. Who changes it on purpose is not seen.
    """
    with _opened(path) as file:
        try:
            with _named(path, {}):
                sealed_file.look(file, read)
        except NotSealed:
            with open_unsealed(path, None) as reader:
                reader.verify(read)
                return reader.manifest
    return None


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupUnusable(f"cannot read {path}: {error.strerror or error}") from error


@contextlib.contextmanager
def _named(path: Path, names: Mapping[int, str]) -> Iterator[None]:
    """What is wrong with a part, in words."""
    try:
        yield
    except NewerForm as error:
        raise BackupUnusable(f"{path} was written by a newer vBot") from error
    except PartDamaged as error:
        name = names.get(error.part) or _PARTS_OF_THE_FORM.get(error.part, MANIFEST)
        if error.cut_off:
            raise BackupUnusable(f"{path} is cut off: {name} is not whole") from error
        raise BackupUnusable(f"{path} is damaged: {name} is not what was written") from error


class SealedBackup(BackupReader):
    """Every chunk is authenticated under the recovery key before it is handed on."""

    authenticated = True

    def __init__(self, path: Path, file: IO[bytes], recovery_key: str) -> None:
        super().__init__(path)
        self._names = {0: MANIFEST}
        with self._naming():
            try:
                head = sealed_file.read_head(file)
                self._file = SealedFile(file, head, partial(_wrapping, recovery_key))
            except WrongKey:
                raise WrongRecoveryKey("the recovery key does not open this backup") from None
            content = b"".join(self._file.chunks(0))
        self._place = KeptPlace(path, file.fileno(), recovery_cipher(recovery_key, head.salt, b"verified until"))
        try:
            self.manifest = msgspec.json.decode(content, type=Manifest)
        except msgspec.MsgspecError as error:
            raise BackupUnusable(f"{path} has a manifest that we do not understand: {error}") from error
        if self.manifest.format not in (PLAIN_FORMAT, FORMAT):
            raise BackupUnusable(f"{path} was written by a newer vBot ({self.manifest.version})")
        self._names |= dict(enumerate(self.manifest.files, start=1))
        self._numbers = {name: number for number, name in self._names.items()}
        with self._naming():
            self._file.know([entry.bytes for entry in self.manifest.files.values()])
        for name in (DATABASE, SECRETS):
            if name not in self._numbers:
                raise BackupUnusable(f"{path} has no {name}")

    def secrets(self) -> Secrets:
        return msgspec.json.decode(b"".join(self._content(SECRETS)), type=Secrets)

    def verify(self, read: Read = read_nothing, *, keep_place: bool = False, resume: bool = False) -> bool:
        self.recordings()
        begin = (self._place.read() if resume else None) or (0, 0)
        with self._naming():
            self._file.read_whole(
                lambda part, count: read(count) if part else None,
                begin,
                self._place.passed if keep_place else lambda _part, _chunk: None,
            )
        if keep_place:
            self._place.forget()
        return begin != (0, 0)

    def _content(self, name: str) -> Iterator[bytes]:
        with self._naming():
            yield from self._file.chunks(self._numbers[name])

    def _naming(self) -> contextlib.AbstractContextManager[None]:
        return _named(self._path, self._names)
