"""Numbers and moments within the appliance's sentences, as the user's language writes them."""

from __future__ import annotations

import re
from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale

from admin_gui.text import formats

_DECIMAL = re.compile(r"(?P<number>-?\d+\.(?P<digits>\d+))(?P<unit> (?:s|h|min|[GM]B|Hz))?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?P<time> \d\d:\d\d(:\d\d)?)?")


def written(value: str, *, is_measured: bool = False) -> str | None:
    """The value as the language writes it; None for what is no such value.

    Whole numbers stay, for they may be ids, and so does 1.0 unless it `is_measured`: it may be a version.
    """
    if (match := _DECIMAL.fullmatch(value)) and (is_measured or match["unit"]):
        return formats.number(float(match["number"]), len(match["digits"])) + (match["unit"] or "")
    if _GROUPED.fullmatch(value):
        return formats.number(float(value.replace(",", "")))
    try:
        if _MOMENT.fullmatch(value):
            return formats.moment(datetime.fromisoformat(value))
        if match := _DAY.fullmatch(value):
            return _day(date.fromisoformat(match["day"])) + (match["time"] or "")
    except ValueError:  # such as a month of 31 days that has 30
        return None
    return None


def _day(day: date) -> str:
    """Without a zone: the sentence says which it is, or it does not matter."""
    of_qt = QDate(day.year, day.month, day.day)
    return of_qt.toString(formats.ISO_DAY) if formats.writes_iso_days() else QLocale().toString(of_qt, _SHORT)


_SHORT = QLocale.FormatType.ShortFormat
