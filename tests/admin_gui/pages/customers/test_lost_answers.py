"""A request came through and its answer did not: nothing is made twice, and one's own change is known again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from admin_gui import session
from admin_gui.client.customers import Customer, Customers
from admin_gui.client.transport.errors import NotFound
from admin_gui.pages.customers.customer_page import CustomerPage
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, press, type_over


@pytest.fixture
def between(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> Iterator[Between]:
    """A network that the window is connected through."""
    with Between(appliance) as network:
        network.holds_changes = False
        empty_window.open(network.connection, "Test appliance")
        qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
        yield network
        network.is_deaf = False
        empty_window.context.session.close()


def type_new(qtbot: QtBot, window: MainWindow, company: str) -> CustomerPage:
    page = opened(qtbot, window, "customer/new")
    assert isinstance(page, CustomerPage)
    for field, text in (("company_name", company), ("name", "Zoe"), ("email", "zoe@example.com")):
        type_over(page.form.fields[field].editor, text)
    return page


def named(appliance: TlsAppliance, company: str) -> list[dict[str, Any]]:
    everyone = appliance.admin("GET", "/api/customers").json()["customers"]
    return [one for one in everyone if one["company_name"] == company]


def come_back(qtbot: QtBot, window: MainWindow, between: Between) -> None:
    between.is_deaf = False
    window.context.session.poll_now()
    qtbot.waitUntil(lambda: window.context.session.situation.state is State.LIVE, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)


def all_said(window: MainWindow) -> list[str]:
    """What the status line says from now on: each message fades, however long the test waits for something else."""
    said: list[str] = []
    window.context.message_requested.connect(lambda text, *_: said.append(text))
    return said


def test_a_new_customer_whose_answer_was_lost_is_gone_on_with(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    page, said = type_new(qtbot, empty_window, "Lost Ltd"), all_said(empty_window)
    between.answers_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == "Lost Ltd", timeout=WAIT_MS)
    (made,) = named(appliance, "Lost Ltd")
    assert str(page.link) == f"customer/{made['id']}"
    wanted = "The appliance's answer was lost, but Lost Ltd is created: this is it"
    qtbot.waitUntil(lambda: wanted in said, timeout=WAIT_MS)
    assert not page.form.changes()


def test_it_is_found_when_the_appliance_answers_again(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    page = type_new(qtbot, empty_window, "Cut Ltd")
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in empty_window.status_line.message, timeout=WAIT_MS)
    assert page.link.target == "new"
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: page.title() == "Cut Ltd", timeout=WAIT_MS)
    assert len(named(appliance, "Cut Ltd")) == 1


def test_what_was_discarded_after_a_lost_answer_and_comes_back_is_created_once(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    page = type_new(qtbot, empty_window, "Undone Ltd")
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in empty_window.status_line.message, timeout=WAIT_MS)
    click(page.discard_button)
    come_back(qtbot, empty_window, between)
    click(empty_window.status_line.undo_button)
    page.save()
    qtbot.waitUntil(lambda: page.title() == "Undone Ltd", timeout=WAIT_MS)
    assert len(named(appliance, "Undone Ltd")) == 1


@pytest.mark.long
def test_what_was_typed_since_is_kept_for_the_customer_that_was_made(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    page = type_new(qtbot, empty_window, "Mistyped Ltd")
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in empty_window.status_line.message, timeout=WAIT_MS)
    type_over(page.who.contact.editor, "Zora")
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: page.title() == "Mistyped Ltd", timeout=WAIT_MS)
    assert page.form.changes() == {"name": "Zora"}
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert [one["name"] for one in named(appliance, "Mistyped Ltd")] == ["Zora"]


@pytest.mark.long
def test_another_customer_of_the_same_name_is_not_taken_for_it(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """Who was there before stays another one, and what never arrived is created by the next try."""
    appliance.new_customer(company_name="Namesake Ltd", name="Zoe", email="zoe@example.com")
    page = type_new(qtbot, empty_window, "Namesake Ltd")
    between.answers_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == "Namesake Ltd", timeout=WAIT_MS)
    assert len(named(appliance, "Namesake Ltd")) == 2
    assert page.link.target == str(max(one["id"] for one in named(appliance, "Namesake Ltd")))


def test_ones_own_change_is_not_told_as_another_hand(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Own Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    said = all_said(empty_window)
    type_over(page.who.contact.editor, "Brigitte")
    between.answers_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    wanted = "The appliance's answer was lost, but what you changed is saved"
    qtbot.waitUntil(lambda: wanted in said, timeout=WAIT_MS)
    page._ask_what_was_changed()
    qtbot.waitUntil(lambda: empty_window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert "elsewhere" not in page.notice.text
    assert page.who.contact.value == "Brigitte"


@pytest.mark.long
def test_nor_when_it_is_told_of_later(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """By an event, while something else has been typed since; another's change is told as such still."""
    customer = appliance.new_customer(company_name="Told Later Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Brigitte")
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in empty_window.status_line.message, timeout=WAIT_MS)
    QTest.keyClicks(page.who.email.editor, "x")
    between.is_deaf = False
    page._ask_what_was_changed()
    qtbot.waitUntil(lambda: "what you changed is saved" in empty_window.status_line.message, timeout=WAIT_MS)
    assert "elsewhere" not in page.notice.text
    assert list(page.form.changes()) == ["email"]
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"name": "Somebody else"})
    page._ask_what_was_changed()
    qtbot.waitUntil(lambda: "changed elsewhere" in page.notice.text, timeout=WAIT_MS)
    page.form.discard()


