"""What may be left out of a quote, and what never is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.language.sentences import split_sentences
from engine.language.summary.tidy import is_broken, tidy

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
        ("two hundred and ten, two hundred and ten", "Two hundred and ten, two hundred and ten."),
    ],
)
def test_a_quote(said: str, quoted: str) -> None:
    assert tidy(said) == quoted


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
