"""Several appliances in one window: the switcher, the palette and the keys go from one to the other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.transport.connection import Connection
from admin_gui.links import Link
from admin_gui.local_storage.profiles import Profile
from admin_gui.models.notices.standing import State
from admin_gui.pages.page import Page, Unsaved
from admin_gui.session import State as SessionState
from admin_gui.shell.appliances.rename_dialog import RenameDialog
from admin_gui.shell.appliances.switcher import MOST_SHOWN
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, type_over
from tests.admin_gui.keychain_in_memory import Keychain


@pytest.fixture
def at_berlin(qtbot: QtBot, empty_window: MainWindow, berlin: Box, bonn: Box) -> MainWindow:
    """Connected to the first of two."""
    context = empty_window.context
    context.session.connected.connect(lambda: context.go("customers"), Qt.ConnectionType.SingleShotConnection)
    empty_window.open(Connection(berlin.url, berlin.token, berlin.fingerprint), "Berlin")
    qtbot.waitUntil(lambda: is_open(empty_window, berlin), timeout=WAIT_MS)
    return empty_window


def is_open(window: MainWindow, box: Box) -> bool:
    session = window.context.session
    there = session.connection is not None and session.connection.url == box.url
    return there and session.situation.state is SessionState.LIVE and window.page is not None


def lines(window: MainWindow) -> list[str]:
    """As somebody hears them who sees nothing."""
    return [one.accessibleName() for one in window.sidebar.switcher.buttons]


def checked(window: MainWindow) -> list[str]:
    return [one.text().strip() for one in window.sidebar.switcher.buttons if one.isChecked()]


def test_the_switcher_shows_how_each_stands_and_goes_there(
    qtbot: QtBot, at_berlin: MainWindow, berlin: Box, bonn: Box
) -> None:
    window = at_berlin
    assert lines(window) == ["Berlin: well", "Bonn: not asked"]
    window.appliances.watch.look()
    qtbot.waitUntil(lambda: lines(window) == ["Berlin: well", "Bonn: well"], timeout=WAIT_MS)
    assert checked(window) == ["Berlin"]
    click(window.sidebar.switcher.buttons[1])
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)
    assert window.context.session.name == "Bonn"
    assert checked(window) == ["Bonn"]
    assert [one.name for one in window.appliances.watch.profiles] == ["Berlin", "Bonn"], "they keep their places"
    window.appliances.watch.look()
    qtbot.waitUntil(lambda: lines(window) == ["Berlin: well", "Bonn: well"], timeout=WAIT_MS)
    assert set(berlin.tokens) == {berlin.token}
    assert set(bonn.tokens) == {bonn.token}


def test_keys_go_there_too(qtbot: QtBot, at_berlin: MainWindow, berlin: Box, bonn: Box) -> None:
    window = at_berlin
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    QTest.keySequence(window, QKeySequence("Ctrl+Shift+2"))
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)
    assert not is_open(window, berlin)


def test_the_palette_goes_there_too(qtbot: QtBot, at_berlin: MainWindow, bonn: Box) -> None:
    window = at_berlin
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "go to appliance bon")
    assert palette.list.entries()[0].detail == bonn.url
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)


def test_commands_know_the_certificate_that_was_trusted_meanwhile(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window, before = at_berlin, bonn.profile
    bonn.renew()
    window.context.memory.save_profile(bonn.profile)
    keychain.kept["vbot-admin", bonn.profile.key] = keychain.kept.pop(("vbot-admin", before.key))
    window.appliances.update()

    def run(title: str) -> None:
        next(one for one in window.commands.all() if one.title == title).run()

    run("Go to appliance Bonn")
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)
    assert bonn.profile in window.context.memory.profiles()
    run("Forget appliance Bonn")
    qtbot.waitUntil(lambda: ("vbot-admin", bonn.profile.key) not in keychain.kept, timeout=WAIT_MS)


def test_one_arrives_where_one_wanted_to_be(qtbot: QtBot, at_berlin: MainWindow, bonn: Box) -> None:
    window = at_berlin
    window.appliances.go(bonn.profile, Link.parse("system?tab=backups"))
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)
    assert str(window.page and window.page.link) == "system?tab=backups"
    window.appliances.go(bonn.profile, Link.parse("customers"))
    assert str(window.page and window.page.link) == "customers"


def test_what_was_typed_is_asked_about_first(
    qtbot: QtBot, at_berlin: MainWindow, berlin: Box, bonn: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = at_berlin
    typed = [True]
    unsaved = Unsaved("A name was typed.", typed.clear)
    monkeypatch.setattr(Page, "unsaved", lambda _page: unsaved if typed else None)
    click(window.sidebar.switcher.buttons[1])
    assert window.unsaved_guard.bar.is_asking
    assert is_open(window, berlin)
    assert checked(window) == ["Berlin"]
    click(window.unsaved_guard.bar.stay_button)
    assert is_open(window, berlin)
    click(window.sidebar.switcher.buttons[1])
    click(window.unsaved_guard.bar.discard_button)
    qtbot.waitUntil(lambda: is_open(window, bonn), timeout=WAIT_MS)


def test_where_the_keyring_has_no_token_it_is_asked_for(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window = at_berlin
    keychain.kept.clear()
    click(window.sidebar.switcher.buttons[1])
    qtbot.waitUntil(window.connect_page.token.isVisible, timeout=WAIT_MS)
    assert bonn.tokens == []


def test_another_box_in_its_place_is_not_sent_its_token(qtbot: QtBot, at_berlin: MainWindow, bonn: Box) -> None:
    window = at_berlin
    trusted = bonn.profile
    bonn.renew()
    window.appliances.go(trusted)
    qtbot.waitUntil(window.certificate_page.isVisible, timeout=WAIT_MS)
    assert bonn.tokens == []


def test_an_appliance_is_renamed(qtbot: QtBot, at_berlin: MainWindow, berlin: Box) -> None:
    window = at_berlin
    window.appliances.rename(berlin.profile)
    dialog = window.findChild(RenameDialog)
    assert isinstance(dialog, RenameDialog)
    type_over(dialog.name, "   ")
    assert not dialog.save_button.isEnabled()
    type_over(dialog.name, "Head & office")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert lines(window) == ["Bonn: not asked", "Head & office: well"]
    assert window.windowTitle().endswith("– Head & office")
    assert sorted(one.name for one in window.context.memory.profiles()) == ["Bonn", "Head & office"]
    titles = [one.title for one in window.commands.all()]
    assert "Go to appliance Head & office" in titles
    assert "Go to appliance Berlin" not in titles


def forget_by_the_menu(window: MainWindow, line: int) -> None:
    button = window.sidebar.switcher.buttons[line]
    button.customContextMenuRequested.emit(button.rect().center())
    menu = window.sidebar.switcher.findChild(QMenu)
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.text() == "Forget it").trigger()
    menu.close()


def test_the_menu_of_a_line_forgets_an_appliance_and_its_token_and_undo_brings_both_back(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window, of_bonn = at_berlin, ("vbot-admin", bonn.profile.key)
    forget_by_the_menu(window, 1)
    assert lines(window) == ["Berlin: well"]
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    assert window.status_line.message == "Bonn is forgotten, its token too"
    assert of_bonn not in keychain.kept
    click(window.status_line.undo_button)
    assert len(lines(window)) == 2
    qtbot.waitUntil(lambda: keychain.kept.get(of_bonn) == bonn.token, timeout=WAIT_MS)
    window.appliances.watch.look()
    qtbot.waitUntil(lambda: lines(window) == ["Berlin: well", "Bonn: well"], timeout=WAIT_MS)


def test_a_token_that_the_keyring_does_not_delete_is_not_said_to_be_forgotten(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window, of_bonn = at_berlin, ("vbot-admin", bonn.profile.key)
    keychain.locked = True
    forget_by_the_menu(window, 1)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    assert window.status_line.message == "Bonn is forgotten, but its token is in the keyring still: it is locked"
    keychain.locked = False
    click(window.status_line.undo_button)
    assert len(lines(window)) == 2
    assert keychain.kept[of_bonn] == bonn.token


def test_of_an_appliance_without_a_kept_token_none_is_said_to_be_forgotten(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window = at_berlin
    del keychain.kept["vbot-admin", bonn.profile.key]
    forget_by_the_menu(window, 1)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    assert window.status_line.message == "Bonn is forgotten"


def test_a_token_that_cannot_be_brought_back_is_told(
    qtbot: QtBot, at_berlin: MainWindow, bonn: Box, keychain: Keychain
) -> None:
    window = at_berlin
    forget_by_the_menu(window, 1)
    qtbot.waitUntil(window.status_line.undo_button.isVisible, timeout=WAIT_MS)
    keychain.locked = True
    click(window.status_line.undo_button)
    qtbot.waitUntil(
        lambda: window.status_line.message == "The keyring is locked: the token is kept for this session only",
        timeout=WAIT_MS,
    )
    window.appliances.watch.look()
    qtbot.waitUntil(lambda: lines(window) == ["Berlin: well", "Bonn: well"], timeout=WAIT_MS)


def test_who_forgets_the_one_that_is_open_leaves_it(qtbot: QtBot, at_berlin: MainWindow, berlin: Box) -> None:
    window = at_berlin
    window.appliances.forget(berlin.profile)
    assert window.context.session.situation.state is SessionState.DISCONNECTED
    assert [one.name for one in window.context.memory.profiles()] == ["Bonn"]
    known = window.connect_page.known.list
    assert [known.item(row).text().splitlines()[0] for row in range(known.count())] == ["Bonn"]


def test_with_many_appliances_the_first_are_shown_and_the_one_that_is_open(
    qtbot: QtBot, at_berlin: MainWindow, context: AppContext
) -> None:
    window = at_berlin
    for number in range(MOST_SHOWN):
        context.memory.save_profile(Profile(name=f"A{number}", url=f"https://a{number}:8443", fingerprint="ab" * 32))
    window.appliances.update()
    assert [one.split(":")[0] for one in lines(window)] == ["A0", "A1", "A2", "Berlin"]
    window.resize(SMALLEST_SIZE)
    room = window.height() - window.statusBar().height()
    assert window.sidebar.minimumSizeHint().height() <= room, "there is room for all of it in the smallest window"
    click(window.sidebar.switcher.more_button)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is not None, timeout=WAIT_MS)


def test_a_folded_sidebar_shows_the_dots_and_says_the_rest_in_their_tooltips(
    qtbot: QtBot, at_berlin: MainWindow, berlin: Box
) -> None:
    window = at_berlin
    window.sidebar.toggle()
    button = window.sidebar.switcher.buttons[0]
    assert button.text() == ""
    assert button.toolTip() == f"Berlin (Ctrl+Shift+1)\n{berlin.url}\nAll is well"
    assert window.appliances.watch.standing(berlin.url).state is State.WELL
