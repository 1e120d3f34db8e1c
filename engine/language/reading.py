"""What the language model makes of a call: how much each sentence matters, and how the parties leave.

A small network tags the sentences by the model's states (`summary/sentence_tagger.py`). A party's mood is read by
linear heads: from the state in which the model would begin to say how it feels, from the states at the ends of what it
and the other one said last, and from the course of its sentences' sentiment. None alone is enough, for most who are
dissatisfied say so once and politely. The weights were trained by `python -m engine.training.reading`; the file's own
metadata tells on what. Numbers in a safetensors file: nothing in it can run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import ModelPackError
from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.language_model import INSIDE, OUTSIDE, LanguageModel, ReadCall, States, lines_of
from engine.language.sentiment.call_sentiment import NEUTRAL, CallSentiment, Label, Sentiment, analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head, mood_features
from engine.language.sentiment.mood_scope import EVERYBODY
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.language.summary.sentence_selection import SentenceRoles
from engine.language.summary.sentence_tagger import SentenceTagger, tagger_features
from engine.parties import inside_party, outside_party
from engine.runtime.shipped_weights import Weights, read_head
from engine.transcript import Direction, Party

WEIGHTS = Path(__file__).with_suffix(".safetensors")
SHA256 = "f57718eff488060cc99afdf554615c3f2eaf0687330786c214cc55b5d4815f70"
# Of the model that the weights belong to.
FINGERPRINT = "b6a105cdaa41c0ba086d94378815b597aaa9602cb71cd0c4a0e1acfdbb2e9017"

TAGGER = "tagger."  # before the names of the network's arrays
MOODS: tuple[Label, ...] = ("negative", "neutral", "positive")
_LAST = 3  # sentences of a party, as it takes leave


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of an embedded transcript."""

    roles: SentenceRoles  # what each sentence is likely to do in the call
    moods: dict[Party, Sentiment]  # of those who speak; of nobody, where it is not known who is who
    name: str  # of the model

    def of_party(self, party: Party) -> Sentiment:
        """The sentiment of one party; neutral where it does not speak."""
        return self.moods.get(party, NEUTRAL)

    def overall(self, direction: Direction | None) -> Sentiment:
        """The outside party's sentiment; the other's, where the outside party does not speak."""
        return self.moods.get(outside_party(direction)) or next(iter(self.moods.values()), NEUTRAL)


class CallReader:
    """The language model and its heads."""

    def __init__(self, model: LanguageModel) -> None:
        """Raises ModelPackError where the heads are damaged, or belong to another model."""
        if model.fingerprint != FINGERPRINT:
            raise ModelPackError(
                f"{model.name} is not the language model that our heads belong to: set it to smollm2-135m"
            )
        self.name = model.name
        self._model = model
        self._heads = read_head(WEIGHTS, SHA256)
        self._tagger = SentenceTagger(
            {name.removeprefix(TAGGER): array for name, array in self._heads.items() if name.startswith(TAGGER)}
        )
        self._sentiment_head, self._mood_head = load_sentiment_head(), load_mood_head()

    def read(
        self, embedded: EmbeddedTranscript, direction: Direction | None, wanted: frozenset[Party] = EVERYBODY
    ) -> Reading:
        """Read a call; the model is asked about the moods that are wanted alone."""
        parties = {party: who for party, who in speaking_parties(embedded, direction).items() if party in wanted}
        read = read_states(self._model, embedded, direction, parties.values())
        roles = self._tagger.roles(tagger_features(embedded, direction, read.sentences.astype(np.float64)))
        scored = analyse_sentiment(embedded, self._sentiment_head, self._mood_head, parties=frozenset(parties))
        moods = {}
        for party, who in parties.items():
            features = party_features(scored, party, read.answers[who], read.sentences)
            moods[party] = _sentiment(self._logits(features[None], who)[0])
        return Reading(roles, moods, self.name)

    def _logits(self, features: Weights, head: str) -> Weights:
        logits: Weights = features @ self._heads[f"{head}.weight"].T + self._heads[f"{head}.bias"]
        return logits


def speaking_parties(embedded: EmbeddedTranscript, direction: Direction | None) -> dict[Party, str]:
    """Who speaks in a call, and what the model calls them."""
    speaking = {sentence.party for sentence in embedded.sentences}
    parties = {outside_party(direction): OUTSIDE, inside_party(direction): INSIDE}
    return {party: who for party, who in parties.items() if party in speaking}


def read_states(
    model: LanguageModel, embedded: EmbeddedTranscript, direction: Direction | None, about: Iterable[str]
) -> ReadCall:
    """The model's states of a call, and of its answers about some who speak in it."""
    own: list[list[str]] = [[] for _ in embedded.transcript.segments]
    for sentence in embedded.sentences:
        own[sentence.segment].append(sentence.text)
    return model.read(lines_of(embedded.transcript, iter(own), direction), tuple(about))


def party_features(scored: CallSentiment, party: Party, answer: States, states: States) -> Weights:
    """What the mood heads read of a party that speaks.  # [features]"""
    is_own = np.array([one.party is party for one in scored.embedded.sentences], dtype=bool)
    own, others = states[is_own], states[~is_own]
    if not len(others):
        others = np.zeros((1, states.shape[1]), dtype=np.float32)
    course = mood_features(scored.side(is_own), scored.side(~is_own))
    parts = (answer, own[-_LAST:].mean(axis=0), own.mean(axis=0), others[-_LAST:].mean(axis=0), course)
    return np.concatenate(parts).astype(np.float64)


def _sentiment(logits: Weights) -> Sentiment:
    """The likeliest mood; its score is how much likelier glad is than cross."""
    weights = np.exp(logits - logits.max())
    likely = weights / weights.sum()
    return Sentiment(round(float(likely[2] - likely[0]), 4), MOODS[int(likely.argmax())])
