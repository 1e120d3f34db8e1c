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
# So much of what comes behind the samples that a header claims tells whether they end there.
BEHIND_BYTES = 16
# What recorders write behind the samples; an unknown name counts as a chunk only where its size fits.
_CHUNKS_BEHIND = frozenset(b"LIST|JUNK|junk|PAD |bext|iXML|axml|id3 |ID3 |cue |fact|smpl|PEAK|cart|levl".split(b"|"))
_MOST_PADDING_BYTES = 4096


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
    """Plain samples in a file: `size` bytes from `start` on.

    `is_unfinished`: the header does not say how many; `claimed` bytes it says where more are there, else 0.
    """

    encoding: Encoding
    sample_rate: int
    channels: int
    start: int
    size: int
    is_unfinished: bool = False
    claimed: int = 0

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


def claimed_end(head: bytes) -> int | None:
    """Where the samples of a WAV file end, as its first bytes claim; None where they do not."""
    found = data_chunk(head)
    return None if found is None else found[1] + found[2]


def _ends_there(behind: bytes, left: int) -> bool:
    """Whether what stands behind the claimed samples, `left` bytes, is anything but more samples.

    As the engine has it (`engine.audio.riff`), from the first `BEHIND_BYTES` alone.
    """
    if left < 8 or any(behind[pad : pad + 4] in _CHUNKS_BEHIND for pad in (0, 1)):
        return True
    if not any(behind):
        return left <= _MOST_PADDING_BYTES
    is_name = all(32 <= byte < 127 for byte in behind[:4])
    return is_name and 8 + int.from_bytes(behind[4:8], "little") <= left + 1


def wave_sound(head: bytes, total: int, behind: bytes) -> Sound | None:
    """Where the samples of a WAV file of `total` bytes lie; None where they are of a kind that is not plain.

    `behind` are the bytes from the samples' claimed end on, `BEHIND_BYTES` of them at most. A header that was written
    before its recorder had ended is not believed: all that is there is sound.
    """
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
    is_believed = 0 < claimed <= present and _ends_there(behind, present - claimed)
    size = claimed if is_believed else present
    size -= size % (encoding.sample_bytes * channels)
    is_stale = 0 < claimed < present and not is_believed
    return Sound(encoding, rate, channels, start, size, is_unfinished(head, total), claimed if is_stale else 0)


def wave_header(encoding: Encoding, sample_rate: int, channels: int, size: int) -> bytes:
    """The header before `size` bytes of samples."""
    block = encoding.sample_bytes * channels
    form = struct.pack(
        "<HHIIHHH", encoding.tag, channels, sample_rate, sample_rate * block, block, encoding.sample_bytes * 8, 0
    )
    most = 0xFFFF_FFFF
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", min(size, most))
    return b"RIFF" + struct.pack("<I", min(len(chunks) + size + size % 2, most)) + chunks
