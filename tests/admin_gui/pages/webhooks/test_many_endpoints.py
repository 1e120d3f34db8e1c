"""Several endpoints at once: what is done is done with all that are selected, and what was not is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from admin_gui.pages.webhooks.endpoints import EndpointsTable
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.receiver import Answer, Endpoint, WebhookReceiver
from tests.support.recordings import silence

pytestmark = pytest.mark.slow  # each sends webhooks through the appliance


@dataclass
class Three:
    """Two endpoints that asked for no more, and one that never answers well; all selected."""

    table: EndpointsTable
    gone: list[Endpoint]
    bad: Endpoint
    customers: list[dict[str, Any]]


@pytest.fixture
def three(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver) -> Three:
    gone = [receiver.endpoint(Answer(410), Answer(200)) for _ in range(2)]
    bad = receiver.endpoint(*[Answer(404)] * 20)
    customers = [
        appliance.new_customer(company_name=f"Endpoint {number} Ltd", webhook_url=one.url)
        for number, one in enumerate((*gone, bad))
    ]
    for customer, state in zip(customers, ("disabled", "disabled", "failed"), strict=True):
        call_id = appliance.accepted(customer["api_key"], silence(0.5))
        appliance.delivery_in_state(call_id, state)
    page = opened(qtbot, window, "webhooks?view=endpoints")
    table: EndpointsTable = page.endpoints
    ids = [one["id"] for one in customers]

    def are_there() -> bool:
        states = {one.customer.id: one.state for one in table.table.model.rows}
        return [states.get(one) for one in ids] == ["disabled", "disabled", "failing"]

    qtbot.waitUntil(are_there, timeout=WAIT_MS)
    table.table.view.select_again(ids)
    return Three(table, gone, bad, customers)


def test_all_that_are_disabled_are_enabled_and_the_selection_stays(
    qtbot: QtBot, window: MainWindow, three: Three
) -> None:
    selected, table = three.table.selected, three.table.table
    assert selected.bar.label.text() == "3 selected"
    said: list[str] = []
    window.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    click(selected.enable_button)
    for one in three.gone:
        one.wait_for(2)
    qtbot.waitUntil(lambda: "2 endpoint(s) enabled: the webhooks on hold are being sent" in said, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not selected.enable_button.isEnabled(), timeout=WAIT_MS)
    assert {one.customer.id for one in table.selected()} == {one["id"] for one in three.customers}
    assert selected.enable_button.toolTip() == "None of them is disabled"


def test_a_test_goes_to_all_and_who_did_not_take_it_is_told(qtbot: QtBot, three: Three) -> None:
    selected, table = three.table.selected, three.table.table
    click(selected.test_button)
    banner = selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("2 done, 1 not: Endpoint 2 Ltd: "), banner.text
    assert [len(one.received) for one in three.gone] == [2, 2]
    table.select(three.customers[2]["id"])
    assert "Test at " in three.table.reason.text()
    table.select(three.customers[0]["id"])
    assert "It was taken." in three.table.reason.text()


def test_a_test_of_one_is_told_where_its_state_is(qtbot: QtBot, three: Three) -> None:
    three.table.table.select(three.customers[2]["id"])
    before = len(three.bad.received)
    click(three.table.selected.test_button)
    qtbot.waitUntil(lambda: "Test at " in three.table.reason.text(), timeout=WAIT_MS)
    assert len(three.bad.received) == before + 1
    assert not three.table.selected.many.banner.isVisible()


def test_what_failed_is_sent_again_once_that_was_asked(qtbot: QtBot, window: MainWindow, three: Three) -> None:
    selected, table = three.table.selected, three.table.table
    before = len(three.bad.received)
    click(selected.send_button)
    banner = selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text == "Send 1 failed webhook(s) of Endpoint 2 Ltd again?"
    table.view.clearSelection()
    assert not banner.isVisible(), "who says yes means those that are selected"
    table.view.select_again([one["id"] for one in three.customers])
    click(selected.send_button)
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert len(three.bad.received) == before, "it is asked first"
    click(banner._button)
    three.bad.wait_for(before + 1)


def test_the_menu_of_a_row_has_the_same(qtbot: QtBot, three: Three) -> None:
    table = three.table.table
    table._open_menu(table.view.visualRect(table.model.index(0, 0)).center())
    menu = next(one for one in table.findChildren(QMenu) if one.isVisible())
    texts = {action.text() for action in menu.actions()}
    assert {"Enable again", "Send a test", "Send failed again …", "Copy rows"} <= texts
    menu.close()
