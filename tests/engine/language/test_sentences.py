"""Texts cut into sentences."""

from __future__ import annotations

from engine.language.sentences import split_sentences


def test_sentences_end_at_full_stops_and_not_at_abbreviations() -> None:
    assert split_sentences("I saw Mr. Obi at 3 p.m. yesterday. Did you? Yes!") == [
        "I saw Mr. Obi at 3 p.m. yesterday.",
        "Did you?",
        "Yes!",
    ]
    assert split_sentences("") == []


def test_the_word_i_ends_a_sentence_and_an_initial_does_not() -> None:
    assert split_sentences("Neither did I. Okay, this is J. Smith.") == ["Neither did I.", "Okay, this is J. Smith."]
