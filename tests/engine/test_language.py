"""Summary, sentiment and keywords on the calls for development, whose references say what is right."""

from __future__ import annotations

import re

import pytest

from engine.embedding import Embedder
from engine.keywords import keywords
from engine.sentences import split_sentences
from engine.sentiment import overall_sentiment, party_sentiment, polarity
from engine.summary import summary
from engine.transcript import Direction, Party, Segment, Transcript
from engine.vocabulary import FILLERS, NUMBER_WORDS

from .calls import ReferenceCall, reference_calls

CALLS = reference_calls()
each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


def _said(*turns: tuple[Party, str]) -> Transcript:
    return Transcript(
        tuple(Segment(2.0 * at, 2.0 * at + 1, 0, party, text, 1) for at, (party, text) in enumerate(turns)), "en"
    )


@each_call
def test_the_overall_mood_is_right(call: ReferenceCall) -> None:
    assert overall_sentiment(call.transcript, call.direction).label in call.expected["overall"]


def test_nearly_every_partys_mood_is_right() -> None:
    wrong = [
        (call.name, party)
        for call in CALLS
        for party in (Party.CALLER, Party.CALLED)
        if call.expected[party] and party_sentiment(call.transcript, party).label not in call.expected[party]
    ]
    assert len(wrong) <= 1, wrong


def test_the_end_of_a_call_weighs_more_than_its_beginning() -> None:
    bad, good = "This is ridiculous, I am fed up with it.", "Oh wonderful, thank you so much for that."
    calmed = _said((Party.CALLER, bad), (Party.CALLER, good))
    soured = _said((Party.CALLER, good), (Party.CALLER, bad))
    assert party_sentiment(calmed, Party.CALLER).label == "positive"
    assert party_sentiment(soured, Party.CALLER).label == "negative"


def test_courtesies_are_no_joy() -> None:
    text = "Good morning, thanks for calling Bowden Carpets, how can I help? No problem. Goodbye."
    assert party_sentiment(_said((Party.CALLED, text)), Party.CALLED).label == "neutral"


def test_the_outside_partys_mood_is_the_calls() -> None:
    transcript = _said(
        (Party.CALLER, "It is marvellous, you will love it."),
        (Party.CALLED, "I am not interested, take me off your list. It is a disgrace."),
    )
    assert overall_sentiment(transcript, Direction.OUTBOUND).label == "negative"
    assert overall_sentiment(transcript, Direction.INBOUND).label == "positive"


def test_where_parties_are_unknown_everybody_counts() -> None:
    assert overall_sentiment(_said((Party.UNKNOWN, "You have been so kind, wonderful.")), None).label == "positive"


def test_where_the_outside_party_is_silent_the_other_counts() -> None:
    voicemail = _said((Party.CALLER, "This is a disgrace, nobody called me back."))
    assert overall_sentiment(voicemail, Direction.OUTBOUND).label == "negative"


def test_praise_that_is_denied_is_none() -> None:
    assert polarity("It was not wonderful.") < 0 < polarity("It was wonderful.")


@pytest.fixture(scope="session")
def phrases_of(embedder: Embedder) -> dict[str, dict[str, float]]:
    """The keywords of every call."""
    return {call.name: keywords(call.transcript, embedder) for call in CALLS}


@pytest.fixture(scope="session")
def summary_of(embedder: Embedder, phrases_of: dict[str, dict[str, float]]) -> dict[str, str]:
    """The summary of every call."""
    return {call.name: summary(call.transcript, embedder, phrases_of[call.name], call.direction) for call in CALLS}


@pytest.mark.slow
@each_call
def test_a_summary_is_an_extract_of_at_most_a_fifth(call: ReferenceCall, summary_of: dict[str, str]) -> None:
    text = summary_of[call.name]
    spoken = text.replace("Called party: ", "").replace("Caller: ", "")
    assert 0 < len(spoken.split()) <= max(30, 0.2 * call.words)
    assert spoken != text
    said = f" {_words(call.transcript.text)} "
    for sentence in split_sentences(spoken):
        assert f" {_words(sentence)} " in said


def _words(text: str) -> str:
    return " ".join(word for word in re.findall(r"[\w'-]+", text.lower()) if word not in ("um", "uh", "er", "erm"))


@pytest.mark.slow
def test_summaries_hold_most_of_the_chief_facts(summary_of: dict[str, str]) -> None:
    found = chief = held = facts = 0
    for call in CALLS:
        text = summary_of[call.name].lower()
        holds = [any(word in text for word in fact["any_of"]) for fact in call.expected["facts"]]
        held, facts = held + sum(holds), facts + len(holds)
        found, chief = found + sum(holds[:2]), chief + len(holds[:2])
    assert held / facts >= 0.5
    assert found / chief >= 0.6


@pytest.mark.slow
def test_keywords_hold_most_of_the_subjects(phrases_of: dict[str, dict[str, float]]) -> None:
    found = groups = 0
    for call in CALLS:
        phrases = phrases_of[call.name]
        found += sum(any(one in phrases for one in group) for group in call.expected["key_phrases"])
        groups += len(call.expected["key_phrases"])
    assert found / groups >= 0.5


@pytest.mark.slow
@each_call
def test_keywords_are_few_different_and_about_something(
    call: ReferenceCall, phrases_of: dict[str, dict[str, float]]
) -> None:
    phrases = phrases_of[call.name]
    assert 3 <= len(phrases) <= 15
    assert all(0 <= score <= 1 for score in phrases.values())
    words = [word for phrase in phrases for word in phrase.split()]
    assert not (FILLERS | NUMBER_WORDS) & set(words)
    assert not any("," in phrase for phrase in phrases)
    assert len({word.rstrip("s") for word in phrases}) == len(phrases)


@pytest.mark.slow
def test_keywords_are_the_same_each_time(embedder: Embedder) -> None:
    call = CALLS[0].transcript
    assert list(keywords(call, embedder).items()) == list(keywords(call, embedder).items())


@pytest.mark.slow
def test_keywords_have_more_than_one_word_where_the_subject_has(phrases_of: dict[str, dict[str, float]]) -> None:
    assert "bladder stone" in phrases_of["vet-thank-you"]


@pytest.mark.slow
def test_a_call_without_words_has_no_words(embedder: Embedder) -> None:
    nothing = Transcript((), "")
    assert summary(nothing, embedder) == ""
    assert keywords(nothing, embedder) == {}
    assert overall_sentiment(nothing, None).label == "neutral"


@pytest.mark.slow
def test_a_call_of_fillers_alone_still_has_a_summary(embedder: Embedder) -> None:
    hello = _said((Party.CALLER, "Hello?"), (Party.CALLER, "Um, hello?"))
    assert keywords(hello, embedder) == {}
    assert "ello?" in summary(hello, embedder)


def test_sentences_end_at_full_stops_and_not_at_abbreviations() -> None:
    assert split_sentences("I saw Mr. Obi at 3 p.m. yesterday. Did you? Yes!") == [
        "I saw Mr. Obi at 3 p.m. yesterday.",
        "Did you?",
        "Yes!",
    ]
    assert split_sentences("") == []
