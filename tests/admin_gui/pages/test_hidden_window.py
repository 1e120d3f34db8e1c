"""What comes while the window sits in the tray is told as beside the page that it shows, and found there later."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.client.customers import Customer, Customers
from admin_gui.client.transport.errors import Forbidden
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.banner import Banner
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over


def a_page(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, company: str) -> CustomerPage:
    customer = appliance.new_customer(company_name=company, name="Astrid")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    assert isinstance(page, CustomerPage)
    return page


def refuse(*_: Any) -> Customer:
    raise Forbidden(status=403)


def ends(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)


def test_what_was_saved_is_said_of_the_page_that_is_shown_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    page = a_page(qtbot, window, appliance, "Tray Ltd")
    type_over(page.who.contact.editor, "Brigitte")
    click(page.save_button)
    window.hide()
    qtbot.waitUntil(lambda: window.status_line.message == "Saved", timeout=WAIT_MS)
    ends(qtbot, window)
    window.show()
    assert window.status_line.message == "Saved"
    opened(qtbot, window, "calls")
    assert window.status_line.message == "", "it goes with its page"


def test_what_was_refused_is_said_of_the_page_that_is_shown_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = a_page(qtbot, window, appliance, "Refused In Tray Ltd")
    monkeypatch.setattr(Customers, "update", refuse)
    page.doing._set_active(page.shown, page.customer, active=False)
    window.hide()
    qtbot.waitUntil(lambda: bool(window.status_line.message), timeout=WAIT_MS)
    assert window.status_line.message == "This token may not do that."


def test_who_deleted_a_customer_finds_the_list_behind_it(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    page = a_page(qtbot, window, appliance, "Deleted In Tray Ltd")
    click(page.delete_button)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    QTest.keyClicks(page.confirm.word_field, "Deleted In Tray Ltd")
    click(page.confirm.yes_button)
    window.hide()
    qtbot.waitUntil(lambda: window.page is not None and str(window.page.link) == "customers", timeout=WAIT_MS)


def test_what_was_not_done_of_many_stays_over_their_list(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    appliance.new_customer(company_name="Some In Tray Ltd")
    page = opened(qtbot, window, "customers")
    assert isinstance(page, CustomersPage)
    QTest.keyClicks(page.table.search, "some in tray")
    qtbot.waitUntil(lambda: page.table.model.rowCount() == 1, timeout=WAIT_MS)
    page.table.view.selectAll()
    banner = page.selected.many.banner
    click(page.selected.deactivate_button)
    monkeypatch.setattr(Customers, "update", refuse)
    click(banner._button)
    window.hide()
    ends(qtbot, window)
    window.show()
    told = [one.text for one in page.findChildren(Banner) if one.isVisible()]
    assert told == ["Deactivating: 0 done, 1 not: Some In Tray Ltd: This token may not do that"]