def with_a_lost_answer(
    qtbot: QtBot, window: MainWindow, between: Between, appliance: TlsAppliance, company: str
) -> CustomerPage:
    """The page of a new customer whose name was changed, which arrived: of that no answer came."""
    customer = appliance.new_customer(company_name=company, name="Astrid")
    page = opened(qtbot, window, f"customer/{customer['id']}")
    assert isinstance(page, CustomerPage)
    said = all_said(window)
    type_over(page.who.contact.editor, "Brigitte")
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: any("No answer came" in text for text in said), timeout=WAIT_MS)
    return page


def test_what_is_typed_back_is_not_taken_for_saved_where_the_answer_was_lost(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """The form is as it was at first, and the appliance may have the other value."""
    page, left = with_a_lost_answer(qtbot, empty_window, between, appliance, "Back Ltd"), list[str]()
    assert [one["name"] for one in named(appliance, "Back Ltd")] == ["Brigitte"]
    type_over(page.who.contact.editor, "Astrid")
    assert not page.form.changes()
    page.save(lambda: left.append("too early"))
    qtbot.waitUntil(lambda: not page.saving.is_under_way, timeout=WAIT_MS)
    assert left == []
    come_back(qtbot, empty_window, between)
    page.save(lambda: left.append("saved"))
    qtbot.waitUntil(lambda: left == ["saved"], timeout=WAIT_MS)
    assert [one["name"] for one in named(appliance, "Back Ltd")] == ["Astrid"]
    assert page.who.contact.value == "Astrid"


def test_who_would_save_and_leave_while_the_appliance_is_away_is_not_carried_off_once_it_is_back(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """What was sent before is found saved then, and nothing waits for that."""
    said, left = all_said(empty_window), list[str]()
    page = with_a_lost_answer(qtbot, empty_window, between, appliance, "Carried Off Ltd")
    empty_window.context.session.poll_now()
    qtbot.waitUntil(lambda: empty_window.context.session.situation.state is State.STALE, timeout=WAIT_MS)
    page.save(lambda: left.append("carried off"))
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: any("what you changed is saved" in text for text in said), timeout=WAIT_MS)
    assert left == []


def test_what_never_arrived_is_told_unsaved_once_and_stays_typed(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Never Ltd", name="Astrid")
    page, said = opened(qtbot, empty_window, f"customer/{customer['id']}"), all_said(empty_window)
    type_over(page.who.contact.editor, "Brigitte")
    between.changes_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.saving.is_under_way, timeout=WAIT_MS)
    for _ in range(2):
        come_back(qtbot, empty_window, between)
        qtbot.waitUntil(lambda: "It was not saved" in page.notice.text, timeout=WAIT_MS)
    assert page.notice.isVisible()
    assert said.count("Not saved") == 1
    assert page.form.changes() == {"name": "Brigitte"}
    assert [one["name"] for one in named(appliance, "Never Ltd")] == ["Astrid"]
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert "not saved" not in page.notice.text or not page.notice.isVisible()
    assert [one["name"] for one in named(appliance, "Never Ltd")] == ["Brigitte"]


def test_a_new_customer_that_never_arrived_is_told_unsaved_and_made_by_the_next_try(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    page = type_new(qtbot, empty_window, "Swallowed Ltd")
    between.changes_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.saving.is_under_way, timeout=WAIT_MS)
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "It was not saved" in page.notice.text, timeout=WAIT_MS)
    assert page.who.company.value == "Swallowed Ltd"
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == "Swallowed Ltd", timeout=WAIT_MS)
    assert len(named(appliance, "Swallowed Ltd")) == 1
    assert not (page.notice.isVisible() and "not saved" in page.notice.text)


