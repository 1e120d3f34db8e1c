"""A table of rows that come page by page, are updated as they change, and can be sorted and narrowed.

No HTTP here: whoever owns the model gives it pages (`take_page`) when it asks for them (`wanted`). What the appliance
can sort is asked for in that order; lists that are here as a whole, and those that it cannot sort, are sorted here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from admin_gui.client.transport.paging import Order
from admin_gui.models.table.columns import Column
from admin_gui.models.table.loaded_rows import LoadedRows, RowOrder, Value
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex


class PagedModel(QAbstractTableModel, Generic[T]):
    """Rows of one kind, each with an identity that stays the same while it changes."""

    # Cursor of the page that is wanted next (None: the first), in the order of `order_for`. Answer with take_page, or
    # page_failed.
    wanted = Signal(object)
    # How many rows there are, and whether that is all.
    counted = Signal(int, bool)
    # Every row is about to stand elsewhere, and then does. Qt's own signals come between the two.
    reordering = Signal()
    reordered = Signal()

    def __init__(
        self,
        columns: Sequence[Column[T]],
        identity: Callable[[T], Hashable],
        combine: Callable[[T, T], T] = lambda _old, new: new,
    ) -> None:
        """`combine` makes of a known row and what an event tells of it (maybe less) the row as it is now."""
        super().__init__()
        self.columns = tuple(columns)
        self._combine = combine
        self.identity = identity
        # Whether whoever gives pages gives them in the order that is wished.
        self.asks_for_order = False
        self._loaded: LoadedRows[T] = LoadedRows(identity)
        self._count = 0
        self._cursor: str | None = None
        self._whole: list[T] | None = None
        self._complete = False
        self._asking = False
        # What was told since the page was asked for, which may not know of it.
        self._meanwhile: list[Callable[[], object]] = []
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None
        # The order of what is shown, and of the first page that was asked for.
        self._order: RowOrder[T] | None = None
        self._asked: RowOrder[T] | None = None
        # The value behind which the next page begins, whatever has become of its row.
        self._end: Value = (False, None)

    # Rows come

    def restart(self) -> None:
        """Forget everything and ask for the first page; what is seen stays until it is there."""
        self._whole = None
        self._asked = self._wish()
        self._ask(None)

    def take_page(self, rows: Sequence[T], next_cursor: str | None, *, first: bool) -> None:
        """The page that was wanted. The first one replaces what is there, but for what was told meanwhile."""
        self._asking = False
        self._cursor, self._complete = next_cursor, next_cursor is None
        once = {self.identity(row): row for row in rows}
        if first:
            self.beginResetModel()
            self._order = self._asked
            self._loaded = self._in_order(list(once.values()))
            self._count = len(once)
            self.endResetModel()
        else:
            self._append([row for identity, row in once.items() if self._loaded.place_of(identity) is None])
        if rows and self._order is not None:
            self._end = self._order.value_of(rows[-1])
        self._tell_count()
        told, self._meanwhile = self._meanwhile, []
        for tell in told:
            tell()

    def page_failed(self) -> None:
        """It did not come: scrolling on asks again."""
        self._asking = False

    def forget_rows(self) -> None:
        """Those that are shown are not what is asked for now, and that does not come."""
        self.beginResetModel()
        self._order = self._asked
        self._loaded = self._in_order([])
        self._count, self._cursor, self._complete = 0, None, False
        self.endResetModel()

    def set_rows(self, rows: Sequence[T]) -> None:
        """All rows at once, for lists that come whole."""
        self._whole = list(rows)
        self._asked = self._wish()
        self.take_page(rows, None, first=True)

    def merge(self, rows: Sequence[T], wanted: Callable[[T], bool] = lambda _row: True) -> None:
        """Rows that are new or have changed: shown in their place; those that are not `wanted` (any more) go.

        A new one whose place is behind all that are loaded comes with its page.
        """
        if self._asking:
            self._meanwhile.append(partial(self.merge, rows, wanted))
        new: list[T] = []
        gone: list[Hashable] = []
        changed: list[int] = []
        for identity, row in {self.identity(row): row for row in rows}.items():
            place = self._loaded.place_of(identity)
            if place is None:
                if wanted(row):
                    new.append(row)
                continue
            known = self._combine(self._loaded.rows[place], row)
            if wanted(known):
                self._loaded.replace(place, known)
                changed.append(place)
            else:
                gone.append(identity)
        for first, last in runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self._take_out(gone)
        if new:
            self._insert(new)
            self._tell_count()

    def remove(self, identities: Sequence[Hashable]) -> None:
        """Rows that are gone."""
        if self._asking:
            self._meanwhile.append(partial(self.remove, identities))
        self._take_out(identities)

    def _take_out(self, identities: Sequence[Hashable]) -> None:
        found = [place for identity in identities if (place := self._loaded.place_of(identity)) is not None]
        for place in sorted(found, reverse=True):
            self.beginRemoveRows(QModelIndex(), place, place)
            self._loaded.remove(place)
            self._count -= 1
            self.endRemoveRows()
        if found:
            self._tell_count()

    # What is there

    @property
    def rows(self) -> Sequence[T]:
        """As they stand on the screen."""
        return self._loaded.rows

    @property
    def is_complete(self) -> bool:
        """Whether there are no further pages."""
        return self._complete

    def order_for(self, cursor: str | None) -> Order | None:
        """In which order the page with this cursor is asked for; None: in the appliance's own."""
        order = self._asked if cursor is None else self._order
        return None if order is None or order.field is None else Order(order.field, order.descending)

    @property
    def shown_order(self) -> Order | None:
        """In which order the appliance gave what is shown; None: in its own."""
        return self.order_for("")

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder]:
        """The column by which the user has it sorted, -1: none."""
        return self._sorted_by or (-1, Qt.SortOrder.AscendingOrder)

    def row_at(self, place: int) -> T:
        return self._loaded.rows[place]

    def place_of(self, identity: Hashable) -> int | None:
        """In which row it stands."""
        return self._loaded.place_of(identity)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        return not parent.isValid() and not self._complete and not self._asking and self._cursor is not None

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        if self.canFetchMore(parent):
            self._ask(self._cursor)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        if role == Qt.ItemDataRole.ToolTipRole and self.columns[section].meaning:
            return plain_tooltip(self.columns[section].meaning)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self._loaded.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.text(row) or formats.DASH  # who listens is told that there is nothing
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(column.text(row) if column.tooltip is None else column.tooltip(row))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column, or (-1) as they came: newest first."""
        key = self.columns[column].sort if 0 <= column < len(self.columns) else None
        if (key is None and column != -1) or self._sorted_by == (column, order):
            return  # the view asks twice
        self._sorted_by = None if key is None else (column, order)
        wish = self._wish()
        if wish is not None and wish.field is None and not self._is_asked_for:
            self._sort_here(wish)
        elif self._whole is not None:
            self.set_rows(self._whole)
        else:
            self.restart()

    # Within

    def _ask(self, cursor: str | None) -> None:
        self._asking = True
        self._meanwhile = []
        self.wanted.emit(cursor)

    def _wish(self) -> RowOrder[T] | None:
        """The order that the user chose."""
        if self._sorted_by is None:
            return None
        place, order = self._sorted_by
        column = self.columns[place]
        assert column.sort is not None  # noqa: S101 - sort() takes no other
        asks = self.asks_for_order and self._whole is None
        return RowOrder(column.sort, order is Qt.SortOrder.DescendingOrder, column.field if asks else None)

    @property
    def _is_asked_for(self) -> bool:
        """Whether only some of the rows are here, in an order of the appliance's: others have to come first."""
        return not self._complete and self._order is not None and self._order.field is not None

    def _in_order(self, rows: Sequence[T]) -> LoadedRows[T]:
        order = self._order
        sorts_here = order is not None and order.field is None
        return LoadedRows(self.identity, order.sorted(rows) if order is not None and sorts_here else rows, order)

    def _sort_here(self, order: RowOrder[T]) -> None:
        self.reordering.emit()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        identities = [self.identity(self.row_at(index.row())) for index in before]
        self._order = self._asked = order
        self._loaded = self._in_order(self.rows)
        after = [
            self.index(self.place_of(identity) or 0, index.column())
            for identity, index in zip(identities, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.reordered.emit()

    def _append(self, rows: Sequence[T]) -> None:
        """Rows of the next page."""
        if self._order is not None and self._order.field is None:
            self._insert(rows)
        else:
            self._insert_together(rows, self._count)

    def _insert(self, rows: Sequence[T]) -> None:
        """New rows, the oldest first, as they happened."""
        if self._order is None:
            self._insert_together(rows[::-1], 0)
            return
        shows_all = self._complete or self._order.field is None
        for row in rows:
            if shows_all or self._order.is_behind(self._end, self._order.value_of(row)):
                self._insert_together([row], self._loaded.place_for(row))

    def _insert_together(self, rows: Sequence[T], place: int) -> None:
        """Rows that will stand below each other: one signal to Qt, which looks at all its rows each time."""
        if not rows:
            return
        self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
        self._loaded.insert(place, rows)
        self._count += len(rows)
        self.endInsertRows()

    def _tell_count(self) -> None:
        self.counted.emit(self._count, self._complete)


def runs(places: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of neighbours."""
    found: list[tuple[int, int]] = []
    for place in sorted(places):
        if found and place <= found[-1][1] + 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _alignment(column: Column[Any]) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
