"""Tiles in one row, or in as many as it takes for their numbers to be seen whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

SPACING = 12


class TileRows(QWidget):
    """All tiles are as wide as each other, and none is narrower than `narrowest`."""

    def __init__(self, tiles: Sequence[QWidget], narrowest: int) -> None:
        super().__init__()
        self._tiles = tuple(tiles)
        self._narrowest = narrowest
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING)
        self._lay_out(len(self._tiles))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        most = max(1, (event.size().width() + SPACING) // (self._narrowest + SPACING))
        rows = -(-len(self._tiles) // most)
        self._lay_out(-(-len(self._tiles) // rows))  # rows that are about as long as each other
        super().resizeEvent(event)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for place, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, place // columns, place % columns)
