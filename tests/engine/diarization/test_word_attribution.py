"""Words of a turn given to the voices by their times."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from engine.diarization.word_attribution import lines_of
from engine.recognition.recognizer import Recognition
from engine.transcript import Word
from engine.turns.call_turns import ChannelTurn
from engine.turns.turn_spans import Turn

WHOLE = ChannelTurn(0, Turn(10.0, 16.0, 9.7, 16.3))
SAID = Recognition(
    "In New Jersey. And I'm Sheila.",
    0.5,
    tuple(
        Word(start, end, text, confidence)
        for start, end, text, confidence in [
            (0.4, 0.6, "In", 0.9),
            (0.6, 0.9, "New", 0.8),
            (0.9, 1.5, "Jersey.", 0.8),
            (1.5, 1.7, "And", 0.5),
            (1.7, 1.9, "I'm", 0.5),
            (1.9, 2.4, "Sheila.", 0.5),
        ]
    ),
)


def voices(*moments: float) -> Any:
    edges = [10.0, *moments, 16.0]
    turns = [ChannelTurn(0, Turn(a, b, a, b)) for a, b in pairwise(edges)]
    voices = tuple(1 + at % 2 for at in range(len(turns)))
    return SimpleNamespace(call_turns=SimpleNamespace(turns=turns), voices=voices)


def test_without_voices_a_turn_is_a_line_and_its_words_are_timed_in_the_call() -> None:
    (line,) = lines_of([WHOLE], [SAID], None)
    assert (line.turn, line.recognition.text, line.voice) == (WHOLE, SAID.text, 0)
    assert (line.recognition.words[0].start, line.recognition.words[-1].end) == (10.1, 12.1)


def test_a_word_in_which_the_voice_changes_stays_whole() -> None:
    """The change is known to a tenth of a second: it lies within "Jersey" here, which ends at 11.2."""
    first, second = lines_of([WHOLE], [SAID], voices(11.1))
    assert (first.recognition.text, first.voice) == ("In New Jersey.", 1)
    assert (second.recognition.text, second.voice) == ("And I'm Sheila.", 2)
    assert first.recognition.confidence > second.recognition.confidence == pytest.approx(0.5)


def test_a_piece_in_which_nothing_was_understood_has_no_text() -> None:
    lines = lines_of([WHOLE], [SAID], voices(11.1, 14.0))
    assert [line.recognition.text for line in lines] == ["In New Jersey.", "And I'm Sheila.", ""]
    assert "".join(line.recognition.text for line in lines).count("New") == 1


def test_a_turn_of_one_voice_keeps_its_text_as_it_was_spelled() -> None:
    (line,) = lines_of([WHOLE], [SAID], voices())
    assert (line.recognition.text, line.recognition.confidence, line.voice) == (SAID.text, SAID.confidence, 1)
