"""The first steps with an appliance that has no customer: by mouse and keyboard, against a real one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customers
from admin_gui.client.deliveries import Attempt
from admin_gui.client.transport.errors import ClientError, FieldProblem, Invalid, Unreachable
from admin_gui.local_storage.first_steps import FirstStepsMemory
from admin_gui.models.first_steps import FirstSteps, Step, look
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.welcome.welcome_page import WelcomePage
from admin_gui.pages.overview.overview_page import OverviewPage
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

pytestmark = pytest.mark.slow  # each has an appliance of its own, without a customer


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[TlsAppliance]:
    with TlsAppliance(tmp_path / "empty") as running:
        yield running


def connected(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, token: str | None = None) -> Any:
    window.open(appliance.connection(token), "New appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    return window.page


def unfolded(page: WelcomePage) -> list[Step]:
    return [step for step, card in page.cards.items() if card.is_unfolded]


def made_a_customer(qtbot: QtBot, page: WelcomePage) -> None:
    for name, text in (("company_name", "Parcels & Co"), ("name", "Ines"), ("email", "ines@parcels.example")):
        QTest.keyClicks(page.customer_step.form.fields[name].editor, text)
    click(page.customer_step.create_button)
    qtbot.waitUntil(lambda: Step.CUSTOMER in page.steps.done, timeout=WAIT_MS)


def test_five_steps_from_an_empty_appliance_to_a_webhook_that_is_taken(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, receiver: WebhookReceiver
) -> None:
    page = connected(qtbot, empty_window, empty)
    assert isinstance(page, WelcomePage)
    assert unfolded(page) == [Step.CUSTOMER]
    assert page.customer_step.form.fields["company_name"].editor.hasFocus()
    click(page.customer_step.create_button)  # with nothing in it: the appliance says what it misses
    qtbot.waitUntil(lambda: bool(page.customer_step.form.fields["name"].problem), timeout=WAIT_MS)
    made_a_customer(qtbot, page)
    assert unfolded(page) == [Step.KEY]

    click(page.key_step.key.copy_button)
    key = QApplication.clipboard().text()
    assert page.key_step.pill.text == "copied"
    assert unfolded(page) == [Step.LINE]
    page.line_step.lines.with_key.setChecked(True)
    click(page.line_step.lines.copy_button)
    assert key in QApplication.clipboard().text()
    assert empty.url in QApplication.clipboard().text()
    assert unfolded(page) == [Step.CALL]

    empty.accepted(key, stereo_conversation())
    qtbot.waitUntil(lambda: {Step.KEY, Step.LINE, Step.CALL} <= page.steps.done, timeout=WAIT_MS)
    assert "is analysed" in page.call_step.result.text()
    qtbot.waitUntil(lambda: unfolded(page) == [Step.WEBHOOK], timeout=WAIT_MS)

    endpoint = receiver.endpoint()
    QTest.keyClicks(page.webhook_step.url.editor, endpoint.url)
    click(page.webhook_step.test_button)
    qtbot.waitUntil(lambda: page.steps.are_done, timeout=WAIT_MS)
    assert page.webhook_step.outcome.text == "It was taken."
    assert page.notice.text.startswith("Everything works")
    assert page.leave_button.text() == "Finish", "there is nothing to continue"
    assert not page.never_button.isVisible()
    click(page.leave_button)
    assert isinstance(empty_window.page, OverviewPage)
    endpoint.wait_for(1)
    overview = opened(qtbot, empty_window, "overview")
    assert overview.setup.isHidden()


def test_what_is_typed_while_the_test_runs_stays_typed(
    qtbot: QtBot,
    empty_window: MainWindow,
    empty: TlsAppliance,
    receiver: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    test, go_on, step = Customers.test_webhook, threading.Event(), page.webhook_step

    def held(self: Customers, customer_id: int) -> Attempt:
        go_on.wait(60)
        return test(self, customer_id)

    monkeypatch.setattr(Customers, "test_webhook", held)
    endpoint = receiver.endpoint()
    step.url.editor.setText(endpoint.url)
    page._test()
    step.url.editor.setText(f"{endpoint.url}/other")
    go_on.set()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert step.url.value == f"{endpoint.url}/other"
    assert page.unsaved() is not None
    (customer,) = empty.admin("GET", "/api/customers").json()["customers"]
    assert customer["webhook_url"] == endpoint.url


@pytest.mark.long
def test_a_recording_that_was_sent_from_here_is_no_line_of_the_telephone_system(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, tmp_path: Path
) -> None:
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    recording = tmp_path / "Jürgen's call.wav"
    recording.write_bytes(silence(0.5))
    page.send_recording(recording)
    qtbot.waitUntil(lambda: Step.CALL in page.steps.done, timeout=WAIT_MS)
    assert Step.KEY in page.steps.done
    assert Step.LINE not in page.steps.done
    click(page.call_step.fold_button)
    click(page.call_step.open_button)
    assert empty_window.page is not None
    assert empty_window.page.link.page == "call"


def test_it_is_left_and_taken_up_again_where_it_was(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance
) -> None:
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    click(page.key_step.key.copy_button)
    click(page.leave_button)
    overview: Any = empty_window.page
    assert isinstance(overview, OverviewPage)
    qtbot.waitUntil(overview.setup.isVisible, timeout=WAIT_MS)
    assert "1 of 5" in overview.setup.text
    click(next(one for one in overview.setup.findChildren(QPushButton) if one.text() == "Go on"))
    qtbot.waitUntil(lambda: empty_window.page is page and page.is_ready, timeout=WAIT_MS)
    assert unfolded(page) == [Step.LINE]


def test_what_was_typed_is_found_again_by_whoever_comes_back(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, context: AppContext
) -> None:
    page = connected(qtbot, empty_window, empty)
    field = page.customer_step.form.fields["company_name"]
    QTest.keyClicks(field.editor, "Half typed")
    click(empty_window.sidebar.button("calls"))
    assert "still there later" in empty_window.status_line.message
    opened(qtbot, empty_window, "welcome")
    assert empty_window.status_line.message == "", "one is there again"
    assert field.value == "Half typed"
    empty_window.unsaved_guard.keep_drafts(context.session.connection)  # as when the token is refused
    context.session.close()
    page = connected(qtbot, empty_window, empty)
    assert page.customer_step.form.fields["company_name"].value == "Half typed"


@pytest.mark.long
def test_who_wants_no_more_of_it_finds_it_in_the_palette_alone(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, context: AppContext
) -> None:
    page = connected(qtbot, empty_window, empty)
    click(page.never_button)
    overview = opened(qtbot, empty_window, "overview")
    assert overview.setup.isHidden()
    empty_window.leave_appliance()
    assert isinstance(connected(qtbot, empty_window, empty), OverviewPage)
    next(one for one in empty_window.commands.all() if one.title.startswith("Welcome")).run()
    assert isinstance(empty_window.page, WelcomePage)
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)


@pytest.mark.long
def test_the_recovery_key_is_asked_for_once(qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance) -> None:
    page = connected(qtbot, empty_window, empty)
    assert page.recovery.isVisible()
    QTest.keyClick(page.recovery.kept_button, Qt.Key.Key_Space)
    assert page.recovery.isHidden()
    empty_window.leave_appliance()
    page = connected(qtbot, empty_window, empty)
    assert isinstance(page, WelcomePage)
    assert page.recovery.isHidden()


def test_the_recovery_key_of_another_appliance_at_this_address_says_nothing_of_this_ones(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, context: AppContext
) -> None:
    """It was set up anew there: with another key, and another certificate."""
    former = replace(empty.connection(), fingerprint="5f" * 32)
    FirstStepsMemory(context.memory, former).change(recovery_key_kept=True, put_away=True)
    (empty.data_dir / "first-boot.txt").write_text("Recovery key: VBRK1-...")
    page = connected(qtbot, empty_window, empty)
    assert isinstance(page, WelcomePage), "that it was put away was said of the other one, too"
    assert page.recovery.isVisible()
    context.session.poll_now()
    overview = opened(qtbot, empty_window, "overview")
    qtbot.waitUntil(lambda: any("recovery key" in text for text in overview.attention.texts), timeout=WAIT_MS)


@pytest.mark.long
def test_a_viewer_is_not_led(qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance) -> None:
    page = connected(qtbot, empty_window, empty, empty.viewer_token())
    assert isinstance(page, OverviewPage)
    assert page.setup.isHidden()
    command = next(one for one in empty_window.commands.all() if one.title.startswith("Welcome"))
    assert not empty_window.commands.available(command)
    welcome = opened(qtbot, empty_window, "welcome")
    assert "administrator" in welcome.notice.text
    assert not any(card.isVisible() for card in welcome.cards.values())


def test_an_appliance_with_customers_is_shown_at_once(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, context: AppContext
) -> None:
    appliance.new_customer()
    page = connected(qtbot, empty_window, appliance)
    assert isinstance(page, OverviewPage)
    assert page.setup.isHidden()
    assert FirstStepsMemory(context.memory, appliance.connection()).read() is None


def test_a_customer_whose_answer_was_lost_is_not_made_twice(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance
) -> None:
    with Between(empty) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "New appliance")
        qtbot.waitUntil(
            lambda: isinstance(empty_window.page, WelcomePage) and empty_window.page.is_ready, timeout=WAIT_MS
        )
        page = empty_window.page
        assert isinstance(page, WelcomePage)
        between.answers_to_lose = 1
        made_a_customer(qtbot, page)
        assert unfolded(page) == [Step.KEY]
        assert empty_window.status_line.message == "Parcels & Co is created"
        assert len(empty.admin("GET", "/api/customers").json()["customers"]) == 1
        empty_window.context.session.close()


def test_what_was_typed_here_and_for_a_customer_both_come_back_to_their_pages(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance
) -> None:
    token = empty.admin("POST", "/api/tokens", json={"role": "admin"}).json()
    window = empty_window
    page = connected(qtbot, window, empty, token["token"])
    made_a_customer(qtbot, page)
    page.webhook_step.url.editor.setText("https://half.example/typed")
    (customer,) = empty.admin("GET", "/api/customers").json()["customers"]
    customer_page = opened(qtbot, window, f"customer/{customer['id']}")
    customer_page.who.contact.editor.setText("Typed, too")
    empty.admin("DELETE", f"/api/tokens/{token['id']}")
    qtbot.waitUntil(lambda: window.context.session.situation.state is State.REFUSED, timeout=WAIT_MS)
    again = connected(qtbot, window, empty)
    assert isinstance(again, CustomerPage)
    assert again.who.contact.value == "Typed, too"
    again.form.discard()
    welcome = opened(qtbot, window, "welcome")
    assert welcome.webhook_step.url.value == "https://half.example/typed"
    assert welcome.unsaved() is not None
    welcome.webhook_step.form.discard()


def test_what_has_come_back_and_waits_for_its_customer_is_kept_once_more(
    qtbot: QtBot,
    empty_window: MainWindow,
    empty: TlsAppliance,
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    page.webhook_step.url.editor.setText("https://half.example/typed")
    go_on = threading.Event()

    def held(*about: Any) -> FirstSteps:
        go_on.wait(60)
        return look(*about)

    monkeypatch.setattr("admin_gui.pages.customers.welcome.welcome_page.look", held)
    empty_window.unsaved_guard.keep_drafts(context.session.connection)  # as when the token is refused
    context.session.close()
    empty_window.open(empty.connection(), "New appliance")
    qtbot.waitUntil(lambda: isinstance(empty_window.page, WelcomePage), timeout=WAIT_MS)
    waiting = empty_window.page
    assert waiting is not None
    assert waiting.unsaved() is not None, "it is lost with the connection still"
    empty_window.unsaved_guard.keep_drafts(context.session.connection)
    context.session.close()
    go_on.set()
    page = connected(qtbot, empty_window, empty)
    assert page.webhook_step.url.value == "https://half.example/typed"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unreachable("box:8443", "it does not answer"), "cannot be reached"),
        (Invalid(status=400, details=(FieldProblem("webhook_url", "leads to no receiver"),)), "leads to no receiver"),
    ],
)
def test_what_was_saved_before_its_test_failed_is_not_called_unsaved(
    qtbot: QtBot,
    empty_window: MainWindow,
    empty: TlsAppliance,
    monkeypatch: pytest.MonkeyPatch,
    error: ClientError,
    words: str,
) -> None:
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    (customer,) = empty.admin("GET", "/api/customers").json()["customers"]
    url = "https://receiver.example/calls"
    page.webhook_step.url.editor.setText(url)
    said: list[str] = []
    empty_window.context.message_requested.connect(lambda text, *_: said.append(text))

    def fails(_self: Customers, _customer_id: int) -> Attempt:
        raise error

    monkeypatch.setattr(Customers, "test_webhook", fails)
    for _ in range(2):  # the second time there is nothing to be saved
        said.clear()
        page._test()
        qtbot.waitUntil(lambda: any(words in text for text in said), timeout=WAIT_MS)
        assert not [text for text in said if "Not saved" in text]
    assert empty.admin("GET", f"/api/customers/{customer['id']}").json()["webhook_url"] == url
    assert page.unsaved() is None


def test_what_was_refused_at_first_is_said_to_be_created(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance
) -> None:
    page, line = connected(qtbot, empty_window, empty), empty_window.status_line
    QTest.keyClicks(page.customer_step.form.fields["email"].editor, "no address")
    click(page.customer_step.create_button)
    qtbot.waitUntil(lambda: line.message.startswith("Not saved"), timeout=WAIT_MS)
    page.customer_step.form.fields["email"].editor.clear()
    made_a_customer(qtbot, page)
    assert line.message == "Parcels & Co is created"


@pytest.mark.parametrize("typed", ["", "http://"])
def test_nothing_moves_while_somebody_types(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, typed: str
) -> None:
    """Both the keyboard in a field and what is typed and not saved keep the page as it is, but for the steps' words."""
    page = connected(qtbot, empty_window, empty)
    made_a_customer(qtbot, page)
    for button in (page.key_step.key.copy_button, page.line_step.lines.copy_button):
        click(button)
    key = page._customer.api_key
    qtbot.waitUntil(lambda: unfolded(page) == [Step.CALL], timeout=WAIT_MS)
    click(page.webhook_step.fold_button)
    address = page.webhook_step.url.editor
    empty_window.activateWindow()
    address.setFocus()
    qtbot.waitUntil(address.hasFocus, timeout=WAIT_MS)
    QTest.keyClicks(address, typed)
    if typed:
        page.webhook_step.open_button.setFocus()
    QApplication.processEvents()
    place = address.mapTo(empty_window, address.rect().topLeft())
    empty.accepted(key, stereo_conversation())
    qtbot.waitUntil(lambda: {Step.KEY, Step.LINE, Step.CALL} <= page.steps.done, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    QApplication.processEvents()
    assert page.call_step.pill.text == "done"
    assert address.mapTo(empty_window, address.rect().topLeft()) == place
    assert unfolded(page) == [Step.CALL, Step.WEBHOOK]
    address.clear()
    page.webhook_step.open_button.setFocus()
    page.refresh()
    qtbot.waitUntil(lambda: unfolded(page) == [Step.WEBHOOK], timeout=WAIT_MS)


def test_enter_in_a_field_does_what_its_step_is_for(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance, receiver: WebhookReceiver
) -> None:
    page, endpoint = connected(qtbot, empty_window, empty), receiver.endpoint()
    for name, text in (("company_name", "Parcels & Co"), ("name", "Ines"), ("email", "ines@parcels.example")):
        assert page.customer_step.form.fields[name].editor.placeholderText() == "required"
        QTest.keyClicks(page.customer_step.form.fields[name].editor, text)
    QTest.keyClick(page.customer_step.form.fields["email"].editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: Step.CUSTOMER in page.steps.done, timeout=WAIT_MS)
    click(page.webhook_step.fold_button)
    QTest.keyClicks(page.webhook_step.url.editor, endpoint.url)
    QTest.keyClick(page.webhook_step.url.editor, Qt.Key.Key_Enter)
    qtbot.waitUntil(lambda: page.webhook_step.outcome.text == "It was taken.", timeout=WAIT_MS)
    assert empty_window.status_line.message == "Saved"


def test_a_key_that_is_said_to_be_kept_is_asked_for_on_no_page(
    qtbot: QtBot, empty_window: MainWindow, empty: TlsAppliance
) -> None:
    """The note with it goes on lying on the appliance: that is told still, with who can remove it."""
    window, command = empty_window, "vbot backup recovery-key --kept"
    (empty.data_dir / "first-boot.txt").write_text("Recovery key: VBRK1-...")
    session = window.context.session

    def note() -> str | None:
        system = None if session.last_snapshot is None else session.last_snapshot.system
        return None if system is None else next((one.state for one in system.components if one.name == "note"), None)

    page = connected(qtbot, window, empty)
    session.poll_now()
    qtbot.waitUntil(lambda: note() == "warning", timeout=WAIT_MS)
    overview = opened(qtbot, window, "overview")
    qtbot.waitUntil(lambda: any(command in text for text in overview.attention.texts), timeout=WAIT_MS)
    page = opened(qtbot, window, "welcome")
    qtbot.waitUntil(page.recovery.note.isVisible, timeout=WAIT_MS)

    click(page.recovery.kept_button)
    assert window.status_line.message.startswith("You are not asked again")
    assert window.status_line.message.endswith(command)
    qtbot.waitUntil(lambda: note() == "known", timeout=WAIT_MS)
    overview = opened(qtbot, window, "overview")
    qtbot.waitUntil(lambda: not any("recovery key" in text for text in overview.attention.texts), timeout=WAIT_MS)
    system = opened(qtbot, window, "system?tab=status")
    qtbot.waitUntil(lambda: system.tab.parts.state("note") == "known", timeout=WAIT_MS)
    assert command in system.tab.parts.text("note")

    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: note() == "warning", timeout=WAIT_MS)
