"""The checksum that DuckDB keeps of each block of its file and of each frame of its log, as its storage format has it.

We compute it to look at files that DuckDB does not open, and to see what it would pass over without a word.
"""

from __future__ import annotations

import struct

WORD_BYTES = 8
_MASK = 2**64 - 1
_START = 5381
FACTOR = 0xBF58476D1CE4E5B9
# MurmurHash64A, of what is left behind the last whole word.
_REST_FACTOR = 0xC6A4A7935BD1E995
_REST_SEED = 0xE17A1465
_REST_SHIFT = 47


def checksum(data: bytes | memoryview) -> int:
    """64 bits: the words, each multiplied by a constant, laid over each other; so their order does not matter."""
    whole = len(data) // WORD_BYTES * WORD_BYTES
    result = _START
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        result ^= word * FACTOR & _MASK
    return result ^ _of_rest(bytes(data[whole:])) if len(data) > whole else result


def of_word(word: int) -> int:
    """What one word adds to a checksum."""
    return word * FACTOR & _MASK


def _of_rest(rest: bytes) -> int:
    result = (_REST_SEED ^ len(rest) * _REST_FACTOR) & _MASK
    result = (result ^ int.from_bytes(rest, "little")) * _REST_FACTOR & _MASK
    result = (result ^ result >> _REST_SHIFT) * _REST_FACTOR & _MASK
    return result ^ result >> _REST_SHIFT
