"""A recording in memory, as the PBX sent it, decoded where it is looked at: two hours take what their file takes."""

from __future__ import annotations

import contextlib
import io
import threading
from typing import TYPE_CHECKING, Protocol

from admin_gui.sound.wave import Wave, read_wave

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from soundfile import SoundFile

    from admin_gui.sound.wave import Floats

# So fine is the waveform when one looks closely: a pixel a hundredth of a second.
PEAKS_PER_SECOND = 100
_STRETCH_SECONDS = 60
# What a call may be recorded at. Anybody may have sent the file: with another rate, or thousands of channels, in its
# header a few bytes would be hours of sound, or samples of gigabytes.
SLOWEST_RATE_HZ, FASTEST_RATE_HZ = 4_000, 192_000
MOST_CHANNELS = 8
LONGEST_SECONDS = 24 * 3600


class Recording(Protocol):
    """Sound that can be read from any place on, on any thread."""

    @property
    def rate_hz(self) -> int: ...

    @property
    def channels(self) -> int: ...

    @property
    def frames(self) -> int: ...

    def read(self, first: int, count: int) -> Floats:
        """Up to so many frames from this one on: (frames, channels), −1 … 1; fewer only at the end."""
        ...


def open_recording(content: bytes) -> Recording | None:
    """The recording in these bytes; None for what cannot be decoded, has nothing in it, or can be no call."""
    wave: Wave | None = read_wave(content)
    if wave is not None and not _may_be_a_call(wave.rate_hz, wave.channels, wave.frames):
        return None
    if wave is not None and wave.frames and wave.is_known:
        return wave
    # libsndfile is loaded when it is needed. A wheel without it, a system without it: then there is no sound.
    with contextlib.suppress(ImportError, OSError):
        import soundfile  # noqa: PLC0415

        try:
            opened = soundfile.SoundFile(io.BytesIO(content))
            if not _may_be_a_call(opened.samplerate, opened.channels, opened.frames):
                return None
            found: Recording = SeekableFile(opened) if opened.seekable() else WholeFile(opened)
        except (soundfile.SoundFileError, ValueError, RuntimeError):
            return None
        return found if found.frames else None
    return None


def _may_be_a_call(rate_hz: int, channels: int, frames: int) -> bool:
    is_common = SLOWEST_RATE_HZ <= rate_hz <= FASTEST_RATE_HZ and channels <= MOST_CHANNELS
    return is_common and frames <= rate_hz * LONGEST_SECONDS


def loudness(recording: Recording) -> Floats:
    """How loud it is: (channels, points), each the peak (0–1) of a hundredth of a second."""
    import numpy as np  # noqa: PLC0415 - takes a while to load, and this runs on a thread

    step = max(1, recording.rate_hz // PEAKS_PER_SECOND)
    pieces = []
    # One stretch after the other: hours of samples as numbers would be gigabytes.
    for first in range(0, recording.frames, step * PEAKS_PER_SECOND * _STRETCH_SECONDS):
        samples = np.abs(recording.read(first, step * PEAKS_PER_SECOND * _STRETCH_SECONDS))
        pieces.append(np.maximum.reduceat(samples, np.arange(0, len(samples), step), axis=0))
    return np.asarray(np.concatenate(pieces).T, dtype=np.float32)


class SeekableFile:
    """What libsndfile reads from any place on: FLAC, MP3, Ogg, ADPCM."""

    def __init__(self, opened: SoundFile) -> None:
        self._opened = opened
        self.rate_hz: int = opened.samplerate
        self.channels: int = opened.channels
        self.frames: int = opened.frames
        self._lock = threading.Lock()
        self._next = 0

    def read(self, first: int, count: int) -> Floats:
        import numpy as np  # noqa: PLC0415

        count = max(0, min(count, self.frames - first))
        found: Floats = np.zeros((0, self.channels), np.float32)
        # Damage in the middle is heard as silence, as it is on a tape.
        with self._lock, contextlib.suppress(RuntimeError):
            if first != self._next:
                self._opened.seek(first)
            self._next = -1
            found = self._opened.read(count, dtype="float32", always_2d=True)
            self._next = first + len(found)
        if len(found) < count:  # its header says more than there is
            found = np.concatenate([found, np.zeros((count - len(found), self.channels), np.float32)])
        return found


class WholeFile:
    """What libsndfile reads from its beginning alone, GSM: kept as 16 bits a sample."""

    def __init__(self, opened: SoundFile) -> None:
        self.rate_hz: int = opened.samplerate
        self.channels: int = opened.channels
        self._samples: NDArray[np.int16] = opened.read(opened.frames, dtype="int16", always_2d=True)
        self.frames: int = len(self._samples)

    def read(self, first: int, count: int) -> Floats:
        import numpy as np  # noqa: PLC0415

        return np.asarray(self._samples[first : first + count] / 2**15, dtype=np.float32)
