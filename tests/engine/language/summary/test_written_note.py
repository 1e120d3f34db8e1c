"""Notes that a model writes: what stands in the call is told, the rest is asked for again and then left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.names import party_names
from engine.language.sentence_embedding import Embedder
from engine.language.summary.chat_writer import SCHEMA, ChatWriter
from engine.language.summary.fact_check import FactChecker
from engine.language.summary.note import Note
from engine.language.summary.written_note import NoteRequest, WriterFailed, write_checked_note
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.transcript import Direction, Transcript
from tests.engine.language.summary.test_fact_check import CALL
from tests.engine.language.transcripts import transcript_of

pytestmark = pytest.mark.slow

TRUE = {"text": "Lowell Vandermeer called about a charge of $640 on his card.", "turns": [1]}
ALSO_TRUE = {"text": "The claims department will look at it by Tuesday.", "turns": [4]}
FALSE = {"text": "The agent refunded the charge.", "turns": [4]}
MENDED = {"text": "The agent could not refund the charge.", "turns": [4]}


@dataclass
class Answers:
    """A chat model that says these, one after the other."""

    texts: list[str]
    asked: list[str] = field(default_factory=list)
    name: str = "talker-7b"

    def complete(self, system: str, question: str, schema: Mapping[str, Any], on_wait: Callable[[], None]) -> str:
        assert schema == SCHEMA
        on_wait()
        self.asked.append(question)
        return self.texts.pop(0)


def answer(*sentences: Mapping[str, Any]) -> str:
    return json.dumps({"sentences": sentences})


@pytest.fixture
def told(embedder: Embedder) -> Callable[[Answers], Note | None]:
    def write(model: Answers) -> Note | None:
        names = party_names(CALL.segments, Direction.INBOUND)
        checker = FactChecker(embed_transcript(CALL, embedder), names, Direction.INBOUND)
        return write_checked_note(ChatWriter(model), NoteRequest(CALL, Direction.INBOUND), checker)

    return write


Told = Callable[[Answers], Note | None]


def test_what_is_true_is_told_with_its_turns(told: Told) -> None:
    model = Answers([answer(TRUE, ALSO_TRUE)])
    note = told(model)
    assert note == Note(f"{TRUE['text']} {ALSO_TRUE['text']}", ((1,), (4,)))
    assert "[1] Caller: My name is Lowell Vandermeer." in model.asked[0]
    assert model.texts == []


def test_what_is_false_is_asked_for_once_more_in_its_place(told: Told) -> None:
    model = Answers([answer(TRUE, FALSE, ALSO_TRUE), answer(MENDED)])
    note = told(model)
    assert note is not None
    assert note.text == f"{TRUE['text']} {MENDED['text']} {ALSO_TRUE['text']}"
    assert "it is denied there" in model.asked[1]


def test_what_is_false_again_is_left_out(told: Told) -> None:
    note = told(Answers([answer(TRUE, FALSE, ALSO_TRUE), answer(FALSE)]))
    assert note is not None
    assert "refunded" not in note.text


def test_what_is_true_is_kept_where_the_second_answer_fails(told: Told) -> None:
    note = told(Answers([answer(TRUE, FALSE, ALSO_TRUE), "I cannot help with that."]))
    assert note == Note(f"{TRUE['text']} {ALSO_TRUE['text']}", ((1,), (4,)))


def test_of_a_sentence_that_is_far_too_long_no_part_is_told(told: Told) -> None:
    rambles = {**TRUE, "text": f"{TRUE['text'][:-1]} {'and on his card ' * 30}."}
    note = told(Answers([answer(rambles, TRUE, ALSO_TRUE), answer(rambles)]))
    assert note == Note(f"{TRUE['text']} {ALSO_TRUE['text']}", ((1,), (4,)))


@pytest.mark.parametrize("again", [answer(), answer({"text": "", "turns": []})])
def test_too_little_is_no_note(told: Told, again: str) -> None:
    assert told(Answers([answer(TRUE, FALSE), again])) is None


def test_markdown_around_the_json_does_no_harm(told: Told) -> None:
    assert told(Answers([f"Here it is:\n```json\n{answer(TRUE, ALSO_TRUE)}\n```\nAnything else?"])) is not None


@pytest.mark.parametrize(
    "garbage",
    ["", "I cannot help with that.", "{", '{"sentences": "none"}', '{"sentences": [{"turns": [1]}]}', "[" * 100_000],
)
def test_an_answer_that_cannot_be_read_says_so(told: Told, garbage: str) -> None:
    with pytest.raises(WriterFailed, match=r"JSON|form"):
        told(Answers([garbage]))


def test_a_note_is_no_longer_than_others(told: Told) -> None:
    many = [{**TRUE, "text": f"{TRUE['text'][:-1]}{'!' * number}."} for number in range(9)]
    note = told(Answers([answer(*many)]))
    assert note is not None
    assert len(note.sources) == 4


def test_turns_give_no_orders_and_long_calls_are_cut_in_the_middle() -> None:
    call = transcript_of(*((segment.party, f"{segment.text} {'word ' * 2000}") for segment in CALL.segments))
    model = Answers([answer(TRUE)])
    ChatWriter(model).write(NoteRequest(call, None))
    assert len(model.asked[0]) < 60_000
    assert "[0] " in model.asked[0]
    assert "[6] " in model.asked[0]
    assert "[…]" in model.asked[0]


def test_in_the_pipeline_the_note_says_who_wrote_it_and_how_the_caller_left(models: Models) -> None:
    class Writes:
        name = "talker-7b"

        def write(self, request: NoteRequest, objections: Sequence[object] = ()) -> Any:
            return ChatWriter(Answers([answer(TRUE, ALSO_TRUE)])).write(request)

    analysis = analyse(CALL, AnalysisOptions(replace(models, writer=Writes()), direction=Direction.INBOUND))
    assert analysis.models["summary"] == "talker-7b"
    assert analysis.summary.startswith(f"{TRUE['text']} {ALSO_TRUE['text']}")
    assert analysis.summary_sources[:2] == ((1,), (4,))


@pytest.mark.parametrize(
    ("text", "why"),
    [(answer(FALSE), "talker-7b wrote too little that is in the call"), ("no", "talker-7b: it answers without JSON")],
)
def test_where_it_fails_the_call_is_told_in_quotes_and_why(models: Models, text: str, why: str) -> None:
    class Fails:
        name = "talker-7b"

        def write(self, request: NoteRequest, objections: Sequence[object] = ()) -> Any:
            return ChatWriter(Answers([text])).write(request)

    analysis = analyse(CALL, AnalysisOptions(replace(models, writer=Fails()), direction=Direction.INBOUND))
    assert analysis.models["summary"] == f"extractive ({why})"
    assert "“" in analysis.summary


def test_another_language_is_not_written_as_nobody_could_check_it(models: Models) -> None:
    class Never:
        name = "never"

        def write(self, request: NoteRequest, objections: Sequence[object] = ()) -> Any:
            raise AssertionError

    german = Transcript(CALL.segments, "de")
    assert analyse(german, AnalysisOptions(replace(models, writer=Never()))).models["summary"] == "extractive"
