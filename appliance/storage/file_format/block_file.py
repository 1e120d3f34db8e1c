"""DuckDB's file, block by block: which ones hold what was written. No lock is needed for that, and no DuckDB.

Of an encrypted file `cipher` opens all but its first head; a block is whole then where its tag says so.

DuckDB looks at a block's checksum when it needs the block, and opens a file of which most is gone. It never looks at
the blocks that it has free, so their content is nobody's loss.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from appliance.storage.file_format.checksum import WORD_BYTES, checksum
from appliance.storage.file_format.encryption import BLOCK_HEAD_BYTES, FileCipher, sealed_block

# One head of the file, and two of its content, of which the one that was written later counts.
HEAD_BYTES = 4096
HEADS = (0, HEAD_BYTES, 2 * HEAD_BYTES)
FIRST_BLOCK = 3 * HEAD_BYTES
ID_AT, ID_BYTES = 124, 16
CANARY_AT = ID_AT + ID_BYTES
_FLAGS_AT, _ENCRYPTED = 20, 1
_CONTENT_HEAD = struct.Struct("<6Q")  # its number, where the content is listed, the free blocks, how many, how long
_WORD = struct.Struct("<Q")
# The list of the content lies in 64 parts of a block, each with the address of the next.
_PARTS = 64
_NOWHERE = 2**64 - 1
_PART_NUMBER_SHIFT = 56
_LONGEST_LIST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the file that has a checksum: a head or a block."""

    at: int
    size: int


@dataclass(frozen=True, slots=True)
class FileState:
    """Of a file of `size` bytes, `expected` of them: what does not hold what was written.

    `readable` is False where so little is whole that its content cannot be found; `looked_at` is how many bytes were
    read before the time was over.
    """

    size: int
    expected: int
    damaged: tuple[Region, ...] = ()
    readable: bool = True
    looked_at: int = 0

    @property
    def first_fault(self) -> int | None:
        """Where it is damaged, or cut off."""
        faults = [region.at for region in self.damaged]
        if self.size < self.expected:
            faults.append(self.size)
        return min(faults, default=None)


@dataclass(frozen=True, slots=True)
class ContentHead:
    """What one of the two heads says."""

    number: int
    free_list: int
    block_count: int
    block_bytes: int

    def block(self, number: int) -> Region:
        return Region(FIRST_BLOCK + number * self.block_bytes, self.block_bytes)


def examine(path: Path, go_on: Callable[[], bool] = lambda: True, *, cipher: FileCipher | None = None) -> FileState:
    """Read the whole file, as long as `go_on` says so. Raises OSError."""
    with path.open("rb") as file:
        size = path.stat().st_size
        heads = [Region(at, HEAD_BYTES) for at in HEADS]
        damaged = [region for region in heads if plain(read(file, region), region.at, cipher) is None]
        head = newest_head(file, cipher)
        if len(damaged) == len(heads) or head is None:
            return FileState(size, FIRST_BLOCK, tuple(damaged), readable=False)
        looked_at, faulty = FIRST_BLOCK, []
        for number in range(head.block_count):
            region = head.block(number)
            content = read(file, region)
            if len(content) == region.size and plain(content, region.at, cipher) is None:
                faulty.append(number)
            looked_at += len(content)
            if not go_on():
                break
        if faulty:
            free = free_blocks(file, head, set(faulty), cipher)
            damaged += [head.block(number) for number in faulty if number not in free]
        expected = FIRST_BLOCK + head.block_count * head.block_bytes
        return FileState(size, expected, tuple(damaged), looked_at=looked_at)


def plain(content: bytes, at: int, cipher: FileCipher | None = None) -> bytes | None:
    """A head or block that lies there, decrypted, its checksum in front; None when it is not what was written."""
    if cipher is not None and at != HEADS[0]:
        return cipher.open(sealed_block(content)) if len(content) > BLOCK_HEAD_BYTES else None
    return content if is_whole(content) else None


def is_whole(region: bytes) -> bool:
    """Whether a plain head or block holds what was written."""
    if len(region) <= WORD_BYTES:
        return False
    return bool(_WORD.unpack_from(region)[0] == checksum(memoryview(region)[WORD_BYTES:]))


def says_encrypted(file: BinaryIO) -> bool | None:
    """Whether the file is encrypted; None where its first head, which says so, is damaged."""
    head = read(file, Region(HEADS[0], HEAD_BYTES))
    return bool(head[_FLAGS_AT] & _ENCRYPTED) if is_whole(head) else None


def database_id(file: BinaryIO) -> bytes:
    """By which the log knows its database."""
    return read(file, Region(0, HEAD_BYTES))[ID_AT : ID_AT + ID_BYTES]


def newest_head(file: BinaryIO, cipher: FileCipher | None = None) -> ContentHead | None:
    """What the file says of its content; None when neither head is whole, or makes sense."""
    found = []
    for at in HEADS[1:]:
        content = plain(read(file, Region(at, HEAD_BYTES)), at, cipher)
        if content is not None:
            number, _, free_list, count, block_bytes, _ = _CONTENT_HEAD.unpack_from(content, WORD_BYTES)
            if block_bytes > HEAD_BYTES:
                found.append(ContentHead(number, free_list, count, block_bytes))
    return max(found, key=lambda head: head.number, default=None)


def free_blocks(file: BinaryIO, head: ContentHead, unreadable: set[int], cipher: FileCipher | None = None) -> set[int]:
    """The blocks that hold nothing. Where the list of them cannot be read, none."""
    listed = bytearray()
    for part in _list_parts(file, head, unreadable, cipher):
        if part is None:
            return set()
        listed += part
    if len(listed) < WORD_BYTES:
        return set()
    count = _WORD.unpack_from(listed)[0]
    if count > head.block_count or len(listed) < (count + 1) * WORD_BYTES:
        return set()
    free = set(struct.unpack_from(f"<{count}Q", listed, WORD_BYTES))
    return free if all(number < head.block_count for number in free) else set()


def _list_parts(
    file: BinaryIO, head: ContentHead, unreadable: set[int], cipher: FileCipher | None
) -> Iterator[bytes | None]:
    """The list of free blocks, part by part; None for one that cannot be read."""
    held = head.block_bytes - WORD_BYTES - (0 if cipher is None else BLOCK_HEAD_BYTES)
    part_bytes = held // _PARTS // WORD_BYTES * WORD_BYTES
    address, taken = head.free_list, 0
    while address != _NOWHERE and taken < _LONGEST_LIST_BYTES:
        block, part = address & (1 << _PART_NUMBER_SHIFT) - 1, address >> _PART_NUMBER_SHIFT
        if block in unreadable or block >= head.block_count or part >= _PARTS:
            yield None
            return
        content = _read_part(file, head.block(block), Region(WORD_BYTES + part * part_bytes, part_bytes), cipher)
        if len(content) < part_bytes:
            yield None
            return
        yield content[WORD_BYTES:]
        address, taken = _WORD.unpack_from(content)[0], taken + part_bytes


def _read_part(file: BinaryIO, block: Region, part: Region, cipher: FileCipher | None) -> bytes:
    """The part of a block, which cannot be decrypted alone."""
    if cipher is None:
        return read(file, Region(block.at + part.at, part.size))
    return (plain(read(file, block), block.at, cipher) or b"")[part.at : part.at + part.size]


def read(file: BinaryIO, region: Region) -> bytes:
    """What the file has there: less than that much where it ends before."""
    file.seek(region.at)
    return file.read(region.size)
