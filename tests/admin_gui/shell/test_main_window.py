"""The window: pages, going back and forth, the palette."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.pages.registry import PAGES, SYSTEM_TABS
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.shell.palette.keys_overlay import KeysOverlay
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance, shown
from tests.admin_gui.driving import opened, press
from tests.support.recordings import silence


def test_main_window_says_that_it_is_not_connected(empty_window: MainWindow) -> None:
    assert empty_window.windowTitle() == "vBot Administration"
    assert empty_window.connection_text == "Not connected"
    assert empty_window.statusBar().isVisible()
    assert not empty_window.sidebar.isVisible()
    assert empty_window.connect_page.address.address.hasFocus()
    assert not empty_window.grab().isNull()


@pytest.mark.parametrize("name", [entry.name for entry in PAGES if entry.sample is None])
def test_every_page_shows_its_data(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.go(name)
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    assert window.page is not None
    assert window.page.link.page == name
    assert window.windowTitle() == f"{window.page.title()} – Test appliance"


def test_back_and_forward_go_where_one_was(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("overview", "customers", "calls"):
        window.go(name)
    window.go_back()
    assert window.page is not None
    assert window.page.link.page == "customers"
    window.go_back()
    assert window.page.link.page == "overview"
    window.go_forward()
    assert window.page.link.page == "customers"


def test_the_title_has_the_buttons_of_the_page_that_is_seen_and_no_others(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = opened(qtbot, window, f"customer/{appliance.new_customer()['id']}")
    assert customer.state.isVisible()
    opened(qtbot, window, "calls")
    # Pages that are not seen hear of the connection, too, and say which of their buttons may be pressed.
    window.context.session.changed.emit(window.context.session.situation)
    assert not customer.state.isVisible()
    assert not customer.delete_button.isVisible()
    window.go_back()
    assert customer.state.isVisible()


def test_enter_presses_the_button_that_the_keyboard_is_on(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "customers")
    qtbot.waitUntil(page.new_button.isEnabled, timeout=WAIT_MS)
    page.new_button.setFocus()
    QTest.keyClick(page.new_button, Qt.Key.Key_Return)
    assert str(window.page and window.page.link) == "customer/new"


def test_the_palette_finds_a_command_and_runs_it(qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "go cust")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is not None and window.page.link.page == "customers", timeout=WAIT_MS)


def test_the_palette_goes_to_a_part_of_the_system_from_anywhere(qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "backups")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "system?tab=backups", timeout=WAIT_MS)


def test_without_a_connection_the_palette_offers_nowhere_to_go(qtbot: QtBot, empty_window: MainWindow) -> None:
    titles = [command.title for command in empty_window.commands.all() if empty_window.commands.available(command)]
    assert "Quit" in titles
    assert "Go to Calls" not in titles


def test_disconnecting_takes_everything_away(qtbot: QtBot, window: MainWindow) -> None:
    window.go("customers")
    window.context.session.close()
    QApplication.processEvents()
    assert window.page is None
    assert window.connection_text == "Not connected"
    assert window.windowTitle() == "vBot Administration"


@pytest.mark.parametrize("keys", ["F1", "?"])
def test_the_help_overlay_is_one_key_away(qtbot: QtBot, window: MainWindow, keys: str) -> None:
    window.activateWindow()
    QTest.keySequence(window, QKeySequence(keys))
    qtbot.waitUntil(lambda: window.findChild(KeysOverlay) is not None, timeout=WAIT_MS)


def test_typing_a_question_mark_into_a_field_is_no_command(qtbot: QtBot, window: MainWindow) -> None:
    window.go("customers")
    search = window.page.table.search  # type: ignore[union-attr]
    search.setFocus()
    QTest.keyClicks(search, "who?")
    assert search.text() == "who?"
    assert window.findChild(KeysOverlay) is None


@pytest.mark.slow
def test_nothing_of_an_ended_connection_is_left_behind(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    call_id = appliance.accepted(appliance.new_customer()["api_key"], silence(0.5))
    appliance.final_call(call_id)
    opened(qtbot, window, f"call/{call_id}")
    for name in ("customer/new", "webhook/no-such-one", *(entry.name for entry in PAGES if entry.targets is None)):
        opened(qtbot, window, name)
    for tab in SYSTEM_TABS:
        opened(qtbot, window, f"system?tab={tab}")
    pages = {name: weakref.ref(page) for name, page in window._pages.items()}
    assert len(pages) == len(PAGES)
    window.context.session.close()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)

    def left() -> list[str]:
        gc.collect()
        return [name for name, page in pages.items() if page() is not None]

    qtbot.waitUntil(lambda: left() == [], timeout=WAIT_MS)


def test_a_narrow_window_folds_the_sidebar_and_a_wide_one_shows_it_again(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    assert not window.sidebar.is_folded
    wide = window.sidebar.width()
    window.resize(800, 600)
    assert window.sidebar.is_folded
    assert window.sidebar.width() < wide / 2
    button = window.sidebar.button("calls")
    assert (button.toolTip(), button.accessibleName()) == ("Calls", "Calls")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "calls", timeout=WAIT_MS)
    press(qtbot, window, Qt.Key.Key_B)
    assert not window.sidebar.is_folded, "whoever wants the words has them"
    window.resize(1280, 800)
    assert not window.sidebar.is_folded
    press(qtbot, window, Qt.Key.Key_B)
    assert window.sidebar.is_folded
    again = MainWindow(window.context)
    qtbot.addWidget(again)
    assert again.sidebar.is_folded, "it is remembered"


@pytest.mark.long
def test_who_gets_another_token_comes_back_to_where_one_was(
    qtbot: QtBot, context: AppContext, appliance: TlsAppliance
) -> None:
    made = appliance.admin("POST", "/api/tokens", json={"role": "admin"}).json()
    window = shown(qtbot, MainWindow(context))
    window.open(appliance.connection(made["token"]), "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None, timeout=WAIT_MS)
    opened(qtbot, window, "calls?state=failed")
    assert appliance.admin("DELETE", f"/api/tokens/{made['id']}").status_code == 200
    context.session.poll_now()
    token = window.connect_page.token
    qtbot.waitUntil(token.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
    assert not window.connect_page.address.isVisible(), "the address is known"
    token.token.setText(appliance.admin_token)
    QTest.keyClick(token.token, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "calls?state=failed", timeout=WAIT_MS)
    window.leave_appliance()
    qtbot.waitUntil(lambda: window.page is None, timeout=WAIT_MS)
    window.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: window.page is not None, timeout=WAIT_MS)
    assert str(window.page and window.page.link) == "overview", "who left by hand begins anew"


def test_no_page_comes_into_sight_as_the_connection_ends(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    call_id = appliance.accepted(appliance.new_customer()["api_key"], silence(0.5))
    page = opened(qtbot, window, f"call/{call_id}")
    opened(qtbot, window, "customers")
    came: list[str] = []
    page.showEvent = lambda _event: came.append(page.title())
    window.leave_appliance()
    assert window.page is None
    assert came == []
