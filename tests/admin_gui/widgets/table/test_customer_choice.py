"""The field of the customer says by whom a list is narrowed, whatever was typed into it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened, type_over


@pytest.mark.parametrize("page_name", ["calls", "webhooks", "insights"])
def test_a_name_that_is_typed_and_left_narrows_or_goes(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, page_name: str
) -> None:
    name = f"Quillfeather of {page_name} Ltd"
    wanted = appliance.new_customer(company_name=name)["id"]
    page = opened(qtbot, window, page_name)
    choice = page.choices.customer if page_name == "insights" else page.customer
    qtbot.waitUntil(lambda: choice.findData(wanted) >= 0, timeout=WAIT_MS)
    field = choice.lineEdit()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=WAIT_MS)

    type_over(field, f"quillfeather OF {page_name}")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choice.currentText() == name, "the only one that matches"
    assert page.link.query["customer_id"] == str(wanted)
    assert not choice.is_open

    type_over(field, "Nobody is called so")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert choice.currentText() == name, "no one is: it says who still counts"
    assert page.link.query["customer_id"] == str(wanted)

    field.setFocus()
    type_over(field, "td")  # as many are called
    appliance.new_customer(company_name=f"Another {page_name} Ltd")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choice.currentText() == name

    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choice.currentText() == "All customers"
    assert "customer_id" not in page.link.query
    assert choice.value is None
