"""Numbers, however they are said."""

from __future__ import annotations

import pytest

from engine.language.numbers import numbers_in, numbers_told, runs_told


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("it's six hundred and forty dollars even", "640"),
        ("on the twenty-second", "22nd"),
        ("the second of March", "2 March"),
        ("at half past six", "6:30"),
        ("at half past six", "6.30"),
        ("quarter to one", "12:45"),
        ("two fifty, please", "£2.50"),
        ("nineteen ninety-nine", "1999"),
        ("oh seven seven double oh, nine oh oh", "07700 900"),
        ("it ends in triple five", "555"),
        ("twelve hundred", "1,200"),
        ("three point five percent", "3.5 %"),
        ("a dozen of them", "12"),
        ("5 5 5, 1 2 1 2", "5551212"),
    ],
)
def test_what_is_said_holds_what_is_written(said: str, written: str) -> None:
    there = numbers_in(said)
    assert [number for number in numbers_in(written).single if not there.hold(number)] == []


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("six hundred and forty", "64"),
        ("at half past six", "6:15"),
        ("on the twenty-second", "23rd"),
        ("oh seven seven", "78"),
        ("no one came, that one over there", "1"),
        ("two weeks", "2.5"),
    ],
)
def test_another_number_is_not_held(said: str, written: str) -> None:
    there = numbers_in(said)
    assert [number for number in numbers_in(written).single if there.hold(number)] == []


@pytest.mark.slow
def test_a_thousand_digits_take_no_time() -> None:
    assert len(numbers_in("1 " * 5000).joined) <= 24


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("ten past six", "6:10"),
        ("twenty past five", "5:20"),
        ("it's ten to five", "4:50"),
        ("leave you five pounds ten.", "5.10"),
        ("five to ten days", "5"),
        ("five to ten days", "10"),
    ],
)
def test_minutes_and_pence_are_heard(said: str, written: str) -> None:
    assert numbers_in(said).hold(written)


def test_what_is_counted_need_not_be_said() -> None:
    assert numbers_told("He is planned for both the run and the count, twice, on the 3rd.") == {"3"}


def test_a_price_may_end_a_sentence() -> None:
    assert numbers_in("It'd leave you five pounds ten. Could it go to him?").hold("5.10")


def test_numbers_in_one_breath_are_one() -> None:
    held = numbers_in("twenty-eight foot, so five thirty-two")
    assert runs_told("He quoted five twenty-eight, and 14 or 3.") == {"528"}
    assert not held.hold("528")
    assert held.hold("532")
