"""A linear head on what a sentence means, where it stands and who says it: does it hold what the call is about?

It chooses the sentences of a note where no language model is installed; with one, the model's own head does. The
weights were trained by `python -m engine.training.summary` on the facts of written calls; the file's own metadata tells
of which. Numbers in a safetensors file: nothing in it can run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.parties import outside_party
from engine.runtime.shipped_weights import Weights, read_head
from engine.transcript import Direction

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "163d0a935dd35ed0691d69182dd4c37211c492e2575129b7b6d8c8e0b395d764"

_NUMBERS = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred|thousand|first|second|third|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow"
    r"|today|tonight|week|month|pounds|dollars|euros|percent)\b",
    re.IGNORECASE,
)
_OPENING_TURNS = 4
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class SentenceHead:
    """One weight per feature and per dimension of the sentence's vector, and an offset."""

    weights: Weights  # [features + width]
    offset: float

    def importance(self, embedded: EmbeddedTranscript, direction: Direction | None) -> Weights:
        """For each sentence, 0–1, that it holds one of the call's three main facts.  # [sentences]"""
        logits = sentence_features(embedded, direction) @ self.weights + self.offset
        importance: Weights = 1 / (1 + np.exp(-logits))
        return importance


def sentence_features(embedded: EmbeddedTranscript, direction: Direction | None) -> Weights:
    """What the head reads.  # [sentences, features + width]"""
    return np.concatenate([place_features(embedded, direction), embedded.vectors.astype(np.float64)], axis=1)


def place_features(embedded: EmbeddedTranscript, direction: Direction | None) -> Weights:
    """Where each sentence stands, how long it is, who says it, whether it asks or counts.  # [sentences, 12]"""
    outside = outside_party(direction)
    rows = [
        [
            one.place,
            one.place**2,
            one.place**8,
            (1 - one.place) ** 8,
            np.log1p(one.words),
            one.words / 20,
            one.words < _FEW_WORDS,
            one.party is outside,
            one.segment < _OPENING_TURNS,
            one.text.endswith("?"),
            bool(numbers := len(_NUMBERS.findall(one.text))),
            numbers / 3,
        ]
        for one in embedded.sentences
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 12)


def load_sentence_head() -> SentenceHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    read = read_head(WEIGHTS, SHA256)
    return SentenceHead(read["weights"], float(read["offset"][0]))
