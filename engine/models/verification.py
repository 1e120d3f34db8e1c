"""Whether a pack's files are those of its manifest: by SHA-256 once, then by a stamp that costs a stat per file."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.models.manifest import MANIFEST_NAME, STAMP_NAME, Manifest, PackFile, shown
from engine.models.progress import Advance, Progress

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Identity:
    """What changes when a file is written again: no SHA-256 is needed while all of it is the same."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class _Stamp:
    manifest_sha256: str
    files: dict[str, _Identity]


def is_stamped(folder: Path, manifest: Manifest) -> bool:
    """Whether these very files have been verified before. A stamp of a copied or changed folder does not count."""
    try:
        stamp = msgspec.json.decode((folder / STAMP_NAME).read_bytes(), type=_Stamp)
        return stamp == _current_stamp(folder, manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return False


def verify_and_stamp(folder: Path, manifest: Manifest, progress: Progress) -> str | None:
    """As find_fault; a whole pack gets the stamp. Where we may not write, the next opening verifies again."""
    try:
        # Taken before the files are read: what changes meanwhile does not match it.
        stamp = _current_stamp(folder, manifest)
    except OSError:
        return find_fault(folder, manifest, progress)
    fault = find_fault(folder, manifest, progress)
    if fault is None:
        _write_stamp(folder, stamp)
    return fault


def find_fault(folder: Path, manifest: Manifest, progress: Progress) -> str | None:
    """The first thing in which the folder differs from its manifest, in words; None when it is whole."""
    unknown = sorted(files_in(folder) - {file.path for file in manifest.files})
    if unknown:
        return f"{shown(unknown[0])} is not in the pack's {MANIFEST_NAME}"
    for file in manifest.files:
        fault = _size_fault(folder, file)
        if fault:
            return fault
    with progress.step(f"verifying {manifest.name}", manifest.size_bytes) as advance:
        for file in manifest.files:
            try:
                found = sha256_of(folder / file.path, advance)
            except OSError as error:
                return f"{file.path} cannot be read: {error.strerror}"
            if found != file.sha256:
                return f"{file.path} is damaged: its SHA-256 is {found}, not {file.sha256}"
    return None


def sha256_of(path: Path, advance: Advance) -> str:
    """The SHA-256 of a file, in hexadecimal; `advance` counts the bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            advance(len(chunk))
    return digest.hexdigest()


def files_in(folder: Path) -> set[str]:
    """The paths of the files below a folder, with `/`. Hidden ones (stamp, .nfs…, .DS_Store) and pack.json excepted."""
    return {path for path in _walk(folder) if path != MANIFEST_NAME}


def describe_files(folder: Path, progress: Progress) -> tuple[PackFile, ...]:
    """What a manifest says of the files of a finished folder."""
    paths = sorted(files_in(folder))
    sizes = {path: (folder / path).stat().st_size for path in paths}
    with progress.step("computing checksums", sum(sizes.values())) as advance:
        return tuple(PackFile(path, sizes[path], sha256_of(folder / path, advance)) for path in paths)


def _walk(folder: Path) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                yield (Path(root) / name).relative_to(folder).as_posix()


def _size_fault(folder: Path, file: PackFile) -> str | None:
    try:
        size = (folder / file.path).stat().st_size
    except OSError:
        return f"{file.path} is missing"
    if size != file.size:
        return f"{file.path} is damaged: it has {size} bytes, not {file.size}"
    return None


def _write_stamp(folder: Path, stamp: _Stamp) -> None:
    temporary = folder / f"{STAMP_NAME}.{os.getpid()}"
    try:
        temporary.write_bytes(msgspec.json.encode(stamp))
        temporary.replace(folder / STAMP_NAME)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _current_stamp(folder: Path, manifest: Manifest) -> _Stamp:
    """Raises OSError when a file is missing."""
    if files_in(folder) != {file.path for file in manifest.files}:
        raise FileNotFoundError(folder)
    manifest_bytes = (folder / MANIFEST_NAME).read_bytes()
    return _Stamp(
        hashlib.sha256(manifest_bytes).hexdigest(),
        {file.path: _identity(folder / file.path) for file in manifest.files},
    )


def _identity(path: Path) -> _Identity:
    status = path.stat()
    return _Identity(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
