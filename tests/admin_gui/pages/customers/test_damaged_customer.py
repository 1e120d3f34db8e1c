"""A customer of whom something cannot be read any more: it is told, and its words are not taken for a key."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.customers import UNREADABLE, Customer, Customers
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.shell.main_window import MainWindow
from appliance.domain import masks
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened

TOLD = "`api_key` cannot be read any more: POST /api/customers/{id}/rotate-key makes another."


def test_what_cannot_be_read_is_told_and_can_be_copied_by_nobody(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert masks.UNREADABLE == UNREADABLE
    customer = appliance.new_customer(company_name="Damaged Keys Ltd")
    without_keys = Customers.without_keys

    def damaged(self: Customers, number: int) -> Customer:
        return msgspec.structs.replace(without_keys(self, number), api_key=UNREADABLE, warnings=[TOLD])

    monkeypatch.setattr(Customers, "without_keys", damaged)
    page: CustomerPage = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: TOLD in page.notice.text, timeout=WAIT_MS)
    assert page.notice.isVisible()
    assert not page.key.key.copy_button.isEnabled()
    assert UNREADABLE not in page.connect_card.lines.shown
