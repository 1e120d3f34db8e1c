"""The box itself, tab by tab, on a real appliance."""

from __future__ import annotations

import csv
import gzip
import json
import re
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext, Came
from admin_gui.client.backups import Backup, Verification
from admin_gui.client.system import BackupsSeen, CurrentCall, Health, System, Worker
from admin_gui.client.tokens import ADMIN, VIEWER, WORKER, Token
from admin_gui.client.transport.certificate import grouped
from admin_gui.client.transport.paging import Order
from admin_gui.models.system.texts import verification_word
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.pages.system import backups
from admin_gui.pages.system.audit import AuditTab
from admin_gui.pages.system.backups import BackupsTab
from admin_gui.pages.system.certificate import CertificateTab
from admin_gui.pages.system.log import LogTab
from admin_gui.pages.system.settings import SettingsTab
from admin_gui.pages.system.status import StatusTab
from admin_gui.pages.system.support import SupportTab
from admin_gui.pages.system.system_page import SystemPage
from admin_gui.pages.system.tokens import TokensTab
from admin_gui.session import Snapshot
from admin_gui.shell.main_window import SMALLEST_SIZE, MainWindow
from admin_gui.text import formats
from admin_gui.widgets.layout.least_height import LeastHeight
from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, click_heading, opened, type_over
from tests.admin_gui.fitting import cut_cells
from tests.support.fake_worker import that_says
from tests.support.processes import wait_until
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence, stereo_conversation

UNSEALED = Path(__file__).parents[3] / "data" / "backups" / "unsealed-0010.tar.gz"


def opened_tab(qtbot: QtBot, window: MainWindow, name: str) -> Any:
    page = opened(qtbot, window, f"system?tab={name}")
    assert isinstance(page, SystemPage)
    return page.tab


@pytest.fixture
def viewing_window(qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance) -> MainWindow:
    """The window with a token that may read only."""
    empty_window.open(appliance.connection(appliance.viewer_token()), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    return empty_window


def test_every_tab_is_reached_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "system")
    for number, name in enumerate(SYSTEM_TABS, 1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda one=name: page.tab_name == one and page.is_ready, timeout=WAIT_MS)
        assert page.bar.tabData(page.bar.currentIndex()) == name
    QTest.keyClick(page.bar, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: page.tab_name == SYSTEM_TABS[-2], timeout=WAIT_MS)


