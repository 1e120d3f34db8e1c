"""WAV as telephone systems write it: PCM, float, µ-law and A-law, decoded from any place on.

libsndfile takes a header at its word, and telephone systems leave wrong ones: these are read here, the rest there.
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MULAW, EXTENSIBLE = 7, 0xFFFE


@dataclass(frozen=True, slots=True)
class Wave:
    """A WAV's format and where its samples are."""

    format_tag: int
    channels: int
    rate_hz: int
    bits: int
    data: memoryview

    @property
    def frames(self) -> int:
        return len(self.data) // self._frame_bytes

    @property
    def is_known(self) -> bool:
        """Whether `read` knows its code."""
        return _samples(self, self.data[: self._frame_bytes]) is not None

    def read(self, first: int, count: int) -> Floats:
        """Up to so many frames from this one on: (frames, channels), −1 … 1."""
        size = self._frame_bytes
        samples = _samples(self, self.data[first * size : min(first + count, self.frames) * size])
        assert samples is not None  # noqa: S101 - who reads has asked `is_known`
        return samples.reshape(-1, self.channels)

    @property
    def _frame_bytes(self) -> int:
        return max(1, self.bits // 8) * self.channels


def read_wave(recording: bytes) -> Wave | None:
    """The parts of a WAV; None for anything else, or one that is broken."""
    if recording[:4] not in (b"RIFF", b"RF64") or recording[8:12] != b"WAVE":
        return None
    place, header = 12, b""
    while place + 8 <= len(recording):
        name, size = recording[place : place + 4], int.from_bytes(recording[place + 4 : place + 8], "little")
        body = place + 8
        if name == b"fmt ":
            header = recording[body : body + size]
        elif name == b"data":
            # A telephone system that was cut off leaves 0 or all ones: then the rest of the file is meant.
            left = len(recording) - body
            return _wave(header, memoryview(recording)[body : body + (size if 0 < size <= left else left)])
        place = body + size + size % 2
    return None


def _wave(header: bytes, data: memoryview) -> Wave | None:
    if len(header) < 16:
        return None
    tag, channels, rate, _per_second, block, bits = struct.unpack("<HHIIHH", header[:16])
    if tag == EXTENSIBLE and len(header) >= 26:
        tag = int.from_bytes(header[24:26], "little")
    if not (channels and rate and block):
        return None
    return Wave(tag, channels, rate, bits, data)


def _samples(wave: Wave, usable: memoryview) -> Floats | None:
    """These samples as they lie, −1 … 1; None for a code that we do not know."""
    import numpy as np  # noqa: PLC0415

    values: NDArray[Any]
    match wave.format_tag, wave.bits:
        case 1, 16:
            values = np.frombuffer(usable, "<i2") / 2**15
        case 1, 8:
            values = np.frombuffer(usable, "u1") / 2**7 - 1
        case 1, 24:
            # Its two higher bytes are fine enough to look at.
            values = np.frombuffer(usable, "u1").reshape(-1, 3)[:, 1:].copy().view("<i2").ravel() / 2**15
        case 1, 32:
            values = np.frombuffer(usable, "<i4") / 2**31
        case 3, 32:
            values = np.nan_to_num(np.frombuffer(usable, "<f4"))
        case ((6 | 7), 8):
            table = _mulaw_table() if wave.format_tag == MULAW else _alaw_table()
            values = table[np.frombuffer(usable, "u1")]
        case _:
            return None
    return np.asarray(values, dtype=np.float32)


@functools.cache
def _mulaw_table() -> Floats:
    """ITU-T G.711, µ-law: the value of each byte."""
    import numpy as np  # noqa: PLC0415

    code = ~np.arange(256, dtype=np.int32) & 0xFF
    value = (((code & 0x0F) << 3) + 132) << ((code >> 4) & 7)
    return np.asarray(np.where(code & 0x80, 132 - value, value - 132) / 2**15, dtype=np.float32)


@functools.cache
def _alaw_table() -> Floats:
    """ITU-T G.711, A-law."""
    import numpy as np  # noqa: PLC0415

    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    value = np.where(exponent == 0, mantissa + 8, (mantissa + 264) << np.maximum(exponent - 1, 0))
    return np.asarray(np.where(code & 0x80, value, -value) / 2**15, dtype=np.float32)
