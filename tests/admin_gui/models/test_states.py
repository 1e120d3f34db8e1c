"""Words of states: which one a column must have room for."""

from __future__ import annotations

from admin_gui.client.calls import MOODS
from admin_gui.models.states import longest_word


def test_of_two_words_of_as_many_letters_the_wider_one_counts() -> None:
    assert longest_word(MOODS) == "dissatisfied"
