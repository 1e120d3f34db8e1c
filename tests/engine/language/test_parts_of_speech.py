"""Parts of speech, where a call's words are told apart by them."""

from __future__ import annotations

import pytest

from engine.language.parts_of_speech import is_common_word, part_of_speech_tags


@pytest.mark.parametrize(
    ("clause", "tags"),
    [
        ("I want to cancel it", "PRP VBP TO VB PRP"),
        ("please refund my money", "VB VB PRP$ NN"),
        ("about a refund", "IN DT NN"),
        ("I'd like a quote", "MD VB DT NN"),
        ("will certainly rebook", "MD RB VB"),
        ("my brother 's wedding", "PRP$ NN POS NN"),
        ("do n't hear that", "VBP RB VB DT"),
        ("they all call me a Yankee down here", "PRP DT VB PRP DT NNP RB RB"),
        ("Texas originally", "NNP RB"),
        ("", ""),
    ],
)
def test_a_word_is_what_its_neighbours_make_it(clause: str, tags: str) -> None:
    assert part_of_speech_tags(clause.split()) == tags.split()


def test_a_name_is_no_common_word() -> None:
    assert is_common_word("Boiler")
    assert not is_common_word("Larkmobile")
