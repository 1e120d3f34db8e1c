"""A table of rows that come page by page, are updated as they change, and can be sorted and narrowed.

No HTTP here: whoever owns the model gives it pages (`take_page`) when it asks for them (`wanted`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from admin_gui.models.columns import Column
from admin_gui.models.orders import ArrivalOrder, Order, SortedOrder

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex


class PagedModel(QAbstractTableModel, Generic[T]):
    """Rows of one kind, each with an identity that stays the same while it changes."""

    # Cursor of the page that is wanted next (None: the first). Answer with take_page, or page_failed.
    wanted = Signal(object)
    # How many rows there are, and whether that is all.
    counted = Signal(int, bool)

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
        self._order: Order[T] = ArrivalOrder(identity)
        self._count = 0
        self._cursor: str | None = None
        self._whole: list[T] | None = None
        self._complete = False
        self._asking = False
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    # Rows come

    def restart(self) -> None:
        """Forget everything and ask for the first page."""
        self._asking = True
        self._whole = None
        self.wanted.emit(None)

    def take_page(self, rows: Sequence[T], next_cursor: str | None, *, first: bool) -> None:
        """The page that was wanted. The first one replaces what is there."""
        self._asking = False
        self._cursor, self._complete = next_cursor, next_cursor is None
        once = {self.identity(row): row for row in rows}
        if first:
            self.beginResetModel()
            self._order = self._ordered(list(once.values()))
            self.endResetModel()
        else:
            self._insert([row for identity, row in once.items() if self._order.place_of(identity) is None])
        self._tell_count()

    def page_failed(self) -> None:
        """It did not come: scrolling on asks again."""
        self._asking = False

    def set_rows(self, rows: Sequence[T]) -> None:
        """All rows at once, for lists that come whole."""
        self._whole = list(rows)
        self.take_page(rows, None, first=True)

    def merge(self, rows: Sequence[T], wanted: Callable[[T], bool] = lambda _row: True) -> None:
        """Rows that are new or have changed: shown in their place; those that are not `wanted` (any more) go."""
        new: list[T] = []
        gone: list[Hashable] = []
        changed: list[int] = []
        for identity, row in {self.identity(row): row for row in rows}.items():
            place = self._order.place_of(identity)
            if place is None:
                if wanted(row):
                    new.append(row)
                continue
            known = self._combine(self._order.at(place), row)
            if wanted(known):
                self._order.replace(place, known)
                changed.append(place)
            else:
                gone.append(identity)
        if changed:
            self.dataChanged.emit(self.index(min(changed), 0), self.index(max(changed), len(self.columns) - 1))
        self.remove(gone)
        if new:
            self._insert(new, in_front=True)
            self._tell_count()

    def remove(self, identities: Sequence[Hashable]) -> None:
        """Rows that are gone."""
        found = [place for identity in identities if (place := self._order.place_of(identity)) is not None]
        for place in sorted(found, reverse=True):
            self.beginRemoveRows(QModelIndex(), place, place)
            self._order.remove(place)
            self._count -= 1
            self.endRemoveRows()
        if found:
            self._tell_count()

    # What is there

    @property
    def rows(self) -> Sequence[T]:
        """As they stand on the screen."""
        return self._order.rows

    @property
    def is_complete(self) -> bool:
        """Whether there are no further pages."""
        return self._complete

    def row_at(self, place: int) -> T:
        return self._order.at(place)

    def place_of(self, identity: Hashable) -> int | None:
        """In which row it stands."""
        return self._order.place_of(identity)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        return not parent.isValid() and not self._complete and not self._asking and self._cursor is not None

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        if self.canFetchMore(parent):
            self._asking = True
            self.wanted.emit(self._cursor)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self._order.at(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) if column.tooltip is None else column.tooltip(row)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column, or (-1) as they came: newest first. What is loaded later finds its place."""
        if not -1 <= column < len(self.columns) or (column >= 0 and self.columns[column].sort is None):
            return
        if self._sorted_by == (column, order):
            return  # the view asks twice
        if column < 0:
            self._sorted_by = None
            if self._whole is not None:
                self.set_rows(self._whole)
            else:
                self.restart()  # the order in which they came is the appliance's
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        identities = [self.identity(self._order.at(index.row())) for index in before]
        self._sorted_by = (column, order)
        self._order = self._ordered(self._order.rows)
        after = [
            self.index(self._order.place_of(identity) or 0, index.column())
            for identity, index in zip(identities, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # Within

    def _ordered(self, rows: Sequence[T]) -> Order[T]:
        self._count = len(rows)
        key = None if self._sorted_by is None else self.columns[self._sorted_by[0]].sort
        if key is None or self._sorted_by is None:
            return ArrivalOrder(self.identity, rows)
        descending = self._sorted_by[1] is Qt.SortOrder.DescendingOrder
        return SortedOrder(self.identity, key, rows, descending=descending)

    def _insert(self, rows: Sequence[T], *, in_front: bool = False) -> None:
        """New rows. In front they come oldest first, as they happened, and the newest stands on top."""
        if not in_front and self._sorted_by is None and rows:
            self._append(rows)
            return
        for row in rows:
            place = self._order.place_for(row, in_front=in_front)
            self.beginInsertRows(QModelIndex(), place, place)
            self._order.insert(place, row)
            self._count += 1
            self.endInsertRows()

    def _append(self, rows: Sequence[T]) -> None:
        self.beginInsertRows(QModelIndex(), self._count, self._count + len(rows) - 1)
        for row in rows:
            self._order.insert(self._count, row)
            self._count += 1
        self.endInsertRows()

    def _tell_count(self) -> None:
        self.counted.emit(self._count, self._complete)


def _alignment(column: Column[Any]) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
