"""What all three analyses of a transcript have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import CallSentiment
from engine.transcript import Party, Segment, Transcript, Word
from tests.engine.language.transcripts import CALLS, Analyse, KeywordsOf, NoteOf


@pytest.mark.slow
def test_an_analysis_is_the_same_each_time(
    embedder: Embedder, analyse: Analyse, keywords_of: KeywordsOf, note_of: NoteOf
) -> None:
    def analysed() -> tuple[list[tuple[str, float]], str, CallSentiment]:
        embedded = embed_transcript(CALLS[0].transcript, embedder)
        phrases = keywords_of(embedded)
        return list(phrases.items()), note_of(embedded, CALLS[0].direction).text, analyse(embedded)

    (phrases, text, sentiment), (again, text_again, sentiment_again) = analysed(), analysed()
    assert phrases == again
    assert text == text_again
    assert sentiment.scores == sentiment_again.scores


@pytest.mark.slow
def test_a_call_without_words_has_no_words(
    embedder: Embedder, analyse: Analyse, keywords_of: KeywordsOf, note_of: NoteOf
) -> None:
    nothing = embed_transcript(Transcript((), ""), embedder)
    assert note_of(nothing).text == ""
    assert keywords_of(nothing) == {}
    assert analyse(nothing).overall(None).label == "neutral"


@pytest.mark.slow
def test_a_sentence_knows_how_sure_the_recognizer_was_of_its_words(embedder: Embedder) -> None:
    text = "It costs ninety. On Monday."
    words = tuple(Word(float(at), at + 1.0, word, 0.5 + at / 10) for at, word in enumerate(text.split()))
    segment = Segment(0.0, 5.0, 0, Party.CALLER, text, 0.7, words)
    first, second = embed_transcript(Transcript((segment,), "en"), embedder).sentences
    assert (first.confidence, second.confidence) == ((0.5, 0.6, 0.7), (0.8, 0.9))
    unlike = replace(segment, words=words[1:])
    assert {one.confidence for one in embed_transcript(Transcript((unlike,), "en"), embedder).sentences} == {()}
