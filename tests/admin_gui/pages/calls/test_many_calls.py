"""Many calls at once: analysed again, told again, kept in a folder, erased; what was not done is told, and why."""

from __future__ import annotations

import csv
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Calls
from admin_gui.client.transport.errors import CutShort, Unreachable
from admin_gui.client.transport.stop import Stop
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.receiver import Endpoint, WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

pytestmark = pytest.mark.slow  # each sends three calls through the appliance, and their webhooks

TURNS = [{"start": 0.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel is missing."}]


@dataclass
class World:
    """A page of a customer's calls, the oldest of which failed."""

    page: CallsPage
    endpoint: Endpoint
    key: str
    calls: list[str]
    failed: str


@pytest.fixture
def world(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver) -> World:
    endpoint = receiver.endpoint()
    customer = appliance.new_customer(company_name="Many Ltd", webhook_url=endpoint.url)
    key = customer["api_key"]
    failed = appliance.accepted(key, silence(0.5) + UNREADABLE, caller_number="+4666", called_number="+4677")
    calls = [appliance.accepted(key, that_says(stereo_conversation(), TURNS)) for _ in range(2)]
    for call_id in (failed, *calls):
        appliance.delivery_in_state(call_id, "delivered")
    page = opened(qtbot, window, f"calls?customer_id={customer['id']}")
    qtbot.waitUntil(lambda: len(shown(page)) == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.connection_text == "Live", timeout=WAIT_MS)
    return World(page, endpoint, key, calls, failed)


def shown(page: CallsPage) -> list[str]:
    return [call.call_id for call in page.table.model.rows]


def selected(page: CallsPage) -> list[str]:
    return [call.call_id for call in page.table.selected()]


def test_what_can_be_done_is_there_as_soon_as_a_row_is_selected_and_in_its_menu(qtbot: QtBot, world: World) -> None:
    bar, page = world.page.selected.bar, world.page
    buttons = [page.selected.again_button, page.selected.export_button, page.selected.erase_button]
    assert bar.label.text() == "Nothing selected"
    assert not any(button.isEnabled() for button in buttons)
    assert page.table.view.geometry().bottom() < bar.geometry().top(), "no row moves when the bar is of use"
    page.table.view.selectAll()
    assert bar.label.text() == "3 selected"
    assert all(button.isEnabled() for button in buttons)
    page.table._open_menu(page.table.view.visualRect(page.table.model.index(0, 0)).center())
    menu = next(one for one in page.table.findChildren(QMenu) if one.isVisible())
    assert {"Analyse again", "Send again", "Export", "Erase …"} <= {action.text() for action in menu.actions()}
    menu.close()


def test_the_selection_stays_what_it_is_while_calls_come_and_go(
    qtbot: QtBot, appliance: TlsAppliance, world: World
) -> None:
    page = world.page
    page.table.view.selectAll()
    before = selected(page)
    new = appliance.accepted(world.key, silence(0.5))
    qtbot.waitUntil(lambda: new in shown(page), timeout=WAIT_MS)
    assert (selected(page), page.selected.bar.label.text()) == (before, "3 selected")
    appliance.admin("DELETE", f"/api/calls/{world.failed}")
    qtbot.waitUntil(lambda: world.failed not in shown(page), timeout=WAIT_MS)
    assert selected(page) == [one for one in before if one != world.failed]
    assert page.selected.bar.label.text() == "2 selected"
    page.refresh()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert len(selected(page)) == 2


@pytest.mark.long
def test_nothing_is_selected_any_more_where_one_comes_anew_or_looks_for_others(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    page, customer = world.page, dict(world.page.link.query)["customer_id"]
    page.table.view.selectAll()
    page.number.editingFinished.emit()
    assert len(selected(page)) == 3, "the field was left as it was"
    page.number.setText("4666")
    page.number.editingFinished.emit()
    assert selected(page) == []
    qtbot.waitUntil(lambda: shown(page) == [world.failed], timeout=WAIT_MS)
    page.table.view.selectAll()
    window.context.go("customers")
    window.context.go(f"calls?customer_id={customer}")
    qtbot.waitUntil(lambda: len(shown(page)) == 3, timeout=WAIT_MS)
    assert selected(page) == []
    assert not page.selected.erase_button.isEnabled()


def test_erasing_asks_for_their_number_and_one_that_is_gone_keeps_no_other_back(
    qtbot: QtBot, appliance: TlsAppliance, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, confirm = world.page, world.page.selected.confirm
    page.table.view.selectAll()
    click(page.selected.erase_button)
    assert not confirm.yes_button.isEnabled()
    QTest.keyClicks(confirm.word_field, "3")
    erase = Calls.erase

    def somebody_was_quicker(self: Calls, call_id: str) -> Any:
        if call_id == world.failed:
            erase(self, call_id)
        return erase(self, call_id)

    monkeypatch.setattr(Calls, "erase", somebody_was_quicker)
    click(confirm.yes_button)
    banner = page.selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text == "2 done, 1 not: +4666 → +4677: That does not exist, or no longer"
    qtbot.waitUntil(lambda: shown(page) == [], timeout=WAIT_MS)
    for call_id in (world.failed, *world.calls):
        assert appliance.admin("GET", f"/api/calls/{call_id}").status_code == 404


@pytest.mark.long
def test_what_was_asked_of_others_than_those_that_are_selected_is_asked_no_more(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, world: World
) -> None:
    page, confirm, banner = world.page, world.page.selected.confirm, world.page.selected.many.banner
    page.table.view.select_again(world.calls)
    click(page.selected.erase_button)
    page.refresh()
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert confirm.isVisible(), "the same are selected when the list has come anew"
    assert "→" in confirm.accessibleName(), "they are named"
    page.table.view.select_again([world.failed, world.calls[0]])
    assert not confirm.isVisible()

    click(page.selected.erase_button)
    assert "+4666 → +4677" in confirm.accessibleName()
    opened(qtbot, window, "customers")
    link = str(page.link)
    opened(qtbot, window, link)
    assert not confirm.isVisible(), "nor after one has come back"

    page.table.view.selectAll()
    click(page.selected.send_button)
    answer = banner._action
    assert answer is not None
    page.table.view.select_again([world.failed])
    assert not banner.isVisible()
    answer()
    assert banner.text.startswith("Send the webhook of 1 call(s) again?"), "it is asked anew"
    assert world.endpoint.stays_at(3, 0.3)
    for call_id in (world.failed, *world.calls):
        assert appliance.admin("GET", f"/api/calls/{call_id}").status_code == 200


@pytest.mark.long
def test_the_webhooks_of_several_calls_are_sent_again(qtbot: QtBot, world: World) -> None:
    page = world.page
    page.table.view.selectAll()
    click(page.selected.send_button)
    assert page.selected.many.banner.text.startswith("Send the webhook of 3 call(s) again?")
    assert world.endpoint.stays_at(3, 0.3), "nothing is sent before somebody says so"
    page.selected.many.banner._act()
    world.endpoint.wait_for(6)


def test_several_calls_are_analysed_again(qtbot: QtBot, appliance: TlsAppliance, world: World) -> None:
    page = world.page
    page.table.view.selectAll()
    click(page.selected.again_button)
    page.selected.many.banner._act()
    qtbot.waitUntil(lambda: {call.revision for call in page.table.model.rows} == {2}, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: all(call.is_final for call in page.table.model.rows), timeout=WAIT_MS)
    assert selected(page) == shown(page)


def test_several_calls_are_kept_in_one_folder(qtbot: QtBot, world: World, tmp_path: Path) -> None:
    page, banner = world.page, world.page.selected.many.banner
    (tmp_path / "calls.csv").write_text("of yesterday")
    page.selected.export_to(tmp_path, ("sound", "text", "table"), page.table.model.rows)
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text == "2 done, 1 not: +4666 → +4677: there is no text of it"
    names = sorted(file.name for file in tmp_path.iterdir())
    assert [name.rpartition(".")[2] for name in names].count("txt") == 2
    for call_id in world.calls:
        (text,) = tmp_path.glob(f"*{call_id}.txt")
        assert "My parcel is missing." in text.read_text(encoding="utf-8")
        assert next(tmp_path.glob(f"*{call_id}.wav")).read_bytes()[:4] == b"RIFF"
    assert len(list(tmp_path.glob(f"*{world.failed}.*"))) == 1, "of it there is the sound alone"
    assert (tmp_path / "calls.csv").read_text() == "of yesterday"
    with (tmp_path / "calls-2.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 4


@pytest.mark.long
def test_a_broken_connection_keeps_the_others_back_no_more_and_the_rest_is_done_by_one_click(
    qtbot: QtBot, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, page, banner = Calls.save_recording_as_told, world.page, world.page.selected.many.banner
    broken = [world.calls[0]]

    def breaks_off_once(self: Calls, call_id: str, file: Path, stop: Stop | None = None) -> Path:
        if call_id in broken:
            broken.remove(call_id)
            raise CutShort
        return save(self, call_id, file, stop)

    monkeypatch.setattr(Calls, "save_recording_as_told", breaks_off_once)
    page.selected.export_to(tmp_path, ("sound", "table"), page.table.model.rows)
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("2 done, 1 not: ")
    assert banner.text.endswith("The connection broke off in the middle of the answer")
    assert banner._button.text() == "Do the rest now"
    assert len(list(tmp_path.glob("*.wav"))) == 2
    click(banner._button)
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*.wav"))) == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not banner.isVisible()
    assert [file.name for file in tmp_path.glob("*.csv")] == ["calls.csv"], "of all, and once"


def test_an_appliance_that_is_away_is_not_asked_for_each_of_many(
    qtbot: QtBot, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, banner = world.page, world.page.selected.many.banner
    asked: list[str] = []

    def away(_self: Calls, call_id: str, _file: Path, _stop: Stop | None = None) -> Path:
        asked.append(call_id)
        raise Unreachable("the box", "nothing listens there")

    monkeypatch.setattr(Calls, "save_recording_as_told", away)
    page.selected.export_to(tmp_path, ("sound",), page.table.model.rows)
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("0 done, 3 not: ")
    assert banner._button.text() == "Do the rest now"
    assert len(asked) == 2


def test_who_stops_it_is_told_how_far_it_came(
    qtbot: QtBot, window: MainWindow, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, page, title = Calls.save_recording_as_told, world.page, f"Exporting to {tmp_path.name}"
    second_has_begun = threading.Event()

    def first_only(self: Calls, call_id: str, file: Path, stop: Stop | None = None) -> Path:
        if list(tmp_path.iterdir()):
            assert stop is not None
            second_has_begun.set()
            stop.wait(60)
            stop.check()
        return save(self, call_id, file, stop)

    monkeypatch.setattr(Calls, "save_recording_as_told", first_only)
    page.selected.export_to(tmp_path, ("sound",), page.table.model.rows)
    qtbot.waitUntil(second_has_begun.is_set, timeout=WAIT_MS)
    window.status_line.stop_task(title)
    assert window.status_line.tasks == []
    qtbot.waitUntil(lambda: window.status_line.message == "Stopped: 1 of 3 done", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    assert [file.suffix for file in tmp_path.iterdir()] == [".wav"], "and nothing is left half way"


def test_a_viewer_exports_and_changes_nothing(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, world: World
) -> None:
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    page = opened(qtbot, empty_window, "calls")
    qtbot.waitUntil(lambda: len(shown(page)) >= 3, timeout=WAIT_MS)
    page.table.view.selectAll()
    of_changes = (page.selected.again_button, page.selected.send_button, page.selected.erase_button)
    assert page.selected.export_button.isEnabled()
    assert not any(button.isEnabled() for button in of_changes)
    assert page.selected.erase_button.toolTip() == "A viewer's token changes nothing"
