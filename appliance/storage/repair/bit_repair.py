"""A single flipped bit, found by the checksum that it breaks, and turned back: then nothing at all is lost.

The checksum is laid together from its words, so what one bit changes in it is known for each of a word's 64 bits. Where
in a block a word stands does not matter to it, and a word's upper bits change little of it: a bit is only turned back
where no other would explain the checksum as well.

Of what is encrypted one flipped bit turns the same bit of the content over. The tag says then whether it was that one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

from appliance.storage.file_format import log_file
from appliance.storage.file_format.block_file import ContentHead
from appliance.storage.file_format.checksum import FACTOR, WORD_BYTES, checksum, of_word
from appliance.storage.file_format.encryption import (
    BLOCK_HEAD_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    FileCipher,
    Sealed,
    sealed_block,
)
from appliance.storage.file_format.log_file import FRAME_HEAD, Frame

_BITS = range(64)
_MASK = 2**64 - 1
# By how much a word's part of the checksum grows when a bit of it is set: the bit's number.
_GROWS_BY = {FACTOR << bit & _MASK: bit for bit in _BITS}
_SHRINKS_BY = {-(FACTOR << bit) & _MASK: bit for bit in _BITS}
_WORD = struct.Struct("<Q")
_LOG_VERSION, _ENCRYPTED_LOG_VERSION = 2, 3


def mend_region(region: bytes, cipher: FileCipher | None = None) -> bytes | None:
    """A head or block of the file as it was before one bit of it was flipped; None when it was more than one."""
    if cipher is not None:
        sealed = _mend_sealed(sealed_block(region), cipher) if len(region) > BLOCK_HEAD_BYTES + WORD_BYTES else None
        return None if sealed is None else _as_block(sealed, region)
    stored, content = _WORD.unpack_from(region)[0], region[WORD_BYTES:]
    mended = _mend(content, stored)
    return None if mended is None else _WORD.pack(mended[1]) + mended[0]


def mend_log(content: bytes, cipher: FileCipher | None = None) -> bytes:
    """The log with every frame set right of which one bit was flipped, up to the first that is not to be mended."""
    mended, head = bytearray(content), log_file.read_head(content)
    at = len(content) if head is None else head.end
    while at < len(content):
        frame = log_file.frame_at(mended, at, cipher)
        if frame is None or not log_file.is_whole(mended, frame, cipher):
            frame = _mend_frame(mended, at, cipher)
        if frame is None:
            break
        at = frame.end
    return bytes(mended)


def mend_head_of_log(content: bytes, database_id: bytes, head: ContentHead, cipher: FileCipher | None = None) -> bytes:
    """The log with the head that one of this database has, where that is all that is wrong with it."""
    version = _LOG_VERSION if cipher is None else _ENCRYPTED_LOG_VERSION
    made = log_file.make_head(version, database_id, head.number)
    frame = log_file.frame_at(content, len(made), cipher)
    if content.startswith(made) or frame is None or not log_file.is_whole(content, frame, cipher):
        return content
    is_of_another = log_file.read_head(content) is not None and _different_bits(content, made) > 1
    return content if is_of_another else made + content[len(made) :]


def _mend_frame(content: bytearray, at: int, cipher: FileCipher | None) -> Frame | None:
    """Set one bit of the frame that begins there right, in its length, its checksum or what it holds."""
    if at + FRAME_HEAD.size > len(content):
        return None
    if cipher is not None:
        return _mend_encrypted_frame(content, at, cipher)
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


def _mend_encrypted_frame(content: bytearray, at: int, cipher: FileCipher) -> Frame | None:
    size = _WORD.unpack_from(content, at)[0]
    for bit in _BITS:
        frame = log_file.frame_of(at, size ^ 1 << bit, cipher)
        if frame.end <= len(content) and log_file.is_whole(content, frame, cipher):
            _WORD.pack_into(content, at, frame.size)
            return frame
    frame = log_file.frame_of(at, size, cipher)
    mended = _mend_sealed(log_file.sealed_in(content, frame), cipher) if frame.end <= len(content) else None
    if mended is None:
        return None
    for part, as_it_was in zip(frame.sealed, (mended.nonce, mended.content, mended.tag), strict=True):
        content[part] = as_it_was
    return frame


def _mend_sealed(sealed: Sealed, cipher: FileCipher) -> Sealed | None:
    """What was encrypted, with one bit of it, of its nonce or of its tag turned over so that they fit."""
    turned = cipher.turn(sealed.nonce, sealed.content)
    (stored,), content = _WORD.unpack_from(turned), turned[WORD_BYTES:]
    if checksum(content) == stored:
        tag = cipher.tag(sealed.nonce, turned)
        return replace(sealed, tag=tag) if _different_bits(tag, sealed.tag) == 1 else None
    tried = [
        replace(sealed, content=cipher.turn(sealed.nonce, _WORD.pack(checksum_then) + content_then))
        for content_then, checksum_then in _explanations(content, stored)
    ]
    number = int.from_bytes(sealed.nonce, "big")
    tried += [replace(sealed, nonce=(number ^ 1 << bit).to_bytes(NONCE_BYTES, "big")) for bit in range(NONCE_BYTES * 8)]
    return next((one for one in tried if cipher.open(one) is not None), None)


def _as_block(sealed: Sealed, region: bytes) -> bytes:
    between = region[NONCE_BYTES + TAG_BYTES : BLOCK_HEAD_BYTES]
    return sealed.nonce + sealed.tag + between + sealed.content


def _mend(content: bytes, stored: int) -> tuple[bytes, int] | None:
    """Content and checksum with one bit of either turned over so that they fit; None where several bits would do."""
    found = _explanations(content, stored)
    return found[0] if len(found) == 1 else None


def _explanations(content: bytes, stored: int) -> list[tuple[bytes, int]]:
    """Content and checksum with one bit of either turned over so that they fit, in each way that there is."""
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
    found += [(tried, stored) for tried in _with_rest(content, whole) if checksum(tried) == stored]
    return found


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
