"""Keywords of calls whose references say which phrases count."""

from __future__ import annotations

import pytest

from engine.language.lexicon import FILLERS, NUMBER_WORDS
from tests.engine.calls import ReferenceCall
from tests.engine.language.transcripts import CALLS, each_call


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
def test_the_parties_own_names_are_no_keywords(phrases_of: dict[str, dict[str, float]]) -> None:
    assert not {"gemma", "terence"} & set(phrases_of["mobile-roaming-bill"])


@pytest.mark.slow
def test_keywords_have_more_than_one_word_where_the_subject_has(phrases_of: dict[str, dict[str, float]]) -> None:
    assert "bladder stone" in phrases_of["vet-thank-you"]
