"""The other party's voice on a channel: the echo of a line or a loudspeaker, 15 to 30 dB down and up to 0.3 s late.

Voice activity takes it for speech, and the recognizer would write it down a second time, for the wrong party. Where a
channel seems to speak while another one sounds louder, their sound decides: an echo is its origin, later and quieter;
two people who speak at once are not correlated. What is echo counts as silence, in the turns and in the recognizer's
sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audio.recording import Recording
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.turns.channels import Energies, Levels
from engine.turns.turn_spans import CHUNK, CHUNKS_PER_SECOND, Probabilities, SpeechOptions

Mask = npt.NDArray[np.bool_]  # [chunks of 32 ms]

_LONGEST_DELAY_SECONDS = 0.3
_EARLIEST_SECONDS = 0.02  # a recorder may write the origin a little late
_DELAY_CHUNKS = 11  # the same in chunks, a little more
# Measured on telephone speech in windows of 0.48 s without what is below 150 Hz (hum is on every line): two voices at
# once reach .36 at their best delay; echo through u-law or GSM, 30 dB down and no louder than the line's noise, is
# above .56 in nine windows of ten.
_WINDOW_CHUNKS = 15
_STEP_CHUNKS = 5
_ECHO_CORRELATION = 0.5
_FAINT_CORRELATION = 0.3  # two voices reach it in one window of twenty, at any delay
_SAME_DELAY_SECONDS = 0.004
_LOWEST_FREQUENCY = 150.0  # Hz
# The same in samples, of what is compared.
_COMPARED_RATE = RECOGNITION_RATE // 2
_LENGTH = _WINDOW_CHUNKS * CHUNK // 2
_LATE, _EARLY = (round(seconds * _COMPARED_RATE) for seconds in (_LONGEST_DELAY_SECONDS, _EARLIEST_SECONDS))
# Of two copies that are about as loud as each other (amplitudes), the lower channel's counts.
_EQUALLY_LOUD = 0.7
_STRETCH_CHUNKS = 1875  # a minute is read at a time
_WINDOWS_AT_ONCE = 32
_TRANSFORMED = 8192  # samples: a multiple of it is transformed quickly
_GAP_STEPS = 2  # between two echoes: too short for a word of one's own
_COPY_GAIN = 0.25  # −12 dB: no echo is as loud
_COPY_DELAY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Echo:
    """Where a channel repeats others. A `copy` has nothing else, and comes at once and hardly quieter."""

    mask: Mask
    copy: bool


def find_echo(
    recording: Recording, measured: Levels, speech: dict[int, Probabilities], options: SpeechOptions
) -> dict[int, Echo]:
    """Look at every stretch in which a channel seems to speak while another one is about as loud or louder."""
    found = {}
    for channel, probabilities in speech.items():
        speaks = probabilities >= options.off_probability
        mask = np.zeros(len(speaks), dtype=np.bool_)
        windows: list[_Window] = []
        for other in speech:
            if other == channel:
                continue
            suspected = speaks & ~mask & _sounds_too(measured.energies, other, channel, len(mask))
            looked = [
                window
                for first, last in _stretches(suspected)
                for window in _look(recording, channel, other, first, last)
                if window.gain < _EQUALLY_LOUD or (window.gain < 1 / _EQUALLY_LOUD and other < channel)
            ]
            echoes = _certain(looked)
            _mark(mask, echoes)
            windows += echoes
        found[channel] = Echo(mask, _is_copy(windows, speaks & ~mask, options))
    return found


@dataclass(frozen=True, slots=True)
class _Window:
    chunk: int  # the first of the step that it decides
    end: int
    correlation: float
    delay_seconds: float
    gain: float  # of the amplitude: the echo over its origin


def _certain(windows: list[_Window]) -> list[_Window]:
    """The windows that are echo by themselves, and the fainter ones as late as these: a line keeps its delay."""
    delays = np.unique([window.delay_seconds for window in windows if window.correlation >= _ECHO_CORRELATION])

    def is_echo(window: _Window) -> bool:
        if window.correlation >= _ECHO_CORRELATION:
            return True
        if window.correlation < _FAINT_CORRELATION or not len(delays):
            return False
        return float(np.abs(delays - window.delay_seconds).min()) < _SAME_DELAY_SECONDS

    return [window for window in windows if is_echo(window)]


def _is_copy(windows: list[_Window], own: Mask, options: SpeechOptions) -> bool:
    if not windows or np.count_nonzero(own) > options.least_speech_seconds * CHUNKS_PER_SECOND:
        return False
    gain = np.median([window.gain for window in windows])
    delay = np.median([abs(window.delay_seconds) for window in windows])
    return bool(gain > _COPY_GAIN and delay < _COPY_DELAY_SECONDS)


def _sounds_too(energies: Energies, other: int, channel: int, count: int) -> Mask:
    """Chunks in which `other` is, or was within the longest delay, about as loud as `channel` or louder."""
    padded = np.concatenate([np.zeros(_DELAY_CHUNKS), energies[:, other], np.zeros(1)])
    loudest = np.lib.stride_tricks.sliding_window_view(padded, _DELAY_CHUNKS + 2).max(axis=1)
    mask = np.zeros(count, dtype=np.bool_)
    both = min(count, len(loudest))
    mask[:both] = loudest[:both] > _EQUALLY_LOUD**2 * energies[:both, channel]
    return mask


def _stretches(mask: Mask) -> Iterator[tuple[int, int]]:
    """Runs of marked chunks [first, last), none longer than a minute."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        for start in range(first, last, _STRETCH_CHUNKS):
            yield start, min(start + _STRETCH_CHUNKS, last)


