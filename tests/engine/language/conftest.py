"""The heads and the embedder of language analysis, and what they make of the calls for development."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.names import party_names
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.language.summary.note import Note, write_note
from engine.language.summary.sentence_head import SentenceHead, load_sentence_head
from engine.language.summary.sentence_selection import SentenceRoles
from engine.transcript import Direction
from tests.engine.language.transcripts import CALLS, Analyse, KeywordsOf, NoteOf, SentimentOf


@pytest.fixture(scope="session")
def keywords_of() -> KeywordsOf:
    head = load_keyword_head()
    return lambda embedded: extract_keywords(embedded, head)


@pytest.fixture(scope="session")
def analyse() -> Analyse:
    sentences, parties = load_sentiment_head(), load_mood_head()
    return lambda embedded: analyse_sentiment(embedded, sentences, parties)


@pytest.fixture(scope="session")
def note_of() -> NoteOf:
    """As the pipeline writes it where there is no language model."""
    head: SentenceHead = load_sentence_head()

    def write(embedded: EmbeddedTranscript, direction: Direction | None = None, mood: str | None = None) -> Note:
        names = party_names(embedded.transcript.segments, direction)
        return write_note(
            embedded.sentences, SentenceRoles(head.importance(embedded, direction)), names, direction, mood
        )

    return write


@pytest.fixture(scope="session")
def embedded_calls(embedder: Embedder) -> dict[str, EmbeddedTranscript]:
    """The sentences of every call."""
    return {call.name: embed_transcript(call.transcript, embedder) for call in CALLS}


@pytest.fixture(scope="session")
def sentiment_of(embedder: Embedder, analyse: Analyse) -> SentimentOf:
    return lambda transcript: analyse(embed_transcript(transcript, embedder))


@pytest.fixture(scope="session")
def phrases_of(embedded_calls: dict[str, EmbeddedTranscript], keywords_of: KeywordsOf) -> dict[str, dict[str, float]]:
    """The keywords of every call."""
    return {call.name: keywords_of(embedded_calls[call.name]) for call in CALLS}
