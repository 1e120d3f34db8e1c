"""Transcripts for tests: the calls for development, and those that a test makes up."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.sentiment.call_sentiment import CallSentiment
from engine.language.summary.note import Note
from engine.transcript import Party, Segment, Transcript
from tests.engine.calls import reference_calls

CALLS = reference_calls()
each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])

Analyse = Callable[[EmbeddedTranscript], CallSentiment]
KeywordsOf = Callable[[EmbeddedTranscript], dict[str, float]]
NoteOf = Callable[..., Note]
SentimentOf = Callable[[Transcript], CallSentiment]


def transcript_of(*turns: tuple[Party, str]) -> Transcript:
    """An English call of these turns, two seconds each."""
    return Transcript(
        tuple(Segment(2.0 * at, 2.0 * at + 1, 0, party, text, 1) for at, (party, text) in enumerate(turns)), "en"
    )


def words_of(text: str) -> str:
    """The words of a text, in lower case and without hesitations."""
    return " ".join(word for word in re.findall(r"\w[\w'-]*", text.lower()) if word not in ("um", "uh", "er", "erm"))
