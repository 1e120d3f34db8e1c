"""How an endpoint fares, in the list of endpoints and on its customer's page; and its call, in the list of webhooks."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.pages.webhooks.endpoints import EndpointsTable
from admin_gui.pages.webhooks.webhooks_page import WebhooksPage
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from appliance.services.access.certificate import create_certificate
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.admin_gui.fitting import misfits
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence

NUMBERS = {"caller_number": "+4930777001", "called_number": "+4930777002"}


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[tuple[WebhookReceiver, str]]:
    """A receiver that made its own certificate, and the SHA-256 of that."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, datetime.now(UTC))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    shown = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()
    with WebhookReceiver(tls) as running:
        yield running, shown


def endpoints_of(qtbot: QtBot, window: MainWindow, customer: dict[str, Any]) -> EndpointsTable:
    """The list, on this customer's row."""
    page = opened(qtbot, window, "webhooks?view=endpoints")
    found: EndpointsTable = page.endpoints
    qtbot.waitUntil(lambda: found.table.select(customer["id"]), timeout=WAIT_MS)
    return found


def cell(table: EndpointsTable, key: str) -> str:
    column = next(one for one in table.table.model.columns if one.key == key)
    return column.text(table.table.current())


def send_a_test(appliance: TlsAppliance, customer: dict[str, Any]) -> None:
    answer = appliance.admin("POST", f"/api/customers/{customer['id']}/test-webhook")
    assert answer.status_code == 200, answer.text


def test_an_endpoint_tells_its_last_success_and_how_quickly_it_answers(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(company_name="Quick Ltd", webhook_url=receiver.endpoint(Answer(200)).url)
    appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "delivered")
    table = endpoints_of(qtbot, window, customer)
    assert cell(table, "success").endswith(" ago") or cell(table, "success") == "just now"
    assert cell(table, "since") == "–"
    assert cell(table, "median").endswith(" ms")
    assert cell(table, "slowest").endswith(" ms")

    page = opened(qtbot, window, f"customer/{customer['id']}")
    fares = page.webhook.health
    qtbot.waitUntil(fares.isVisible, timeout=WAIT_MS)
    assert "(" in fares.grid.value("success")
    assert fares.grid.value("latency").startswith("half of them within ")
    assert not fares.test_button.isVisible(), "it was never tested"


