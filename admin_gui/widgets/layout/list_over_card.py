"""A list, and below it what is said of the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from admin_gui.widgets.layout.least_height import LeastHeight

CARD_HEIGHT, LEAST_CARD = 220, 150


class ListOverCard(QSplitter):
    """In a low window the list has most of the room, and the card is scrolled; a user who moves the handle decides."""

    def __init__(self, rows: QWidget, card: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(12)
        self.addWidget(rows)
        below = LeastHeight(card)
        below.setMinimumHeight(LEAST_CARD)
        self.addWidget(below)
        self.setStretchFactor(0, 1)
        self._is_moved = False
        self.splitterMoved.connect(self._note_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if not self._is_moved:
            height = event.size().height()
            card = CARD_HEIGHT if height > 3 * CARD_HEIGHT else LEAST_CARD
            self.setSizes([height - card, card])

    def _note_moved(self) -> None:
        self._is_moved = True
