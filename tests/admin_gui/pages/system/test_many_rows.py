"""Several tokens and backups at once: what is done is done with all that are selected, and what was not is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from admin_gui.client.backups import Backup, Backups, Verification
from admin_gui.client.tokens import Tokens
from admin_gui.client.transport.errors import NotFound
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.pages.system import backups
from admin_gui.pages.system.backups import BackupsTab
from admin_gui.pages.system.tokens import TokensTab
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened

SEVERAL = QAbstractItemView.SelectionMode.ExtendedSelection


def opened_tab(qtbot: QtBot, window: MainWindow, name: str) -> Any:
    return opened(qtbot, window, f"system?tab={name}").tab


def new_tokens(appliance: TlsAppliance, *names: str) -> list[dict[str, Any]]:
    return [appliance.admin("POST", "/api/tokens", json={"role": "viewer", "name": name}).json() for name in names]


def with_selected(qtbot: QtBot, tab: TokensTab, made: list[dict[str, Any]]) -> None:
    ids = {one["id"] for one in made}
    qtbot.waitUntil(lambda: ids <= {one.id for one in tab.table.model.rows}, timeout=WAIT_MS)
    tab.table.view.select_again(ids)


def state_of(tab: TokensTab, made: dict[str, Any]) -> str:
    return next(one.state for one in tab.table.model.rows if one.id == made["id"])


def test_all_selected_tokens_are_revoked_once_their_number_was_typed(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = new_tokens(appliance, "Hall", "Ward", "Desk")
    tab: TokensTab = opened_tab(qtbot, window, "tokens")
    with_selected(qtbot, tab, made)
    selected, confirm = tab.selected, tab.selected.confirm
    click(selected.revoke_button)
    assert confirm.accessibleName().startswith("Revoke 3 token(s)? ")
    assert all(f"“{name}”" in confirm.accessibleName() for name in ("Hall", "Ward", "Desk"))
    tab.table.view.clearSelection()
    assert not confirm.isVisible(), "who says yes means those that are selected"
    with_selected(qtbot, tab, made)
    click(selected.revoke_button)
    assert not confirm.yes_button.isEnabled()
    QTest.keyClicks(confirm.word_field, "3")
    revoke = Tokens.revoke

    def refused(self: Tokens, token_id: int) -> None:
        if token_id == made[1]["id"]:
            raise NotFound
        revoke(self, token_id)

    monkeypatch.setattr(Tokens, "revoke", refused)
    click(confirm.yes_button)
    qtbot.waitUntil(selected.many.banner.isVisible, timeout=WAIT_MS)
    assert selected.many.banner.text == "2 done, 1 not: Ward: That does not exist, or no longer"
    expected = ["revoked", "valid", "revoked"]
    qtbot.waitUntil(lambda: [state_of(tab, one) for one in made] == expected, timeout=WAIT_MS)
    assert len(tab.table.selected()) == 3, "the same are selected once the list has come anew"
    click(selected.revoke_button)
    assert confirm.accessibleName().startswith("Revoke “Ward”?"), "those that are revoked are left"


def test_the_token_in_use_is_named_among_several_and_goes_last(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    own = appliance.admin("POST", "/api/tokens", json={"role": "admin", "name": "Own desk"}).json()
    others = new_tokens(appliance, "Other one", "Other two")
    empty_window.open(appliance.connection(own["token"]), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    tab: TokensTab = opened_tab(qtbot, empty_window, "tokens")
    with_selected(qtbot, tab, [own, *others])
    click(tab.selected.revoke_button)
    confirm = tab.selected.confirm
    assert "“Own desk” among them is the one that this program uses" in confirm.accessibleName()
    QTest.keyClicks(confirm.word_field, "3")
    click(confirm.yes_button)
    qtbot.waitUntil(empty_window.connect_page.isVisible, timeout=WAIT_MS)
    told = {one["id"]: one["state"] for one in appliance.admin("GET", "/api/tokens").json()["tokens"]}
    assert [told[one["id"]] for one in (own, *others)] == ["revoked"] * 3


@pytest.fixture
def tab(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> BackupsTab:
    """With three backups of its own, one of which failed; all selected."""
    now = datetime.now(UTC)
    made = [
        Backup(name="vbot-3.tar", created_at=now, state="done"),
        Backup(name="vbot-2.tar", created_at=now, state="failed"),
        Backup(name="vbot-1.tar", created_at=now, state="done"),
    ]
    monkeypatch.setattr(Backups, "all", lambda _self: made)
    found: BackupsTab = opened_tab(qtbot, window, "backups")
    qtbot.waitUntil(lambda: [one.name for one in found.table.model.rows] == [one.name for one in made], timeout=WAIT_MS)
    found.table.view.selectAll()
    return found


def test_all_selected_backups_are_checked_and_what_is_wrong_with_one_is_told(
    qtbot: QtBot, tab: BackupsTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def found(_appliance: object, name: str, *_task: object) -> Verification:
        looked_at.append(name)
        if name == "vbot-1.tar":
            return Verification(state="damaged", problem="vbot-1.tar is damaged")
        return Verification(state="whole", calls=4)

    monkeypatch.setattr(backups, "verified", found)
    assert tab.selected.bar.label.text() == "3 selected"
    click(tab.selected.verify_button)
    banner = tab.selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text.startswith("1 done, 2 not: ")
    assert "vbot-2.tar: it failed" in banner.text
    assert "vbot-1.tar: vbot-1.tar is damaged" in banner.text
    assert looked_at == ["vbot-3.tar", "vbot-1.tar"]
    assert not tab.found_bad.isVisible(), "a newer one is whole: that can be relied on"


def test_that_the_newest_backup_is_damaged_stays_over_them(
    qtbot: QtBot, tab: BackupsTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(_appliance: object, name: str, *_task: object) -> Verification:
        return Verification(state="damaged" if name == "vbot-3.tar" else "whole", problem=f"{name} is damaged")

    monkeypatch.setattr(backups, "verified", found)
    click(tab.selected.verify_button)
    qtbot.waitUntil(tab.found_bad.isVisible, timeout=WAIT_MS)
    assert "vbot-3.tar is damaged" in tab.found_bad.text


def test_all_selected_backups_are_saved_in_a_folder(
    qtbot: QtBot, window: MainWindow, tab: BackupsTab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def save(_self: Backups, name: str, file: Path, *_task: object) -> Path:
        file.write_text(name)
        return file

    monkeypatch.setattr(Backups, "save", save)
    tab.selected.save_to(tmp_path, tab.table.selected())
    banner = tab.selected.many.banner
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert banner.text == "2 done, 1 not: vbot-2.tar: it failed"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["vbot-1.tar", "vbot-3.tar"]


def test_one_that_failed_alone_cannot_be_saved_and_why_is_said(qtbot: QtBot, tab: BackupsTab) -> None:
    tab.table.select("vbot-2.tar")
    assert not tab.selected.save_button.isEnabled()
    assert tab.selected.save_button.toolTip() == "It failed"
    tab.table.select("vbot-1.tar")
    assert tab.selected.save_button.isEnabled()


def test_lines_of_the_audit_log_are_copied_several_at_once(qtbot: QtBot, window: MainWindow) -> None:
    tab = opened_tab(qtbot, window, "audit")
    qtbot.waitUntil(lambda: len(tab.table.model.rows) > 2, timeout=WAIT_MS)
    tab.table.view.selectAll()
    click(tab.copy_button)
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(tab.table.model.rows)


def test_several_rows_are_selected_only_where_something_is_done_with_all_of_them(
    qtbot: QtBot, window: MainWindow
) -> None:
    """Whoever selects five and presses a button means five."""
    links = [f"system?tab={tab}" for tab in SYSTEM_TABS]
    for link in ("calls", "customers", "webhooks", "webhooks?view=endpoints", "insights", *links):
        page = opened(qtbot, window, link)
        for table in page.findChildren(PagedTable):
            has_bar = bool(table.findChildren(SelectionBar))
            assert (table.view.selectionMode() == SEVERAL) is has_bar, (link, table.view.accessibleName())
