"""Diarization of a mix: which of two voices speaks when, and how sure it is that they are two.

People on the telephone answer without a pause, so a turn of a mix may hold both: windows of 1.6 s through all turns are
embedded and put into two groups; models of the groups' timbre then find the moments at which the voice changes, and the
turns are cut there. Where the groups are as similar as two halves of one voice, there is one voice, and nothing is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.audio.samples import RECOGNITION_RATE
from engine.diarization.clustering import Groups, two_groups
from engine.diarization.resegmentation import (
    FRAME,
    FRAMES_PER_SECOND,
    Scores,
    TurnFrames,
    differences,
    likeliest_voices,
    turn_frames,
)
from engine.diarization.speaker_embedding import WINDOW_SECONDS, Vectors, VoiceEmbedder
from engine.turns.call_turns import CallTurns

_STEP_SECONDS = 0.8
_MOST_WINDOWS = 1500  # 20 minutes of speech; in longer calls they are further apart, and timbre alone decides between
_LEAST_WINDOWS = 4
_ROUNDS = 2
_EMBEDDING_WEIGHT = 0.6  # of one standard deviation, a frame
_LEAST_PIECE_SECONDS = 0.3  # a "yes"
_LEAST_VOICE_SECONDS = 1.0  # in all: a cough is no second voice
_CUT_SECONDS = 0.3  # around a change: it is cut where it is quietest
_PURE = 0.85  # the share of a window that is of one voice
_WINDOW_FRAMES = round(WINDOW_SECONDS * FRAMES_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Diarization:
    """The turns of a mix, cut where the voice changes, and the voice (1 or 2) of each; 1 speaks first."""

    call_turns: CallTurns
    voices: tuple[int, ...]
    confidence: float  # 0–1, that they are two


@dataclass(frozen=True, slots=True)
class _Window:
    turn: int
    first: int  # frames, in its turn
    last: int


def diarize(
    call_turns: CallTurns, embedder: VoiceEmbedder, on_turn: Callable[[], None] = lambda: None
) -> Diarization | None:
    """Find the two voices in the turns of a mix; None where there is one, or too little to tell.

    `on_turn` is called for each turn: in a long call they take minutes.
    """
    turns, windows, vectors = _embed(call_turns, embedder, on_turn)
    if len(windows) < _LEAST_WINDOWS:
        return None
    groups = two_groups(vectors)
    hints = _spread(windows, _projected(vectors, groups), turns)
    labels = [np.where(spread == 0, -1, spread < 0).astype(np.int8) for spread in _spread(windows, 0.5 - groups, turns)]
    for _ in range(_ROUNDS):
        scores = differences(turns, labels)
        if scores is None:
            return None
        labels = [likeliest_voices(score + _EMBEDDING_WEIGHT * hint) for score, hint in zip(scores, hints, strict=True)]
    similarity = _similarity(windows, vectors, labels)
    if similarity is None or similarity >= embedder.one_voice or not _both_speak(turns, labels):
        return None
    confidence = (embedder.one_voice - similarity) / (embedder.one_voice - embedder.two_voices)
    return _cut(call_turns, turns, labels, min(1.0, confidence))


def _embed(
    call_turns: CallTurns, embedder: VoiceEmbedder, on_turn: Callable[[], None]
) -> tuple[list[TurnFrames], list[_Window], Vectors]:
    """Each turn's frames and embedded windows; its sound is let go."""
    speech_seconds = sum(one.turn.end - one.turn.start for one in call_turns.turns)
    step_seconds = max(_STEP_SECONDS, speech_seconds / _MOST_WINDOWS)
    turns, windows, vectors = [], [], []
    for index, one in enumerate(call_turns.turns):
        sound = call_turns.sound(index)
        frames = turn_frames(sound)
        turns.append(frames)
        begin = one.turn.start - one.turn.padded_start
        spare = one.turn.end - one.turn.start - WINDOW_SECONDS
        count = math.ceil(max(0.0, spare) / step_seconds) + 1
        seconds = np.linspace(begin, begin + max(0.0, spare), count)
        starts = [round(second * RECOGNITION_RATE) for second in seconds]
        # A "yes" is said over and over until it fills the window.
        least = starts[-1] + round(WINDOW_SECONDS * RECOGNITION_RATE)
        vectors.append(embedder.embed(np.resize(sound, least) if len(sound) < least else sound, starts))
        for start in starts:
            first = min(start // FRAME, len(frames.voiced) - 1)
            windows.append(_Window(index, first, min(first + _WINDOW_FRAMES, len(frames.voiced))))
        on_turn()
    return turns, windows, np.concatenate(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)


def _projected(vectors: Vectors, groups: Groups) -> Scores:
    """On the line from one group's mean to the other's: above 0 is nearer to group 0, in standard deviations.  # [n]"""
    means = [vectors[groups == group].mean(axis=0) for group in (0, 1)]
    line = means[0] / np.linalg.norm(means[0]) - means[1] / np.linalg.norm(means[1])
    places = (vectors @ line).astype(np.float64)
    middle = (places[groups == 0].mean() + places[groups == 1].mean()) / 2
    projected: Scores = (places - middle) / max(1e-9, float(places.std()))
    return projected


def _spread(windows: list[_Window], values: npt.NDArray[np.floating], turns: list[TurnFrames]) -> list[Scores]:
    """The windows' values at each frame that they cover, their middle counting most; 0 where there is none."""
    sums = [np.zeros(len(turn.voiced)) for turn in turns]
    weights = [np.full(len(turn.voiced), 1e-9) for turn in turns]
    for window, value in zip(windows, values.tolist(), strict=True):
        weight = 1.01 - np.abs(np.linspace(-1, 1, _WINDOW_FRAMES))[: window.last - window.first]
        sums[window.turn][window.first : window.last] += weight * value
        weights[window.turn][window.first : window.last] += weight
    return [total / weight for total, weight in zip(sums, weights, strict=True)]


def _similarity(windows: list[_Window], vectors: Vectors, labels: list[Groups]) -> float | None:
    """The cosine similarity of the two voices' means, as it would be of endlessly many windows each.

    Means of few vectors lie apart by chance; the similarity of a voice's windows to one another says by how much.
    """
    shares = np.array([labels[window.turn][window.first : window.last].mean() for window in windows])
    lengths, means = [], []
    for own in (vectors[shares <= 1 - _PURE], vectors[shares >= _PURE]):
        if len(own) < 2:
            return None
        mean = own.mean(axis=0)
        lengths.append((float(mean @ mean) * len(own) - 1) / (len(own) - 1))
        means.append(mean)
    return float(means[0] @ means[1]) / math.sqrt(max(1e-6, lengths[0] * lengths[1]))


def _both_speak(turns: list[TurnFrames], labels: list[Groups]) -> bool:
    least = _LEAST_VOICE_SECONDS * FRAMES_PER_SECOND
    return all(
        sum(np.count_nonzero(turn.voiced & (label == voice)) for turn, label in zip(turns, labels, strict=True)) > least
        for voice in (0, 1)
    )


def _cut(call_turns: CallTurns, turns: list[TurnFrames], labels: list[Groups], confidence: float) -> Diarization:
    """Cut the turns where the voice changes; the voice that speaks first becomes voice 1."""
    moments: list[list[float]] = []
    voices: list[int] = []
    for one, frames, label in zip(call_turns.turns, turns, labels, strict=True):
        pieces = _pieces(label)
        cuts = [_quietest(frames, before[1], before[0], after[1]) for before, after in pairwise(pieces)]
        moments.append([one.turn.padded_start + cut / FRAMES_PER_SECOND for cut in cuts])
        voices += [int(label[first]) for first, _ in pieces]
    first_voice = voices[0]
    return Diarization(call_turns.cut(moments), tuple(1 if voice == first_voice else 2 for voice in voices), confidence)


def _pieces(label: Groups) -> list[tuple[int, int]]:
    """Runs [first, last) of one voice; what is too short for a word belongs to the run before it."""
    edges = [0, *(np.flatnonzero(np.diff(label)) + 1).tolist(), len(label)]
    pieces: list[tuple[int, int]] = []
    for first, last in pairwise(edges):
        if pieces and (last - first < _LEAST_PIECE_SECONDS * FRAMES_PER_SECOND or label[pieces[-1][0]] == label[first]):
            pieces[-1] = (pieces[-1][0], last)
        else:
            pieces.append((first, last))
    return pieces


def _quietest(frames: TurnFrames, change: int, first: int, last: int) -> int:
    """The quietest frame near a change between the runs around it."""
    around = round(_CUT_SECONDS * FRAMES_PER_SECOND)
    low, high = max((first + change) // 2, change - around), min((change + last + 1) // 2, change + around)
    smooth = np.convolve(frames.loudness[low:high], np.ones(3) / 3, mode="same")
    smooth[[0, -1]] = np.inf if len(smooth) > 4 else smooth[[0, -1]]
    return low + int(smooth.argmin())
