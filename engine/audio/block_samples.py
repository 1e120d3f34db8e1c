"""Samples in blocks (GSM 6.10, ADPCM) of a WAV file, decoded by another process, stretch by stretch."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np

from engine.audio.decoder import Bounds, Decoder, DecoderFailed, stretches
from engine.audio.riff import WaveLayout
from engine.audio.samples import Samples
from engine.audio.wave_format import block_wave_header
from engine.errors import UnreadableRecording

_BLOCKS_BEFORE = 4
_SAMPLE_BYTES = 4  # of a float


class BlockSamples:
    """What one decoder gives, under a header of our own making: it sees neither the file nor the file's own header.

    libsndfile cannot seek in all of them; a block is found by its number, and a few are decoded before it because GSM
    6.10 has a memory. Several threads may read.
    """

    def __init__(self, path: Path, layout: WaveLayout, bounds: Bounds) -> None:
        """Raise UnreadableRecording where libsndfile refuses it all the same."""
        self._form, self._path, self._layout = layout.format, path, layout
        self.sample_rate, self.channels, self.frames = self._form.sample_rate, self._form.channels, layout.frames
        self._lock = threading.Lock()
        self._memory = os.memfd_create("samples")
        readable = os.open(f"/proc/self/fd/{self._memory}", os.O_RDONLY)
        try:
            self._decoder = Decoder(stretches(readable), readable, bounds)
        finally:
            os.close(readable)
        try:
            self.read(0, 1)
        except BaseException:
            self.close()
            raise

    def read(self, start: int, count: int) -> Samples:
        frames, size = self._form.block_frames, self._form.block_bytes
        count = max(0, min(count, self.frames - start))
        first = max(0, start // frames - _BLOCKS_BEFORE)
        last = -(-(start + count) // frames)
        skipped = start - first * frames
        with self._lock:
            self._lay_out(self._layout.data_start + first * size, (last - first) * size)
            # GSM 6.10 wants to be told how many, and its last block may come short.
            decoded = self._decoded(skipped + count)
        return decoded[skipped:]

    def close(self) -> None:
        self._decoder.close()
        os.close(self._memory)

    def _lay_out(self, start: int, size: int) -> None:
        """A true header and a stretch of the file's bytes, where the decoder reads them."""
        with self._path.open("rb") as file:
            file.seek(start)
            raw = file.read(size)
        os.ftruncate(self._memory, 0)
        os.lseek(self._memory, 0, os.SEEK_SET)
        with open(self._memory, "wb", closefd=False) as target:  # a descriptor
            target.write(block_wave_header(self._form, len(raw)) + raw)

    def _decoded(self, frames: int) -> Samples:
        try:
            answer = self._decoder.ask(frames, frames * self.channels * _SAMPLE_BYTES)
        except DecoderFailed as error:
            raise UnreadableRecording(f"The WAV file's {self._form.name} cannot be decoded: {error}.") from error
        samples = np.frombuffer(answer[: len(answer) - len(answer) % (self.channels * _SAMPLE_BYTES)], dtype=np.float32)
        return samples.reshape(-1, self.channels)
