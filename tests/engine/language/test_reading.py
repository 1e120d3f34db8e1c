"""What is read of a call: moods as people who wrote the calls meant them, and which sentences matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.language import reading as module
from engine.language.embedded_transcript import embed_transcript
from engine.language.language_model import LanguageModel
from engine.language.reading import CallReader
from engine.language.sentence_embedding import Embedder
from engine.transcript import Direction, Party, Transcript
from tests.engine.calls import KEPT_ASIDE, RECOGNIZED_ASIDE, reference_calls
from tests.engine.language.transcripts import transcript_of

CALLER, CALLED = Party.CALLER, Party.CALLED
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def reader(language_model: LanguageModel) -> CallReader:
    return CallReader(language_model)


@pytest.mark.parametrize(
    ("folders", "every"),
    [(("calls-held-out",), 2), pytest.param((*KEPT_ASIDE, RECOGNIZED_ASIDE), 1, marks=pytest.mark.long)],
    ids=["some", "all"],
)
def test_moods_of_calls_that_nothing_was_learned_from(
    folders: tuple[str, ...], every: int, reader: CallReader, embedder: Embedder
) -> None:
    """A third of all leave dissatisfied, most of these politely."""
    right: dict[str, list[bool]] = {"positive": [], "neutral": [], "negative": []}
    for folder in folders:
        for call in reference_calls(folder)[::every]:
            wanted = call.expected["overall"]
            if wanted:
                told = reader.read(embed_transcript(call.transcript, embedder), call.direction).overall(call.direction)
                right[wanted[0]].append(told.label in wanted)
                assert -1 <= told.score <= 1
                assert told.label == "neutral" or (told.score > 0) == (told.label == "positive")
    assert {mood for mood, found in right.items() if np.mean(found) < 0.7} == set()
    assert np.mean([one for found in right.values() for one in found]) >= 0.8


@pytest.mark.long
def test_a_call_is_read_the_same_each_time(reader: CallReader, embedder: Embedder) -> None:
    call = reference_calls()[0]
    embedded = embed_transcript(call.transcript, embedder)
    first, again = (reader.read(embedded, call.direction) for _ in range(2))
    assert np.array_equal(first.roles.importance, again.roles.importance)
    assert first.moods == again.moods


def test_who_does_not_speak_has_no_mood_and_strangers_have_none(reader: CallReader, embedder: Embedder) -> None:
    message = transcript_of((CALLER, "Please ring me back about the bill."))
    read = reader.read(embed_transcript(message, embedder), Direction.INBOUND)
    assert set(read.moods) == {CALLER}
    assert read.of_party(CALLED).label == "neutral"
    stranger = transcript_of((Party.UNKNOWN, "Please ring me back about the bill."))
    read = reader.read(embed_transcript(stranger, embedder), None)
    assert read.moods == {}
    assert len(read.roles.importance) == 1


def test_an_empty_transcript_is_read_as_nothing(reader: CallReader, embedder: Embedder) -> None:
    read = reader.read(embed_transcript(Transcript((), ""), embedder), None)
    assert len(read.roles.importance) == 0
    assert read.overall(None).label == "neutral"


def test_of_few_words_no_mood_is_made(reader: CallReader, embedder: Embedder) -> None:
    """Sentences read aloud, that say nothing of how anybody feels: they were -0.94 and 0.73."""
    for text in ("The birch canoe slid on the smooth planks.", "Rice is often served in round bowls.", "Hello? Hello."):
        message = transcript_of((CALLER, text))
        told = reader.read(embed_transcript(message, embedder), Direction.INBOUND).overall(Direction.INBOUND)
        assert told.label == "neutral"
        assert abs(told.score) < 0.5


@pytest.mark.parametrize(
    ("said", "mood"),
    [
        ("You people have let me down again and I am furious. Do not ring me, I am going to another firm.", "negative"),
        ("I just wanted to say how pleased we are with the kitchen. Your lads were brilliant. Thanks.", "positive"),
        ("Hi, it's Tom from number four. Could you ring me back about Tuesday? Thanks.", "neutral"),
    ],
)
def test_a_short_message_that_is_plain_is_heard(said: str, mood: str, reader: CallReader, embedder: Embedder) -> None:
    message = transcript_of((CALLER, said))
    read = reader.read(embed_transcript(message, embedder), Direction.INBOUND)
    assert read.overall(Direction.INBOUND).label == mood


def test_the_mood_is_the_outside_partys(reader: CallReader, embedder: Embedder) -> None:
    turns = (
        (CALLER, "You have cut me off for the third time, and nobody came on Monday."),
        (CALLED, "I am so happy to help you today! Is there anything else? It has been a real pleasure."),
        (CALLER, "You have not helped me at all. I'll go to somebody else. Goodbye."),
    )
    read = reader.read(embed_transcript(transcript_of(*turns), embedder), Direction.INBOUND)
    assert read.overall(Direction.INBOUND) == read.of_party(CALLER)
    assert read.of_party(CALLER).score < read.of_party(CALLED).score
    assert read.overall(Direction.INBOUND).label == "negative"


def test_another_model_and_changed_heads_are_refused(
    reader: CallReader, language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = tmp_path / "heads.safetensors"
    changed.write_bytes(module.WEIGHTS.read_bytes()[:-1] + b"?")
    with monkeypatch.context() as patched:
        patched.setattr(module, "WEIGHTS", changed)
        with pytest.raises(ModelPackError, match="damaged"):
            CallReader(language_model)
    monkeypatch.setattr(module, "FINGERPRINT", "0" * 64)
    with pytest.raises(ModelPackError, match="not the language model that our heads belong to"):
        CallReader(language_model)
