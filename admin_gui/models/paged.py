"""A table of rows that come page by page, are updated as they change, and can be sorted and narrowed.

No HTTP here: whoever owns the model gives it pages (`take_page`) when it asks for them (`wanted`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from admin_gui.models.columns import Column
from admin_gui.theme import Tone

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole
TONE_ROLE = Qt.ItemDataRole.UserRole + 1
MONO_ROLE = Qt.ItemDataRole.UserRole + 2


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
        self._rows: list[T] = []
        # Identity → a number that stays right while rows come in front: row = number - _first.
        self._numbers: dict[Hashable, int] = {}
        self._first = 0
        self._cursor: str | None = None
        self._complete = False
        self._asking = False
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    # Rows come

    def restart(self) -> None:
        """Forget everything and ask for the first page."""
        self._asking = True
        self.wanted.emit(None)

    def take_page(self, rows: Sequence[T], next_cursor: str | None, *, first: bool) -> None:
        """The page that was wanted. The first one replaces what is there."""
        self._asking = False
        self._cursor, self._complete = next_cursor, next_cursor is None
        if first:
            self.beginResetModel()
            self._rows = list({self.identity(row): row for row in rows}.values())
            self._sort_rows()
            self._renumber()
            self.endResetModel()
        else:
            known = self._numbers
            self._insert(list({self.identity(row): row for row in rows if self.identity(row) not in known}.values()))
        self.counted.emit(len(self._rows), self._complete)

    def page_failed(self) -> None:
        """It did not come: scrolling on asks again."""
        self._asking = False

    def set_rows(self, rows: Sequence[T]) -> None:
        """All rows at once, for lists that come whole."""
        self.take_page(rows, None, first=True)

    def merge(self, rows: Sequence[T], wanted: Callable[[T], bool] = lambda _row: True) -> None:
        """Rows that are new or have changed: shown in their place; those that are not `wanted` (any more) go."""
        latest = {self.identity(row): row for row in rows}
        new: list[T] = []
        gone: list[Hashable] = []
        changed: list[int] = []
        for identity, row in latest.items():
            number = self._numbers.get(identity)
            if number is None:
                if wanted(row):
                    new.append(row)
            elif not wanted(row):
                gone.append(identity)
            else:
                place = number - self._first
                self._rows[place] = self._combine(self._rows[place], row)
                changed.append(place)
        if changed:
            self.dataChanged.emit(self.index(min(changed), 0), self.index(max(changed), len(self.columns) - 1))
        if gone:
            self.remove(gone)
        if new:
            # They come oldest first, as they happened; the newest stands on top.
            self._insert(new[::-1], in_front=True)
        if gone or new:
            self.counted.emit(len(self._rows), self._complete)

    def remove(self, identities: Sequence[Hashable]) -> None:
        """Rows that are gone."""
        places = sorted((self._numbers[one] - self._first for one in identities if one in self._numbers), reverse=True)
        for place in places:
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._rows[place]
            self.endRemoveRows()
        if places:
            self._renumber()
            self.counted.emit(len(self._rows), self._complete)

    # What is there

    @property
    def rows(self) -> Sequence[T]:
        """As they stand on the screen."""
        return self._rows

    @property
    def is_complete(self) -> bool:
        """Whether there are no further pages."""
        return self._complete

    def row_at(self, place: int) -> T:
        return self._rows[place]

    def place_of(self, identity: Hashable) -> int | None:
        """In which row it stands."""
        number = self._numbers.get(identity)
        return None if number is None else number - self._first

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

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

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: PLR0911 - one line a role
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == TONE_ROLE:
            return None if column.tone is None else column.tone(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) if column.tooltip is None else column.tooltip(row)
        if role == ROW_ROLE:
            return row
        if role == MONO_ROLE:
            return column.mono
        return None

    def tone(self, place: int, column: int) -> Tone | None:
        """The tone of a cell that is drawn as a pill."""
        found = self.columns[column].tone
        return None if found is None else found(self._rows[place])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column, or (-1) as they came: newest first. What is loaded later finds its place."""
        if not -1 <= column < len(self.columns) or (column >= 0 and self.columns[column].sort is None):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        identities = [self.identity(self._rows[index.row()]) for index in before]
        if column < 0:
            self._sorted_by = None
        else:
            self._sorted_by = (column, order)
            self._sort_rows()
        self._renumber()
        after = [
            self.index(self._numbers[identity] - self._first, index.column())
            for identity, index in zip(identities, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        if column < 0:
            self.restart()  # the order in which they came is the appliance's

    # Within

    def _key(self) -> Callable[[T], Any] | None:
        if self._sorted_by is None:
            return None
        sort = self.columns[self._sorted_by[0]].sort
        return None if sort is None else lambda row: _sortable(sort(row))

    def _sort_rows(self) -> None:
        key = self._key()
        if key is not None and self._sorted_by is not None:
            self._rows.sort(key=key, reverse=self._sorted_by[1] is Qt.SortOrder.DescendingOrder)

    def _renumber(self) -> None:
        self._first = 0
        self._numbers = {self.identity(row): place for place, row in enumerate(self._rows)}

    def _insert(self, rows: list[T], *, in_front: bool = False) -> None:
        if not rows:
            return
        if self._sorted_by is not None:
            self._insert_sorted(rows)
        elif in_front:
            self.beginInsertRows(QModelIndex(), 0, len(rows) - 1)
            self._rows[:0] = rows
            self._first -= len(rows)
            for place, row in enumerate(rows):
                self._numbers[self.identity(row)] = self._first + place
            self.endInsertRows()
        else:
            start = len(self._rows)
            self.beginInsertRows(QModelIndex(), start, start + len(rows) - 1)
            self._rows += rows
            for place, row in enumerate(rows, start):
                self._numbers[self.identity(row)] = self._first + place
            self.endInsertRows()

    def _insert_sorted(self, rows: list[T]) -> None:
        key = self._key()
        assert key is not None  # noqa: S101 - the caller has looked
        assert self._sorted_by is not None  # noqa: S101
        if len(rows) > 20:
            self.beginResetModel()
            self._rows += rows
            self._sort_rows()
            self._renumber()
            self.endResetModel()
            return
        descending = self._sorted_by[1] is Qt.SortOrder.DescendingOrder
        for row in rows:
            place = _place_in(self._rows, key, key(row), descending)
            self.beginInsertRows(QModelIndex(), place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
        self._renumber()


def _place_in(rows: list[T], key: Callable[[T], Any], value: Any, descending: bool) -> int:
    if not descending:
        return bisect_right(rows, value, key=key)
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if key(rows[middle]) < value:
            high = middle
        else:
            low = middle + 1
    return low


def _sortable(value: Any) -> tuple[bool, Any]:
    """What is not there comes last when ascending, and texts do not mind their case."""
    if value is None:
        return (True, 0)
    return (False, value.casefold() if isinstance(value, str) else value)


def _alignment(column: Column[Any]) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
