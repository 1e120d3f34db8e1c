"""A day, typed or chosen in a calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QDateTime, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPalette, QPen, QValidator, QWheelEvent
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QWidget

from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip

# Of the weekdays' names and six weeks: by itself Qt takes less than a row needs, and the last one is cut.
ROWS, ROW_HEIGHT = 7, 28
MONTH_HEIGHT = 36
WIDTH = 280
# How days are typed where the language has no order of its own; behind a "-" as they are shown there.
_TYPED_WITHOUT_ORDER = "dd MM yyyy"
# What turns a day on, or opens its calendar.
_STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F4)


class Calendar(QCalendarWidget):
    """A month, all of it, with a ring around today."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setMinimumSize(WIDTH, MONTH_HEIGHT + ROWS * ROW_HEIGHT)

    def paintCell(self, painter: QPainter, rect: QRect, date: QDate) -> None:  # noqa: N802
        super().paintCell(painter, rect, date)
        if date == _qt(self._today()):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
            painter.restore()


class DayField(QDateEdit):
    """One day, with a calendar; the page's wheel does not turn it.

    By itself Qt judges each key as if the day were finished, and makes another one of what it does not take: here the
    keys go into a plain line, which is read once Enter is pressed or the field is left.
    """

    refused = Signal(str)  # what was typed, and is no day

    def __init__(self, name: str, today: Callable[[], date]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(name))
        self.setCalendarPopup(True)
        self.setCalendarWidget(Calendar(today))
        self.setKeyboardTracking(False)
        if formats.writes_iso_days():
            self.setDisplayFormat(formats.ISO_DAY)

    @property
    def day(self) -> date:
        return date(self.date().year(), self.date().month(), self.date().day())

    def set_day(self, day: date) -> None:
        """Show it without telling; what is being typed stays where it is that day already."""
        if day == self.day:
            return
        self.blockSignals(True)
        self.setDate(_qt(day))
        self.blockSignals(False)

    def take_typed(self) -> None:
        """It is finished: show the day that was meant, or the one before, and say that it is none."""
        text = self.lineEdit().text()
        if text == self._shown_text():
            return
        meant = self._meant(text)
        if meant is not None:
            self.setDate(_qt(meant))
        self._show_as_it_is()
        if meant is None:
            self.refused.emit(text)

    def stepBy(self, steps: int) -> None:  # noqa: N802
        # Where the year stands first it is what the arrows turn by themselves: further than can be looked at at once.
        if self.displayFormat() == formats.ISO_DAY and self.currentSection() == QDateEdit.Section.YearSection:
            self.setCurrentSection(QDateEdit.Section.DaySection)
        super().stepBy(steps)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Nothing is refused before it is finished."""
        return QValidator.State.Acceptable, text, pos

    def dateTimeFromText(self, text: str) -> QDateTime:  # noqa: N802
        meant = self._meant(text)
        return self.dateTime() if meant is None else _qt(meant).startOfDay()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take_typed()
            self._select_all()
        elif key == Qt.Key.Key_Escape and self.lineEdit().text() != self._shown_text():
            self._show_as_it_is()
        elif key in _STEPS:
            self.take_typed()
            super().keyPressEvent(event)
        else:
            with QSignalBlocker(self.lineEdit()):
                self.lineEdit().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802
        """To the next field, not from the day to its month."""
        return QWidget.focusNextPrevChild(self, next)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._select_all()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.take_typed()
            super().focusOutEvent(event)
            return
        # Who looks at another window for a moment goes on typing afterwards; Qt writes the field's day over it.
        line = self.lineEdit()
        typed, cursor = line.text(), line.cursorPosition()
        super().focusOutEvent(event)
        if line.text() != typed:
            with QSignalBlocker(line):
                line.setText(typed)
                line.setCursorPosition(cursor)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _meant(self, text: str) -> date | None:
        shown = self.displayFormat()
        patterns = [shown]
        if shown == formats.ISO_DAY and formats.writes_iso_days():
            patterns.insert(1 if "-" in text else 0, _TYPED_WITHOUT_ORDER)
        found = next(filter(None, (day_of(text, one, self.day.year) for one in patterns)), None)
        if found is not None or "MMM" not in shown:
            return found
        named = self.locale().toDate(text, self.displayFormat(), 2000)  # with the month's name
        return date(named.year(), named.month(), named.day()) if named.isValid() else None

    def _shown_text(self) -> str:
        """As its day is written."""
        return self.textFromDateTime(self.dateTime())

    def _show_as_it_is(self) -> None:
        with QSignalBlocker(self.lineEdit()):
            self.lineEdit().setText(self._shown_text())

    def _select_all(self) -> None:
        with QSignalBlocker(self.lineEdit()):
            self.lineEdit().selectAll()


def day_of(text: str, pattern: str, this_year: int) -> date | None:
    """Which day somebody has typed where days are written like `pattern`; None where it is none.

    The year may have two digits, four or none, and any sign may stand between; a year in front is understood anywhere.
    """
    for word in re.findall("'([^']+)'", pattern):  # a letter for "year" behind it, say
        text = text.replace(word, "")
    order = sorted("dMy", key=pattern.find)
    parts = re.findall(r"\d+", text)
    if len(parts) == 1 and len(parts[0]) in (6, 8):
        parts = _apart(parts[0], order)
    if len(parts) == 2:
        parts.insert(order.index("y"), str(this_year))
    if len(parts) != 3 or max(map(len, parts)) > 4 or re.search(r"[^\W\d_]", text):
        return None
    if len(parts[0]) == 4:
        order = ["y", "M", "d"]
    found = {letter: int(part) for letter, part in zip(order, parts, strict=True)}
    year = found["y"] if found["y"] >= 100 else 2000 + found["y"]
    if not 2000 <= year <= 2099:  # shown with two digits it would look like another one
        return None
    try:
        return date(year, found["M"], found["d"])
    except ValueError:
        return None


def _apart(digits: str, order: list[str]) -> list[str]:
    """Of a day without any sign between."""
    parts, begin = [], 0
    for letter in order:
        length = len(digits) - 4 if letter == "y" else 2
        parts.append(digits[begin : begin + length])
        begin += length
    return parts


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
