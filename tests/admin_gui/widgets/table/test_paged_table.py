"""The table, over the customers of a real appliance and over rows of our own."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.transport.errors import NotFound
from admin_gui.client.transport.paging import Order, Page
from admin_gui.models.table.columns import Column
from admin_gui.shell.main_window import MainWindow
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar
from admin_gui.widgets.table.whole_lists import show_anew
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance

SELECT_ROW = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
COLUMNS = [
    Column[int]("number", "Number", str, sort=lambda row: row, field="number"),
    Column[int]("square", "Square", lambda row: str(row * row), sort=lambda row: row * row),
    Column[int]("secret", "Hidden", lambda row: "x", hidden=True),
]


def table_of(qtbot: QtBot, context: AppContext, count: int, *, with_bar: bool = True) -> PagedTable:
    """Rows from `count` down to 1 or, sorted by their number, up; in pages as the appliance gives them.

    `with_bar`: something can be done with several.
    """
    table = PagedTable(context, "numbers", "Numbers", COLUMNS, lambda row: row, empty=("calls", "Nothing", "yet"))
    if with_bar:
        SelectionBar(context, table)
    qtbot.addWidget(table)
    table.resize(700, 500)
    table.show()

    def fetch(cursor: str | None, limit: int, order: Order | None) -> Page[int]:
        start = 0 if cursor is None else int(cursor)
        rising = order == Order("number")
        assert rising or order in (None, Order("number", descending=True))
        rows = (range(1, count + 1) if rising else range(count, 0, -1))[start : start + limit]
        return Page(list(rows), str(start + limit) if start + limit < count else None)

    table.set_fetch(fetch)
    with qtbot.waitSignal(table.loaded, timeout=WAIT_MS):
        pass
    return table


def test_rows_come_while_one_scrolls_down(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 450)
    assert len(table.model.rows) == 100
    assert table.counted_text == "100 loaded, more below"
    while not table.model.is_complete:
        before = len(table.model.rows)
        QTest.keyClick(table.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(table.model.counted, timeout=WAIT_MS):
            pass
        assert len(table.model.rows) > before
    assert list(table.model.rows) == list(range(450, 0, -1))
    assert table.counted_text == "450"


def test_enter_opens_the_row_that_the_keyboard_is_on(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 10)
    opened: list[int] = []
    table.opened.connect(opened.append)
    table.select(10)
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened == [9]


def test_a_click_on_a_heading_sorts_and_a_third_one_takes_it_back(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 10)
    header = table.view.horizontalHeader()

    def click() -> None:
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))

    click()
    qtbot.waitUntil(lambda: list(table.model.rows) == list(range(1, 11)), timeout=WAIT_MS)
    click()
    qtbot.waitUntil(lambda: list(table.model.rows) == list(range(10, 0, -1)), timeout=WAIT_MS)
    click()
    assert table.model.order_for(None) is None
    assert header.sortIndicatorSection() == -1


def test_where_nothing_can_be_done_with_several_rows_one_alone_is_selected(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 10, with_bar=False)
    table.select(10)
    for _ in range(3):
        QTest.keyClick(table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected() == [table.current()] == [7]
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.clipboard().text().splitlines() == ["7\t49"]


def test_a_list_that_comes_whole_again_keeps_what_is_selected(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 10)
    table.model.set_rows(list(range(10)))
    table.view.select_again([2, 5, 7])
    table.view.put_keyboard_on(5, select=False)
    told: list[list[int]] = []
    table.selection_changed.connect(lambda: told.append(table.selected()))
    show_anew(table, [1, 2, 5, 9, 7])
    assert (table.selected(), table.current()) == ([2, 5, 7], 5)
    show_anew(table, [1, 2, 9])
    assert table.selected() == [2]
    show_anew(table, [1])
    assert (table.selected(), table.current()) == ([], 1)
    assert told[-1] == []


def test_cells_and_rows_are_copied(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 10)
    clipboard = QApplication.clipboard()
    table.select(10)
    table.view.setCurrentIndex(table.model.index(2, 1))
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "64"
    table.view.selectAll()
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert clipboard.text().splitlines()[:2] == ["10\t100", "9\t81"]


def test_a_file_has_all_rows_also_those_that_are_not_loaded(qtbot: QtBot, context: AppContext, tmp_path: Path) -> None:
    table = table_of(qtbot, context, 1234)
    table.export_to(tmp_path / "numbers.csv")
    qtbot.waitUntil((tmp_path / "numbers.csv").exists, timeout=WAIT_MS)
    with (tmp_path / "numbers.csv").open(encoding="utf-8-sig", newline="") as text:
        lines = list(csv.reader(text))
    assert lines[0] == ["Number", "Square"], "hidden columns stay out"
    assert len(lines) == 1235


def test_columns_are_remembered(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 3)
    table.view.show_column(2, True)
    table.view.show_column(1, False)
    again = table_of(qtbot, context, 3)
    assert [column.key for column in again.view.shown_columns()] == ["number", "secret"]


def test_what_is_selected_stays_selected_when_it_is_loaded_again(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 50)
    table.select(42)
    with qtbot.waitSignal(table.loaded, timeout=WAIT_MS):
        table.reload()
    assert table.current() == 42
    assert table.selected() == [42]


def test_new_rows_do_not_move_what_one_reads(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 100)
    table.select(40)
    seen = table.view.rowAt(0)
    top = table.model.row_at(seen)
    table.merge([101, 102, 103])
    assert table.model.row_at(table.view.rowAt(0)) == top
    assert table.current() == 40


def test_at_the_top_new_rows_are_seen(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 100)
    table.merge([101])
    assert table.model.row_at(table.view.rowAt(0)) == 101


def test_nothing_there_is_said_in_words(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 0)
    assert table.empty.isVisible()
    assert table.empty.title == "Nothing"
    table.merge([1])
    assert table.view.isVisible()


def test_what_could_not_be_loaded_is_said_where_the_rows_would_be(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 0)

    def fail(_cursor: str | None, _limit: int, _order: Order | None) -> Page[int]:
        raise NotFound

    with qtbot.waitSignal(table.loaded, timeout=WAIT_MS):
        table.set_fetch(fail)
    assert table.empty.title == "This could not be loaded"


def test_the_search_waits_until_one_has_typed(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 3)
    searched: list[str] = []
    table.searched.connect(searched.append)
    QTest.keyClicks(table.search, "ada")
    qtbot.waitUntil(lambda: searched == ["ada"], timeout=WAIT_MS)


def test_in_an_order_pages_come_while_one_scrolls_and_the_file_has_all(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    table = table_of(qtbot, context, 250)
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: list(table.model.rows) == list(range(1, 101)), timeout=WAIT_MS)
    while not table.model.is_complete:
        QTest.keyClick(table.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(table.model.counted, timeout=WAIT_MS):
            pass
    assert list(table.model.rows) == list(range(1, 251))
    table.export_to(tmp_path / "numbers.csv")
    qtbot.waitUntil((tmp_path / "numbers.csv").exists, timeout=WAIT_MS)
    assert (tmp_path / "numbers.csv").read_text(encoding="utf-8-sig").splitlines()[1:3] == ["1,1", "2,4"]


def test_in_an_order_selection_and_keyboard_stay_with_what_is_loaded(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 150)
    for number in (60, 70, 140):
        place = table.model.place_of(number)
        assert place is not None
        table.view.selectionModel().select(table.model.index(place, 0), SELECT_ROW)
    table.view.put_keyboard_on(70, select=False)
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: table.model.row_at(0) == 1, timeout=WAIT_MS)
    assert table.selected() == [60, 70]
    assert table.current() == 70


def test_in_an_order_one_sees_its_beginning_wherever_the_keyboard_is(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 150)
    assert table.current() == 150, "the newest, which comes last now"
    table.view.put_keyboard_on(95, select=False)
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: table.model.row_at(0) == 1, timeout=WAIT_MS)
    assert table.model.row_at(table.view.rowAt(0)) == 1


def test_a_heading_that_sorts_nothing_gets_no_arrow(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 20)
    number, *others = table.model.columns
    table.model.columns = (number, *(replace(column, sort=None) for column in others))
    header = table.view.horizontalHeader()
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: table.model.row_at(0) == 1, timeout=WAIT_MS)
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    assert header.sortIndicatorSection() == 0
    assert header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
    assert table.model.row_at(0) == 1


def test_in_an_order_live_rows_do_not_move_what_one_reads(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 250)
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: table.model.row_at(0) == 1, timeout=WAIT_MS)
    table.select(40)
    top = table.model.row_at(table.view.rowAt(0))
    table.merge([0, -1, 1000])
    assert table.model.row_at(table.view.rowAt(0)) == top
    assert table.current() == 40
    assert table.model.place_of(1000) is None, "its page comes later"
    assert table.counted_text == "102 loaded, more below"


def test_with_a_hundred_thousand_rows_live_ones_find_their_place_at_once(qtbot: QtBot, context: AppContext) -> None:
    count = 100_000
    table = table_of(qtbot, context, 0)
    table.model.set_rows(list(range(count)))
    table.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    table.view.scrollToBottom()
    assert table.model.row_at(table.view.rowAt(table.view.viewport().height() - 5)) < 40
    began = time.thread_time()
    for number in range(count, count + 200):
        table.merge([number])
    assert (time.thread_time() - began) / 200 < 0.05
    assert table.model.row_at(0) == count + 199


def test_sorting_here_keeps_selection_keyboard_and_scroll(qtbot: QtBot, context: AppContext) -> None:
    count = 2_000
    table = table_of(qtbot, context, 0)
    table.model.set_rows(list(range(count)))
    for number in (7, 8, 400):
        table.view.selectionModel().select(table.model.index(number, 0), SELECT_ROW)
    table.view.put_keyboard_on(8, select=False)
    bar = table.view.verticalScrollBar()
    bar.setValue(300)
    table.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert table.model.row_at(0) == count - 1
    assert table.selected() == [400, 8, 7]
    assert table.current() == 8
    assert bar.value() == 300


def test_a_table_selected_as_a_whole_stays_so_when_it_is_sorted(qtbot: QtBot, context: AppContext) -> None:
    table = table_of(qtbot, context, 0)
    table.model.set_rows([3, 1, 2])
    table.view.selectAll()
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert table.selected() == [1, 2, 3]


def test_customers_are_found_by_their_name(qtbot: QtBot, window: MainWindow, appliance: TlsAppliance) -> None:
    appliance.new_customer(company_name="Needle in the haystack")
    window.go("customers")
    page = window.page
    assert page is not None
    table: PagedTable = page.table  # type: ignore[attr-defined]
    QTest.keyClicks(table.search, "needle in")
    qtbot.waitUntil(
        lambda: [one.company_name for one in table.model.rows] == ["Needle in the haystack"], timeout=WAIT_MS
    )


def test_who_has_scrolled_down_is_told_how_many_came_above_and_goes_there_by_a_click(
    qtbot: QtBot, context: AppContext
) -> None:
    table = table_of(qtbot, context, 90)
    table.merge([91])
    assert not table.new_rows.isVisible(), "it is seen"
    table.view.verticalScrollBar().setValue(40)
    table.merge([92, 93])
    table.merge([50, 94])
    assert table.new_rows.isVisible()
    assert table.new_rows.text() == "↑  3 new"
    QTest.mouseClick(table.new_rows, Qt.MouseButton.LeftButton)
    assert table.view.verticalScrollBar().value() == 0
    assert not table.new_rows.isVisible()
    table.view.verticalScrollBar().setValue(40)
    table.merge([95])
    assert table.new_rows.count == 1, "what was seen is not counted again"
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert not table.new_rows.isVisible()


def test_columns_use_the_room_until_somebody_draws_them(qtbot: QtBot, context: AppContext) -> None:
    columns = [
        Column[int]("number", "Number", str, typical="12345"),
        Column[int]("company", "Company", lambda row: "A company whose name is long", width=150),
        Column[int]("mail", "E-mail", lambda row: "somebody@a-company-with-a-long-name.example", width=150),
        Column[int]("state", "State", lambda row: "active", tone=lambda _row: "good", width=100),
    ]
    table = PagedTable(context, "spread", "Spread", columns, lambda row: row, empty=("calls", "Nothing", "yet"))
    qtbot.addWidget(table)
    table.resize(1000, 300)
    table.model.set_rows([1])
    table.show()
    qtbot.waitUntil(lambda: table.view.columnWidth(1) > 200, timeout=WAIT_MS)
    view, header = table.view, table.view.horizontalHeader()
    widths = [view.columnWidth(place) for place in range(4)]
    assert widths[1] == widths[2]
    assert widths[3] < 110, "a state is as long as it is"
    assert abs(sum(widths) - view.viewport().width()) <= 2
    table.resize(600, 300)
    qtbot.waitUntil(lambda: view.columnWidth(1) < widths[1], timeout=WAIT_MS)
    header.resizeSection(1, 300)
    table.resize(1000, 300)
    assert view.columnWidth(1) == 300
