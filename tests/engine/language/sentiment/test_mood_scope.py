"""Whose moods are computed, and that those of others are not, not even to be thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.sentence_embedding import Embedder, Vectors
from engine.language.sentiment import mood_scope as scopes
from engine.language.sentiment.call_sentiment import NEUTRAL, CallSentiment, analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.mood_scope import MoodScope, SentimentOf, mood_scope
from engine.language.sentiment.sentiment_head import Scores, SentimentHead, load_sentiment_head
from engine.transcript import Direction, Party, Transcript
from tests.engine.language.transcripts import transcript_of

GLAD = "Oh wonderful, thank you so much, you have been brilliant, I am really grateful."
CROSS = "This is a disgrace, I am furious and fed up with it."
BOTH = transcript_of((Party.CALLER, GLAD), (Party.CALLED, CROSS))
NOBODY = transcript_of((Party.UNKNOWN, GLAD), (Party.UNKNOWN, CROSS))
SILENCE = Transcript((), "")
ALONE = transcript_of((Party.CALLED, CROSS))
CALLER, CALLED, NOBODY_AT_ALL = frozenset({Party.CALLER}), frozenset({Party.CALLED}), frozenset[Party]()


@pytest.mark.parametrize(
    ("sentiment_of", "direction", "transcript", "parties", "why_not"),
    [
        ("outside", None, BOTH, CALLER, ""),
        ("outside", Direction.INBOUND, BOTH, CALLER, ""),
        ("outside", Direction.OUTBOUND, BOTH, CALLED, ""),
        ("outside", Direction.INTERNAL, BOTH, NOBODY_AT_ALL, scopes.INTERNAL),
        ("outside", None, NOBODY, NOBODY_AT_ALL, scopes.UNKNOWN),
        ("outside", None, SILENCE, CALLER, scopes.SILENCE),
        ("both", None, SILENCE, scopes.EVERYBODY, scopes.SILENCE),
        ("outside", None, ALONE, CALLER, scopes.OUTSIDE_SILENT),
        ("outside", Direction.OUTBOUND, ALONE, CALLED, ""),
        ("both", None, ALONE, scopes.EVERYBODY, ""),
        ("outside", None, replace(BOTH, language="de"), CALLER, scopes.NOT_ENGLISH),
        ("both", Direction.INBOUND, BOTH, scopes.EVERYBODY, ""),
        ("both", Direction.INTERNAL, BOTH, scopes.EVERYBODY, ""),
        ("both", None, NOBODY, scopes.EVERYBODY, ""),
        ("both", None, replace(BOTH, language="de-AT"), scopes.EVERYBODY, scopes.NOT_ENGLISH),
        ("none", Direction.INBOUND, BOTH, NOBODY_AT_ALL, scopes.OFF),
        ("none", None, replace(BOTH, language="de"), NOBODY_AT_ALL, scopes.OFF),
    ],
)
def test_a_mood_is_computed_of_who_is_wanted_and_known(
    sentiment_of: SentimentOf,
    direction: Direction | None,
    transcript: Transcript,
    parties: frozenset[Party],
    why_not: str,
) -> None:
    assert mood_scope(transcript, direction, sentiment_of) == MoodScope(parties, why_not)


@dataclass(frozen=True, slots=True)
class Listening(SentimentHead):
    """The shipped head, which remembers what it was asked about."""

    asked: list[str] = field(default_factory=list)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        self.asked.extend(texts)
        return SentimentHead.scores(self, texts, vectors)


def felt(embedder: Embedder, transcript: Transcript, parties: frozenset[Party]) -> tuple[CallSentiment, list[str]]:
    shipped = load_sentiment_head()
    head = Listening(shipped.weights, shipped.offset)
    embedded = embed_transcript(transcript, embedder)
    return analyse_sentiment(embedded, head, load_mood_head(), parties=parties), head.asked


@pytest.mark.slow
def test_of_a_party_that_is_not_wanted_no_sentence_is_scored(embedder: Embedder) -> None:
    everybody, heard = felt(embedder, BOTH, scopes.EVERYBODY)
    outside, asked = felt(embedder, BOTH, CALLER)
    assert any("furious" in text for text in heard)
    assert asked
    assert not any("furious" in text for text in asked)
    said = zip(outside.scores, outside.embedded.sentences, strict=True)
    assert all((score == 0) is (one.party is Party.CALLED) for score, one in said)
    assert outside.of_party(Party.CALLED) == NEUTRAL
    assert everybody.of_party(Party.CALLED).label == "negative"


@pytest.mark.slow
@pytest.mark.parametrize("direction", [None, Direction.OUTBOUND])
def test_the_outside_partys_mood_is_the_same_whether_the_other_is_computed_or_not(
    embedder: Embedder, direction: Direction | None
) -> None:
    wanted = mood_scope(BOTH, direction, "outside").parties
    everybody, outside = (felt(embedder, BOTH, one)[0] for one in (scopes.EVERYBODY, wanted))
    assert outside.overall(direction) == everybody.overall(direction) != NEUTRAL


@pytest.mark.slow
def test_where_the_outside_party_is_silent_the_other_is_not_taken_for_it(embedder: Embedder) -> None:
    outside, asked = felt(embedder, ALONE, mood_scope(ALONE, None, "outside").parties)
    assert outside.overall(None) == NEUTRAL
    assert not asked
