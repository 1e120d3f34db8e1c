"""A new token's only copy is on the screen: no other one takes its place before somebody has it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened, type_over


def test_another_token_is_made_only_once_the_first_one_was_copied(qtbot: QtBot, window: MainWindow) -> None:
    tab = opened(qtbot, window, "system?tab=tokens").tab
    tokens = window.context.appliance.tokens

    def made(name: str) -> int:
        return sum(token.name == name for token in tokens.all())

    type_over(tab.creating.name, "First display")
    QTest.keyClick(tab.creating.name, Qt.Key.Key_Return)
    QTest.keyClick(tab.creating.name, Qt.Key.Key_Return)
    qtbot.waitUntil(tab.fresh.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert made("First display") == 1, "a second press of Enter makes no second one"

    type_over(tab.creating.name, "Second display")
    click(tab.creating.create_button)
    assert "“First display”" in tab.creating.problem
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert (tab.fresh.token_name, made("Second display")) == ("First display", 0)
    click(tab.fresh.secret.copy_button)
    assert "copied" in window.status_line.message
    assert tab.creating.problem == ""
    click(tab.creating.create_button)
    qtbot.waitUntil(lambda: tab.fresh.token_name == "Second display", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.status_line.message == "“Second display” is created: copy it now", timeout=WAIT_MS)

    type_over(tab.creating.name, "Third display")
    click(tab.creating.create_button)
    assert "“Second display”" in tab.creating.problem
    click(tab.fresh.done_button)
    assert tab.creating.problem == ""
    assert tab.fresh.isHidden()
