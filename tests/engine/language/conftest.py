"""The heads and the embedder of language analysis, and what they make of the calls for development."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.language.summary.extractive import summarize
from engine.language.summary.summary_head import SummaryHead, load_summary_head
from tests.engine.language.transcripts import CALLS, Analyse, KeywordsOf, SentimentOf


@pytest.fixture(scope="session")
def keywords_of() -> KeywordsOf:
    head = load_keyword_head()
    return lambda embedded: extract_keywords(embedded, head)


@pytest.fixture(scope="session")
def analyse() -> Analyse:
    sentences, parties = load_sentiment_head(), load_mood_head()
    return lambda embedded: analyse_sentiment(embedded, sentences, parties)


@pytest.fixture(scope="session")
def summary_head() -> SummaryHead:
    return load_summary_head()


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


@pytest.fixture(scope="session")
def summary_of(
    embedded_calls: dict[str, EmbeddedTranscript], phrases_of: dict[str, dict[str, float]], summary_head: SummaryHead
) -> dict[str, str]:
    """The summary of every call."""
    return {
        call.name: summarize(embedded_calls[call.name], summary_head, phrases_of[call.name], call.direction)
        for call in CALLS
    }
