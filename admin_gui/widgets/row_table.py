"""The table that every page uses: rows by pages from the appliance, sorted, searched, copied and exported."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from admin_gui import formats, words
from admin_gui.client.pages import PAGE_ROWS, FetchPage, Page, every_row
from admin_gui.client.stop import Progress, Stop
from admin_gui.desk import Desk
from admin_gui.models.columns import Column
from admin_gui.models.export import as_lines, cell_text, write_csv
from admin_gui.models.paged import PagedModel
from admin_gui.widgets import icons
from admin_gui.widgets.banner import EmptyState
from admin_gui.widgets.pill import CellDelegate

ROW_HEIGHT = 34
SEARCH_DELAY_MS = 250


class _View(QTableView):
    opened = Signal()
    copied = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit(False)
        elif event.key() == Qt.Key.Key_C and event.modifiers() == (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            self.copied.emit(True)
        else:
            super().keyPressEvent(event)


class RowTable(QWidget):
    """A table with its tool bar. Give it a way to fetch pages (`set_fetch`), or all rows (`model.set_rows`)."""

    opened = Signal(object)  # a row: Enter or double click
    selection_changed = Signal()
    loaded = Signal()  # the first page is there, or the words why not
    searched = Signal(str)  # the user has typed, and paused

    def __init__(  # noqa: PLR0915 - a table's parts, one after the other
        self,
        desk: Desk,
        name: str,
        columns: Sequence[Column[Any]],
        identity: Callable[[Any], Hashable],
        *,
        empty: tuple[str, str, str],
        searchable: bool = True,
        combine: Callable[[Any, Any], Any] = lambda _old, new: new,
        parent: QWidget | None = None,
    ) -> None:
        """`name`: under which columns are remembered. `empty`: icon, title and text for when there are no rows."""
        super().__init__(parent)
        self._desk = desk
        self._name = name
        self._fetch: FetchPage[Any] | None = None
        self._empty_words = empty[1:]
        self.model: PagedModel[Any] = PagedModel(columns, identity, combine)
        self.model.setParent(self)
        self.model.wanted.connect(self._load)
        self.model.counted.connect(self._count)

        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(320)
        self.search.setVisible(searchable)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_DELAY_MS)
        self._pause.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.textChanged.connect(self._search_later)
        self.search.returnPressed.connect(self._search_later)

        self._remember = QTimer(self)
        self._remember.setSingleShot(True)
        self._remember.setInterval(500)
        self._remember.timeout.connect(self._remember_columns)

        self._counted = QLabel()
        self._counted.setProperty("muted", True)
        self.columns_button = self._tool("columns", self.tr("Choose columns"))
        self.columns_button.clicked.connect(self._columns_menu_at_button)
        self.export_button = self._tool("save", self.tr("Export to a CSV file"))
        self.export_button.clicked.connect(self.ask_where_to_export)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(8)
        self._tools.addWidget(self.search, 1)
        self._filters = QHBoxLayout()
        self._filters.setSpacing(8)
        self._tools.addLayout(self._filters)
        self._tools.addStretch(1)
        self._tools.addWidget(self._counted)
        self._tools.addWidget(self.columns_button)
        self._tools.addWidget(self.export_button)

        self.view = _View()
        self._dress_view()
        self.empty = EmptyState(desk.theme, *empty)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._tools)
        layout.addWidget(stack, 1)
        self.setFocusProxy(self.view)
        desk.theme.changed.connect(self._paint_icons)
        self._paint_icons()

    # What a page says

    def set_fetch(self, fetch: FetchPage[Any]) -> None:
        """How to get a page (on a thread). Loads the first one; what is seen stays until it is there."""
        self._fetch = fetch
        self.model.restart()

    def reload(self) -> None:
        """The same again, from the newest on."""
        if self._fetch is not None:
            self.model.restart()

    def merge(self, rows: Sequence[Any], wanted: Callable[[Any], bool] = lambda _row: True) -> None:
        """Rows that are new or have changed (oldest first), as live events tell them; keeps scroll and selection."""
        bar = self.view.verticalScrollBar()
        at_top = bar.value() == bar.minimum()
        self.model.merge(rows, wanted)
        if at_top:
            self.view.scrollToTop()

    def add_filter(self, widget: QWidget) -> None:
        """A widget beside the search field."""
        self._filters.addWidget(widget)

    def add_tool(self, widget: QWidget) -> None:
        """A widget at the right, before the columns."""
        self._tools.insertWidget(self._tools.count() - 2, widget)

    def say_empty(self, title: str, text: str = "") -> None:
        """Other words for when there are no rows: "no call matches"."""
        self._empty_words = (title, text)
        if not self.model.rows:
            self.empty.tell(title, text)

    def selected(self) -> list[Any]:
        """The selected rows, from the top."""
        places = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.model.row_at(place) for place in places]

    def current(self) -> Any | None:
        """The row that the keyboard is on."""
        index = self.view.currentIndex()
        return self.model.row_at(index.row()) if index.isValid() else None

    def select(self, identity: Hashable) -> bool:
        """Select a row and scroll to it, if it is loaded."""
        place = self.model.place_of(identity)
        if place is None:
            return False
        index = self.model.index(place, max(0, self._first_column()))
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)
        return True

    def shown_columns(self) -> list[Column[Any]]:
        """In the order on the screen, without the hidden ones."""
        header = self.view.horizontalHeader()
        places = [header.logicalIndex(number) for number in range(header.count())]
        return [self.model.columns[place] for place in places if not header.isSectionHidden(place)]

    def copy_cell(self) -> None:
        """The current cell to the clipboard."""
        index = self.view.currentIndex()
        if index.isValid():
            column = self.model.columns[index.column()]
            QGuiApplication.clipboard().setText(cell_text(column, self.model.row_at(index.row())))
            self._desk.say(self.tr("%1 copied").replace("%1", column.title), "good")

    def copy_rows(self) -> None:
        """The selected rows to the clipboard, cells parted by tabs."""
        rows = self.selected()
        QGuiApplication.clipboard().setText(as_lines(self.shown_columns(), rows))
        self._desk.say(self.tr("%n row(s) copied", "", len(rows)), "good")

    def ask_where_to_export(self) -> None:
        chooser = QFileDialog(self, self.tr("Export to a CSV file"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.setNameFilter(self.tr("CSV files (*.csv)"))
        chooser.selectFile(f"{self._name}-{datetime.now().astimezone():%Y-%m-%d}.csv")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda name: self.export_to(Path(name)))
        chooser.open()

    def export_to(self, file: Path) -> None:
        """All rows that the table could show, also those that are not loaded yet, with the columns that are shown."""
        columns = self.shown_columns()
        fetch = self._fetch
        loaded = list(self.model.rows)

        def write(progress: Progress, stop: Stop) -> int:
            rows = loaded if fetch is None else every_row(fetch, stop)
            return write_csv(file, columns, rows, progress, stop)

        def done(count: int) -> None:
            self._desk.say(self.tr("%n row(s) written to %1", "", count).replace("%1", str(file)), "good")

        self._desk.run_long(self, self.tr("Exporting to %1").replace("%1", file.name), write, done)

    # Within

    def _search_later(self) -> None:
        self._pause.start()

    def _load(self, cursor: str | None) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        self._desk.calls.start(
            self,
            lambda: fetch(cursor, PAGE_ROWS),
            lambda page: self._take(page, first=cursor is None),
            self._failed,
            latest="page",
        )

    def _take(self, page: Page[Any], *, first: bool) -> None:
        kept = None
        index = self.view.currentIndex()
        if first and index.isValid():
            kept = self.model.identity(self.model.row_at(index.row()))
        self.model.take_page(page.rows, page.next_cursor, first=first)
        if kept is not None:
            self.select(kept)
        # A search looks at the newest rows first, and may find none in its first slice.
        if len(self.model.rows) < PAGE_ROWS // 2 and not self.model.is_complete:
            self.model.fetchMore(self.view.rootIndex())
        else:
            self.loaded.emit()

    def _failed(self, error: Exception) -> None:
        self.model.page_failed()
        if not self.model.rows:
            self.empty.tell(self.tr("This could not be loaded"), words.told(error))
            self._stack.setCurrentWidget(self.empty)
        else:
            self._desk.say_error(error)
        self.loaded.emit()

    def _count(self, count: int, complete: bool) -> None:
        if count == 0:
            self.empty.tell(*self._empty_words)
        self._stack.setCurrentWidget(self.view if count or not complete else self.empty)
        shown = formats.number(count)
        self._counted.setText(shown if complete else self.tr("%1 loaded, more below").replace("%1", shown))

    def _dress_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(CellDelegate(self._desk.theme, view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setAccessibleName(self._name)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._cell_menu)
        header = view.horizontalHeader()
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self._columns_menu(header.mapToGlobal(at)))
        for place, column in enumerate(self.model.columns):
            view.setColumnWidth(place, column.width)
            header.setSectionHidden(place, column.hidden)
        remembered = self._desk.memory.state(self._state_name)
        if remembered is not None:
            header.restoreState(remembered)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        view.setSortingEnabled(True)
        header.sectionResized.connect(lambda *_: self._remember.start())
        header.sectionMoved.connect(lambda *_: self._remember.start())
        view.opened.connect(self._open_current)
        view.doubleClicked.connect(lambda _index: self._open_current())
        view.copied.connect(lambda rows: self.copy_rows() if rows else self.copy_cell())
        view.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())

    @property
    def _state_name(self) -> str:
        # With the columns in it: what was remembered of other columns fits no more.
        return f"columns-{self._name}-{'-'.join(column.key for column in self.model.columns)}"

    def _remember_columns(self) -> None:
        self._desk.memory.remember_state(self._state_name, self.view.horizontalHeader().saveState())

    def _first_column(self) -> int:
        header = self.view.horizontalHeader()
        places = (header.logicalIndex(number) for number in range(header.count()))
        return next((place for place in places if not header.isSectionHidden(place)), 0)

    def _open_current(self) -> None:
        current = self.current()
        if current is not None:
            self.opened.emit(current)

    def _cell_menu(self, at: QPoint) -> None:
        if not self.view.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entry(menu, self.tr("Open"), self._open_current, "Return")
        menu.addSeparator()
        self._entry(menu, self.tr("Copy cell"), self.copy_cell, "Ctrl+C")
        self._entry(menu, self.tr("Copy rows"), self.copy_rows, "Ctrl+Shift+C")
        self.fill_menu(menu)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def fill_menu(self, menu: QMenu) -> None:
        """A page may put its own actions in: `table.fill_menu = …`."""

    @staticmethod
    def _entry(menu: QMenu, text: str, run: Callable[[], object], keys: str = "") -> QAction:
        action = menu.addAction(text)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(run)
        return action

    def _columns_menu_at_button(self) -> None:
        self._columns_menu(self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height())))

    def _columns_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header = self.view.horizontalHeader()
        shown = len(self.shown_columns())
        for place, column in enumerate(self.model.columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(place))
            action.setEnabled(shown > 1 or header.isSectionHidden(place))
            action.toggled.connect(lambda show, one=place: self.show_column(one, show))
        menu.addSeparator()
        menu.addAction(self.tr("As they came")).triggered.connect(
            lambda: self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        )
        menu.popup(at)

    def show_column(self, place: int, show: bool) -> None:
        """Show or hide a column, and remember it."""
        header = self.view.horizontalHeader()
        header.setSectionHidden(place, not show)
        if show and header.sectionSize(place) < 20:
            header.resizeSection(place, self.model.columns[place].width)
        self._remember_columns()

    def _tool(self, icon: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("iconName", icon)
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button

    def _paint_icons(self) -> None:
        for button in (self.columns_button, self.export_button):
            button.setIcon(icons.icon(button.property("iconName"), self._desk.theme.colors.muted))
