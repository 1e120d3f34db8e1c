"""How the remembered appliances stand, and that each is sent its own token and no other, and no other box any."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import keyring
import msgspec
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.system import Component
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.first_steps import FirstStepsMemory
from admin_gui.local_storage.profiles import Profile
from admin_gui.models.notices.standing import Standing, State
from admin_gui.session import State as SessionState
from admin_gui.shell.appliances import watch as watch_module
from admin_gui.shell.appliances.watch import ApplianceWatch
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.keychain_in_memory import Keychain
from tests.admin_gui.misbehaving import MisbehavingServer
from tests.admin_gui.shell.conftest import remember
from tests.support.appliance import free_port


@pytest.fixture
def watch(qtbot: QtBot, context: AppContext) -> Iterator[ApplianceWatch]:
    made = ApplianceWatch(context)
    yield made
    made.end()


def look(qtbot: QtBot, context: AppContext, watch: ApplianceWatch) -> dict[str, Standing]:
    """One round, to its end."""
    watch.look()
    qtbot.waitUntil(lambda: context.calls.under_way == 0 and not watch._waiting, timeout=WAIT_MS)
    return {one.name: watch.standing(one.url) for one in watch.profiles}


def come_back() -> None:
    """From another program, to this one."""
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)


def test_each_appliance_stands_as_it_says_and_sees_its_own_token_alone(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box, bonn: Box
) -> None:
    bonn.system = msgspec.structs.replace(
        bonn.system, health="degraded", components=[Component(name="queue", state="failed")]
    )
    gone = Profile(name="Gone", url=f"https://127.0.0.1:{free_port()}", fingerprint="ab" * 32)
    context.memory.save_profile(gone)
    context.memory.save_profile(Profile(name="Strange", url="https://127.0.0.1:1", fingerprint="ab" * 32))
    watch._tokens[gone.key] = "the-token-of-gone"
    assert watch.standing(berlin.url).state is State.UNASKED
    found = look(qtbot, context, watch)
    assert {name: one.state for name, one in found.items()} == {
        "Berlin": State.WELL,
        "Bonn": State.LOOK,
        "Gone": State.DOWN,
        "Strange": State.UNASKED,
    }
    assert found["Bonn"].troubles[0].text == "The queue does not answer: calls are accepted and wait"
    assert found["Strange"].text == "Its token is not kept on this computer: it is not asked"
    assert set(berlin.tokens) == {"the-token-of-Berlin"}
    assert set(bonn.tokens) == {"the-token-of-Bonn"}


def test_another_box_at_a_remembered_address_is_sent_nothing(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box
) -> None:
    assert look(qtbot, context, watch)["Berlin"].state is State.WELL
    berlin.renew()
    berlin.tokens.clear()
    found = look(qtbot, context, watch)["Berlin"]
    assert found.state is State.DOWN
    assert found.troubles[0].key == "unreached/certificate"
    assert berlin.tokens == []
    # Somebody trusts the new one, and has not given a token for it.
    context.memory.save_profile(berlin.profile)
    assert look(qtbot, context, watch)["Berlin"].state is State.UNASKED
    assert berlin.tokens == []


def test_a_recovery_key_that_is_kept_is_that_of_this_box_and_of_no_other_at_its_address(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box, keychain: Keychain
) -> None:
    berlin.system = msgspec.structs.replace(berlin.system, components=[Component(name="note", state="failed")])
    assert [one.key for one in look(qtbot, context, watch)["Berlin"].troubles] == ["note"]
    FirstStepsMemory(context.memory, berlin.profile).change(recovery_key_kept=True)
    assert look(qtbot, context, watch)["Berlin"].troubles == ()
    berlin.renew()
    remember(berlin, context, keychain)
    assert [one.key for one in look(qtbot, context, watch)["Berlin"].troubles] == ["note"]


def test_without_a_certificate_no_token_is_sent_unasked(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, keychain: Keychain
) -> None:
    with MisbehavingServer(lambda _connection, _first: None) as server:
        plain = Profile(name="Plain", url=server.url)
        context.memory.save_profile(plain)
        keychain.kept["vbot-admin", plain.key] = "secret"
        found = look(qtbot, context, watch)["Plain"]
        assert (found.state, found.is_known) == (State.UNASKED, False)
        assert server.requests == []


def test_a_token_that_is_refused_is_not_sent_again_and_the_keyring_is_asked_once(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box, keychain: Keychain
) -> None:
    looked: list[str] = []
    watch.looked.connect(lambda url, _standing: looked.append(url))
    berlin.token = "another-one-by-now"
    found = look(qtbot, context, watch)["Berlin"]
    assert found.state is State.UNASKED
    assert found.troubles[0].key == "unreached/token"
    sent = len(berlin.tokens)
    look(qtbot, context, watch)
    assert len(berlin.tokens) == sent
    assert looked == [berlin.url] * 2, "it is still so, and told of when it lasts"
    assert keychain.asked == [berlin.profile.key]


def test_a_keyring_that_is_locked_is_said_to_be_and_asked_again_when_somebody_comes_back(
    qtbot: QtBot,
    context: AppContext,
    watch: ApplianceWatch,
    berlin: Box,
    bonn: Box,
    keychain: Keychain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keychain.locked = True
    found = look(qtbot, context, watch)
    assert {(one.state, one.text) for one in found.values()} == {
        (State.UNASKED, "The keyring is locked and does not give its token: it is not asked for now")
    }
    assert len(keychain.asked) == 1, "each time it asks its user something, and who dismissed that once has answered"
    come_back()
    look(qtbot, context, watch)
    assert len(keychain.asked) == 1, "its own dialog has closed, and the program is active again"
    monkeypatch.setattr(watch_module, "LOCKED_SECONDS", 0.0)
    look(qtbot, context, watch)
    assert len(keychain.asked) == 1, "nobody is there"
    assert berlin.tokens == bonn.tokens == []
    keychain.locked = False
    come_back()
    assert {one.state for one in look(qtbot, context, watch).values()} == {State.WELL}


def test_the_keyring_is_asked_for_one_token_at_a_time(
    qtbot: QtBot,
    context: AppContext,
    watch: ApplianceWatch,
    berlin: Box,
    bonn: Box,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It shows a dialog for each while it is locked."""
    lock, dialogs, most = threading.Lock(), 0, 0
    answer = threading.Event()
    given = Keychain.get_password

    def ask_user(keychain: Keychain, service: str, username: str) -> str | None:
        nonlocal dialogs, most
        with lock:
            dialogs += 1
            most = max(most, dialogs)
        answer.wait(WAIT_MS / 1000)
        with lock:
            dialogs -= 1
        return given(keychain, service, username)

    monkeypatch.setattr(Keychain, "get_password", ask_user)
    watch.look()
    qtbot.waitUntil(lambda: dialogs > 0, timeout=WAIT_MS)
    under_way = context.calls.under_way
    answer.set()
    qtbot.waitUntil(lambda: context.calls.under_way == 0 and not watch._waiting, timeout=WAIT_MS)
    assert (under_way, most) == (1, 1)
    assert {watch.standing(one.url).state for one in (berlin, bonn)} == {State.WELL}


