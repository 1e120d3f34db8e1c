"""DuckDB's log, frame by frame: how much of it is whole, and what lies behind the first fault.

DuckDB takes a frame that does not fit into the file for the torn end of a write, and a head that it cannot read for a
log without content. What lies behind is then passed over without a word, and overwritten: one flipped bit in the length
of a frame drops all that was committed after it. A torn end has nothing whole behind it, a damaged middle has.

Of an encrypted log `cipher` opens the frames: length, nonce, encrypted checksum and content, tag. Its head is plain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.storage.file_format.checksum import WORD_BYTES, checksum
from appliance.storage.file_format.encryption import NONCE_BYTES, TAG_BYTES, FileCipher, Sealed

FRAME_HEAD = struct.Struct("<QQ")  # how many bytes follow, and their checksum
_ENCRYPTED_BESIDE_BYTES = FRAME_HEAD.size + NONCE_BYTES + TAG_BYTES
# The first entry, without a checksum: its kind (98), a version, the database's id (16 bytes), its checkpoint's number.
_KIND, _VERSION, _DATABASE_ID, _CHECKPOINT = (number.to_bytes(2, "little") for number in (100, 101, 102, 103))
_END = b"\xff\xff"
_KIND_OF_HEAD = 98
_ID_BYTES = 16
LONGEST_HEAD_BYTES = 80
_COMMIT = _KIND + b"\x64" + _END
# No frame is so long that the upper five bytes of its length are not zero; these are quick to search for.
_ZEROS = bytes(5)
_SMALL_BYTES = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of the log: where it begins, how many bytes it holds, and how many are there beside these."""

    at: int
    size: int
    beside: int = FRAME_HEAD.size

    @property
    def end(self) -> int:
        return self.at + self.beside + self.size

    @property
    def sealed(self) -> tuple[slice, slice, slice]:
        """Where nonce, content and tag are in an encrypted log."""
        nonce, tag = self.at + WORD_BYTES, self.end - TAG_BYTES
        return slice(nonce, nonce + NONCE_BYTES), slice(nonce + NONCE_BYTES, tag), slice(tag, self.end)


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where the first frame begins, of which database the log is, and of which of its checkpoints."""

    end: int
    database_id: bytes
    checkpoint: int


@dataclass(frozen=True, slots=True)
class LogState:
    """`whole` bytes from its beginning are as they were written; `behind` are frames that are whole after a fault.

    `refused`: DuckDB finds the fault, too.
    """

    size: int
    whole: int
    behind: tuple[Frame, ...] = ()
    commits_behind: int = 0
    refused: bool = False

    @property
    def damaged(self) -> bool:
        """Whether something was lost that nobody would notice. A torn end is none: it was never acknowledged."""
        return bool(self.behind)


def look_quickly(log: Path, cipher: FileCipher | None = None) -> LogState:
    """The state of a log as it is before DuckDB reads it. Whole frames are only counted off: DuckDB adds them up."""
    content = _content(log)
    head = read_head(content)
    end = 0
    if head is not None:
        end = max((frame.end for frame in _chain(content, head.end, cipher)), default=head.end)
    return LogState(len(content), len(content)) if end == len(content) else examine(content, cipher)


def examine(content: bytes, cipher: FileCipher | None = None) -> LogState:
    """The state of a log, every checksum computed."""
    head, whole = read_head(content), 0
    if head is not None:
        whole = head.end
        for frame in _chain(content, whole, cipher):
            if not is_whole(content, frame, cipher):
                break
            whole = frame.end
    if whole == len(content):
        return LogState(len(content), whole)
    behind = tuple(_whole_frames(content, whole, cipher))
    commits = sum(held_by(content, one, cipher) == _COMMIT for one in behind)
    refused = bool(whole) and frame_at(content, whole, cipher) is not None
    return LogState(len(content), whole, behind, commits, refused)


def read_log(log: Path) -> bytes:
    """The log's content; of one that is not there, none."""
    return _content(log)


