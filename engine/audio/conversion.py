"""Recordings that we do not decode ourselves: another process does, confined, and bounded in time, memory and output.

libsndfile first, then ffmpeg where it is installed, each in a process of its own. Both write AU to a pipe; what comes
out is kept on disk at the recognizer's rate (or the recording's own, where that is lower), 16 bits a sample.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
import soxr

from engine.audio.containers import Container
from engine.audio.decoder import Bounds, Decoder, DecoderFailed, program, whole_file
from engine.audio.decoding_room import DecodingRoom
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.audio.wave_format import Encoding, WaveFormat, check_shape
from engine.errors import EmptyRecording, NoRoomToDecode, RecordingTooLong, UnreadableRecording

_DECODING_SECONDS = 900  # wall clock; who needs longer for a day of sound is no recording
_DECODING_MEMORY_BYTES = 2 * 1024**3  # of address space, libraries and all
_DECODED_BYTES = 6 * 10**9  # a day of two channels is 5.5 GB
_ROOM_SECONDS = 600.0
_SAMPLES_AT_ONCE = 1 << 20
_REPORT_EVERY_SECONDS = 10.0
_AU_FORMATS: dict[int, np.dtype[np.generic]] = {3: np.dtype(">i2"), 6: np.dtype(">f4")}
_UNKNOWN_SIZE = 0xFFFFFFFF
# Less than this is lost by every encoder at a recording's end, and no sign of a cut.
_PADDING_SECONDS = 0.5
_OLD_FFMPEG = "Option not found"  # what one before 6.0 says of -fd


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a recording may be, and what a decoder may use of this machine.

    `recording_seconds` hold for one and two channels; more of them share the time of two. `room_seconds`: how long to
    wait for room on the disk.
    """

    recording_seconds: float = 24 * 3600.0
    decoding_seconds: float = _DECODING_SECONDS
    decoded_bytes: int = _DECODED_BYTES
    room_seconds: float = _ROOM_SECONDS
    memory_bytes: int = _DECODING_MEMORY_BYTES

    @property
    def bounds(self) -> Bounds:
        """Those of one decoder."""
        return Bounds(self.decoding_seconds, self.memory_bytes)

    def seconds(self, channels: int) -> float:
        """How long a recording of so many channels may be."""
        return self.recording_seconds * min(1.0, 2 / channels)


@dataclass(frozen=True, slots=True)
class Converted:
    """The samples in `path`, raw; `missing_seconds` of those that the file claimed did not come."""

    path: Path
    format: WaveFormat
    frames: int
    missing_seconds: float


def convert(
    path: Path,
    container: Container,
    encoding: str,
    target: Path,
    limits: Limits,
    on_block: Callable[[], None] | None = None,
) -> Converted:
    """Decode `path` into `target`; raise UnreadableRecording, EmptyRecording or RecordingTooLong.

    `encoding` is the samples' encoding for people, where the container's name does not say it. Where the disk is full
    for the moment, wait; raise NoRoomToDecode when it stays so, and DecodedTooLarge.
    """
    until = time.monotonic() + limits.room_seconds
    while True:
        room = DecodingRoom(target.parent, limits.decoded_bytes)
        try:
            return _convert(path, container, encoding, _Target(target, room), limits, on_block)
        except NoRoomToDecode:
            target.unlink(missing_ok=True)
            if not room.wait(until, on_block):
                raise


def _convert(
    path: Path,
    container: Container,
    encoding: str,
    target: _Target,
    limits: Limits,
    on_block: Callable[[], None] | None,
) -> Converted:
    kind = encoding or container.name
    reason = ""
    if container.by_libsndfile:
        try:
            with path.open("rb") as file:
                return _decoded(whole_file(file.fileno()), file, target, limits, on_block)
        except DecoderFailed as error:
            reason = str(error)
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        because = f" ({reason})" if reason else ""
        raise UnreadableRecording(
            f"The recording is {kind}, which this machine cannot decode{because}: install ffmpeg (apt install ffmpeg), "
            "or let the telephone system record WAV as PCM, u-law, A-law or GSM 6.10."
        )
    try:
        return _decoded_by_ffmpeg(ffmpeg, path, container, target, limits, on_block)
    except DecoderFailed as error:
        raise UnreadableRecording(f"The recording is {kind}, and cannot be decoded: {error}.") from error


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the samples go, and the room that they may take there."""

    path: Path
    room: DecodingRoom


def _decoded_by_ffmpeg(
    ffmpeg: str,
    path: Path,
    container: Container,
    target: _Target,
    limits: Limits,
    on_block: Callable[[], None] | None,
) -> Converted:
    try:
        with path.open("rb") as file:
            source = ["-protocol_whitelist", "fd", "-f", container.demuxer, "-fd", str(file.fileno()), "-i", "fd:"]
            return _decoded(_ffmpeg(ffmpeg, file, source), file, target, limits, on_block)
    except DecoderFailed as error:
        if _OLD_FFMPEG not in str(error):
            raise
    with _for_anybody(path) as file:
        source = ["-protocol_whitelist", "file", "-f", container.demuxer, "-i", f"file:/proc/self/fd/{file.fileno()}"]
        return _decoded(_ffmpeg(ffmpeg, file, source), file, target, limits, on_block)


def _ffmpeg(ffmpeg: str, file: IO[bytes], source: Sequence[str]) -> list[str]:
    """Nothing but this one file is opened, whatever it says of playlists, other files or addresses."""
    arguments = ["-nostdin", "-hide_banner", "-v", "error", "-threads", "1", *source]
    arguments += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-c:a", "pcm_s16be", "-f", "au", "pipe:1"]
    return program(ffmpeg, file.fileno(), arguments)


@contextmanager
def _for_anybody(path: Path) -> Iterator[IO[bytes]]:
    """The file, or as root a copy without a name: root's decoders are nobody, an old ffmpeg opens its input anew."""
    with path.open("rb") as file:
        if os.geteuid() != 0:
            yield file
            return
        with tempfile.TemporaryFile() as copy:
            os.fchmod(copy.fileno(), 0o444)
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy


