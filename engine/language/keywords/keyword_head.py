"""A linear head on what a phrase means and how it is said: would somebody who knows the call name it?

Nearness to the call alone prefers words that fit any call ("phone", "working"). The weights were trained by
`python -m engine.training.keywords` on the phrases that were expected of written calls; the file's own metadata
tells of which. Numbers in a safetensors file: nothing in it can run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.language.sentence_embedding import Vectors
from engine.runtime.shipped_weights import Weights, read_head

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "3d0522b10b1ea68e5b2b07b4e5d6add7de0c4cd9d2ad0a71964f52783f7ae510"
_EARLY = 0.25  # of the call
# By logistic regression on 1,656 keywords of 200 written calls: of those of a weight of .4 to .6 half are named by who
# knows the call, of .6 to .8 two thirds, above .8 nine of ten.
_SLOPE, _EVEN = 5.2, -0.2


@dataclass(slots=True)
class Phrase:
    """How often a phrase is said, how often where a noun, or a verb, would stand, and how it is written.

    `written` counts its forms where no sentence begins with it: only there capitals tell a name.
    """

    count: int = 0
    as_noun: int = 0
    as_verb: int = 0
    first_place: float = 1.0  # 0 = start of the call
    behind_article: int = 0
    written: Counter[str] = field(default_factory=Counter)

    @property
    def name_share(self) -> float:
        """The share of the forms that are capitals throughout: 1 = a name."""
        capitals = sum(count for form, count in self.written.items() if all(word[0].isupper() for word in form.split()))
        return capitals / max(1, self.written.total())

    @property
    def is_bare_name(self) -> bool:
        """A name of one word, of which nobody says "the": most are somebody's first name. Not a sign, as ATM is."""
        return self.name_share == 1 and not self.behind_article and not all(form.isupper() for form in self.written)

    def as_written(self, text: str) -> str:
        """The form that it has most often; in small letters where it only begins sentences."""
        return self.written.most_common(1)[0][0] if self.written else text

    def features(self, text: str, nearness: float, rarities: Sequence[float], call_words: int) -> list[float]:
        """What the head reads beside the phrase's vector; a rarity for each of its words."""
        often, rarity, words = math.log(self.count), sum(rarities) / len(rarities), len(rarities)
        return [
            often,
            self.count > 1,
            self.as_noun / self.count,
            self.as_verb / self.count,
            max(0.0, 1 - self.first_place / _EARLY),
            self.first_place,
            nearness,
            nearness * nearness,
            rarity,
            min(rarities),
            max(rarities),
            words == 1,
            words == 2,
            words == 3,
            often * rarity,
            nearness * rarity,
            "-" in text,
            math.log(call_words),
            self.name_share,
            self.name_share * (words == 1),
        ]


@dataclass(frozen=True, slots=True)
class KeywordHead:
    """One weight per feature and per dimension of the phrase's vector."""

    weights: Weights  # [features + width]

    def worth(self, features: Sequence[Sequence[float]], vectors: Vectors) -> Weights:
        """What each phrase of a call is worth beside the others.  # [phrases]"""
        worth: Weights = np.concatenate([np.array(features, dtype=np.float64), vectors], axis=1) @ self.weights
        return worth

    @staticmethod
    def weight(worth: float) -> float:
        """How likely it is that somebody who knows the call names a phrase that is worth so much, 0–1."""
        return 1 / (1 + math.exp(-_SLOPE * (worth - _EVEN)))


def load_keyword_head() -> KeywordHead:
    """The trained head. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    return KeywordHead(read_head(WEIGHTS, SHA256)["weights"])
