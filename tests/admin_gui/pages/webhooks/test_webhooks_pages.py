"""Webhooks: found by what came of them, looked into, sent again; endpoints enabled again. On a real appliance."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from standardwebhooks.webhooks import Webhook

from admin_gui.client.deliveries import Deliveries, Delivery, DeliveryFilter, Redelivered
from admin_gui.client.transport.errors import Unanswered
from admin_gui.client.transport.paging import Order
from admin_gui.client.transport.paging import Page as Rows
from admin_gui.pages.asking_again import AskingAgain
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.webhooks.webhook_page import WebhookPage
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, click_heading, opened, press, type_over
from tests.support.receiver import Answer, Endpoint, WebhookReceiver
from tests.support.recordings import silence

ROWS = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


@dataclass
class Told:
    """A customer whose endpoint answered one webhook as it was told to."""

    customer: dict[str, Any]
    endpoint: Endpoint
    call_id: str
    delivery: dict[str, Any]


@dataclass
class Five:
    """Five webhooks that are selected; the endpoint of one of them takes nothing more."""

    page: WebhooksPage
    good: Endpoint
    disabled: Told


def tell(appliance: TlsAppliance, receiver: WebhookReceiver, state: str, *answers: Answer, company: str) -> Told:
    endpoint = receiver.endpoint(*answers)
    customer = appliance.new_customer(webhook_url=endpoint.url, company_name=company)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    return Told(customer, endpoint, call_id, appliance.delivery_in_state(call_id, state))


@pytest.fixture
def gone(appliance: TlsAppliance, receiver: WebhookReceiver) -> Told:
    """An endpoint that asked for no more, and whose deliveries rest since."""
    return tell(appliance, receiver, "disabled", Answer(410), Answer(200), company="Gone & Co")


def shown(page: WebhooksPage) -> list[str]:
    return [delivery.call_id for delivery in page.table.model.rows]


def test_the_table_is_narrowed_by_a_link_and_by_the_choices(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver, gone: Told
) -> None:
    fine = tell(appliance, receiver, "delivered", Answer(200), company="Fine Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={fine.customer['id']}")
    assert isinstance(page, WebhooksPage)
    qtbot.waitUntil(lambda: shown(page) == [fine.call_id], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.customer.currentText() == "Fine Ltd", timeout=WAIT_MS)

    for button, view in ((page.endpoints_button, page.endpoints), (page.deliveries_button, page.table)):
        click(button)
        qtbot.waitUntil(lambda view=view: page._views.currentWidget() is view, timeout=WAIT_MS)
        assert page.link.query["customer_id"] == str(fine.customer["id"])
    qtbot.waitUntil(lambda: shown(page) == [fine.call_id], timeout=WAIT_MS)

    page.state.setFocus()
    page.state.setCurrentIndex(page.state.findData("disabled"))
    page.state.activated.emit(page.state.currentIndex())
    qtbot.waitUntil(lambda: shown(page) == [] and page.table.empty.title == "No webhook matches", timeout=WAIT_MS)
    assert dict(page.link.query) == {"customer_id": str(fine.customer["id"]), "state": "disabled"}

    page = opened(qtbot, window, f"webhooks?call_id={gone.call_id}")
    qtbot.waitUntil(lambda: shown(page) == [gone.call_id], timeout=WAIT_MS)
    assert gone.call_id in page.of_call.text


@pytest.mark.long
def test_what_is_older_than_the_chosen_time_does_not_come_in_by_an_event(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    receiver: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = tell(appliance, receiver, "delivered", Answer(200), company="Long Ago Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={old.customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [old.call_id], timeout=WAIT_MS)
    session, now = window.context.session, window.context.session.now
    monkeypatch.setattr(session, "now", lambda: now() + timedelta(hours=2))
    page.time.setCurrentIndex(1)
    page.time.activated.emit(1)
    qtbot.waitUntil(lambda: not shown(page) and page.context.calls.under_way == 0, timeout=WAIT_MS)
    told: list[str] = []
    session.events.connect(lambda events: told.extend(one.delivery.id for one in events if one.delivery is not None))
    appliance.admin("POST", f"/api/deliveries/{old.delivery['id']}/redeliver")
    qtbot.waitUntil(lambda: old.delivery["id"] in told, timeout=WAIT_MS)
    assert shown(page) == []
    page.time.setCurrentIndex(0)
    page.time.activated.emit(0)
    qtbot.waitUntil(lambda: shown(page) == [old.call_id], timeout=WAIT_MS)


def test_a_time_of_before_does_not_narrow_what_a_link_leads_to_and_is_there_again_on_the_way_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    for name, elsewhere in (("webhooks", "webhooks?state=retrying"), ("calls", "calls?state=queued")):
        page = opened(qtbot, window, name)
        page.time.setCurrentIndex(1)
        page.time.activated.emit(1)
        assert str(page.link) == f"{name}?time=hour"
        opened(qtbot, window, "customers")
        opened(qtbot, window, elsewhere)
        assert page.time.since(window.context.session.now()) is None
        window.go_back()
        window.go_back()
        qtbot.waitUntil(lambda page=page: window.page is page and page.is_ready, timeout=WAIT_MS)
        assert page.time.since(window.context.session.now()) is not None
        assert page._filter.since is not None


def test_the_appliance_sorts_deliveries(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    for company in ("Zebra Ltd", "aardvark Ltd"):
        tell(appliance, receiver, "delivered", Answer(200), company=company)
    window.resize(1700, 800)  # for all columns
    page = opened(qtbot, window, "webhooks")

    def names() -> list[str]:
        return [page.customer.name_of(one.customer_id) for one in page.table.model.rows]

    # Wherever they stand: a webhook of a former test may still come in.
    qtbot.waitUntil(lambda: {"Zebra Ltd", "aardvark Ltd"} <= set(names()), timeout=WAIT_MS)
    for column in page.table.model.columns:
        if column.sort is None:
            continue
        assert column.field is not None
        click_heading(page.table, column.key)
        qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
        # Of a deleted customer the desktop knows no name: "22", and "22 (deleted)" once it has asked.
        named = [one for one in page.table.model.rows if not page.customer.name_of(one.customer_id)[:1].isdigit()]
        known = [value for one in named if (value := column.sort(one)) is not None]
        folded = [value.lower() if isinstance(value, str) else value for value in known]
        assert folded == sorted(folded), column.key
        assert page.table.model.order_for(None) == Order(column.field)


def test_deliveries_are_found_by_what_was_answered(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    odd = tell(appliance, receiver, "failed", Answer(418), company="Tea Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={odd.customer['id']}")
    page.answer.setFocus()
    type_over(page.answer.lineEdit(), "200")
    QTest.keyClick(page.answer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.empty.title == "No webhook matches" and not shown(page), timeout=WAIT_MS)
    type_over(page.answer.lineEdit(), "418")
    QTest.keyClick(page.answer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(page) == [odd.call_id], timeout=WAIT_MS)
    assert page.link.query["status"] == "418"
    columns = {column.key: column for column in page.table.model.columns}
    tooltip = columns["answer"].tooltip
    assert tooltip is not None
    assert tooltip(page.table.model.row_at(0)).startswith("The receiver answered 418. The fault is")
    qtbot.waitUntil(page.all_button.isVisible, timeout=WAIT_MS)
    click(page.all_button)
    qtbot.waitUntil(lambda: "1 failed webhook" in page.question.text, timeout=WAIT_MS)
    click(page.question.leave_button)
    assert not page.question.isVisible()
    type_over(page.answer.lineEdit(), "nonsense")
    QTest.keyClick(page.answer, Qt.Key.Key_Return)
    assert page.answer.currentText() == "418"


def test_a_new_delivery_appears_by_itself(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(webhook_url=receiver.endpoint().url)
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.table.model.rows[0].state == "delivered", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.table.model.rows[0].has_numbers, timeout=WAIT_MS)


def test_which_call_a_webhook_tells_of_is_seen_in_the_list_and_over_its_page(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(webhook_url=receiver.endpoint().url)
    numbers = {"caller_number": "+491510000123", "called_number": "+493000000456"}
    call_id = appliance.accepted(customer["api_key"], silence(0.5), **numbers)
    delivery = appliance.delivery_in_state(call_id, "delivered")
    window.resize(1024, 640)
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    texts = {column.key: column.text(page.table.model.row_at(0)) for column in page.table.model.columns}
    assert (texts["caller"], texts["called"]) == ("+491510000123", "+493000000456")
    keys = [column.key for column in page.table.model.columns]
    assert not [key for key in ("caller", "called", "attempted") if page.table.view.isColumnHidden(keys.index(key))]
    one = opened(qtbot, window, f"webhook/{delivery['id']}")
    assert one.title().startswith("+491510000123 → +493000000456, ")
    assert one.info.value("event").startswith("call.completed · ")


def test_why_a_webhook_cannot_be_sent_again_stands_on_its_page(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver, gone: Told
) -> None:
    waits = tell(appliance, receiver, "retrying", Answer(503, {"Retry-After": "3600"}), company="Waits Ltd")
    page = opened(qtbot, window, f"webhook/{waits.delivery['id']}")
    assert page.why_not.text() == "It cannot be sent again now: it is tried by itself already."
    assert page.why_not.isVisible()
    page = opened(qtbot, window, f"webhook/{gone.delivery['id']}")
    assert page.why_not.text() == "It cannot be sent again now: its endpoint is disabled."
    good = tell(appliance, receiver, "delivered", Answer(200), company="Went Ltd")
    page = opened(qtbot, window, f"webhook/{good.delivery['id']}")
    qtbot.waitUntil(page.again_button.isEnabled, timeout=WAIT_MS)
    assert not page.why_not.isVisible()


def test_a_webhook_shows_its_attempts_and_what_to_do(qtbot: QtBot, window: MainWindow, gone: Told) -> None:
    page = opened(qtbot, window, f"webhook/{gone.delivery['id']}")
    assert isinstance(page, WebhookPage)
    assert page.info.value("customer") == "Gone & Co"
    assert page.info.value("webhook_id") == gone.delivery["webhook_id"]
    assert "410" in page.notice.text
    assert "410" in page.exchange.toPlainText()
    assert gone.delivery["webhook_id"] in page.exchange.toPlainText()
    assert "thank you" in page.exchange.toPlainText()
    assert not page.again_button.isEnabled(), "the appliance refuses while the endpoint is disabled"
    assert page.again_button.toolTip() == "its endpoint is disabled"
    click(page.customer_button)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage), timeout=WAIT_MS)


def test_one_webhook_is_sent_again_under_its_old_id(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Again Ltd")
    page = opened(qtbot, window, f"webhook/{told.delivery['id']}")
    qtbot.waitUntil(page.again_button.isEnabled, timeout=WAIT_MS)
    assert not page.again_button.property("primary")
    press(qtbot, window, Qt.Key.Key_R)
    told.endpoint.wait_for(2)
    assert {one.webhook_id for one in told.endpoint.received} == {told.delivery["webhook_id"]}
    qtbot.waitUntil(lambda: len(page.attempts.model.rows) == 2, timeout=WAIT_MS)


def test_the_selected_ones_are_sent_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = appliance.new_customer(webhook_url=endpoint.url)
    for _ in range(2):
        appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "delivered")
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 2, timeout=WAIT_MS)
    assert not page.selected_button.isEnabled()
    page.table.view.selectAll()
    click(page.selected_button)
    assert page.question.text.startswith("2 of the 2 selected webhook")
    assert endpoint.stays_at(2, 0.5), "whoever does nothing sends nobody anything twice"
    page.table.view.clearSelection()
    assert not page.question.isVisible(), "it was about those"
    page.table.view.selectAll()
    click(page.selected_button)
    page.question._act()
    endpoint.wait_for(4)


def test_that_only_failed_ones_are_sent_again_stands_on_the_button(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="All Well Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}")
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not page.all_button.isVisible(), "none failed"
    page.ask_to_send_all()  # as the keys do
    qtbot.waitUntil(page.question.isVisible, timeout=WAIT_MS)
    assert page.question.text == "No failed webhook matches that could be sent again now."
    failed = tell(appliance, receiver, "failed", Answer(418), company="Not Well Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={failed.customer['id']}")
    qtbot.waitUntil(page.all_button.isVisible, timeout=WAIT_MS)
    assert page.all_button.text() == "Send all failed again …"
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}&state=delivered")
    assert page.all_button.text() == "Send all again …"


@pytest.mark.slow
@pytest.mark.parametrize("place", ["on the screen", "further down"])
def test_that_some_failed_is_seen_though_the_question_for_them_is_not_answered(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    receiver: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    told = tell(appliance, receiver, "failed", Answer(418), company=f"Failed {place} Ltd")
    deliveries, asked = window.context.appliance.deliveries, list[str]()
    whole = deliveries.page

    def busy(cursor: str | None, limit: int, narrowed: DeliveryFilter, order: Order | None = None) -> Rows[Delivery]:
        if limit == 1:
            asked.append("for a failed one")
            if place == "on the screen" or len(asked) <= 5:
                raise Unanswered("it is busy")  # longer than events of before make it ask
        elif place == "further down":
            return Rows([], None)
        return whole(cursor, limit, narrowed, order)

    monkeypatch.setattr(deliveries, "page", busy)
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}")
    assert isinstance(page, WebhooksPage)
    page.lookup._asking._pause_ms = 100  # else the test waits as long as a user would
    qtbot.waitUntil(page.all_button.isVisible, timeout=WAIT_MS)
    assert asked


def test_the_appliance_is_asked_less_and_less_often_while_it_does_not_answer(qapp: QApplication) -> None:
    owner = QObject()
    asking = AskingAgain(owner, lambda: None)

    def pauses(count: int) -> list[int]:
        found = []
        for _ in range(count):
            asking.after_failure()
            assert asking._again.isActive()
            found.append(asking._again.interval())
        return found

    assert pauses(6) == [2_000, 4_000, 8_000, 15_000, 15_000, 15_000]
    asking.answered()
    assert pauses(2) == [2_000, 4_000]
    asking.stop()
    asking.answered()
    asking.later()
    assert asking._again.interval() == 2_000, "as quick as before"
    asking.stop()


def test_a_webhook_is_found_by_what_its_customer_or_a_caller_says(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(webhook_url=receiver.endpoint(Answer(418)).url, company_name="Searched Ltd")
    key = customer["api_key"]
    sent = {}
    for number, external_id in (("+4915177", "pbx-searched-1"), ("+4915188", "pbx-searched-2")):
        call_id = appliance.accepted(key, silence(0.5), caller_number=number, external_id=external_id)
        sent[number] = appliance.delivery_in_state(call_id, "failed")
    first, second = sent.values()
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    assert isinstance(page, WebhooksPage)
    qtbot.waitUntil(lambda: shown(page) == [second["call_id"], first["call_id"]], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)

    searches = ("15177", "pbx-searched-1", first["webhook_id"], first["id"], first["call_id"])
    for searched in searches:
        type_over(page.table.search, searched)
        qtbot.waitUntil(lambda: shown(page) == [first["call_id"]], timeout=WAIT_MS)
        assert page.link.query["search"] == searched
        type_over(page.table.search, "nobody")
        qtbot.waitUntil(lambda: shown(page) == [] and page.table.empty.title == "No webhook matches", timeout=WAIT_MS)

    # "All that match" are those that are searched for, and no others.
    type_over(page.table.search, "15188")
    qtbot.waitUntil(lambda: shown(page) == [second["call_id"]], timeout=WAIT_MS)
    qtbot.waitUntil(page.all_button.isVisible, timeout=WAIT_MS)
    click(page.all_button)
    qtbot.waitUntil(lambda: "failed webhook" in page.question.text, timeout=WAIT_MS)
    assert page.question.text.startswith("1 failed webhook"), page.question.text

    # A new one comes in by its event where it matches, though the event does not tell its numbers.
    another = appliance.accepted(key, silence(0.5), caller_number="+49300")
    appliance.delivery_in_state(another, "failed")
    third = appliance.accepted(key, silence(0.5), caller_number="+4915188")
    qtbot.waitUntil(lambda: shown(page) == [third, second["call_id"]], timeout=WAIT_MS)
    page.table.search.clear()
    everything = [third, another, second["call_id"], first["call_id"]]
    qtbot.waitUntil(lambda: shown(page) == everything, timeout=WAIT_MS)
    assert "search" not in page.link.query


def test_the_webhooks_of_a_call_go_with_it_when_it_is_erased(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Erased While Shown Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}")
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [row.has_numbers for row in page.table.model.rows] == [True], timeout=WAIT_MS)
    assert appliance.admin("DELETE", f"/api/calls/{told.call_id}").status_code == 200
    qtbot.waitUntil(lambda: shown(page) == [], timeout=WAIT_MS)


def test_who_called_is_seen_no_more_over_a_webhook_whose_call_is_erased(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Erased While Read Ltd")
    page = opened(qtbot, window, f"webhook/{told.delivery['id']}")
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    assert "→" in page.title()
    assert appliance.admin("DELETE", f"/api/calls/{told.call_id}").status_code == 200
    qtbot.waitUntil(lambda: "does not exist" in page.notice.text, timeout=WAIT_MS)
    assert page.title() == "Webhook"


def test_who_comes_back_has_nothing_selected_and_is_told_whose_webhook_was_sent(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Seen & Sent")
    link = f"webhooks?customer_id={told.customer['id']}"
    page = opened(qtbot, window, link)
    qtbot.waitUntil(lambda: shown(page) == [told.call_id], timeout=WAIT_MS)
    page.table.view.selectAll()
    assert page.selected_button.isEnabled()
    opened(qtbot, window, "customers")
    opened(qtbot, window, link)
    qtbot.waitUntil(lambda: shown(page) == [told.call_id], timeout=WAIT_MS)
    assert page.bar.label.text() == "Nothing selected"
    assert not page.selected_button.isEnabled()

    page.table.view.selectAll()
    page.time.setCurrentIndex(1)
    page.time.activated.emit(1)
    assert page.bar.label.text() == "Nothing selected", "others may be shown now"
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0 and len(shown(page)) == 1, timeout=WAIT_MS)
    page.table.view.selectAll()
    click(page.selected_button)
    told.endpoint.wait_for(2)
    qtbot.waitUntil(lambda: "of Seen & Sent" in window.status_line.message, timeout=WAIT_MS)


@pytest.mark.long
def test_a_row_shows_what_came_last_and_not_what_sending_it_again_was_answered(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    """Where many are sent, the answers are shown at the end: most receivers have taken theirs by then."""
    endpoint = receiver.endpoint()
    customer = appliance.new_customer(webhook_url=endpoint.url)
    for _ in range(2):
        appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "delivered")
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 2, timeout=WAIT_MS)
    answers = [msgspec.structs.replace(one, state="pending") for one in page.table.model.rows]
    page.table.view.selectAll()
    click(page.selected_button)
    page.question._act()
    endpoint.wait_for(4)
    twice = [("delivered", 2)] * 2
    qtbot.waitUntil(lambda: [(one.state, one.attempt_count) for one in page.table.model.rows] == twice, timeout=WAIT_MS)
    page.again._done(answers, [], [])
    assert [(one.state, one.attempt_count) for one in page.table.model.rows] == twice


@pytest.fixture
def five(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver) -> Five:
    """Five webhooks, one of them of a customer whose endpoint asked for no more after it."""
    good = receiver.endpoint()
    kind = appliance.new_customer(company_name="Kind Ltd", webhook_url=good.url)
    for _ in range(4):
        appliance.delivery_in_state(appliance.accepted(kind["api_key"], silence(0.5)), "delivered")
    full = tell(appliance, receiver, "delivered", Answer(200), Answer(410), Answer(200), company="Ortega Fitness")
    appliance.admin("POST", f"/api/customers/{full.customer['id']}/test-webhook")
    page = opened(qtbot, window, "webhooks")
    ours = (kind["id"], full.customer["id"])
    qtbot.waitUntil(lambda: page.table.model.rowCount() >= 6, timeout=WAIT_MS)
    rows = [place for place, one in enumerate(page.table.model.rows) if one.customer_id in ours and not one.is_test]
    view = page.table.view
    for place in rows:
        view.selectionModel().select(view.model().index(place, 0), ROWS)
    assert len(page.table.selected()) == 5
    return Five(page, good, full)


def test_one_that_is_refused_does_not_keep_the_others_back(qtbot: QtBot, five: Five) -> None:
    page, question = five.page, five.page.question
    said: list[str] = []
    page.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    click(page.selected_button)
    question._act()  # yes, all of them once more
    qtbot.waitUntil(question.isVisible, timeout=WAIT_MS)
    assert question.text == "4 sent, 1 not: Ortega Fitness: its endpoint is disabled"
    five.good.wait_for(8)
    assert len(five.disabled.endpoint.received) == 2
    question._act()  # Enable and send
    assert five.disabled.endpoint.wait_for(3)[2].webhook_id == five.disabled.delivery["webhook_id"]
    qtbot.waitUntil(lambda: bool(said) and said[-1].startswith("1 webhook"), timeout=WAIT_MS)
    assert not question.isVisible()
    assert five.good.stays_at(8, 0.5)


@pytest.mark.long
def test_who_stops_it_is_told_how_many_were_sent_again(
    qtbot: QtBot, window: MainWindow, five: Five, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, redeliver = five.page, Deliveries.redeliver
    sent, third_has_begun, go_on = list[str](), threading.Event(), threading.Event()

    def third_waits(self: Deliveries, delivery_id: str) -> Delivery:
        sent.append(delivery_id)
        if len(sent) == 3:
            third_has_begun.set()
            go_on.wait(WAIT_MS / 1000)
        return redeliver(self, delivery_id)

    monkeypatch.setattr(Deliveries, "redeliver", third_waits)
    kind = [one for one in page.table.selected() if one.customer_id != five.disabled.customer["id"]]
    page.again.send(kind)
    qtbot.waitUntil(third_has_begun.is_set, timeout=WAIT_MS)
    window.status_line.stop_task("Sending again")
    go_on.set()
    qtbot.waitUntil(lambda: window.status_line.message == "Stopped: 3 of 4 sent again", timeout=WAIT_MS)
    five.good.wait_for(7)
    assert len(sent) == 3


@pytest.mark.long
def test_what_was_not_sent_is_told_on_its_own_page_only(qtbot: QtBot, window: MainWindow, five: Five) -> None:
    page = five.page
    click(page.selected_button)
    page.question._act()
    qtbot.waitUntil(page.question.isVisible, timeout=WAIT_MS)
    opened(qtbot, window, "system?tab=settings")
    assert window.status_line.message == ""
    opened(qtbot, window, "webhooks")
    assert not page.question.isVisible()


def test_a_webhook_that_rests_is_not_asked_for_but_told(qtbot: QtBot, window: MainWindow, gone: Told) -> None:
    page = opened(qtbot, window, f"webhooks?customer_id={gone.customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [gone.call_id], timeout=WAIT_MS)
    page.table.view.selectAll()
    click(page.selected_button)
    qtbot.waitUntil(page.question.isVisible, timeout=WAIT_MS)
    assert page.question.text == "0 sent, 1 not: Gone & Co: its endpoint is disabled"
    page.question._act()
    assert gone.endpoint.wait_for(2)[1].webhook_id == gone.delivery["webhook_id"]
    assert gone.endpoint.stays_at(2, 0.5), "enabled and sent is not sent twice"


def test_a_customer_without_an_address_has_nothing_to_enable(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Wu Ltd")
    appliance.admin("PUT", f"/api/customers/{told.customer['id']}", json={"webhook_url": None})
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [told.call_id], timeout=WAIT_MS)
    page.table.view.selectAll()
    click(page.selected_button)
    qtbot.waitUntil(page.question.isVisible, timeout=WAIT_MS)
    assert page.question.text == "0 sent, 1 not: Wu Ltd: it has no webhook address"
    assert not page.question._button.isVisible()


def test_all_that_match_are_counted_before_they_are_sent_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "delivered", Answer(200), company="Count Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}&state=delivered")
    qtbot.waitUntil(lambda: "Count Ltd" in page.customer.currentText(), timeout=WAIT_MS)
    click(page.all_button)
    qtbot.waitUntil(lambda: "1 webhook" in page.question.text, timeout=WAIT_MS)
    assert "delivered already" in page.question.text
    assert page.question._button.text() == "Send a second time"
    assert "present address of" in page.question.text
    assert "Count Ltd" in page.question.text
    assert "ids" not in page.question.text
    assert len(told.endpoint.received) == 1  # only counted until now
    page.question._act()
    told.endpoint.wait_for(2)
    qtbot.waitUntil(lambda: not page.question.isVisible(), timeout=WAIT_MS)


@pytest.mark.long
def test_what_was_counted_for_others_is_no_question_about_those_that_are_shown_now(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    receiver: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = tell(appliance, receiver, "delivered", Answer(200), company="Few Ltd")
    other = tell(appliance, receiver, "delivered", Answer(200), company="Other Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={few.customer['id']}&state=delivered")
    deliveries, may_answer, answered = page.context.appliance.deliveries, threading.Event(), threading.Event()
    count = deliveries.redeliver_many

    def slow(wanted: DeliveryFilter, *, dry_run: bool) -> Redelivered:
        may_answer.wait(60)
        try:
            return count(wanted, dry_run=dry_run)
        finally:
            answered.set()

    monkeypatch.setattr(deliveries, "redeliver_many", slow)
    click(page.all_button)
    opened(qtbot, window, f"webhooks?customer_id={other.customer['id']}&state=delivered")
    may_answer.set()
    qtbot.waitUntil(answered.is_set, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not page.question.isVisible()


@pytest.mark.long
def test_of_all_that_match_those_that_rest_with_their_endpoint_are_told(
    qtbot: QtBot, window: MainWindow, gone: Told
) -> None:
    state = gone.delivery["state"]
    page = opened(qtbot, window, f"webhooks?customer_id={gone.customer['id']}&state={state}")
    click(page.all_button)
    qtbot.waitUntil(lambda: "1 more webhook" in page.question.text, timeout=WAIT_MS)
    assert page.question.text.startswith("None of those that match can be sent again now. ")


def test_those_that_are_tried_again_by_themselves_say_so_where_they_cannot_be_sent(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    told = tell(appliance, receiver, "retrying", Answer(503, {"Retry-After": "3600"}), company="Mended Ltd")
    page = opened(qtbot, window, f"webhooks?customer_id={told.customer['id']}&state=retrying")
    qtbot.waitUntil(lambda: shown(page) == [told.call_id], timeout=WAIT_MS)
    page.table.view.selectAll()
    assert not page.selected_button.isEnabled()
    assert "It is tried again by itself, at " in page.selected_button.toolTip()
    click(page.all_button)
    qtbot.waitUntil(page.question.isVisible, timeout=WAIT_MS)
    text = page.question.text
    assert text.startswith("None of those that match can be sent again now. It is tried again by itself, at "), text
    assert text.endswith("at its customer's present address.")
    page.table.view.clearSelection()
    assert page.selected_button.toolTip() == ""


def test_a_disabled_endpoint_stands_first_and_is_enabled_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, gone: Told
) -> None:
    page = opened(qtbot, window, "webhooks?view=endpoints")
    endpoints = page.endpoints
    qtbot.waitUntil(lambda: endpoints.table.select(gone.customer["id"]), timeout=WAIT_MS)
    assert "410" in endpoints.reason.text()
    click(endpoints.selected.enable_button)
    assert gone.endpoint.wait_for(2)[1].webhook_id == gone.delivery["webhook_id"]
    qtbot.waitUntil(lambda: endpoints.table.current().state == "healthy", timeout=WAIT_MS)


def test_a_viewer_sends_nothing_again(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, gone: Told
) -> None:
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, empty_window, f"webhooks?customer_id={gone.customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 1, timeout=WAIT_MS)
    page.table.view.selectAll()
    assert not page.selected_button.isEnabled()
    assert not page.all_button.isEnabled()
    page = opened(qtbot, empty_window, f"webhook/{gone.delivery['id']}")
    assert not page.again_button.isEnabled()
    assert page.info.value("url").endswith("/****")


def test_a_webhook_that_is_not_there_is_said_to_be_none(qtbot: QtBot, window: MainWindow) -> None:
    assert "does not exist" in opened(qtbot, window, "webhook/no-such-one").notice.text


@pytest.mark.slow
def test_what_was_sent_is_read_and_sent_once_more_by_curl_and_verifies(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    fine = tell(appliance, receiver, "delivered", Answer(200), Answer(200), company="Curl & Sons' Ltd")
    page = opened(qtbot, window, f"webhook/{fine.delivery['id']}")
    qtbot.waitUntil(page.curl_button.isVisible, timeout=WAIT_MS)
    first = fine.endpoint.received[0]
    shown = page.exchange.toPlainText()
    assert f'"call_id": "{fine.call_id}"' in shown
    assert f"webhook-id: {first.headers['webhook-id']}" in shown
    click(page.json_button)
    assert QApplication.clipboard().text().encode() == first.body
    click(page.curl_button)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("curl "), timeout=WAIT_MS)
    command = shlex.split(QApplication.clipboard().text().replace("\\\n", " "))
    headers = dict(part.split(": ", 1) for flag, part in pairwise(command) if flag == "--header")
    body = command[command.index("--data-binary") + 1]
    Webhook(fine.customer["webhook_secret"]).verify(body, headers)
    assert command[-1] == fine.endpoint.url


@pytest.mark.long
def test_an_old_attempt_is_shown_and_copied_with_the_address_that_it_went_to(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    moved = tell(appliance, receiver, "delivered", Answer(200), company="Moved Ltd")
    new = receiver.endpoint(Answer(200))
    appliance.admin("PUT", f"/api/customers/{moved.customer['id']}", json={"webhook_url": new.url})
    appliance.admin("POST", f"/api/deliveries/{moved.delivery['id']}/redeliver")
    new.wait_for(1)
    page = opened(qtbot, window, f"webhook/{moved.delivery['id']}")
    qtbot.waitUntil(lambda: len(page.attempts.model.rows) == 2 and page.curl_button.isVisible(), timeout=WAIT_MS)
    for number, url in ((2, new.url), (1, moved.endpoint.url)):
        assert page.attempts.select(number)
        assert f"POST {url}\n" in page.exchange.toPlainText()
        QApplication.clipboard().clear()
        click(page.curl_button)
        qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("curl "), timeout=WAIT_MS)
        assert QApplication.clipboard().text().endswith(url)

    # Of a version before, or of a row from before its upgrade, it is not known.
    delivery = client_delivery(page)
    before = [msgspec.structs.replace(one, url=None) for one in delivery.attempts]
    page.show_object((msgspec.structs.replace(delivery, attempts=before), None))
    assert page.attempts.select(1)
    first = page.exchange.toPlainText()
    assert "POST to the address of then" in first
    assert new.url not in first
    assert page.attempts.select(2)
    assert f"POST {new.url}\n" in page.exchange.toPlainText()


def client_delivery(page: WebhookPage) -> Delivery:
    found: Delivery = page.load(page.wanted)()[0]
    return found


def test_a_delivery_without_an_address_is_grey_and_called_so(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="No Address Ltd")
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "disabled")
    page = opened(qtbot, window, f"webhook/{delivery['id']}")
    assert (page.state.text, page.state.tone) == ("no address", "calm")
    page = opened(qtbot, window, f"webhooks?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: shown(page) == [call_id], timeout=WAIT_MS)
    state = next(column for column in page.table.model.columns if column.key == "state")
    assert (state.text(page.table.model.row_at(0)), state.tone(page.table.model.row_at(0))) == ("no address", "calm")
    page = opened(qtbot, window, "webhooks?view=endpoints")
    qtbot.waitUntil(lambda: page.endpoints.table.select(customer["id"]), timeout=WAIT_MS)
    assert page.endpoints.table.current().tone == "calm"


@pytest.mark.long
def test_what_came_of_a_test_stays_until_the_next(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(
        company_name="Tested Ltd", webhook_url=receiver.endpoint(Answer(500), Answer(200)).url
    )
    page = opened(qtbot, window, "webhooks?view=endpoints")
    table = page.endpoints
    qtbot.waitUntil(lambda: table.table.select(customer["id"]), timeout=WAIT_MS)
    click(table.selected.test_button)
    qtbot.waitUntil(lambda: "answered 500" in table.reason.text(), timeout=WAIT_MS)
    assert "Test at " in table.reason.text()
    with qtbot.waitSignal(table.table.loaded, timeout=WAIT_MS):
        table.refresh()
    assert "answered 500" in table.reason.text(), "also after the list came anew"
    click(table.selected.test_button)
    qtbot.waitUntil(lambda: "It was taken." in table.reason.text(), timeout=WAIT_MS)
