"""Notes as a manager reads them: who called whom, quotes that were said, by who said them, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.language.embedded_transcript import Sentence, embed_transcript
from engine.language.names import PartyName, party_names
from engine.language.sentence_embedding import Embedder
from engine.language.sentences import split_sentences
from engine.language.summary import sentence_head as module
from engine.language.summary.note import MOST_SENTENCES, MOST_WORDS, Note, write_note
from engine.language.summary.sentence_head import load_sentence_head
from engine.language.summary.sentence_selection import SentenceRoles
from engine.language.summary.tidy import count_words
from engine.transcript import Direction, Party
from tests.engine.calls import ReferenceCall, holds, reference_calls
from tests.engine.language.transcripts import NoteOf, transcript_of, words_of
from tests.support.cases import long_but

BOTH = {Party.CALLER: PartyName("Lowell Vandermeer"), Party.CALLED: PartyName("Dana", "Juniper Car Rental")}
TALK = (
    (Party.CALLED, "Juniper Car Rental, Dana speaking."),
    (Party.CALLER, "Hi, I have a charge of six hundred and forty dollars on my card."),
    (Party.CALLED, "Okay, that's a damage charge for a scratch on the rear bumper."),
    (Party.CALLER, "Um, I never scratched anything."),
    (Party.CALLED, "The charge stays until the claims department has decided."),
)


def said(*turns: tuple[Party, str]) -> list[Sentence]:
    pairs = [(place, party, text) for place, (party, turn) in enumerate(turns) for text in split_sentences(turn)]
    return [Sentence(text, len(text.split()), party, 0.5, segment) for segment, party, text in pairs]


def note(*turns: tuple[Party, str], weights: tuple[float, ...] | None = None, mood: str | None = None) -> Note:
    sentences = said(*turns)
    importance = np.array(weights or [0.5] * len(sentences), dtype=np.float64)
    return write_note(sentences, SentenceRoles(importance), BOTH, Direction.INBOUND, mood)


def test_it_says_who_called_whom_quotes_both_and_says_how_the_caller_left() -> None:
    made = note(*TALK, weights=(0, 0.9, 0.8, 0.3, 0.7), mood="negative")
    assert made.text == (
        "Lowell Vandermeer called Juniper Car Rental: “I have a charge of six hundred and forty dollars on my card.” "
        "Juniper Car Rental said: “That's a damage charge for a scratch on the rear bumper.” "
        "Lowell Vandermeer said: “I never scratched anything.” "
        "Juniper Car Rental said: “The charge stays until the claims department has decided.” "
        "Lowell Vandermeer left dissatisfied."
    )
    assert made.sources == ((1,), (2,), (3,), (4,), (1, 3))


@pytest.mark.parametrize(("mood", "end"), [("positive", "left satisfied."), ("neutral", "”"), (None, "”")])
def test_a_mood_is_said_where_there_is_one(mood: str | None, end: str) -> None:
    assert note(*TALK, mood=mood).text.endswith(end)


def test_questions_are_not_quoted_and_nothing_twice() -> None:
    refund = (Party.CALLER, "The refund of ninety pounds comes on Monday.")
    made = note((Party.CALLER, "Can you send it again?"), *(refund,) * 5)
    assert made.text.count("ninety pounds") == 1
    assert "?" not in made.text


def test_who_rings_out_is_the_office() -> None:
    sentences = said((Party.CALLED, "Hello?"), (Party.CALLER, "I'm calling from the bank about your new card."))
    names = {Party.CALLER: PartyName("Ann", "Fell Bank"), Party.CALLED: PartyName("Mr. Ode")}
    made = write_note(sentences, SentenceRoles(np.array([0.1, 0.9])), names, Direction.OUTBOUND, "positive")
    assert made.text == (
        "Fell Bank called Mr. Ode: “I'm calling from the bank about your new card.” Mr. Ode left satisfied."
    )


def test_a_message_and_a_wrong_number_have_a_frame_of_their_own() -> None:
    message = note(
        (Party.CALLED, "Juniper Car Rental, leave a message."),
        *((Party.CALLER, f"My order number {number} has not come yet.") for number in ("one", "two", "three", "four")),
    )
    assert message.text.startswith("Lowell Vandermeer left a message for Juniper Car Rental: “")
    wrong = note(
        (Party.CALLED, "Hello?"),
        (Party.CALLER, "I wanted the carpet shop."),
        (Party.CALLED, "You have the wrong number."),
    )
    assert wrong.text.startswith("Lowell Vandermeer had a wrong number: “")


def test_without_words_there_is_none_and_of_greetings_alone_it_says_so() -> None:
    assert write_note([], SentenceRoles(np.zeros(0)), BOTH, None, None) == Note("", ())
    assert note((Party.CALLER, "Hello?"), (Party.CALLER, "Um, hello?")).text == (
        "Lowell Vandermeer called Juniper Car Rental; hardly anything was said."
    )


def test_another_wrong_number_is_none_of_theirs() -> None:
    made = note(
        (Party.CALLER, "That's the wrong number on my letter, please change it."),
        (Party.CALLED, "I'll change it today."),
    )
    assert "had a wrong number" not in made.text


def test_what_was_said_together_is_quoted_together_and_a_gap_is_marked() -> None:
    turn = (
        "I never scratched the rear bumper at all. I will ring my bank about it today. Somebody has to look at it now."
    )
    both = note((Party.CALLER, turn), weights=(1.0, 1.0, 0.0))
    assert "the rear bumper at all. I will ring my bank" in both.text
    apart = note((Party.CALLER, turn), weights=(1.0, 0.0, 1.0))
    assert "the rear bumper at all … Somebody has to look" in apart.text


def test_what_points_at_something_else_comes_after_what_stands_alone() -> None:
    """There is room for three of these."""
    fillers = [" ".join(f"{name}{number}" for number in range(18)) for name in ("lamp", "door", "roof", "wall")]
    alone = [(Party.CALLED, f"Somebody says {filler} today.") for filler in fillers[:3]]
    points = (Party.CALLER, f"That was {fillers[3]} yesterday.")
    chosen = note(points, *alone, weights=(1.0, 0.8, 0.8, 0.8))
    assert [filler in chosen.text for filler in fillers] == [True, True, True, False]


def test_the_opening_names_what_the_call_is_about() -> None:
    sentences = said(*TALK)
    roles = SentenceRoles(np.full(len(sentences), 0.5))
    about = ["cancelled", "Juniper", "damage charge", "Emberline", "rear bumper", "card"]
    told = write_note(sentences, roles, BOTH, Direction.INBOUND, None, about)
    opening = "Lowell Vandermeer called Juniper Car Rental (topics: damage charge, Emberline, rear bumper)"
    assert told.text.startswith(opening)
    unnamed = {party: PartyName() for party in BOTH}
    told = write_note(sentences, roles, unnamed, Direction.INBOUND, None, about[2:])
    assert told.text.startswith("The caller called (topics: damage charge, Emberline, rear bumper)")
    assert count_words(told.text) <= MOST_WORDS


def test_what_a_machine_says_is_quoted_by_nobody() -> None:
    menu = (
        "Thank you for calling the Ledger and its bureau. To place an obituary, press four. You are number one in the"
        " queue."
        " All of our representatives are helping other readers. Your call is important to us today."
    )
    told = note((Party.CALLED, menu), (Party.CALLER, "I want to stop my paper for a week."))
    assert "stop my paper" in told.text
    assert not [word for word in ("obituary", "queue", "representatives", "important") if word in told.text]


def test_a_short_answer_is_quoted_last_as_nobody_sees_its_question() -> None:
    fillers = [" ".join(f"{name}{number}" for number in range(18)) for name in ("lamp", "door", "roof")]
    asked = ((Party.CALLED, "Which one do you want?"), (Party.CALLER, "The August one for the shop."))
    told = note(*asked, *((Party.CALLED, f"Somebody says {filler} today.") for filler in fillers))
    assert [filler in told.text for filler in fillers] == [True, True, True]
    assert "August" not in told.text


@pytest.mark.parametrize(("unsure_of", "told"), [("hundred", False), ("Dana", False), ("charge", True), ("", True)])
def test_an_amount_or_a_name_that_was_hardly_understood_is_not_told(unsure_of: str, told: bool) -> None:
    sentences = said(*TALK, (Party.CALLER, "I told Dana of a charge of six hundred dollars."))
    doubtful = sentences[-1]
    sure = tuple(0.59 if word == unsure_of else 0.6 for word in doubtful.text.split())
    importance = np.array([0.1] * 5 + [0.9])
    made = write_note(
        [*sentences[:-1], replace(doubtful, confidence=sure)], SentenceRoles(importance), BOTH, Direction.INBOUND, None
    )
    assert ("I told Dana" in made.text) is told


def test_what_is_agreed_last_goes_before_an_offer_of_the_beginning() -> None:
    filler = " ".join(f"word{number}" for number in range(18))
    early = (Party.CALLED, f"We come on Monday and bring {filler}.")
    late = (Party.CALLED, f"Thursday it is then with {filler.replace('word', 'thing')}.")
    last = (Party.CALLED, f"The deposit of ninety comes back with {filler.replace('word', 'roof')}.")
    between = (Party.CALLER, f"I tell you of {filler.replace('word', 'lamp')} here.")
    importance = np.array([0.5, 0.6, 0.5, 0.5])
    roles = SentenceRoles(importance, outcome=np.array([0.8, 0.0, 0.8, 0.8]))
    told = write_note(said(early, between, late, last), roles, BOTH, Direction.INBOUND, None)
    assert "Thursday" in told.text
    assert "deposit" in told.text
    assert "Monday" not in told.text


def test_a_language_without_spaces_is_quoted_too() -> None:
    turns = (
        (Party.CALLER, "你好，我想取消下星期三的預約，因為我那天要出差。"),
        (Party.CALLED, "好的，我已經為您取消了。"),
    )
    made = write_note(said(*turns), SentenceRoles(np.array([0.9, 0.5])), None, None, None)
    assert "取消下星期三的預約" in made.text


def test_a_machine_that_was_reached_leaves_no_way() -> None:
    sentences = said(
        (Party.CALLED, "This is Mr. Ode, leave a message."),
        *((Party.CALLER, f"The card number {place} is ready for you now.") for place in ("one", "two", "three")),
    )
    roles = SentenceRoles(np.full(len(sentences), 0.5))
    made = write_note(sentences, roles, BOTH, Direction.OUTBOUND, "positive")
    assert "left a message" in made.text
    assert "satisfied" not in made.text


def test_a_sentence_without_an_end_is_quoted_as_far_as_there_is_room() -> None:
    made = note((Party.CALLER, "my boiler is broken and nobody came " * 9))
    assert made.text.startswith("Lowell Vandermeer called Juniper Car Rental: “my boiler is broken")
    assert made.text.endswith("…”")
    assert len(made.text.split()) <= MOST_WORDS


def test_where_nobody_is_known_nobody_is_named() -> None:
    made = write_note(
        said((Party.UNKNOWN, "The boiler is broken again.")), SentenceRoles(np.array([1.0])), {}, None, None
    )
    assert made.text == "Somebody said: “The boiler is broken again.”"


def test_what_two_voices_of_a_mix_say_is_not_put_into_one_mouth() -> None:
    texts = ("The boiler is broken again.", "We sent somebody on Monday.", "He has not come at all.")
    sentences = [
        Sentence(text, len(text.split()), Party.UNKNOWN, 0.5, place, voice)
        for place, (text, voice) in enumerate(zip(texts, (1, 2, 2), strict=True))
    ]
    made = write_note(sentences, SentenceRoles(np.full(3, 0.5)), {}, None, None)
    assert made == Note(
        "One speaker said: “The boiler is broken again.” "
        "The other speaker said: “We sent somebody on Monday … He has not come at all.”",
        ((0,), (1, 2)),
    )
    apart = [replace(one, voice=0) for one in sentences]  # not told apart: no two turns are one person's
    assert write_note(apart, SentenceRoles(np.full(3, 0.5)), {}, None, None).text == (
        "Somebody said: “The boiler is broken again.” "
        "Then: “We sent somebody on Monday.” "
        "Then: “He has not come at all.”"
    )


def test_another_language_is_quoted_as_it_is() -> None:
    made = write_note(
        said((Party.CALLER, "Die Heizung ist, äh, wieder kaputt.")), SentenceRoles(np.array([1.0])), None, None, None
    )
    assert made == Note("“Die Heizung ist, äh, wieder kaputt.”", ((0,),))


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", long_but(["calls-held-out"], ["calls-briefed-aside", "calls-held-out", "calls-aside"])
)
def test_notes_invent_nothing_ascribe_rightly_and_are_short(folder: str, embedder: Embedder, note_of: NoteOf) -> None:
    for call in reference_calls(folder):
        embedded = embed_transcript(call.transcript, embedder)
        made = note_of(embedded, call.direction, "positive")
        assert 3 <= len(made.text.split()) <= MOST_WORDS + 2, call.name
        assert len(made.sources) <= MOST_SENTENCES + 1
        check_quotes(call, made)


def check_quotes(call: ReferenceCall, made: Note) -> None:
    """Each quote was said, but for words left out, in one of the segments that are named, by the one who is named."""
    segments = call.transcript.segments
    names = party_names(segments, call.direction)
    sources = sorted({place for source in made.sources for place in source})
    for lead, quote in re.findall(r"([^“”]*)“([^”]*)”", made.text):
        for part in (sentence for piece in quote.split(" … ") for sentence in split_sentences(piece)):
            speakers = {segments[place].party for place in sources if _holds(segments[place].text, part)}
            assert speakers, (call.name, part)
            if lead.endswith(" said: ") and len(speakers) == 1:
                (speaker,) = speakers
                assert any(one in lead for one in _ways_to_name(names[speaker], speaker)), (call.name, lead, part)


def _holds(said: str, quoted: str) -> bool:
    words = iter(words_of(said).split())
    return all(word in words for word in words_of(quoted).split())


def _ways_to_name(name: PartyName, party: Party) -> list[str]:
    known = [one for one in (name.person, name.company) if one]
    return known or ["The caller" if party is Party.CALLER else "The called party"]


@pytest.mark.long
def test_without_a_language_model_notes_hold_half_of_the_main_facts(embedder: Embedder, note_of: NoteOf) -> None:
    held = [
        holds(note_of(embed_transcript(call.transcript, embedder), call.direction).text, fact)
        for folder in ("calls-briefed-aside", "calls-unseen", "calls-held-out")
        for call in reference_calls(folder)
        for fact in call.expected["facts"][:3]
    ]
    assert np.mean(held) >= 0.45


@pytest.mark.slow
def test_a_note_tells_why_the_call_was_made(embedder: Embedder, note_of: NoteOf) -> None:
    call = transcript_of(
        (Party.CALLED, "Good morning, Tarn Cycles, how can I help?"),
        (Party.CALLER, "Hello, I'd like to book a service for my bicycle, the gears are slipping."),
        *((Party.CALLED, f"It costs {price} pounds on Monday the {day}.") for price, day in (("ninety", "third"),) * 9),
    )
    made = note_of(embed_transcript(call, embedder)).text
    assert made.startswith("The caller called Tarn Cycles: “I'd like to book a service for my bicycle")
    assert made.count("ninety pounds") == 1


def test_a_head_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "head.safetensors"
    changed.write_bytes(module.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(module, "WEIGHTS", changed)
    with pytest.raises(ModelPackError, match="damaged"):
        load_sentence_head()
