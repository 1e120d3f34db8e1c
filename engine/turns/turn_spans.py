"""The turns of one channel: stretches of speech between silences, from the probability of speech in each 32 ms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audio.samples import RECOGNITION_RATE

Probabilities = npt.NDArray[np.float32]

CHUNK = 512  # samples that get one probability: 32 ms
CHUNKS_PER_SECOND = RECOGNITION_RATE / CHUNK


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """Found on telephone calls: a threshold of .5 loses quiet parties, .2 with hysteresis does not."""

    on_probability: float = 0.2
    off_probability: float = 0.1
    least_silence_seconds: float = 0.7
    least_speech_seconds: float = 0.25
    padding_seconds: float = 0.35
    longest_turn_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of speech on one channel in seconds; `padded_*` adds the padding that a recognizer wants."""

    start: float
    end: float
    padded_start: float
    padded_end: float


def turns(probabilities: Probabilities, total_seconds: float, options: SpeechOptions) -> tuple[Turn, ...]:
    """The turns in one channel's probabilities, with the padding that a recognizer wants."""
    pad = options.padding_seconds
    edges = [
        (first / CHUNKS_PER_SECOND, min(last / CHUNKS_PER_SECOND, total_seconds))
        for span in speech_spans(probabilities, options)
        for first, last in _bounded(span, probabilities, options)
    ]
    found = []
    for index, (start, end) in enumerate(edges):
        before = edges[index - 1][1] if index else 0.0
        after = edges[index + 1][0] if index + 1 < len(edges) else total_seconds
        padded_start = max(start - pad, (before + start) / 2 if index else 0.0)
        padded_end = min(end + pad, (end + after) / 2 if index + 1 < len(edges) else total_seconds)
        found.append(Turn(start, end, padded_start, padded_end))
    return tuple(found)


def speech_spans(probabilities: Probabilities, options: SpeechOptions) -> list[tuple[int, int]]:
    """Chunks [first, last) with speech: on above one threshold, off below a lower one for long enough."""
    silence = round(options.least_silence_seconds * CHUNKS_PER_SECOND)
    least = options.least_speech_seconds * CHUNKS_PER_SECOND
    spans: list[tuple[int, int]] = []
    start, last_voiced = -1, -1
    for index, probability in enumerate(probabilities.tolist()):
        if start < 0:
            if probability >= options.on_probability:
                start, last_voiced = index, index
        elif probability >= options.off_probability:
            last_voiced = index
        elif index - last_voiced >= silence:
            spans.append((start, last_voiced + 1))
            start = -1
    if start >= 0:
        spans.append((start, last_voiced + 1))
    return [(first, last) for first, last in spans if last - first >= least]


def _bounded(span: tuple[int, int], probabilities: Probabilities, options: SpeechOptions) -> list[tuple[int, int]]:
    """A span cut where speech is least probable, so that none is longer than what may be in memory."""
    longest = round(options.longest_turn_seconds * CHUNKS_PER_SECOND)
    first, last = span
    found = []
    while last - first > longest:
        middle = first + longest // 2
        cut = middle + int(probabilities[middle : first + longest].argmin())
        found.append((first, cut))
        first = cut
    return [*found, (first, last)]
