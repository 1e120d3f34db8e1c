"""Calls that are completed before one's eyes: what they came to is asked for, and not more often than it must be."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Call, CallFilter
from admin_gui.client.transport.errors import Unreachable
from admin_gui.pages.calls import missing_texts
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.fake_worker import that_says
from tests.support.recordings import stereo_conversation

pytestmark = pytest.mark.usefixtures("often")

INTERVAL_MS = 400
TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel from Uppsala is missing."}]


@dataclass
class Asked:
    """When missing texts were asked for, and of which calls; each answer takes its time, the first ones are errors."""

    at: list[float] = field(default_factory=list)
    filters: list[CallFilter] = field(default_factory=list)
    seconds: float = 0.0
    errors: int = 0


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_texts, "INTERVAL_MS", INTERVAL_MS)


@pytest.fixture
def customer(appliance: TlsAppliance) -> dict[str, Any]:
    made: dict[str, Any] = appliance.new_customer(company_name="Before Eyes Ltd")
    return made


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, customer: dict[str, Any]) -> CallsPage:
    found = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    assert isinstance(found, CallsPage)
    return found


@pytest.fixture
def asked(page: CallsPage, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """From when the page is there."""
    noted = Asked()
    calls, texts = page.context.appliance.calls, page._missing_texts
    ask, wanted = calls.page, texts._wanted

    def noting(lacking: list[Call]) -> CallFilter:
        """On the thread that keeps the interval; a busy machine may begin to ask much later."""
        noted.at.append(time.monotonic())
        noted.filters.append(wanted(lacking))
        return noted.filters[-1]

    def slow(*asked: Any) -> Any:
        time.sleep(noted.seconds)
        if len(noted.at) <= noted.errors:
            raise Unreachable("https://vbot.example", "for the test")
        return ask(*asked)

    monkeypatch.setattr(texts, "_wanted", noting)
    monkeypatch.setattr(calls, "page", slow)
    return noted


def send(appliance: TlsAppliance, customer: dict[str, Any]) -> str:
    return appliance.accepted(customer["api_key"], that_says(stereo_conversation(), TURNS))


def with_texts(page: CallsPage) -> set[str]:
    return {call.call_id for call in page.table.model.rows if call.summary}


def cells(page: CallsPage) -> list[list[str]]:
    return [[column.text(call) for column in page.table.model.columns] for call in page.table.model.rows]


def test_it_shows_what_a_refreshed_list_would(
    qtbot: QtBot, page: CallsPage, appliance: TlsAppliance, customer: dict[str, Any], asked: Asked
) -> None:
    came = {send(appliance, customer) for _ in range(8)}
    qtbot.waitUntil(lambda: with_texts(page) == came, timeout=WAIT_MS)
    qtbot.wait(2 * INTERVAL_MS)
    spent = asked.at[-1] - asked.at[0]
    assert len(asked.at) <= 1 + spent / (0.9 * INTERVAL_MS / 1000), "one in each interval at most"
    assert {one.customer_id for one in asked.filters} == {customer["id"]}, "no more than the table shows"
    until_then = len(asked.at)
    qtbot.wait(2 * INTERVAL_MS)
    assert len(asked.at) == until_then, "and no more once all is there"
    live = cells(page)
    page.refresh()
    qtbot.waitUntil(lambda: all(call.tells_texts for call in page.table.model.rows), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert cells(page) == live


@pytest.mark.long
def test_an_answer_that_is_slower_than_events_come_is_waited_for(
    qtbot: QtBot, page: CallsPage, appliance: TlsAppliance, customer: dict[str, Any], asked: Asked
) -> None:
    asked.seconds = 3 * INTERVAL_MS / 1000
    first = send(appliance, customer)
    qtbot.waitUntil(lambda: len(asked.at) == 1, timeout=WAIT_MS)
    since = time.monotonic()
    while first not in with_texts(page):
        assert len(asked.at) <= 2
        assert time.monotonic() - since < WAIT_MS / 1000
        page._missing_texts.look_soon()
        qtbot.wait(INTERVAL_MS // 2)
    assert len(asked.at) <= 2


@pytest.mark.long
def test_what_could_not_be_asked_is_asked_again_though_nothing_else_happens(
    qtbot: QtBot, page: CallsPage, appliance: TlsAppliance, customer: dict[str, Any], asked: Asked
) -> None:
    asked.errors = 2
    call_id = send(appliance, customer)
    qtbot.waitUntil(lambda: with_texts(page) == {call_id}, timeout=WAIT_MS)
    assert len(asked.at) >= 3


@pytest.mark.parametrize("in_tray", [False, True])
def test_nothing_is_asked_for_a_window_that_is_minimised_or_in_the_tray(
    qtbot: QtBot,
    window: MainWindow,
    page: CallsPage,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    asked: Asked,
    in_tray: bool,
) -> None:
    if in_tray:
        window.hide()
    else:
        window.setWindowState(Qt.WindowState.WindowMinimized)
    call_id = send(appliance, customer)
    qtbot.waitUntil(lambda: [call.state for call in page.table.model.rows] == ["completed"], timeout=WAIT_MS)
    qtbot.wait(3 * INTERVAL_MS)
    assert asked.at == []
    window.show()
    window.setWindowState(Qt.WindowState.WindowNoState)
    qtbot.waitUntil(lambda: with_texts(page) == {call_id}, timeout=WAIT_MS)
