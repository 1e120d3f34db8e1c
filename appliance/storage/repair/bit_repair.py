"""A single flipped bit, found by the checksum that it breaks, and turned back: then nothing at all is lost.

The checksum is laid together from its words, so what one bit changes in it is known for each of a word's 64 bits. Where
in a block a word stands does not matter to it, and a word's upper bits change little of it: a bit is only turned back
where no other would explain the checksum as well.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from appliance.storage.file_format import log_file
from appliance.storage.file_format.block_file import ContentHead
from appliance.storage.file_format.checksum import FACTOR, WORD_BYTES, checksum, of_word
from appliance.storage.file_format.log_file import FRAME_HEAD, Frame

_BITS = range(64)
_MASK = 2**64 - 1
# By how much a word's part of the checksum grows when a bit of it is set: the bit's number.
_GROWS_BY = {FACTOR << bit & _MASK: bit for bit in _BITS}
_SHRINKS_BY = {-(FACTOR << bit) & _MASK: bit for bit in _BITS}
_WORD = struct.Struct("<Q")
_LOG_VERSION = 2


def mend_region(region: bytes) -> bytes | None:
    """A head or block of the file as it was before one bit of it was flipped; None when it was more than one."""
    stored, content = _WORD.unpack_from(region)[0], region[WORD_BYTES:]
    mended = _mend(content, stored)
    return None if mended is None else _WORD.pack(mended[1]) + mended[0]


def mend_log(content: bytes) -> bytes:
    """The log with every frame set right of which one bit was flipped, up to the first that is not to be mended."""
    mended, head = bytearray(content), log_file.read_head(content)
    at = len(content) if head is None else head.end
    while at < len(content):
        frame = log_file.frame_at(mended, at)
        if frame is None or not log_file.is_whole(mended, frame):
            frame = _mend_frame(mended, at)
        if frame is None:
            break
        at = frame.end
    return bytes(mended)


def mend_head_of_log(content: bytes, database_id: bytes, head: ContentHead) -> bytes:
    """The log with the head that one of this database has, where that is all that is wrong with it."""
    made = log_file.make_head(_LOG_VERSION, database_id, head.number)
    frame = log_file.frame_at(content, len(made))
    if content.startswith(made) or frame is None or not log_file.is_whole(content, frame):
        return content
    is_of_another = log_file.read_head(content) is not None and _different_bits(content, made) > 1
    return content if is_of_another else made + content[len(made) :]


def _mend_frame(content: bytearray, at: int) -> Frame | None:
    """Set one bit of the frame that begins there right, in its length, its checksum or what it holds."""
    if at + FRAME_HEAD.size > len(content):
        return None
    size, stored = FRAME_HEAD.unpack_from(content, at)
    for bit in _BITS:
        frame = Frame(at, size ^ 1 << bit)
        if frame.size and frame.end <= len(content) and log_file.holds(content, frame, stored):
            FRAME_HEAD.pack_into(content, at, frame.size, stored)
            return frame
    frame = Frame(at, size)
    if frame.end > len(content):
        return None
    begin = at + FRAME_HEAD.size
    mended = _mend(bytes(content[begin : frame.end]), stored)
    if mended is None:
        return None
    content[begin : frame.end] = mended[0]
    FRAME_HEAD.pack_into(content, at, size, mended[1])
    return frame


def _mend(content: bytes, stored: int) -> tuple[bytes, int] | None:
    """Content and checksum with one bit of either turned over so that they fit; None where several bits would do."""
    wrong = checksum(content) ^ stored
    whole = len(content) // WORD_BYTES * WORD_BYTES
    found: list[tuple[bytes, int]] = [(content, stored ^ wrong)] if wrong.bit_count() == 1 else []
    for number, (word,) in enumerate(struct.iter_unpack("<Q", content[:whole])):
        part = of_word(word)
        change = (part ^ wrong) - part & _MASK
        grown, shrunk = _GROWS_BY.get(change), _SHRINKS_BY.get(change)
        if grown is not None and not word >> grown & 1:
            found.append((_with_word(content, number, word | 1 << grown), stored))
        elif shrunk is not None and word >> shrunk & 1:
            found.append((_with_word(content, number, word & ~(1 << shrunk)), stored))
        if len(found) > 1:
            return None
    found += [(tried, stored) for tried in _with_rest(content, whole) if checksum(tried) == stored]
    return found[0] if len(found) == 1 else None


def _with_rest(content: bytes, whole: int) -> Iterator[bytes]:
    """With each bit behind the last whole word turned over."""
    for at in range(whole, len(content)):
        for bit in range(8):
            tried = bytearray(content)
            tried[at] ^= 1 << bit
            yield bytes(tried)


def _with_word(content: bytes, number: int, word: int) -> bytes:
    at = number * WORD_BYTES
    return content[:at] + _WORD.pack(word) + content[at + WORD_BYTES :]


def _different_bits(one: bytes, other: bytes) -> int:
    return sum((left ^ right).bit_count() for left, right in zip(one, other, strict=False))
