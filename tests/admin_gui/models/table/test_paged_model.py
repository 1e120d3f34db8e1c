"""Rows that come page by page and change while they are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from admin_gui.client.transport.paging import Order
from admin_gui.models.table.columns import Column
from admin_gui.models.table.paged_model import PagedModel

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Row:
    id: int
    name: str = ""
    size: int | None = 0


COLUMNS = [
    Column[Row]("id", "Number", lambda row: str(row.id), sort=lambda row: row.id),
    Column[Row]("name", "Name", lambda row: row.name, sort=lambda row: row.name, field="called"),
    Column[Row]("size", "Size", lambda row: str(row.size), sort=lambda row: row.size, field="bytes", right=True),
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


def test_a_page_that_comes_late_does_not_forget_what_was_told_meanwhile(model: PagedModel[Row]) -> None:
    answer = [Row(9), Row(8, "old"), Row(7)]
    model.take_page(answer, None, first=True)
    model.restart()
    model.merge([Row(8, "new"), Row(10)])
    model.remove([9])
    model.merge([Row(11)])
    model.take_page(answer, None, first=True)
    assert ids(model) == [11, 10, 8, 7]
    assert model.rows[2].name == "new"
    model.restart()
    model.take_page(answer, None, first=True)
    assert model.rows == answer, "what was told before it was asked for is known to it"


def test_what_is_told_of_a_row_that_comes_with_the_next_page_is_not_undone_by_it(model: PagedModel[Row]) -> None:
    model.asks_for_order = True
    model.take_page([Row(1, "a"), Row(2, "b")], "2", first=True)
    model.sort(1, ASCENDING)
    model.take_page([Row(1, "a"), Row(2, "b")], "2", first=True)
    model.fetchMore(QModelIndex())
    model.merge([Row(3, "c", 5)])
    assert ids(model) == [1, 2], "its page comes"
    model.take_page([Row(3, "c", 4), Row(4, "d")], None, first=False)
    assert (ids(model), model.rows[2].size) == ([1, 2, 3, 4], 5)


def test_a_row_that_was_told_to_fit_no_more_fits_again_as_is_told_last(model: PagedModel[Row]) -> None:
    model.take_page([Row(1)], None, first=True)
    model.restart()
    for name in ("hidden", "seen"):
        model.merge([Row(1, name)], lambda row: row.name != "hidden")
    model.take_page([Row(1)], None, first=True)
    assert model.rows == [Row(1, "seen")]


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
    assert ids(model) == [1, 3, 2]


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


def test_other_rows_stand_in_the_order_of_those_before(model: PagedModel[Row]) -> None:
    model.set_rows([Row(number, size=-number) for number in range(10)])
    model.sort(2, ASCENDING)
    model.take_page([Row(1, size=2), Row(2, size=1)], None, first=True)
    assert ids(model) == [2, 1]


@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
@pytest.mark.slow
def test_rows_of_the_same_value_are_many_and_each_is_found(model: PagedModel[Row], order: Qt.SortOrder) -> None:
    model.set_rows([Row(1, size=1), Row(2, size=2)])
    model.sort(2, order)
    for number in range(3, 200):
        model.merge([Row(number, size=1)])
    assert [model.place_of(row.id) for row in model.rows] == list(range(199))
    assert sorted(ids(model)) == list(range(1, 200))
    expected = [1, *range(3, 200)] if order is ASCENDING else [*range(199, 2, -1), 1]
    assert [row.id for row in model.rows if row.size == 1] == expected


def test_neighbours_are_told_together(model: PagedModel[Row]) -> None:
    model.set_rows([Row(number) for number in range(10)])
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.merge([Row(7, "x"), Row(2, "x"), Row(3, "x")])
    assert changed == [(2, 3), (7, 7)]


# -- in an order that the appliance makes -----------------------------------------------------------------------


@pytest.fixture
def asking(model: PagedModel[Row]) -> PagedModel[Row]:
    """Its first page is there, as the appliance gives it by itself."""
    model.asks_for_order = True
    model.restart()
    model.take_page([Row(9, size=1), Row(8, size=5)], "8", first=True)
    return model


def sorted_by_size(model: PagedModel[Row], order: Qt.SortOrder, *rows: Row, more: str | None = "more") -> None:
    model.sort(2, order)
    model.take_page(rows, more, first=True)


def test_an_order_is_asked_for_and_what_is_seen_stays_until_it_is_there(asking: PagedModel[Row]) -> None:
    wanted: list[object] = []
    asking.wanted.connect(wanted.append)
    asking.sort(2, DESCENDING)
    assert wanted == [None]
    assert asking.order_for(None) == Order("bytes", descending=True)
    assert ids(asking) == [9, 8]
    asking.merge([Row(10, size=3)])
    assert ids(asking) == [10, 9, 8], "newest first, still"
    asking.take_page([Row(8, size=5), Row(3, size=4)], "4:3", first=True)
    assert ids(asking) == [8, 3]
    asking.fetchMore(QModelIndex())
    assert (wanted, asking.order_for("4:3")) == ([None, "4:3"], Order("bytes", descending=True))
    asking.take_page([Row(10, size=3), Row(4, size=3)], None, first=False)
    assert ids(asking) == [8, 3, 10, 4], "as the appliance says"


def test_a_page_of_an_order_that_did_not_come_leaves_the_one_before(asking: PagedModel[Row]) -> None:
    asking.sort(2, ASCENDING)
    asking.page_failed()
    assert ids(asking) == [9, 8]
    assert asking.order_for("8") is None, "its cursor belongs to the order before"
    assert asking.canFetchMore(QModelIndex())


@pytest.mark.parametrize(("order", "sizes"), [(ASCENDING, [1, 3, 5]), (DESCENDING, [5, 3, 1])])
def test_a_live_row_goes_where_the_order_puts_it_within_what_is_loaded(
    asking: PagedModel[Row], order: Qt.SortOrder, sizes: list[int]
) -> None:
    sorted_by_size(asking, order, *(Row(number, size=size) for number, size in enumerate(sizes)))
    asking.merge([Row(10, size=2), Row(11, size=3), Row(12, size=9), Row(13, size=None), Row(14, size=0)])
    shown = [(row.id, row.size) for row in asking.rows]
    if order is ASCENDING:
        assert shown == [(14, 0), (0, 1), (10, 2), (1, 3), (11, 3), (2, 5)], "the largest and the unknown come later"
    else:
        assert shown == [(12, 9), (0, 5), (11, 3), (1, 3), (10, 2), (2, 1)], "the smallest and the unknown come later"


def test_where_all_is_loaded_every_live_row_has_its_place(asking: PagedModel[Row]) -> None:
    sorted_by_size(asking, DESCENDING, Row(1, size=5), Row(2, size=None), more=None)
    asking.merge([Row(3, size=1), Row(4, size=None), Row(5, size=9)])
    assert ids(asking) == [5, 1, 3, 4, 2]


def test_a_row_that_was_left_for_later_comes_once(asking: PagedModel[Row]) -> None:
    sorted_by_size(asking, ASCENDING, Row(1, size=1), Row(2, size=2))
    asking.merge([Row(3, size=1), Row(4, size=7)])
    asking.take_page([Row(3, size=1), Row(4, size=7)], None, first=False)
    assert ids(asking) == [1, 3, 2, 4]


def test_behind_the_end_of_the_last_page_comes_nothing_though_its_rows_are_gone(asking: PagedModel[Row]) -> None:
    sorted_by_size(asking, ASCENDING, Row(1, size=1), Row(5, size=5))
    asking.remove([5])
    asking.merge([Row(3, size=3), Row(6, size=5), Row(7, size=6)])
    assert ids(asking) == [1, 3], "the next page begins behind 5"


def test_a_row_that_changes_stays_where_it_is_and_others_find_their_place(asking: PagedModel[Row]) -> None:
    sorted_by_size(asking, ASCENDING, Row(1, size=1), Row(2, size=2), Row(3, size=3))
    asking.merge([Row(1, size=9)])
    asking.merge([Row(4, size=2)])
    assert ids(asking) == [1, 2, 4, 3]


def test_what_the_appliance_does_not_sort_is_sorted_here_from_its_own_order(asking: PagedModel[Row]) -> None:
    wanted: list[object] = []
    asking.wanted.connect(wanted.append)
    asking.sort(0, ASCENDING)
    assert (ids(asking), wanted) == ([8, 9], [])
    sorted_by_size(asking, ASCENDING, Row(5), Row(6))
    asking.sort(0, DESCENDING)
    assert asking.order_for(None) is None
    asking.take_page([Row(5), Row(6)], "x", first=True)
    assert ids(asking) == [6, 5]
    asking.take_page([Row(7)], None, first=False)
    assert ids(asking) == [7, 6, 5]
    assert wanted == [None, None]


def test_the_third_click_asks_for_the_appliances_own_order(asking: PagedModel[Row]) -> None:
    sorted_by_size(asking, ASCENDING, Row(1))
    asking.sort(-1)
    assert asking.order_for(None) is None
    asking.take_page([Row(9), Row(8)], "8", first=True)
    asking.merge([Row(10)])
    assert ids(asking) == [10, 9, 8]
