"""Open a call recording: repair or name what is wrong with it, and give its channels as float32, piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import TypeVar

import numpy as np
import soxr

from engine.audio.block_samples import BlockSamples
from engine.audio.containers import WAV, Container, container_of, no_recording, read_head
from engine.audio.conversion import Limits, convert, too_long
from engine.audio.interleaved_legs import deal
from engine.audio.riff import WaveLayout, read_layout
from engine.audio.samples import RECOGNITION_RATE, Legs, PlainSamples, Samples, SampleSource
from engine.audio.wave_format import PLAIN, Encoding
from engine.errors import EmptyRecording, UnreadableRecording

_BLOCK_SECONDS = 60  # decoded at a time, so that an hour of stereo is never in memory as a whole
_BLOCK_SAMPLES = 8_000_000  # of all channels together
# What a resampling filter needs before a piece, and after it; GSM 6.10's memory is shorter.
_CONTEXT_SECONDS = 0.25


_Source = TypeVar("_Source", bound=SampleSource)


@dataclass(frozen=True, slots=True)
class Recording:
    """A readable recording; nothing of it is in memory until a block or a piece is asked for."""

    source: SampleSource
    format: str  # for people: `WAV, PCM 16 bit`
    repairs: tuple[str, ...] = ()  # what was wrong with the file and was put right, a sentence each
    cut_off: bool = False  # samples that were there once are missing at the end

    @property
    def sample_rate(self) -> int:
        return self.source.sample_rate

    @property
    def channel_count(self) -> int:
        return self.source.channels

    @property
    def frames(self) -> int:
        return self.source.frames

    @property
    def duration_seconds(self) -> float:
        return self.frames / self.sample_rate

    @property
    def _frames_at_once(self) -> int:
        """At most a minute, and no more samples than fit in memory at any rate and number of channels."""
        most = _BLOCK_SAMPLES * min(1.0, self.sample_rate / RECOGNITION_RATE) / self.channel_count
        return max(1, min(_BLOCK_SECONDS * self.sample_rate, int(most)))

    def blocks(self) -> Iterator[Samples]:
        """All channels at the recording's own rate, a minute at a time.  # [frames, channels]"""
        start = 0
        while start < self.frames:
            block = self.source.read(start, self._frames_at_once)
            if not len(block):
                return
            start += len(block)
            yield block

    def blocks_for_recognition(self) -> Iterator[Samples]:
        """All channels at 16 kHz, a minute or so at a time.  # [samples, channels]"""
        if self.sample_rate == RECOGNITION_RATE:
            yield from self.blocks()
            return
        stream = soxr.ResampleStream(
            self.sample_rate, RECOGNITION_RATE, self.channel_count, dtype="float32", quality="HQ"
        )
        for block in self.blocks():
            yield stream.resample_chunk(block)
        yield stream.resample_chunk(np.zeros((0, self.channel_count), dtype=np.float32), last=True)

    def piece(self, start: float, end: float, channels: Sequence[int]) -> Samples:
        """These channels between two moments (seconds), at 16 kHz.  # [samples, channels]"""
        first, last = round(max(0.0, start) * RECOGNITION_RATE), round(end * RECOGNITION_RATE)
        # A grid on which samples of both rates lie.
        common = gcd(self.sample_rate, RECOGNITION_RATE)
        native, ours = self.sample_rate // common, RECOGNITION_RATE // common
        context = round(_CONTEXT_SECONDS * RECOGNITION_RATE)
        step = max(0, first - context) // ours
        count = -(-(last + context) // ours) - step
        sound = self._read(step * native, count * native, channels)
        if self.sample_rate != RECOGNITION_RATE and len(sound):
            sound = soxr.resample(sound, self.sample_rate, RECOGNITION_RATE, quality="HQ")
        return sound[first - step * ours : last - step * ours]

    def _read(self, start: int, count: int, channels: Sequence[int]) -> Samples:
        """Frames of these channels alone; the others are never in memory for long."""
        end = min(start + count, self.frames)
        pieces = [np.zeros((0, len(channels)), dtype=np.float32)]
        for at in range(start, end, self._frames_at_once):
            block = self.source.read(at, min(self._frames_at_once, end - at))
            pieces.append(block[:, list(channels)])
        return np.concatenate(pieces)


@contextmanager
def open_recording(
    *paths: Path, limits: Limits | None = None, on_block: Callable[[], None] | None = None
) -> Iterator[Recording]:
    """Look into a recording, or into several mono legs of one call, each of which becomes a channel.

    Raises UnreadableRecording, EmptyRecording or RecordingTooLong with the fault in one sentence. `on_block` is called
    while a decoder is still at work.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        opened = [_opened(path, stack, limits, on_block) for path in paths]
        recording = opened[0] if len(opened) == 1 else _joined(opened)
        if recording.frames <= 0:
            raise EmptyRecording("The recording holds no samples.")
        if recording.duration_seconds > limits.seconds(recording.channel_count):
            raise too_long(recording.duration_seconds, recording.channel_count, limits)
        yield recording


def _joined(legs: Sequence[Recording]) -> Recording:
    return Recording(
        Legs([leg.source for leg in legs]),
        " + ".join(leg.format for leg in legs),
        tuple(repair for leg in legs for repair in leg.repairs),
        any(leg.cut_off for leg in legs),
    )


def _opened(path: Path, stack: ExitStack, limits: Limits, on_block: Callable[[], None] | None) -> Recording:
    try:
        if path.stat().st_size == 0:
            raise EmptyRecording("The recording is empty: the file holds no bytes.")
        head = read_head(path)
    except OSError as error:
        raise UnreadableRecording(f"The recording cannot be opened: {error.strerror}.") from error
    container = container_of(head)
    if container is None:
        raise UnreadableRecording(no_recording(path, head))
    layout = read_layout(path) if container is WAV else None
    if layout is None:
        return _converted(path, container, None, stack, limits, on_block)
    if layout.format.encoding is Encoding.OTHER:
        return _converted(path, container, layout, stack, limits, on_block)
    return _wave(path, layout, stack, limits)


def _wave(path: Path, layout: WaveLayout, stack: ExitStack, limits: Limits) -> Recording:
    """A WAV file whose samples lie there one by one, or in blocks."""
    form, repairs = layout.format, layout.repairs
    name = f"WAV, {form.name}"
    if form.encoding not in PLAIN:
        return Recording(_closed_by(stack, BlockSamples(path, layout, limits.bounds)), name, repairs, layout.cut_off)
    source = _closed_by(stack, PlainSamples(path, form, layout.data_start, layout.frames))
    if form.channels == 1 and form.encoding is Encoding.PCM and form.sample_bytes == 2:
        dealt = deal(source)
        if dealt is not None:
            repairs = (*repairs, dealt)
            source = PlainSamples(path, form.with_channels(2), layout.data_start, layout.frames // 2)
            _closed_by(stack, source)
    return Recording(source, name, repairs, layout.cut_off)


def _converted(
    path: Path,
    container: Container,
    layout: WaveLayout | None,
    stack: ExitStack,
    limits: Limits,
    on_block: Callable[[], None] | None,
) -> Recording:
    """Anything else, decoded by another process into a folder that goes with the recording."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vbot-audio-")))
    encoding = layout.format.name if layout else ""
    repairs, cut_off = (layout.repairs, layout.cut_off) if layout else ((), False)
    converted = convert(path, container, encoding, folder / "samples", limits, on_block)
    if converted.missing_seconds:
        there = converted.frames / converted.format.sample_rate
        claimed_seconds = there + converted.missing_seconds
        repairs = (
            *repairs,
            f"The recording is cut off or damaged: of {claimed_seconds:.1f} s, {there:.1f} s can be decoded.",
        )
        cut_off = True
    source = _closed_by(stack, PlainSamples(converted.path, converted.format, 0, converted.frames))
    name = f"{container.name}, {encoding}" if encoding else container.name
    return Recording(source, name, repairs, cut_off)


def _closed_by(stack: ExitStack, source: _Source) -> _Source:
    stack.callback(source.close)
    return source
