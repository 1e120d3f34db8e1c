"""The sentiment of one sentence by its words."""

from __future__ import annotations

import pytest

from engine.language.sentiment.polarity import phrase_polarity, without_courtesies


def test_courtesies_are_taken_out_and_hearty_thanks_are_left() -> None:
    assert without_courtesies("Thank you. Goodbye.") == ""
    assert without_courtesies("Thank you so much.") == "Thank you so much."


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
    score = phrase_polarity(without_courtesies(text))
    assert (score > 0) - (score < 0) == sign
