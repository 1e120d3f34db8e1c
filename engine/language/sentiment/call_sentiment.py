"""The sentiment of a call and of each party, weighted to how the call ends.

A sentence's score is that of its words (`polarity`) and that of its meaning (`sentiment_head`) together;
a party's score comes from the course of its sentences' and from how the parties take leave (`mood_head`).
All of it knows English alone: a call in another language is neutral, and `CallAnalysis.models` says that this was not
done. Of a party whose mood is not wanted (`mood_scope`) no sentence is scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.sentence_embedding import Vectors
from engine.language.sentiment.mood_head import MoodHead, Side, mood_features
from engine.language.sentiment.mood_scope import EVERYBODY
from engine.language.sentiment.polarity import on_the_telephone, phrase_polarity, without_courtesies
from engine.language.sentiment.sentiment_head import SentimentHead
from engine.parties import has_parties, outside_party
from engine.transcript import Direction, Party

Label = Literal["positive", "neutral", "negative"]


@dataclass(frozen=True, slots=True)
class SentimentOptions:
    """Thresholds and weights, set on the written calls that may be tuned on."""

    positive_from: float = 0.4
    negative_from: float = -0.3
    head_share: float = 0.4  # of a sentence's score; the rest is that of its words
    head_from: float = 0.7  # most of a call is facts: the head's lesser scores are none
    head_scale: float = 0.6


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A score from −1 to 1 and its label."""

    score: float
    label: Label


NEUTRAL = Sentiment(0.0, "neutral")


class CallMoods(Protocol):
    """How a call went, whoever found it out."""

    @property
    def name(self) -> str:
        """What found it out."""

    def of_party(self, party: Party) -> Sentiment:
        """The sentiment of one party; neutral where it does not speak."""

    def overall(self, direction: Direction | None) -> Sentiment:
        """The outside party's sentiment; everybody's, where it is not known who is who."""


@dataclass(frozen=True, slots=True)
class CallSentiment:
    """The scores of a call's sentences, from which each party's sentiment is computed."""

    embedded: EmbeddedTranscript
    scores: tuple[float, ...]  # one per sentence, −1 … 1; 0 where its party's are not wanted
    head: MoodHead
    options: SentimentOptions
    name: str
    parties: frozenset[Party] = EVERYBODY  # whose are wanted

    def of_party(self, party: Party) -> Sentiment:
        """The sentiment of one party; neutral where it does not speak, or its sentiment is not wanted."""
        return self._of([one.party is party and party in self.parties for one in self.embedded.sentences])

    def overall(self, direction: Direction | None) -> Sentiment:
        """The outside party's sentiment; everybody's whose is wanted, where that one is unknown or does not speak."""
        outside = outside_party(direction)
        if has_parties(self.embedded.transcript) and any(one.party is outside for one in self.embedded.sentences):
            return self.of_party(outside)
        return self._of([one.party in self.parties for one in self.embedded.sentences])

    def _of(self, chosen: list[bool]) -> Sentiment:
        if not any(chosen):
            return NEUTRAL
        own = np.array(chosen)
        score = self.head.score(mood_features(self.side(own), self.side(~own)))
        return Sentiment(round(score, 4), _label(score, self.options))

    def side(self, chosen: npt.NDArray[np.bool_]) -> Side:
        """Some of the sentences, as the head reads them."""
        words = np.array([one.words for one in self.embedded.sentences], dtype=np.float64)
        return Side(np.array(self.scores)[chosen], words[chosen], self.embedded.vectors[chosen])


def analyse_sentiment(
    embedded: EmbeddedTranscript,
    head: SentimentHead,
    mood_head: MoodHead,
    options: SentimentOptions | None = None,
    parties: frozenset[Party] = EVERYBODY,
) -> CallSentiment:
    """Score every sentence that these parties say in an English call."""
    options = options or SentimentOptions()
    if not embedded.sentences:
        return CallSentiment(embedded, (), mood_head, options, head.name, parties)
    texts = [without_courtesies(one.text) for one in embedded.sentences]
    vectors = embedded.vectors.copy()
    changed = [index for index, one in enumerate(embedded.sentences) if texts[index] and texts[index] != one.text]
    if changed:
        vectors[changed] = embedded.embedder.encode([texts[index] for index in changed])
    # Of the others only what they say as the call ends is read, as every party's mood depends on it.
    scored = [index for index, one in enumerate(embedded.sentences) if texts[index] and one.party in parties]
    scores = np.zeros(len(texts))
    if scored:
        scores[scored] = _scores([texts[index] for index in scored], vectors[scored], head, options)
    return CallSentiment(embedded, tuple(scores.tolist()), mood_head, options, head.name, parties)


def _scores(
    texts: list[str], vectors: Vectors, head: SentimentHead, options: SentimentOptions
) -> npt.NDArray[np.float64]:
    """One score per sentence, from its words and its meaning.  # [texts]"""
    meant = head.scores([on_the_telephone(text) for text in texts], vectors)
    strength = np.sign(meant) * np.maximum(np.abs(meant) - options.head_from, 0.0)
    by_head = np.clip(options.head_scale * strength, -1.0, 1.0)
    by_words = np.array([phrase_polarity(text) for text in texts])
    scores: npt.NDArray[np.float64] = (1 - options.head_share) * by_words + options.head_share * by_head
    return scores


def _label(score: float, options: SentimentOptions) -> Label:
    if score >= options.positive_from:
        return "positive"
    return "negative" if score <= options.negative_from else "neutral"
