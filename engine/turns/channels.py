"""What is on the channels of a recording before voice activity: nothing, the same sound twice, or a party each.

Telephone systems write both parties' mix on two channels, at another level, a few samples late or through another
codec; or one channel that carries nothing, or the hum of an open line. Then one channel is used, as in mono.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.audio.recording import Recording
from engine.audio.samples import RECOGNITION_RATE, Samples

Energies = npt.NDArray[np.float64]

CHUNK_SECONDS = 0.032  # that of voice activity
# A channel whose peak is below this (two steps of u-law and A-law around zero) carries no signal at all.
_DEAD_PEAK = 17 / 32768
# Hum and noise stay at their level, but for a click; speech, rings and music do not.
_STEADY_DECIBELS = 12.0
# An open line is never quite silent, but while a call is transferred.
_OPEN_LINE = 0.9
# The same sound has the same course of levels: it may differ in what is far below its loudest.
_LOUD_DECIBELS = 30.0
_APART_DECIBELS = 10.0
_APART_CHUNKS = 6  # of 32 ms: somebody said "yes" on one channel alone
_SMOOTH_CHUNKS = 3
# Then the sound itself decides, at the loudest moments: two parties' channels are uncorrelated, the same mix is 1, and
# above .85 through whatever codec each channel went.
_SAME_CORRELATION = 0.85
_SAME_MOMENTS = 16
_MOMENT_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud each channel is in each 32 ms."""

    energies: Energies  # mean square  # [chunks, channels]
    peaks: npt.NDArray[np.float64]  # [channels]

    def steady(self, channel: int) -> bool:
        """True for silence, hum and noise: what stays as loud as it is."""
        energies = self.energies[:, channel]
        energies = energies[energies > _DEAD_PEAK**2]
        if len(energies) == 0:
            return True
        low, high = np.percentile(10 * np.log10(energies), [10, 98])
        return bool(high - low < _STEADY_DECIBELS)

    def silent_from(self, channel: int) -> float | None:
        """The second from which an open line holds nothing at all to its end, not even noise.

        None where it was no open line: what leaves out the noise between words has ended with its last word.
        """
        heard = np.flatnonzero(self.energies[:, channel])
        if len(heard) == 0 or len(heard) < _OPEN_LINE * (heard[-1] + 1):
            return None
        return float(heard[-1] + 1) * CHUNK_SECONDS


def levels(recording: Recording) -> Levels:
    """Measure the whole recording once."""
    chunk = CHUNK_SECONDS * recording.sample_rate
    count = int(np.ceil(recording.frames / chunk))
    energies = np.zeros((count, recording.channel_count))
    peaks = np.zeros(recording.channel_count)
    position = 0
    for block in recording.blocks():
        peaks = np.maximum(peaks, np.abs(block).max(axis=0))
        first, last = int(position / chunk), int((position + len(block) - 1) / chunk)
        edges = np.ceil(np.arange(first + 1, last + 1) * chunk).astype(np.int64) - position
        starts = np.concatenate([[0], edges])
        energies[first : last + 1] += np.add.reduceat(np.square(block, dtype=np.float64), starts, axis=0)
        position += len(block)
    return Levels(energies / chunk, peaks)


def distinct_channels(recording: Recording, measured: Levels) -> tuple[int, ...]:
    """The channels worth a recognizer's time: those with a signal, and of those with the same sound the loudest alone.

    A recording of silence keeps its first channel.
    """
    alive = [index for index in range(recording.channel_count) if measured.peaks[index] > _DEAD_PEAK]
    loudness = measured.energies.sum(axis=0)
    kept: list[int] = []
    for index in sorted(alive, key=lambda one: (-loudness[one], one)):
        if not any(_same_sound(recording, measured, other, index) for other in kept):
            kept.append(index)
    return tuple(sorted(kept)) or (0,)


def _same_sound(recording: Recording, measured: Levels, one: int, other: int) -> bool:
    first, second = measured.energies[:, one], measured.energies[:, other]
    loud = _same_course(first, second)
    if loud is None:
        return False
    found = []
    for moment in loud:
        start = moment * CHUNK_SECONDS
        sound = recording.piece(start - _MOMENT_SECONDS / 2, start + _MOMENT_SECONDS / 2, (one, other))
        found.append(correlation(sound[:, 0], sound[:, 1], _LONGEST_DELAY_SECONDS))
    return bool(np.median(found) > _SAME_CORRELATION)


def _same_course(first: Energies, second: Energies) -> list[int] | None:
    """The loudest chunks where two courses of levels are one but for their loudness, else None."""
    window = np.ones(_SMOOTH_CHUNKS) / _SMOOTH_CHUNKS
    pair = np.stack([np.convolve(course / course.sum(), window, mode="same") for course in (first, second)])
    floor = pair.max() * 10 ** (-_LOUD_DECIBELS / 10)
    decibels = 10 * np.log10(np.maximum(pair, floor))
    apart = np.abs(decibels[0] - decibels[1]) > _APART_DECIBELS
    runs = np.convolve(apart, np.ones(_APART_CHUNKS), mode="valid") if len(apart) >= _APART_CHUNKS else np.zeros(1)
    if runs.max() >= _APART_CHUNKS:
        return None
    # The loudest of each part of the call.
    edges = np.linspace(0, len(first), _SAME_MOMENTS + 1).astype(int)
    loudest = [low + int(pair[0, low:high].argmax()) for low, high in pairwise(edges) if high > low]
    return [index for index in loudest if pair[0, index] > floor]


def correlation(one: Samples, other: Samples, longest_delay_seconds: float) -> float:
    """The correlation of two sounds of one length, 0–1, at the best delay of either."""
    longest = round(longest_delay_seconds * RECOGNITION_RATE)
    size = 1 << int(len(one) + longest).bit_length()
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    products = np.abs(np.fft.irfft(spectrum, size))
    best = max(products[: longest + 1].max(), products[-longest:].max() if longest else 0.0)
    energy = float(np.sqrt(np.dot(one, one) * np.dot(other, other)))
    return float(best) / energy if energy > 0 else 0.0
