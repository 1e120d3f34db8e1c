"""Cells that name something else: a double click on one leads there, and so does Ctrl+Enter on its row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView

from admin_gui.app_context import AppContext
from admin_gui.models.table.paged_model import PagedModel

KEYS = "Ctrl+Return"


class CellLinks(QObject):
    """Those of a table; a double click elsewhere opens the row."""

    def __init__(
        self, context: AppContext, view: QTableView, model: PagedModel[Any], open_row: Callable[[], object]
    ) -> None:
        super().__init__(view)
        self._context, self._view, self._rows = context, view, model
        self._open_row = open_row
        view.installEventFilter(self)
        view.doubleClicked.connect(self._clicked)

    def actions(self) -> list[tuple[str, str, Callable[[], object]]]:
        """What the current row's cells lead to: in a menu's words, by its keys, and going there. The first alone."""
        for column in self._rows.columns:
            if self._where(column.link):
                return [(column.link_title, KEYS, self.follow)]
        return []

    def follow(self) -> None:
        """To what a cell of the current row names."""
        for column in self._rows.columns:
            if where := self._where(column.link):
                self._context.go(where)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.actions():
                self.follow()
                return True
        return super().eventFilter(watched, event)

    def _where(self, link: Callable[[Any], str] | None) -> str:
        index = self._view.currentIndex()
        return link(self._rows.row_at(index.row())) if link is not None and index.isValid() else ""

    def _clicked(self, index: QModelIndex) -> None:
        where = self._where(self._rows.columns[index.column()].link)
        if where:
            self._context.go(where)
        else:
            self._open_row()