@pytest.mark.parametrize("is_new", [True, False])
def test_who_could_not_save_is_told_once_the_appliance_is_back(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance, is_new: bool
) -> None:
    before, wanted = f"Early {is_new} Ltd", f"Early {is_new} and Partners"
    if is_new:
        page = type_new(qtbot, empty_window, wanted)
    else:
        customer = appliance.new_customer(company_name=before)
        page = opened(qtbot, empty_window, f"customer/{customer['id']}")
        type_over(page.who.company.editor, wanted)
    line = empty_window.status_line
    qtbot.waitUntil(lambda: empty_window.context.calls.under_way == 0, timeout=WAIT_MS)  # no poll is on its way
    between.die()
    click(page.save_button)
    qtbot.waitUntil(lambda: line.message.startswith("Not saved:"), timeout=WAIT_MS)
    assert "press Save again" not in page.notice.text
    between.revive()
    for _ in range(3):
        come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "can be saved now" in line.message, timeout=WAIT_MS)
    assert "press Save again" in page.notice.text
    assert page.who.company.value == wanted
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == wanted, timeout=WAIT_MS)
    assert len(named(appliance, wanted)) == 1
    assert not (page.notice.isVisible() and "press Save again" in page.notice.text)


def test_the_key_for_save_is_not_silent_while_the_appliance_is_away(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    type_new(qtbot, empty_window, "Away Ltd")
    between.die()
    empty_window.context.session.poll_now()
    qtbot.waitUntil(lambda: empty_window.context.session.situation.state is State.STALE, timeout=WAIT_MS)
    press(qtbot, empty_window, Qt.Key.Key_S)
    assert "does not answer" in empty_window.status_line.message
    between.revive()


def test_no_key_is_lost_that_is_typed_as_the_appliance_goes(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """Half a word would be saved once it is back."""
    customer = appliance.new_customer(company_name="Going Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    assert isinstance(page, CustomerPage)
    type_over(page.who.contact.editor, "Ada Mi")
    between.die()
    empty_window.context.session.poll_now()
    qtbot.waitUntil(lambda: empty_window.context.session.situation.state is State.STALE, timeout=WAIT_MS)
    QTest.keyClicks(page.who.contact.editor, "ller-Smith")
    assert page.limits.fields["recordings_days"].editor.isEnabled()
    assert not page.save_button.isEnabled()
    between.revive()
    come_back(qtbot, empty_window, between)
    assert page.who.contact.value == "Ada Miller-Smith"
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert [one["name"] for one in named(appliance, "Going Ltd")] == ["Ada Miller-Smith"]


def lost(qtbot: QtBot, window: MainWindow, between: Between, page: CustomerPage) -> None:
    """What stands in the page is saved, and the network is cut before that is answered."""
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in window.status_line.message, timeout=WAIT_MS)


def test_what_is_discarded_is_told_of_on_no_other_page(
    qtbot: QtBot, empty_window: MainWindow, between: Between
) -> None:
    page = type_new(qtbot, empty_window, "Unwanted Ltd")
    between.changes_to_lose = 1
    between.goes_deaf = True
    click(page.save_button)
    qtbot.waitUntil(lambda: "No answer came" in empty_window.status_line.message, timeout=WAIT_MS)
    click(empty_window.sidebar.button("calls"))
    click(empty_window.unsaved_guard.bar.discard_button)
    assert empty_window.page is not page
    said = all_said(empty_window)
    for _ in range(2):
        come_back(qtbot, empty_window, between)
    assert not [text for text in said if "saved" in text or "created" in text]


def test_what_is_told_beside_another_page_names_the_customer(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    """What was typed back is left without a question, and the appliance has it all the same."""
    customer = appliance.new_customer(company_name="Elsewhere Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Brigitte")
    lost(qtbot, empty_window, between, page)
    type_over(page.who.contact.editor, "Astrid")
    click(empty_window.sidebar.button("calls"))
    assert empty_window.page is not page
    said = all_said(empty_window)
    come_back(qtbot, empty_window, between)
    wanted = "Elsewhere Ltd: The appliance's answer was lost, but what you changed is saved"
    qtbot.waitUntil(lambda: wanted in said, timeout=WAIT_MS)


def test_who_did_not_wait_is_told_once_and_by_name(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Impatient Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Brigitte")
    between.hold(str(customer["id"]))
    between.changes_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: between.changes_waiting == 1, timeout=WAIT_MS)
    click(empty_window.sidebar.button("calls"))
    click(empty_window.unsaved_guard.bar.discard_button)
    said = all_said(empty_window)
    between.let_go()
    qtbot.waitUntil(lambda: any("Nobody knows" in text for text in said), timeout=WAIT_MS)
    for _ in range(2):
        come_back(qtbot, empty_window, between)
    (told,) = [text for text in said if "Impatient Ltd" in text]
    assert "Not saved" not in told


def test_what_another_hand_changed_before_it_was_looked_up_is_shown_and_not_called_unsaved(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Overtaken Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    said = all_said(empty_window)
    type_over(page.who.contact.editor, "Brigitte")
    lost(qtbot, empty_window, between, page)
    assert [one["name"] for one in named(appliance, "Overtaken Ltd")] == ["Brigitte"]
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"name": "Charlotte"})
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "changed elsewhere meanwhile" in page.notice.text, timeout=WAIT_MS)
    assert "Charlotte" in page.notice.text
    assert "press Save again" not in page.notice.text
    assert "Not saved" not in said
    assert page.form.changes() == {"name": "Brigitte"}
    click(next(one for one in page.notice.findChildren(QPushButton) if one.text() == "Discard mine"))
    qtbot.waitUntil(lambda: page.who.contact.value == "Charlotte", timeout=WAIT_MS)
    assert "changed elsewhere" not in page.notice.text


def test_a_second_try_that_is_refused_the_connection_leaves_the_first_one_open(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Twice Ltd", name="Astrid")
    page, said = opened(qtbot, empty_window, f"customer/{customer['id']}"), all_said(empty_window)
    empty_window.context.session._timer.setInterval(600_000)  # nothing is turned off before it is pressed
    type_over(page.who.contact.editor, "Brigitte")
    between.changes_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: any("No answer came" in text for text in said), timeout=WAIT_MS)
    between.die()
    said.clear()
    click(page.save_button)
    qtbot.waitUntil(lambda: bool(said) and not page.saving.is_under_way, timeout=WAIT_MS)
    assert "No answer came" in said[0]
    assert not [text for text in said if text.startswith("Not saved")]
    between.revive()


def test_that_the_customer_was_deleted_is_told_and_not_asked_for_ever(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at each poll; where something may have been missed, each page asks once."""
    monkeypatch.setattr(session, "RESYNC_AFTER_POLLS", 10_000)
    customer = appliance.new_customer(company_name="Deleted Ltd", name="Astrid")
    page, said = opened(qtbot, empty_window, f"customer/{customer['id']}"), all_said(empty_window)
    type_over(page.who.contact.editor, "Brigitte")
    lost(qtbot, empty_window, between, page)
    appliance.admin("DELETE", f"/api/customers/{customer['id']}")
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "was deleted meanwhile" in page.notice.text, timeout=WAIT_MS)
    assert page.notice.isVisible()
    between.sent()
    for _ in range(3):
        come_back(qtbot, empty_window, between)
    assert not [one for one in between.sent() if str(customer["id"]) in one.names]
    assert said.count("It was deleted meanwhile") == 1
    said.clear()
    click(page.save_button)
    qtbot.waitUntil(lambda: said == ["That does not exist, or no longer."], timeout=WAIT_MS)
    assert page.notice.isVisible(), "that is so still"


def test_a_customer_that_is_there_after_all_is_called_deleted_no_more(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup has brought it back."""
    customer = appliance.new_customer(company_name="Restored Ltd", name="Astrid")
    other = appliance.new_customer(company_name="Never Gone Ltd")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Brigitte")
    between.changes_to_lose = 1
    without_keys, is_gone = Customers.without_keys, True

    def look(self: Customers, customer_id: int) -> Customer:
        if is_gone and customer_id == customer["id"]:
            raise NotFound(status=404)
        return without_keys(self, customer_id)

    monkeypatch.setattr(Customers, "without_keys", look)
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.saving.is_under_way, timeout=WAIT_MS)
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "was deleted meanwhile" in page.notice.text, timeout=WAIT_MS)
    is_gone = False
    empty_window.refresh()
    qtbot.waitUntil(lambda: "press Save again" in page.notice.text, timeout=WAIT_MS)
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.save_button.isVisible(), timeout=WAIT_MS)
    assert "press Save again" not in page.notice.text or not page.notice.isVisible()
    assert [one["name"] for one in named(appliance, "Restored Ltd")] == ["Brigitte"]
    opened(qtbot, empty_window, f"customer/{other['id']}")
    assert "Save again" not in page.notice.text


