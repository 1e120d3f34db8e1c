"""Where an imported pack is read from: a folder or a tar archive, neither of them trusted.

Only regular files are taken; links that leave the folder, devices and paths out of the archive are refused by name.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from engine.errors import ModelPackError
from engine.models.manifest import is_inside, shown

# One header of a tar archive, with a long name or what else belongs to it; and all that are read to list the members.
MOST_HEADER_BYTES = 16 * 1024
MOST_HEADERS_BYTES = 1024 * 1024


_COMPRESSIONS: dict[bytes, Callable[[BinaryIO], AbstractContextManager[object]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}


class Source(Protocol):
    """Files by path, relative to the model's own folder, with their sizes in bytes."""

    origin: str
    # What the pack is called when nobody says otherwise.
    name: str
    sizes: dict[str, int]

    def open(self, path: str) -> IO[bytes]:
        """The content of one of the files."""


def read_file(source: Source, path: str) -> bytes:
    """All of one small file."""
    with source.open(path) as file:
        return file.read()


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The folder or tar archive at this path. Raises ModelPackError when it is neither, or holds what it must not."""
    if path.is_dir():
        yield FolderSource(path)
    elif path.is_file():
        with path.open("rb") as file, _naming_damage(path), _unpacked(file) as unpacked:
            headers = _BoundedReads(path, unpacked)
            try:
                archive = tarfile.open(fileobj=cast("IO[bytes]", headers), mode="r:")  # noqa: SIM115 - closed below
            except tarfile.TarError as error:
                raise ModelPackError(f"{path} is neither a folder nor a tar archive") from error
            with archive:
                source = TarSource(path, archive)
                headers.lift()
                yield source
    else:
        raise ModelPackError(f"{path} does not exist")


@contextmanager
def _naming_damage(path: Path) -> Iterator[None]:
    """Whatever the libraries raise over bytes that are no such archive."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, RecursionError) as error:
        raise ModelPackError(f"{path} is damaged or was cut short: {str(error) or type(error).__name__}") from error
    except OSError as error:
        if error.errno is not None:  # of the disk
            raise
        raise ModelPackError(f"{path} is damaged or was cut short: {error}") from error


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[IO[bytes]]:
    """The archive itself, where it is compressed, by its first bytes."""
    begins = file.read(6)
    file.seek(0)
    kind = next((kind for magic, kind in _COMPRESSIONS.items() if begins.startswith(magic)), None)
    if kind is None:
        yield file
        return
    with kind(file) as unpacked:
        yield cast("IO[bytes]", unpacked)


class _BoundedReads:
    """The archive as tarfile reads it. While its members are listed, only headers are read, and they are small.

    A header may say that a name of any length follows, and one header may follow another for ever: tarfile would take
    all of that into memory.
    """

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file
        self._left: int | None = MOST_HEADERS_BYTES

    def lift(self) -> None:
        """All are listed: from here on contents are read."""
        self._left = None

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            if not 0 <= size <= MOST_HEADER_BYTES:
                raise ModelPackError(
                    f"{self._path} has a header of {size} bytes: more than {MOST_HEADER_BYTES} are no model pack's"
                )
            self._left -= size
            if self._left < 0:
                raise ModelPackError(
                    f"{self._path} has headers of more than {MOST_HEADERS_BYTES} bytes: that is no model pack"
                )
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class FolderSource:
    """A folder on a stick or disk."""

    def __init__(self, folder: Path) -> None:
        self.origin = str(folder)
        self.name = folder.resolve().name
        self._folder = folder.resolve()
        self.sizes = dict(self._find())

    def open(self, path: str) -> IO[bytes]:
        return (self._folder / path).open("rb")

    def _find(self) -> Iterator[tuple[str, int]]:
        for root, folders, files in os.walk(self._folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in [*folders, *files]:
                self._refuse_link(Path(root) / name)
            for name in files:
                path = Path(root) / name
                if name.startswith(".") or not stat.S_ISREG(path.stat().st_mode):
                    continue
                yield path.relative_to(self._folder).as_posix(), path.stat().st_size

    def _refuse_link(self, path: Path) -> None:
        if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(self._folder)):
            raise ModelPackError(
                f"{path} is a symbolic link that leads out of the folder: copy the folder with `cp -rL` first"
            )


class TarSource:
    """A tar archive, compressed or not, with the model's files at its top or in one folder."""

    def __init__(self, path: Path, archive: tarfile.TarFile) -> None:
        self.origin = str(path)
        self.name = path.name.split(".tar")[0].removesuffix(".tgz")
        self._archive = archive
        members = dict(_regular_members(path, archive))
        prefix = _common_folder(members)
        if prefix:
            self.name = prefix
        start = len(prefix) + 1 if prefix else 0
        self._members = {name[start:]: member for name, member in members.items()}
        self.sizes = {name: member.size for name, member in self._members.items()}

    def open(self, path: str) -> IO[bytes]:
        file = self._archive.extractfile(self._members[path])
        if file is None:
            raise ModelPackError(f"{shown(path)} in {self.origin} is not a regular file")
        return file


def _regular_members(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    for member in archive:
        name = member.name.removeprefix("./")
        if member.isdir():
            continue
        if not is_inside(member.name):
            raise ModelPackError(f"{path} has a member that leads out of it: {member.name!r}")
        if member.issparse():
            raise ModelPackError(f"{path} has a file with holes, {member.name!r}: make the archive without `--sparse`")
        if not member.isreg():
            raise ModelPackError(
                f"{path} has a link or device, {member.name!r}: make the archive with `tar -h`, of plain files"
            )
        if not any(part.startswith(".") for part in name.split("/")):
            yield name, member


def _common_folder(members: dict[str, tarfile.TarInfo]) -> str:
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in members}
    return tops.pop() if len(tops) == 1 else ""
