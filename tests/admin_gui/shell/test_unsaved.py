"""What was typed is not lost without a question, whichever way one leaves it; and is never asked about in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.pages.customers.customers_page import CustomersPage
from admin_gui.pages.system.system_page import SystemPage
from admin_gui.pages.system.tokens import TokensTab
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, press, type_over
from tests.support.cases import long_but
from tests.support.receiver import WebhookReceiver

TYPED = "Typed and not saved"


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> CustomerPage:
    """Somebody has typed a name into the page of a customer of its own."""
    customer = appliance.new_customer(company_name="Lindqvist AB", name="Astrid")
    opened(qtbot, window, "customers")
    found = opened(qtbot, window, f"customer/{customer['id']}")
    assert isinstance(found, CustomerPage)
    type_over(found.who.contact.editor, TYPED)
    return found


def stored(appliance: TlsAppliance, page: CustomerPage, number: str | None = None) -> dict[str, Any]:
    answer = appliance.admin("GET", f"/api/customers/{number or page.link.target}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_sidebar(_qtbot: QtBot, window: MainWindow) -> None:
    click(window.sidebar.button("calls"))


def by_key(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_3)


def back(_qtbot: QtBot, window: MainWindow) -> None:
    window.header.back_button.click()


def by_palette(_qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "go calls")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)


def to_its_calls(_qtbot: QtBot, window: MainWindow) -> None:
    window.page.calls_button.click()  # type: ignore[union-attr]


def disconnecting(_qtbot: QtBot, window: MainWindow) -> None:
    window.disconnect_button.click()


def closing(_qtbot: QtBot, window: MainWindow) -> None:
    window.close()


def quitting(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Q)


# Each of them is tried in every run, and each with all that can be answered in a long one.
WAYS = (by_sidebar, by_key, back, by_palette, to_its_calls, disconnecting, closing, quitting)
Way = Callable[[QtBot, MainWindow], None]


def has_left(window: MainWindow, page: CustomerPage) -> bool:
    return window.page is not page or not window.isVisible()


@pytest.mark.parametrize("way", long_but([by_sidebar, back, closing], WAYS))
def test_it_is_asked_and_whoever_does_nothing_stays(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance, way: Way
) -> None:
    bar = window.unsaved_guard.bar
    way(qtbot, window)
    assert bar.isVisible()
    assert bar.text.startswith("Lindqvist AB has 1 unsaved change")
    assert not has_left(window, page)
    assert window.sidebar.button("customers").isChecked()
    assert window.focusWidget() is bar.stay_button
    QTest.keyClick(bar.stay_button, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert not has_left(window, page)
    assert page.who.contact.value == TYPED
    assert window.focusWidget() is page.who.company.editor
    assert stored(appliance, page)["name"] == "Astrid"


@pytest.mark.parametrize("way", long_but([by_palette, disconnecting], WAYS))
def test_what_is_discarded_is_gone_and_one_goes_on(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance, way: Way
) -> None:
    number = page.link.target
    way(qtbot, window)
    assert window.unsaved_guard.bar.isVisible()
    QTest.keyClick(window.unsaved_guard.bar.stay_button, Qt.Key.Key_Backtab)
    QTest.keyClick(window.unsaved_guard.bar.discard_button, Qt.Key.Key_Space)
    assert has_left(window, page)
    assert not window.unsaved_guard.bar.isVisible()
    assert stored(appliance, page, number)["name"] == "Astrid"


@pytest.mark.parametrize("way", long_but([by_key, to_its_calls, quitting], WAYS))
def test_what_is_saved_is_saved_before_one_goes_on(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance, way: Way
) -> None:
    number = page.link.target
    way(qtbot, window)
    assert window.unsaved_guard.bar.isVisible()
    click(window.unsaved_guard.bar.save_button)
    qtbot.waitUntil(lambda: has_left(window, page), timeout=WAIT_MS)
    assert stored(appliance, page, number)["name"] == TYPED


def test_what_is_refused_is_marked_and_one_stays(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    type_over(page.who.email.editor, "no address")
    by_sidebar(qtbot, window)
    assert window.unsaved_guard.bar.text.startswith("Lindqvist AB has 2 unsaved change")
    click(window.unsaved_guard.bar.save_button)
    qtbot.waitUntil(lambda: page.who.email.problem != "", timeout=WAIT_MS)
    assert not has_left(window, page)
    type_over(page.who.email.editor, "astrid@example.com")
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert not has_left(window, page), "that it was to be left was forgotten with the refusal"


def test_nobody_is_asked_where_nothing_was_changed(qtbot: QtBot, window: MainWindow, page: CustomerPage) -> None:
    type_over(page.who.contact.editor, "Astrid")
    by_sidebar(qtbot, window)
    assert has_left(window, page)


@pytest.mark.long
def test_the_question_goes_when_the_page_itself_is_asked_to_discard(
    qtbot: QtBot, window: MainWindow, page: CustomerPage
) -> None:
    by_sidebar(qtbot, window)
    click(page.discard_button)
    assert not window.unsaved_guard.bar.isVisible()


def test_looking_at_the_same_customer_again_leaves_what_was_typed(
    qtbot: QtBot, window: MainWindow, page: CustomerPage
) -> None:
    opened(qtbot, window, f"customer/{page.link.target}")
    window.refresh()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert page.who.contact.value == TYPED
    assert not window.unsaved_guard.bar.isVisible()


def test_a_new_customer_is_created_before_one_goes_on(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    page = opened(qtbot, window, "customer/new")
    for field, text in (("company_name", "Zeta Catering"), ("name", "Zoe"), ("email", "zoe@example.com")):
        type_over(page.form.fields[field].editor, text)
    by_sidebar(qtbot, window)
    assert "not created yet" in window.unsaved_guard.bar.text
    click(window.unsaved_guard.bar.save_button)
    qtbot.waitUntil(lambda: window.page is not page, timeout=WAIT_MS)
    assert str(window.page and window.page.link) == "calls"
    everyone = appliance.admin("GET", "/api/customers").json()["customers"]
    assert [one["name"] for one in everyone if one["company_name"] == "Zeta Catering"] == ["Zoe"]


@pytest.mark.long
def test_the_second_new_customer_begins_with_nothing(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    """Also right after one was created: nothing of it is in the next one."""
    window.context.go("customer/new")
    click(window.unsaved_guard.bar.discard_button)
    for field, text in (("company_name", "First Ltd"), ("name", "Fred"), ("email", "fred@example.com")):
        type_over(page.form.fields[field].editor, text)
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == "First Ltd", timeout=WAIT_MS)
    opened(qtbot, window, "customer/new")
    assert {one.value for one in page.form.fields.values()} == {"", None, False}
    assert not page.key.isVisible()
    assert page.title() == "New customer"


def test_what_is_typed_while_it_is_saved_stays_typed(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Slow Ltd", name="Astrid")
    number = str(customer["id"])
    with Between(appliance) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, empty_window, f"customer/{number}")
        type_over(page.who.contact.editor, "First")
        between.hold(number)
        click(page.save_button)
        qtbot.waitUntil(lambda: between.waiting > 0, timeout=WAIT_MS)
        type_over(page.who.contact.editor, "Second")
        page.save()  # once more, before the first has been answered
        between.let_go()
        qtbot.waitUntil(lambda: stored(appliance, page)["name"] == "First", timeout=WAIT_MS)
        qtbot.waitUntil(lambda: empty_window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert page.form.changes() == {"name": "Second"}
        assert len([one for one in between.sent() if one.changes]) == 1
        empty_window.context.session.close()


@pytest.mark.long
def test_who_types_while_it_is_saved_keeps_the_cursor_and_what_is_selected(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Slow Ltd", name="Astrid")
    with Between(appliance) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, empty_window, f"customer/{customer['id']}")
        type_over(page.who.contact.editor, "Astrid Berg")
        between.hold(str(customer["id"]))
        click(page.save_button)
        qtbot.waitUntil(lambda: between.waiting > 0, timeout=WAIT_MS)
        company, contact = page.who.company.editor, page.who.contact.editor
        contact.setCursorPosition(6)
        QTest.keyClicks(contact, " Maria ")
        company.setSelection(1, 3)
        between.let_go()
        qtbot.waitUntil(lambda: empty_window.status_line.message == "Saved", timeout=WAIT_MS)
        assert (contact.text(), contact.cursorPosition()) == ("Astrid Maria  Berg", 13)
        assert company.selectedText() == "low"
        QTest.keyClicks(contact, "L.")
        assert contact.text() == "Astrid Maria L. Berg"
        page.form.discard()
        empty_window.context.session.close()


@pytest.fixture
def saving(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> Iterator[tuple[MainWindow, CustomerPage, Between]]:
    """A window whose page was saved, and the appliance has not answered yet."""
    customer = appliance.new_customer(company_name="Slow Ltd", name="Astrid")
    with Between(appliance) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, empty_window, f"customer/{customer['id']}")
        assert isinstance(page, CustomerPage)
        between.hold(str(customer["id"]))
        type_over(page.who.contact.editor, TYPED)
        click(page.save_button)
        qtbot.waitUntil(lambda: between.waiting > 0, timeout=WAIT_MS)
        yield empty_window, page, between
        between.let_go()
        empty_window.context.session.close()


@pytest.mark.parametrize("way", [by_sidebar, by_key, back])
def test_what_is_being_saved_cannot_be_discarded_and_one_goes_on_when_it_is_saved(
    qtbot: QtBot, saving: tuple[MainWindow, CustomerPage, Between], appliance: TlsAppliance, way: Way
) -> None:
    window, page, between = saving
    bar, number = window.unsaved_guard.bar, page.link.target
    assert not page.discard_button.isEnabled()
    assert not page.active_button.isEnabled()
    way(qtbot, window)
    assert bar.text == "Slow Ltd is being saved. If you leave before that, the changes may be lost."
    assert bar.discard_button.text() == "Do not wait"
    assert not bar.save_button.isVisible()
    page.discard()
    assert page.who.contact.value == TYPED
    between.let_go()
    qtbot.waitUntil(lambda: has_left(window, page), timeout=WAIT_MS)
    assert not bar.isVisible()
    assert stored(appliance, page, number)["name"] == TYPED


@pytest.mark.long
def test_whoever_stays_while_it_is_saved_stays(
    qtbot: QtBot, saving: tuple[MainWindow, CustomerPage, Between], appliance: TlsAppliance
) -> None:
    window, page, between = saving
    by_sidebar(qtbot, window)
    click(window.unsaved_guard.bar.stay_button)
    between.let_go()
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert not has_left(window, page)
    assert page.save_button.isEnabled()


@pytest.mark.long
def test_the_last_way_is_the_one_that_is_gone_when_it_is_saved(
    qtbot: QtBot, saving: tuple[MainWindow, CustomerPage, Between]
) -> None:
    window, page, between = saving
    window.context.go("webhooks")
    by_sidebar(qtbot, window)
    between.let_go()
    qtbot.waitUntil(lambda: has_left(window, page), timeout=WAIT_MS)
    assert str(window.page and window.page.link) == "calls"


@pytest.mark.parametrize(
    ("way", "words"),
    [(by_sidebar, "Discard and leave"), (disconnecting, "Discard and disconnect"), (closing, "Discard and quit")],
)
@pytest.mark.long
def test_the_question_says_what_comes_after_it(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, way: Way, words: str
) -> None:
    way(qtbot, window)
    assert window.unsaved_guard.bar.discard_button.text() == words
    assert window.unsaved_guard.bar.save_button.text() == words.replace("Discard", "Save")


def test_what_one_does_oneself_beside_the_form_is_no_other_hand(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    click(page.active_button)
    click(page.deactivation.yes_button)
    qtbot.waitUntil(lambda: page.active_button.text() == "Activate", timeout=WAIT_MS)
    heard = window.context.appliance.customers.one(int(page.link.target or 0))
    page._ask_what_was_changed()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not heard.is_active
    assert "elsewhere" not in page.notice.text
    appliance.admin("PUT", f"/api/customers/{page.link.target}", json={"email": "other@example.com"})
    qtbot.waitUntil(lambda: "changed elsewhere" in page.notice.text, timeout=WAIT_MS)
    assert page.who.contact.value == TYPED


@pytest.mark.long
def test_the_time_of_grace_of_one_customer_is_not_carried_to_the_next(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    page.form.discard()
    grace = page.key.rotation.grace
    grace.setCurrentIndex(grace.findData(0))
    other = appliance.new_customer(company_name="Following Ltd")
    opened(qtbot, window, f"customer/{other['id']}")
    assert grace.currentData() > 0


@pytest.mark.long
def test_a_saving_that_is_answered_after_one_has_gone_on_is_not_shown(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    first, second = (appliance.new_customer(company_name=name, name="Nobody") for name in ("First Ltd", "Second Ltd"))
    with Between(appliance) as between:
        between.holds_changes = False
        empty_window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, empty_window, f"customer/{first['id']}")
        between.hold(str(first["id"]))
        type_over(page.who.contact.editor, TYPED)
        click(page.save_button)
        click(page.key.rotate_button)
        click(page.key.rotation.confirm.yes_button)
        qtbot.waitUntil(lambda: between.changes_waiting == 2, timeout=WAIT_MS)
        empty_window.context.go(f"customer/{second['id']}")
        click(empty_window.unsaved_guard.bar.discard_button)
        qtbot.waitUntil(lambda: page.title() == "Second Ltd", timeout=WAIT_MS)
        between.let_go()
        qtbot.waitUntil(lambda: empty_window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert page.title() == "Second Ltd"
        assert page.who.contact.value == "Nobody"
        key = page.key.key
        click(key.reveal_button)
        qtbot.waitUntil(lambda: key.shown == second["api_key"], timeout=WAIT_MS)
        assert empty_window.status_line.message.startswith("First Ltd: ")
        empty_window.context.session.close()


@pytest.mark.long
def test_undo_is_about_the_customer_that_was_changed(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    page.form.discard()
    changed, other = page.link.target or "", appliance.new_customer(is_active=False)
    click(page.active_button)
    click(page.deactivation.yes_button)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{other['id']}")
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: stored(appliance, page, changed)["is_active"], timeout=WAIT_MS)
    assert not stored(appliance, page)["is_active"]
    assert page.title() == other["company_name"]


def test_a_customer_that_is_deleted_has_nothing_to_save(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    click(page.delete_button)
    qtbot.waitUntil(page.confirm.isVisible, timeout=WAIT_MS)
    QTest.keyClicks(page.confirm.word_field, "Lindqvist AB")
    click(page.confirm.yes_button)
    qtbot.waitUntil(lambda: isinstance(window.page, CustomersPage), timeout=WAIT_MS)
    assert not window.unsaved_guard.bar.isVisible()


@pytest.fixture
def revocable(appliance: TlsAppliance) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = appliance.admin("POST", "/api/tokens", json={"role": "admin"}).json()
    yield made
    appliance.admin("DELETE", f"/api/tokens/{made['id']}")


def test_what_was_typed_is_there_again_after_the_token_was_refused(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, revocable: dict[str, Any]
) -> None:
    window, customer = empty_window, appliance.new_customer(company_name="Patient Ltd")
    window.open(appliance.connection(revocable["token"]), "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, TYPED)
    appliance.admin("DELETE", f"/api/tokens/{revocable['id']}")
    qtbot.waitUntil(lambda: window.context.session.situation.state is State.REFUSED, timeout=WAIT_MS)
    assert window.page is None
    window.close()
    assert window.isVisible(), "it is lost for good with the program, and that is asked about"
    assert window.unsaved_guard.bar.text.startswith("Patient Ltd has 1 unsaved change")
    assert not window.unsaved_guard.bar.save_button.isVisible()
    click(window.unsaved_guard.bar.stay_button)
    window.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage) and window.page.is_ready, timeout=WAIT_MS)
    again = window.page
    assert isinstance(again, CustomerPage)
    assert again is not page
    assert again.who.contact.value == TYPED
    assert again.form.changes() == {"name": TYPED}
    again.form.discard()


def test_a_token_that_nobody_can_read_again_is_asked_about(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "system?tab=tokens")
    assert isinstance(page, SystemPage)
    tab = page.tab
    assert isinstance(tab, TokensTab)
    type_over(tab.creating.name, "Grafana")
    click(tab.creating.create_button)
    qtbot.waitUntil(tab.fresh.isVisible, timeout=WAIT_MS)
    window.go("calls")
    assert str(window.page and window.page.link) == "calls", "it stays where it is: there is nothing to ask"
    assert "“Grafana” waits under System, Tokens" in window.status_line.message
    disconnecting(qtbot, window)
    assert "Grafana" in window.unsaved_guard.bar.text
    assert not window.unsaved_guard.bar.save_button.isVisible()
    click(window.unsaved_guard.bar.stay_button)
    opened(qtbot, window, "system?tab=tokens")
    click(tab.fresh.done_button)
    disconnecting(qtbot, window)
    assert window.page is None


def test_a_viewer_is_never_asked(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> None:
    customer = appliance.new_customer()
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    for editor in page.findChildren(QLineEdit):
        QTest.keyClicks(editor, "x")
    by_sidebar(qtbot, empty_window)
    assert has_left(empty_window, page)


@pytest.mark.long
def test_the_keyboard_stays_with_the_page_when_a_pressed_button_is_disabled(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    page.save_button.setFocus()
    QTest.keyClick(page.save_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert window.focusWidget() is page.who.company.editor
    page.webhook.test_button.setFocus()
    QTest.keyClick(page.webhook.test_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert window.focusWidget() is page.webhook.test_button


def test_a_command_of_the_palette_is_dead_while_nothing_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "customer/99999999")
    titles = [command.title for command in window.commands.all() if window.commands.available(command)]
    assert "Save the customer" not in titles
    assert "This customer's calls" not in titles
    window.activateWindow()
    QTest.keySequence(window, QKeySequence("Alt+C"))
    QApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    assert str(window.page and window.page.link) == "customer/99999999"


@pytest.mark.long
def test_what_did_not_work_is_no_news_on_the_next_page(qtbot: QtBot, window: MainWindow) -> None:
    window.go("customers")
    window.context.say("That cannot be done in the present state.", "bad")
    window.go("customers")
    assert window.status_line.message == ""
    window.context.say("Saved", "good")
    window.go("calls")
    assert window.status_line.message == "Saved"


def test_nothing_is_asked_of_a_page_that_has_gone(qtbot: QtBot, window: MainWindow, page: CustomerPage) -> None:
    by_sidebar(qtbot, window)
    window.context.session.close()
    assert not window.unsaved_guard.bar.isVisible()


def test_what_was_saved_before_going_on_is_told_with_its_name(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    other = appliance.new_customer(company_name="Went To Ltd")
    window.context.go(f"customer/{other['id']}")
    click(window.unsaved_guard.bar.save_button)
    qtbot.waitUntil(lambda: page.title() == "Went To Ltd", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.status_line.message == "Lindqvist AB: Saved", timeout=WAIT_MS)


def test_what_waits_for_its_customer_is_asked_about_and_kept_again(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window, customer = empty_window, appliance.new_customer(company_name="Waiting Ltd")
    with Between(appliance) as between:
        session = window.context.session

        def shown() -> CustomerPage:
            window.open(between.connection, "Test appliance")
            qtbot.waitUntil(lambda: isinstance(window.page, CustomerPage), timeout=WAIT_MS)
            assert isinstance(window.page, CustomerPage)
            return window.page

        def taken_away() -> None:
            window.unsaved_guard.keep_drafts(session.connection)  # as when the token is refused
            session.close()

        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        type_over(opened(qtbot, window, f"customer/{customer['id']}").who.contact.editor, TYPED)
        between.hold(str(customer["id"]))
        taken_away()
        shown()
        by_sidebar(qtbot, window)
        assert window.unsaved_guard.bar.isVisible()
        click(window.unsaved_guard.bar.stay_button)
        taken_away()
        between.let_go()
        page = shown()
        qtbot.waitUntil(lambda: page.who.contact.value == TYPED, timeout=WAIT_MS)
        page.form.discard()
        session.close()


def test_what_stays_is_told_over_nothing_that_can_be_taken_back(qtbot: QtBot, window: MainWindow) -> None:
    page, line, taken = opened(qtbot, window, "system?tab=tokens"), window.status_line, list[str]()
    type_over(page.tab.creating.name, "Prometheus")
    click(page.tab.creating.create_button)
    qtbot.waitUntil(page.tab.fresh.isVisible, timeout=WAIT_MS)
    window.context.say("It is hidden", "good", lambda: taken.append("back"))
    window.go("calls")
    assert line.message == "It is hidden"
    click(line.undo_button)
    assert taken == ["back"]
    window.go("system?tab=tokens")
    click(page.tab.fresh.done_button)


def test_what_was_discarded_by_one_click_comes_back_by_another(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    other = appliance.new_customer(company_name="Seen Meanwhile Ltd")
    page = opened(qtbot, window, "customer/new")
    type_over(page.who.company.editor, "Thrown Away Ltd")
    click(page.discard_button)
    assert page.who.company.value == ""
    click(window.status_line.undo_button)
    assert page.who.company.value == "Thrown Away Ltd"

    click(page.discard_button)
    opened(qtbot, window, f"customer/{other['id']}")
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: page.link.target == "new" and page.who.company.value == "Thrown Away Ltd", timeout=WAIT_MS)
    page.form.discard()

    page = opened(qtbot, window, f"customer/{other['id']}")
    type_over(page.who.contact.editor, "Zora")
    click(page.discard_button)
    opened(qtbot, window, "calls")
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: page.who.contact.value == "Zora", timeout=WAIT_MS)
    assert page.form.changes() == {"name": "Zora"}
    page.form.discard()


def test_what_comes_back_takes_nothing_that_was_typed_since(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Typed On Ltd")
    for link in ("customer/new", f"customer/{customer['id']}"):
        page = opened(qtbot, window, link)
        type_over(page.who.contact.editor, "Zora")
        click(page.discard_button)
        type_over(page.who.email.editor, "zora@example.com")
        click(window.status_line.undo_button)
        qtbot.waitUntil(lambda page=page: page.who.contact.value == "Zora", timeout=WAIT_MS)  # type: ignore[misc]
        assert page.who.email.value == "zora@example.com"
        assert not window.unsaved_guard.bar.isVisible()
        page.form.discard()


@pytest.mark.parametrize("saves", [False, True])
def test_what_was_discarded_comes_back_once_it_is_answered_what_becomes_of_what_is_typed_elsewhere(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, saves: bool
) -> None:
    first, second = (appliance.new_customer(company_name=f"{name} Undone {saves} Ltd") for name in ("First", "Second"))
    page = opened(qtbot, window, f"customer/{first['id']}")
    type_over(page.who.contact.editor, "Zora")
    click(page.discard_button)
    opened(qtbot, window, f"customer/{second['id']}")
    type_over(page.who.contact.editor, "Quentin")
    click(window.status_line.undo_button)
    bar = window.unsaved_guard.bar
    assert bar.isVisible()
    assert page.who.contact.value == "Quentin"
    click(bar.save_button if saves else bar.discard_button)
    qtbot.waitUntil(lambda: page.link.target == str(first["id"]), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.who.contact.value == "Zora", timeout=WAIT_MS)
    assert page.form.changes() == {"name": "Zora"}
    assert stored(appliance, page, str(second["id"]))["name"] == ("Quentin" if saves else second["name"])
    page.form.discard()


@pytest.mark.parametrize("answer", ["stays", "goes elsewhere"])
def test_what_was_discarded_comes_back_no_more_after_it_was_not_gone_back_to(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, answer: str
) -> None:
    first, second = (appliance.new_customer(company_name=f"{name} {answer} Ltd") for name in ("Given Up", "Kept At"))
    page, bar = opened(qtbot, window, f"customer/{first['id']}"), window.unsaved_guard.bar
    type_over(page.who.contact.editor, "Zora")
    click(page.discard_button)
    opened(qtbot, window, f"customer/{second['id']}")
    type_over(page.who.contact.editor, "Quentin")
    click(window.status_line.undo_button)
    assert bar.isVisible()
    if answer == "stays":
        click(bar.stay_button)
        click(page.save_button)
        qtbot.waitUntil(lambda: window.status_line.message == "Saved", timeout=WAIT_MS)
    else:
        by_sidebar(qtbot, window)
        click(bar.discard_button)
        qtbot.waitUntil(lambda: window.page is not page, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{first['id']}")
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert page.form.changes() == {}
    assert page.who.contact.value == first["name"]


def test_who_stays_goes_on_typing_where_it_was(qtbot: QtBot, window: MainWindow, page: CustomerPage) -> None:
    for way in (by_sidebar, back):
        page.who.contact.editor.setFocus()
        way(qtbot, window)
        click(window.unsaved_guard.bar.stay_button)
        assert window.focusWidget() is page.who.contact.editor


def test_what_is_discarded_as_one_leaves_comes_back_by_a_click(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, appliance: TlsAppliance
) -> None:
    link = str(page.link)
    by_sidebar(qtbot, window)
    click(window.unsaved_guard.bar.discard_button)
    assert has_left(window, page)
    assert window.status_line.message == "Lindqvist AB: What you typed is discarded"
    click(window.status_line.undo_button)
    qtbot.waitUntil(lambda: page.who.contact.value == TYPED, timeout=WAIT_MS)
    assert str(page.link) == link
    assert stored(appliance, page)["name"] == "Astrid"
    page.form.discard()


def test_a_refused_answer_leaves_the_question_where_it_was(
    qtbot: QtBot, window: MainWindow, page: CustomerPage
) -> None:
    """A click that was meant for "Stay" once hit "Delete …", which had moved to its place."""
    type_over(page.who.email.editor, "no address")
    by_sidebar(qtbot, window)
    bar = window.unsaved_guard.bar
    place = bar.stay_button.mapTo(window, bar.stay_button.rect().center())
    click(bar.save_button)
    qtbot.waitUntil(lambda: page.who.email.problem != "", timeout=WAIT_MS)
    assert window.focusWidget() is page.who.email.editor, "what is wrong is mended at once"
    assert window.childAt(place) is bar.stay_button
    assert bar.text == "Lindqvist AB has 2 unsaved change(s). Save before you leave?"
    click(bar.stay_button)
    assert not bar.isVisible()
    assert not has_left(window, page)
    page.form.discard()


@pytest.mark.parametrize("is_first", [True, False])
def test_what_stays_in_another_page_has_no_part_in_the_question(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, is_first: bool
) -> None:
    """A token that was made and not copied yet, whichever of the two pages was opened first."""
    customer = appliance.new_customer(company_name=f"Beside {is_first} Ltd", name="Astrid")
    link, bar = f"customer/{customer['id']}", window.unsaved_guard.bar
    if not is_first:
        opened(qtbot, window, link)
    system = opened(qtbot, window, "system?tab=tokens")
    type_over(system.tab.creating.name, "Nagios")
    click(system.tab.creating.create_button)
    qtbot.waitUntil(system.tab.fresh.isVisible, timeout=WAIT_MS)
    page = opened(qtbot, window, link)
    type_over(page.who.contact.editor, TYPED)
    type_over(page.who.email.editor, "no address")
    by_sidebar(qtbot, window)
    click(bar.save_button)
    qtbot.waitUntil(lambda: page.who.email.problem != "", timeout=WAIT_MS)
    assert bar.isVisible(), "it was refused, and is asked as before"
    assert bar.text.startswith(f"Beside {is_first} Ltd has 2 unsaved change")
    type_over(page.who.email.editor, "astrid@example.com")
    click(bar.save_button)
    qtbot.waitUntil(lambda: has_left(window, page), timeout=WAIT_MS)
    assert str(window.page and window.page.link) == "calls"
    assert stored(appliance, page, str(customer["id"]))["name"] == TYPED
    opened(qtbot, window, "system?tab=tokens")
    assert system.tab.fresh.isVisible()
    click(system.tab.fresh.done_button)


@pytest.mark.parametrize("answer", ["stay_button", "discard_button"])
def test_a_second_click_on_an_answer_hits_nothing_of_the_page(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, answer: str
) -> None:
    interval = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(600_000)
    try:
        by_sidebar(qtbot, window)
        bar = window.unsaved_guard.bar
        button = getattr(bar, answer)
        place = button.mapTo(window, button.rect().center())
        header = window.header.mapTo(window, window.header.rect().topLeft())
        click(button)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        assert not bar.isVisible()
        assert not isinstance(window.childAt(place), QAbstractButton)
        assert window.header.mapTo(window, window.header.rect().topLeft()) == header
    finally:
        QApplication.setDoubleClickInterval(interval)
    bar._move_later.start(0)
    qtbot.waitUntil(
        lambda: window.header.mapTo(window, window.header.rect().topLeft()).y() < header.y(), timeout=WAIT_MS
    )
    page.form.discard()


@pytest.mark.parametrize(
    ("way", "question"),
    [
        (by_sidebar, "Save before you leave?"),
        (disconnecting, "Save before you disconnect?"),
        (closing, "Save before you quit?"),
    ],
)
def test_the_question_says_what_it_asks(
    qtbot: QtBot, window: MainWindow, page: CustomerPage, way: Way, question: str
) -> None:
    way(qtbot, window)
    assert window.unsaved_guard.bar.text.endswith(question)
