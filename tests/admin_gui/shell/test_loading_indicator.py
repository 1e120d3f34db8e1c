"""Of something big that is on its way one sees how much of it has come."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Calls
from admin_gui.client.customers import Customer, Customers
from admin_gui.client.transport.stop import Progress, Stop, no_progress
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.support.recordings import silence

MIB = 1024 * 1024


def test_a_recording_on_its_way_says_how_much_of_it_has_come(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, fetch = threading.Event(), Calls.recording

    def slowly(self: Calls, call_id: str, progress: Progress = no_progress, stop: Stop | None = None) -> bytes:
        progress(3 * MIB, 12 * MIB)
        go_on.wait(60)
        return fetch(self, call_id, progress, stop)

    monkeypatch.setattr(Calls, "recording", slowly)
    call_id = appliance.accepted(appliance.new_customer()["api_key"], silence(0.5))
    appliance.final_call(call_id)
    window.context.go(f"call/{call_id}")
    qtbot.waitUntil(lambda: window.loading_indicator.text == "Loading … 3.0 MB of 12.0 MB", timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: window.loading_indicator.text == "", timeout=WAIT_MS)
    opened(qtbot, window, "calls")


def test_a_save_that_waits_says_that_it_saves(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, update = threading.Event(), Customers.update

    def slowly(self: Customers, customer_id: int, fields: dict[str, Any]) -> Customer:
        go_on.wait(60)
        return update(self, customer_id, fields)

    monkeypatch.setattr(Customers, "update", slowly)
    customer = appliance.new_customer(company_name="Slowly Saved Ltd")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Zora")
    click(page.save_button)
    qtbot.waitUntil(lambda: window.loading_indicator.text == "Saving …", timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: window.loading_indicator.text == "", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.form.changes(), timeout=WAIT_MS)