def test_what_somebody_else_has_put_over_the_page_since_stays_when_it_is_sent_again(
    qtbot: QtBot, empty_window: MainWindow, between: Between, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer(company_name="Noticed Ltd", name="Astrid")
    page = opened(qtbot, empty_window, f"customer/{customer['id']}")
    type_over(page.who.contact.editor, "Brigitte")
    between.changes_to_lose = 1
    click(page.save_button)
    qtbot.waitUntil(lambda: not page.saving.is_under_way, timeout=WAIT_MS)
    come_back(qtbot, empty_window, between)
    qtbot.waitUntil(lambda: "press Save again" in page.notice.text, timeout=WAIT_MS)
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"email": "else@example.com"})
    page._ask_what_was_changed()
    qtbot.waitUntil(lambda: "changed elsewhere" in page.notice.text, timeout=WAIT_MS)
    type_over(page.who.email.editor, "no address")
    click(page.save_button)
    qtbot.waitUntil(lambda: page.who.email.problem != "", timeout=WAIT_MS)
    assert page.notice.isVisible()
    assert "changed elsewhere" in page.notice.text


def test_a_page_that_is_gone_hears_of_no_poll(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    live, customer = window.context.session, appliance.new_customer()
    before = live.receivers("2polled(PyObject)")
    opened(qtbot, window, f"customer/{customer['id']}")
    assert live.receivers("2polled(PyObject)") > before
    live.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert live.receivers("2polled(PyObject)") == before


def test_the_last_new_key_and_what_is_sent_again_are_told_of_their_own_customer_alone(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    first, second = (appliance.new_customer(company_name=name) for name in ("Copied Ltd", "Beside Ltd"))
    page, line = opened(qtbot, window, f"customer/{first['id']}"), window.status_line
    click(page.key.key.copy_button)
    qtbot.waitUntil(lambda: "API key copied" in line.message, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{second['id']}")
    assert line.message == ""
    click(page.connect_card.lines.copy_button)
    assert "copied" in line.message
    opened(qtbot, window, f"customer/{first['id']}")
    assert line.message == ""
    page.doing._send_again([])
    qtbot.waitUntil(lambda: "sent again" in line.message, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{second['id']}")
    assert line.message == ""
