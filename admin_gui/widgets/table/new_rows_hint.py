"""How many rows came above what is seen, for whoever has scrolled down; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QPushButton

from admin_gui.text import formats

AIR = 8


class NewRowsHint(QPushButton):
    """Over the upper edge of a table; hidden while there is nothing new, or its first row is seen."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._count = 0
        self.setProperty("chip", True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Home goes there by keyboard
        self.clicked.connect(self._go)
        self.hide()
        bar = view.verticalScrollBar()
        bar.valueChanged.connect(lambda value: self.forget() if value == bar.minimum() else None)
        view.viewport().installEventFilter(self)

    @property
    def count(self) -> int:
        """How many it tells of."""
        return self._count

    def add(self, count: int) -> None:
        """So many more came."""
        self._count += count
        if self._count > 0:
            self.setText("↑  " + self.tr("%1 new", "", self._count).replace("%1", formats.number(self._count)))
            self.adjustSize()
            self.show()
            self._place()

    def forget(self) -> None:
        """They are seen, or other rows are."""
        self._count = 0
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        self._view.scrollToTop()
        self.forget()

    def _place(self) -> None:
        viewport = self._view.viewport().geometry()
        self.move(viewport.left() + (viewport.width() - self.width()) // 2, viewport.top() + AIR)
        self.raise_()
