"""Words to turns and to times, from attention that is made up."""

from __future__ import annotations

import numpy as np
import pytest

from engine.recognition.whisper.alignment import Attention, DecodedWord, turn_of_words, word_spans, words_of
from engine.recognition.windows import Piece

FIRST = Piece(0, 0.0, 2.0, 0.0, 1.0)
SECOND = Piece(1, 2.0, 4.0, 0.0, 1.0)


def _words(count: int) -> list[DecodedWord]:
    return [DecodedWord(f" w{index}", (-0.1,), index, index + 1) for index in range(count)]


def _listening(*seconds: float, positions: int = 200) -> Attention:
    """Each token listens around its time."""
    places = np.arange(positions) / 50
    weights = np.exp(-(((places - np.array(seconds)[:, None]) / 0.1) ** 2)) + 1e-4
    attention: Attention = weights / weights.sum(axis=1, keepdims=True)
    return attention


def test_words_go_to_the_turn_they_were_heard_in() -> None:
    assert turn_of_words(_listening(0.4, 1.1, 1.7, 2.3, 3.2), _words(5), [FIRST, SECOND]) == [0, 0, 0, 1, 1]


def test_one_word_that_listens_elsewhere_does_not_break_the_order() -> None:
    assert turn_of_words(_listening(0.4, 3.0, 1.2, 1.7, 3.2), _words(5), [FIRST, SECOND]) == [0, 0, 0, 0, 1]


def test_a_turn_may_have_no_words() -> None:
    third = Piece(2, 4.0, 6.0, 0.0, 1.0)
    assert turn_of_words(_listening(0.5, 5.0, positions=300), _words(2), [FIRST, SECOND, third]) == [0, 2]
    assert turn_of_words(_listening(), [], [FIRST, SECOND]) == []


def test_words_have_the_times_at_which_they_were_heard() -> None:
    words = _words(3)
    spans = word_spans(_listening(2.3, 2.9, 3.6), words, SECOND)
    middles = [(start + end) / 2 for start, end in spans]
    assert middles == pytest.approx([2.3, 2.9, 3.6], abs=0.25)
    assert all(SECOND.start <= start <= end <= SECOND.end for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


def test_more_tokens_than_positions_still_have_times() -> None:
    short = Piece(0, 0.0, 0.04, 0.0, 1.0)
    spans = word_spans(_listening(0.0, 0.0, 0.0, positions=2), _words(3), short)
    assert all(0 <= start <= end <= 0.04 for start, end in spans)


def test_tokens_are_joined_to_words() -> None:
    spellings = [b" un", b"like", b"ly", b",", b" caf", "é".encode()[:1], "é".encode()[1:]]
    words = words_of([0, 1, 2, 3, 4, 5, 6], [-1.0, 0.0, 0.0, 0.0, -0.5, 0.0, 0.0], spellings, spaced=True)
    assert [(word.text, word.first, word.last) for word in words] == [(" unlikely,", 0, 4), (" café", 4, 7)]
    assert words[0].confidence == pytest.approx(np.exp(-0.25))


def test_a_script_without_spaces_is_cut_at_whole_characters() -> None:
    spelled = "你好".encode()
    words = words_of([0, 1, 2], [0.0] * 3, [spelled[:2], spelled[2:3], spelled[3:]], spaced=False)
    assert [word.text for word in words] == ["你", "好"]
