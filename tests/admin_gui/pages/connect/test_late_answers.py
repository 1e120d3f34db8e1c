"""A token goes to the appliance that it is of, and to no other, whatever answers late."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.local_storage.profiles import Profile
from admin_gui.pages.connect.connect_page import ConnectPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import PATIENCE_SECONDS, WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click
from tests.support.appliance import free_port

AWAY = "Bremen"
TOKEN_OF_AWAY = "the-token-of-bremen"


class SlowKeychain(KeyringBackend):
    """A keyring that asks its user something first: it answers when the test lets it."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait(PATIENCE_SECONDS)
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing is to be kept here."""

    def delete_password(self, service: str, username: str) -> None:
        """Nothing is to be forgotten here."""


@pytest.fixture
def keychain() -> Iterator[SlowKeychain]:
    former = keyring.get_keyring()
    made = SlowKeychain()
    keyring.set_keyring(made)
    yield made
    made.answers.set()
    keyring.set_keyring(former)


@pytest.fixture
def away(context: AppContext, keychain: SlowKeychain) -> Profile:
    """It is known, its token is in the keyring, and nothing listens there at present."""
    profile = Profile(name=AWAY, url=f"https://127.0.0.1:{free_port()}", fingerprint="ab" * 32)
    context.memory.save_profile(profile)
    keychain.kept[profile.key] = TOKEN_OF_AWAY
    return profile


def choose(page: ConnectPage, name: str) -> None:
    """As somebody clicks it in the list of known appliances."""
    page.start_over()
    entries = page.known.list
    entries.setCurrentRow(next(at for at in range(entries.count()) if entries.item(at).text().startswith(name)))
    click(page.known.open_button)


def all_answered(qtbot: QtBot, context: AppContext) -> None:
    qtbot.waitUntil(lambda: context.calls.under_way == 0, timeout=WAIT_MS)


def test_a_certificate_comes_when_a_known_appliance_was_chosen_instead(
    qtbot: QtBot,
    empty_window: MainWindow,
    context: AppContext,
    appliance: TlsAppliance,
    keychain: SlowKeychain,
    away: Profile,
) -> None:
    """Nobody has accepted the fingerprint of the one whose address was typed."""
    page = empty_window.connect_page
    page.start_over()
    QTest.keyClicks(page.address.address, f"127.0.0.1:{appliance.port}")
    click(page.address.look_button)
    click(page.known.open_button)
    qtbot.waitUntil(lambda: context.calls.under_way == 1, timeout=WAIT_MS)  # the keyring alone
    assert not page.trust.isVisible()
    assert page.address.isEnabled()
    keychain.answers.set()
    qtbot.waitUntil(lambda: context.session.situation.error is not None, timeout=WAIT_MS)
    connection = context.appliance.connection
    assert (connection.url, connection.fingerprint) == (away.url, away.fingerprint)
    assert context.memory.profiles() == [away]
    assert "nothing listens there" in page.banner.text


def test_the_keyring_answers_when_another_ones_certificate_waits_to_be_compared(
    qtbot: QtBot,
    empty_window: MainWindow,
    context: AppContext,
    appliance: TlsAppliance,
    keychain: SlowKeychain,
    away: Profile,
) -> None:
    keychain.kept.clear()
    page = empty_window.connect_page
    choose(page, AWAY)
    QTest.keyClicks(page.address.address, f"127.0.0.1:{appliance.port}")
    click(page.address.look_button)
    qtbot.waitUntil(page.trust.isVisible, timeout=WAIT_MS)
    keychain.answers.set()
    all_answered(qtbot, context)
    assert page.trust.isVisible(), "the token is asked for after that"
    assert not page.token.isVisible()
