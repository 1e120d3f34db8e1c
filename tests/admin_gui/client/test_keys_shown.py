"""The audit tells when somebody looked at keys: not each time that a list is loaded."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.client.appliance import Appliance
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


def test_lists_ask_for_no_keys_and_whoever_looks_at_one_is_written_down(
    appliance: TlsAppliance, client: Appliance
) -> None:
    number = appliance.new_customer()["id"]
    _everything_is_written(appliance, number)  # also what a former test has read
    before = _lines_of_keys(appliance, number)
    listed = next(one for one in client.customers.everyone() if one.id == number)
    (first, *_) = client.customers.page(None, 500).rows
    known = client.customers.known(number)
    assert known is not None
    assert all(one.api_key.startswith("****") for one in (listed, first, known))
    _everything_is_written(appliance, number)
    assert _lines_of_keys(appliance, number) - before == set()
    assert not client.customers.one(number).api_key.startswith("****")
    assert wait_until(lambda: len(_lines_of_keys(appliance, number) - before) == 1, 60, 0.2)
    _everything_is_written(appliance, number)
    assert len(_lines_of_keys(appliance, number) - before) == 1


def test_a_customers_page_asks_for_its_keys_when_they_are_revealed(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Discreet Ltd")
    number = customer["id"]
    _everything_is_written(appliance, number)
    before = _lines_of_keys(appliance, number)
    page = opened(qtbot, window, f"customer/{number}")
    window.refresh()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    _everything_is_written(appliance, number)
    assert _lines_of_keys(appliance, number) - before == set(), "nobody has looked at a key"
    click(page.key.key.reveal_button)
    qtbot.waitUntil(lambda: page.key.key.shown == customer["api_key"], timeout=WAIT_MS)
    assert wait_until(lambda: len(_lines_of_keys(appliance, number) - before) == 1, 60, 0.2)
    click(page.key.key.reveal_button)
    click(page.key.key.reveal_button)
    click(page.webhook.secret.copy_button)
    assert QApplication.clipboard().text() == customer["webhook_secret"], "both came together"
    _everything_is_written(appliance, number)
    assert len(_lines_of_keys(appliance, number) - before) == 1


def _lines_of_keys(appliance: TlsAppliance, number: int) -> set[str]:
    """The ids of the newest ones; with each that comes an old one may go, so those that came are looked for."""
    found = _audit(appliance, "customer.keys_shown")
    return {line["id"] for line in found if line["subject"]["id"] in (None, str(number))}


def _everything_is_written(appliance: TlsAppliance, number: int) -> None:
    """Wait until what was read until now is in the audit: readings are written together, and this is one of them."""

    def listed() -> int:
        lists = [line["after"] for line in _audit(appliance, "calls.listed")]
        return len([one for one in lists if one and one.get("customer_id") == str(number)])

    before = listed()
    assert appliance.admin("GET", "/api/calls", params={"customer_id": number}).status_code == 200
    assert wait_until(lambda: listed() > before, 60, 0.2)


def _audit(appliance: TlsAppliance, action: str) -> list[dict[str, Any]]:
    answer = appliance.admin("GET", "/api/audit", params={"action": action, "limit": 500})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["audit"]
    return found
