"""Rows that come page by page and change while they are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from admin_gui.models.table.columns import Column
from admin_gui.models.table.paged_model import SORTED_AT_ONCE, PagedModel
from admin_gui.models.table.sort_orders import SLICE_ROWS

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Row:
    id: int
    name: str = ""
    size: int | None = 0


COLUMNS = [
    Column[Row]("id", "Number", lambda row: str(row.id), sort=lambda row: row.id),
    Column[Row]("name", "Name", lambda row: row.name, sort=lambda row: row.name),
    Column[Row]("size", "Size", lambda row: str(row.size), sort=lambda row: row.size, right=True),
    Column[Row]("plain", "Plain", lambda row: "x"),
]


@pytest.fixture
def model(qtbot: QtBot) -> PagedModel[Row]:
    made = PagedModel(COLUMNS, lambda row: row.id)
    # Qt's own: every signal must fit what the model then answers.
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    tester.setUseFetchMore(False)
    return made


def ids(model: PagedModel[Row]) -> list[int]:
    return [row.id for row in model.rows]


def test_pages_follow_each_other_until_there_is_none(model: PagedModel[Row]) -> None:
    wanted: list[object] = []
    model.wanted.connect(wanted.append)
    model.restart()
    model.take_page([Row(9), Row(8)], "8", first=True)
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex()), "one page at a time"
    model.take_page([Row(7)], None, first=False)
    assert wanted == [None, "8"]
    assert ids(model) == [9, 8, 7]
    assert model.is_complete
    assert not model.canFetchMore(QModelIndex())


def test_a_page_that_did_not_come_is_asked_for_again(model: PagedModel[Row]) -> None:
    model.take_page([Row(9)], "9", first=True)
    model.fetchMore(QModelIndex())
    model.page_failed()
    assert model.canFetchMore(QModelIndex())


def test_what_an_event_told_already_is_not_there_twice(model: PagedModel[Row]) -> None:
    model.take_page([Row(9), Row(8)], "8", first=True)
    model.merge([Row(10)])
    model.take_page([Row(8), Row(7)], None, first=False)
    assert ids(model) == [10, 9, 8, 7]


def test_new_rows_stand_on_top_newest_first(model: PagedModel[Row]) -> None:
    model.take_page([Row(9), Row(8)], None, first=True)
    model.merge([Row(10), Row(11)])
    assert ids(model) == [11, 10, 9, 8]
    assert [model.place_of(number) for number in (11, 10, 9, 8)] == [0, 1, 2, 3]


def test_a_row_that_changes_stays_in_its_place(model: PagedModel[Row]) -> None:
    model.take_page([Row(9), Row(8, "old"), Row(7)], None, first=True)
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.merge([Row(8, "new")])
    assert model.data(model.index(1, 1)) == "new"
    assert changed == [(1, 1)]


def test_a_row_that_no_longer_fits_the_filter_goes(model: PagedModel[Row]) -> None:
    model.take_page([Row(9), Row(8), Row(7)], None, first=True)
    model.merge([Row(8, "hidden"), Row(10, "hidden"), Row(11)], lambda row: row.name != "hidden")
    assert ids(model) == [11, 9, 7]
    assert model.place_of(7) == 2


def test_what_an_event_does_not_tell_is_kept(qtbot: QtBot) -> None:
    model: PagedModel[Row] = PagedModel(COLUMNS, lambda row: row.id, lambda old, new: replace(new, name=old.name))
    model.set_rows([Row(1, "known", 5)])
    model.merge([Row(1, "", 6)])
    assert model.rows[0] == Row(1, "known", 6)


def test_sorting_minds_order_and_not_case_and_puts_the_unknown_last(model: PagedModel[Row]) -> None:
    model.set_rows([Row(1, "beta", 3), Row(2, "Alpha", None), Row(3, "gamma", 1)])
    model.sort(1, ASCENDING)
    assert ids(model) == [2, 1, 3]
    model.sort(2, ASCENDING)
    assert ids(model) == [3, 1, 2]
    model.sort(2, DESCENDING)
    assert ids(model) == [2, 1, 3]


@pytest.mark.slow
@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
@pytest.mark.parametrize("count", [3, 60])
def test_what_comes_later_finds_its_place_in_the_order(model: PagedModel[Row], order: Qt.SortOrder, count: int) -> None:
    model.set_rows([Row(number, size=number * 10 % 97) for number in range(50)])
    model.sort(2, order)
    model.merge([Row(100 + number, size=number * 13 % 97) for number in range(count)])
    sizes = [row.size or 0 for row in model.rows]
    assert sizes == sorted(sizes, reverse=order is DESCENDING)
    assert [model.place_of(row.id) for row in model.rows] == list(range(50 + count))


def test_the_selection_follows_its_row_when_it_is_sorted(model: PagedModel[Row]) -> None:
    model.set_rows([Row(1, "c"), Row(2, "b"), Row(3, "a")])
    kept = QPersistentModelIndex(model.index(0, 1))
    model.sort(1, ASCENDING)
    assert kept.row() == 2
    assert kept.data() == "c"


def test_sorting_by_what_cannot_be_sorted_changes_nothing(model: PagedModel[Row]) -> None:
    model.set_rows([Row(2), Row(1)])
    model.sort(3, ASCENDING)
    assert ids(model) == [2, 1]


def test_the_order_in_which_they_came_is_asked_for_again(model: PagedModel[Row]) -> None:
    wanted: list[object] = []
    model.take_page([Row(2), Row(1)], None, first=True)
    model.sort(0, ASCENDING)
    model.wanted.connect(wanted.append)
    model.sort(-1)
    assert wanted == [None]


def test_rows_that_came_as_a_whole_go_back_into_their_order(model: PagedModel[Row]) -> None:
    model.set_rows([Row(2), Row(3), Row(1)])
    model.sort(0, ASCENDING)
    assert ids(model) == [1, 2, 3]
    model.sort(-1)
    assert ids(model) == [2, 3, 1]


def test_rows_are_taken_out_wherever_they_stand(model: PagedModel[Row]) -> None:
    model.set_rows([Row(number) for number in range(10)])
    model.remove([0, 5, 9, 77])
    assert ids(model) == [1, 2, 3, 4, 6, 7, 8]
    assert model.place_of(8) == 6
    assert model.place_of(5) is None


MANY = SORTED_AT_ONCE + SLICE_ROWS // 2


@pytest.mark.slow
def test_many_rows_are_sorted_in_slices_and_stand_as_they_did_until_then(qtbot: QtBot, model: PagedModel[Row]) -> None:
    model.set_rows([Row(number, size=number * 7919 % MANY) for number in range(MANY)])
    told: list[bool] = []
    model.sorting.connect(told.append)
    kept = QPersistentModelIndex(model.index(1, 1))
    model.sort(2, ASCENDING)
    assert model.is_sorting
    assert ids(model) == list(range(MANY))
    qtbot.waitUntil(lambda: not model.is_sorting)
    assert told == [True, False]
    assert [row.size for row in model.rows] == list(range(MANY))
    assert [model.place_of(row.id) for row in model.rows] == list(range(MANY))
    assert model.row_at(kept.row()).id == 1


@pytest.mark.slow
@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
def test_what_happens_while_many_rows_are_sorted_is_in_the_order(
    qtbot: QtBot, model: PagedModel[Row], order: Qt.SortOrder
) -> None:
    model.take_page([Row(number, size=10 * number) for number in range(MANY)], "next", first=True)
    model.sort(2, order)
    model.merge([Row(1, size=105)])  # changed, and does not wait for its turn
    model.merge([Row(MANY, size=55)])  # new
    model.merge([Row(MANY, size=65)])  # and changed
    model.remove([2, 3])
    model.take_page([Row(MANY + 1, size=75), Row(MANY + 2, size=5)], None, first=False)
    assert model.is_sorting
    qtbot.waitUntil(lambda: not model.is_sorting)
    sizes = [row.size or 0 for row in model.rows]
    assert sizes == sorted(sizes, reverse=order is DESCENDING)
    first = ids(model)[:11] if order is ASCENDING else ids(model)[:-12:-1]
    assert first == [0, MANY + 2, 4, 5, 6, MANY, 7, MANY + 1, 8, 9, 10]
    assert [model.place_of(row.id) for row in model.rows] == list(range(MANY + 1))


@pytest.mark.slow
def test_the_last_word_on_the_order_holds(qtbot: QtBot, model: PagedModel[Row]) -> None:
    model.set_rows([Row(number, str(number % 10), number * 7919 % MANY) for number in range(MANY)])
    model.sort(2, ASCENDING)
    model.sort(1, DESCENDING)
    qtbot.waitUntil(lambda: not model.is_sorting)
    assert [row.name for row in model.rows] == sorted((str(number % 10) for number in range(MANY)), reverse=True)


def test_other_rows_end_the_sorting_of_those_before(qtbot: QtBot, model: PagedModel[Row]) -> None:
    model.set_rows([Row(number, size=-number) for number in range(MANY)])
    told: list[bool] = []
    model.sorting.connect(told.append)
    model.sort(2, ASCENDING)
    model.take_page([Row(1, size=2), Row(2, size=1)], None, first=True)
    assert told == [True, False]
    assert ids(model) == [2, 1], "sorted as was wished"


def test_neighbours_are_told_together(model: PagedModel[Row]) -> None:
    model.set_rows([Row(number) for number in range(10)])
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.merge([Row(7, "x"), Row(2, "x"), Row(3, "x")])
    assert changed == [(2, 3), (7, 7)]
