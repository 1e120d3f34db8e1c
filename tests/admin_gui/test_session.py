"""The connection's life: live, out of date, back again, refused, another certificate. Against a real appliance."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest
import requests
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from admin_gui import session
from admin_gui.app_context import AppContext
from admin_gui.client.customers import Customers
from admin_gui.client.events import Event, EventStream
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import CertificateChanged, Forbidden, NotAuthorised, ServerFault
from admin_gui.pages.page import Page
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.text import formats
from appliance.services.access.certificate import create_certificate
from appliance.storage.folder.data_folder import DataFolder
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.support.machine_time import MachineTime
from tests.support.processes import Process, family
from tests.support.recordings import silence

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def shaken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One that is killed, started again, and given other certificates; each test leaves it running."""
    with TlsAppliance(tmp_path_factory.mktemp("shaken"), clock=True) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_is_silent() -> None:
    """Here it is tested what is said of silence."""


def state_of(window: MainWindow) -> State:
    return window.context.session.situation.state


def connected(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, token: str | None = None) -> None:
    window.open(appliance.connection(token), "Own appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)


@pytest.mark.slow
def test_a_server_that_is_killed_makes_it_stale_and_one_that_comes_back_makes_it_live(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, shaken)
    window.go("customers")
    shaken.destroy()
    qtbot.waitUntil(lambda: state_of(window) is State.STALE, timeout=PATIENCE_MS)
    assert "may be out of date" in window.banner_text
    qtbot.waitUntil(lambda: "nothing listens there" in window.banner_text, timeout=PATIENCE_MS)
    assert window.connection_text.startswith("Stale since ")
    assert window.page is not None, "what was known stays, and is marked as old"
    assert window.stale_overlay.isVisible()
    assert not window.context.session.may_change
    shaken.start()
    shaken.new_customer(company_name="Came meanwhile")
    qtbot.waitUntil(lambda: state_of(window) is State.LIVE, timeout=PATIENCE_MS)
    assert window.banner_text == ""
    assert not window.stale_overlay.isVisible()
    page = window.page
    assert isinstance(page, Page)
    table = page.table  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "Came meanwhile" in [one.company_name for one in table.model.rows], timeout=WAIT_MS)


@contextmanager
def frozen(appliance: TlsAppliance) -> Iterator[None]:
    """Its api does nothing for a while, and still listens, as far as anybody can see from outside.

    Who would start it again after 30 s stands still as well: on a busy machine the program takes longer to notice.
    """
    stopped = (appliance.pid, appliance.one("vbot api").pid)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def everybody() -> Iterable[Process]:
    """All whom a busy machine may keep waiting: the appliance is among our children."""
    return family(os.getpid())


def told_seconds(text: str) -> int:
    """For how long nothing was heard, as the status line says it."""
    found = re.fullmatch(r"No answer for (\d+) s", text)
    return 0 if found is None else int(found[1])


@pytest.mark.slow
def test_an_api_that_hangs_is_told_within_nine_seconds_and_its_answer_within_eight(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SILENT_SECONDS", 120.0)  # what follows then is the next test's matter
    window = empty_window
    connected(qtbot, window, shaken)
    qtbot.waitUntil(lambda: window.context.session.stream_open, timeout=WAIT_MS)
    pill = window.status_line.pill
    qtbot.waitUntil(lambda: (pill.text, pill.tone) == ("Live", "good"), timeout=WAIT_MS)

    with frozen(shaken):
        since = MachineTime(everybody)
        qtbot.waitUntil(lambda: state_of(window) is State.QUIET, timeout=WAIT_MS)
        assert since.seconds < 9
        qtbot.waitUntil(lambda: told_seconds(pill.text) >= 7, timeout=WAIT_MS)
        assert pill.tone == "warn"
        assert not window.stale_overlay.isVisible(), "it is not old yet"
        assert not window.context.session.may_change
        window.go("calls")
        qtbot.waitUntil(
            lambda: window.loading_indicator.text.startswith("Waiting: the appliance has not answered"), timeout=WAIT_MS
        )
        qtbot.waitUntil(lambda: told_seconds(pill.text) >= 12, timeout=WAIT_MS)
        assert told_seconds(pill.text) <= window.context.session.silent_seconds

    since = MachineTime(everybody)
    qtbot.waitUntil(lambda: (pill.text, pill.tone) == ("Live", "good"), timeout=WAIT_MS)
    assert since.seconds < 8
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.loading_indicator.text == "", timeout=WAIT_MS)
    assert window.context.session.may_change


