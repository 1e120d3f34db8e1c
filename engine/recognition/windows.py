"""Turns into windows: what is recognized at once. Long turns are cut at quiet places, short ones put together.

A window has the turns of one channel, in their order. Whisper was trained on thirty seconds: from twenty on it has
enough of the words around, which noisy lines need. Of the words of 48 minutes of calls to tune on (as
tests/benchmarks/call_set.py builds them), .163 were wrong in windows of 24 s with three beams, .18 in windows of 20 s
with two; more beams, longer windows, and a second pass over doubtful turns gained nothing that was worth its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.audio.samples import RECOGNITION_RATE
from engine.recognition.log_mel import HOP, TRAILING_SILENCE_SECONDS
from engine.recognition.recognizer import Sound

_LONGEST_SECONDS = 30.0 - TRAILING_SILENCE_SECONDS
_QUIET_SECONDS = 0.2  # what a cut looks for: the quietest stretch of this length
_LEAST_REST_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A turn, or a part of a long one, within a window; seconds from the start of the window and of the turn."""

    turn: int
    start: float
    end: float
    offset: float  # of the piece within its turn
    share: float  # of its turn, 0–1


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces one after the other, and their sound."""

    pieces: tuple[Piece, ...]
    sound: Sound

    @property
    def seconds(self) -> float:
        return len(self.sound) / RECOGNITION_RATE


def windows(turns: Sequence[Sound], channels: Sequence[int], longest_seconds: float) -> Iterator[Window]:
    """The windows of a call, in the order in which their last turn begins; a turn's sound is read when it comes up."""
    waiting: dict[int, list[Window]] = {}  # windows of one piece, by channel
    for turn, channel in enumerate(channels):
        sound = turns[turn]
        whole = Window((Piece(turn, 0.0, len(sound) / RECOGNITION_RATE, 0.0, 1.0),), sound)
        for part in cut(whole, longest_seconds):
            beside = waiting.setdefault(channel, [])
            if beside and sum(one.seconds for one in beside) + part.seconds > longest_seconds:
                yield _together(beside)
                beside.clear()
            beside.append(part)
    for beside in waiting.values():
        if beside:
            yield _together(beside)


def _together(parts: list[Window]) -> Window:
    pieces, start = [], 0.0
    for part in parts:
        pieces.append(replace(part.pieces[0], start=start, end=start + part.seconds))
        start += part.seconds
    return Window(tuple(pieces), np.concatenate([part.sound for part in parts]))


def window_of(window: Window, piece: Piece) -> Window:
    """One piece of a window as a window of its own."""
    first, last = round(piece.start * RECOGNITION_RATE), round(piece.end * RECOGNITION_RATE)
    return Window((replace(piece, start=0.0, end=piece.end - piece.start),), window.sound[first:last])


def cut(window: Window, longest_seconds: float) -> list[Window]:
    """A window of one piece, cut at quiet places where it is longer."""
    piece, parts, offset = window.pieces[0], [], 0.0
    for sound in split_at_quiet(window.sound, longest_seconds):
        seconds = len(sound) / RECOGNITION_RATE
        share = piece.share * len(sound) / max(1, len(window.sound))
        parts.append(Window((Piece(piece.turn, 0.0, seconds, piece.offset + offset, share),), sound))
        offset += seconds
    return parts


def split_at_quiet(sound: Sound, longest_seconds: float) -> list[Sound]:
    """Cut a long turn into parts at its quietest places; every sample is in exactly one."""
    longest = round(min(longest_seconds, _LONGEST_SECONDS) * RECOGNITION_RATE)
    parts = []
    while len(sound) > longest:
        cut = _quietest(sound, longest // 2, min(longest, len(sound) - round(_LEAST_REST_SECONDS * RECOGNITION_RATE)))
        parts.append(sound[:cut])
        sound = sound[cut:]
    parts.append(sound)
    return parts


def _quietest(sound: Sound, first: int, last: int) -> int:
    """The middle of the quietest stretch between two samples; of one long pause, its middle."""
    width = round(_QUIET_SECONDS * RECOGNITION_RATE / HOP)
    piece = sound[first:last]
    frames = piece[: len(piece) // HOP * HOP].reshape(-1, HOP)
    energy = np.square(frames, dtype=np.float64).sum(axis=1)
    smooth = np.convolve(energy, np.ones(width), mode="valid")
    start = end = int(smooth.argmin())
    while end + 1 < len(smooth) and smooth[end + 1] <= 2 * smooth[start]:
        end += 1
    return first + ((start + end) // 2 + width // 2) * HOP
