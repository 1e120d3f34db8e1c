"""Connecting for the first time and again, by mouse and keyboard, to a real appliance."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.transport.certificate import grouped
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.keychain import move_token
from admin_gui.local_storage.profiles import Profile
from admin_gui.pages.connect.cards import TrustCard
from admin_gui.pages.connect.connect_page import ConnectPage, address_of
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.keychain_in_memory import Keychain
from tests.support.appliance import free_port


def test_where_the_fingerprint_is_to_be_compared_with_is_known_to_whoever_never_ran_init(qtbot: QtBot) -> None:
    card = TrustCard()
    qtbot.addWidget(card)
    said = " ".join(label.text() for label in card.findChildren(PlainLabel))
    assert "first-boot.txt" in said
    assert "vbot certificate show" in said
    assert "vbot init" not in said


@pytest.fixture
def page(empty_window: MainWindow, keychain: Keychain) -> ConnectPage:
    return empty_window.connect_page


def is_live(context: AppContext) -> bool:
    return context.session.situation.state is State.LIVE


def connect_by_hand(qtbot: QtBot, page: ConnectPage, appliance: TlsAppliance) -> None:
    QTest.keyClicks(page.address.address, f"127.0.0.1:{appliance.port}")
    QTest.keyClick(page.address.address, Qt.Key.Key_Return)
    qtbot.waitUntil(page.trust.isVisible, timeout=WAIT_MS)
    QTest.mouseClick(page.trust.trust_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(page.token.token, appliance.admin_token)


def test_the_first_connection_shows_the_fingerprint_and_pins_it(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    connect_by_hand(qtbot, page, appliance)
    assert page.trust.fingerprint.text() == grouped(appliance.fingerprint)
    page.token.name.setText("Head office")
    QTest.keyClick(page.token.token, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    profile = Profile(name="Head office", url=appliance.url, fingerprint=appliance.fingerprint)
    assert context.memory.profiles() == [profile]
    qtbot.waitUntil(lambda: keychain.kept == {("vbot-admin", profile.key): appliance.admin_token}, timeout=WAIT_MS)


def test_a_token_with_letters_that_none_has_is_told_as_such_and_not_sent(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    connect_by_hand(qtbot, page, appliance)
    page.token.token.setText(f"{appliance.admin_token}ä“")
    page.token.keep.setChecked(True)
    page.token.connect_button.click()
    assert page.banner.isVisible()
    assert page.banner.text.startswith("That is no token")
    assert page.token.token.hasFocus()
    assert context.session.situation.state is State.DISCONNECTED
    assert not keychain.kept
    page.token.token.setText(appliance.admin_token)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)


@pytest.mark.parametrize("token", ["Schlüssel", "“quoted”"])
def test_such_a_token_from_the_keyring_is_refused_as_a_token(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain, token: str
) -> None:
    profile = Profile(name="Office", url=appliance.url, fingerprint=appliance.fingerprint)
    context.memory.save_profile(profile)
    keychain.kept["vbot-admin", profile.key] = token
    page.start_over()
    QTest.keyClick(page.known.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.session.situation.state is State.REFUSED, timeout=WAIT_MS)
    assert page.banner.text == "The token is not accepted: it is wrong, revoked or expired."
    assert page.token.token.isVisible()


def test_a_token_is_in_no_file_of_ours(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, tmp_path: object
) -> None:
    connect_by_hand(qtbot, page, appliance)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    context.memory.sync()
    file = context.memory._settings.fileName()
    with open(file) as text:  # noqa: PTH123 - Qt names it
        assert appliance.admin_token not in text.read()


def test_a_known_appliance_needs_one_key(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    profile = Profile(name="Office", url=appliance.url, fingerprint=appliance.fingerprint)
    context.memory.save_profile(profile)
    keychain.kept["vbot-admin", profile.key] = appliance.admin_token
    page.start_over()
    assert page.known.list.hasFocus()
    QTest.keyClick(page.known.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    assert context.session.name == "Office"


def test_a_new_box_at_the_address_of_an_old_one_is_never_sent_the_old_ones_token(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    old = Profile(name="Office", url=appliance.url, fingerprint="ab" * 32)
    context.memory.save_profile(old)
    keychain.kept["vbot-admin", old.key] = "the-token-of-the-old-box"
    connect_by_hand(qtbot, page, appliance)
    page.token.keep.click()
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    context.session.close()
    qtbot.waitUntil(page.known.isVisible, timeout=WAIT_MS)
    page.known.open_button.click()
    qtbot.waitUntil(page.token.isVisible, timeout=WAIT_MS)
    assert page.token.token.text() == ""
    assert context.session.situation.state is State.DISCONNECTED, "it is asked for"
    qtbot.waitUntil(lambda: keychain.kept == {}, timeout=WAIT_MS)


def test_a_certificate_that_is_trusted_anew_keeps_its_token(keychain: Keychain) -> None:
    before = Profile(name="Office", url="https://box:8443", fingerprint="ab" * 32)
    renewed = Profile(name="Office", url="https://box:8443", fingerprint="cd" * 32)
    keychain.kept["vbot-admin", before.key] = "secret"
    move_token(before.key, renewed.key)
    assert keychain.kept == {("vbot-admin", renewed.key): "secret"}
    move_token(before.key, renewed.key)
    assert keychain.kept == {("vbot-admin", renewed.key): "secret"}, "there was none to be moved"


def test_without_a_keyring_it_says_so_and_asks_for_the_token(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    context.memory.save_profile(Profile(name="Office", url=appliance.url, fingerprint=appliance.fingerprint))
    page.start_over()
    page.known.open_button.click()
    qtbot.waitUntil(page.token.isVisible, timeout=WAIT_MS)
    assert page.token.no_keyring.isVisible()
    assert not page.token.locked_keyring.isVisible()
    assert not page.token.keep.isVisible()
    QTest.keyClicks(page.token.token, appliance.admin_token)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    assert keychain.kept == {}


def test_a_keyring_that_is_locked_is_no_missing_one_and_keeps_the_token_once_it_is_unlocked(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    profile = Profile(name="Office", url=appliance.url, fingerprint=appliance.fingerprint)
    keychain.kept["vbot-admin", profile.key] = "from-the-keyring"
    keychain.locked = True
    context.memory.save_profile(profile)
    page.start_over()
    page.known.open_button.click()
    qtbot.waitUntil(page.token.isVisible, timeout=WAIT_MS)
    assert page.token.locked_keyring.isVisible()
    assert not page.token.no_keyring.isVisible()
    assert page.token.keep.isVisible()
    keychain.locked = False
    QTest.keyClicks(page.token.token, appliance.admin_token)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: keychain.kept["vbot-admin", profile.key] == appliance.admin_token, timeout=WAIT_MS)


def test_a_keyring_that_was_locked_once_is_asked_again_when_an_appliance_is_chosen_again(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    profile = Profile(name="Office", url=appliance.url, fingerprint=appliance.fingerprint)
    keychain.kept["vbot-admin", profile.key] = appliance.admin_token
    keychain.locked = True
    context.memory.save_profile(profile)
    page.start_over()
    page.known.open_button.click()
    qtbot.waitUntil(page.token.isVisible, timeout=WAIT_MS)
    page.start_over()
    keychain.locked = False
    page.known.open_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)


def test_a_token_that_a_locked_keyring_does_not_take_is_said_not_to_be_kept(
    qtbot: QtBot, page: ConnectPage, context: AppContext, empty_window: MainWindow, keychain: Keychain
) -> None:
    keychain.locked = True
    page.address.address.setText(f"http://127.0.0.1:{free_port()}")
    QTest.keyClick(page.address.address, Qt.Key.Key_Return)
    qtbot.waitUntil(page.token.locked_keyring.isVisible, timeout=WAIT_MS)
    QTest.keyClicks(page.token.token, "some-token")
    page.token.connect_button.click()
    said = "The keyring is locked: the token is kept for this session only"
    qtbot.waitUntil(lambda: empty_window.status_line.message == said, timeout=WAIT_MS)


def test_a_token_that_is_not_to_be_kept_is_not_kept(
    qtbot: QtBot, page: ConnectPage, context: AppContext, appliance: TlsAppliance, keychain: Keychain
) -> None:
    connect_by_hand(qtbot, page, appliance)
    page.token.keep.click()
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(context), timeout=WAIT_MS)
    assert keychain.kept == {}


def test_a_wrong_token_is_asked_for_again(qtbot: QtBot, page: ConnectPage, appliance: TlsAppliance) -> None:
    connect_by_hand(qtbot, page, appliance)
    page.token.token.setText("not-the-token-at-all")
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: "wrong, revoked or expired" in page.banner.text, timeout=WAIT_MS)
    assert page.token.isVisible()
    assert page.token.token.text() == ""

    page.token.token.setText("nor-is-this-one")
    page.banner.clear()
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: "wrong, revoked or expired" in page.banner.text, timeout=WAIT_MS)
    assert page.token.isVisible()
    page.token.token.setText(appliance.admin_token)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(page._context), timeout=WAIT_MS)


def test_so_it_is_where_the_command_line_named_the_appliance(
    qtbot: QtBot, page: ConnectPage, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    empty_window.open(Connection(appliance.url, "not-the-token-at-all", appliance.fingerprint), "Office")
    qtbot.waitUntil(lambda: "wrong, revoked or expired" in page.banner.text, timeout=WAIT_MS)
    assert page.token.isVisible()
    assert page.token.name.text() == "Office"
    page.token.token.setText(appliance.admin_token)
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: is_live(page._context), timeout=WAIT_MS)


def test_forgetting_an_appliance_forgets_its_token_and_can_be_taken_back(
    qtbot: QtBot, page: ConnectPage, context: AppContext, empty_window: MainWindow, keychain: Keychain
) -> None:
    profile = Profile(name="Old", url="https://old.lan:8443", fingerprint="ab" * 32)
    context.memory.save_profile(profile)
    keychain.kept["vbot-admin", profile.key] = "secret"
    page.start_over()
    page.known.forget_button.click()
    assert context.memory.profiles() == []
    qtbot.waitUntil(lambda: keychain.kept == {}, timeout=WAIT_MS)
    assert not page.known.isVisible()
    undo = empty_window.status_line.undo_button
    qtbot.waitUntil(undo.isVisible, timeout=WAIT_MS)  # the keyring's answer comes from a thread
    undo.click()
    assert context.memory.profiles() == [profile]


def test_one_that_refused_its_token_is_forgotten_like_any_other(
    qtbot: QtBot, page: ConnectPage, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    connect_by_hand(qtbot, page, appliance)
    page.token.token.setText("not-the-token-at-all")
    page.token.connect_button.click()
    qtbot.waitUntil(lambda: "wrong, revoked or expired" in page.banner.text, timeout=WAIT_MS)
    page.token.left.emit()
    assert page.known.list.count() == 1
    page.known.forget_button.click()
    assert page.known.list.count() == 0
    assert not page.known.isVisible()
    assert empty_window.appliances.watch.profiles == []
    assert empty_window.sidebar.switcher.buttons == []


def test_another_one_is_forgotten_while_one_refuses_its_token(
    qtbot: QtBot, page: ConnectPage, context: AppContext, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    context.memory.save_profile(Profile(name="Old", url="https://old.lan:8443", fingerprint="ab" * 32))
    empty_window.open(Connection(appliance.url, "not-the-token-at-all", appliance.fingerprint), "Office")
    qtbot.waitUntil(lambda: "wrong, revoked or expired" in page.banner.text, timeout=WAIT_MS)
    page.token.left.emit()
    page.known.forget_button.click()
    assert page.known.list.count() == 0


def test_an_address_where_nobody_listens_is_told_and_can_be_mended(qtbot: QtBot, page: ConnectPage) -> None:
    QTest.keyClicks(page.address.address, f"127.0.0.1:{free_port()}")
    page.address.look_button.click()
    qtbot.waitUntil(lambda: "nothing listens there" in page.banner.text, timeout=WAIT_MS)
    assert page.address.isEnabled()
    assert page.address.isVisible()


def test_what_is_no_address_is_told_at_once(page: ConnectPage) -> None:
    page.address.address.setText("two words")
    page.address.look_button.click()
    assert "That is no address" in page.banner.text


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("vbot.lan", "https://vbot.lan:8443"),
        (" 10.0.0.5:443/ ", "https://10.0.0.5:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("[::1]", "https://[::1]:8443"),
        ("https://vbot.lan", "https://vbot.lan:8443"),
    ],
)
def test_addresses_are_understood_as_people_write_them(typed: str, url: str) -> None:
    assert address_of(typed) == url


@pytest.mark.parametrize(
    "typed", ["", "two words", "ftp://vbot.lan", "https://user@vbot.lan", "vbot.lan/path", "host:99999"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, the page has its own words
        address_of(typed)
