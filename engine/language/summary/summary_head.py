"""A small network on what MiniLM knows of each word of a call: how much of a fact the word is.

A fact of a call is a few words of it. Each word is read by itself, then with those around it, across sentences and
speakers: an amount is a fact where somebody has just asked what it costs. The weights were trained by
`python -m engine.training.summary` on the words that hold the facts of written calls; the file's own metadata
tells of which. Numbers in a safetensors file: nothing in it can run.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.summary.word_features import Table, Token, tokens_of, word_features
from engine.runtime.shipped_weights import Weights, read_head
from engine.transcript import Direction

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "275001585847e3809d6dc07cbb83f430d31ece2215bb147b9f3d19073c63640f"

# What the file calls the fields of Network, in their order.
TENSORS = ("read", "read_offset", "around", "around_offset", "told", "told_offset")


@dataclass(frozen=True, slots=True)
class ScoredWord:
    """A word where it is said: its stem, whether it has a meaning of its own, and how much of a fact it is."""

    stem: str
    means: bool
    worth: float


@dataclass(frozen=True, slots=True)
class Network:
    """A hidden layer for each word, a convolution over the words around, and what both say together."""

    read: Weights  # [width + features, hidden]
    read_offset: Weights  # [hidden]
    around: Weights  # [words, hidden, hidden], the middle one the word itself
    around_offset: Weights  # [hidden]
    out: Weights  # [hidden]
    out_offset: Weights  # [1]

    def worth(self, table: Table) -> Table:
        """How much of a fact each word is.  # [words of the call, width + features] → [words of the call]"""
        alone = np.maximum(table @ self.read + self.read_offset, 0.0)
        reach = len(self.around) // 2
        padded = np.pad(alone, ((reach, reach), (0, 0)))
        together = sum(padded[at : at + len(alone)] @ weights for at, weights in enumerate(self.around))
        worth: Table = (alone + np.maximum(together + self.around_offset, 0.0)) @ self.out + self.out_offset
        return worth


@dataclass(frozen=True, slots=True)
class SummaryHead:
    """Networks that learned the same from other beginnings; together they err less than each."""

    networks: tuple[Network, ...]

    def worth(self, table: Table) -> Table:
        """How much of a fact each word is: 0, or less, is none; the words of a fact make 1 together.  # [words]"""
        worth: Table = np.mean([network.worth(table) for network in self.networks], axis=0)
        return worth


def features(
    embedded: EmbeddedTranscript, said: list[list[Token]], keywords: Collection[str], direction: Direction | None
) -> Table:
    """What the head reads: the words' vectors, then their features.  # [words of the call, width + features]"""
    vectors = np.concatenate(embedded.words).astype(np.float64)
    return np.concatenate([vectors, word_features(embedded, said, keywords, direction)], axis=1)


def scored_words(
    embedded: EmbeddedTranscript, head: SummaryHead, keywords: Collection[str], direction: Direction | None
) -> list[list[ScoredWord]]:
    """Each sentence's words with what they are worth."""
    said = [tokens_of(sentence, embedded.embedder) for sentence in embedded.sentences]
    worth = iter(head.worth(features(embedded, said, keywords, direction)).tolist())
    return [[ScoredWord(one.stem, one.means, max(0.0, next(worth))) for one in tokens] for tokens in said]


def load_summary_head() -> SummaryHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    read = read_head(WEIGHTS, SHA256)
    numbers = sorted({name.partition(".")[0] for name in read})
    return SummaryHead(tuple(Network(*(read[f"{number}.{name}"] for name in TENSORS)) for number in numbers))
