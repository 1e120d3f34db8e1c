"""A filter that is half typed asks nobody while its page goes with the connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened


def number(page: Any) -> QLineEdit:
    field: QLineEdit = page.number
    return field


def tag(page: Any) -> QLineEdit:
    click(page.more.button)
    field: QLineEdit = page.more.tag
    return field


def answer(page: Any) -> QLineEdit:
    field: QLineEdit = page.answer.lineEdit()
    field.selectAll()
    page.answer.setCompleter(None)  # its list would eat that the keyboard goes
    return field


@pytest.mark.parametrize(("name", "field_of"), [("calls", number), ("calls", tag), ("webhooks", answer)])
def test_one_disconnects_while_something_stands_in_a_filter(
    qtbot: QtBot, window: MainWindow, name: str, field_of: Callable[[Any], QLineEdit]
) -> None:
    page = opened(qtbot, window, name)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    field = field_of(page)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=WAIT_MS)
    QTest.keyClicks(field, "404")
    window.leave_appliance()  # what is raised in a slot fails the test
    qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
    assert window.status_line.message == ""