def test_who_opens_an_appliance_by_the_keyring_has_unlocked_it_for_the_others_too(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box, bonn: Box, keychain: Keychain
) -> None:
    keychain.locked = True
    look(qtbot, context, watch)
    keychain.locked = False
    context.session.open(Connection(berlin.url, berlin.token, berlin.fingerprint), "Berlin")
    qtbot.waitUntil(lambda: context.session.situation.state is SessionState.LIVE, timeout=WAIT_MS)
    watch.look()
    qtbot.waitUntil(lambda: watch.standing(bonn.url).state is State.WELL, timeout=WAIT_MS)


def test_a_computer_without_a_keyring_is_said_to_have_none(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    found = look(qtbot, context, watch)["Berlin"]
    assert (found.state, found.text) == (State.UNASKED, "Its token is not kept on this computer: it is not asked")


def test_after_a_fault_that_nobody_foresaw_it_is_asked_at_the_next_look(
    qtbot: QtBot,
    context: AppContext,
    watch: ApplianceWatch,
    berlin: Box,
    keychain: Keychain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_keychain: Keychain, _service: str, _username: str) -> str | None:
        raise RuntimeError("the bus is not there yet")

    with monkeypatch.context() as patch:
        patch.setattr(Keychain, "get_password", fail)
        found = look(qtbot, context, watch)["Berlin"]
    assert (found.state, found.text) == (
        State.UNASKED,
        "It could not be asked. That did not work: the bus is not there yet.",
    )
    assert look(qtbot, context, watch)["Berlin"].state is State.WELL


def test_one_that_was_open_is_asked_on_with_the_token_that_was_typed_for_it(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box, keychain: Keychain
) -> None:
    keychain.kept.clear()
    assert look(qtbot, context, watch)["Berlin"].state is State.UNASKED
    context.session.open(Connection(berlin.url, berlin.token, berlin.fingerprint), "Berlin")
    qtbot.waitUntil(lambda: context.session.situation.state is SessionState.LIVE, timeout=WAIT_MS)
    assert watch.standing(berlin.url).state is State.WELL, "as the session hears it"
    context.session.close()
    berlin.tokens.clear()
    assert look(qtbot, context, watch)["Berlin"].state is State.WELL
    assert set(berlin.tokens) == {berlin.token}


def test_one_that_is_open_and_falls_silent_is_down(
    qtbot: QtBot, context: AppContext, watch: ApplianceWatch, berlin: Box
) -> None:
    context.session.open(Connection(berlin.url, berlin.token, berlin.fingerprint), "Berlin")
    qtbot.waitUntil(lambda: context.session.situation.state is SessionState.LIVE, timeout=WAIT_MS)
    berlin.stop()
    context.session.poll_now()
    qtbot.waitUntil(lambda: watch.standing(berlin.url).state is State.DOWN, timeout=WAIT_MS)
