"""The overview of a real appliance: what it says is what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.client.transport.errors import NotFound
from admin_gui.pages.overview.overview_page import OverviewPage
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened
from tests.support.cases import long_but
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsAppliance]:
    """One of this file's own: where others have let a third of their calls fail, the light is about those."""
    with TlsAppliance(tmp_path_factory.mktemp("overview")) as running:
        yield running


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> OverviewPage:
    return cast(OverviewPage, opened(qtbot, window, "overview"))


@pytest.mark.usefixtures("same_day")
def test_it_counts_what_happens_while_one_looks(qtbot: QtBot, page: OverviewPage, appliance: TlsAppliance) -> None:
    before = int(page.tiles.calls.number)
    key = appliance.new_customer()["api_key"]
    for _ in range(3):
        appliance.final_call(appliance.accepted(key, silence(0.5)))
    qtbot.waitUntil(lambda: int(page.tiles.calls.number) == before + 3, timeout=PATIENCE_MS)
    # The answer that counts the last one may have been given before it was completed.
    qtbot.waitUntil(lambda: page.tiles.calls.note.endswith("completed"), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.tiles.waiting.number == "0", timeout=PATIENCE_MS)
    assert page.tiles.disk.number.endswith("B")


def test_the_worker_is_there_with_its_device(qtbot: QtBot, page: OverviewPage) -> None:
    (name,) = page.workers.names
    assert "cpu" in page.workers.text_of(name)


@pytest.mark.long
def test_failed_webhooks_are_told_with_the_way_to_them(
    qtbot: QtBot, page: OverviewPage, window: MainWindow, appliance: TlsAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint(Answer(404))
    customer = appliance.new_customer(webhook_url=endpoint.url)
    call_id = appliance.accepted(customer["api_key"], silence(0.5))
    appliance.delivery_in_state(call_id, "failed", seconds=60)
    qtbot.waitUntil(lambda: any("could not be delivered" in text for text in page.attention.texts), timeout=PATIENCE_MS)
    name = customer["company_name"]
    qtbot.waitUntil(
        lambda: page.health.title.text() == f"Results not delivered to {name} in the last 24 hours: 1",
        timeout=PATIENCE_MS,
    )
    assert page.health.light.tone == "bad"
    assert int(page.tiles.webhooks.number) >= 1
    QTest.mouseClick(page.tiles.webhooks.button, Qt.MouseButton.LeftButton)
    assert window.page is not None
    assert str(window.page.link) == "webhooks?state=failed&time=day", "the tile counts those of the last day"


def test_a_tile_is_opened_by_the_keyboard_too(qtbot: QtBot, page: OverviewPage, window: MainWindow) -> None:
    page.tiles.calls.setFocus()
    QTest.keyClick(page.tiles.calls.button, Qt.Key.Key_Return)
    assert window.page is not None
    assert window.page.link.page == "calls"


@pytest.mark.usefixtures("same_day")
def test_the_tiles_of_today_open_the_calls_that_they_count(
    qtbot: QtBot, page: OverviewPage, window: MainWindow, appliance: TlsAppliance
) -> None:
    appliance.final_call(appliance.accepted(appliance.new_customer()["api_key"], silence(0.5)))
    calls = opened(qtbot, window, "calls")
    calls.time.setCurrentIndex(1)
    calls.time.activated.emit(1)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for tile, query in (
        (page.tiles.calls, {"since": midnight.isoformat()}),
        (page.tiles.failed, {"state": "failed", "finished_since": midnight.isoformat()}),
    ):
        opened(qtbot, window, "overview")
        click(tile.button)
        qtbot.waitUntil(lambda: window.page is calls and calls.is_ready, timeout=WAIT_MS)
        assert calls.link.query == query
        assert calls.time.since(window.context.session.now()) is None
        assert len(calls.chips.texts) == 1


@pytest.mark.parametrize("keys", long_but(["Alt+2"], ["Alt+1", "Alt+2", "Alt+3"]))
def test_plots_reach_over_an_hour_a_day_and_a_month(
    qtbot: QtBot, page: OverviewPage, window: MainWindow, appliance: TlsAppliance, keys: str
) -> None:
    appliance.final_call(appliance.accepted(appliance.new_customer()["api_key"], silence(0.5)))
    buckets = {"Alt+1": (60, 60), "Alt+2": (24, 3600), "Alt+3": (30, 86400)}[keys]
    (command,) = [one for one in window.commands.all() if one.keys == keys]
    window.commands.run(command)
    plot = page.calls_plot
    # A day is what is shown at first, perhaps from before there was a call.
    qtbot.waitUntil(lambda: plot.buckets == buckets and not plot.reading.startswith("0"), timeout=WAIT_MS)
    assert "call" in plot.reading
    assert page.result_plot.reading.endswith(" s")


def test_plots_over_another_time_that_cannot_be_had_are_empty(
    qtbot: QtBot, page: OverviewPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise NotFound

    click(page._buttons["month"])
    qtbot.waitUntil(lambda: page.calls_plot.buckets == (30, 86400), timeout=WAIT_MS)
    with monkeypatch.context() as patched:
        patched.setattr(window.context.appliance.stats, "between", gone)
        page.refresh()
        qtbot.waitUntil(lambda: not window.context.calls.is_under_way(page, "plots"), timeout=WAIT_MS)
        assert page.calls_plot.buckets[0] == 30, "the same time is asked for anew: what is known of it stays"
        click(page._buttons["day"])
        qtbot.waitUntil(lambda: page.calls_plot.buckets[0] == 0, timeout=WAIT_MS)
        assert page.calls_plot.reading == "This could not be loaded"
    click(page._buttons["day"])
    qtbot.waitUntil(lambda: page.calls_plot.buckets == (24, 3600), timeout=WAIT_MS)


def test_pointing_at_a_bar_reads_it_out(qtbot: QtBot, page: OverviewPage, appliance: TlsAppliance) -> None:
    appliance.final_call(appliance.accepted(appliance.new_customer()["api_key"], silence(0.5)))
    page.refresh()
    qtbot.waitUntil(lambda: not page.calls_plot.reading.startswith("0"), timeout=WAIT_MS)
    summary = page.calls_plot.reading
    canvas = page.calls_plot.canvas
    at = QPointF(canvas.width() - 12, canvas.height() / 2)
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(canvas, move)
    assert page.calls_plot.reading != summary
    assert "calls" in page.calls_plot.reading
