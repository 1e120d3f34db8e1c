"""Where the files of a tar lie in it, found without believing it: whoever may write where it lies has made it.

`tarfile` reads into memory as much as a header says, and fills holes that take no room in the file: of 10 KB come
gigabytes. Here nothing is read but headers, each within bounds, and what is no plain file is refused.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

# A recording that waits is one; there are no more calls in hand at once.
MOST_FILES = 50_000
# What an earlier vBot wrote there is a time with its fraction and, of a large file, the size.
MOST_EXTENDED_BYTES = 4096
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)


class NotPlain(Exception):
    """No tar of plain files, or not a whole one; says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies in the tar."""

    at: int
    bytes: int


def find_files(tar: IO[bytes]) -> dict[str, Place]:
    """All files by name. Raises NotPlain."""
    found: dict[str, Place] = {}
    for name, place in _files(tar, os.fstat(tar.fileno()).st_size):
        if name in found:
            raise NotPlain(f"it holds {name} twice")
        found[name] = place
        if len(found) > MOST_FILES:
            raise NotPlain(f"it holds more than {MOST_FILES} files")
    return found


def _files(tar: IO[bytes], end: int) -> Iterator[tuple[str, Place]]:
    at, extended = 0, dict[str, str]()
    while (header := _header(tar, at)) is not None:
        at += tarfile.BLOCKSIZE
        size = _number(extended.get("size", header.size))
        if at + size > end:
            raise NotPlain(f"{header.name} is not whole")
        if header.type == tarfile.XHDTYPE:
            extended = _records(tar, header)
        elif header.type in _PLAIN and not any(name.startswith("GNU.sparse") for name in extended):
            yield extended.get("path", header.name), Place(at, size)
            extended = {}
        else:
            raise NotPlain(f"{header.name} in it is no plain file")
        at += -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


def _header(tar: IO[bytes], at: int) -> tarfile.TarInfo | None:
    tar.seek(at)
    block = tar.read(tarfile.BLOCKSIZE)
    if not block.strip(b"\0"):
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise NotPlain(str(error)) from error


def _records(tar: IO[bytes], header: tarfile.TarInfo) -> dict[str, str]:
    """What an extended header (pax(1)) says: lines of `LENGTH NAME=VALUE`."""
    if header.size > MOST_EXTENDED_BYTES:
        raise NotPlain(f"its header {header.name} is of {header.size} bytes")
    found, rest = {}, tar.read(header.size)
    while rest.strip(b"\0"):
        length = _number(rest.partition(b" ")[0])
        line, rest = rest[:length], rest[length:]
        name, equals, value = line.partition(b" ")[2].rstrip(b"\n").partition(b"=")
        if not equals:
            raise NotPlain(f"its header {header.name} is not one")
        found[name.decode(errors="surrogateescape")] = value.decode(errors="surrogateescape")
    return found


def _number(text: int | str | bytes) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise NotPlain("a size in it is no number")
    return number
