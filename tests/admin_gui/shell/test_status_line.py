"""What is said at the foot of the window goes when it is no longer so."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from admin_gui.app_context import Offer
from admin_gui.client.transport.errors import Unanswered, Unreachable
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened


def test_that_it_did_not_answer_is_not_said_once_it_is_back(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window, customer = empty_window, appliance.new_customer(company_name="Away Ltd")
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


def test_a_broken_connection_is_said_until_others_have_held(qtbot: QtBot, window: MainWindow) -> None:
    session, line = window.context.session, window.status_line
    session._timer.setInterval(600_000)  # polls are made here
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