def _decoded(
    task: Sequence[str], file: IO[bytes], target: _Target, limits: Limits, on_block: Callable[[], None] | None
) -> Converted:
    with Decoder(task, file.fileno(), limits.bounds) as decoder, decoder.in_time(), _at_work(on_block):
        output = decoder.output
        head = output.read(24)
        if len(head) < 24 or head[:4] != b".snd":
            output.read()
            raise DecoderFailed(decoder.words())
        offset, size, number, rate, channels = struct.unpack(">IIIII", head[4:])
        output.read(max(0, offset - 24))
        check_shape(channels, rate)
        if number not in _AU_FORMATS:
            raise DecoderFailed(f"its decoder wrote AU of kind {number}")
        stream = _Stream(output, _AU_FORMATS[number], rate, channels, limits, target.room)
        with target.path.open("wb") as converted:
            frames = stream.copy(converted, on_block)
    if frames == 0:
        raise EmptyRecording("The recording holds no samples that can be decoded.")
    missing = 0.0
    if size != _UNKNOWN_SIZE:
        missing = size / _AU_FORMATS[number].itemsize / channels / rate - stream.frames_read / rate
    form = WaveFormat(Encoding.PCM, 1, channels, stream.rate, 2, 2 * channels, 1)
    return Converted(target.path, form, frames, missing if missing > _PADDING_SECONDS else 0.0)


@contextmanager
def _at_work(on_block: Callable[[], None] | None) -> Iterator[None]:
    """Call `on_block` now and then while a decoder is at work that has nothing to give yet; its time is bounded."""
    done = threading.Event()

    def report() -> None:
        while on_block is not None and not done.wait(_REPORT_EVERY_SECONDS):
            on_block()

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()


class _Stream:
    """AU samples out of a pipe, to 16-bit samples at the recognizer's rate or below."""

    def __init__(
        self,
        source: IO[bytes],
        kind: np.dtype[np.generic],
        rate: int,
        channels: int,
        limits: Limits,
        room: DecodingRoom,
    ) -> None:
        self._room = room
        self.rate = min(rate, RECOGNITION_RATE)
        self.frames_read = 0
        self._source, self._kind, self._channels, self._limits = source, kind, channels, limits
        self._source_rate = rate
        self._resampler = None
        if rate != self.rate:
            self._resampler = soxr.ResampleStream(rate, self.rate, channels, dtype="float32", quality="HQ")

    def copy(self, target: BinaryIO, on_block: Callable[[], None] | None) -> int:
        """Write everything; returns the number of frames written."""
        written = 0
        frame_bytes = self._kind.itemsize * self._channels
        for raw in iter(lambda: self._source.read(max(1, _SAMPLES_AT_ONCE // self._channels) * frame_bytes), b""):
            block = self._samples(raw[: len(raw) - len(raw) % frame_bytes])
            self.frames_read += len(block)
            if self.frames_read > self._limits.seconds(self._channels) * self._source_rate:
                raise too_long(None, self._channels, self._limits)
            written += self._write(block, target, last=False)
            if on_block is not None:
                on_block()
        return written + self._write(np.zeros((0, self._channels), dtype=np.float32), target, last=True)

    def _samples(self, raw: bytes) -> Samples:
        samples = np.frombuffer(raw, dtype=self._kind).astype(np.float32).reshape(-1, self._channels)
        if self._kind.kind == "i":
            return samples / np.float32(32768)
        return np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)

    def _write(self, block: Samples, target: BinaryIO, *, last: bool) -> int:
        if self._resampler is not None:
            block = self._resampler.resample_chunk(block, last=last)
        self._room.take(2 * block.size)
        target.write(np.rint(block * 32768).clip(-32768, 32767).astype("<i2").tobytes())
        return len(block)


def too_long(seconds: float | None, channels: int, limits: Limits) -> RecordingTooLong:
    """The error that names how long a recording may be."""
    length = "longer than that" if seconds is None else f"{seconds / 3600:.1f} hours long"
    kind = f"A recording of {channels} channels" if channels > 2 else "A recording"
    most = limits.seconds(channels) / 3600
    return RecordingTooLong(f"{kind} may be {most:.3g} hours long; this one is {length}.")
