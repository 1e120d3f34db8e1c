"""What may be left out of a quote, and what never is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.language.names import party_names
from engine.language.sentences import split_sentences
from engine.language.summary.tidy import is_broken, tidy
from engine.transcript import Party, Segment

DATA = Path(__file__).parents[3] / "data"


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("Um, well, I, I think it's, it's the, the boiler.", "I think it's the boiler."),
        ("Okay, so the reference is seven, seven, double one.", "The reference is seven, seven, double one."),
        ("No, I can't, I can't do Tuesday.", "No, I can't do Tuesday."),
        ("And they won't let me have it -", "They won't let me have it."),
        ("Right.", ""),
        ("Um.", ""),
        ("It's not, you know, my fault.", "It's not, my fault."),
        ("Good Friday is a holiday.", "Good Friday is a holiday."),
        ("Morning suits me best.", "Morning suits me best."),
        ("See you on Monday.", "See you on Monday."),
        ("It's 20 mm wide.", "It's 20 mm wide."),
        ("She was in the ER all night.", "She was in the ER all night."),
        ("The plate is A A one two.", "The plate is A A one two."),
        ("Thanks. Good, then we'll do that.", "Then we'll do that."),
        ("two hundred and ten, two hundred and ten", "Two hundred and ten, two hundred and ten."),
    ],
)
def test_a_quote(said: str, quoted: str) -> None:
    assert tidy(said) == quoted


@pytest.mark.slow
def test_words_are_left_out_alone_and_no_negation_and_no_number_is() -> None:
    """Over every sentence of every written call."""
    kept = re.compile(r"\b(?:no|not|never|nobody|nothing|none|\w+n't|\d+)\b")
    sentences = 0
    for path in sorted(DATA.glob("calls-*/*.json")):
        for turn in json.loads(path.read_text())["turns"]:
            for sentence in split_sentences(turn["text"].lower()):
                quote = tidy(sentence).lower()
                before = iter(re.findall(r"[\w']+", sentence))
                assert all(word in before for word in re.findall(r"[\w']+", quote)), (sentence, quote)
                if quote:
                    assert set(kept.findall(sentence)) == set(kept.findall(quote)), (sentence, quote)
                sentences += 1
    assert sentences > 15_000


def test_who_was_cut_off_is_not_quoted() -> None:
    assert is_broken("Is that a book or a -")
    assert is_broken("Well, I thought...")
    assert not is_broken("It's twenty-one.")


@pytest.mark.parametrize(
    "said",
    [
        "a" * 400 + " " + "b" * 99,
        "word " * 100,
        "I, " * 160,
        ("one two three four five, " * 20),
        "-" * 499 + "x",
        "so " * 160 + "!",
        "' ' " * 120,
        "um, " * 120,
        "Mr. " * 120,
    ],
)
def test_whatever_a_caller_says_comes_to_an_end(said: str) -> None:
    """What is quoted at all has 500 characters at most; patterns that try all ways would never end."""
    for text in (said, said.title(), f"this is {said}"):
        tidy(text)
        party_names([Segment(0.0, 1.0, 0, Party.CALLER, text, 1.0)] * 14, None)
