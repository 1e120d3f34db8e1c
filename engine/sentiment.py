"""How the parties felt, weighted to how the call ends.

A sentence's feeling is that of its words (engine.polarity) and that of its meaning (engine.sentiment_head) together.
All of it knows English alone: a call in another language is neutral, and `CallAnalysis.models` says that this was not
done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.parties import has_parties, outside_party
from engine.polarity import on_the_telephone, phrase_polarity, without_courtesies
from engine.sentiment_head import SentimentHead
from engine.spoken import Spoken
from engine.transcript import Direction, Party

Label = Literal["positive", "neutral", "negative"]


@dataclass(frozen=True, slots=True)
class SentimentOptions:
    """Thresholds and weights, set on the calls in tests/data/calls-dev and calls-written."""

    positive_from: float = 0.04
    negative_from: float = -0.07
    weight_at_start: float = 0.15  # of the last sentence's
    closing_share: float = 3.0  # power: how steeply weights rise towards the end
    without_feeling: float = 0.3  # weight of a sentence without feeling: it tells less about the mood
    head_share: float = 0.4  # of a sentence's feeling; the rest is that of its words
    head_from: float = 0.7  # most of what is said on a call tells facts: the head's lesser scores are none
    head_scale: float = 0.6


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A score from −1 to 1 and its label."""

    score: float
    label: Label


NEUTRAL = Sentiment(0.0, "neutral")


@dataclass(frozen=True, slots=True)
class Moods:
    """The feelings of a call's sentences, from which each party's mood is told."""

    spoken: Spoken
    feelings: tuple[float, ...]  # one per sentence, −1 … 1
    options: SentimentOptions

    def of_party(self, party: Party) -> Sentiment:
        """The mood of one party; neutral where it does not speak."""
        return self._of([index for index, one in enumerate(self.spoken.sentences) if one.party is party])

    def overall(self, direction: Direction | None) -> Sentiment:
        """The outside party's mood; everybody's, where parties are unknown or the outside party does not speak."""
        outside = outside_party(direction)
        if has_parties(self.spoken.transcript) and any(one.party is outside for one in self.spoken.sentences):
            return self.of_party(outside)
        return self._of(list(range(len(self.spoken.sentences))))

    def _of(self, chosen: list[int]) -> Sentiment:
        if not chosen:
            return NEUTRAL
        options = self.options
        words = np.cumsum([self.spoken.sentences[index].words for index in chosen])
        place = words / max(1, int(words[-1]))
        felt = np.array([self.feelings[index] for index in chosen])
        weight = options.weight_at_start + (1 - options.weight_at_start) * place**options.closing_share
        weight *= np.where(felt == 0, options.without_feeling, 1.0)
        score = max(-1.0, min(1.0, float((weight * felt).sum() / weight.sum())))
        return Sentiment(round(score, 4), _label(score, options))


def moods(spoken: Spoken, head: SentimentHead, options: SentimentOptions | None = None) -> Moods:
    """Read every sentence of an English call."""
    options = options or SentimentOptions()
    if not spoken.sentences:
        return Moods(spoken, (), options)
    texts = [without_courtesies(one.text) for one in spoken.sentences]
    vectors = spoken.vectors.copy()
    changed = [index for index, one in enumerate(spoken.sentences) if texts[index] and texts[index] != one.text]
    if changed:
        vectors[changed] = spoken.embedder.encode([texts[index] for index in changed])
    meant = head.scores([on_the_telephone(text) for text in texts], vectors)
    strength = np.sign(meant) * np.maximum(np.abs(meant) - options.head_from, 0.0)
    by_head = np.clip(options.head_scale * strength, -1.0, 1.0)
    felt = tuple(
        (1 - options.head_share) * phrase_polarity(text) + options.head_share * float(by_head[index]) if text else 0.0
        for index, text in enumerate(texts)
    )
    return Moods(spoken, felt, options)


def _label(score: float, options: SentimentOptions) -> Label:
    if score >= options.positive_from:
        return "positive"
    return "negative" if score <= options.negative_from else "neutral"
