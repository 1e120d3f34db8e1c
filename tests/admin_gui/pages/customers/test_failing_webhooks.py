"""A customer whose webhooks fail looks so in the list and on its page, where one looks first when it rings."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import MainWindow
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
