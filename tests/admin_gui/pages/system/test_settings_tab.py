"""Settings that are changed in the desktop program, on a real appliance that has none of them from elsewhere."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.client.settings import Edit, Settings, SettingsList
from admin_gui.models.system.settings import read
from admin_gui.pages.system.settings import SettingsTab
from admin_gui.session import State
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.between import Between
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, type_over
from tests.support.fake_appliance import READY_SECONDS

pytestmark = pytest.mark.slow  # each test changes an appliance of its own


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[TlsAppliance]:
    with TlsAppliance(tmp_path / "box") as running:
        yield running


def opened_settings(qtbot: QtBot, window: MainWindow, name: str) -> SettingsTab:
    page = opened(qtbot, window, f"system?tab=settings&name={name}")
    tab = page.tab  # type: ignore[attr-defined]
    assert isinstance(tab, SettingsTab)
    qtbot.waitUntil(lambda: tab.card.name.text() == name, timeout=WAIT_MS)
    return tab


def kept(appliance: TlsAppliance) -> dict[str, object]:
    file = appliance.data_dir / "settings.toml"
    return tomllib.loads(file.read_text()) if file.exists() else {}


def test_a_setting_is_changed_saved_and_set_back(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    tab = opened_settings(qtbot, window, "backup_keep")
    assert (tab.card.field.text(), tab.unsaved_bar.isVisible()) == ("7", False)
    height = tab.splitter.height()
    type_over(tab.card.field, "12")
    assert tab.unsaved_bar.isVisible()
    QApplication.processEvents()
    assert tab.splitter.height() == height, "what stands beside Save comes under the pointer"
    assert window.page is not None
    assert window.page.unsaved() is not None
    assert {one.name: one.value for one in tab.table.model.rows}["backup_keep"] == "7 → 12"
    QTest.keyClick(tab.card.field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(appliance) == {"backup_keep": 12}, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not tab.unsaved_bar.isVisible(), timeout=WAIT_MS)
    setting = next(one for one in tab.table.model.rows if one.name == "backup_keep")
    assert (setting.value, setting.source) == ("12", "changed here")
    click(tab.card.default_button)
    assert tab.card.field.text() == "7"
    click(tab.save_button)
    click(tab.confirm.yes_button)  # fewer are kept by default
    qtbot.waitUntil(lambda: kept(appliance) == {}, timeout=WAIT_MS)


def test_in_a_low_window_the_list_has_most_of_the_room_until_somebody_moves_the_handle(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_settings(qtbot, window, "backup_keep")
    view = tab.table.view
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: view.viewport().height() >= 5 * view.rowHeight(0), timeout=WAIT_MS)
    window.resize(1280, 1000)
    qtbot.waitUntil(lambda: view.viewport().height() >= 10 * view.rowHeight(0), timeout=WAIT_MS)
    handle = tab.splitter.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, QPoint(middle.x(), middle.y() - 100))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(middle.x(), middle.y() - 100))
    by_hand = tab.splitter.sizes()[1]
    assert by_hand > 220
    window.resize(1280, 980)
    QApplication.processEvents()
    assert abs(tab.splitter.sizes()[1] - by_hand) <= 20


def test_a_setting_can_be_typed_while_the_appliance_is_away(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    window, session = empty_window, empty_window.context.session
    with Between(appliance) as between:
        between.holds_changes = False
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        tab = opened_settings(qtbot, window, "backup_keep")
        type_over(tab.card.field, "1")
        between.die()
        session.poll_now()
        qtbot.waitUntil(lambda: session.situation.state is State.STALE, timeout=WAIT_MS)
        QTest.keyClicks(tab.card.field, "2")
        assert tab.card.field.text() == "12"
        assert not tab.save_button.isEnabled()
        between.revive()
        session.poll_now()
        qtbot.waitUntil(tab.save_button.isEnabled, timeout=WAIT_MS)
        click(tab.save_button)
        qtbot.waitUntil(lambda: kept(appliance) == {"backup_keep": 12}, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
        session.close()


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_change_whose_answer_was_lost_is_saved_and_no_longer_unsaved(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance, is_cut: bool
) -> None:
    """Also where the network is back only after some time."""
    window = empty_window
    with Between(appliance) as between:
        between.holds_changes = False
        window.open(between.connection, "Test appliance")
        qtbot.waitUntil(lambda: window.page is not None and window.page.is_ready, timeout=WAIT_MS)
        tab = opened_settings(qtbot, window, "backup_keep")
        type_over(tab.card.field, "12")
        if is_cut:
            between.goes_deaf = True
        else:
            between.answers_to_lose = 1
        click(tab.save_button)
        if is_cut:
            qtbot.waitUntil(lambda: "Nobody knows" in window.status_line.message, timeout=WAIT_MS)
            assert tab.unsaved_bar.isVisible(), "nothing that was typed is lost"
            between.is_deaf = False
            tab.refresh()
        else:
            qtbot.waitUntil(lambda: window.status_line.message == "Saved", timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not tab.unsaved_bar.isVisible(), timeout=WAIT_MS)
        assert kept(appliance) == {"backup_keep": 12}
        assert tab.unsaved() is None
        between.is_deaf = False
        window.context.session.close()


def test_what_is_refused_is_marked_and_nothing_is_lost(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_settings(qtbot, window, "max_recording_mb")
    type_over(tab.card.field, "100")
    tab.table.select("backup_keep")
    type_over(tab.card.field, "often")
    tab.table.select("max_recording_mb")  # the one that is refused is not in front, nor shown
    QTest.keyClicks(tab.table.search, "recording")
    click(tab.save_button)
    qtbot.waitUntil(lambda: tab.card.problem.text() == "must be a whole number", timeout=WAIT_MS)
    assert tab.card.name.text() == "backup_keep"
    assert (tab.unsaved_bar.isVisible(), kept(appliance)) == (True, {})
    assert {one.name: one.value for one in tab.table.model.rows}["max_recording_mb"].endswith("→ 100")
    click(tab.discard_button)
    assert (tab.card.field.text(), tab.unsaved_bar.isVisible()) == ("7", False)


@pytest.mark.long
def test_before_less_is_kept_it_is_asked(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    tab = opened_settings(qtbot, window, "retention_days")
    type_over(tab.card.field, "7, 365")
    click(tab.save_button)
    assert tab.confirm.isVisible()
    assert kept(appliance) == {}
    assert "erased within minutes after saving. It cannot be undone." in tab.confirm.accessibleName()
    assert (tab.confirm.yes_button.text(), tab.confirm.no_button.text()) == ("Save and erase", "Cancel")
    click(tab.confirm.no_button)
    assert kept(appliance) == {}
    assert tab.card.field.text() == "7, 365", "it is typed, and not saved"
    click(tab.save_button)
    click(tab.confirm.yes_button)
    qtbot.waitUntil(lambda: kept(appliance) == {"retention_days": [7, 365]}, timeout=WAIT_MS)


def test_a_change_that_waits_says_so_and_a_restart_is_offered(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_settings(qtbot, window, "sentiment_of")
    boot = appliance.admin("GET", "/api/system").json()["boot_id"]
    tab.card.choice.setCurrentText("both")
    tab.card.choice.activated.emit(tab.card.choice.currentIndex())
    click(tab.save_button)
    qtbot.waitUntil(tab.restart_banner.isVisible, timeout=WAIT_MS)
    assert "Whose mood is computed" in tab.restart_banner.text
    click(tab.restart_banner._button)
    click(tab.confirm.yes_button)

    def is_new() -> bool:
        try:
            return bool(appliance.admin("GET", "/api/system").json()["boot_id"] != boot)
        except Exception:  # noqa: BLE001 - it is away for a moment
            return False

    qtbot.waitUntil(is_new, timeout=int(READY_SECONDS * 1000))
    found = {one["name"]: one for one in appliance.admin("GET", "/api/system/settings").json()["settings"]}
    assert (found["sentiment_of"]["value"], found["sentiment_of"]["waits"]) == ("both", False)


@pytest.mark.long
def test_whoever_leaves_while_settings_are_saved_leaves_when_they_are(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, bar = opened_settings(qtbot, window, "backup_keep"), window.unsaved_guard.bar
    change, go_on = Settings.change, threading.Event()

    def held(self: Settings, wanted: dict[str, Any]) -> SettingsList:
        go_on.wait(60)
        return change(self, wanted)

    monkeypatch.setattr(Settings, "change", held)
    type_over(tab.card.field, "12")
    click(tab.save_button)
    assert not tab.discard_button.isEnabled()
    window.go("customers")
    assert bar.text == "The settings are being saved. If you leave before that, the changes may be lost."
    assert str(window.page and window.page.link).startswith("system")
    go_on.set()
    qtbot.waitUntil(lambda: str(window.page and window.page.link) == "customers", timeout=WAIT_MS)
    assert kept(appliance) == {"backup_keep": 12}
    assert not bar.isVisible()


@pytest.mark.long
def test_what_was_asked_for_before_it_was_changed_is_not_shown_after_it(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = opened_settings(qtbot, window, "backup_keep")
    ask, go_on, answered = Settings.all, threading.Event(), threading.Event()

    def late(self: Settings) -> SettingsList:
        told = ask(self)
        answered.set()
        go_on.wait(60)
        return told

    with monkeypatch.context() as patched:
        patched.setattr(Settings, "all", late)
        tab.refresh()
        qtbot.waitUntil(answered.is_set, timeout=WAIT_MS)
    type_over(tab.card.field, "12")
    click(tab.save_button)
    qtbot.waitUntil(lambda: window.status_line.message == "Saved", timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert {one.name: one.value for one in tab.table.model.rows}["backup_keep"] == "12"


def test_numbers_are_read_and_what_is_none_is_sent_as_it_is() -> None:
    assert read("7, 90", Edit(kind="wholes", count=2)) == [7, 90]
    assert read("1.5", Edit(kind="number")) == 1.5
    assert read("often", Edit(kind="whole")) == "often"
    assert read("1, 2", Edit(kind="whole")) == "1, 2"
    assert read("both", Edit(kind="choice")) == "both"
