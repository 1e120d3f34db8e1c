"""Keywords of calls whose references say which phrases count."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.keywords.extraction import KeywordOptions, extract_keywords, phrase_candidates
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.lexicon import FILLERS, NUMBER_WORDS
from engine.language.sentence_embedding import Embedder
from engine.transcript import Party
from tests.engine.calls import ReferenceCall
from tests.engine.language.transcripts import CALLS, each_call, transcript_of


@pytest.mark.slow
def test_keywords_hold_most_of_the_subjects(phrases_of: dict[str, dict[str, float]]) -> None:
    found = groups = 0
    for call in CALLS:
        phrases = {phrase.lower() for phrase in phrases_of[call.name]}
        found += sum(any(one in phrases for one in group) for group in call.expected["key_phrases"])
        groups += len(call.expected["key_phrases"])
    assert found / groups >= 0.4  # eight phrases for six subjects, said in one of several ways


@pytest.mark.slow
@each_call
def test_keywords_are_few_different_and_about_something(
    call: ReferenceCall, phrases_of: dict[str, dict[str, float]]
) -> None:
    phrases = phrases_of[call.name]
    assert 3 <= len(phrases) <= 8
    assert all(0 <= score <= 1 for score in phrases.values())
    assert list(phrases.values()) == sorted(phrases.values(), reverse=True)
    words = [word for phrase in phrases for word in phrase.lower().split()]
    assert not (FILLERS | NUMBER_WORDS) & set(words)
    assert not any("," in phrase for phrase in phrases)
    assert len({word.rstrip("s") for word in phrases}) == len(phrases)


@pytest.mark.slow
def test_the_parties_own_names_are_no_keywords(phrases_of: dict[str, dict[str, float]]) -> None:
    assert not {"gemma", "terence"} & {phrase.lower() for phrase in phrases_of["mobile-roaming-bill"]}


@pytest.mark.slow
def test_keywords_have_more_than_one_word_where_the_subject_has(phrases_of: dict[str, dict[str, float]]) -> None:
    assert any(" " in phrase for phrase in phrases_of["vet-thank-you"])


@pytest.mark.slow
def test_names_are_written_as_they_are_and_no_first_name_stands_alone(embedder: Embedder) -> None:
    call = transcript_of(
        (Party.CALLED, "Vale Security, Michelle speaking."),
        (
            Party.CALLER,
            "The alarm from Vale Security is off. Ask Merit, she has the Emberline panel.",
        ),
        (Party.CALLED, "The engineer looks at the Emberline panel, then. Is Merit in on Monday, or is it Terence?"),
        (
            Party.CALLER,
            "We want Merit or Terence to see the alarm, and Vale Security to bring the panel.",
        ),
    )
    found = extract_keywords(embed_transcript(call, embedder), load_keyword_head())
    assert "Vale Security" in found
    assert not {"Merit", "merit", "Terence", "terence", "Michelle", "michelle"} & set(found)


def _phrases(*turns: str) -> set[str]:
    call = transcript_of(*((Party.CALLER, text) for text in turns))
    return set(phrase_candidates(call, KeywordOptions()))


@pytest.mark.parametrize(
    ("said", "subjects", "noise"),
    [
        ("I heard it originally from the engineer.", {"engineer"}, {"heard", "originally"}),
        ("The filter is deep in the ill-disposed young boiler.", {"filter", "boiler"}, {"deep", "ill-disposed young"}),
        ("The engineer collected the generator.", {"engineer", "generator"}, {"engineer collected", "collected"}),
        ("Is the plot free? The notice received was wrong.", {"plot", "notice"}, {"plot free", "notice received"}),
        (
            "Could you certainly rebook it, the buzzer's dead.",
            {"buzzer"},
            {"certainly rebook", "buzzer dead"},
        ),
        ("I want a quote for the tap.", {"quote", "tap"}, set()),
        (
            "There was a missed collection and a late fee.",
            {"missed collection", "late fee", "collection", "fee"},
            set(),
        ),
        ("They are sending sweets, and the assessor'll see them.", {"sweets"}, {"sending sweets", "assessor'll"}),
    ],
)
def test_only_noun_phrases_can_be_subjects(said: str, subjects: set[str], noise: set[str]) -> None:
    assert subjects <= _phrases(said)
    assert not noise & _phrases(said)


def test_a_name_is_not_cut_in_pieces() -> None:
    found = _phrases("Good morning, Bracken Farm Kennels.", "It is about Bracken Farm Kennels and the spaniels.")
    assert "bracken farm kennels" in found
    assert not {"farm kennels", "bracken farm", "bracken", "kennels"} & found


@pytest.mark.slow
def test_names_and_possessives_are_written_as_they_are_also_where_they_begin_a_sentence(embedder: Embedder) -> None:
    call = transcript_of(
        (Party.CALLED, "Fernside Vets, good morning."),
        (Party.CALLER, "It is for my brother's wedding. The dog's tablets, from your shop, and the dog's ears."),
    )
    found = set(extract_keywords(embed_transcript(call, embedder), load_keyword_head()))
    assert {"Fernside Vets", "brother's wedding"} <= found
    assert not [keyword for keyword in found if keyword.endswith("'s")]
