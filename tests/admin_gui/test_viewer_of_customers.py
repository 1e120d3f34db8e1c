"""The desktop program with the token of a viewer who may see one customer."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import TlsAppliance

pytestmark = pytest.mark.slow
WAIT_MS = 60_000


def test_it_connects_and_shows_that_customer_alone(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    seen = appliance.new_customer(company_name="Ward Ltd")
    appliance.new_customer(company_name="Hidden Ltd")
    answer = appliance.admin(
        "POST", "/api/tokens", json={"role": "viewer", "name": "ward", "customer_ids": [seen["id"]]}
    )
    assert answer.status_code == 200, answer.text
    empty_window.open(appliance.connection(answer.json()["token"]), "Test appliance")
    session = empty_window.context.session
    qtbot.waitUntil(lambda: session.situation.state is State.LIVE and session.stream_open, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    assert session.is_viewer
    assert session.last_snapshot is not None
    assert session.last_snapshot.system is None  # the box is not theirs
    found = session.appliance.customers.everyone()
    assert [customer.company_name for customer in found] == ["Ward Ltd"]
