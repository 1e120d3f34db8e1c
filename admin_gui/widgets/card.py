"""A framed piece of a page, and a tile with one number in it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QVBoxLayout, QWidget

from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.elided_label import LinesLabel
from admin_gui.widgets.keyboard_cover import paint_frame, paint_wash
from admin_gui.widgets.plain_label import PlainLabel

CARD_MARGIN = 16
# A number and the space before its unit, which must not begin a line of its own.
_WITH_UNIT = re.compile(r"(\d) (?=[\w%])")


class Card(QFrame):
    """A surface with a border; put widgets into `content`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(CARD_MARGIN, 14, CARD_MARGIN, 14)
        self.content.setSpacing(8)
        if title:
            label = PlainLabel(title)
            label.setObjectName("sectionTitle")
            self.content.addWidget(label)


class Tile(Card):
    """One number with its name, and a line below that explains it. With a link it can be clicked."""

    clicked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, clickable: bool = False) -> None:
        super().__init__(parent=parent)
        self._name = LinesLabel(name)
        self._name.setProperty("muted", True)
        self._number = LinesLabel("–")
        self._number.setObjectName("bigNumber")
        self._note = PlainLabel("")
        self._note.setProperty("muted", True)
        self._note.setWordWrap(True)
        self.content.setContentsMargins(CARD_MARGIN, 10, CARD_MARGIN, 10)
        self.content.setSpacing(2)
        for widget in (self._name, self._number, self._note):
            self.content.addWidget(widget)
        self.content.addStretch(1)
        # A button over all of it, so that it is pressed, focused and told as one.
        self.button = _Cover(self) if clickable else None
        if self.button is not None:
            self.button.clicked.connect(self.clicked)
            self.setFocusProxy(self.button)

    def show_number(self, number: str, note: str = "", color: str = "", tooltip: str = "") -> None:
        """What it says; `color` (#rrggbb) where the number is one to look at."""
        self._number.setText(_WITH_UNIT.sub("\\1\u00a0", number))
        self._number.setStyleSheet(f"color: {color};" if color else "")
        self._note.setText(_WITH_UNIT.sub("\\1\u00a0", note))
        self.setToolTip(plain_tooltip(tooltip))
        stop = ", " if note[:1].islower() else ". "  # "42.9 GB, of 252.0 GB" is one sentence
        self.setAccessibleName(f"{self._name.text()}: {number}" + (f"{stop}{note}" if note else ""))
        if self.button is not None:
            self.button.setAccessibleName(self.accessibleName())

    @property
    def number(self) -> str:
        return self._number.text().replace("\u00a0", " ")

    @property
    def note(self) -> str:
        return self._note.text().replace("\u00a0", " ")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self.button is not None:
            self.button.setGeometry(self.rect())
            self.button.raise_()


class _Cover(QAbstractButton):
    """Shows nothing but that the mouse or the keyboard is on it."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.underMouse():
            paint_wash(self)
        if self.hasFocus() or self.underMouse():
            paint_frame(self)
