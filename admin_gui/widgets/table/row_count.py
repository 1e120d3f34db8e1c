"""How many rows a table has, beside its tools."""

from __future__ import annotations

from PySide6.QtCore import Qt

from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 48


class RowCount(PlainLabel):
    """In words; in short, with the words as its tooltip, where the filters beside it need the room."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._short, self._is_short = "", False
        self.setProperty("muted", True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Nothing beside it moves while rows are counted.
        self.setMinimumWidth(WIDTH)

    def tell(self, count: int, complete: bool) -> None:
        """So many are loaded; `complete`: there are no more."""
        shown = formats.number(count)
        self.words = shown if complete else self.tr("%1 loaded, more below").replace("%1", shown)
        self._short = shown if complete else f"{shown}+"
        self._say()

    def forget(self) -> None:
        """Nobody knows how many there are."""
        self.words = self._short = ""
        self._say()

    def be_short(self, is_short: bool) -> None:
        """Whether there is little room."""
        if is_short is not self._is_short:
            self._is_short = is_short
            self._say()

    def _say(self) -> None:
        self.setText(self._short if self._is_short else self.words)
        self.setToolTip(plain_tooltip(self.words) if self._is_short and self.words != self._short else "")
