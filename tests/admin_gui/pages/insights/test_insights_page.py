"""Insights of a real appliance: what was counted, and the calls behind each mark."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from admin_gui.client.appliance import Appliance
from admin_gui.client.transport.errors import NotFound
from admin_gui.client.transport.paging import Order
from admin_gui.links import Link
from admin_gui.models.insights import Period
from admin_gui.pages.calls.calls_page import CallsPage
from admin_gui.pages.insights.choices import YESTERDAY
from admin_gui.pages.insights.insights_page import InsightsPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.text import formats
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance, wait_over_midnight
from tests.admin_gui.driving import click, opened
from tests.support.fake_moods import that_feels
from tests.support.fake_worker import that_says
from tests.support.recordings import stereo_conversation

TURNS = [
    {"start": 1.0, "end": 4.0, "channel": 0, "party": "caller", "text": "My boiler is cold, I waited for the plumber."},
    {"start": 5.0, "end": 6.0, "channel": 1, "party": "called", "text": "We look for it at once."},
]


@pytest.fixture(scope="module")
def customer(appliance: TlsAppliance) -> dict[str, Any]:
    """Two calls of the support queue, after one of which the caller was dissatisfied; and an internal one.

    All tests of this file look at them as at today's.
    """
    wait_over_midnight(180)
    made = appliance.new_customer(company_name="Boiler & Sons")
    recording = that_says(stereo_conversation(), TURNS)
    for mood, more in (
        (("negative", -0.8), {"queue": "support", "direction": "inbound"}),
        (("positive", 0.8), {"queue": "support", "direction": "inbound"}),
        (("negative", -0.8), {"direction": "internal"}),
    ):
        felt = that_feels(recording, mood, ("neutral", 0.0), tells_all=False)
        appliance.final_call(appliance.accepted(made["api_key"], felt, **more))
    return made


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, customer: dict[str, Any]) -> InsightsPage:
    found = opened(qtbot, window, f"insights?days=7&customer_id={customer['id']}")
    assert isinstance(found, InsightsPage)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)  # customers' names come by themselves
    return found


def calls_behind(qtbot: QtBot, window: MainWindow) -> CallsPage:
    """The list of calls that was opened."""
    qtbot.waitUntil(lambda: isinstance(window.page, CallsPage) and window.page.is_ready, timeout=WAIT_MS)
    assert isinstance(window.page, CallsPage)
    return window.page


def test_tiles_tell_what_was_counted_and_what_has_changed(page: InsightsPage) -> None:
    assert (page.tiles["calls"].number, page.tiles["calls"].note) == ("3", "new\nbefore: 0")
    assert page.tiles["dissatisfied"].number == "50 %"  # of the internal call nobody's mood counts
    assert page.tiles["outside"].number == "75 %"
    minutes = page.tiles["minutes"]
    assert minutes.number == formats.minutes(page.export.shown.totals.now.audio_seconds)
    assert minutes.number not in ("", "0 min", formats.DASH)
    assert minutes.note == "new\nbefore: 0 min"
    assert page.moods.reading == "1 of 2 with a mood: dissatisfied"
    assert page.hours.reading.text().startswith("Busiest: ")
    assert [one.keyword for one in page.keywords.table.model.rows] == ["once", "plumber"]
    (queue,) = page.queues.table.model.rows
    assert (queue.queue, queue.now.calls) == ("support", 2)
    assert page.customers.isHidden(), "of one customer the tiles say it all"


def test_a_tile_opens_its_calls(qtbot: QtBot, page: InsightsPage, window: MainWindow, customer: dict[str, Any]) -> None:
    click(page.tiles["calls"].button)
    calls = calls_behind(qtbot, window)
    assert calls.table.model.rowCount() == 3
    assert calls.link.query["customer_id"] == str(customer["id"])
    window.context.go(page.link)
    qtbot.waitUntil(lambda: isinstance(window.page, InsightsPage), timeout=WAIT_MS)
    page.tiles["dissatisfied"].setFocus()
    QTest.keyClick(page.tiles["dissatisfied"].button, Qt.Key.Key_Return)
    calls = calls_behind(qtbot, window)
    assert calls.link.query["sentiment"] == "negative"
    assert calls.table.model.rowCount() == 1


@pytest.mark.parametrize(
    ("tile", "column"),
    [("minutes", "duration"), ("talk", "talked"), ("outside", "outside"), ("silence", "silence")],
)
def test_a_tile_of_what_is_added_up_opens_its_calls_those_that_add_most_first(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, tile: str, column: str
) -> None:
    click(page.tiles[tile].button)
    calls = calls_behind(qtbot, window)
    model, view = calls.table.model, calls.table.view
    qtbot.waitUntil(lambda: model.rowCount() == 3 and model.shown_order is not None, timeout=WAIT_MS)
    place, order = model.sorted_by
    assert (model.columns[place].key, order) == (column, Qt.SortOrder.DescendingOrder)
    assert model.shown_order == Order(model.columns[place].field, descending=True), "the appliance sorts them"
    assert not view.isColumnHidden(place), "what they are sorted by is seen"
    values = [model.columns[place].sort(row) for row in model.rows]
    known = [one for one in values if one is not None]
    assert known
    assert values == sorted(known, reverse=True) + [None] * (3 - len(known))
    if tile == "outside":
        assert model.rows[-1].direction == "internal", "it has no outside party, and adds nothing"
    window.context.go("calls")
    qtbot.waitUntil(lambda: model.shown_order is None, timeout=WAIT_MS)
    assert view.isColumnHidden(place) is model.columns[place].hidden, "as it was before"


def test_the_page_is_narrowed_to_a_queue_and_so_are_the_calls_it_opens_and_its_files(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, tmp_path: Path
) -> None:
    queue = page.choices.queue
    assert queue.isVisible()
    assert [queue.itemText(place) for place in range(queue.count())] == ["All queues", "support"]
    QTest.keyClick(queue, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.tiles["calls"].number == "2", timeout=WAIT_MS)
    assert page.link.query["queue"] == "support"
    assert page.queues.isHidden(), "of one queue the tiles say it all"
    assert page.export.narrowed.whose("Box") == "Boiler & Sons · Queue support"
    file = tmp_path / "insights.csv"
    page.export.save_csv(file)
    qtbot.waitUntil(lambda: file.exists() and "Outside party" in file.read_text(encoding="utf-8-sig"), timeout=WAIT_MS)
    rows = [tuple(row[:3]) for row in csv.reader(file.read_text(encoding="utf-8-sig").splitlines())]
    assert ("Narrowed to", "support", "Queue") in rows
    link = page.link
    click(page.tiles["calls"].button)
    calls = calls_behind(qtbot, window)
    assert calls.link.query["queue"] == "support"
    assert calls.table.model.rowCount() == 2
    window.context.go(link)
    qtbot.waitUntil(lambda: window.page is page and page.is_ready, timeout=WAIT_MS)
    assert queue.value == "support"
    assert [queue.itemText(place) for place in range(queue.count())] == ["All queues", "support"]
    QTest.keyClick(queue, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: page.tiles["calls"].number == "3", timeout=WAIT_MS)


def test_calls_up_to_now_are_named_as_whole_days(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, customer: dict[str, Any]
) -> None:
    """The appliance counts to the end of a quarter of an hour: that moment has not come yet."""
    click(page.tiles["calls"].button)
    (told,) = (text for text in calls_behind(qtbot, window).chips.texts if "today" in text)
    assert told.endswith("– today")
    calls = calls_behind(qtbot, window)
    assert (calls.time.currentText(), calls.time.value) == ("Other time", None)
    assert calls.chips.texts
    calls._widen("since")
    qtbot.waitUntil(lambda: calls.time.currentText() == "All time", timeout=WAIT_MS)
    assert calls.time.findText("Other time") < 0
    page = opened(qtbot, window, f"insights?days=7&customer_id={customer['id']}")
    page.moods.opened.emit(6, None)
    assert any(text.endswith(": today") for text in calls_behind(qtbot, window).chips.texts)


def test_the_busiest_hour_opens_its_calls_by_the_keyboard(qtbot: QtBot, page: InsightsPage, window: MainWindow) -> None:
    hours = page.hours.map
    hours.setFocus()
    QTest.keyClick(hours, Qt.Key.Key_Right)
    count = hours.count_of(hours.busiest or (0, 0))
    assert page.hours.reading.text().endswith(f"   {count}")
    QTest.keyClick(hours, Qt.Key.Key_Return)
    assert calls_behind(qtbot, window).table.model.rowCount() == count


def test_of_an_hour_that_came_several_times_it_is_asked_which(
    qtbot: QtBot, page: InsightsPage, window: MainWindow
) -> None:
    click(page.choices.buttons[30])
    qtbot.waitUntil(lambda: page.moods.buckets[0] == 30, timeout=WAIT_MS)
    hours = page.hours.map
    busiest = hours.busiest or (0, 0)
    QTest.mouseClick(hours, Qt.MouseButton.LeftButton, pos=hours.place_of(busiest).toPoint())
    menu = next(one for one in page.findChildren(QMenu) if one.isVisible())
    actions: list[QAction] = menu.actions()
    assert len(actions) in (4, 5)
    actions[0].trigger()  # the newest
    menu.close()
    assert calls_behind(qtbot, window).table.model.rowCount() == hours.count_of(busiest)


def test_a_day_opens_its_calls_by_the_keyboard(qtbot: QtBot, page: InsightsPage, window: MainWindow) -> None:
    page.moods.setFocus()
    QTest.keyClick(page.moods, Qt.Key.Key_Left)  # the last day
    assert "dissatisfied" in page.moods.reading
    QTest.keyClick(page.moods, Qt.Key.Key_Return)
    assert page.export.shown is not None
    assert calls_behind(qtbot, window).table.model.rowCount() == page.export.shown.days[-1].calls


@pytest.mark.parametrize(
    ("height", "tooltip", "sentiment"),
    [(0.5, "1 satisfied call(s)", "positive"), (1.5, "1 dissatisfied call(s)", "negative")],
)
def test_a_part_of_a_days_bar_opens_the_calls_of_its_mood(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, height: float, tooltip: str, sentiment: str
) -> None:
    box = page.moods._plot.getPlotItem().vb
    noon = page.export.shown.days[-1].since.timestamp() + 43_200
    at = page.moods._plot.mapFromScene(box.mapViewToScene(QPointF(noon, height)))
    QTest.mouseMove(page.moods.canvas, at)
    assert page.moods.tooltip_at(QPointF(at)) == tooltip
    qtbot.waitUntil(lambda: page.moods.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor, timeout=WAIT_MS)
    QTest.mouseClick(page.moods.canvas, Qt.MouseButton.LeftButton, pos=at)
    calls = calls_behind(qtbot, window)
    assert calls.link.query["sentiment"] == sentiment
    assert calls.table.model.rowCount() == 1


@pytest.mark.parametrize(("table", "name", "value"), [("keywords", "keyword", "once"), ("queues", "queue", "support")])
def test_a_row_opens_its_calls(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, table: str, name: str, value: str
) -> None:
    rows = getattr(page, table).table
    rows.select(value)
    QTest.keyClick(rows.view, Qt.Key.Key_Return)
    query = calls_behind(qtbot, window).link.query
    assert query[name] == value
    assert {"since", "until", "customer_id"} <= set(query)


def test_without_a_comparison_nothing_is_said_of_before(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, customer: dict[str, Any]
) -> None:
    click(page.choices.compare)
    qtbot.waitUntil(lambda: not page.tiles["calls"].note, timeout=WAIT_MS)
    assert str(page.link) == f"insights?days=7&customer_id={customer['id']}&compare=none"


def test_any_days_can_be_chosen_and_stay_in_the_link(
    qtbot: QtBot, page: InsightsPage, window: MainWindow, customer: dict[str, Any]
) -> None:
    link = f"insights?since=2026-01-05&until=2026-01-07&customer_id={customer['id']}"
    assert opened(qtbot, window, link) is page
    qtbot.waitUntil(lambda: page.tiles["calls"].number == "0", timeout=WAIT_MS)
    assert page.moods.buckets[0] == 3
    assert page.choices.first.isVisible()
    page.choices.last.setFocus()
    page.choices.last.stepUp()  # as the arrow key does, of the day, or of the month where it stands first
    qtbot.waitUntil(lambda: page.moods.buckets[0] > 3, timeout=WAIT_MS)
    assert Link.parse(str(page.link)).query["since"] == "2026-01-05"


def test_today_and_yesterday_can_be_chosen(qtbot: QtBot, page: InsightsPage, window: MainWindow) -> None:
    click(page.choices.buttons[YESTERDAY])
    qtbot.waitUntil(lambda: page.tiles["calls"].number == "0", timeout=WAIT_MS)
    assert page.choices.buttons[YESTERDAY].isChecked()
    assert not page.choices.first.isVisible()
    click(page.choices.buttons[1])
    qtbot.waitUntil(lambda: page.moods.buckets[0] == 1, timeout=WAIT_MS)
    assert page.link.query["days"] == "1"


def test_the_time_stays_when_one_comes_back_by_the_menu(qtbot: QtBot, page: InsightsPage, window: MainWindow) -> None:
    opened(qtbot, window, "insights?since=2026-01-05&until=2026-01-07")
    opened(qtbot, window, "customers")
    window.context.go("insights")
    there = "insights?since=2026-01-05&until=2026-01-07"
    qtbot.waitUntil(lambda: str(page.link) == there and page.is_ready, timeout=WAIT_MS)
    assert page.moods.buckets[0] == 3


def test_all_figures_are_in_the_csv_file(qtbot: QtBot, page: InsightsPage, tmp_path: Path) -> None:
    file = tmp_path / "insights.csv"
    qtbot.waitUntil(lambda: "Boiler & Sons" in page.choices.customer.currentText(), timeout=WAIT_MS)
    page.export.save_csv(file)
    qtbot.waitUntil(lambda: file.exists() and "Outside party" in file.read_text(encoding="utf-8-sig"), timeout=WAIT_MS)
    rows = {tuple(row[:3]): row[3] for row in csv.reader(file.read_text(encoding="utf-8-sig").splitlines())}
    assert rows["All calls", "", "Calls"] == "3"
    assert rows["All calls", "", "dissatisfied"] == "1"
    assert rows["All calls", "", "Seconds of calls"] == str(round(page.export.shown.totals.now.audio_seconds))
    assert rows["Narrowed to", "Boiler & Sons", "Customer"] == ""
    assert rows["Keyword", "plumber", "Calls"] == "3"
    assert rows["Queue", "support", "Calls"] == "2"
    assert rows["Customer", "Boiler & Sons", "Outside party talks"] == "0.75"


def test_the_report_is_one_page_a4(qtbot: QtBot, page: InsightsPage, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: "Boiler & Sons" in page.choices.customer.currentText(), timeout=WAIT_MS)
    page.refresh()
    qtbot.waitUntil(lambda: page.export.narrowed.customer == "Boiler & Sons", timeout=WAIT_MS)
    file = tmp_path / "report.pdf"
    page.export.save_report(file)
    qtbot.waitUntil(file.exists, timeout=WAIT_MS)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert re.search(rb"/MediaBox \[0 0 595[.0-9]* 842", content)
    assert "Boiler & Sons".encode("utf-16-be") in content, "the title says whose it is"


def test_what_cannot_be_had_is_told_and_what_was_shown_stays(
    qtbot: QtBot, page: InsightsPage, monkeypatch: pytest.MonkeyPatch, window: MainWindow
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise NotFound

    monkeypatch.setattr(window.context.appliance.insights, "between", gone)
    page.refresh()
    qtbot.waitUntil(page.problem.isVisible, timeout=WAIT_MS)
    assert page.problem.text
    assert page.tiles["calls"].number == "3", "what was shown stays"
    assert page.export.shown is not None


def test_of_other_calls_that_cannot_be_had_no_figures_of_before_are_shown_nor_saved(
    qtbot: QtBot, page: InsightsPage, monkeypatch: pytest.MonkeyPatch, window: MainWindow
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise NotFound

    with monkeypatch.context() as patched:
        patched.setattr(window.context.appliance.insights, "between", gone)
        click(page.choices.buttons[YESTERDAY])
        qtbot.waitUntil(page.problem.isVisible, timeout=WAIT_MS)
        assert not page.tiles["calls"].isVisible()
        assert page.export.shown is None
        assert not page.csv_button.isEnabled()
        assert not page.report_button.isEnabled()
    click(page.choices.buttons[7])
    qtbot.waitUntil(page.tiles["calls"].isVisible, timeout=WAIT_MS)
    assert page.tiles["calls"].number == "3"
    assert page.report_button.isEnabled()
    assert not page.problem.isVisible()


def test_a_viewers_token_sees_them_and_saves_them(appliance: TlsAppliance, customer: dict[str, Any]) -> None:
    viewer = Appliance(appliance.connection(appliance.viewer_token()))
    now = datetime.now(UTC)
    found = viewer.insights.between(Period(7).span(now), None, "UTC", customer_id=customer["id"])
    viewer.close()
    assert (found.totals.now.calls, found.totals.before) == (3, None)
