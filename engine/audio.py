"""Open a call recording: repair or name what is wrong with it, and give each channel as float32 on its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from engine import riff
from engine.errors import EmptyRecording, UnreadableRecording

Samples = npt.NDArray[np.float32]

RECOGNITION_RATE = 16_000  # Hz: what Whisper and silero were trained on
_BLOCK_SECONDS = 60  # decoded at a time, so that an hour of stereo is never in memory as a whole
_FFMPEG_SECONDS = 600  # a recording that takes longer to convert than this is an attack
# A channel whose peak is below this (two steps of u-law and A-law around zero) carries no signal at all.
_DEAD_PEAK = 17 / 32768
# Two parties' channels are uncorrelated; the same mix written twice is 1, whatever the gain or codec of each.
_SAME_SOUND_CORRELATION = 0.98


@dataclass(frozen=True, slots=True)
class Recording:
    """A readable recording; nothing of it is in memory until a channel is asked for."""

    path: Path
    sample_rate: int
    channel_count: int
    frames: int
    layout: riff.WaveLayout | None = None

    @property
    def duration_seconds(self) -> float:
        return self.frames / self.sample_rate

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was wrong with the file and was put right, a sentence each."""
        if self.layout is None:
            return ()
        found = []
        if self.layout.faulty:
            claimed, present = self.layout.claimed_size, self.layout.data_size
            found.append(f"The header claims {claimed} bytes of samples, {present} are there and are read.")
        if self.channel_count != self.layout.channels:
            found.append(f"The header claims {self.layout.channels} channel, the samples are those of two.")
        return tuple(found)

    def blocks(self) -> Iterator[Samples]:
        """All channels, a minute at a time.  # [frames, channels]"""
        with _decoder(self.path, self.layout, self.channel_count) as sound:
            # GSM 6.10 refuses read() without a length, and its last block may come short.
            left = self.frames
            while left > 0:
                wanted = min(left, _BLOCK_SECONDS * self.sample_rate)
                block = sound.read(wanted, dtype="float32", always_2d=True)
                if not len(block):
                    return
                left -= len(block)
                yield np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)

    def channel(self, index: int) -> Samples:
        """One channel at its own sample rate.  # [frames]"""
        return np.concatenate([np.ascontiguousarray(block[:, index]) for block in self.blocks()])

    def channel_for_recognition(self, index: int) -> Samples:
        """One channel at 16 kHz.  # [samples]"""
        samples = self.channel(index)
        if self.sample_rate == RECOGNITION_RATE:
            return samples
        resampled: Samples = soxr.resample(samples, self.sample_rate, RECOGNITION_RATE, quality="HQ")
        return resampled

    def live_channels(self) -> tuple[int, ...]:
        """The channels worth listening to: those with a signal, and one alone where all carry the same sound.

        Channels with nothing at all on them are left out; a recording of silence keeps its first.
        """
        peaks, products = np.zeros(self.channel_count), np.zeros((self.channel_count, self.channel_count))
        for block in self.blocks():
            peaks = np.maximum(peaks, np.abs(block).max(axis=0))
            products += block.T.astype(np.float64) @ block
        alive = [index for index in range(self.channel_count) if peaks[index] > _DEAD_PEAK]
        kept: list[int] = []
        for index in alive:
            if not any(_same_sound(products, earlier, index) for earlier in kept):
                kept.append(index)
        return tuple(kept) or (0,)


def _same_sound(products: npt.NDArray[np.float64], one: int, other: int) -> bool:
    energy = np.sqrt(products[one, one] * products[other, other])
    return bool(products[one, other] > _SAME_SOUND_CORRELATION * energy)


def open_recording(path: Path) -> Recording:
    """Look into a recording; raise UnreadableRecording or EmptyRecording with the fault in one sentence."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableRecording(f"The recording cannot be opened: {error.strerror}.") from error
    if size == 0:
        raise EmptyRecording("The recording is empty: the file holds no bytes.")
    layout = riff.read_layout(path) if riff.is_wave(path) else None
    try:
        recording = _look(path, layout, layout.channels if layout else None)
    except soundfile.LibsndfileError as error:
        raise UnreadableRecording(_fault(path, layout, str(error.error_string))) from error
    if recording.frames <= 0:
        raise EmptyRecording("The recording holds no samples.")
    return _with_true_channels(recording)


def _look(path: Path, layout: riff.WaveLayout | None, channels: int | None) -> Recording:
    with _decoder(path, layout, channels) as sound:
        return Recording(path, sound.samplerate, sound.channels, sound.frames, layout)


@contextmanager
def _decoder(path: Path, layout: riff.WaveLayout | None, channels: int | None) -> Iterator[soundfile.SoundFile]:
    if layout is None or not (layout.faulty or channels != layout.channels):
        with soundfile.SoundFile(path) as sound:
            yield sound
        return
    with riff.true_wave(path, layout, channels) as file, soundfile.SoundFile(file) as sound:
        yield sound


def _fault(path: Path, layout: riff.WaveLayout | None, reason: str) -> str:
    if layout is not None:
        return f"The WAV file's encoding (format tag 0x{layout.tag:04x}) cannot be decoded: {reason.rstrip('.')}."
    with path.open("rb") as file:
        head = file.read(64)
    if head.lstrip()[:1] in (b"<", b"{"):
        return "The file is a text (HTML, XML or JSON), not a recording."
    return f"The file is no audio that can be read: {reason.rstrip('.')}."


def _with_true_channels(recording: Recording) -> Recording:
    """Asterisk's MixMonitor option `D` writes stereo samples under a one-channel header: see it, and read two channels.

    In sound, neighbouring samples are alike. Where they are not, but every second one is, two channels are interleaved;
    no tone, noise or speech of one channel looks like that.
    """
    layout = recording.layout
    if layout is None or recording.channel_count != 1 or layout.tag != 1 or recording.frames < 2:
        return recording
    energy = neighbours = seconds = 0.0
    for block in recording.blocks():
        samples = block[:, 0].astype(np.float64)
        energy += float(samples @ samples)
        neighbours += float(samples[1:] @ samples[:-1])
        seconds += float(samples[2:] @ samples[:-2])
    if not (seconds > 0.6 * energy and abs(neighbours) < 0.3 * energy):
        return recording
    return Recording(recording.path, recording.sample_rate, 2, recording.frames // 2, layout)


@contextmanager
def readable_form(path: Path) -> Iterator[Path]:
    """The recording itself, or, where libsndfile does not know its format and ffmpeg is installed, a WAV made of it."""
    try:
        open_recording(path)
    except UnreadableRecording:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None or not path.is_file():
            raise
        with tempfile.TemporaryDirectory(prefix="vbot-audio-") as folder:
            converted = Path(folder) / "recording.wav"
            command = [ffmpeg, "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i", f"file:{path}"]
            command += ["-map", "0:a:0", "-c:a", "pcm_s16le", f"file:{converted}"]
            try:
                done = subprocess.run(command, capture_output=True, timeout=_FFMPEG_SECONDS, check=False)
            except subprocess.TimeoutExpired:
                done = None
            if done is None or done.returncode != 0 or not converted.exists():
                raise
            yield converted
    else:
        yield path
