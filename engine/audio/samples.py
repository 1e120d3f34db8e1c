"""Samples on disk, read piece by piece from anywhere: never more than what is asked for is in memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.audio.wave_format import Encoding, WaveFormat
from engine.errors import UnreadableRecording

Samples = npt.NDArray[np.float32]

RECOGNITION_RATE = 16_000  # Hz: what Whisper and silero were trained on


class SampleSource(Protocol):
    """Frames of all channels, float32 between −1 and 1, by their number."""

    sample_rate: int
    channels: int
    frames: int

    def read(self, start: int, count: int) -> Samples:
        """Up to `count` frames from `start` on; fewer at the end.  # [frames, channels]"""

    def close(self) -> None:
        """Let the file go."""


class PlainSamples:
    """Samples that each stand alone (PCM, float, u-law, A-law): decoded here, by table or by scale."""

    def __init__(self, path: Path, form: WaveFormat, start: int, frames: int) -> None:
        self.sample_rate, self.channels, self.frames = form.sample_rate, form.channels, frames
        self._form, self._start = form, start
        self._file = path.open("rb", buffering=0)

    def read(self, start: int, count: int) -> Samples:
        block = self._form.block_bytes
        count = max(0, min(count, self.frames - start))
        raw = os.pread(self._file.fileno(), count * block, self._start + start * block)
        raw = raw[: len(raw) - len(raw) % block]
        return decoded(raw, self._form).reshape(-1, self.channels)

    def close(self) -> None:
        self._file.close()


class Legs:
    """Several files of one channel each as one recording: the shorter ones end in silence."""

    def __init__(self, legs: Sequence[SampleSource]) -> None:
        """Raise UnreadableRecording where they do not fit together."""
        if any(leg.channels != 1 for leg in legs):
            raise UnreadableRecording("The legs of a call must have one channel each.")
        rates = sorted({leg.sample_rate for leg in legs})
        if len(rates) > 1:
            raise UnreadableRecording(f"The legs have different sample rates: {' and '.join(map(str, rates))} Hz.")
        self._legs = legs
        self.sample_rate, self.channels = rates[0], len(legs)
        self.frames = max(leg.frames for leg in legs)

    def read(self, start: int, count: int) -> Samples:
        count = max(0, min(count, self.frames - start))
        samples = np.zeros((count, self.channels), dtype=np.float32)
        for index, leg in enumerate(self._legs):
            piece = leg.read(start, count)
            samples[: len(piece), index] = piece[:, 0]
        return samples

    def close(self) -> None:
        for leg in self._legs:
            leg.close()


def decoded(raw: bytes, form: WaveFormat) -> Samples:
    """Plain samples as float32 between −1 and 1; what is no number is silence."""
    if form.encoding is Encoding.ULAW:
        return _ULAW[np.frombuffer(raw, dtype=np.uint8)]
    if form.encoding is Encoding.ALAW:
        return _ALAW[np.frombuffer(raw, dtype=np.uint8)]
    if form.encoding is Encoding.FLOAT:
        numbers = np.nan_to_num(np.frombuffer(raw, dtype=f"<f{form.sample_bytes}"), nan=0.0, posinf=0.0, neginf=0.0)
        samples: Samples = numbers.clip(-8.0, 8.0).astype(np.float32)
        return samples
    return _integers(raw, form.sample_bytes)


def _integers(raw: bytes, width: int) -> Samples:
    """PCM: 8 bits are unsigned, wider ones signed, the most significant bit first in meaning and last in place."""
    if width == 1:
        return (np.frombuffer(raw, dtype=np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), dtype=np.uint8)
        wide[:, 1:] = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
        raw, width = wide.tobytes(), 4
    samples: Samples = np.frombuffer(raw, dtype=f"<i{width}").astype(np.float32)
    return samples / np.float32(2 ** (8 * width - 1))


def _ulaw_table() -> Samples:
    """ITU-T G.711: sign, three bits of exponent, four of mantissa, all inverted."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return (np.where(code & 0x80, -magnitude, magnitude) / 32768).astype(np.float32)


def _alaw_table() -> Samples:
    """ITU-T G.711: the same with every second bit inverted, and a linear first segment."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = code >> 4 & 7, (code & 0x0F) << 4
    magnitude = np.where(exponent == 0, mantissa + 8, mantissa + 0x108 << np.maximum(exponent - 1, 0))
    return (np.where(code & 0x80, magnitude, -magnitude) / 32768).astype(np.float32)


_ULAW, _ALAW = _ulaw_table(), _alaw_table()
