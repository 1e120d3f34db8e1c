"""Summary, sentiment and keywords on the calls for development, whose references say what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.lexicon import FILLERS, NUMBER_WORDS
from engine.language.sentence_embedding import Embedder
from engine.language.sentences import split_sentences
from engine.language.sentiment import sentiment_head
from engine.language.sentiment.call_sentiment import CallSentiment, analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.polarity import phrase_polarity, without_courtesies
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.language.summary import summary_head
from engine.language.summary.clauses import clauses
from engine.language.summary.compression import compressions, render
from engine.language.summary.extractive import SummaryOptions, summarize
from engine.language.summary.summary_head import SummaryHead, load_summary_head
from engine.transcript import Direction, Party, Segment, Transcript
from tests.engine.calls import ASIDE, ReferenceCall, holds, reference_calls

CALLS = reference_calls()
each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


def _said(*turns: tuple[Party, str]) -> Transcript:
    return Transcript(
        tuple(Segment(2.0 * at, 2.0 * at + 1, 0, party, text, 1) for at, (party, text) in enumerate(turns)), "en"
    )


Feel = Callable[[EmbeddedTranscript], CallSentiment]
Key = Callable[[EmbeddedTranscript], dict[str, float]]


@pytest.fixture(scope="session")
def key() -> Key:
    head = load_keyword_head()
    return lambda heard: extract_keywords(heard, head)


@pytest.fixture(scope="session")
def feel() -> Feel:
    sentences, parties = load_sentiment_head(), load_mood_head()
    return lambda heard: analyse_sentiment(heard, sentences, parties)


@pytest.fixture(scope="session")
def weights() -> SummaryHead:
    return load_summary_head()


@pytest.fixture(scope="session")
def heard(embedder: Embedder) -> dict[str, EmbeddedTranscript]:
    """The sentences of every call."""
    return {call.name: embed_transcript(call.transcript, embedder) for call in CALLS}


Felt = Callable[[Transcript], CallSentiment]


@pytest.fixture(scope="session")
def felt(embedder: Embedder, feel: Feel) -> Felt:
    return lambda transcript: feel(embed_transcript(transcript, embedder))


@pytest.mark.slow
def test_nearly_every_mood_is_right(heard: dict[str, EmbeddedTranscript], feel: Feel) -> None:
    wrong = []
    for call in CALLS:
        told, expected = feel(heard[call.name]), call.expected
        found = {
            "overall": told.overall(call.direction),
            "caller": told.of_party(Party.CALLER),
            "called": told.of_party(Party.CALLED),
        }
        wrong += [(call.name, who) for who, mood in found.items() if expected[who] and mood.label not in expected[who]]
    assert len(wrong) <= 2, wrong


@pytest.mark.slow
def test_the_end_of_a_call_weighs_more_than_its_beginning(felt: Felt) -> None:
    bad = "This is ridiculous, I am fed up with it."
    good = "Oh wonderful, thank you so much for that. You've been brilliant, I'm really grateful."
    calmed = felt(_said((Party.CALLER, bad), (Party.CALLER, good)))
    soured = felt(_said((Party.CALLER, good), (Party.CALLER, bad)))
    assert calmed.of_party(Party.CALLER).label == "positive"
    assert soured.of_party(Party.CALLER).label == "negative"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Good morning, thanks for calling Bowden Carpets, how can I help? No problem. Goodbye.",
        "Thank you for holding, sorry to keep you waiting. Please tell me your postcode. Thank you. Cheers, bye.",
        "Lovely, I'll put that down. Perfect, thanks. Of course.",
    ],
)
def test_courtesies_are_no_joy(text: str, felt: Felt) -> None:
    assert felt(_said((Party.CALLED, text))).of_party(Party.CALLED).label == "neutral"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "He is in a meeting.",
        "Room twelve, second floor.",
        "Twenty pounds.",
        "The meeting is at ten on Tuesday.",
        "Okay.",
        "Hello?",
        "?!",
    ],
)
def test_a_few_words_without_feeling_are_neutral(text: str, felt: Felt) -> None:
    told = felt(_said((Party.CALLER, text), (Party.CALLED, "Okay.")))
    assert told.of_party(Party.CALLER).label == told.of_party(Party.CALLED).label == "neutral"
    assert told.overall(None).label == "neutral"


@pytest.mark.slow
def test_the_outside_partys_mood_is_the_calls(felt: Felt) -> None:
    told = felt(
        _said(
            (Party.CALLER, "It is marvellous, you will love it."),
            (Party.CALLED, "I am not interested, take me off your list. It is a disgrace."),
        )
    )
    assert told.overall(Direction.OUTBOUND).label == "negative"
    assert told.overall(Direction.INBOUND).label == "positive"


@pytest.mark.slow
def test_where_parties_are_unknown_everybody_counts(felt: Felt) -> None:
    assert felt(_said((Party.UNKNOWN, "You have been so kind, wonderful."))).overall(None).label == "positive"


@pytest.mark.slow
def test_where_the_outside_party_is_silent_the_other_counts(felt: Felt) -> None:
    voicemail = _said((Party.CALLER, "This is a disgrace, nobody called me back."))
    assert felt(voicemail).overall(Direction.OUTBOUND).label == "negative"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["I am not happy with it.", "It was not good enough.", "I was never satisfied."])
def test_a_denial_turns_praise_into_its_opposite(text: str, felt: Felt) -> None:
    mood = felt(_said((Party.CALLER, text)))
    assert mood.scores[0] < 0
    assert mood.of_party(Party.CALLER).score < 0


def test_courtesies_are_taken_out_and_hearty_thanks_are_left() -> None:
    assert without_courtesies("Thank you. Goodbye.") == ""
    assert without_courtesies("Thank you so much.") == "Thank you so much."


def test_a_sentiment_head_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "head.safetensors"
    changed.write_bytes(sentiment_head.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(sentiment_head, "WEIGHTS", changed)
    with pytest.raises(ModelPackError, match="damaged"):
        load_sentiment_head()


def test_praise_that_is_denied_is_none() -> None:
    assert phrase_polarity("It was not wonderful.") < 0 < phrase_polarity("It was wonderful.")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("You've no idea how relieved I am.", 1),
        ("He is not going to be thrilled about it.", -1),
        ("You are a genius.", 1),
        ("I am closing my account.", -1),
        ("Is it a nice one?", 0),
        ("Very good. Half past five.", 0),
    ],
)
def test_what_is_said_on_the_telephone_is_read_as_it_is_meant(text: str, sign: int) -> None:
    felt = phrase_polarity(without_courtesies(text))
    assert (felt > 0) - (felt < 0) == sign


@pytest.mark.slow
def test_moods_of_calls_that_nothing_was_fitted_to_are_mostly_right(embedder: Embedder, feel: Feel) -> None:
    right = [
        feel(embed_transcript(call.transcript, embedder)).overall(call.direction).label in call.expected["overall"]
        for call in reference_calls(ASIDE)
    ]
    assert sum(right) >= 13, right


@pytest.fixture(scope="session")
def phrases_of(heard: dict[str, EmbeddedTranscript], key: Key) -> dict[str, dict[str, float]]:
    """The keywords of every call."""
    return {call.name: key(heard[call.name]) for call in CALLS}


@pytest.fixture(scope="session")
def summary_of(
    heard: dict[str, EmbeddedTranscript], phrases_of: dict[str, dict[str, float]], weights: SummaryHead
) -> dict[str, str]:
    """The summary of every call."""
    return {call.name: summarize(heard[call.name], weights, phrases_of[call.name], call.direction) for call in CALLS}


@pytest.mark.slow
@each_call
def test_a_summary_is_an_extract_of_at_most_a_fifth(call: ReferenceCall, summary_of: dict[str, str]) -> None:
    text = summary_of[call.name]
    told = text.replace("Called party: ", "").replace("Caller: ", "")
    assert 0 < len(text.split()) <= max(SummaryOptions().least_words, 0.2 * call.words)
    assert told != text
    said = f" {_words(call.transcript.text)} "
    for clause in re.split(r"[.!?]['\"]*\s+", told):
        assert f" {_words(clause)} " in said


def _words(text: str) -> str:
    return " ".join(word for word in re.findall(r"[\w'-]+", text.lower()) if word not in ("um", "uh", "er", "erm"))


@pytest.mark.slow
def test_summaries_hold_most_of_the_chief_facts(summary_of: dict[str, str]) -> None:
    told = [[holds(summary_of[call.name], fact) for fact in call.expected["facts"]] for call in CALLS]
    facts, chief = list(chain(*told)), list(chain(*(call[:2] for call in told)))
    assert sum(facts) / len(facts) >= 0.8
    assert sum(chief) / len(chief) >= 0.7


@pytest.mark.slow
def test_summaries_of_calls_that_nothing_was_fitted_to_hold_two_thirds_of_the_facts(
    embedder: Embedder, key: Key, weights: SummaryHead
) -> None:
    held: list[bool] = []
    shares: list[float] = []
    for call in reference_calls(ASIDE):
        heard = embed_transcript(call.transcript, embedder)
        text = summarize(heard, weights, key(heard), call.direction)
        held += [holds(text, fact) for fact in call.expected["facts"]]
        shares.append(len(text.split()) / call.words)
    assert sum(held) / len(held) >= 0.67
    assert sum(shares) / len(shares) <= 0.2


def test_a_summary_head_that_was_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "head.safetensors"
    changed.write_bytes(summary_head.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(summary_head, "WEIGHTS", changed)
    with pytest.raises(ModelPackError, match="damaged"):
        load_summary_head()


@pytest.mark.slow
def test_words_have_vectors_of_their_own_and_sentences_the_same_as_ever(embedder: Embedder) -> None:
    texts = ["The boiler's leaking.", "Is it Monday?", "Thank you, no."]
    read = embedder.read(texts)
    assert np.allclose(read.texts, embedder.encode(texts), atol=1e-5)
    assert [len(words) for words in read.words] == [3, 3, 3]
    assert not np.allclose(read.words[0][0], read.words[0][1])
    assert np.allclose(embedder.read(texts[1:2]).words[0], read.words[1], atol=1e-4)


def _wordings(embedder: Embedder, text: str) -> set[str]:
    """Every way in which the first clause of a text can be told."""
    first = clauses(embed_transcript(_said((Party.CALLER, text)), embedder))[0]
    return {render(first, one) for one in compressions(first, english=True)}


@pytest.mark.slow
def test_a_clause_may_lose_its_lead_and_its_end(embedder: Embedder) -> None:
    told_so = _wordings(embedder, "I'll send you the form by text as soon as we finish.")
    assert {
        "I'll send you the form by text as soon as we finish.",
        "Send you the form by text.",
        "I'll send you the form.",
    } <= told_so


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("I don't want to cancel the order with you.", "cancel"),  # begins with it
        ("I can refund the fee if you send the statement.", "I can refund the fee."),
        ("It's two hundred and sixty pounds for the year.", "It's two hundred."),
        ("It comes to two thousand, eight hundred and ten pounds.", "Eight hundred and ten pounds."),
        ("My instructor has packed in on me this week.", "My instructor has packed."),
        ("We don't open until nine on Sundays.", "We don't open."),
        ("It isn't covered for water damage.", "It isn't covered."),
        ("We're only open on weekdays.", "We're only open."),
        ("We're open between Monday and Friday this week.", "We're open between Monday."),
        ("If it leaks again on Monday, call us back.", "If it leaks again."),
        ("I'll take it, but only if it's black.", "but"),
        ("We'll refund you the money, if the item is unused.", "We'll refund you the money."),
        ("We can do that for you, unless it's over fifty pounds.", "We can do that for you."),
        ("You can return it in thirty days, as long as it's unopened.", "You can return it in thirty days."),
        ("You can return it as long as it's unopened.", "You can return it."),
        ("I've cancelled the appointment on Friday morning.", "the appointment"),
        ("They refused the offer of a full refund.", "the offer"),
        ("I doubt my husband can come today.", "my husband"),
        ("We thought the appointment was on Monday.", "the appointment"),
        ("I'm Sheila and Texas originally from Chicago.", "I'm Sheila and Texas originally."),
    ],
)
def test_no_wording_says_what_was_not_said(text: str, never: str, embedder: Embedder) -> None:
    told_so = _wordings(embedder, text)
    assert never not in told_so
    assert not any(one.lower().startswith(never) for one in told_so)
    assert all(_words(one) in _words(text) for one in told_so)


@pytest.mark.slow
def test_what_belongs_to_a_verb_is_not_left_without_it(embedder: Embedder) -> None:
    told_so = _wordings(embedder, "I picked my new glasses up from you on Saturday.")
    assert "I picked my new glasses up from you on Saturday." in told_so
    assert not any(text.startswith("My new glasses") for text in told_so)


@pytest.mark.slow
def test_a_denial_at_the_beginning_is_no_padding(embedder: Embedder) -> None:
    assert "No charge for the second visit." in _wordings(embedder, "No charge for the second visit.")
    assert "I'd rather have the repair." in _wordings(embedder, "No, I'd rather have the repair.")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["I think so…", 'He said "no to that."', "我想取消订单。", "Really?!"])
def test_a_clause_that_has_a_stop_gets_no_other(text: str, embedder: Embedder) -> None:
    assert text in _wordings(embedder, text)


@pytest.mark.slow
def test_in_another_language_a_clause_is_told_whole(embedder: Embedder) -> None:
    first = clauses(embed_transcript(_said((Party.CALLER, "Ich komme am Montag in Berlin an.")), embedder))[0]
    assert [render(first, one) for one in compressions(first, english=False)] == [first.text]


@pytest.mark.slow
def test_a_summary_tells_why_the_call_was_made(embedder: Embedder, weights: SummaryHead) -> None:
    call = _said(
        (Party.CALLED, "Good morning, Tarn Cycles, how can I help?"),
        (Party.CALLER, "Hello, I'd like to book a service for my bicycle, the gears are slipping."),
        *((Party.CALLED, f"It costs {price} pounds on Monday the {day}.") for price, day in (("ninety", "third"),) * 9),
    )
    assert "service for my bicycle" in summarize(embed_transcript(call, embedder), weights).lower()


@pytest.mark.slow
def test_a_summary_says_nothing_twice(embedder: Embedder, weights: SummaryHead) -> None:
    call = _said(
        *((Party.CALLER, "The refund of ninety pounds comes on Monday."),) * 8,
        (Party.CALLED, "It is by bank transfer."),
    )
    assert summarize(embed_transcript(call, embedder), weights).count("ninety pounds") == 1


@pytest.mark.slow
def test_keywords_hold_most_of_the_subjects(phrases_of: dict[str, dict[str, float]]) -> None:
    found = groups = 0
    for call in CALLS:
        phrases = phrases_of[call.name]
        found += sum(any(one in phrases for one in group) for group in call.expected["key_phrases"])
        groups += len(call.expected["key_phrases"])
    assert found / groups >= 0.6


@pytest.mark.slow
@each_call
def test_keywords_are_few_different_and_about_something(
    call: ReferenceCall, phrases_of: dict[str, dict[str, float]]
) -> None:
    phrases = phrases_of[call.name]
    assert 3 <= len(phrases) <= 18
    assert all(0 <= score <= 1 for score in phrases.values())
    words = [word for phrase in phrases for word in phrase.split()]
    assert not (FILLERS | NUMBER_WORDS) & set(words)
    assert not any("," in phrase for phrase in phrases)
    assert len({word.rstrip("s") for word in phrases}) == len(phrases)


@pytest.mark.slow
def test_an_analysis_is_the_same_each_time(embedder: Embedder, feel: Feel, key: Key, weights: SummaryHead) -> None:
    def analysed() -> tuple[list[tuple[str, float]], str, CallSentiment]:
        said = embed_transcript(CALLS[0].transcript, embedder)
        phrases = key(said)
        return list(phrases.items()), summarize(said, weights, phrases, CALLS[0].direction), feel(said)

    (phrases, text, felt), (again, text_again, felt_again) = analysed(), analysed()
    assert phrases == again
    assert text == text_again
    assert felt.scores == felt_again.scores


@pytest.mark.slow
def test_the_parties_own_names_are_no_keywords(phrases_of: dict[str, dict[str, float]]) -> None:
    assert not {"gemma", "terence"} & set(phrases_of["mobile-roaming-bill"])


@pytest.mark.slow
def test_keywords_have_more_than_one_word_where_the_subject_has(phrases_of: dict[str, dict[str, float]]) -> None:
    assert "bladder stone" in phrases_of["vet-thank-you"]


@pytest.mark.slow
def test_a_call_without_words_has_no_words(embedder: Embedder, feel: Feel, key: Key, weights: SummaryHead) -> None:
    nothing = embed_transcript(Transcript((), ""), embedder)
    assert summarize(nothing, weights) == ""
    assert key(nothing) == {}
    assert feel(nothing).overall(None).label == "neutral"


@pytest.mark.slow
def test_a_call_of_fillers_alone_still_has_a_summary(embedder: Embedder, key: Key, weights: SummaryHead) -> None:
    hello = _said((Party.CALLER, "Hello?"), (Party.CALLER, "Um, hello?"))
    assert key(embed_transcript(hello, embedder)) == {}
    assert "hello?" in summarize(embed_transcript(hello, embedder), weights).lower()


def test_sentences_end_at_full_stops_and_not_at_abbreviations() -> None:
    assert split_sentences("I saw Mr. Obi at 3 p.m. yesterday. Did you? Yes!") == [
        "I saw Mr. Obi at 3 p.m. yesterday.",
        "Did you?",
        "Yes!",
    ]
    assert split_sentences("") == []
