"""Samples as telephone systems write them: where they lie in a WAV file, or in one without any header."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

# Of a file's beginning: no telephone system writes longer headers before its samples.
HEAD_BYTES = 4096
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
MOST_CHANNELS = 2  # of sound without a header
# What recorders write that do not know the length yet: zero, or one of the largest numbers.
_LEAST_UNKNOWN_SIZE = 0x7FFF_0000
_EXTENSIBLE = 0xFFFE


class Encoding(StrEnum):
    """How a sample is written."""

    PCM = "pcm_s16le"
    ULAW = "ulaw"
    ALAW = "alaw"

    @property
    def sample_bytes(self) -> int:
        return 2 if self is Encoding.PCM else 1

    @property
    def silence(self) -> bytes:
        """A sample of it."""
        return {Encoding.PCM: b"\x00\x00", Encoding.ULAW: b"\xff", Encoding.ALAW: b"\xd5"}[self]

    @property
    def tag(self) -> int:
        """What a WAV header calls it."""
        return {Encoding.PCM: 1, Encoding.ALAW: 6, Encoding.ULAW: 7}[self]


@dataclass(frozen=True, slots=True)
class Sound:
    """Plain samples in a file: `size` bytes from `start` on. `is_unfinished`: the header does not say how many."""

    encoding: Encoding
    sample_rate: int
    channels: int
    start: int
    size: int
    is_unfinished: bool = False

    # What a file's name says of its samples: Asterisk's formats and sox's. Of `.raw` it says nothing more.
    OF_ENDINGS: ClassVar[dict[str, tuple[Encoding, int]]] = {
        ".sln": (Encoding.PCM, 8_000),
        **{f".sln{rate}": (Encoding.PCM, rate * 1000) for rate in (12, 16, 24, 32, 48, 96, 192)},
        ".sln44": (Encoding.PCM, 44_100),
        ".ulaw": (Encoding.ULAW, 8_000),
        ".ul": (Encoding.ULAW, 8_000),
        ".alaw": (Encoding.ALAW, 8_000),
        ".al": (Encoding.ALAW, 8_000),
    }

    @property
    def frame_bytes(self) -> int:
        return self.encoding.sample_bytes * self.channels

    @property
    def frames(self) -> int:
        return self.size // self.frame_bytes


def data_chunk(head: bytes) -> tuple[bytes, int, int] | None:
    """Of a WAV file's first bytes: its format chunk, where its samples begin, and how many bytes it claims there are.

    None where it is no such file, or they begin further behind.
    """
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    form, at = b"", 12
    while at + 8 <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"data":
            return form, at + 8, size
        if name == b"fmt ":
            form = head[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return None


def is_unfinished(head: bytes, total: int) -> bool:
    """Whether a WAV file's header does not say how long it is, though it holds samples: it was still being written."""
    found = data_chunk(head)
    return found is not None and total > found[1] and (found[2] == 0 or found[2] >= _LEAST_UNKNOWN_SIZE)


def wave_sound(head: bytes, total: int) -> Sound | None:
    """Where the samples of a WAV file of `total` bytes lie; None where they are of a kind that is not plain."""
    found = data_chunk(head)
    if found is None or len(found[0]) < 16:
        return None
    form, start, claimed = found
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if tag == _EXTENSIBLE and len(form) >= 26:
        tag = int.from_bytes(form[24:26], "little")
    encoding = next((one for one in Encoding if (one.tag, one.sample_bytes * 8) == (tag, bits)), None)
    if encoding is None or not channels or not LOWEST_RATE <= rate <= HIGHEST_RATE:
        return None
    present = max(0, total - start)
    size = claimed if 0 < claimed <= present else present
    sound = Sound(encoding, rate, channels, start, size, is_unfinished(head, total))
    return Sound(encoding, rate, channels, start, size - size % sound.frame_bytes, sound.is_unfinished)


def wave_header(encoding: Encoding, sample_rate: int, channels: int, size: int) -> bytes:
    """The header before `size` bytes of samples."""
    block = encoding.sample_bytes * channels
    form = struct.pack(
        "<HHIIHHH", encoding.tag, channels, sample_rate, sample_rate * block, block, encoding.sample_bytes * 8, 0
    )
    most = 0xFFFF_FFFF
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", min(size, most))
    return b"RIFF" + struct.pack("<I", min(len(chunks) + size + size % 2, most)) + chunks
