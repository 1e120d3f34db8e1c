"""Backups as they were before they were sealed, and what somebody without any key could make of one."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from appliance.storage.folder.backup_manifest import MANIFEST, FileEntry, Manifest, Secrets, recovery_cipher
from appliance.storage.folder.unsealed_backup import FORMAT, NONCE_BYTES, SALT_BYTES, SECRETS


def seal_secrets(secrets: Secrets, recovery_key: str) -> bytes:
    """All that was encrypted of one."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    cipher = recovery_cipher(recovery_key, salt, b"secrets")
    return salt + nonce + cipher.encrypt(nonce, msgspec.json.encode(secrets), None)


def write_unsealed(
    target: Path, *, version: str, created_at: datetime, calls: int, sealed: bytes, members: Mapping[str, Path]
) -> None:
    contents = {SECRETS: sealed, **{name: path.read_bytes() for name, path in members.items()}}
    entries = {name: FileEntry(len(content), hashlib.sha256(content).hexdigest()) for name, content in contents.items()}
    manifest = Manifest(format=FORMAT, version=version, created_at=created_at, calls=calls, files=entries)
    _write(target, {MANIFEST: msgspec.json.encode(manifest), **contents})


def rewrite(backup: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same tar with other contents."""
    with tarfile.open(backup) as tar:
        contents = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(contents)
    _write(backup, contents)
    return backup


def tamper(backup: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same with a manifest that is right again, as whoever changes one makes it."""

    def edit(contents: dict[str, bytes]) -> None:
        change(contents)
        manifest = msgspec.json.decode(contents[MANIFEST], type=Manifest)
        files = {
            name: FileEntry(len(contents[name]), hashlib.sha256(contents[name]).hexdigest()) for name in manifest.files
        }
        contents[MANIFEST] = msgspec.json.encode(msgspec.structs.replace(manifest, files=files))

    return rewrite(backup, edit)


def _write(target: Path, contents: Mapping[str, bytes]) -> None:
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
