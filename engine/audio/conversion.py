"""Recordings that we do not decode ourselves: another process does, bounded in time, memory and output.

libsndfile in a process of its own first, then ffmpeg where it is installed. Both write AU to a pipe; what comes out is
kept on disk at the recognizer's rate (or the recording's own, where that is lower), 16 bits a sample.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
import soxr

from engine.audio.containers import Container
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
_OUR_DECODER = Path(__file__).with_name("decoder_process.py")
_BOUNDED = Path(__file__).with_name("bounded_process.py")


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
            return _decoded(_our_decoder(path), target, limits, on_block)
        except _NotDecoded as error:
            reason = str(error)
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        because = f" ({reason})" if reason else ""
        raise UnreadableRecording(
            f"The recording is {kind}, which this machine cannot decode{because}: install ffmpeg (apt install ffmpeg), "
            "or let the telephone system record WAV as PCM, u-law, A-law or GSM 6.10."
        )
    try:
        return _decoded(_ffmpeg(ffmpeg, path, container), target, limits, on_block)
    except _NotDecoded as error:
        raise UnreadableRecording(f"The recording is {kind}, and cannot be decoded: {error}.") from error


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the samples go, and the room that they may take there."""

    path: Path
    room: DecodingRoom


class _NotDecoded(Exception):
    """The decoder gave nothing; its own words."""


def _our_decoder(path: Path) -> list[str]:
    return [sys.executable, "-P", str(_OUR_DECODER), str(path.absolute())]


def _ffmpeg(program: str, path: Path, container: Container) -> list[str]:
    command = [program, "-nostdin", "-hide_banner", "-v", "error", "-threads", "1"]
    # Nothing but this one file is opened, whatever it says of playlists, other files or addresses.
    command += ["-protocol_whitelist", "file", "-f", container.demuxer, "-i", f"file:{path.absolute()}"]
    return [*command, "-map", "0:a:0", "-vn", "-sn", "-dn", "-c:a", "pcm_s16be", "-f", "au", "pipe:1"]


def _decoded(command: Sequence[str], target: _Target, limits: Limits, on_block: Callable[[], None] | None) -> Converted:
    with _process(command, limits) as (output, words), _at_work(on_block):
        head = output.read(24)
        if len(head) < 24 or head[:4] != b".snd":
            output.read()
            raise _NotDecoded(words())
        offset, size, number, rate, channels = struct.unpack(">IIIII", head[4:])
        output.read(max(0, offset - 24))
        check_shape(channels, rate)
        if number not in _AU_FORMATS:
            raise _NotDecoded(f"its decoder wrote AU of kind {number}")
        stream = _Stream(output, _AU_FORMATS[number], rate, channels, limits, target.room)
        with target.path.open("wb") as file:
            frames = stream.copy(file, on_block)
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


@contextmanager
def _process(command: Sequence[str], limits: Limits) -> Iterator[tuple[IO[bytes], Callable[[], str]]]:
    """A decoder that is killed when its time is up or we have enough; its output, and what it said when it ended."""
    process = subprocess.Popen(
        _bounded(command, limits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018
    last_lines: deque[bytes] = deque(maxlen=6)
    overdue = threading.Event()
    listener = threading.Thread(target=_keep_last, args=(process.stderr, last_lines), daemon=True)
    listener.start()

    def give_up() -> None:
        overdue.set()
        process.kill()

    clock = threading.Timer(limits.decoding_seconds, give_up)
    clock.daemon = True
    clock.start()

    def words() -> str:
        code = process.wait()
        listener.join(5)
        if overdue.is_set():
            return f"decoding took longer than {limits.decoding_seconds:.0f} s"
        return _reason(code, last_lines)

    try:
        yield process.stdout, words
    finally:
        clock.cancel()
        process.kill()
        process.wait()
        listener.join(5)
        process.stdout.close()
        process.stderr.close()


def _environment() -> dict[str, str]:
    """What a decoder may know: where programs and libraries are, and no secret of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _bounded(command: Sequence[str], limits: Limits) -> list[str]:
    seconds, memory = str(int(limits.decoding_seconds) + 1), str(limits.memory_bytes)
    return [sys.executable, "-I", "-S", str(_BOUNDED), seconds, memory, *command]


def _keep_last(stream: IO[bytes], lines: deque[bytes]) -> None:
    for line in iter(lambda: stream.readline(1000), b""):
        lines.append(line)


def _reason(code: int, lines: deque[bytes]) -> str:
    """Why a decoder gave nothing, in its own last words."""
    if code < 0:
        return f"its decoder was ended by signal {-code}"
    text = lines[-1].decode("utf-8", "replace") if lines else ""
    for line in lines:
        text = line.decode("utf-8", "replace")
        if "moov atom not found" in text:
            return "the index at its end is missing, so it was cut off"
    text = "".join(character for character in text if character.isprintable()).strip().rstrip(".")
    text = text.rsplit("] ", 1)[-1]
    return text.split(": ", 1)[-1] if text.startswith(("file:", "Error opening input")) else text or "it is damaged"
