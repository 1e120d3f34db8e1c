"""A linear head on MiniLM sentence embeddings and TextBlob's lexicon: how glad or cross a sentence is.

The weights were trained by `python -m engine.training.sentiment`, which says on what; the file's own metadata tells
whence they come. They are 387 numbers, read as safetensors: nothing in the file can run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.language.sentence_embedding import Vectors
from engine.language.sentiment.polarity import lexicon_features
from engine.runtime.shipped_weights import read_head

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "f88ed81bb676f7293cad244b73c395e709931b60de34f76ac2e75fca3ef676fb"

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SentimentHead:
    """One weight per dimension of the embedding and per feature of the lexicon, and an offset."""

    weights: Scores  # [width + 2]
    offset: float
    name: str = "textblob and a head on all-MiniLM-L6-v2"

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """One score per text, around −2 … 2; 1 is the spread of people's ratings.  # [texts]"""
        result: Scores = features(texts, vectors) @ self.weights + self.offset
        return result


def features(texts: Sequence[str], vectors: Vectors) -> Scores:
    """What the head reads: the embeddings, then the lexicon's mean and squashed sum.  # [texts, width + 2]"""
    lexicon = np.array([lexicon_features(text) for text in texts], dtype=np.float64).reshape(len(texts), 2)
    return np.concatenate([vectors.astype(np.float64), lexicon], axis=1)


def load_sentiment_head() -> SentimentHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    read = read_head(WEIGHTS, SHA256)
    return SentimentHead(read["weights"], float(read["offset"][0]))
