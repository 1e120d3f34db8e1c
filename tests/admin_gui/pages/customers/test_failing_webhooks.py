"""A customer whose webhooks fail looks so in the list and on its page, where one looks first when it rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.deliveries import Attempt
from admin_gui.client.events import Event
from admin_gui.client.stats import DeliveryCounts
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence


def test_webhooks_that_fail_are_told_on_the_page_and_in_the_list(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    wrong, right = receiver.endpoint(Answer(418)), receiver.endpoint(Answer(200))
    customer = appliance.new_customer(company_name="Deaf Ltd", webhook_url=wrong.url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "failed")

    page: CustomersPage = opened(qtbot, window, "customers")
    column = next(one for one in page.table.model.columns if one.key == "webhook")
    assert column.tone is not None
    row = next(one for one in page.table.model.rows if one.id == customer["id"])
    qtbot.waitUntil(lambda: (column.text(row), column.tone(row)) == ("failing", "warn"), timeout=WAIT_MS)

    page_of_it = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: "1 failed" in page_of_it.notice.text, timeout=WAIT_MS)
    assert page_of_it.notice.isVisible()
    click(page_of_it.notice._button)
    qtbot.waitUntil(lambda: isinstance(window.page, WebhooksPage) and window.page.is_ready, timeout=WAIT_MS)
    assert isinstance(window.page, WebhooksPage)
    assert [one.id for one in window.page.table.model.rows] == [delivery["id"]]

    opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(page_of_it.notice.isVisible, timeout=WAIT_MS)
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"webhook_url": right.url})
    appliance.admin("POST", f"/api/deliveries/{delivery['id']}/redeliver")
    right.wait_for(1)
    qtbot.waitUntil(lambda: not page_of_it.notice.isVisible(), timeout=WAIT_MS)


@pytest.mark.long
def test_the_list_follows_the_events_of_an_endpoint(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint(Answer(418))
    customer = appliance.new_customer(company_name="Live Ltd", webhook_url=endpoint.url)
    page: CustomersPage = opened(qtbot, window, "customers")
    column = next(one for one in page.table.model.columns if one.key == "webhook")
    row = next(one for one in page.table.model.rows if one.id == customer["id"])
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert column.text(row) == "set"
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "failed")
    qtbot.waitUntil(lambda: column.text(row) == "failing", timeout=WAIT_MS)
    endpoint.answers[:] = [Answer(200)]
    appliance.admin("POST", f"/api/deliveries/{delivery['id']}/redeliver")
    qtbot.waitUntil(lambda: column.text(row) == "set", timeout=WAIT_MS)


def test_a_test_that_was_taken_says_so_where_the_page_says_that_they_fail(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    wrong, right = receiver.endpoint(Answer(418)), receiver.endpoint(Answer(200), Answer(418))
    customer = appliance.new_customer(company_name="Heard Ltd", webhook_url=wrong.url)
    appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "failed")
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"webhook_url": right.url})
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its webhooks are failing"), timeout=WAIT_MS)
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its address took the test."), timeout=WAIT_MS)
    assert "1 failed" in page.notice.text
    assert page.notice.tone == "calm"
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its webhooks are failing"), timeout=WAIT_MS)


def test_an_endpoint_that_fails_for_days_is_told_though_the_last_day_had_nothing_for_it(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(company_name="Since Tuesday Ltd", webhook_url=receiver.endpoint(Answer(418)).url)
    appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "failed")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its webhooks are failing"), timeout=WAIT_MS)
    page.standing.take(DeliveryCounts())  # a day later
    assert page.notice.text.startswith("Its webhooks are failing: nothing was taken since ")
    assert page.notice.tone == "warn"


@pytest.mark.slow
def test_what_is_told_in_the_second_of_a_taken_test_came_after_it_and_what_is_listed_may_have_come_before(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    """Moments are told in whole seconds."""
    endpoint = receiver.endpoint(Answer(418))
    customer = appliance.new_customer(company_name="Same Second Ltd", webhook_url=endpoint.url)
    delivery = appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "failed")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its webhooks are failing"), timeout=WAIT_MS)
    attempt = delivery["attempts"][-1]
    page.standing.heed_test(Attempt(at=datetime.fromisoformat(attempt["at"]), status=200))
    assert page.notice.text.startswith("Its address took the test.")
    page.standing.ask()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert page.notice.text.startswith("Its address took the test.")
    told = {**{name: delivery[name] for name in ("id", "call_id", "event", "state")}, "customer_id": customer["id"]}
    window.context.session.events.emit([Event(id="1", kind="delivery", data={**told, "last_attempt": attempt})])
    qtbot.waitUntil(lambda: page.notice.text.startswith("Its webhooks are failing"), timeout=WAIT_MS)
    assert page.notice.tone == "warn"


def test_what_failed_of_an_erased_call_is_told_apart_from_what_is_listed(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    wrong = receiver.endpoint(*[Answer(418)] * 5)
    customer = appliance.new_customer(company_name="Erased Ltd", webhook_url=wrong.url)
    calls = [appliance.accepted(customer["api_key"], silence(seconds)) for seconds in (0.5, 0.6)]
    for call_id in calls:
        appliance.delivery_in_state(call_id, "failed")
    assert appliance.admin("DELETE", f"/api/calls/{calls[0]}").status_code in (200, 204)
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: "2 failed" in page.notice.text, timeout=WAIT_MS)
    assert "1 of those that failed belong" in page.notice.text
    page.confirm.ask_about(page.customer)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    told = " ".join(label.text() for label in page.confirm.findChildren(PlainLabel))
    assert "It has sent 2 call" in told
    assert "what is not erased yet of" in told


@pytest.mark.slow
def test_what_fails_after_a_test_was_taken_is_a_warning_also_to_who_looked_elsewhere(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint(Answer(418))
    customer = appliance.new_customer(company_name="Relapsed Ltd", webhook_url=endpoint.url)
    ended: list[str] = []  # the calls whose webhooks have failed, as far as the window has heard

    def hear(events: list[Event]) -> None:
        found = (event.delivery for event in events)
        ended.extend(one.call_id for one in found if one is not None and one.state == "failed")

    window.context.session.events.connect(hear)

    def fails(seconds: float) -> None:
        call_id = appliance.accepted(customer["api_key"], silence(seconds))
        qtbot.waitUntil(lambda: call_id in ended, timeout=WAIT_MS)

    def takes_a_test() -> None:
        endpoint.answers[:] = [Answer(200)]
        click(page.webhook.test_button)
        qtbot.waitUntil(lambda: page.notice.text.startswith("Its address took the test."), timeout=WAIT_MS)
        endpoint.answers[:] = [Answer(418)]

    def is_warned_of() -> bool:
        return bool(page.notice.text.startswith("Its webhooks are failing") and page.notice.tone == "warn")

    page = opened(qtbot, window, f"customer/{customer['id']}")
    fails(0.5)
    qtbot.waitUntil(is_warned_of, timeout=WAIT_MS)
    takes_a_test()
    fails(0.6)
    qtbot.waitUntil(is_warned_of, timeout=WAIT_MS)
    takes_a_test()
    taken_at = page.standing._taken_at
    # What is listed is told apart by its moment, and moments are told in whole seconds.
    qtbot.waitUntil(lambda: datetime.now(UTC) >= taken_at + timedelta(seconds=1), timeout=WAIT_MS)
    opened(qtbot, window, "calls")
    fails(0.7)
    opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(is_warned_of, timeout=WAIT_MS)


def test_a_refused_test_is_none_of_those_that_failed_and_are_erased(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    wrong = receiver.endpoint(Answer(418))
    customer = appliance.new_customer(company_name="Erased And Tested Ltd", webhook_url=wrong.url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    appliance.delivery_in_state(call_id, "failed")
    assert appliance.admin("DELETE", f"/api/calls/{call_id}").status_code in (200, 204)
    assert appliance.admin("POST", f"/api/customers/{customer['id']}/test-webhook").json()["status"] == 418
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: "1 failed" in page.notice.text, timeout=WAIT_MS)
    assert "1 of those that failed belong" in page.notice.text
