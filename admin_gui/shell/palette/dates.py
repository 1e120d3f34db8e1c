"""Days as people type them: today, Monday, 27.11., 27 Nov, 2026-11-27; and as this program writes them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from PySide6.QtCore import QCoreApplication, QLocale

from admin_gui.shell.palette.fuzzy import plain

translate = QCoreApplication.translate

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?\s?(\d{4}|(?<=[.\s])\d{2})?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s+([^\W\d_]{3,})\.?,?\s*(\d{4})?")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?")
_FEWEST_LETTERS = 3
_WEEK = 7
_CENTURY = 2000  # of a year of two digits


def day_of(typed: str, today: date) -> date | None:
    """The day that is meant, the last one of that name; None where it is none."""
    text = plain(typed).strip()
    if len(text) < _FEWEST_LETTERS:
        return None
    return _named(text, today) or _numbered(text, today) or _with_month(text, today)


def _named(text: str, today: date) -> date | None:
    """Today, yesterday, or a day of the week."""
    if text in (plain(translate("palette", "today")), "today"):
        return today
    if text in (plain(translate("palette", "yesterday")), "yesterday"):
        return today - timedelta(days=1)
    for number in range(1, _WEEK + 1):
        if any(name.startswith(text) for name in _names(number, QLocale.dayName)):
            return today - timedelta(days=(today.isoweekday() - number) % _WEEK)
    return None


def _numbered(text: str, today: date) -> date | None:
    """2026-11-27, 27.11., 27/11, or 11/27 where that is how days are written."""
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTS.fullmatch(text):
        return _last(int(found[1]), int(found[2]), found[3], today)
    if found := _SLASHES.fullmatch(text):
        month_first = QLocale().dateFormat(QLocale.FormatType.ShortFormat).lower().startswith("m")
        day, month = (found[2], found[1]) if month_first else (found[1], found[2])
        return _last(int(day), int(month), found[3], today)
    written = QLocale().toDate(text, QLocale.FormatType.ShortFormat, _CENTURY)
    return date(written.year(), written.month(), written.day()) if written.isValid() else None


def _with_month(text: str, today: date) -> date | None:
    """27 Nov, 27. November 2026, Nov 27."""
    if found := _DAY_MONTH.fullmatch(text):
        day, month = found[1], _month(found[2])
    elif found := _MONTH_DAY.fullmatch(text):
        day, month = found[2], _month(found[1])
    else:
        return None
    return None if month is None else _last(int(day), month, found[3], today)


def _month(word: str) -> int | None:
    return next(
        (one for one in range(1, 13) if any(name.startswith(word) for name in _names(one, QLocale.monthName))), None
    )


def _names(number: int, name_of: object) -> list[str]:
    """In the user's language, and in English."""
    locales = (QLocale(), QLocale(QLocale.Language.English))
    return [plain(name_of(locale, number, QLocale.FormatType.LongFormat)) for locale in locales]  # type: ignore[operator]


def _last(day: int, month: int, year: str | None, today: date) -> date | None:
    """Of the year; without one the last such day that is not in the future."""
    if year is not None:
        return _day(int(year) + (_CENTURY if len(year) == 2 else 0), month, day)
    found = _day(today.year, month, day)
    return _day(today.year - 1, month, day) if found is None or found > today else found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
