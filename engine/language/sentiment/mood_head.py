"""A linear head on the course of a party's sentence scores and on what both sides say at the end: its sentiment.

Few people say on the telephone that they are glad or cross; most of it is in how they take leave. The weights were
trained by `python -m engine.training.mood` on the moods of written calls; the file's own metadata tells of
which. Numbers in a safetensors file: nothing in it can run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.language.sentence_embedding import Vectors
from engine.runtime.shipped_weights import Weights, read_head

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "8a02bf6e38b26a033895ff72b5e55a4647f14de2d3d1aa7408757bf341e86985"

# How steeply weights rise towards the end of a call, from even to its last words.
_STEEPNESS = (1.0, 3.0, 8.0)
_AT_START = 0.05  # of the weight of the last word
_WITHOUT_FEELING = 0.3  # weight of a sentence without sentiment
_CLOSING = 0.7  # of a party's words: what comes then is its close
_GLAD, _CROSS = 0.2, -0.1
_LEAVE_STEEPNESS, _LEAVE_AT_START = 8.0, 0.02
_SCALE = 5.0  # scores are small numbers beside vectors
_HALF_WEIGHT_WORDS = 30.0  # of a side: so few words count by half
_OTHERS_SHARE = 0.5  # of the other side's vector


@dataclass(frozen=True, slots=True)
class Side:
    """The sentences of one party (or of all): the sentiment, the number of words and the vector of each."""

    scores: Weights  # [sentences], −1 … 1
    words: Weights  # [sentences]
    vectors: Vectors  # [sentences, width]

    @property
    def place(self) -> Weights:
        """Where each sentence ends: 1 = the last one."""
        place: Weights = np.cumsum(self.words) / max(1.0, float(self.words.sum()))
        return place

    @property
    def leave(self) -> Weights:
        """What is said as the call ends, as a vector; 0 where nothing is said.  # [width]"""
        weights = (_LEAVE_AT_START + self.place**_LEAVE_STEEPNESS) * np.sqrt(self.words)
        leave: Weights = weights @ self.vectors.astype(np.float64) / max(1e-9, float(weights.sum()))
        return leave


@dataclass(frozen=True, slots=True)
class MoodHead:
    """One weight per feature."""

    weights: Weights  # [features]

    def score(self, features: Weights) -> float:
        """From −1, cross, to 1, glad."""
        return float(np.clip(features @ self.weights, -1.0, 1.0))


def mood_features(side: Side, others: Side) -> Weights:
    """What the head reads of a side that says something: its scores, its leave and the other side's.  # [features]

    All of them are the smaller the less a side says, and 0 in the end: a few words decide nothing, but strong ones.
    """
    place, scores = side.place, side.scores
    weight_of_score = np.where(scores == 0, _WITHOUT_FEELING, 1.0)
    courses = []
    for steepness in _STEEPNESS:
        weights = (_AT_START + place**steepness) * weight_of_score
        courses.append(_SCALE * float(weights @ scores) / float(weights.sum()))
    close = scores[place > _CLOSING]
    extremes = [close.max(), close.min(), (close > _GLAD).mean(), (close < _CROSS).mean()]
    words = float(side.words.sum())
    every = np.concatenate([courses, extremes, [1.0], side.leave, _OTHERS_SHARE * others.leave])
    damped: Weights = every * words / (words + _HALF_WEIGHT_WORDS)
    return damped


def load_mood_head() -> MoodHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    return MoodHead(read_head(WEIGHTS, SHA256)["weights"])
