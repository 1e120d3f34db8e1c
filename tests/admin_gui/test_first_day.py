"""An administrator's first day, by mouse and keyboard: from the fingerprint to a webhook that is sent again."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.webhooks.webhook_page import WebhookPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, press, type_over
from tests.support.fake_worker import that_says
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import stereo_conversation

pytestmark = pytest.mark.slow

TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "Where is my parcel?"}]


def connect(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    page = window.connect_page
    QTest.keyClicks(page.address.address, f"127.0.0.1:{appliance.port}")
    QTest.keyClick(page.address.address, Qt.Key.Key_Return)
    qtbot.waitUntil(page.trust.isVisible, timeout=WAIT_MS)
    shown = page.trust.fingerprint.text().replace(":", "").replace(" ", "").replace("\n", "").lower()
    assert shown == appliance.fingerprint
    click(page.trust.trust_button)
    qtbot.waitUntil(page.token.isVisible, timeout=WAIT_MS)
    QTest.keyClicks(page.token.token, appliance.admin_token)
    QTest.keyClick(page.token.token, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)


def a_new_customer(qtbot: QtBot, window: MainWindow, webhook_url: str) -> CustomerPage:
    customers = opened(qtbot, window, "customers")
    qtbot.waitUntil(customers.new_button.isEnabled, timeout=WAIT_MS)
    press(qtbot, window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage) and window.page.is_new, timeout=WAIT_MS)
    page: Any = window.page
    for name, text in (
        ("company_name", "Parcels & Co"),
        ("name", "Ines"),
        ("email", "ines@parcels.example"),
        ("webhook_url", webhook_url),
    ):
        QTest.keyClicks(page.form.fields[name].editor, text)
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage) and not window.page.is_new, timeout=WAIT_MS)
    made = window.page
    assert isinstance(made, CustomerPage)
    qtbot.waitUntil(lambda: made.title() == "Parcels & Co" and made.key.isVisible(), timeout=WAIT_MS)
    return made


def test_the_first_day(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    window = empty_window
    broken, mended = receiver.endpoint(Answer(404, body=b"no such page")), receiver.endpoint()
    connect(qtbot, window, appliance)

    # A customer, and its key handed over.
    customer = a_new_customer(qtbot, window, broken.url)
    click(customer.key.key.copy_button)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("vbk_"), timeout=WAIT_MS)
    key = QApplication.clipboard().text()
    customer_link = str(customer.link)

    # Its first call, seen as it comes in and finishes.
    calls = opened(qtbot, window, f"calls?customer_id={customer.link.target}")
    assert isinstance(calls, CallsPage)
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    call_id = appliance.accepted(key, that_says(stereo_conversation(), TURNS))
    qtbot.waitUntil(
        lambda: [(one.call_id, one.state) for one in calls.table.model.rows] == [(call_id, "completed")],
        timeout=WAIT_MS,
    )
    calls.table.view.selectRow(0)
    QTest.keyClick(calls.table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, CallPage) and window.page.is_ready, timeout=WAIT_MS)
    call: Any = window.page
    assert [turn.text for turn in call.conversation.turns] == ["Where is my parcel?"]

    # Its webhook failed: why?
    click(call.webhooks_button)
    qtbot.waitUntil(lambda: len(getattr(window.page, "table", call).model.rows) == 1, timeout=WAIT_MS)
    table = window.page.table  # type: ignore[union-attr]
    table.view.selectRow(0)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, WebhookPage) and window.page.is_ready, timeout=WAIT_MS)
    webhook: Any = window.page
    qtbot.waitUntil(lambda: "404" in webhook.notice.text and "path" in webhook.notice.text, timeout=WAIT_MS)
    assert "no such page" in webhook.exchange.toPlainText()
    webhook_link = str(webhook.link)

    # The address is mended, and tested.
    click(webhook.customer_button)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == customer_link, timeout=WAIT_MS)
    customer = window.page  # type: ignore[assignment]
    qtbot.waitUntil(customer.webhook.url.isVisible, timeout=WAIT_MS)
    type_over(customer.webhook.url.editor, mended.url)
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not customer.save_button.isVisible(), timeout=WAIT_MS)
    click(customer.webhook.test_button)
    # Soon after, what failed before is offered behind it.
    qtbot.waitUntil(lambda: customer.webhook.outcome.text.startswith("It was taken."), timeout=WAIT_MS)

    # It may still be retrying by itself; either way the mended address gets the call, under its old id.
    webhook = opened(qtbot, window, webhook_link)
    qtbot.waitUntil(lambda: webhook.state.text in ("retrying", "failed", "delivered"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: webhook.again_button.isEnabled() or webhook.state.text == "delivered", timeout=3 * WAIT_MS)
    if webhook.state.text != "delivered":
        press(qtbot, window, Qt.Key.Key_R)
    mended.wait_for(2)  # the test, and the call, whichever was first
    (told,) = [one for one in mended.received if one.json["call_id"] == call_id]
    assert told.webhook_id == broken.received[0].webhook_id
    qtbot.waitUntil(lambda: webhook.state.text == "delivered", timeout=WAIT_MS)
