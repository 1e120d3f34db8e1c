"""The manifest of a pack: `pack.json`, which says what the folder is, whence it came, and what each file must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from engine.errors import ModelPackError

MANIFEST_NAME = "pack.json"
# What a SpeechBrain folder has, and what makes it code.
HYPERPARAMS = "hyperparams.yaml"
# Written by verification, read by nobody else; part of no manifest and of no copy.
STAMP_NAME = ".verified.json"

Task = Literal["asr", "embedding", "voice", "summary", "language"]
Format = Literal["whisper", "sentence-transformers", "speechbrain", "ge2e", "seq2seq", "causal"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack: its path inside the folder (with `/`), its size in bytes, its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is kept as `pack.json` in each pack's folder. `installed_at` is UTC, ISO 8601, whole seconds."""

    name: str
    task: Task
    format: Format
    licence: str
    provenance: tuple[str, ...]
    installed_at: str
    files: tuple[PackFile, ...]
    # Of a pack that runs as code: an administrator said that it may.
    trusted_code: bool = False

    @property
    def runs_as_code(self) -> bool:
        """Whether loading it runs what its maker wrote: HyperPyYAML calls whatever the file names."""
        return self.format == "speechbrain" or any(file.path == HYPERPARAMS for file in self.files)

    @property
    def size_bytes(self) -> int:
        return sum(file.size for file in self.files)


def check_name(name: str) -> str:
    """The name, if it can be a folder's name on any disk and in any command; else ModelPackError."""
    if not _NAME.fullmatch(name):
        raise ModelPackError(
            f"{name!r} cannot be a pack's name: letters, digits, '.', '_' and '-', at most 64, "
            "the first a letter or digit"
        )
    return name


def shown(name: str) -> str:
    """A name as it is, if a terminal can show it; else as Python writes it: a stranger's may do anything to a line."""
    return name if name.isprintable() else repr(name)


def is_inside(path: str) -> bool:
    """Whether this path, joined to a folder, stays inside it."""
    parts = PurePosixPath(path).parts
    return bool(parts) and "\\" not in path and "\0" not in path and ".." not in parts and parts[0] != "/"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a pack's folder. Raises ModelPackError when it is missing or not of the form above."""
    file = folder / MANIFEST_NAME
    try:
        return parse_manifest(file.read_bytes(), str(file))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelPackError(f"{folder} is no model pack: it has no {MANIFEST_NAME}") from error
    except OSError as error:
        raise ModelPackError(f"cannot read {file}: {error.strerror}") from error


def parse_manifest(content: bytes, origin: str) -> Manifest:
    """The manifest in these bytes; `origin` names them in the ModelPackError."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ModelPackError(f"{origin} is not a pack manifest: {error}") from error
    check_name(manifest.name)
    for file in manifest.files:
        if not is_inside(file.path):
            raise ModelPackError(f"{origin} names a file outside its folder: {file.path!r}")
    if not manifest.files:
        raise ModelPackError(f"{origin} names no files")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `pack.json` into the folder."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST_NAME).write_bytes(content + b"\n")
