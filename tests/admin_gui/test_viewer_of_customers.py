"""The desktop program with the token of a viewer who may see one customer."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.pages.overview.overview_page import OverviewPage
from admin_gui.pages.registry import pictures
from admin_gui.pages.system.system_page import SystemPage
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.text import formats
from tests.admin_gui.conftest import TlsAppliance
from tests.admin_gui.driving import click
from tests.support.recordings import silence

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
    assert not session.sees_appliance
    found = session.appliance.customers.everyone()
    assert [customer.company_name for customer in found] == ["Ward Ltd"]


@pytest.fixture
def limited_window(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> MainWindow:
    """Connected with the token of a viewer of one customer, who has a call with a webhook."""
    customer = appliance.new_customer(company_name="Ward Ltd", webhook_url="http://127.0.0.1:9/refused")
    appliance.final_call(appliance.accepted(customer["api_key"], silence(0.2)))
    body = {"role": "viewer", "name": "ward", "customer_ids": [customer["id"]]}
    token = appliance.admin("POST", "/api/tokens", json=body).json()["token"]
    empty_window.open(appliance.connection(token), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    return empty_window


@pytest.mark.usefixtures("same_day")
def test_the_overview_counts_that_customers_calls_and_shows_nothing_of_the_box(limited_window: MainWindow) -> None:
    page = limited_window.page
    assert isinstance(page, OverviewPage)
    assert (page.health.light.tone, page.health.title.text()) == ("calm", "Calls are accepted")
    assert page.health.detail.text().startswith("With this token you see certain customers' calls")
    tiles = page.tiles
    assert (tiles.calls.number, tiles.calls.note) == ("1", "1 completed")
    assert [one.number for one in (tiles.waiting, tiles.work, tiles.failed)] == ["0", "0", "0"]
    assert tiles.webhooks.number.isdigit()
    assert tiles.result.number != formats.DASH
    assert not any(part.isVisible() for part in (tiles.disk, tiles.backup, page.workers, page.attention))
    click(tiles.failed.button)
    assert limited_window.page is not None
    assert "since" in limited_window.page.link.query, "as they are counted here"


def test_no_page_asks_for_what_the_token_may_not_see(qtbot: QtBot, limited_window: MainWindow) -> None:
    window = limited_window
    refused: list[str] = []
    window.context.message_requested.connect(lambda text, kind, _undo: refused.append(text) if kind == "bad" else None)
    for picture in pictures():
        target = None if picture.entry.sample is None else picture.entry.sample(window.context.session.appliance)
        place = picture.entry.name if target is None else f"{picture.entry.name}/{target}"
        window.go(place if picture.tab is None else f"{place}?tab={picture.tab}")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        page = window.page
        if isinstance(page, SystemPage):
            assert page.tab_name == "audit"
            assert page.hidden.isVisible()
            seen = [page.bar.tabData(place) for place in range(page.bar.count()) if page.bar.isTabVisible(place)]
            assert seen == ["audit"]
    assert refused == []