def test_since_when_an_endpoint_fails_is_told_and_why(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(company_name="Silent Ltd", webhook_url=receiver.endpoint(Answer(418)).url)
    appliance.delivery_in_state(appliance.accepted(customer["api_key"], silence(0.5)), "failed")
    table = endpoints_of(qtbot, window, customer)
    assert cell(table, "state") == "failing"
    assert cell(table, "since") != "–"
    assert cell(table, "success") == "–"
    assert "The receiver answered 418." in table.reason.text()
    page = opened(qtbot, window, f"customer/{customer['id']}")
    qtbot.waitUntil(page.webhook.health.isVisible, timeout=WAIT_MS)
    assert page.webhook.health.grid.value("success") == "never"
    assert "(" in page.webhook.health.grid.value("since")
    assert "The receiver answered 418." in page.webhook.health.grid.value("failure")


def test_a_test_is_told_by_the_appliance_also_after_a_restart_of_the_program(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint(Answer(500), Answer(200))
    customer = appliance.new_customer(company_name="Kept Ltd", webhook_url=endpoint.url)
    send_a_test(appliance, customer)  # by another program, or this one before it was closed
    table = endpoints_of(qtbot, window, customer)
    qtbot.waitUntil(lambda: "answered 500" in table.reason.text(), timeout=WAIT_MS)
    assert table.reason.text().startswith("Test at ")
    click(table.last_test_button)
    qtbot.waitUntil(lambda: str(window.page and window.page.link).startswith("webhook/"), timeout=WAIT_MS)
    shown: Any = window.page
    qtbot.waitUntil(lambda: "webhook.test" in shown.info.value("event"), timeout=WAIT_MS)

    page = opened(qtbot, window, f"customer/{customer['id']}")
    fares = page.webhook.health
    qtbot.waitUntil(lambda: fares.isVisible() and "answered 500" in fares.grid.value("test"), timeout=WAIT_MS)
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: "It was taken." in fares.grid.value("test"), timeout=WAIT_MS)
    click(fares.test_button)
    qtbot.waitUntil(lambda: str(window.page and window.page.link).startswith("webhook/"), timeout=WAIT_MS)
    # The two know of each other.
    table = endpoints_of(qtbot, window, customer)
    qtbot.waitUntil(lambda: "It was taken." in table.reason.text(), timeout=WAIT_MS)

    # Of another address it says nothing.
    moved = {"webhook_url": receiver.endpoint().url}
    assert appliance.admin("PUT", f"/api/customers/{customer['id']}", json=moved).status_code == 200
    table.refresh()
    qtbot.waitUntil(lambda: table.reason.text() == "", timeout=WAIT_MS)
    assert not table.last_test_button.isEnabled()


def test_in_the_list_of_endpoints_a_certificate_is_looked_at_and_trusted(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, untrusted: tuple[WebhookReceiver, str]
) -> None:
    receiver, fingerprint = untrusted
    customer = appliance.new_customer(company_name="Self Signed Ltd", webhook_url=receiver.endpoint().url)
    table = endpoints_of(qtbot, window, customer)
    assert not table.certificate_button.isEnabled()
    click(table.selected.test_button)
    qtbot.waitUntil(table.certificate_button.isEnabled, timeout=WAIT_MS)
    click(table.certificate_button)
    qtbot.waitUntil(lambda: "Compare it" in table.offer.text, timeout=WAIT_MS)
    assert fingerprint in table.offer.text.replace(" ", "")
    for said in ("Made out to: ", "Signed by: ", "Valid from "):
        assert said in table.offer.text
    click(table.offer._button)
    qtbot.waitUntil(lambda: "trusted from now on" in table.offer.text, timeout=WAIT_MS)
    stored = appliance.admin("GET", f"/api/customers/{customer['id']}").json()
    assert stored["webhook_fingerprint"] == fingerprint
    click(table.offer._button)  # which offers another test
    qtbot.waitUntil(lambda: "It was taken." in table.reason.text(), timeout=WAIT_MS)
    assert not table.offer.isVisible()
    qtbot.waitUntil(lambda: not table.certificate_button.isEnabled(), timeout=WAIT_MS)


def test_on_the_page_of_a_webhook_its_certificate_is_looked_at_and_trusted(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, untrusted: tuple[WebhookReceiver, str]
) -> None:
    receiver, fingerprint = untrusted
    endpoint = receiver.endpoint()
    customer = appliance.new_customer(company_name="Own Authority Ltd", webhook_url=endpoint.url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    delivery = appliance.delivery_in_state(call_id, "failed")
    page = opened(qtbot, window, f"webhook/{delivery['id']}")
    assert "is not trusted" in page.notice.text
    click(page.notice._button)
    qtbot.waitUntil(lambda: "Compare it" in page.offer.text, timeout=WAIT_MS)
    click(page.offer.leave_button)
    qtbot.waitUntil(page.notice.isVisible, timeout=WAIT_MS)  # what failed is told again
    assert not page.offer.isVisible()
    window.resize(*SMALLEST_SIZE.toTuple())
    click(page.notice._button)
    qtbot.waitUntil(lambda: "Compare it" in page.offer.text and page.offer.isVisible(), timeout=WAIT_MS)

    def all_fits() -> None:
        assert misfits(window) == []

    qtbot.waitUntil(all_fits, timeout=WAIT_MS)
    assert fingerprint in page.offer.text.replace(" ", "")
    click(page.offer._button)
    assert not page.attempts.isVisible(), "it needs their room"
    qtbot.waitUntil(lambda: "trusted from now on" in page.offer.text, timeout=WAIT_MS)
    assert page.attempts.isVisible()
    click(page.offer._button)  # which sends it again
    assert endpoint.wait_for(1)[0].webhook_id == delivery["webhook_id"]
    qtbot.waitUntil(lambda: page.state.text == "delivered" and not page.offer.isVisible(), timeout=WAIT_MS)


def test_the_call_of_a_webhook_is_seen_in_the_list_and_opened_from_it(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    customer = appliance.new_customer(company_name="Its Call Ltd", webhook_url=receiver.endpoint(Answer(200)).url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5), **NUMBERS)
    appliance.delivery_in_state(call_id, "delivered")
    send_a_test(appliance, customer)
    window.resize(1024, 640)
    link = f"webhooks?customer_id={customer['id']}"

    def the_list() -> WebhooksPage:
        page = opened(qtbot, window, link)
        assert isinstance(page, WebhooksPage)
        qtbot.waitUntil(lambda: [one.is_test for one in page.table.model.rows] == [True, False], timeout=WAIT_MS)
        return page

    page = the_list()
    model, view = page.table.model, page.table.view
    keys = [one.key for one in model.columns]
    place, call = keys.index("caller"), model.columns[keys.index("call")]
    assert [call.text(one) for one in model.rows] == ["–", call_id.split("-", maxsplit=1)[0]]
    assert not view.horizontalHeader().isSectionHidden(place), "in a small window the numbers lead to the call"
    window.resize(1600, 800)
    qtbot.waitUntil(lambda: not view.horizontalHeader().isSectionHidden(keys.index("call")), timeout=WAIT_MS)
    window.resize(1024, 640)

    view.scrollTo(model.index(1, place))
    at = view.visualRect(model.index(1, place)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert str(window.page and window.page.link) == link, "a click alone selects the row"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == f"call/{call_id}", timeout=WAIT_MS)

    page = the_list()
    page.table.select(model.identity(model.row_at(1)))
    assert [title for title, _keys, _run in page.table.row_actions()][:2] == ["Open", "Open the call"]
    QTest.keyClick(page.table.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == f"call/{call_id}", timeout=WAIT_MS)

    page = the_list()
    page.table.select(model.identity(model.row_at(0)))
    assert [title for title, _keys, _run in page.table.row_actions()][:2] == ["Open", "Copy cell"], "a test has none"
    at = view.visualRect(model.index(0, place)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: str(window.page and window.page.link).startswith("webhook/"), timeout=WAIT_MS)
