"""Where calls fail the overview says so, and leads to exactly those calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from admin_gui.client.system import Component, FailureGroup, Failures, Health, System, Worker
from admin_gui.models.health import verdict
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.overview.cards import AttentionCard
from admin_gui.session import Snapshot
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.plain_label import PlainLabel
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.fake_worker import UNREADABLE
from tests.support.recordings import silence

CRASH = "worker vm/cpu died 6 times while loading: /var/lib/vbot-models/whisper-base/model.safetensors: " + "x" * 150


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One of this file's own: on the one that others share, their overviews would tell of these failures."""
    with TlsAppliance(tmp_path_factory.mktemp("failing")) as running:
        yield running


@pytest.fixture(scope="module")
def failed(appliance: TlsAppliance) -> dict[str, Any]:
    """A customer of whose calls six failed and one did not."""
    customer = appliance.new_customer(name="Ben Berger", company_name="Berger <b>Möbelhaus</b>")
    sent = [appliance.accepted(customer["api_key"], silence(0.5) + UNREADABLE) for _ in range(6)]
    good = appliance.accepted(customer["api_key"], silence(0.5))
    for call_id in (*sent, good):
        appliance.final_call(call_id)
    return {**customer, "failed": sent, "good": good}


def told(window: MainWindow, failed: dict[str, Any], **parts: Any) -> Snapshot:
    """What an appliance says on which this customer's calls fail."""
    now = window.context.session.now()
    group = FailureGroup(
        error_code="unreadable_recording",
        customer_id=failed["id"],
        customer_name=failed["company_name"],
        count=6,
        example="the bytes are <b>no audio</b>",
    )
    failures = Failures(
        since=now - timedelta(hours=1),
        until=now + timedelta(minutes=1),
        finished=7,
        failed=6,
        share=6 / 7,
        usual_share=0.03,
        groups=[group],
    )
    system = System(components=[Component(name="calls", state="failed", reason="Many fail.")], failures=failures)
    return Snapshot(Health(status="healthy"), system)


def test_the_overview_says_how_many_fail_and_opens_exactly_those(
    qtbot: QtBot, window: MainWindow, failed: dict[str, Any]
) -> None:
    overview = opened(qtbot, window, "overview")
    window.context.session.polled.emit(told(window, failed))  # all that follows comes before the next look

    assert overview.health.light.tone == "bad"
    assert overview.health.title.text() == "6 of 7 calls of the last hour failed; usual is 3 %"
    assert overview.attention.texts == [
        "Berger <b>Möbelhaus</b>: 6 failed, the recording cannot be read (“the bytes are <b>no audio</b>”)"
    ]
    # Lines of a former look may wait to be deleted.
    click(overview.attention.findChildren(QPushButton)[-1])

    page = window.page
    assert isinstance(page, CallsPage)
    qtbot.waitUntil(lambda: bool(page.table.model.rows), timeout=WAIT_MS)
    assert page.state.value == "failed"
    assert page.customer.value == failed["id"]
    assert {call.call_id for call in page.table.model.rows} == set(failed["failed"])
    assert page.chips.isVisible()
    assert page.chips.texts[0] == "Error: the recording cannot be read"
    assert page.chips.texts[1].startswith("Ended: ")


def test_each_filter_of_a_link_is_taken_away_by_a_click(
    qtbot: QtBot, window: MainWindow, failed: dict[str, Any]
) -> None:
    link = (
        f"calls?customer_id={failed['id']}&error_code=unreadable_recording"
        "&since=2026-11-01T00%3A00%3A00%2B00%3A00&until=2026-11-02T00%3A00%3A00%2B00%3A00"
    )
    page = opened(qtbot, window, link)
    assert page.table.model.rows == []
    assert page.chips.texts[1].startswith("Received: ")

    click(page.chips.button("since"))
    assert page.chips.texts == ["Error: the recording cannot be read"]
    click(page.chips.button("error_code"))

    assert not page.chips.isVisible()
    qtbot.waitUntil(lambda: failed["good"] in {call.call_id for call in page.table.model.rows}, timeout=WAIT_MS)
    assert str(page.link) == f"calls?customer_id={failed['id']}"


