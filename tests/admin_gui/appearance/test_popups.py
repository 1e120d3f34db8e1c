"""What pops up out of a field is seen whole, with one edge around it."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QTableView, QWidget
from pytestqt.qtbot import QtBot

from admin_gui.appearance.theme import Theme
from admin_gui.pages.insights.day_field import DayField
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click

TODAY = date(2026, 11, 28)


@pytest.fixture
def field(qtbot: QtBot) -> DayField:
    Theme("light")
    made = DayField("First day", lambda: TODAY)
    qtbot.addWidget(made)
    made.show()
    return made


def month_of(qtbot: QtBot, field: DayField) -> QTableView:
    """Its calendar, opened as by the mouse."""
    arrow = QPoint(field.width() - 10, field.height() // 2)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=arrow)
    view = field.calendarWidget().findChild(QTableView)
    assert isinstance(view, QTableView)
    qtbot.waitUntil(view.isVisible, timeout=WAIT_MS)
    return view


@pytest.mark.parametrize("month", [10, 11])
def test_all_weeks_of_a_month_and_the_names_of_its_days_are_seen(qtbot: QtBot, field: DayField, month: int) -> None:
    field.set_day(date(2026, month, 28))
    view = month_of(qtbot, field)
    rows = [view.visualRect(view.model().index(row, 1)) for row in range(view.model().rowCount())]
    assert len(rows) == 7
    assert all(view.viewport().rect().contains(one) for one in rows)
    assert min(one.height() for one in rows) >= field.fontMetrics().height() + 4


def test_today_has_a_ring_and_no_other_day_has(qtbot: QtBot, field: DayField) -> None:
    field.set_day(date(2026, 11, 3))
    view = month_of(qtbot, field)
    picture = view.viewport().grab().toImage()
    accent = QColor(Theme("light").colors.accent)

    def has_ring(row: int, column: int) -> bool:
        cell = view.visualRect(view.model().index(row, column))
        line = [picture.pixelColor(cell.left() + x, cell.center().y()) for x in range(4)]
        return any(abs(one.red() - accent.red()) + abs(one.blue() - accent.blue()) < 60 for one in line)

    texts = {view.model().index(5, column).data(): column for column in range(view.model().columnCount())}
    assert has_ring(5, texts[28])
    assert not has_ring(5, texts[27])


def test_the_list_of_a_choice_has_one_edge(qtbot: QtBot) -> None:
    Theme("light")
    around = QWidget()
    qtbot.addWidget(around)
    choice = QComboBox(around)
    choice.addItems(["Alpha", "Beta", "Gamma"])
    around.resize(300, 300)
    around.show()
    click(choice)
    popup = choice.view().window()
    qtbot.waitUntil(popup.isVisible, timeout=WAIT_MS)
    picture = popup.grab().toImage()
    middle, surface, edge = picture.height() // 2, Theme("light").colors.surface, Theme("light").colors.edge
    assert [picture.pixelColor(x, middle).name() for x in range(4)] == [edge, surface, surface, surface]
    assert [picture.pixelColor(x, 0).name() for x in range(12)] == [edge] * 12
    assert [picture.pixelColor(x, 1).name() for x in range(12)] == [edge, *[surface] * 11]