def test_workers_models_parts_and_storage(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    appliance.final_call(appliance.accepted(appliance.new_customer()["api_key"], silence(0.5)))
    tab = opened(qtbot, window, "system").tab
    assert isinstance(tab, StatusTab)
    told = appliance.admin("GET", "/api/system").json()
    assert [worker.name for worker in tab.workers.model.rows] == [worker["name"] for worker in told["workers"]]
    assert tab.models.grid.value("set") == told["settings"]["asr_model"]
    assert tab.models.grid.value("code") == "–"
    told["workers"][0]["code_packs"] = ["ecapa"]
    tab.models.show_system(msgspec.convert(told, System))
    assert tab.models.grid.value("code") == "ecapa"
    assert tab.parts.state("database") == "ok"
    assert "no calls are accepted" in tab.storage.grid.value("floor")
    assert tab.storage.grid.value("database") != "–"


def test_in_a_low_window_what_is_said_of_a_setting_is_scrolled_by_the_keyboard(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(SMALLEST_SIZE)
    tab = opened(qtbot, window, "system?tab=settings&name=retention_days").tab
    qtbot.waitUntil(lambda: tab.card.name.text() == "retention_days", timeout=WAIT_MS)
    scrolled = tab.findChild(LeastHeight).verticalScrollBar()
    qtbot.waitUntil(lambda: scrolled.maximum() > 0, timeout=WAIT_MS)
    tab.card.field.setFocus()
    QTest.keyClick(tab.card.field, Qt.Key.Key_PageDown)
    assert scrolled.value() > 0
    QTest.keyClick(tab.card.field, Qt.Key.Key_PageUp)
    assert scrolled.value() == 0
    QTest.keyClick(tab.card.field, Qt.Key.Key_Down)
    assert scrolled.value() > 0


def test_settings_are_shown_and_found(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    tab = opened_tab(qtbot, window, "settings")
    assert isinstance(tab, SettingsTab)
    told = appliance.admin("GET", "/api/system").json()
    shown = {setting.name: setting for setting in tab.table.model.rows}
    assert shown["asr_model"].value == told["settings"]["asr_model"]
    assert shown["cors_origins"].value == "–"
    assert shown["admin_token"].value == "secret"
    assert (shown["retention_days"].default, shown["retention_days"].source) == ("30, 365", "default")
    assert shown["data_dir"].source == "variable VBOT_DATA_DIR"
    QTest.keyClicks(tab.table.search, "backups that it makes")
    assert [setting.name for setting in tab.table.model.rows] == ["backup_keep"]
    assert (tab.card.title.text(), tab.card.name.text()) == ("Keep backups (how many)", "backup_keep")
    assert tab.card.meaning.text().startswith("How many of the backups that it makes by itself are kept")
    assert tab.card.grid.value("default") == "7"
    type_over(tab.table.search, "Keep")
    assert {setting.name for setting in tab.table.model.rows} >= {"retention_days", "backup_keep", "audit_days"}
    type_over(tab.table.search, "restart")
    assert "max_recording_mb" in {setting.name for setting in tab.table.model.rows}
    tab.table.search.clear()
    click(tab.only_changeable)
    names = {setting.name for setting in tab.table.model.rows}
    assert "backup_keep" in names
    assert names.isdisjoint({"data_dir", "asr_model"})
    page = opened(qtbot, window, "system?tab=settings&name=asr_model")  # a link to one that is not among them
    qtbot.waitUntil(lambda: page.tab.card.name.text() == "asr_model", timeout=WAIT_MS)


def test_a_setting_that_a_variable_sets_says_so(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window, "system?tab=settings&name=data_dir")
    tab = page.tab  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: tab.card.name.text() == "data_dir", timeout=WAIT_MS)
    assert tab.card.where.text().startswith("It is set by the variable VBOT_DATA_DIR: change it there")


def a_backup(qtbot: QtBot, tab: BackupsTab) -> str:
    """One that was made just now, by the button; its name."""
    before = {backup.name for backup in tab.table.model.rows}

    def made() -> list[str]:
        return [one.name for one in tab.table.model.rows if one.name not in before and one.state == "done"]

    click(tab.make_button)
    qtbot.waitUntil(lambda: bool(made()), timeout=WAIT_MS)
    return made()[0]


def test_what_is_said_of_backups_is_what_the_setting_says(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_tab(qtbot, window, "backups")
    qtbot.waitUntil(lambda: tab.next.number == "none by itself", timeout=WAIT_MS)
    tab.table.model.set_rows([])  # other tests may have made some
    tab.show_snapshot(Snapshot(Health(status="healthy"), System()))
    assert tab.table.empty.text == "The appliance makes none by itself: backup_every_hours is 0."
    assert "recordings of finished calls are not in it" in tab.inside.text()
    system = System(backups=BackupsSeen(next_due_at=datetime.now(UTC) + timedelta(hours=2)))
    tab.show_snapshot(Snapshot(Health(status="healthy"), system))
    assert tab.table.empty.text == "The appliance makes them by itself."


def test_a_backup_is_made_and_saved_here(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, tmp_path: Path
) -> None:
    tab = opened_tab(qtbot, window, "backups")
    assert isinstance(tab, BackupsTab)
    name = a_backup(qtbot, tab)
    made = next(one for one in tab.table.model.rows if one.name == name)
    tab.table.select(name)
    assert tab.selected.save_button.isEnabled()
    said: list[str] = []
    window.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    tab.save(made, tmp_path / "here.tar")
    qtbot.waitUntil(lambda: any("recovery key" in text for text in said), timeout=WAIT_MS)
    assert (tmp_path / "here.tar").stat().st_size == made.bytes
    qtbot.waitUntil(lambda: tab.last.number == "just now" or "ago" in tab.last.number, timeout=WAIT_MS)
    assert tab.failure.isHidden()


def test_the_backup_just_made_is_the_one_that_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    tab = opened_tab(qtbot, window, "backups")
    assert isinstance(tab, BackupsTab)
    older = a_backup(qtbot, tab)
    tab.table.select(older)
    name = a_backup(qtbot, tab)
    qtbot.waitUntil(lambda: tab.chosen_name == name, timeout=WAIT_MS)


@pytest.mark.long
def test_when_a_backup_was_made_is_seen_whole(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    answer = appliance.admin("POST", "/api/backups")
    assert answer.status_code in (200, 202), answer.text
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))  # its dates are the longest
    try:
        tab = opened_tab(qtbot, window, "backups")
        qtbot.waitUntil(lambda: tab.table.model.rowCount() > 0, timeout=WAIT_MS)
        assert cut_cells(tab.table, "created") == []
    finally:
        QLocale.setDefault(before)


def test_how_far_a_worker_is_with_each_of_its_calls_is_seen_whole(qtbot: QtBot, context: AppContext) -> None:
    in_hand = tuple(CurrentCall(call_id=f"44c1d2e3-{number}", progress=number / 10) for number in (1, 2, 3))
    tab = StatusTab(context)
    qtbot.addWidget(tab)
    tab.workers.model.set_rows([Worker(name="gpu-0", state="ready", current_call=in_hand[0], calls_in_hand=in_hand)])
    column = next(one for one in tab.workers.model.columns if one.key == "call")
    assert column.text(tab.workers.model.row_at(0)) == "10 %, 20 %, 30 %"
    assert cut_cells(tab.workers, "call") == []


def test_where_a_worker_runs_since_when_and_by_whose_leave_is_seen(qtbot: QtBot, context: AppContext) -> None:
    since = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    here = Worker(name="box/cpu", host="box", state="ready", device="cpu", since=since)
    joined = {"joined_by": "gpu room", "address": "10.0.0.7"}
    there = Worker(name="attic/cuda:0", host="attic", state="ready", device="cuda:0", since=since, **joined)
    of_before = Worker(name="old/cpu", state="ready")  # by an appliance that does not tell
    tab = StatusTab(context)
    qtbot.addWidget(tab)
    tab.workers.model.set_rows([here, there, of_before])
    host, since_column = (next(one for one in tab.workers.model.columns if one.key == key) for key in ("host", "since"))
    assert [host.text(one) for one in (here, there, of_before)] == ["box", "attic", "–"]
    assert host.tooltip is not None
    assert [host.tooltip(one) for one in (here, of_before)] == ["", ""]
    assert host.tooltip(there) == "On another machine, 10.0.0.7: joined by the token “gpu room”"
    assert [since_column.text(one) for one in (there, of_before)] == [formats.moment(since), "–"]
    assert cut_cells(tab.workers, "since") == []


def test_a_token_that_joins_workers_is_shown_with_what_to_do_with_it(qtbot: QtBot, context: AppContext) -> None:
    tab = TokensTab(context)
    qtbot.addWidget(tab)
    made = Token(id=7, name="gpu room", role=WORKER, created_at=datetime(2026, 11, 27, tzinfo=UTC), token="vbt_x")
    tab.fresh.show_token(made)
    shown = [one.text() for one in tab.fresh.findChildren(PlainLabel) if not one.isHidden()]
    assert any("vbot worker --join" in text for text in shown)
    assert "New token “gpu room” (worker)" in shown
    tab.fresh.show_token(msgspec.structs.replace(made, role=VIEWER))
    shown = [one.text() for one in tab.fresh.findChildren(PlainLabel) if not one.isHidden()]
    assert not any("--join" in text for text in shown)
    line = tab.creating
    line.role.setCurrentIndex(line.role.findData(WORKER))
    assert (line.role.currentData(), line.customer.isEnabled(), line.customer_ids) == (WORKER, False, None)


@pytest.mark.long
def test_who_opens_no_call_is_not_told_to_have_read_one(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    customer = appliance.new_customer()
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    done = {"customer_id": customer["id"], "state": "completed"}

    def is_completed() -> bool:  # as a list tells it: nobody reads the call
        return bool(appliance.admin("GET", "/api/calls", params=done).json()["calls"])

    qtbot.waitUntil(is_completed, timeout=WAIT_MS)
    page = opened(qtbot, window, "system")
    for tab in SYSTEM_TABS[1:]:
        opened(qtbot, window, f"system?tab={tab}")
    for link in ("overview", "customers", "webhooks", "webhooks?view=endpoints", "insights"):
        opened(qtbot, window, link)
    qtbot.waitUntil(lambda: page.context.calls.under_way == 0, timeout=WAIT_MS)
    qtbot.wait(1_000)  # readings are written down together, every half second
    lines = appliance.admin("GET", "/api/audit", params={"limit": 500}).json()["audit"]
    told = {line["action"] for line in lines if call_id in str(line)}
    assert not told & {"call.read", "call.words_read", "call.recording_downloaded"}


def test_a_backup_is_checked_and_one_that_is_damaged_is_not_to_be_overlooked(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_tab(qtbot, window, "backups")
    assert isinstance(tab, BackupsTab)
    said: list[str] = []
    window.context.message_requested.connect(lambda text, _kind, _undo: said.append(text))
    name = a_backup(qtbot, tab)
    tab.table.select(name)
    click(tab.selected.verify_button)
    qtbot.waitUntil(lambda: any(f"{name} is whole" in text for text in said), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: _word(tab, name) == "whole", timeout=WAIT_MS)
    assert tab.found_bad.isHidden()

    file = appliance.data_dir / "backups" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    tab.table.select(name)
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(tab.found_bad.isVisible, timeout=WAIT_MS)
    assert f"{name} is damaged" in tab.found_bad.text
    qtbot.waitUntil(lambda: _word(tab, name) == "damaged", timeout=WAIT_MS)
    file.unlink()  # or the others' appliance keeps it
    assert name in tab.found_bad.text, "which one it is"

    other = a_backup(qtbot, tab)
    tab._say(name, Verification(state="damaged", problem=f"{name} is damaged"))
    assert tab.found_bad.isVisible()
    tab.table.select(other)
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(tab.found_bad.isHidden, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: any(f"{other} is whole" in text for text in said), timeout=WAIT_MS)
    tab._say(other, Verification(state="damaged", problem=f"{other} is damaged"))
    tab._say(name, Verification(state="whole"))
    assert tab.found_bad.isVisible(), "an older one is none to rely on"


@pytest.mark.parametrize("state", ["damaged", "unverified"])
def test_that_a_backup_is_not_whole_is_told_also_to_who_looks_elsewhere(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    tab = opened_tab(qtbot, window, "backups")
    assert isinstance(tab, BackupsTab)
    told, go_on = list[Came](), threading.Event()

    def found(*_task: object) -> Verification:
        go_on.wait(WAIT_MS / 1000)
        return Verification(state=state, problem="old.tar is not what it was")

    monkeypatch.setattr(backups, "verified", found)
    window.context.long_work_told.connect(told.append)
    tab.table.model.set_rows([Backup(name="old.tar", created_at=datetime.now(UTC), state="done")])
    tab.table.select("old.tar")
    tab.selected.verify()
    window.hide()
    go_on.set()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert [(one.kind, "old.tar is not what it was" in one.text) for one in told] == [("bad", True)]
    assert "old.tar is not what it was" in tab.found_bad.text


@pytest.mark.long
def test_a_backup_of_before_they_were_sealed_is_to_be_replaced(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    def nobody_makes_one() -> bool:
        """With each that another test has begun the oldest goes when it is made: that would be this one."""
        made = appliance.admin("GET", "/api/backups").json()["backups"]
        return all(one["state"] != "running" for one in made)

    assert wait_until(nobody_makes_one, 60)
    file = appliance.data_dir / "backups" / "vbot-20200101T000000Z.tar"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.decompress(UNSEALED.read_bytes()))
    tab = opened_tab(qtbot, window, "backups")
    assert isinstance(tab, BackupsTab)
    qtbot.waitUntil(lambda: file.name in {backup.name for backup in tab.table.model.rows}, timeout=WAIT_MS)
    tab.table.select(file.name)
    click(tab.selected.verify_button)
    qtbot.waitUntil(tab.found_bad.isVisible, timeout=WAIT_MS)
    assert "Make a new backup: " in tab.found_bad.text
    assert "of before backups were sealed" in tab.found_bad.text
    qtbot.waitUntil(lambda: _word(tab, file.name) == "not sealed", timeout=WAIT_MS)
    file.unlink()  # or the others' appliance keeps it


def _word(tab: BackupsTab, name: str) -> str:
    return next(verification_word(backup) for backup in tab.table.model.rows if backup.name == name)


def test_a_token_is_created_shown_once_used_and_revoked(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    tab = opened_tab(qtbot, window, "tokens")
    assert isinstance(tab, TokensTab)
    type_over(tab.creating.name, "Wall display")
    assert tab.creating.role.currentData() == VIEWER
    QTest.keyClick(tab.creating.name, Qt.Key.Key_Return)
    qtbot.waitUntil(tab.fresh.isVisible, timeout=WAIT_MS)
    assert set(tab.fresh.secret.shown) == {"•"}
    click(tab.fresh.secret.copy_button)
    text = QApplication.clipboard().text()
    qtbot.waitUntil(lambda: getattr(tab.table.current(), "name", "") == "Wall display", timeout=WAIT_MS)
    assert tab.fresh.ends.startswith("It is valid until ")
    click(tab.fresh.all_button)
    told = QApplication.clipboard().text()
    assert all(part in told for part in (f"Address: {appliance.url}", grouped(appliance.fingerprint), f"Token: {text}"))
    assert tab.fresh.ends in told
    click(tab.fresh.done_button)
    assert tab.fresh.isHidden()
    assert tab.fresh.secret.shown == ""

    qtbot.waitUntil(lambda: any(one.name == "Wall display" for one in tab.table.model.rows), timeout=WAIT_MS)
    token = next(one for one in tab.table.model.rows if one.name == "Wall display")
    assert (token.role, token.state) == ("viewer", "valid")
    assert token.expires_at is not None
    tab.table.select(token.id)
    click(tab.selected.revoke_button)
    assert "nobody has used it yet" in tab.selected.confirm.accessibleName()
    answer = appliance.request("GET", "/api/customers", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200
    click(tab.selected.confirm.yes_button)
    qtbot.waitUntil(
        lambda: next(one for one in tab.table.model.rows if one.id == token.id).state == "revoked", timeout=WAIT_MS
    )
    answer = appliance.request("GET", "/api/customers", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 401
    tab.table.select(token.id)
    assert not tab.selected.revoke_button.isEnabled()


def test_ones_own_token_is_marked_and_revoked_only_by_its_name(
    qtbot: QtBot, empty_window: MainWindow, appliance: TlsAppliance
) -> None:
    made = appliance.admin("POST", "/api/tokens", json={"role": "admin", "name": "My desk"}).json()
    empty_window.open(appliance.connection(made["token"]), "Test appliance")
    qtbot.waitUntil(lambda: empty_window.page is not None and empty_window.page.is_ready, timeout=WAIT_MS)
    tab = opened_tab(qtbot, empty_window, "tokens")
    qtbot.waitUntil(lambda: bool(tab.table.model.rows), timeout=WAIT_MS)
    shown = [tab.table.model.index(place, 0).data() for place in range(len(tab.table.model.rows))]
    assert [name for name in shown if name.endswith("(used here)")] == ["My desk (used here)"]
    tab.table.select(made["id"])
    click(tab.selected.revoke_button)
    assert "This program uses this very token" in tab.selected.confirm.accessibleName()
    # It is written down once a minute: how long ago the last time was is this machine's to say.
    assert re.search(r"it was last used (just now|\d[\d.]* (s|min)[\w ]* ago)\.", tab.selected.confirm.accessibleName())
    assert not tab.selected.confirm.yes_button.isEnabled()
    type_over(tab.selected.confirm.word_field, "My desk")
    click(tab.selected.confirm.yes_button)
    qtbot.waitUntil(empty_window.connect_page.isVisible, timeout=WAIT_MS)


def test_a_token_for_one_customer_is_created_and_sees_that_one_alone(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    seen = appliance.new_customer(company_name="Seen By One Ltd")
    appliance.new_customer(company_name="Unseen Ltd")
    tab = opened_tab(qtbot, window, "tokens")
    assert isinstance(tab, TokensTab)
    line = tab.creating
    # By its number: of two with one name, wherever the other one comes from, each has it behind its name.
    qtbot.waitUntil(lambda: line.customer.findData(seen["id"]) >= 0, timeout=WAIT_MS)
    type_over(line.name, "Ward 3")
    line.customer.setEditText("Seen")  # half a name is no choice
    later = appliance.new_customer(company_name="Later Ltd")
    line.customer.load()
    qtbot.waitUntil(lambda: line.customer.findData(later["id"]) >= 0, timeout=WAIT_MS)
    assert line.customer.currentText() == "Seen", "the list came anew while somebody typed"
    click(line.create_button)
    assert "no such customer" in line.problem
    line.customer.setCurrentIndex(line.customer.findData(seen["id"]))
    line.customer.activated.emit(line.customer.currentIndex())
    click(line.create_button)
    qtbot.waitUntil(tab.fresh.isVisible, timeout=WAIT_MS)
    click(tab.fresh.secret.copy_button)
    text = QApplication.clipboard().text()
    answer = appliance.request("GET", "/api/customers", headers={"Authorization": f"Bearer {text}"})
    assert [one["id"] for one in answer.json()["customers"]] == [seen["id"]]
    click(tab.fresh.done_button)
    qtbot.waitUntil(lambda: any(one.name == "Ward 3" for one in tab.table.model.rows), timeout=WAIT_MS)
    token = next(one for one in tab.table.model.rows if one.name == "Ward 3")
    assert token.customer_ids == [seen["id"]]
    line.role.setCurrentIndex(line.role.findData(ADMIN))
    assert (line.customer.isEnabled(), line.customer_ids) == (False, None)


def test_the_audit_log_is_narrowed_read_and_saved(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, tmp_path: Path
) -> None:
    customer = appliance.new_customer(company_name="Audited Ltd")
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"company_name": "Renamed Ltd"})
    tab = opened_tab(qtbot, window, "audit")
    assert isinstance(tab, AuditTab)
    opened(qtbot, window, f"system?tab=audit&subject=customer%3A{customer['id']}")
    qtbot.waitUntil(
        lambda: [line.action for line in tab.table.model.rows] == ["customer.updated", "customer.created"],
        timeout=WAIT_MS,
    )
    fields = tab.detail.fields
    texts = [[fields.item(row, column).text() for column in range(3)] for row in range(fields.rowCount())]
    assert ["Company", "Audited Ltd", "Renamed Ltd"] in texts
    shown = [place.data() for place in (tab.table.model.index(0, column) for column in range(4))]
    assert shown[3] == "Customer Renamed Ltd"
    assert tab.detail.title.text() == "Customer changed: Customer Renamed Ltd"

    tab.action.setCurrentIndex(tab.action.findData("customer.created"))
    tab.action.activated.emit(tab.action.currentIndex())
    qtbot.waitUntil(lambda: [line.action for line in tab.table.model.rows] == ["customer.created"], timeout=WAIT_MS)
    assert window.page is not None
    assert window.page.link.query["action"] == "customer.created"

    tab.save("csv", tmp_path / "audit.csv")
    qtbot.waitUntil((tmp_path / "audit.csv").exists, timeout=WAIT_MS)
    rows = list(csv.DictReader((tmp_path / "audit.csv").read_text().splitlines()))
    assert [row["action"] for row in rows] == ["customer.created"]
    tab.save("jsonl", tmp_path / "audit.jsonl")
    qtbot.waitUntil((tmp_path / "audit.jsonl").exists, timeout=WAIT_MS)
    (line,) = [json.loads(one) for one in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert line["subject"] == {"kind": "customer", "id": str(customer["id"])}


@pytest.mark.long
def test_the_appliance_sorts_the_audit_log(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    customer = appliance.new_customer(company_name="Put In Order Ltd")
    appliance.admin("PUT", f"/api/customers/{customer['id']}", json={"company_name": "Renamed Ltd"})
    tab = opened_tab(qtbot, window, "audit")
    opened(qtbot, window, f"system?tab=audit&subject=customer%3A{customer['id']}")
    lines = tab.table.model
    qtbot.waitUntil(
        lambda: [one.action for one in lines.rows] == ["customer.updated", "customer.created"], timeout=WAIT_MS
    )
    click_heading(tab.table, "action")
    qtbot.waitUntil(
        lambda: [one.action for one in lines.rows] == ["customer.created", "customer.updated"], timeout=WAIT_MS
    )
    for column in lines.columns:
        if column.field is not None:
            order = Order(column.field, descending=True)
            assert window.context.appliance.audit.page(None, 2, order, action="customer.created").rows


def test_the_certificate_is_the_one_that_is_shown(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    tab = opened_tab(qtbot, window, "certificate")
    assert isinstance(tab, CertificateTab)
    assert tab.grid.value("fingerprint") == grouped(appliance.fingerprint)
    assert tab.grid.value("trusted") == "knows the appliance by this certificate"
    assert "localhost" in tab.grid.value("names")
    click(tab.copy_button)
    assert QApplication.clipboard().text().lower() == appliance.fingerprint


def test_the_log_is_followed_and_copied(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    tab = opened_tab(qtbot, window, "log")
    assert isinstance(tab, LogTab)
    assert tab.follow.isChecked()
    appliance.request("GET", "/api/no-such-thing-here")
    qtbot.waitUntil(lambda: "/api/no-such-thing-here" in tab.text.toPlainText(), timeout=WAIT_MS)
    click(tab.copy_button)
    assert "/api/no-such-thing-here" in QApplication.clipboard().text()
    tab.level.setCurrentIndex(tab.level.findData("error"))
    tab.level.activated.emit(tab.level.currentIndex())
    qtbot.waitUntil(lambda: "/api/no-such-thing-here" not in tab.text.toPlainText(), timeout=WAIT_MS)


def test_a_viewer_reads_no_log_and_changes_nothing(qtbot: QtBot, viewing_window: MainWindow) -> None:
    log = opened_tab(qtbot, viewing_window, "log")
    assert not log.may_read
    assert log.empty.title == "Only an administrator may read the log"
    backups = opened_tab(qtbot, viewing_window, "backups")
    assert not backups.make_button.isEnabled()
    assert not backups.selected.save_button.isEnabled()
    tokens = opened_tab(qtbot, viewing_window, "tokens")
    assert tokens.creating.isHidden()
    assert tokens.table.model.rows
    assert not tokens.selected.revoke_button.isEnabled()


def test_the_support_bundle_names_nobody(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver, tmp_path: Path
) -> None:
    endpoint = receiver.endpoint(Answer(410))
    customer = appliance.new_customer(
        company_name="Zephyrine Holdings", name="Ottoline Quist", email="o.quist@zephyrine.example",
        webhook_url=endpoint.url,
    )  # fmt: skip
    turns = [{"start": 1, "end": 4, "channel": 0, "party": "caller", "text": "My marmalade never arrived."}]
    call_id = appliance.accepted(
        customer["api_key"],
        that_says(stereo_conversation(), turns),
        caller_number="+493055512345",
        called_number="03055598765",
    )
    appliance.delivery_in_state(call_id, "disabled")

    tab = opened_tab(qtbot, window, "support")
    assert isinstance(tab, SupportTab)
    assert tab.grid.value("appliance").startswith("vBot ")
    tab.save(tmp_path / "bundle.zip")
    qtbot.waitUntil((tmp_path / "bundle.zip").exists, timeout=WAIT_MS)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        held = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert sorted(held) == sorted(
        ["README.txt", "versions.json", "system.json", "settings.json", "deliveries.json", "log.txt"]
    )
    assert call_id in {delivery["call_id"] for delivery in json.loads(held["deliveries.json"])}
    assert json.loads(held["system.json"])["components"]
    assert json.loads(held["versions.json"])["appliance"] == appliance.admin("GET", "/api/system").json()["version"]
    assert "/api/process-call" in held["log.txt"]
    everything = "\n".join(held.values())
    for secret in (
        customer["api_key"],
        customer["webhook_secret"],
        appliance.admin_token,
        "Zephyrine",
        "Quist",
        endpoint.url,
        "493055512345",
        "03055598765",
        "marmalade",
    ):
        assert secret not in everything


@pytest.mark.long
def test_a_viewers_bundle_says_why_it_has_no_log(qtbot: QtBot, viewing_window: MainWindow, tmp_path: Path) -> None:
    tab = opened_tab(qtbot, viewing_window, "support")
    assert tab.no_log.isVisible()
    tab.save(tmp_path / "bundle.zip")
    qtbot.waitUntil((tmp_path / "bundle.zip").exists, timeout=WAIT_MS)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        assert "only an administrator may read it" in bundle.read("log.txt").decode()


def test_two_customers_of_one_name_are_told_apart_when_a_token_is_made(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance
) -> None:
    twins = [appliance.new_customer(company_name="Twin Ltd")["id"] for _ in range(2)]
    choice = opened(qtbot, window, "system?tab=tokens").tab.creating.customer
    qtbot.waitUntil(lambda: all(choice.findData(one) >= 0 for one in twins), timeout=WAIT_MS)
    assert [choice.itemText(choice.findData(one)) for one in twins] == [f"Twin Ltd (#{one})" for one in twins]