def _look(recording: Recording, channel: int, other: int, first: int, last: int) -> Iterator[_Window]:
    """Compare the channels in one window around each step of a stretch."""
    around = (_WINDOW_CHUNKS - _STEP_CHUNKS) // 2
    start = (first - around) * CHUNK - 2 * _LATE
    end = (last + _STEP_CHUNKS + around) * CHUNK + 2 * _EARLY
    sound = recording.piece(max(start, 0) / RECOGNITION_RATE, end / RECOGNITION_RATE, (channel, other))
    sound = np.pad(sound, ((max(-start, 0), max(0, end - max(start, 0) - len(sound))), (0, 0)))
    suspect = _telephone_band(sound[:, 0])
    origin = _telephone_band(sound[:, 1])
    chunks = range(first, last, _STEP_CHUNKS)
    for some in (chunks[at : at + _WINDOWS_AT_ONCE] for at in range(0, len(chunks), _WINDOWS_AT_ONCE)):
        starts = (np.array(some) - first) * (CHUNK // 2)
        pieces = suspect[starts[:, None] + np.arange(_LATE, _LATE + _LENGTH)]
        origins = origin[starts[:, None] + np.arange(_LATE + _LENGTH + _EARLY)]
        for chunk, (correlated, delay, gain) in zip(some, _compare(pieces, origins), strict=True):
            yield _Window(chunk, min(chunk + _STEP_CHUNKS, last), correlated, delay, gain)


def _compare(suspect: Samples, origin: Samples) -> list[tuple[float, float, float]]:
    """Correlation, delay and gain of the best match of each window; only where its origin is not much quieter.

    suspect [windows, length], origin [windows, late + length + early]
    """
    size = origin.shape[1]  # what wraps around lies at delays that are not looked at
    products = np.fft.irfft(np.fft.rfft(origin, size) * np.conj(np.fft.rfft(suspect, size)), size)
    products = np.abs(products[:, : _LATE + _EARLY + 1])
    sums = np.cumsum(np.pad(np.square(origin, dtype=np.float64), ((0, 0), (1, 0))), axis=1)
    origin_energy = sums[:, _LENGTH:] - sums[:, :-_LENGTH]
    energy = np.square(suspect, dtype=np.float64).sum(axis=1)[:, None]
    possible = (origin_energy > _EQUALLY_LOUD**2 * energy) & (energy > 0)
    origin_energy = np.where(possible, origin_energy, 1.0)
    correlations = np.where(possible, products / np.sqrt(origin_energy * np.maximum(energy, 1e-30)), 0.0)
    best = correlations.argmax(axis=1)
    rows = np.arange(len(best))
    gains = np.sqrt(energy[:, 0] / origin_energy[rows, best])
    delays = (_LATE - best) / _COMPARED_RATE
    return list(zip(correlations[rows, best].tolist(), delays.tolist(), gains.tolist(), strict=True))


def _telephone_band(sound: Samples) -> Samples:
    """From 150 Hz to 4 kHz, at 8 kHz: without hum, and half as much to compare."""
    sound = np.pad(sound, (0, -len(sound) % _TRANSFORMED))
    half = len(sound) // 2
    spectrum = np.fft.rfft(sound)[: half // 2 + 1]
    spectrum[: int(_LOWEST_FREQUENCY * 2 * half / RECOGNITION_RATE)] = 0
    band: Samples = (np.fft.irfft(spectrum, half) / 2).astype(np.float32)
    return band


def _mark(mask: Mask, windows: list[_Window]) -> None:
    """Mark the steps of these windows, and the short gaps between them."""
    reached = None
    for window in windows:
        gap = reached is not None and window.chunk - reached <= _GAP_STEPS * _STEP_CHUNKS
        mask[reached if gap else window.chunk : window.end] = True
        reached = window.end
