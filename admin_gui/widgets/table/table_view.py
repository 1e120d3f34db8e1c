"""The table itself: its columns are chosen, moved and remembered; cells and rows are copied; all by keyboard."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from admin_gui.app_context import AppContext
from admin_gui.models.table.columns import Column
from admin_gui.models.table.export import as_lines, cell_text, pasted
from admin_gui.models.table.paged_model import PagedModel, runs
from admin_gui.widgets.pill import CELL_PADDING, PILL_FRAME, CellDelegate
from admin_gui.widgets.table.cell_links import CellLinks
from admin_gui.widgets.table.columns_menu import open_columns_menu
from admin_gui.widgets.table.led_sorting import LedSorting

ROW_HEIGHT = 34
REMEMBER_MS = 500
AIR = 3  # after a text, before it would be cut
_Index = QModelIndex | QPersistentModelIndex
_COPY_ROWS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class TableView(QTableView):
    """Shows a PagedModel. Enter opens (Ctrl+Enter what a cell names), Ctrl+C copies the cell, Ctrl+Shift+C the rows."""

    opened = Signal()

    def __init__(self, context: AppContext, name: str, model: PagedModel[Any], parent: QWidget | None = None) -> None:
        """`name`: under which its columns are remembered."""
        super().__init__(parent)
        self._context, self._name = context, name
        self._rows = model
        # Somebody has drawn columns wider or narrower, now or before: then they stay so.
        self._columns_are_drawn = False
        self._spreading = False
        self._are_remembered = False
        self._headings: dict[int, int] = {}  # how wide each must be for its heading alone
        self._yielded: dict[int, int] = {}  # the table hides them while there is no room for all; how wide each was
        self._wanted: set[int] = set()  # somebody has asked for them
        self._led = LedSorting(self, self._hide)
        self._remember = QTimer(self, singleShot=True, interval=REMEMBER_MS)
        self._remember.timeout.connect(self._remember_columns)
        self.setModel(model)
        # With the table's own, each painting of the header asks whether each column is selected as a whole: row by row.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))
        self._held: list[Hashable] | None = []  # who is selected while all rows change places; None: everyone
        model.reordering.connect(self._hold_selection)
        model.reordered.connect(self._select_held)
        self.setItemDelegate(CellDelegate(context.theme, model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)  # a SelectionBar lets several be
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._set_up_columns()
        self.links = CellLinks(context, self, model, self.opened.emit)

    # Rows

    def selected(self) -> list[Any]:
        """The selected rows, from the top."""
        return [self._rows.row_at(place) for place in sorted(self._selected_places())]

    def rows_on_screen(self) -> list[Any]:
        """Those that are seen without scrolling, from the top."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return []
        return [
            self._rows.row_at(place) for place in range(first, (last if last >= 0 else self._rows.rowCount() - 1) + 1)
        ]

    def selected_count(self) -> int:
        """How many rows are selected, told quickly also where all of 100,000 are."""
        return sum(part.height() for part in self.selectionModel().selection().toList())

    def current(self) -> Any | None:
        """The row that the keyboard is on."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def select(self, identity: Hashable) -> bool:
        """Select a row and scroll to it, if it is loaded."""
        found = self.put_keyboard_on(identity, select=True)
        if found:
            self.scrollTo(self.currentIndex())
        return found

    def put_keyboard_on(self, identity: Hashable, *, select: bool) -> bool:
        """Let the keyboard go on from this row, if it is loaded."""
        place = self._rows.place_of(identity)
        if place is None:
            return False
        flags = QItemSelectionModel.SelectionFlag
        how = flags.ClearAndSelect | flags.Rows if select else flags.NoUpdate
        scrolls = self.hasAutoScroll()
        self.setAutoScroll(select)  # whoever has chosen nothing is left at the rows that are seen
        self.selectionModel().setCurrentIndex(self._rows.index(place, self._first_column()), how)
        self.setAutoScroll(scrolls)
        return True

    def select_again(self, identities: Iterable[Hashable]) -> None:
        """Of these rows, those that are loaded."""
        self._select_places(map(self._rows.place_of, identities))

    def put_keyboard_on_first(self) -> None:
        """Or the first key only wakes the table up."""
        if self._rows.rowCount():
            self.put_keyboard_on(self._rows.identity(self._rows.row_at(0)), select=False)

    def copy_cell(self) -> None:
        """The current cell to the clipboard."""
        index = self.currentIndex()
        if index.isValid():
            column = self._rows.columns[index.column()]
            self._context.copy(pasted(cell_text(column, self._rows.row_at(index.row()))), column.title)

    def copy_rows(self) -> None:
        """The selected rows to the clipboard, cells parted by tabs."""
        rows = self.selected()
        QGuiApplication.clipboard().setText(as_lines(self.shown_columns(), rows))
        self._context.say(self.tr("%n row(s) copied", "", len(rows)), "good")

    def _selected_places(self) -> set[int]:
        """By ranges: Qt's selectedRows() asks for each row whether each of its cells can be selected."""
        parts = self.selectionModel().selection().toList()
        return {place for part in parts for place in range(part.top(), part.bottom() + 1)}

    def _hold_selection(self) -> None:
        """Qt would keep an index of each selected cell, and for a whole table take seconds."""
        places = self._selected_places()
        everyone = len(places) == self._rows.rowCount()
        self._held = None if everyone else [self._rows.identity(self._rows.row_at(place)) for place in places]
        self.selectionModel().clearSelection()

    def _select_held(self) -> None:
        held, self._held = self._held, []
        self._select_places(range(self._rows.rowCount()) if held is None else map(self._rows.place_of, held))

    def _select_places(self, places: Iterable[int | None]) -> None:
        last_column = len(self._rows.columns) - 1
        chosen = QItemSelection()
        for first, last in runs(place for place in places if place is not None):
            chosen.append(QItemSelectionRange(self._rows.index(first, 0), self._rows.index(last, last_column)))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # Columns

    def shown_columns(self) -> list[Column[Any]]:
        """In the order on the screen, without the hidden ones; with those that only lack the room."""
        return [self._rows.columns[place] for place in self._places_shown()]

    def _places_shown(self) -> list[int]:
        header = self.horizontalHeader()
        places = [header.logicalIndex(number) for number in range(header.count())]
        return [one for one in places if one in self._yielded or not header.isSectionHidden(one)]

    def show_column(self, place: int, show: bool) -> None:
        """Show or hide a column, and remember it."""
        header = self.horizontalHeader()
        self._yielded.pop(place, None)
        self._wanted.add(place)
        self._led.keep(place)
        self._columns_are_drawn = True
        header.setSectionHidden(place, not show)
        if show and header.sectionSize(place) < 20:
            header.resizeSection(place, self._first_width(place))
        self._remember_columns()

    def open_columns_menu(self, at: QPoint) -> None:
        """Which columns are shown; `at` on the screen."""
        shown = self._places_shown()
        named = enumerate(column.title for column in self._rows.columns)
        entries = [(title, place in shown, place in self._yielded) for place, title in named]
        open_columns_menu(self, entries, self.show_column, at)

    def sort_as_led(self, field: str | None, *, descending: bool) -> None:
        """By what a link asks for, by the name that the appliance has for it; None: it asks for nothing."""
        fields = [column.field for column in self._rows.columns]
        place = fields.index(field) if field and field in fields else -1
        if self._yielded.pop(place, 0):
            self._hide(place, False)
        self._led.begin(place, descending=descending)
        self._spread()

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802
        """Qt paints the two cells anew, but the ring is around the whole row."""
        super().currentChanged(current, previous)
        for one in (current, previous):
            if one.isValid():
                self.viewport().update(0, self.rowViewportPosition(one.row()), self.viewport().width(), ROW_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_cell()
        elif event.key() == Qt.Key.Key_C and event.modifiers() == _COPY_ROWS:
            self.copy_rows()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        """Give the columns the room that there is."""
        if self._spreading:
            return  # a scroll bar comes or goes by it: whoever spreads looks once more
        self._spreading = True
        for _ in range(2):
            room = self.viewport().width()
            self._make_room()
            if not self._columns_are_drawn:
                self._widen()
            if self.viewport().width() == room:
                break
        self._spreading = False

    def _widen(self) -> None:
        """What room is left goes to the columns whose texts may be longer, not to the last one alone."""
        header = self.horizontalHeader()
        shown = [place for place in range(header.count()) if not header.isSectionHidden(place)]
        widths = {place: self._first_width(place) for place in shown}
        columns = self._rows.columns
        free = [one for one in shown if not (columns[one].typical or columns[one].tone or columns[one].right)]
        spare = max(0, self.viewport().width() - sum(widths.values()))
        wanted = sum(widths[place] for place in free)
        for place in shown:
            more = spare * widths[place] // wanted if place in free else 0
            header.resizeSection(place, widths[place] + more)

    def _make_room(self) -> None:
        """Hide what yields as long as the others have no room, and show it again once they have."""
        if self._are_remembered:
            return
        columns, places = self._rows.columns, self._places_shown()
        widths = {place: self._first_width(place) for place in places}
        if self._columns_are_drawn:  # but for the last one, which fills what is left
            widths |= {one: self._yielded.get(one) or self.columnWidth(one) for one in places[:-1]}
        needed, yielded = sum(widths.values()), dict[int, int]()
        may_yield = [one for one in places if columns[one].yields and one not in (*self._wanted, self._led.place)]
        for place in sorted(may_yield, key=lambda one: columns[one].yields):
            if needed <= self.viewport().width():
                break
            needed -= widths[place]
            yielded[place] = self._yielded.get(place) or self.columnWidth(place)
        for place in self._yielded.keys() ^ yielded.keys():
            self._hide(place, place in yielded)
        self._yielded = yielded

    def _hide(self, place: int, hidden: bool) -> None:
        """Of our own accord: nobody has drawn it."""
        spreading, self._spreading = self._spreading, True
        self.horizontalHeader().setSectionHidden(place, hidden)
        self._spreading = spreading

    def _drawn(self, place: int) -> None:
        """A column has another width: by hand, unless it is the last one, which fills what is left, or is not seen."""
        header = self.horizontalHeader()
        if place in self._yielded or header.isSectionHidden(place):
            return
        in_order = [header.logicalIndex(number) for number in range(header.count())]
        last = [one for one in in_order if not header.isSectionHidden(one)][-1:]
        if not self._spreading and [place] != last:
            self._columns_are_drawn = True
            self._remember.start()

    def _first_width(self, place: int) -> int:
        """Of a column that nobody has drawn wider or narrower."""
        column, header = self._rows.columns[place], self.horizontalHeader()
        if not header.isSectionHidden(place):  # Qt calls one that is hidden 0 wide, which would then have room again
            self._headings[place] = header.sectionSizeHint(place)
        if not column.typical:
            # A heading at the right is cut at its beginning, and then says nothing.
            return max(column.width, self._headings[place]) if column.right else column.width
        room = self.fontMetrics().horizontalAdvance(column.typical) + 2 * CELL_PADDING
        if column.tone is not None:
            room += PILL_FRAME
        return max(room + AIR, self._headings[place])

    def _set_up_columns(self) -> None:
        self.ensurePolished()  # columns are measured in its font
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.open_columns_menu(header.mapToGlobal(at)))
        for place, column in enumerate(self._rows.columns):
            self.setColumnWidth(place, self._first_width(place))
            header.setSectionHidden(place, column.hidden)
        remembered = self._context.memory.state(self._state_name)
        if remembered is not None:
            header.restoreState(remembered)
            self._columns_are_drawn = self._are_remembered = True
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._show_true_order)
        header.sectionResized.connect(lambda place, *_: self._drawn(place))
        header.sectionMoved.connect(lambda *_: self._remember.start())

    def _show_true_order(self, place: int, _order: Qt.SortOrder) -> None:
        """A heading that sorts nothing gets no arrow, and leaves the one that is there."""
        if place >= 0 and self._rows.columns[place].sort is None:
            self.horizontalHeader().setSortIndicator(*self._rows.sorted_by)

    @property
    def _state_name(self) -> str:
        # With the columns in it: what was remembered of other columns fits no more.
        return f"columns-{self._name}-{'-'.join(column.key for column in self._rows.columns)}"

    def _remember_columns(self) -> None:
        """What only lacks the room is not remembered as hidden, and what is seen for a link alone not as shown."""
        not_so = dict.fromkeys(self._yielded, True) | dict.fromkeys(self._led.shown_for_now, False)
        for place, hidden in not_so.items():
            self._hide(place, not hidden)
        self._context.memory.remember_state(self._state_name, self.horizontalHeader().saveState())
        for place, hidden in not_so.items():
            self._hide(place, hidden)

    def _first_column(self) -> int:
        header = self.horizontalHeader()
        places = (header.logicalIndex(number) for number in range(header.count()))
        return next((place for place in places if not header.isSectionHidden(place)), 0)
