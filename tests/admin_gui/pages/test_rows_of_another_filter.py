"""A list that is narrowed in vain shows no rows of before: they would stand under a filter that is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.transport.errors import NotFound
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.support.recordings import silence


def gone(*_: object, **__: object) -> None:
    raise NotFound


def choose(choice: Any, place: int) -> None:
    choice.setCurrentIndex(place)
    choice.activated.emit(place)


def test_calls_that_were_shown_go_when_those_of_another_filter_cannot_be_had(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = appliance.new_customer(company_name="Narrowed In Vain Ltd")
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    table = page.table
    assert [call.call_id for call in table.model.rows] == [call_id]

    calls = window.context.appliance.calls
    with monkeypatch.context() as patched:
        patched.setattr(calls, "page", gone)
        page.refresh()
        qtbot.waitUntil(lambda: bool(window.status_line.message), timeout=WAIT_MS)
        assert table.model.rowCount() == 1, "the same are asked for anew: what is known of them stays"
        type_over(table.search, "boiler")
        qtbot.waitUntil(lambda: table.empty.title == "This could not be loaded", timeout=WAIT_MS)
        assert table.model.rowCount() == 0
        assert (table.empty.isVisible(), table.view.isVisible(), table.counted_text) == (True, False, "")
        table.merge([call for call in (appliance_call(window, call_id),) if call is not None])
        assert table.empty.isVisible(), "one of them that an event tells is not all that match"
        click(table.empty.button)
        qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
        assert table.empty.title == "This could not be loaded"
    table.search.clear()
    qtbot.waitUntil(lambda: [call.call_id for call in table.model.rows] == [call_id], timeout=WAIT_MS)
    assert (table.view.isVisible(), table.empty.button.isVisible()) == (True, False)


def appliance_call(window: MainWindow, call_id: str) -> Any:
    return window.context.appliance.calls.one(call_id)


def test_webhooks_of_another_time_go_as_well(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(qtbot, window, "webhooks")
    table = page.table
    with monkeypatch.context() as patched:
        patched.setattr(window.context.appliance.deliveries, "page", gone)
        choose(page.time, 1)
        qtbot.waitUntil(lambda: table.empty.title == "This could not be loaded", timeout=WAIT_MS)
        assert table.model.rowCount() == 0
    choose(page.state, page.state.findData("disabled"))
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert table.empty.title != "This could not be loaded"


def test_lines_of_the_audit_of_another_filter_are_asked_for_again_by_the_button(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    appliance.new_customer(company_name="Told In The Audit Ltd")
    tab = opened(qtbot, window, "system?tab=audit").tab
    qtbot.waitUntil(lambda: tab.table.model.rowCount() > 0, timeout=WAIT_MS)
    with monkeypatch.context() as patched:
        patched.setattr(window.context.appliance.audit, "page", gone)
        choose(tab.action, tab.action.findData("customer.created"))
        qtbot.waitUntil(tab.table.empty.isVisible, timeout=WAIT_MS)
        assert tab.table.model.rowCount() == 0
        assert not tab.detail.isVisible(), "nor what one of them changed"
    click(tab.table.empty.button)
    qtbot.waitUntil(lambda: tab.table.model.rowCount() > 0, timeout=WAIT_MS)
    assert {line.action for line in tab.table.model.rows} == {"customer.created"}


def test_a_time_of_before_does_not_narrow_the_audit_that_a_link_leads_to(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "system?tab=audit")
    choose(page.tab.time, 2)
    qtbot.waitUntil(lambda: str(page.link) == "system?tab=audit&time=day", timeout=WAIT_MS)
    opened(qtbot, window, "system?tab=audit&action=token.created")
    assert page.tab.time.value is None
    window.go_back()
    qtbot.waitUntil(lambda: page.tab.time.value == "day", timeout=WAIT_MS)


def test_customers_of_another_filter_go_as_well(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    appliance.new_customer(company_name="Sought In Vain Ltd")
    page = opened(qtbot, window, "customers")
    qtbot.waitUntil(lambda: page.table.model.rowCount() > 0, timeout=WAIT_MS)
    monkeypatch.setattr(window.context.appliance.customers, "everyone", gone)
    type_over(page.table.search, "Somebody else")
    qtbot.waitUntil(lambda: page.table.empty.title == "This could not be loaded", timeout=WAIT_MS)
    assert page.table.model.rowCount() == 0
