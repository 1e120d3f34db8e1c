"""The table that every page uses: rows by pages from the appliance, sorted, searched, copied and exported."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from admin_gui.app_context import AppContext
from admin_gui.client.transport.paging import PAGE_ROWS, FetchPage, Page, every_row
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.models.table.columns import Column
from admin_gui.models.table.export import write_csv
from admin_gui.models.table.paged_model import PagedModel
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.text import error_messages
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.banner import NO_WAY_OUT, EmptyState, WayOut
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.table.new_rows_hint import NewRowsHint
from admin_gui.widgets.table.row_count import RowCount
from admin_gui.widgets.table.search_field import SearchField
from admin_gui.widgets.table.table_view import TableView

NARROW = 800  # less wide than this, it says in short that more is below


class PagedTable(QWidget):
    """A table with its tool bar. Give it a way to fetch pages (`set_fetch`), or all rows (`model.set_rows`)."""

    opened = Signal(object)  # a row: Enter or double click
    selection_changed = Signal()
    loaded = Signal()  # the first page is there, or the words why not
    searched = Signal(str)  # the user has typed, and paused

    def __init__(
        self,
        context: AppContext,
        name: str,
        title: str,
        columns: Sequence[Column[Any]],
        identity: Callable[[Any], Hashable],
        *,
        empty: tuple[str, str, str],
        searchable: bool = True,
        combine: Callable[[Any, Any], Any] = lambda _old, new: new,
        parent: QWidget | None = None,
    ) -> None:
        """`name`: under which columns are remembered. `title`: what a screen reader calls it.

        `empty`: icon, title and text for when there are no rows.
        """
        super().__init__(parent)
        self._context, self._name = context, name
        self._fetch: FetchPage[Any] | None = None
        self._narrowed: object = None  # to what; and what is shown
        self._shown: object = None
        self._is_missing = False  # nothing of it could be had
        self._empty_words = empty[1:]
        self._offered: Sequence[str] = ()
        self._way_out = NO_WAY_OUT
        self._add_to_menu: Callable[[QMenu], object] = lambda _menu: None
        self.model: PagedModel[Any] = PagedModel(columns, identity, combine)
        self.model.setParent(self)
        self.model.wanted.connect(self._load)
        self.model.counted.connect(self._count)
        self.search = SearchField()
        self.search.searched.connect(self.searched)
        if not searchable:
            self.search.hide()  # never shown before it is within the table: it would be a window of its own
        self._counted = RowCount()
        self.columns_button = self._tool("columns", self.tr("Choose columns"))
        self.columns_button.clicked.connect(self._open_columns_menu)
        self.export_button = self._tool("save", self.tr("Export to a CSV file"))
        self.export_button.clicked.connect(self.ask_where_to_export)
        self.view = TableView(context, name, self.model)
        self.view.setAccessibleName(title)
        self.new_rows = NewRowsHint(self.view)
        self.view.opened.connect(self._open_current)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.empty = EmptyState(context.theme, *empty)
        self.empty.taken.connect(self._look_for)
        self._lay_out()
        self.setFocusProxy(self.view)
        context.theme.changed.connect(self._paint_icons)
        self._paint_icons()

    # What a page says

    def set_fetch(self, fetch: FetchPage[Any], *, in_any_order: bool = True, narrowed: object = None) -> None:
        """How to get a page (on a thread). Loads the first one; what is seen stays until it is there.

        `in_any_order`: also in those that columns name as their `field`. Else what is loaded is sorted here.
        `narrowed`: what the rows are narrowed to. If those cannot be had, none of another stay in their place.
        """
        self._fetch, self._narrowed = fetch, narrowed
        self.model.asks_for_order = in_any_order
        self.model.restart()

    def reload(self) -> None:
        """The same again, from the newest on."""
        if self._fetch is not None:
            self.model.restart()

    def merge(self, rows: Sequence[Any], wanted: Callable[[Any], bool] = lambda _row: True) -> None:
        """Rows that are new or have changed (oldest first), as live events tell them; keeps scroll and selection."""
        if self._is_missing:
            return  # these would stand there as if they were all
        bar = self.view.verticalScrollBar()
        at_top = bar.value() == bar.minimum()
        place = self.view.rowAt(0)
        top = self.model.identity(self.model.row_at(place)) if place >= 0 else None
        self.model.merge(rows, wanted)
        if at_top:
            self.view.scrollToTop()
        elif top is not None:
            now = self.model.place_of(top)
            if now is not None and now != place:
                self.new_rows.add(now - place)
                bar.setValue(bar.value() + now - place)  # the bar counts rows

    def merge_known(self, rows: Sequence[Any], wanted: Callable[[Any], bool] = lambda _row: True) -> None:
        """The same for those that are shown; no others come in."""
        model = self.model
        self.merge(rows, lambda row: model.place_of(model.identity(row)) is not None and wanted(row))

    def show_searched(self, text: str) -> None:
        """What is searched for, as somebody else has said: nobody is told of it."""
        self.search.show_text(text)

    def add_filter(self, widget: QWidget) -> None:
        """A widget beside the search field."""
        self._filters.addWidget(widget)

    def add_under_filters(self, widget: QWidget) -> None:
        """A widget as wide as the table, over its rows."""
        self._layout.insertWidget(1, widget)

    def add_below(self, widget: QWidget) -> None:
        """A widget as wide as the table, under its rows."""
        self._layout.addWidget(widget)

    def add_tool(self, widget: QWidget) -> None:
        """A widget at the right, before the columns."""
        self._tools.insertWidget(self._tools.count() - 2, widget)

    def add_to_menu(self, fill: Callable[[QMenu], object]) -> None:
        """`fill` puts a page's own actions into the menu of a row, each time that it is opened."""
        self._add_to_menu = fill

    def say_empty(self, title: str, text: str = "", offered: Sequence[str] = (), way_out: WayOut = NO_WAY_OUT) -> None:
        """Other words for when there are no rows: "no call matches"; those to search for instead; a button's deed."""
        self._empty_words, self._offered, self._way_out = (title, text), offered, way_out
        if not self.model.rowCount():
            self._show_empty()

    def selected(self) -> list[Any]:
        """The selected rows, from the top."""
        return self.view.selected()

    def current(self) -> Any | None:
        """The row that the keyboard is on."""
        return self.view.current()

    def select(self, identity: Hashable) -> bool:
        """Select a row and scroll to it, if it is loaded."""
        return self.view.select(identity)

    @property
    def counted_text(self) -> str:
        """How many rows there are, as it says."""
        return self._counted.words

    def ask_where_to_export(self) -> None:
        name = f"{self._name}-{datetime.now().astimezone():%Y-%m-%d}.csv"
        title, kinds = self.tr("Export to a CSV file"), self.tr("CSV files (*.csv)")
        ask_where_to_save(self._context, self, title, name, kinds, self.export_to)

    def export_to(self, file: Path) -> None:
        """All rows that the table could show, also those that are not loaded yet, with the columns that are shown."""
        columns = self.view.shown_columns()
        fetch = self._fetch
        loaded = list(self.model.rows)
        order = self.model.order_for(None)

        def write(progress: Progress, stop: Stop) -> int:
            rows = loaded if fetch is None else every_row(fetch, order, stop)
            return write_csv(file, columns, rows, progress, stop)

        def done(count: int) -> None:
            tell_saved(self._context, self.tr("%n row(s) written to %1", "", count).replace("%1", str(file)), file)

        self._context.run_long(self, self.tr("Exporting to %1").replace("%1", file.name), write, done)

    # Loading

    def _load(self, cursor: str | None) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        order, narrowed, first = self.model.order_for(cursor), self._narrowed, cursor is None

        def done(page: Page[Any]) -> None:
            self._shown, self._is_missing = narrowed, False
            self._take(page, first=first)

        def failed(error: Exception) -> None:
            self.model.page_failed()
            if first and narrowed != self._shown:
                self.model.forget_rows()
                self.selection_changed.emit()
            self._say_failed(error)

        self._context.calls.start(self, lambda: fetch(cursor, PAGE_ROWS, order), done, failed, latest="page")

    def _take(self, page: Page[Any], *, first: bool) -> None:
        current = self.view.current() if first else None
        selected = [self.model.identity(row) for row in self.view.selected()] if first else []
        order = self.model.shown_order
        self.model.take_page(page.rows, page.next_cursor, first=first)
        if first:
            self.new_rows.forget()
            self.view.select_again(selected)
            if current is None or not self.view.put_keyboard_on(self.model.identity(current), select=False):
                self.view.put_keyboard_on_first()
            if self.model.shown_order != order and not selected:
                self.view.scrollToTop()  # who asks for the longest wants to see them
        # A search looks at the newest rows first, and may find none in its first slice.
        if self.model.rowCount() < PAGE_ROWS // 2 and not self.model.is_complete:
            self.model.fetchMore(self.view.rootIndex())
        else:
            self.loaded.emit()

    def _say_failed(self, error: Exception) -> None:
        self._is_missing = not self.model.rowCount()
        if self._is_missing:
            self._counted.forget()
            self.empty.set_texts(self.tr("This could not be loaded"), error_messages.message_of(error))
            self.empty.offer(())
            self.empty.offer_action(self.tr("Try again"), self.reload)
            self._stack.setCurrentWidget(self.empty)
        else:
            self._context.say_error(error)
        self.loaded.emit()

    def _count(self, count: int, complete: bool) -> None:
        if count == 0:
            self._show_empty()
        self._stack.setCurrentWidget(self.view if count or not complete else self.empty)
        self._counted.tell(count, complete)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._counted.be_short(event.size().width() < NARROW)

    def _show_empty(self) -> None:
        self.empty.set_texts(*self._empty_words)
        self.empty.offer(self._offered)
        self.empty.offer_action(*self._way_out)

    def _look_for(self, word: str) -> None:
        self.search.setFocus()  # what was clicked goes
        self.search.setText(word)

    # Parts

    def _lay_out(self) -> None:
        self._filters = WrappingRow()
        self._filters.addWidget(self.search)
        tools = QWidget()
        tools.setMinimumHeight(self.search.sizeHint().height())  # in one line with the filters
        self._tools = row(self._counted, self.columns_button, self.export_button)
        self._tools.setContentsMargins(0, 0, 0, 0)
        tools.setLayout(self._tools)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addLayout(self._filters, 1)
        bar.addWidget(tools, 0, Qt.AlignmentFlag.AlignTop)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self._layout.addLayout(bar)
        self._layout.addWidget(stack, 1)

    def _open_current(self) -> None:
        current = self.view.current()
        if current is not None:
            self.opened.emit(current)

    def row_actions(self) -> list[tuple[str, str, Callable[[], object]]]:
        """What can be done with the rows of every table: in words, by its keys, and itself."""
        return [
            (self.tr("Open"), "Return", self._open_current),
            *self.view.links.actions(),
            (self.tr("Copy cell"), "Ctrl+C", self.view.copy_cell),
            (self.tr("Copy rows"), "Ctrl+Shift+C", self.view.copy_rows),
        ]

    def _open_menu(self, at: QPoint) -> None:
        if not self.view.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, (text, keys, run) in enumerate(self.row_actions()):
            _entry(menu, text, run, keys)
            if not place:
                menu.addSeparator()
        self._add_to_menu(menu)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _open_columns_menu(self) -> None:
        self.view.open_columns_menu(self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height())))

    @staticmethod
    def _tool(icon: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("iconName", icon)
        button.setToolTip(plain_tooltip(text))
        button.setAccessibleName(text)
        return button

    def _paint_icons(self) -> None:
        for button in (self.columns_button, self.export_button):
            button.setIcon(icons.icon(button.property("iconName"), self._context.theme.colors.muted))


def _entry(menu: QMenu, text: str, run: Callable[[], object], keys: str) -> QAction:
    action = menu.addAction(text)
    action.setShortcut(QKeySequence(keys))
    action.triggered.connect(run)
    return action
