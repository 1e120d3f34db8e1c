"""Finding something within a conversation, as browsers have it: Enter to the next, Shift and Enter back, Esc away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.models.spoken_words import Hit, find
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.plain_label import PlainLabel


class FindBar(QWidget):
    """Hidden until it is asked for. It finds; whoever shows the texts lights what it has found."""

    found = Signal(object, object)  # all hits, and the one to be looked at, or None
    left = Signal()  # it was closed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._texts: Sequence[str] = ()
        self._hits: list[Hit] = []
        self._at = 0
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this call"))
        self.field.setAccessibleName(self.tr("Find in this call"))
        self.field.textChanged.connect(self._look)
        self.count = PlainLabel()
        self.count.setProperty("muted", True)
        self.back_button = self._button(self.tr("The one before (Shift+Enter)"), lambda: self.step(-1))
        self.on_button = self._button(self.tr("The next one (Enter)"), lambda: self.step(1))
        self.close_button = self._button(self.tr("Close (Esc)"), self.close_it)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.count)
        for button in (self.back_button, self.on_button, self.close_button):
            layout.addWidget(button)
        theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self.hide()

    @property
    def hits(self) -> Sequence[Hit]:
        return self._hits

    @property
    def current(self) -> Hit | None:
        """The one that is looked at."""
        return self._hits[self._at] if self._hits else None

    def show_texts(self, texts: Sequence[str]) -> None:
        """What is looked through from now on."""
        self._texts = texts
        self._look()

    def open_it(self, wanted: str | None = None) -> None:
        """Show it, with what was looked for last, or with this."""
        self.show()
        if wanted is not None:
            self.field.setText(wanted)
        else:
            self.field.selectAll()
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look()

    def close_it(self) -> None:
        """Nothing is lit any more."""
        was_there = not self.isHidden()
        self.hide()
        self._look()
        if was_there:
            self.left.emit()

    def step(self, by: int) -> None:
        if self._hits:
            self._at = (self._at + by) % len(self._hits)
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_it()
        # No key of the field is one of the player's.
        event.accept()

    def _look(self) -> None:
        self._hits = [] if self.isHidden() else find(self._texts, self.field.text())
        self._at = 0
        self._tell()

    def _tell(self) -> None:
        current = self.current
        if current is not None:
            text = self.tr("%1 of %2").replace("%1", str(self._at + 1)).replace("%2", str(len(self._hits)))
        else:
            text = self.tr("Not found") if self.field.text().strip() else ""
        self.count.setText(text)
        for button in (self.back_button, self.on_button):
            button.setEnabled(len(self._hits) > 1)
        self.found.emit(self._hits, current)

    def _button(self, name: str, pressed: Callable[[], object]) -> QToolButton:
        made = QToolButton()
        made.setAccessibleName(name)
        made.setToolTip(plain_tooltip(name))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda *_: pressed())
        return made

    def _paint_icons(self) -> None:
        color = self._theme.colors.text
        names = (("up", self.back_button), ("down", self.on_button), ("close", self.close_button))
        for name, button in names:
            button.setIcon(icons.icon(name, color))
