"""A linear head on what MiniLM knows of a word in its sentence: how much of a fact the word is.

A fact of a call is a few words of it. The weights were trained by `python -m tests.benchmarks.summary_weights` on the
words that hold the facts of written calls; the file's own metadata tells of which. Numbers in a safetensors file:
nothing in it can run.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.head_file import read_head
from engine.spoken import Spoken
from engine.transcript import Direction
from engine.word_features import Table, Token, tokens_of, word_features

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "b176f7e610b8ba32255f63ee78fd6fe91dfa937f63ddc9bea579825ee3860408"


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A word where it is said: its stem, whether it has a meaning of its own, and how much of a fact it is."""

    stem: str
    means: bool
    worth: float


@dataclass(frozen=True, slots=True)
class SummaryHead:
    """One weight per dimension of a word's vector and per feature, and an offset."""

    weights: Table  # [width + features]
    offset: float

    def worth(self, read: Table) -> Table:
        """How much of a fact each word is: 0, or less, is none; the words of a fact make 1 together.  # [words]"""
        worth: Table = read @ self.weights + self.offset
        return worth


def features(spoken: Spoken, said: list[list[Token]], keywords: Collection[str], direction: Direction | None) -> Table:
    """What the head reads: the words' vectors, then their features.  # [words of the call, width + features]"""
    vectors = np.concatenate(spoken.words).astype(np.float64)
    return np.concatenate([vectors, word_features(spoken, said, keywords, direction)], axis=1)


def said_words(
    spoken: Spoken, head: SummaryHead, keywords: Collection[str], direction: Direction | None
) -> list[list[SaidWord]]:
    """Each sentence's words with what they are worth."""
    said = [tokens_of(sentence, spoken.embedder) for sentence in spoken.sentences]
    worth = iter(head.worth(features(spoken, said, keywords, direction)).tolist())
    return [[SaidWord(one.stem, one.means, max(0.0, next(worth))) for one in tokens] for tokens in said]


def load_summary_head() -> SummaryHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    return SummaryHead(*read_head(WEIGHTS, SHA256))
