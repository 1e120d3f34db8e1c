"""What fits what was typed, and days as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from PySide6.QtCore import QLocale

from admin_gui.shell.palette import fuzzy
from admin_gui.shell.palette.call_finder import number_of
from admin_gui.shell.palette.dates import day_of
from admin_gui.text import formats

FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("new cust", "New customer"),
        ("cust new", "New customer"),
        ("go wbh", "Go to Webhooks"),
        ("mobel", "Berger Möbelhaus GmbH"),
        ("STRASSE", "Große Straße 7"),
        ("bkp", "Make a backup"),
        ("nc", "New customer"),
        ("", "anything"),
    ],
)
def test_a_few_letters_find_it(typed: str, name: str) -> None:
    assert fuzzy.rank(typed, name) is not None


@pytest.mark.parametrize(
    ("typed", "name"), [("zz", "New customer"), ("new zebra", "New customer"), ("og", "Go to Calls"), ("ml", "Small")]
)
def test_letters_by_chance_find_nothing(typed: str, name: str) -> None:
    assert fuzzy.rank(typed, name) is None


def test_what_begins_so_comes_before_what_has_it_within_and_letters_with_gaps_come_last() -> None:
    names = ["Webhooks", "The call's webhooks", "Unwebbed", "We boast"]
    ranks = [fuzzy.rank("web", name) for name in names]
    assert None not in ranks
    assert ranks == sorted(ranks, key=lambda rank: -1 if rank is None else rank)
    assert len(set(ranks)) == len(ranks)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", FRIDAY),
        ("Yesterday", date(2026, 11, 26)),
        ("friday", FRIDAY),
        ("mon", date(2026, 11, 23)),
        ("2026-11-03", date(2026, 11, 3)),
        ("27.11.", FRIDAY),
        ("3.12.", date(2025, 12, 3)),
        ("27/11/2026", FRIDAY),
        ("27/11/26", FRIDAY),
        ("27.11.26", FRIDAY),
        ("27 Nov", FRIDAY),
        ("november 3", date(2026, 11, 3)),
        ("30.2.", None),
        ("berger", None),
        ("12", None),
        ("4971100", None),
    ],
)
def test_days_are_understood(typed: str, day: date | None) -> None:
    assert day_of(typed, FRIDAY) == day


def test_days_are_understood_in_german_too() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert day_of("3. März", FRIDAY) == date(2026, 3, 3)
    assert day_of("Mittwoch", FRIDAY) == date(2026, 11, 25)
    assert day_of("27 Nov", FRIDAY) == FRIDAY, "who learnt it in English"


def test_an_american_writes_the_month_first() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    assert day_of("11/27", FRIDAY) == FRIDAY
    assert day_of("12.500", FRIDAY) is None, "an amount"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+49 711", "+49711"), ("0711/55-66", "07115566"), ("(0711) 5", "07115"), ("12", None), ("call 711", None)],
)
def test_numbers_are_looked_for_as_the_appliance_keeps_them(typed: str, number: str | None) -> None:
    assert number_of(typed) == number


@pytest.mark.parametrize(
    "language", ["en_US", "en_GB", "de_DE", "fr_FR", "nl_NL", "sv_SE", "hu_HU", "bg_BG", "ja_JP", "ko_KR", "C"]
)
def test_a_day_is_read_as_the_program_writes_it(language: str) -> None:
    QLocale.setDefault(QLocale(language))
    for day in (FRIDAY, date(2026, 2, 3)):
        written = formats.date(datetime(day.year, day.month, day.day, 12).astimezone())
        assert day_of(written, FRIDAY) == day, written


def test_a_telephone_number_is_not_taken_for_a_day() -> None:
    for typed in ("0711/28", "99/99/26", "+43 71 28"):
        assert day_of(typed, FRIDAY) is None
        assert number_of(typed)
