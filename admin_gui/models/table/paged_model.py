"""A table of rows that come page by page, are updated as they change, and can be sorted and narrowed.

No HTTP here: whoever owns the model gives it pages (`take_page`) when it asks for them (`wanted`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from admin_gui.models.table.columns import Column
from admin_gui.models.table.sort_orders import SLICE_ROWS, ArrivalOrder, Order, SortedOrder
from admin_gui.text.plain_text import plain_tooltip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
# So many are sorted before the click returns; more go on while the window lives.
SORTED_AT_ONCE = 2 * SLICE_ROWS


class PagedModel(QAbstractTableModel, Generic[T]):
    """Rows of one kind, each with an identity that stays the same while it changes."""

    # Cursor of the page that is wanted next (None: the first). Answer with take_page, or page_failed.
    wanted = Signal(object)
    # How many rows there are, and whether that is all.
    counted = Signal(int, bool)
    # Many rows are being sorted (True); they stand as they did until that is done (False).
    sorting = Signal(bool)
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
        self._order: Order[T] = ArrivalOrder(identity)
        self._count = 0
        self._cursor: str | None = None
        self._whole: list[T] | None = None
        self._complete = False
        self._asking = False
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None
        self._wish: _Wish[T] | None = None
        self._sort: _Sort[T] | None = None
        # Whatever else waits for the window comes between two slices.
        self._slices = QTimer(self)
        self._slices.timeout.connect(self._go_on_sorting)

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
            self._end_sorting()
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
                self._note(identity, known)
                changed.append(place)
            else:
                gone.append(identity)
        for first, last in runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.remove(gone)
        if new:
            self._insert(new, in_front=True)
            self._tell_count()

    def remove(self, identities: Sequence[Hashable]) -> None:
        """Rows that are gone."""
        found = [place for identity in identities if (place := self._order.place_of(identity)) is not None]
        for place in sorted(found, reverse=True):
            self.beginRemoveRows(QModelIndex(), place, place)
            self._note(self.identity(self._order.remove(place)), None)
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
            return plain_tooltip(column.text(row) if column.tooltip is None else column.tooltip(row))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column, or (-1) as they came: newest first. What is loaded later finds its place."""
        key = self.columns[column].sort if 0 <= column < len(self.columns) else None
        if (key is None and column != -1) or self._sorted_by == (column, order):
            return  # the view asks twice
        self._end_sorting()
        if key is None:
            self._sorted_by = self._wish = None
            if self._whole is not None:
                self.set_rows(self._whole)
            else:
                self.restart()  # the order in which they came is the appliance's
            return
        self._sorted_by = (column, order)
        self._wish = _Wish(key, order is Qt.SortOrder.DescendingOrder)
        self._sort = _Sort(self.identity, self._wish, self._order.rows)
        if self._count <= SORTED_AT_ONCE:
            while self._sort is not None:
                self._go_on_sorting()
        else:
            self.sorting.emit(True)
            self._slices.start()

    @property
    def is_sorting(self) -> bool:
        """Whether rows still stand in their former order."""
        return self._sort is not None

    # Within

    def _ordered(self, rows: Sequence[T]) -> Order[T]:
        self._count = len(rows)
        if self._wish is None:
            return ArrivalOrder(self.identity, rows)
        return SortedOrder(self.identity, self._wish.key, rows, descending=self._wish.descending)

    def _go_on_sorting(self) -> None:
        """One slice, and the new order when it was the last."""
        sort = self._sort
        if sort is None or sort.go_on():
            return
        self._end_sorting()
        self.reordering.emit()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        identities = [self.identity(self._order.at(index.row())) for index in before]
        self._order = sort.order
        after = [
            self.index(self._order.place_of(identity) or 0, index.column())
            for identity, index in zip(identities, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.reordered.emit()

    def _end_sorting(self) -> None:
        """Whether it is done, or not wanted any more."""
        self._sort = None
        if self._slices.isActive():
            self._slices.stop()
            self.sorting.emit(False)

    def _note(self, identity: Hashable, row: T | None) -> None:
        """A row has come, changed or (None) gone: the order that is being made must hear of it."""
        if self._sort is not None:
            self._sort.meanwhile[identity] = row

    def _insert(self, rows: Sequence[T], *, in_front: bool = False) -> None:
        """New rows. In front they come oldest first, as they happened, and the newest stands on top."""
        for row in rows:
            self._note(self.identity(row), row)
        if isinstance(self._order, ArrivalOrder):
            self._insert_together(rows, 0 if in_front else self._count, in_front=in_front)
            return
        for row in rows:
            self._insert_together([row], self._order.place_for(row, in_front=in_front), in_front=in_front)

    def _insert_together(self, rows: Sequence[T], place: int, *, in_front: bool) -> None:
        """Rows that will stand below each other: one signal to Qt, which looks at all its rows each time."""
        if not rows:
            return
        self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
        for number, row in enumerate(rows):
            self._order.insert(place if in_front else place + number, row)
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


@dataclass(frozen=True, slots=True)
class _Wish(Generic[T]):
    """The order that was asked for."""

    key: Callable[[T], Any]
    descending: bool


class _Sort(Generic[T]):
    """A sorted order in the making, beside the one that is shown."""

    def __init__(self, identity: Callable[[T], Hashable], wish: _Wish[T], rows: Sequence[T]) -> None:
        self.order: SortedOrder[T] = SortedOrder(identity, wish.key, descending=wish.descending)
        # Rows that have come or changed since it began, by identity; None: they are gone.
        self.meanwhile: dict[Hashable, T | None] = {}
        self._slices: Iterator[None] = self.order.fill(list(rows))

    def go_on(self) -> bool:
        """Do another slice; False: it is done, and knows of everything that happened meanwhile."""
        if next(self._slices, self) is not self:
            return True
        for identity, row in self.meanwhile.items():
            place = self.order.place_of(identity)
            if place is not None:
                self.order.remove(place)
            if row is not None:
                self.order.insert(self.order.place_for(row, in_front=True), row)
        return False


def _alignment(column: Column[Any]) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
