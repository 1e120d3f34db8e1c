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


@pytest.mark.parametrize("page_goes", [True, False])
def test_half_a_name_is_settled_by_who_looks_elsewhere_on_the_page_and_not_by_its_end(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, page_goes: bool
) -> None:
    wanted = appliance.new_customer(company_name=f"Halfway {page_goes} Ltd")["id"]
    page = opened(qtbot, window, "calls")
    qtbot.waitUntil(lambda: page.customer.findData(wanted) >= 0, timeout=WAIT_MS)
    field, chosen = page.customer.lineEdit(), list[object]()
    page.customer.chosen.connect(chosen.append)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=WAIT_MS)
    type_over(field, f"halfway {page_goes}")
    QTest.keyClick(page.customer.completer().popup(), Qt.Key.Key_Escape)  # which would eat that the keyboard goes
    qtbot.waitUntil(lambda: not page.customer.is_open, timeout=WAIT_MS)
    if page_goes:
        window.leave_appliance()  # what is raised in a slot fails the test
        qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
        assert chosen == []
    else:
        page.table.search.setFocus()
        qtbot.waitUntil(lambda: chosen == [wanted], timeout=WAIT_MS)