def frame_at(content: bytes | bytearray, at: int, cipher: FileCipher | None = None) -> Frame | None:
    """The frame that begins there, or None where the file ends before it does."""
    if at + FRAME_HEAD.size > len(content):
        return None
    frame = frame_of(at, FRAME_HEAD.unpack_from(content, at)[0], cipher)
    return frame if frame.end <= len(content) else None


def frame_of(at: int, size: int, cipher: FileCipher | None) -> Frame:
    return Frame(at, size) if cipher is None else Frame(at, size, _ENCRYPTED_BESIDE_BYTES)


def is_whole(content: bytes | bytearray, frame: Frame, cipher: FileCipher | None = None) -> bool:
    """Whether the frame holds what was written."""
    if cipher is not None:
        return cipher.open(sealed_in(content, frame)) is not None
    return holds(content, frame, FRAME_HEAD.unpack_from(content, frame.at)[1])


def sealed_in(content: bytes | bytearray, frame: Frame) -> Sealed:
    """An entry of an encrypted log as it lies there."""
    return Sealed(*(bytes(content[part]) for part in frame.sealed))


def held_by(content: bytes, frame: Frame, cipher: FileCipher | None) -> bytes:
    """What a whole frame holds."""
    if cipher is not None:
        return (cipher.open(sealed_in(content, frame)) or b"")[WORD_BYTES:]
    return content[frame.at + FRAME_HEAD.size : frame.end]


def holds(content: bytes | bytearray, frame: Frame, stored: int) -> bool:
    """Whether what the frame of a plain log holds has this checksum."""
    return checksum(bytes(content[frame.at + FRAME_HEAD.size : frame.end])) == stored


def read_head(content: bytes) -> LogHead | None:
    """The head of a log; None where there is none that DuckDB would read."""
    at, checkpoint = 0, 0
    database_id = b""
    for name in (_KIND, _VERSION, _DATABASE_ID, _CHECKPOINT):
        if content[at : at + 2] != name:
            return None
        value, at = _number(content, at + 2)
        if (name == _KIND and value != _KIND_OF_HEAD) or (name == _DATABASE_ID and value != _ID_BYTES):
            return None
        if name == _DATABASE_ID:
            digits = []
            for _ in range(_ID_BYTES):
                digit, at = _number(content, at)
                digits.append(digit & 0xFF)
            database_id = bytes(digits)
        checkpoint = value
    return LogHead(at + 2, database_id, checkpoint) if content[at : at + 2] == _END else None


def make_head(version: int, database_id: bytes, checkpoint: int) -> bytes:
    """The head of a log of this database."""
    numbers = b"".join(map(_as_number, database_id))
    return b"".join(
        (
            _KIND + _as_number(_KIND_OF_HEAD),
            _VERSION + _as_number(version),
            _DATABASE_ID + _as_number(_ID_BYTES) + numbers,
            _CHECKPOINT + _as_number(checkpoint),
            _END,
        )
    )


def first_whole_frame(content: bytes, start: int = 0, cipher: FileCipher | None = None) -> Frame | None:
    """The first frame from there on that holds what was written, wherever it begins."""
    at = content.find(_ZEROS, start + _SMALL_BYTES)
    while at >= 0:
        frame = frame_at(content, at - _SMALL_BYTES, cipher)
        if frame is not None and frame.size and is_whole(content, frame, cipher):
            return frame
        at = content.find(_ZEROS, at + 1)
    return None


def _chain(content: bytes, at: int, cipher: FileCipher | None) -> Iterator[Frame]:
    while (frame := frame_at(content, at, cipher)) is not None:
        yield frame
        at = frame.end


def _whole_frames(content: bytes, start: int, cipher: FileCipher | None) -> Iterator[Frame]:
    at = start
    while (frame := first_whole_frame(content, at, cipher)) is not None:
        yield frame
        at = frame.end


def _content(log: Path) -> bytes:
    try:
        return log.read_bytes()
    except FileNotFoundError:
        return b""


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while at < len(content):
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at


def _as_number(value: int) -> bytes:
    digits = bytearray()
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
