"""Windows are shown on Qt's own screen in memory; the appliance behind them is a real one with a fake engine.

`walk/test_whole_day.py` starts a process of its own for a day on an X server: there, `ON_X` is set.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

# Before pytest-qt makes the application.
os.environ["QT_QPA_PLATFORM"] = "xcb" if "VBOT_TESTS_ON_X" in os.environ else "offscreen"

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui import session
from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Theme
from admin_gui.client.appliance import Appliance
from admin_gui.client.transport import certificate
from admin_gui.client.transport.connection import Connection
from admin_gui.local_storage.profiles import Memory
from admin_gui.pages.connect import connect_page
from admin_gui.shell import status_line
from admin_gui.shell.appliances import watch
from admin_gui.shell.garbage_collection import GuiThreadCollector
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.keychain_in_memory import Keychain
from tests.admin_gui.sound_sink import SoundSink
from tests.support.fake_appliance import FakeAppliance

ON_X = "VBOT_TESTS_ON_X"
WAIT_MS = 60_000
# The receiver is a thread of this process, which a busy machine keeps waiting: no attempt is late here.
PATIENT = {"VBOT_WEBHOOK_TIMEOUT_SECONDS": "30"}
# What answers within a moment, however long a busy machine takes to let it: also a TLS handshake.
PATIENCE_SECONDS = 60.0


class TlsAppliance(FakeAppliance):
    """Over TLS, as an administrator has it, and on the common disk."""

    def __init__(self, folder: Path, *, clock: bool = False) -> None:
        super().__init__(folder, clock=clock)
        self.settings |= {"VBOT_TLS": "auto", "VBOT_WEBHOOK_RETRY_SECONDS": "1,1,1", **PATIENT}

    def _mount(self) -> None:
        """A disk of its own is for tests that fill it."""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate that it shows."""
        shown = ssl.get_server_certificate(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()

    def connection(self, token: str | None = None) -> Connection:
        """How the desktop program connects."""
        return Connection(
            self.url, token or self.admin_token, self.fingerprint, PATIENCE_SECONDS, read_seconds=PATIENCE_SECONDS
        )

    def viewer_token(self) -> str:
        answer = self.admin("POST", "/api/tokens", json={"role": "viewer"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])


@pytest.fixture(scope="session", autouse=True)
def collector(qapp: QApplication) -> GuiThreadCollector:
    """As in the program: no other thread takes Qt's objects away."""
    return GuiThreadCollector(qapp)


@pytest.fixture(scope="session", autouse=True)
def no_keyring() -> None:
    """This computer has none, whoever develops on it: the library would look for one, and take the first of the tests'
    own, one of which waits to be let go. A test that wants one asks for `keychain`.
    """
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True)
def nobody_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still is no silence of the appliance, which turns buttons off. test_session.py tests it."""
    monkeypatch.setattr(session, "QUIET_SECONDS", 240.0)
    monkeypatch.setattr(session, "QUIET_SECONDS_WITHOUT_STREAM", 240.0)


@pytest.fixture(autouse=True)
def certificates_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is an appliance away that a busy machine lets answer late when its certificate is asked for."""
    fetch = partial(certificate.fetch_fingerprint, timeout_seconds=PATIENCE_SECONDS)
    monkeypatch.setattr(connect_page, "fetch_fingerprint", fetch)


@pytest.fixture(autouse=True)
def nothing_is_over_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that stands still: what was said would fade before it is looked at, with its way back."""
    for name in ("MESSAGE_MS", "UNDO_MS", "ERROR_MS"):
        monkeypatch.setattr(status_line, name, 600_000)
    for name in ("CONNECT_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(watch, name, PATIENCE_SECONDS)


def wait_over_midnight(seconds: float) -> None:
    """Where the day, the appliance's or this machine's, ends within so many: what is of today is yesterday's then."""
    for zone in (UTC, None):
        now = datetime.now(UTC).astimezone(zone)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        left = (midnight - now).total_seconds()
        if left < seconds:
            time.sleep(left + 1)


@pytest.fixture
def same_day() -> None:
    """No midnight comes while a test looks at what is of today; asked for by a mark, it is seen to before all else."""
    wait_over_midnight(60)


@pytest.fixture(scope="session")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One for all tests that leave it as it is, in whatever order their files come.

    They keep apart by making their own customers, under names that no other file gives (test_shared_appliance.py). A
    list of everybody's has more rows than one's own, and the newest may be another's. Whoever looks at what all have
    done, as the overview does, or leaves more than customers behind, makes an appliance of his own.
    """
    with TlsAppliance(tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def client(appliance: TlsAppliance) -> Iterator[Appliance]:
    """The typed client, as an administrator."""
    made = Appliance(appliance.connection())
    yield made
    made.close()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """What the program remembers, beginning with nothing."""
    return Memory(tmp_path / "settings.ini")


@pytest.fixture
def keychain() -> Iterator[Keychain]:
    """This computer's keyring."""
    former = keyring.get_keyring()
    made = Keychain()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(former)


@pytest.fixture
def sinks() -> list[SoundSink]:
    """The sound devices that the program has opened in this test, the newest last."""
    return []


@pytest.fixture
def context(qtbot: QtBot, memory: Memory, sinks: list[SoundSink]) -> Iterator[AppContext]:
    """Not connected yet."""

    def opened() -> SoundSink:
        sinks.append(SoundSink())
        return sinks[-1]

    made = AppContext(memory, Theme("light"))
    made.open_output = opened
    yield made
    made.close()


@pytest.fixture
def empty_window(qtbot: QtBot, context: AppContext) -> MainWindow:
    """The window, not connected."""
    return shown(qtbot, MainWindow(context))


@pytest.fixture
def window(qtbot: QtBot, context: AppContext, appliance: TlsAppliance) -> MainWindow:
    """The window, connected as an administrator; a test opens the page that it is about.

    At first it shows the customers, for the overview, which it would show by itself, takes the longest to fill.
    """
    context.session.connected.connect(lambda: context.go("customers"), Qt.ConnectionType.SingleShotConnection)
    made = shown(qtbot, MainWindow(context))
    made.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: made.page is not None and made.page.is_ready, timeout=WAIT_MS)
    return made


def shown(qtbot: QtBot, window: MainWindow) -> MainWindow:
    qtbot.addWidget(window)
    with qtbot.waitExposed(window, timeout=WAIT_MS):
        window.show()
    return window
