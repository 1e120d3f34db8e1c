"""The page of a call is there before somebody opens one: to make it and to fill it are not one turn of the loop."""

from __future__ import annotations

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.registry import PageEntry
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


def test_it_is_made_while_another_page_is_looked_at_and_taken_when_a_call_is_opened(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = appliance.new_customer(company_name="Ahead Ltd")
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    qtbot.waitUntil(lambda: window._ahead.is_there, timeout=WAIT_MS)
    (page,) = window._ahead._waiting
    assert isinstance(page, CallPage)
    assert not page.isVisible()
    made = []
    make = PageEntry.make
    monkeypatch.setattr(PageEntry, "make", lambda entry, context: made.append(entry.name) or make(entry, context))
    assert opened(qtbot, window, f"call/{call_id}") is page
    opened(qtbot, window, "customers")
    assert opened(qtbot, window, f"call/{call_id}") is page
    assert "call" not in made
    assert not window._ahead.is_there, "no second one"


def test_it_goes_with_the_connection_and_is_made_anew_in_the_next(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    qtbot.waitUntil(lambda: window._ahead.is_there, timeout=WAIT_MS)
    (page,) = window._ahead._waiting
    window.leave_appliance()
    assert not window._ahead.is_there
    qtbot.waitUntil(lambda: not shiboken6.isValid(page), timeout=WAIT_MS)
    window.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: window._ahead.is_there, timeout=WAIT_MS)


def test_it_does_not_outlive_the_window_that_it_was_made_for(
    qtbot: QtBot, context: AppContext, appliance: TlsAppliance
) -> None:
    window = MainWindow(context)
    window.show()
    window.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: window._ahead.is_there, timeout=WAIT_MS)
    (page,) = window._ahead._waiting
    context.close()  # in the order in which the program ends
    shiboken6.delete(window)
    assert not shiboken6.isValid(page)
