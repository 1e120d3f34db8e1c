"""Customers: found, made, changed, let in and out, tested, deleted; by mouse and keyboard, on a real appliance."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from admin_gui.client.customers import Customer, Customers, ReceiverCertificate
from admin_gui.client.transport.errors import Conflict, FieldProblem
from admin_gui.client.transport.paging import Order
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.object_page import LOADING
from admin_gui.shell.main_window import MainWindow
from appliance.services.access.certificate import create_certificate
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, click_heading, opened, type_over
from tests.support.cases import long_but
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> CustomerPage:
    """The page of a new customer of its own."""
    customer = appliance.new_customer(company_name="Lindgren AB")
    found = opened(qtbot, window, f"customer/{customer['id']}")
    assert isinstance(found, CustomerPage)
    qtbot.waitUntil(lambda: found.title() == "Lindgren AB", timeout=WAIT_MS)
    return found


def stored(appliance: TlsAppliance, page: CustomerPage) -> dict[str, Any]:
    answer = appliance.admin("GET", f"/api/customers/{page.link.target}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_customer_is_found_by_what_is_typed_and_opened_by_enter(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    appliance.new_customer(company_name="Needle & Thread")
    table = opened(qtbot, window, "customers").table
    QTest.keyClicks(table.search, "needle &")
    qtbot.waitUntil(lambda: [one.company_name for one in table.model.rows] == ["Needle & Thread"], timeout=WAIT_MS)
    table.view.setFocus()
    table.view.selectRow(0)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: isinstance(window.page, CustomerPage) and window.page.title() == "Needle & Thread", timeout=WAIT_MS
    )


def test_the_appliance_sorts_customers_also_those_that_were_searched(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    for name in ("sorted Beta", "Sorted alpha", "sorted Gamma"):
        appliance.new_customer(company_name=name)
    table = opened(qtbot, window, "customers").table
    click_heading(table, "company")
    QTest.keyClicks(table.search, "sorted")
    expected = ["Sorted alpha", "sorted Beta", "sorted Gamma"]
    qtbot.waitUntil(lambda: [one.company_name for one in table.model.rows] == expected, timeout=WAIT_MS)
    click_heading(table, "company")
    qtbot.waitUntil(lambda: [one.company_name for one in table.model.rows] == expected[::-1], timeout=WAIT_MS)
    for column in table.model.columns:
        assert window.context.appliance.customers.everyone(Order(column.field or ""))


def test_the_table_is_narrowed_to_those_whose_webhook_is_disabled(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    gone = appliance.new_customer(company_name="Gone Ltd", webhook_url=receiver.endpoint(Answer(410)).url)
    appliance.admin("POST", f"/api/customers/{gone['id']}/test-webhook")
    page = opened(qtbot, window, "customers?state=disabled")
    assert isinstance(page, CustomersPage)
    # Other tests may have left some as well.
    qtbot.waitUntil(lambda: "Gone Ltd" in [one.company_name for one in page.table.model.rows], timeout=WAIT_MS)
    assert all(one.webhook_disabled_reason for one in page.table.model.rows)


def test_a_new_customer_is_made_with_the_keyboard(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    page = opened(qtbot, window, "customer/new")
    assert not page.key.isVisible()
    form = page.form.fields
    QTest.keyClicks(form["company_name"].editor, "Okafor Dental")
    QTest.keyClicks(form["name"].editor, "Ben Okafor")
    QTest.keyClicks(form["email"].editor, "not an address")
    click(page.save_button)
    qtbot.waitUntil(lambda: form["email"].problem != "", timeout=WAIT_MS)
    assert window.focusWidget() is form["email"].editor
    type_over(form["email"].editor, "ben@okafor.example")
    click(page.save_button)
    qtbot.waitUntil(lambda: window.page is not page or page.link.target != "new", timeout=WAIT_MS)
    made = window.page
    assert isinstance(made, CustomerPage)
    qtbot.waitUntil(lambda: made.title() == "Okafor Dental" and made.key.isVisible(), timeout=WAIT_MS)
    assert stored(appliance, made)["email"] == "ben@okafor.example"
    assert window.status_line.message == "Okafor Dental is created; its API key is on its page"


def test_what_a_new_customer_must_have_is_seen_before_and_named_when_it_is_missing(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = opened(qtbot, window, "customer/new")
    required = [page.who.company, page.who.contact, page.who.email]
    for field in required:
        assert field.editor.placeholderText() == "required"
        assert field.editor.accessibleDescription() == "required"
    assert page.webhook.url.editor.placeholderText() == ""
    QTest.keyClicks(page.webhook.url.editor, "nowhere")
    click(page.save_button)
    qtbot.waitUntil(lambda: page.who.company.problem != "", timeout=WAIT_MS)
    assert [one.problem for one in required] == [
        f"{name} must not be empty" for name in ("Company", "Contact", "E-mail")
    ]
    assert page.webhook.url.problem.startswith("Address: ")
    page.form.discard()


def test_enter_in_a_field_makes_a_new_customer_and_saves_no_other_one(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    page = opened(qtbot, window, "customer/new")
    for name, text in (("company_name", "By Enter Ltd"), ("name", "Eno"), ("email", "eno@enter.example")):
        QTest.keyClicks(page.form.fields[name].editor, text)
    QTest.keyClick(page.form.fields["email"].editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.title() == "By Enter Ltd", timeout=WAIT_MS)
    type_over(page.who.contact.editor, "Half of a na")
    QTest.keyClick(page.who.contact.editor, Qt.Key.Key_Return)
    assert not page.saving.is_under_way
    assert stored(appliance, page)["name"] == "Eno"
    page.form.discard()


def test_for_how_long_an_old_key_works_is_a_choice_for_when_there_is_a_new_one(page: CustomerPage) -> None:
    """It once read as if an old one worked at present."""
    for card, kind in ((page.key, "key"), (page.webhook, "secret")):
        said = [label.text() for label in card.rotation.findChildren(QLabel) if label.isVisible()]
        assert said == [f"When a new {kind} is made, the old one goes on working for:"]
        assert card.rotation.grace.currentText() == "1 day"


def test_what_was_changed_is_saved_and_the_rest_left_alone(
    qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance
) -> None:
    form = page.form.fields
    assert not page.save_button.isVisible()
    type_over(form["name"].editor, "Astrid")
    form["recordings_days"].editor.setValue(14)  # type: ignore[union-attr]
    assert page.form.changes() == {"name": "Astrid", "retention_days": 14}
    appliance.admin("PUT", f"/api/customers/{page.link.target}", json={"email": "other@lindgren.example"})
    qtbot.waitUntil(lambda: "changed elsewhere" in page.notice.text, timeout=WAIT_MS)
    assert form["name"].value == "Astrid"  # what was typed is still there
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    now = stored(appliance, page)
    assert (now["name"], now["retention_days"], now["email"]) == ("Astrid", 14, "other@lindgren.example")


@pytest.fixture
def double_clicks() -> Iterator[Callable[[int], None]]:
    """Sets how long a second click may take, in milliseconds."""
    former = QApplication.doubleClickInterval()
    yield QApplication.setDoubleClickInterval
    QApplication.setDoubleClickInterval(former)


def settle() -> None:
    """A button that comes has the header laid out anew, and that the page."""
    for _ in range(10):
        QApplication.processEvents()


@pytest.mark.parametrize("width", long_but([1024], [1024, 1280]))
def test_a_second_click_on_save_hits_nothing(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, double_clicks: Callable[[int], None], width: int
) -> None:
    double_clicks(600_000)
    window.resize(width, 800)
    type_over(page.webhook.url.editor, "https://example.org/other")
    settle()
    stay = (page.delete_button, page.calls_button)
    assert page.calls_button.isVisible(), "who edits finds the ways to its calls and webhooks still"
    places = {button: button.mapTo(window, button.rect().center()) for button in (page.save_button, *stay)}
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    settle()
    assert {one: one.mapTo(window, one.rect().center()) for one in stay} == {one: places[one] for one in stay}
    assert not isinstance(window.childAt(places[page.save_button]), QAbstractButton)


def test_in_a_narrow_window_the_ways_are_back_once_no_second_click_can_come(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, double_clicks: Callable[[int], None]
) -> None:
    window.resize(window.minimumSize())
    QApplication.processEvents()
    double_clicks(0)
    type_over(page.webhook.url.editor, "https://example.org/other")
    assert not page.calls_button.isVisible()
    click(page.discard_button)
    qtbot.waitUntil(lambda: page.calls_button.isVisible() and page.webhooks_button.isVisible(), timeout=WAIT_MS)


@pytest.mark.long
def test_scrolling_the_page_changes_no_number_beneath_the_pointer(
    qtbot: QtBot, window: MainWindow, page: CustomerPage
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    number = page.form.fields["rate_limit_per_minute"].editor
    assert isinstance(number, QSpinBox)
    number.setValue(40)
    page.who.company.editor.setFocus()

    def turn() -> None:
        at = QPointF(number.rect().center())
        no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        down = QPoint(0, -120)
        wheel = QWheelEvent(at, at, QPoint(), down, no_button, no_key, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(number, wheel)

    turn()
    assert number.value() == 40
    number.setFocus()
    turn()
    assert number.value() == 39


@pytest.mark.long
def test_discarding_brings_back_what_the_appliance_has(page: CustomerPage) -> None:
    field = page.form.fields["company_name"]
    type_over(field.editor, "Typo")
    click(page.discard_button)
    assert field.value == "Lindgren AB"
    assert not page.discard_button.isVisible()


def test_the_key_is_masked_revealed_copied_and_replaced(
    qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance
) -> None:
    key = stored(appliance, page)["api_key"]
    assert key not in page.key.key.shown
    click(page.key.key.reveal_button)
    qtbot.waitUntil(lambda: page.key.key.shown == key, timeout=WAIT_MS)
    click(page.key.key.copy_button)
    assert QApplication.clipboard().text() == key

    page.key.grace.setCurrentIndex(1)
    click(page.key.rotate_button)
    click(page.key.rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: stored(appliance, page)["api_key"] != key, timeout=WAIT_MS)
    new = stored(appliance, page)["api_key"]
    qtbot.waitUntil(lambda: page.key.key.copy() is None and QApplication.clipboard().text() == new, timeout=WAIT_MS)
    for works in (key, new):  # the old one for an hour more
        assert appliance.request("GET", "/api/calls", key=works).status_code == 200


@pytest.mark.parametrize(("grace", "says"), [(0, "alone|at once"), (2, "until ")], ids=["at once", "in a day"])
@pytest.mark.parametrize(
    ("card", "field"), long_but([("webhook", "webhook_secret")], [("key", "api_key"), ("webhook", "webhook_secret")])
)
def test_a_new_one_is_asked_about_and_when_the_old_one_stops_is_said(
    qtbot: QtBot,
    window: MainWindow,
    page: CustomerPage,
    appliance: TlsAppliance,
    card: str,
    field: str,
    grace: int,
    says: str,
) -> None:
    window.resize(1024, 640)
    rotation = getattr(page, card).rotation
    before = stored(appliance, page)[field]
    rotation.grace.setCurrentIndex(grace)
    page.area.ensureWidgetVisible(rotation.button)
    click(rotation.button)
    assert rotation.confirm.isVisible()
    assert re.search(says, rotation.confirm.accessibleName())
    qtbot.waitUntil(lambda: rotation.confirm.visibleRegion().boundingRect() == rotation.confirm.rect(), timeout=WAIT_MS)
    click(rotation.confirm.no_button)
    assert not rotation.confirm.isVisible()
    assert stored(appliance, page)[field] == before

    click(rotation.button)
    click(rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: stored(appliance, page)[field] != before, timeout=WAIT_MS)
    if field == "api_key":
        works = 200 if grace else 401
        assert appliance.request("GET", "/api/calls", key=before).status_code == works


@pytest.mark.long
def test_a_question_about_one_customers_key_is_gone_with_the_customer(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    other = appliance.new_customer(company_name="Another Ltd")
    click(page.key.rotate_button)
    assert page.key.rotation.confirm.isVisible()
    opened(qtbot, window, f"customer/{other['id']}")
    assert not page.key.rotation.confirm.isVisible()


def test_a_test_shows_the_exchange_and_what_to_do(qtbot: QtBot, page: CustomerPage, receiver: WebhookReceiver) -> None:
    endpoint = receiver.endpoint(Answer(404, body=b"no such hook"), Answer(200))
    type_over(page.webhook.url.editor, endpoint.url)
    click(page.webhook.test_button)
    assert endpoint.received == []  # the new address is not saved yet
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: "404" in page.webhook.outcome.text, timeout=WAIT_MS)
    assert "path" in page.webhook.outcome.text
    assert page.webhook.exchange.value("reply") == "no such hook"
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: page.webhook.outcome.text == "It was taken.", timeout=WAIT_MS)


@pytest.mark.long
def test_in_a_small_window_what_came_of_a_test_is_scrolled_into_sight(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, receiver: WebhookReceiver
) -> None:
    window.resize(1024, 640)
    type_over(page.webhook.url.editor, receiver.endpoint().url)
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    page.area.verticalScrollBar().setValue(0)
    click(page.webhook.test_button)
    outcome = page.webhook.outcome
    qtbot.waitUntil(
        lambda: outcome.isVisible() and outcome.visibleRegion().boundingRect() == outcome.rect(), timeout=WAIT_MS
    )


def test_in_a_small_window_a_customer_is_named_also_while_something_is_to_be_saved(
    qtbot: QtBot, window: MainWindow, page: CustomerPage
) -> None:
    window.resize(780, 640)
    qtbot.waitUntil(page.calls_button.isVisible, timeout=WAIT_MS)
    type_over(page.webhook.url.editor, "https://example.org/other")
    assert page.save_button.isVisible()
    assert not page.calls_button.isVisible()
    click(page.discard_button)
    qtbot.waitUntil(page.calls_button.isVisible, timeout=WAIT_MS)


def test_plain_http_to_the_world_is_shown_in_red_as_it_is_typed(page: CustomerPage) -> None:
    type_over(page.webhook.url.editor, "http://crm.example.com/hook")
    assert page.webhook.url.warning.startswith("Plain HTTP")
    type_over(page.webhook.url.editor, "https://crm.example.com/hook")
    assert page.webhook.url.warning == ""


def test_a_disabled_endpoint_says_why_and_is_enabled_again(
    qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    url = receiver.endpoint(Answer(410), Answer(200)).url
    appliance.admin("PUT", f"/api/customers/{page.link.target}", json={"webhook_url": url})
    appliance.admin("POST", f"/api/customers/{page.link.target}/test-webhook")
    qtbot.waitUntil(lambda: "410" in page.notice.text, timeout=WAIT_MS)
    page.notice._act()
    qtbot.waitUntil(lambda: stored(appliance, page)["webhook_disabled_reason"] is None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not page.notice.isVisible(), timeout=WAIT_MS)


def test_deactivating_can_be_taken_back(
    qtbot: QtBot, page: CustomerPage, window: MainWindow, appliance: TlsAppliance
) -> None:
    undos: list[Any] = []
    kinds: list[str] = []
    page.context.message_requested.connect(lambda _text, kind, undo: (kinds.append(kind), undos.append(undo)))
    click(page.active_button)
    assert page.deactivation.isVisible()
    click(page.deactivation.no_button)
    assert not page.deactivation.isVisible()
    assert stored(appliance, page)["is_active"], "it was only asked"
    click(page.active_button)
    click(page.deactivation.yes_button)
    qtbot.waitUntil(lambda: not stored(appliance, page)["is_active"] and bool(undos), timeout=WAIT_MS)
    assert "inactive" in page.notice.text
    assert kinds[-1] != "good", "no call of its comes in any more"
    undos[-1]()
    qtbot.waitUntil(lambda: stored(appliance, page)["is_active"], timeout=WAIT_MS)


@pytest.mark.long
def test_an_answer_from_before_a_change_is_not_painted_over_it(
    qtbot: QtBot, page: CustomerPage, window: MainWindow, appliance: TlsAppliance
) -> None:
    """The page was being refreshed when the button was pressed; its answer comes last, and tells what was."""
    number, answered = page.link.target or "", threading.Event()
    before = page.context.appliance.customers.one(int(number))

    def slow() -> Customer:
        answered.wait(30)
        return before

    page.context.calls.start(page, slow, lambda found: page.came(number, found), latest=LOADING)
    said: list[str] = []
    page.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    click(page.active_button)
    click(page.deactivation.yes_button)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    answered.set()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert "inactive" in page.notice.text
    assert page.active_button.text() == "Activate"


def test_deleting_asks_for_the_name_and_goes_back_to_the_table(
    qtbot: QtBot, page: CustomerPage, window: MainWindow, appliance: TlsAppliance
) -> None:
    click(page.delete_button)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    assert page.isAncestorOf(page.confirm), "it goes with the page"
    assert not page.confirm.yes_button.isEnabled()
    QTest.keyClick(page.confirm.word_field, Qt.Key.Key_Escape)
    assert not page.confirm.isVisible()

    click(page.delete_button)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    QTest.keyClicks(page.confirm.word_field, "Lindgren AB")
    click(page.confirm.yes_button)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomersPage), timeout=WAIT_MS)
    assert appliance.admin("GET", f"/api/customers/{page.link.target}").status_code == 404


def test_a_customer_that_is_not_there_is_said_to_be_none(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "customer/99999999")
    assert "does not exist" in page.notice.text


def test_the_snippets_hold_the_key_only_when_asked(qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance) -> None:
    key = stored(appliance, page)["api_key"]
    assert key not in page.connect_card.lines.shown
    page.connect_card.lines.with_key.setChecked(True)
    qtbot.waitUntil(lambda: key in page.connect_card.lines.shown, timeout=WAIT_MS)
    assert page.connect_card.lines.with_key.isChecked()
    assert appliance.url in page.connect_card.lines.shown


def test_another_customer_is_read_from_the_top(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    bar, other = page.area.verticalScrollBar(), appliance.new_customer(company_name="Next Ltd")
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=WAIT_MS)
    bar.setValue(bar.maximum())
    window.context.go(f"customer/{other['id']}")
    qtbot.waitUntil(lambda: page.title() == "Next Ltd", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert bar.value() == 0


def test_a_viewer_sees_and_changes_nothing(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> None:
    customer = appliance.new_customer(company_name="Seen Ltd")
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    qtbot.waitUntil(lambda: page.title() == "Seen Ltd", timeout=WAIT_MS)
    assert page.key.key.shown.startswith("****")
    editor = page.form.fields["name"].editor
    assert isinstance(editor, QLineEdit)
    assert editor.isReadOnly()
    for button in (page.key.rotate_button, page.webhook.test_button, page.active_button, page.delete_button):
        assert not button.isEnabled()
    assert not page.key.grace.isEnabled()
    assert not page.connect_card.lines.with_key.isVisible()


def test_saving_has_a_key(page: CustomerPage) -> None:
    keys = {command.title: command.keys for command in page.commands()}
    assert QKeySequence(keys["Save the customer"]) == QKeySequence(QKeySequence.StandardKey.Save)


def test_names_that_come_up_in_its_calls_are_set_one_on_each_line(
    qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance
) -> None:
    field = page.form.fields["vocabulary"]
    assert isinstance(field.editor, QPlainTextEdit)
    field.editor.setPlainText(f"Kowalczyk\n{'x' * 41}")
    click(page.save_button)
    told = "Names and products: entry 2 must have at most 40 characters"
    qtbot.waitUntil(lambda: field.problem == told, timeout=WAIT_MS)

    field.editor.setPlainText("Kowalczyk\n\n Velodyne")
    click(page.save_button)
    qtbot.waitUntil(lambda: stored(appliance, page)["vocabulary"] == ["Kowalczyk", "Velodyne"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: field.value == "Kowalczyk\nVelodyne", timeout=WAIT_MS)
    assert page.unsaved() is None


def test_whose_moods_are_computed_is_chosen_and_the_appliances_word_is_told(
    qtbot: QtBot, page: CustomerPage, appliance: TlsAppliance
) -> None:
    field = page.form.fields["sentiment_of"]
    assert isinstance(field.editor, QComboBox)
    assert field.value is None
    qtbot.waitUntil(lambda: field.editor.currentText() == "default: the outside party's", timeout=WAIT_MS)
    field.editor.setCurrentIndex(field.editor.findData("none"))
    click(page.save_button)
    qtbot.waitUntil(lambda: stored(appliance, page)["sentiment_of"] == "none", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.unsaved() is None, timeout=WAIT_MS)


def test_a_certificate_that_nobody_vouches_for_is_fetched_compared_and_trusted(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, datetime.now(UTC))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    # The authority's lies behind it in the file: `ssl` would now and then take both for one.
    shown = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()
    with WebhookReceiver(tls) as receiver:
        endpoint = receiver.endpoint()
        customer = appliance.new_customer(company_name="Own Certificate Ltd", webhook_url=endpoint.url)
        page = opened(qtbot, window, f"customer/{customer['id']}")
        outcome = page.webhook.outcome
        click(page.webhook.test_button)
        qtbot.waitUntil(lambda: "is not trusted" in outcome.text, timeout=WAIT_MS)
        click(outcome._button)  # which offers to look at it
        qtbot.waitUntil(lambda: "Compare it" in outcome.text, timeout=WAIT_MS)
        assert shown in outcome.text.replace(" ", "")
        assert endpoint.received == [], "it was only looked at"
        assert not page.form.changes(), "nothing is trusted by looking"
        click(outcome._button)
        assert page.form.changes() == {"webhook_fingerprint": shown}
        assert window.focusWidget() is page.webhook.fingerprint.editor
        page.save()
        qtbot.waitUntil(lambda: not page.form.changes(), timeout=WAIT_MS)
        click(page.webhook.test_button)
        qtbot.waitUntil(lambda: outcome.text == "It was taken.", timeout=WAIT_MS)
        click(page.webhook.certificate_button)
        qtbot.waitUntil(lambda: "entered below" in outcome.text, timeout=WAIT_MS)


def test_a_new_key_says_until_when_the_old_one_works(qtbot: QtBot, window: MainWindow, page: CustomerPage) -> None:
    click(page.key.rotate_button)
    click(page.key.rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: "the old one works until" in window.status_line.message, timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("card", "field"), long_but([("key", "api_key")], [("key", "api_key"), ("webhook", "webhook_secret")])
)
def test_a_second_new_one_too_soon_is_refused_in_words_with_the_way_out(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance, card: str, field: str
) -> None:
    """The first of the two promised that the old one goes on working: it would have stopped at once."""
    rotation, first = getattr(page, card).rotation, stored(appliance, page)[field]
    click(rotation.button)
    click(rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: stored(appliance, page)[field] != first, timeout=WAIT_MS)
    second = stored(appliance, page)[field]
    click(rotation.button)
    click(rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: "Nothing was replaced" in window.status_line.message, timeout=WAIT_MS)
    assert "or choose “not at all, it stops at once”" in window.status_line.message
    assert "grace_seconds" not in window.status_line.message
    assert stored(appliance, page)[field] == second

    rotation.grace.setCurrentIndex(0)
    click(rotation.button)
    click(rotation.confirm.yes_button)
    qtbot.waitUntil(lambda: stored(appliance, page)[field] != second, timeout=WAIT_MS)


def save_address(qtbot: QtBot, page: CustomerPage, url: str) -> None:
    type_over(page.webhook.url.editor, url)
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.form.changes() and not page.saving.is_under_way, timeout=WAIT_MS)


@pytest.mark.long
def test_what_failed_before_is_sent_from_beside_the_new_address(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    wrong, right = receiver.endpoint(Answer(418)), receiver.endpoint(Answer(200))
    customer = appliance.new_customer(company_name="Late Ltd", webhook_url=wrong.url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    appliance.delivery_in_state(call_id, "failed")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    save_address(qtbot, page, right.url)
    qtbot.waitUntil(lambda: "of this customer failed" in page.webhook.outcome.text, timeout=WAIT_MS)
    click(page.webhook.test_button)
    qtbot.waitUntil(lambda: page.webhook.outcome.text.startswith("It was taken. 1 webhook"), timeout=WAIT_MS)
    assert page.webhook.outcome.tone == "good", "what was taken is told under no warning sign"
    page.webhook.outcome._act()
    right.wait_for(2)
    assert appliance.delivery_in_state(call_id, "delivered")["url"] == right.url
    assert not page.webhook.outcome.isVisible()


def test_a_certificate_is_offered_for_the_address_alone_that_showed_it(
    qtbot: QtBot, page: CustomerPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint, outcome = "5a" * 32, page.webhook.outcome
    shown = ReceiverCertificate(
        fingerprint_sha256=fingerprint,
        subject="CN=pbx.office",
        issuer="CN=pbx.office",
        not_before=datetime(2026, 1, 2, tzinfo=UTC),
        not_after=datetime(2036, 1, 2, tzinfo=UTC),
    )
    monkeypatch.setattr(Customers, "webhook_certificate", lambda *_: shown)
    save_address(qtbot, page, "https://old.example/hook")
    click(page.webhook.certificate_button)
    qtbot.waitUntil(lambda: "Compare it" in outcome.text and outcome.isVisible(), timeout=WAIT_MS)
    assert "5a5a 5a5a" in outcome.text
    assert "Made out to: CN=pbx.office · Signed by itself" in outcome.text
    assert "Valid from " in outcome.text
    type_over(page.webhook.url.editor, "https://new.example/hook")
    assert not outcome.isVisible(), "saved with the new address it would be trusted there"
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.form.changes(), timeout=WAIT_MS)
    assert not outcome.isVisible()


def test_why_no_certificate_was_seen_is_told_in_plain_words(
    qtbot: QtBot, page: CustomerPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unseen(_client: Customers, _number: int) -> ReceiverCertificate:
        problem = FieldProblem("webhook_url", "name not known: no-such-machine.invalid")
        raise Conflict("Conflict", status=409, details=(problem,))

    monkeypatch.setattr(Customers, "webhook_certificate", unseen)
    save_address(qtbot, page, "https://no-such-machine.invalid/hook")
    click(page.webhook.certificate_button)
    told = "No machine of that name is known. Look for a typing error, and at the appliance's DNS server."
    qtbot.waitUntil(lambda: page.webhook.outcome.text == told, timeout=WAIT_MS)


@pytest.mark.parametrize("is_saved", [False, True], ids=["typed", "saved"])
def test_an_answer_about_the_former_address_is_not_shown(
    qtbot: QtBot, page: CustomerPage, monkeypatch: pytest.MonkeyPatch, is_saved: bool
) -> None:
    moved, asked = threading.Event(), []

    def late(_client: Customers, number: int) -> ReceiverCertificate:
        asked.append(number)
        assert len(asked) > 1 or moved.wait(WAIT_MS / 1000)
        return ReceiverCertificate(fingerprint_sha256=f"{len(asked)}a" * 32)

    monkeypatch.setattr(Customers, "webhook_certificate", late)
    save_address(qtbot, page, "https://old.example/hook")
    click(page.webhook.certificate_button)
    qtbot.waitUntil(lambda: bool(asked), timeout=WAIT_MS)
    if is_saved:
        save_address(qtbot, page, "https://new.example/hook")
    else:
        type_over(page.webhook.url.editor, "https://new.example/hook")
    moved.set()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not page.webhook.outcome.isVisible()
    if is_saved:
        click(page.webhook.certificate_button)
        qtbot.waitUntil(lambda: "2a2a" in page.webhook.outcome.text, timeout=WAIT_MS)
