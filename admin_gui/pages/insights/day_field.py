"""A day, typed or chosen in a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QCalendarWidget, QDateEdit

from admin_gui.text.plain_text import plain_tooltip

# Of the weekdays' names and six weeks: by itself Qt takes less than a row needs, and the last one is cut.
ROWS, ROW_HEIGHT = 7, 28
MONTH_HEIGHT = 36
WIDTH = 280


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
    """One day, with a calendar; the page's wheel does not turn it."""

    def __init__(self, name: str, today: Callable[[], date]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(name))
        self.setCalendarPopup(True)
        self.setCalendarWidget(Calendar(today))
        self.setKeyboardTracking(False)

    @property
    def day(self) -> date:
        return date(self.date().year(), self.date().month(), self.date().day())

    def set_day(self, day: date) -> None:
        """Show it without telling."""
        self.blockSignals(True)
        self.setDate(_qt(day))
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
