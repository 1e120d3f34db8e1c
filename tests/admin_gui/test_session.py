"""The connection's life: live, out of date, back again, refused, another certificate. Against a real appliance."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from admin_gui.client.connection import Connection
from admin_gui.client.errors import CertificateChanged, Forbidden, NotAuthorised
from admin_gui.desk import Desk
from admin_gui.pages.page import Page
from admin_gui.session import State
from admin_gui.widgets.main_window import MainWindow
from appliance.services.certificate import create_certificate
from appliance.storage.data_folder import DataFolder
from tests.admin_gui.conftest import WAIT_MS, DeskAppliance

PATIENCE_MS = 60_000


def state_of(window: MainWindow) -> State:
    return window.desk.session.situation.state


def connected(qtbot: QtBot, window: MainWindow, appliance: DeskAppliance, token: str | None = None) -> None:
    window.open(appliance.connection(token), "Own appliance")
    qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)


def test_a_server_that_is_killed_makes_it_stale_and_one_that_comes_back_makes_it_live(
    qtbot: QtBot, empty_window: MainWindow, own_appliance: DeskAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, own_appliance)
    window.go("customers")
    own_appliance.stop()
    qtbot.waitUntil(lambda: state_of(window) is State.STALE, timeout=PATIENCE_MS)
    assert "may be out of date" in window.banner_text
    assert "nothing listens there" in window.banner_text
    assert window.connection_text.startswith("Stale since ")
    assert window.page is not None, "what was known stays, and is marked as old"
    assert window.veil.isVisible()
    assert not window.desk.session.may_change
    own_appliance.start()
    own_appliance.new_customer(company_name="Came meanwhile")
    qtbot.waitUntil(lambda: state_of(window) is State.LIVE, timeout=PATIENCE_MS)
    assert window.banner_text == ""
    assert not window.veil.isVisible()
    page = window.page
    assert isinstance(page, Page)
    table = page.table  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "Came meanwhile" in [one.company_name for one in table.model.rows], timeout=WAIT_MS)


def test_a_token_that_is_revoked_ends_it_and_asks_for_another(
    qtbot: QtBot, empty_window: MainWindow, own_appliance: DeskAppliance
) -> None:
    window = empty_window
    token = own_appliance.viewer_token()
    connected(qtbot, window, own_appliance, token)
    assert window.desk.session.is_viewer
    tokens = own_appliance.admin("GET", "/api/tokens").json()["tokens"]
    number = next(one["id"] for one in tokens if one["role"] == "viewer")
    assert own_appliance.admin("DELETE", f"/api/tokens/{number}").status_code == 200
    qtbot.waitUntil(lambda: state_of(window) is State.REFUSED, timeout=PATIENCE_MS)
    assert isinstance(window.desk.session.situation.error, NotAuthorised)
    assert window.page is None
    assert "wrong, revoked or expired" in window.connect_page.banner.text


def test_a_customers_key_is_no_token(qtbot: QtBot, empty_window: MainWindow, appliance: DeskAppliance) -> None:
    window = empty_window
    window.open(appliance.connection(appliance.new_customer()["api_key"]), "x")
    qtbot.waitUntil(lambda: state_of(window) is State.REFUSED, timeout=WAIT_MS)
    assert isinstance(window.desk.session.situation.error, Forbidden)
    assert window.connect_page.banner.isVisible()


def test_a_certificate_that_changes_stops_everything_until_it_is_trusted(
    qtbot: QtBot, empty_window: MainWindow, own_appliance: DeskAppliance
) -> None:
    window = empty_window
    connected(qtbot, window, own_appliance)
    before = own_appliance.fingerprint
    own_appliance.stop()
    folder = DataFolder(own_appliance.data_dir)
    create_certificate(folder.certificate, folder.certificate_key, datetime.now(UTC))
    own_appliance.start()
    assert own_appliance.fingerprint != before
    qtbot.waitUntil(lambda: state_of(window) is State.CERTIFICATE_CHANGED, timeout=PATIENCE_MS)
    error = window.desk.session.situation.error
    assert isinstance(error, CertificateChanged)
    assert (error.expected, error.got) == (before, own_appliance.fingerprint)
    page = window.certificate_page
    assert page.isVisible()
    assert window.page is None
    asked = own_appliance.log_tail(2000).count("GET /api/system")
    qtbot.wait(1500)
    assert own_appliance.log_tail(2000).count("GET /api/system") == asked, "nothing is sent any more"
    assert not page.trust_button.isEnabled()
    page.sure.click()
    page.trust_button.click()
    qtbot.waitUntil(lambda: state_of(window) is State.LIVE, timeout=PATIENCE_MS)
    assert window.desk.memory.profiles()[0].fingerprint == own_appliance.fingerprint


def test_closing_leaves_no_thread_behind(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    desk.close()
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("vbot-")]
    assert left == []
    assert desk.calls.under_way == 0


def test_an_address_where_nobody_listens_is_tried_again_until_it_is_cancelled(
    qtbot: QtBot, empty_window: MainWindow, appliance: DeskAppliance
) -> None:
    window = empty_window
    window.open(Connection("http://127.0.0.1:9", "token"), "nobody")
    qtbot.waitUntil(lambda: "nothing listens there" in window.connect_page.banner.text, timeout=WAIT_MS)
    assert state_of(window) is State.CONNECTING
    assert "trying again" in window.connection_text
    window.desk.session.close()
    assert window.connection_text == "Not connected"
