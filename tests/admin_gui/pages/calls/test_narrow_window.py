"""In a narrow window what was said keeps its room, and the less telling columns give way to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Theme
from admin_gui.local_storage.profiles import Memory
from admin_gui.pages.calls.columns import SUMMARY_WIDTH
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from admin_gui.widgets.table.table_view import TableView
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance, shown
from tests.admin_gui.driving import opened
from tests.admin_gui.speaking import speaking
from tests.support.recordings import silence


@pytest.fixture(params=["en_GB", "de_DE"])
def language(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def seen(view: TableView) -> list[str]:
    """The columns that are in sight as a whole, by their keys."""
    header, room = view.horizontalHeader(), view.viewport().width()
    return [
        column.key
        for place, column in enumerate(view._rows.columns)
        if not header.isSectionHidden(place)
        and header.sectionViewportPosition(place) + header.sectionSize(place) <= room
    ]


def place_of(view: TableView, key: str) -> int:
    return [column.key for column in view._rows.columns].index(key)


def test_the_summary_is_in_sight_in_every_window(
    qtbot: QtBot, language: str, window: MainWindow, appliance: TlsAppliance, tmp_path: Path
) -> None:
    name = f"Room Ltd {language}"  # of two customers with one name, each is told by its number
    customer = appliance.new_customer(company_name=name)
    appliance.final_call(appliance.accepted(customer["api_key"], silence(0.5)))
    page = opened(qtbot, window, "calls")
    view = page.table.view
    telling, others = ["received", "state", "caller", "called", "summary"], ["duration", "sentiment", "customer"]
    for width in (1024, 1280, 1024):
        window.resize(width, 700)
        has_room = width > 1100
        qtbot.waitUntil(lambda all_=has_room: (set(others) <= set(seen(view))) is all_, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: set(telling) <= set(seen(view)), timeout=WAIT_MS)
        assert view.columnWidth(place_of(view, "summary")) >= SUMMARY_WIDTH
    # A customer's name is written as far as it is known by then.
    qtbot.waitUntil(lambda: page.customer.findText(name) >= 0, timeout=WAIT_MS)
    file = tmp_path / "calls.csv"
    page.table.export_to(file)
    qtbot.waitUntil(file.exists, timeout=WAIT_MS)
    assert name in file.read_text(), "what lacks the room is exported"
    hidden = place_of(view, "customer")
    qtbot.waitUntil(lambda: view.horizontalHeader().isSectionHidden(hidden), timeout=WAIT_MS)
    view.show_column(hidden, True)
    former = view.viewport().width()
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: view.viewport().width() < former, timeout=WAIT_MS)
    mood = place_of(view, "sentiment")
    qtbot.waitUntil(lambda: view.isColumnHidden(mood), timeout=WAIT_MS)  # there is no room for all
    assert not view.isColumnHidden(hidden), "but somebody has asked for it"


def test_a_list_first_opened_in_the_smallest_window_has_all_its_columns_in_a_wide_one_next_time(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, memory: Memory
) -> None:
    customer = appliance.new_customer(company_name="Smallest Ltd")
    appliance.final_call(appliance.accepted(customer["api_key"], silence(0.5)))
    window.resize(SMALLEST_SIZE)
    view = opened(qtbot, window, "calls").table.view
    qtbot.waitUntil(lambda: view.isColumnHidden(place_of(view, "duration")), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not view._remember.isActive(), timeout=WAIT_MS)
    window.close()
    context = AppContext(memory, Theme("light"))
    context.session.connected.connect(lambda: context.go("calls"), Qt.ConnectionType.SingleShotConnection)
    again = shown(qtbot, MainWindow(context))
    again.resize(1280, 700)
    again.open(appliance.connection(), "Test appliance")
    qtbot.waitUntil(lambda: again.page is not None and again.page.is_ready, timeout=WAIT_MS)
    view = opened(qtbot, again, "calls").table.view
    qtbot.waitUntil(lambda: {"duration", "sentiment", "customer"} <= set(seen(view)), timeout=WAIT_MS)
    again.resize(SMALLEST_SIZE)
    qtbot.waitUntil(lambda: view.isColumnHidden(place_of(view, "duration")), timeout=WAIT_MS)
    context.close()
