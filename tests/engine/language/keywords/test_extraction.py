"""Keywords of calls whose references say which phrases count."""

from __future__ import annotations

import pytest

from engine.language.embedded_transcript import embed_transcript
from engine.language.keywords.extraction import extract_keywords
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
