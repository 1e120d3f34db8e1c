"""Which letters are said when, as the appliance tells it, and as well as one can guess where it does not."""

from __future__ import annotations

from itertools import pairwise

import pytest

from admin_gui.client.calls import Turn, Word
from admin_gui.models.spoken_words import Hit, find, spoken_words, summary_sentences, turns_at, word_at
from admin_gui.text.plain_text import breakable

TEXT = "It is late, dear Ada."


def turn(text: str = TEXT, start: float = 10.0, end: float = 14.0) -> Turn:
    return Turn(start=start, end=end, text=text)


def words(*texts: str) -> list[Word]:
    return [Word(start=10.0 + place, end=10.5 + place, text=text) for place, text in enumerate(texts)]


def test_words_lie_where_they_stand_and_are_said_when_the_appliance_says() -> None:
    found = spoken_words(turn(), TEXT, words("It", "is", "late,", "dear", "Ada."))
    assert [TEXT[word.first : word.last] for word in found] == ["It", "is", "late,", "dear", "Ada."]
    assert [word.start for word in found] == [10, 11, 12, 13, 14]


def test_words_of_a_script_without_spaces_are_found_one_after_the_other() -> None:
    text = "今天很晚了"
    found = spoken_words(turn(text), text, words("今天", "很", "晚", "了"))
    assert [text[word.first : word.last] for word in found] == ["今天", "很", "晚", "了"]


@pytest.mark.parametrize("told", [None, [], words("Another", "text")], ids=["unknown", "none", "of another text"])
def test_without_times_a_turn_is_shared_out_by_the_length_of_its_words(told: list[Word] | None) -> None:
    found = spoken_words(turn(), TEXT, told)
    assert found[0].start == 10.0
    assert found[-1].end == 14.0
    assert all(before.end == after.start for before, after in pairwise(found))
    assert found[2].end - found[2].start == pytest.approx(4.0 * 5 / 17), "late, of seventeen letters"


def test_a_turn_without_words_has_none() -> None:
    assert spoken_words(turn(""), "", None) == []


def test_a_word_stays_until_the_next_is_said() -> None:
    found = spoken_words(turn(), TEXT, words("It", "is", "late,", "dear", "Ada."))
    assert word_at(found, 9.0) is None
    assert word_at(found, 10.7) == found[0]
    assert word_at(found, 99.0) == found[-1]


def test_both_turns_are_spoken_where_one_breaks_into_the_other() -> None:
    turns = [turn(start=0, end=5), turn(start=4, end=6), turn(start=8, end=9)]
    assert [turns_at(turns, moment) for moment in (1, 4.5, 5.5, 7, 8)] == [[0], [0, 1], [1], [], [2]]


def test_something_is_found_in_capitals_and_across_places_where_a_line_may_break() -> None:
    texts = ["The GERÄT is late.", "No.", breakable("/usr/share/somewhere/else is where the gerät is")]
    assert [hit.row for hit in find(texts, "gerät")] == [0, 2]
    (hit,) = find(texts, "somewhere/else")
    assert texts[2][hit.first : hit.last].replace("\u200b", "") == "somewhere/else"
    assert find(texts, "is ") == [Hit(0, 10, 12), *[one for one in find(texts, "is") if one.row == 2]]
    assert find(texts, "   ") == []
    assert find(["a.b(c", "aXb"], "a.b(") == [Hit(0, 0, 4)]


@pytest.mark.parametrize(
    ("summary", "count", "told"),
    [
        ("It is late. He comes on Friday.", 2, ["It is late.", "He comes on Friday."]),
        ("Mr. Smith calls. He is late.", 2, ["Mr. Smith calls.", "He is late."]),
        ("It costs ca. 30 euros. Yes!", 2, ["It costs ca. 30 euros.", "Yes!"]),
        ("One sentence too few.", 3, ["One sentence too few."]),
        ("One. Two. Three.", 2, ["One. Two. Three."]),
    ],
)
def test_a_summary_is_its_sentences_where_they_can_be_told(summary: str, count: int, told: list[str]) -> None:
    assert summary_sentences(summary, count) == told
