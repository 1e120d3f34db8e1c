"""Many customers at once: deactivated and let in again, their webhooks enabled; all that can be taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.client.customers import Customer, Customers
from admin_gui.client.events import Event
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.support.receiver import Answer, WebhookReceiver

ROWS = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
Active = Callable[[], list[bool]]


@pytest.fixture
def two(appliance: TlsAppliance) -> list[dict[str, Any]]:
    return [appliance.new_customer(company_name=f"Row {number} of many") for number in (1, 2)]


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, two: list[dict[str, Any]]) -> CustomersPage:
    """With these two alone, both selected."""
    found: CustomersPage = opened(qtbot, window, "customers")
    wanted = {one["id"] for one in two}
    QTest.keyClicks(found.table.search, "of many")
    qtbot.waitUntil(lambda: wanted <= {one.id for one in found.table.model.rows}, timeout=WAIT_MS)
    for place, one in enumerate(found.table.model.rows):
        if one.id in wanted:
            found.table.view.selectionModel().select(found.table.model.index(place, 0), ROWS)
    return found


@pytest.fixture
def active(appliance: TlsAppliance, two: list[dict[str, Any]]) -> Active:
    return lambda: [appliance.admin("GET", f"/api/customers/{one['id']}").json()["is_active"] for one in two]


def test_several_are_deactivated_and_that_is_taken_back(
    qtbot: QtBot, window: MainWindow, page: CustomersPage, active: Active, two: list[dict[str, Any]]
) -> None:
    assert not page.selected.activate_button.isEnabled(), "both are active"
    assert not page.selected.enable_button.isEnabled(), "and no endpoint of theirs is disabled"
    banner = page.selected.many.banner
    click(page.selected.deactivate_button)
    assert banner.text.startswith("Deactivate 2 customer(s)? Their API keys are refused from now on")
    assert active() == [True, True], "it is asked first"
    page.table.view.clearSelection()
    assert not banner.isVisible(), "who says yes means those that are selected"
    page.table.view.select_again([one["id"] for one in two])
    click(page.selected.deactivate_button)
    click(banner._button)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    assert active() == [False, False]
    qtbot.waitUntil(page.selected.activate_button.isEnabled, timeout=WAIT_MS)
    assert len(page.table.selected()) == 2, "the same are selected once the list has come anew"
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: active() == [True, True], timeout=WAIT_MS)


def test_what_is_taken_back_while_one_of_them_is_edited_leaves_what_was_typed(
    qtbot: QtBot, window: MainWindow, page: CustomersPage, active: Active, two: list[dict[str, Any]]
) -> None:
    told = list[Event]()  # by the appliance, of this customer: the page hears of it before this list does

    def listen(events: list[Event]) -> None:
        told.extend(event for event in events if event.kind == "customer" and event.customer_id == two[0]["id"])

    qtbot.waitUntil(lambda: window.context.session.stream_open, timeout=WAIT_MS)
    window.context.session.events.connect(listen)
    click(page.selected.deactivate_button)
    click(page.selected.many.banner._button)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    edited = opened(qtbot, window, f"customer/{two[0]['id']}")
    type_over(edited.who.contact.editor, "Typed")
    assert "2 customer(s) deactivated" in window.status_line.message, "it says what would be taken back"
    told.clear()
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: active() == [True, True], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert edited.form.changes() == {"name": "Typed"}
    assert "elsewhere" not in edited.notice.text
    click(edited.save_button)
    qtbot.waitUntil(lambda: not edited.save_button.isVisible(), timeout=WAIT_MS)
    assert active() == [True, True]


def test_a_token_that_is_revoked_on_the_way_leaves_nothing_of_the_page(
    qtbot: QtBot,
    empty_window: MainWindow,
    appliance: TlsAppliance,
    two: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, go_on, update = empty_window, threading.Event(), Customers.update

    def held(self: Customers, customer_id: int, fields: dict[str, Any]) -> Customer:
        go_on.wait(60)
        return update(self, customer_id, fields)

    monkeypatch.setattr(Customers, "update", held)
    made = appliance.admin("POST", "/api/tokens", json={"role": "admin"}).json()
    window.open(appliance.connection(made["token"]), "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    page: CustomersPage = opened(qtbot, window, "customers")
    wanted = [one["id"] for one in two]
    qtbot.waitUntil(lambda: all(page.table.model.place_of(one) is not None for one in wanted), timeout=WAIT_MS)
    # A list that comes once more meanwhile would have others selected, and take the question back.
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    page.table.view.select_again(wanted)
    qtbot.waitUntil(page.selected.deactivate_button.isEnabled, timeout=WAIT_MS)
    click(page.selected.deactivate_button)
    click(page.selected.many.banner._button)
    qtbot.waitUntil(lambda: len(window.status_line.tasks) == 1, timeout=WAIT_MS)
    appliance.admin("DELETE", f"/api/tokens/{made['id']}")
    window.context.session.poll_now()
    qtbot.waitUntil(lambda: window.context.session.situation.state is State.REFUSED, timeout=WAIT_MS)
    assert window.page is None
    assert window.connect_page.isVisible()
    assert window.status_line.tasks == []
    go_on.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)


def test_one_that_is_refused_is_told_and_what_was_done_can_be_taken_back(
    qtbot: QtBot, appliance: TlsAppliance, page: CustomersPage, two: list[dict[str, Any]]
) -> None:
    (first, second), banner = two, page.selected.many.banner
    chosen = page.table.selected()
    appliance.admin("DELETE", f"/api/customers/{first['id']}")
    page.selected._set_active(chosen, active=False)
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text == "1 done, 1 not: Row 1 of many: That does not exist, or no longer"
    banner._act()
    path = f"/api/customers/{second['id']}"
    qtbot.waitUntil(lambda: appliance.admin("GET", path).json()["is_active"], timeout=WAIT_MS)
    assert not banner.isVisible()


def test_the_webhooks_of_several_are_enabled_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    gone = receiver.endpoint(Answer(410))
    customer = appliance.new_customer(company_name="Enabled Ltd", webhook_url=gone.url)
    path = f"/api/customers/{customer['id']}"
    appliance.admin("POST", f"{path}/test-webhook")
    assert appliance.admin("GET", path).json()["webhook_disabled_reason"] is not None
    page = opened(qtbot, window, "customers")
    qtbot.waitUntil(lambda: page.table.select(customer["id"]), timeout=WAIT_MS)
    click(page.selected.enable_button)
    qtbot.waitUntil(lambda: appliance.admin("GET", path).json()["webhook_disabled_reason"] is None, timeout=WAIT_MS)
