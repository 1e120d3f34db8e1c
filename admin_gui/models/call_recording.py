"""A recording as the desktop needs it: how loud it is over time, and one turn cut out of it. No HTTP, no Qt.

Any WAV whose samples lie in blocks of a fixed size can be cut without decoding it; PCM, float, µ-law and A-law are
decoded for the waveform. Everything else is left to the system's player as a whole.
"""

from __future__ import annotations

import functools
import itertools
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Recording = bytes | mmap.mmap
MULAW, EXTENSIBLE = 7, 0xFFFE
# Before and after a turn, so that no word is cut.
MARGIN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Wave:
    """A WAV's format and where its samples are."""

    format_tag: int
    channels: int
    rate_hz: int
    bytes_per_second: int
    block_bytes: int
    bits: int
    header: bytes  # the body of its `fmt ` chunk
    data: memoryview

    @property
    def seconds(self) -> float:
        return len(self.data) / self.bytes_per_second


def mapped(file: Path) -> Recording:
    """A file's bytes without reading them all."""
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""


def suffix(recording: Recording) -> str:
    """How a file of it is named at its end, so that the system's player knows it; empty for what we do not know."""
    return ".wav" if recording[:4] in (b"RIFF", b"RF64") else ""


def read_wave(recording: Recording) -> Wave | None:
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
    tag, channels, rate, per_second, block, bits = struct.unpack("<HHIIHH", header[:16])
    if tag == EXTENSIBLE and len(header) >= 26:
        tag = int.from_bytes(header[24:26], "little")
    if not (channels and rate and per_second and block):
        return None
    return Wave(tag, channels, rate, per_second, block, bits, header, data)


def cut(recording: Recording, start: float, end: float) -> bytes | None:
    """A WAV of these seconds alone; None where it cannot be cut."""
    wave = read_wave(recording)
    if wave is None:
        return None
    first = int(max(0.0, start - MARGIN_SECONDS) * wave.bytes_per_second) // wave.block_bytes * wave.block_bytes
    last = int((end + MARGIN_SECONDS) * wave.bytes_per_second) // wave.block_bytes * wave.block_bytes
    samples = bytes(wave.data[first:last])
    padded = samples + b"\0" * (len(samples) % 2)
    body = b"WAVEfmt " + struct.pack("<I", len(wave.header)) + wave.header
    body += b"data" + struct.pack("<I", len(samples)) + padded
    return b"RIFF" + struct.pack("<I", len(body)) + body


def loudness(recording: Recording, points: int) -> Floats | None:
    """How loud it is: (channels, points), each the peak (0–1) of its stretch; None where it cannot be measured."""
    import numpy as np  # noqa: PLC0415 - takes a while to load, and this runs on a thread

    wave = read_wave(recording)
    if wave is None:
        return None
    frame_bytes = max(1, wave.bits // 8) * wave.channels
    count = len(wave.data) // frame_bytes
    if count == 0:
        return None
    edges = np.linspace(0, count, min(points, count) + 1, dtype=np.int64) * frame_bytes
    peaks = []
    # One stretch after the other: hours of samples as numbers would be gigabytes.
    for first, last in itertools.pairwise(edges):
        samples = _samples(wave, wave.data[first:last])
        if samples is None:
            return None
        peaks.append(np.abs(samples.reshape(-1, wave.channels)).max(axis=0))
    return np.asarray(peaks, dtype=np.float32).T


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
