"""How tests of pages drive them: as its user does."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.table.paged_table import PagedTable
from tests.admin_gui.conftest import WAIT_MS


def click(button: Any) -> None:
    """With the left mouse button."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def click_heading(table: PagedTable, key: str) -> None:
    """Of this column: it is sorted by it, by a second click the other way round."""
    header = table.view.horizontalHeader()
    place = [column.key for column in table.model.columns].index(key)
    at = QPoint(header.sectionViewportPosition(place) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    """Ctrl and a key. Nothing but the test says which window is in front on a screen without a window manager."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)


def type_over(field: Any, text: str) -> None:
    """In the place of what stands there."""
    field.selectAll()
    QTest.keyClicks(field, text)


def opened(qtbot: QtBot, window: MainWindow, link: str) -> Any:
    """The page of this link, with its data."""
    window.context.go(link)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == link and window.page.is_ready, timeout=WAIT_MS)
    return window.page
