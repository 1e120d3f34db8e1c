"""What is said at the foot of the window goes when it is no longer so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import Offer
from admin_gui.client.transport.errors import Unanswered, Unreachable
from admin_gui.pages.system.settings import SettingsTab
from admin_gui.session import Session, State
from admin_gui.shell import status_line
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over

ANSWERS_AGAIN = "The appliance answers again: what you typed can be saved now"


@contextmanager
def settings_not_saved(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, before: Callable[[], object] = lambda: None
) -> Iterator[tuple[SettingsTab, Between]]:
    """A setting was typed, and the appliance was away when it was to be saved, and is still."""
    said, session = list[str](), window.context.session
    window.context.message_requested.connect(lambda text, *_: said.append(text))
    with Between(appliance) as between:
        between.holds_changes = False
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        before()
        tab = opened(qtbot, window, "system?tab=settings&name=backup_keep").tab
        qtbot.waitUntil(lambda: tab.card.name.text() == "backup_keep", timeout=WAIT_MS)
        type_over(tab.card.field, "12")
        between.die()
        tab.save()
        qtbot.waitUntil(lambda: any(text.startswith("Not saved") for text in said), timeout=WAIT_MS)
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        yield tab, between
        session.close()


def test_that_it_did_not_answer_is_not_said_once_it_is_back(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window, customer = empty_window, appliance.new_customer(company_name="Fading Ltd")
    session = window.context.session
    with Between(appliance) as between:
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        page = opened(qtbot, window, f"customer/{customer['id']}")
        between.die()
        page.refresh()
        session.poll_now()
        qtbot.waitUntil(lambda: "cannot be reached" in window.status_line.message, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert window.status_line.message == ""
        session.close()


def test_what_is_offered_is_done_once_however_often_it_is_pressed(empty_window: MainWindow) -> None:
    window, line, done = empty_window, empty_window.status_line, list[str]()
    window.show()
    window.context.say("2 of 3 done", "bad", Offer("Do the rest now", lambda: done.append("the rest")))
    assert line.offer_button.isVisible()
    for _ in range(2):
        line.offer_button.click()
    assert done == ["the rest"]
    assert (line.message, line.offer_button.isVisible()) == ("", False)

    def do_and_tell() -> None:
        window.context.say("All done", "good")

    window.context.say("1 of 3 done", "bad", Offer("Do the rest now", do_and_tell))
    line.offer_button.click()
    assert line.message == "All done", "what it tells is not forgotten with the offer"


def test_what_is_offered_of_an_appliance_goes_with_it_and_what_is_of_this_computer_stays(
    qtbot: QtBot, window: MainWindow
) -> None:
    line, done = window.status_line, list[str]()
    rest = Offer("Do the rest now", lambda: done.append("the rest"), needs_appliance=True)
    window.context.say("2 of 3 done", "good", rest)
    window.leave_appliance()
    qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
    assert not line.offer_button.isVisible()
    assert line.message == ""
    window.context.say("Saved as a.wav", "good", Offer("Show in folder", lambda: done.append("shown")))
    line.forget_undo()
    click(line.offer_button)
    assert done == ["shown"]


def test_what_is_said_of_one_customer_is_not_said_beside_another(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    other = appliance.new_customer(company_name="Opened Next Ltd")
    page, line = opened(qtbot, window, "customer/new"), window.status_line
    for field, text in (("company_name", "Made Ltd"), ("name", "Zoe"), ("email", "zoe@example.com")):
        type_over(page.form.fields[field].editor, text)
    click(page.save_button)
    qtbot.waitUntil(lambda: page.title() == "Made Ltd", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Made Ltd is created" in line.message, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{other['id']}")
    assert line.message == ""


def test_what_can_be_taken_back_elsewhere_says_of_what(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer, other = (appliance.new_customer(company_name=name) for name in ("Let Ltd", "Opened Next Ltd"))
    page, line = opened(qtbot, window, f"customer/{customer['id']}"), window.status_line
    click(page.active_button)
    click(page.deactivation.yes_button)
    qtbot.waitUntil(line.undo_button.isVisible, timeout=WAIT_MS)
    opened(qtbot, window, f"customer/{other['id']}")
    assert line.message.startswith("Let Ltd: Its API key is refused")
    opened(qtbot, window, "calls")
    assert line.message.count("Let Ltd") == 1
    click(line.undo_button)
    qtbot.waitUntil(lambda: window.context.appliance.customers.one(customer["id"]).is_active, timeout=WAIT_MS)


def test_it_is_not_called_live_while_somebody_waits_and_nothing_comes(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, customer = empty_window, appliance.new_customer()
    for name in ("LATE_SECONDS", "LATE_SECONDS_WITHOUT_STREAM"):
        monkeypatch.setattr(status_line, name, 0.5)
    monkeypatch.setattr(status_line, "WAITS_SECONDS", 0.5)
    with Between(appliance) as between:
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        between.hold(str(customer["id"]))
        window.context.go(f"customer/{customer['id']}")
        qtbot.waitUntil(lambda: window.connection_text == "Waiting for an answer", timeout=WAIT_MS)
        assert window.context.session.may_change, "nothing is turned off yet"
        between.let_go()
        qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
        window.context.session.close()


def test_without_the_stream_nothing_is_late_between_two_polls(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, line = window.context.session, window.status_line
    qtbot.waitUntil(lambda: session.stream_open, timeout=WAIT_MS)
    silent = 6.0
    monkeypatch.setattr(Session, "silent_seconds", property(lambda _session: silent))
    monkeypatch.setattr(window.context.calls, "waiting_seconds", lambda _window: 3.0)
    line._show_situation()
    assert line.connection_text == "Waiting for an answer"
    session._end_live()  # as where too many watch already
    line._show_situation()
    assert line.connection_text == "Live", "polls are 5 s apart"
    silent = 10.0
    line._show_situation()
    assert line.connection_text == "Waiting for an answer", "also the poll has no answer"


def test_a_broken_connection_is_said_until_others_have_held(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, line = window.context.session, window.status_line
    monkeypatch.setattr("admin_gui.session.POLL_INTERVAL_MS", 600_000)  # polls are made here, beginning with this one
    session.poll_now()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    window.context.say_error(Unreachable("box:8443", "it does not answer"))
    for said in (True, False):
        session.poll_now()
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert (line.message != "") is said
    window.context.say_error(Unanswered("box:8443", "it does not answer"))
    for _ in range(3):
        session.poll_now()
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert "Nobody knows whether it was done" in line.message


@pytest.mark.parametrize("is_discarded", [False, True])
def test_who_could_not_save_settings_is_told_after_a_long_outage_unless_they_are_discarded(
    qtbot: QtBot,
    empty_window: MainWindow,
    appliance: TlsAppliance,
    monkeypatch: pytest.MonkeyPatch,
    is_discarded: bool,
) -> None:
    monkeypatch.setattr(status_line, "ERROR_MS", 1)  # the outage is longer
    window = empty_window
    session, line = window.context.session, window.status_line
    with settings_not_saved(qtbot, window, appliance) as (tab, between):
        if is_discarded:
            tab.discard()
            qtbot.waitUntil(lambda: line.message == "", timeout=WAIT_MS)
        else:
            window.context.go("system?tab=status")
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        if is_discarded:
            assert line.message == ""
        else:
            qtbot.waitUntil(lambda: line.message == ANSWERS_AGAIN, timeout=WAIT_MS)
        tab.discard()


@pytest.mark.slow
@pytest.mark.parametrize("said_meanwhile", ["copied", "hidden, with a way back"])
def test_that_it_can_be_saved_is_told_also_where_something_else_was_said_meanwhile(
    qtbot: QtBot,
    empty_window: MainWindow,
    appliance: TlsAppliance,
    monkeypatch: pytest.MonkeyPatch,
    said_meanwhile: str,
) -> None:
    monkeypatch.setattr(status_line, "MESSAGE_MS", 1)  # the outage is longer than what is copied is told
    window, taken = empty_window, list[str]()
    session, line = window.context.session, window.status_line
    with settings_not_saved(qtbot, window, appliance) as (tab, between):
        if said_meanwhile == "copied":
            window.context.copy("7", "the value")
            assert line.message == "The value copied"
            qtbot.waitUntil(lambda: line.message == "", timeout=WAIT_MS)
        else:
            window.context.say("It is hidden", "good", lambda: taken.append("back"))
        monkeypatch.setattr(status_line, "MESSAGE_MS", 600_000)
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        if said_meanwhile != "copied":
            for _ in range(3):
                session.poll_now()
                qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
            assert line.message == "It is hidden", "what can be taken back stays as long as it does anywhere"
            click(line.undo_button)
            assert taken == ["back"]
        qtbot.waitUntil(lambda: line.message == ANSWERS_AGAIN, timeout=WAIT_MS)
        window.context.say("Something else", "good")
        line._forget_message()
        for _ in range(3):
            session.poll_now()
            qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert line.message == "", "it is told once"
        tab.discard()


@pytest.mark.slow
def test_what_waits_elsewhere_keeps_no_word_of_what_was_discarded(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window = empty_window
    session, line = window.context.session, window.status_line

    def before_it_goes() -> None:
        page = opened(qtbot, window, "system?tab=tokens")
        type_over(page.tab.creating.name, "Waits uncopied")
        click(page.tab.creating.create_button)
        qtbot.waitUntil(page.tab.fresh.isVisible, timeout=WAIT_MS)

    with settings_not_saved(qtbot, window, appliance, before_it_goes) as (tab, between):
        assert line.message.startswith("Not saved")
        tab.discard()
        qtbot.waitUntil(lambda: line.message == "", timeout=WAIT_MS)
        between.revive()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.LIVE, timeout=WAIT_MS)
        for _ in range(3):
            session.poll_now()
            qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        assert line.message == ""