def test_a_time_that_is_chosen_stands_in_the_place_of_the_links(
    qtbot: QtBot, window: MainWindow, failed: dict[str, Any]
) -> None:
    page = opened(qtbot, window, f"calls?customer_id={failed['id']}&finished_until=2026-11-02T00%3A00%3A00%2B00%3A00")
    assert page.chips.texts == ["Ended: … – " + page.chips.texts[0].rpartition(" – ")[2]]
    page.time.setCurrentIndex(1)
    page.time.activated.emit(1)
    assert page.chips.texts == []
    qtbot.waitUntil(lambda: len(page.table.model.rows) == 7, timeout=WAIT_MS)


def test_a_link_that_says_nothing_of_sense_is_no_filter(
    qtbot: QtBot, window: MainWindow, failed: dict[str, Any]
) -> None:
    page = opened(qtbot, window, f"calls?customer_id={failed['id']}&since=yesterday&until=2026-11-01&finished_since=x")
    assert page.chips.texts == []


def test_a_worker_that_cannot_load_is_told_in_full(qtbot: QtBot, window: MainWindow) -> None:
    overview = opened(qtbot, window, "overview")
    snapshot = Snapshot(
        Health(status="degraded"), System(components=[Component(name="worker", state="failed", reason=CRASH)])
    )
    window.context.session.polled.emit(snapshot)
    assert overview.attention.texts == [CRASH]

    # A card of this width that no later look changes.
    card = AttentionCard(window.context)
    qtbot.addWidget(card)
    card.show_findings(verdict(snapshot.health, snapshot.system, window.context.session.now()).findings)
    card.resize(480, 200)
    card.show()
    (label,) = [one for one in card.findChildren(PlainLabel) if one.text() == CRASH]
    qtbot.waitUntil(lambda: label.width() < card.width() == 480, timeout=WAIT_MS)
    assert label.height() >= label.heightForWidth(label.width()) > 2 * label.fontMetrics().height()
    words = label.fontMetrics().horizontalAdvance(CRASH)
    assert label.width() * label.height() / label.fontMetrics().lineSpacing() > words, "there is room for all of it"


def test_a_worker_that_cannot_load_says_so_in_its_own_row_too(qtbot: QtBot, window: MainWindow) -> None:
    dying = Worker(name="vm/cpu", state="loading", model="whisper-base", deaths_while_loading=6, last_error="damaged")
    well = Worker(name="other/cpu", state="ready", model="whisper-base")
    text = "worker vm/cpu died 6 times while loading: damaged"
    overview, status = opened(qtbot, window, "overview"), opened(qtbot, window, "system").tab
    for workers, row, banner in (
        ([dying, well], text, text),
        ([msgspec.structs.replace(dying, state="ready", deaths_while_loading=0), well], "whisper-base", ""),
    ):
        snapshot = Snapshot(Health(status="healthy"), System(workers=workers))
        overview.workers.show_workers(workers, window.context.session.now())
        status.show_snapshot(snapshot)
        assert overview.workers.text_of("vm/cpu") == row
        assert overview.workers.text_of("other/cpu") == "whisper-base"
        assert (status.dying.text if status.dying.isVisibleTo(status) else "") == banner
        tooltip = status.workers.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
        assert ("died 6 times" in (tooltip or "")) is bool(banner)


@pytest.mark.long
def test_the_appliance_itself_tells_that_calls_fail(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, failed: dict[str, Any]
) -> None:
    for call_id in [appliance.accepted(failed["api_key"], silence(0.5) + UNREADABLE) for _ in range(30)]:
        appliance.final_call(call_id)
    overview = opened(qtbot, window, "overview")

    qtbot.waitUntil(lambda: "calls of the last hour failed" in overview.health.title.text(), timeout=WAIT_MS)
    qtbot.waitUntil(
        lambda: any(failed["company_name"] in text and "36 failed" in text for text in overview.attention.texts),
        timeout=WAIT_MS,
    )
    snapshot = window.context.session.last_snapshot
    assert snapshot is not None
    findings = verdict(snapshot.health, snapshot.system, window.context.session.now()).findings
    (link,) = [one.link for one in findings if failed["company_name"] in one.text]
    page = opened(qtbot, window, str(link))
    qtbot.waitUntil(lambda: len(page.table.model.rows) == 36, timeout=WAIT_MS)
