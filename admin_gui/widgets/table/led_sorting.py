"""A table that a link leads to, sorted by what the link is about: its column is seen as long, and not remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView


class LedSorting:
    """Of one table."""

    def __init__(self, view: QTableView, hide: Callable[[int, bool], object]) -> None:
        """`hide` hides a column, or shows it, of nobody's accord."""
        self._view = view
        self._hide = hide
        self.place: int | None = None  # by which column
        self._was_hidden = False

    @property
    def shown_for_now(self) -> list[int]:
        """Columns that are hidden, but for the link."""
        return [self.place] if self.place is not None and self._was_hidden else []

    def begin(self, place: int, *, descending: bool) -> None:
        """By this column; -1: by none, as no link asks for any."""
        self._end(place)
        if place < 0:
            return
        self.place, self._was_hidden = place, self._view.isColumnHidden(place)
        self._hide(place, False)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._view.sortByColumn(place, order)

    def _end(self, next_place: int) -> None:
        """The link is over: the column is as it was before, and so is the order, unless somebody has chosen another."""
        if self.place is None:
            return
        place, self.place = self.place, None
        self._hide(place, self._was_hidden)
        if place != next_place and self._view.horizontalHeader().sortIndicatorSection() == place:
            self._view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def keep(self, place: int) -> None:
        """Somebody shows or hides it by hand."""
        if place == self.place:
            self.place = None