@pytest.mark.slow
@pytest.mark.long
def test_an_api_that_hangs_on_is_out_of_date_and_comes_back(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, shaken)
    with frozen(shaken):
        qtbot.waitUntil(lambda: state_of(window) is State.STALE, timeout=PATIENCE_MS)
        assert "it does not answer" in window.banner_text
    qtbot.waitUntil(lambda: state_of(window) is State.LIVE, timeout=PATIENCE_MS)
    assert window.banner_text == ""


@pytest.mark.slow
@pytest.mark.long
def test_an_appliance_that_has_all_hands_full_is_not_called_silent(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = empty_window
    connected(qtbot, window, shaken)
    qtbot.waitUntil(lambda: window.context.session.stream_open, timeout=WAIT_MS)
    # What this machine keeps us waiting for a processor is no silence of the appliance.
    clock, stopwatch = window.context.session.appliance.clock, MachineTime(everybody)
    began = clock._monotonic()
    monkeypatch.setattr(clock, "_monotonic", lambda: began + stopwatch.seconds)
    seen: list[State] = []
    window.context.session.changed.connect(lambda situation: seen.append(situation.state))
    ending = threading.Event()
    key = shaken.new_customer()["api_key"]

    def press() -> None:
        while not ending.is_set():
            with contextlib.suppress(requests.RequestException):
                shaken.admin("GET", "/api/calls", params={"limit": "500"})
                shaken.submit(key, silence(5.0) + b"takes 0.0 seconds")  # later tests need the worker, too

    pressing = [threading.Thread(target=press) for _ in range(12)]
    for thread in pressing:
        thread.start()
    try:
        qtbot.wait(20_000)
    finally:
        ending.set()
        for thread in pressing:
            thread.join()
    assert seen == []


def test_a_token_that_is_revoked_ends_it_and_asks_for_another(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window = empty_window
    made = appliance.admin("POST", "/api/tokens", json={"role": "viewer"}).json()
    connected(qtbot, window, appliance, made["token"])
    assert window.context.session.is_viewer
    assert appliance.admin("DELETE", f"/api/tokens/{made['id']}").status_code == 200
    qtbot.waitUntil(lambda: state_of(window) is State.REFUSED, timeout=PATIENCE_MS)
    assert isinstance(window.context.session.situation.error, NotAuthorised)
    assert window.page is None
    assert "wrong, revoked or expired" in window.connect_page.banner.text
    qtbot.waitUntil(lambda: window.focusWidget() is window.connect_page.token.token, timeout=PATIENCE_MS)


def test_a_list_of_customers_that_cannot_be_had_keeps_nobody_out(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: Customers, _cursor: str | None, _limit: int) -> NoReturn:
        raise ServerFault(status=500)

    monkeypatch.setattr(Customers, "page", fails)
    empty_window.open(appliance.connection(), "x")
    qtbot.waitUntil(lambda: state_of(empty_window) is State.LIVE, timeout=WAIT_MS)
    assert not empty_window.context.session.began_empty


def test_a_customers_key_is_no_token(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> None:
    window = empty_window
    window.open(appliance.connection(appliance.new_customer()["api_key"]), "x")
    qtbot.waitUntil(lambda: state_of(window) is State.REFUSED, timeout=WAIT_MS)
    assert isinstance(window.context.session.situation.error, Forbidden)
    assert window.connect_page.banner.isVisible()


@pytest.mark.slow
def test_a_certificate_that_changes_stops_everything_until_it_is_trusted(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, shaken)
    before = shaken.fingerprint
    shaken.destroy()
    folder = DataFolder(shaken.data_dir)
    create_certificate(folder.certificate, folder.certificate_key, datetime.now(UTC))
    shaken.start()
    assert shaken.fingerprint != before
    qtbot.waitUntil(lambda: state_of(window) is State.CERTIFICATE_CHANGED, timeout=PATIENCE_MS)
    error = window.context.session.situation.error
    assert isinstance(error, CertificateChanged)
    assert (error.expected, error.got) == (before, shaken.fingerprint)
    page = window.certificate_page
    assert page.isVisible()
    assert window.page is None

    def asked() -> int:
        return shaken.log_file.read_text(errors="replace").count("GET /api/system")

    until_now = asked()
    qtbot.wait(1500)
    assert asked() == until_now, "nothing is sent any more"
    assert not page.trust_button.isEnabled()
    page.sure.click()
    page.trust_button.click()
    qtbot.waitUntil(lambda: state_of(window) is State.LIVE, timeout=PATIENCE_MS)
    assert window.context.memory.profiles()[0].fingerprint == shaken.fingerprint


def test_events_come_in_batches_on_the_gui_thread(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, context: AppContext
) -> None:
    qtbot.waitUntil(lambda: context.session.stream_open, timeout=WAIT_MS)
    batches: list[list[Event]] = []
    context.session.events.connect(batches.append)
    key = appliance.new_customer()["api_key"]
    call_id = appliance.accepted(key, silence(0.5))

    def states() -> list[str]:
        return [event.data["state"] for batch in batches for event in batch if event.call_id == call_id]

    qtbot.waitUntil(lambda: "completed" in states(), timeout=WAIT_MS)
    assert states()[0] == "received"


@pytest.mark.slow
def test_a_stream_that_ends_is_taken_up_and_nothing_is_lost(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, shaken)
    qtbot.waitUntil(lambda: window.context.session.stream_open, timeout=WAIT_MS)
    window.go("calls")
    key = shaken.new_customer()["api_key"]
    api, live, again = shaken.one("vbot api"), window.context.session._live, list[bool]()
    assert live is not None
    live.opened.connect(lambda: again.append(True))
    api.kill()  # and the supervisor starts another one
    qtbot.waitUntil(lambda: bool(again) and state_of(window) is State.LIVE, timeout=2 * PATIENCE_MS)
    call_id = shaken.accepted(key, silence(0.5))
    table = window.page.table  # type: ignore[union-attr]
    qtbot.waitUntil(
        lambda: [call.state for call in table.model.rows if call.call_id == call_id] == ["completed"],
        timeout=2 * PATIENCE_MS,
    )


def test_without_a_stream_the_page_asks_again_by_itself(
    qtbot: QtBot, window: MainWindow, context: AppContext, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "POLL_INTERVAL_MS", 50)
    window.go("customers")
    qtbot.waitUntil(lambda: context.session.stream_open, timeout=WAIT_MS)
    context.session._end_live()
    context.session.poll_now()
    appliance.new_customer(company_name="Nobody told us")
    table = window.page.table  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Nobody told us" in [one.company_name for one in table.model.rows], timeout=WAIT_MS)


def test_what_happened_before_a_stream_opened_late_is_shown(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "RESYNC_AFTER_POLLS", 1_000_000)
    window, read, tries, go_on = empty_window, EventStream._read, list[int](), threading.Event()

    def late(self: EventStream, on_open: Callable[[], None]) -> Iterator[Event | None]:
        tries.append(1)
        if len(tries) == 1:
            raise ServerFault(status=503)
        go_on.wait(60)
        return read(self, on_open)

    monkeypatch.setattr(EventStream, "_read", late)
    window.context.session.connected.connect(
        lambda: window.context.go("customers"), Qt.ConnectionType.SingleShotConnection
    )
    connected(qtbot, window, appliance)
    appliance.new_customer(company_name="Before it opened")
    go_on.set()
    table = window.page.table  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Before it opened" in [one.company_name for one in table.model.rows], timeout=WAIT_MS)


def test_closing_leaves_no_thread_behind(qtbot: QtBot, window: MainWindow, context: AppContext) -> None:
    context.close()
    assert context.calls.under_way == 0
    qtbot.waitUntil(
        lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("vbot-")], timeout=WAIT_MS
    )


def test_an_address_where_nobody_listens_is_tried_again_until_it_is_cancelled(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window = empty_window
    window.open(Connection("http://127.0.0.1:9", "token"), "nobody")
    qtbot.waitUntil(lambda: "nothing listens there" in window.connect_page.banner.text, timeout=WAIT_MS)
    assert state_of(window) is State.CONNECTING
    assert "trying again" in window.connection_text
    window.context.session.close()
    assert window.connection_text == "Not connected"


# The last one: it leaves the appliance a day ahead.
@pytest.mark.slow
def test_a_clock_that_is_off_by_a_day_makes_nobody_old(
    qtbot: QtBot, empty_window: MainWindow, shaken: TlsAppliance
) -> None:
    if not shaken.has_clock:
        pytest.skip("there is no libfaketime here")
    shaken.set_clock("+1d")
    customer = shaken.new_customer()
    qtbot.waitUntil(lambda: is_tomorrow(shaken), timeout=WAIT_MS)
    connected(qtbot, empty_window, shaken)
    session = empty_window.context.session
    assert abs(session.now() - datetime.now(UTC) - timedelta(days=1)) < timedelta(minutes=1)
    call_id = shaken.accepted(customer["api_key"], silence(0.5))
    call = session.appliance.calls.one(call_id)
    assert re.fullmatch(r"just now|[\d.]+ s ago", formats.age(call.received_at, session.now()))


def is_tomorrow(appliance: TlsAppliance) -> bool:
    told = datetime.fromisoformat(appliance.admin("GET", "/health").json()["timestamp"])
    return told - datetime.now(UTC) > timedelta(hours=23)
