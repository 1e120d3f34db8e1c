"""A trouble at the foot of the window, in its colour: it stays until it is over, or is put away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from admin_gui.app_context import AppContext, Lasting
from admin_gui.widgets import icons
from admin_gui.widgets.elided_label import LinesLabel


class LastingLine(QWidget):
    """Of several the newest, with how many more there are. `changed` when another text is to be seen, or none."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._all: list[Lasting] = []
        self._put_away: set[str] = set()
        self._announced: set[str] = set()
        self._text = ""
        self._label = LinesLabel()
        self.show_button = QPushButton(self.tr("Show"))
        self.show_button.setProperty("flat", True)
        self.show_button.clicked.connect(self._act)
        self.close_button = QToolButton()
        self.close_button.setToolTip(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the message"))
        self.close_button.clicked.connect(self._close)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._label, 1)
        line.addWidget(self.show_button)
        line.addWidget(self.close_button)
        context.troubles_last.connect(self.show_troubles)
        context.theme.changed.connect(self._paint)
        self._paint()

    @property
    def text(self) -> str:
        """What is to be seen of it; empty: nothing lasts, or all of it was put away."""
        return self._text

    def let_be_seen(self, is_seen: bool) -> None:
        """A status line keeps room also for what is hidden: then there are no words in it."""
        self._label.setText(self._text if is_seen else "")
        self.setVisible(is_seen)

    def show_troubles(self, troubles: list[Lasting]) -> None:
        """All that there are, the newest first."""
        self._put_away &= {one.key for one in troubles}  # what comes once more is told once more
        self._announced &= {one.key for one in troubles}
        self._all, text = troubles, ""
        if seen := self._seen:
            newest, more = seen[0], len(seen) - 1
            text = newest.text + (" " + self.tr("– and %n more", "", more) if more else "")
            self.show_button.setAccessibleName(self.tr("Show: %1").replace("%1", newest.text))
            if newest.key not in self._announced:
                self._announced.add(newest.key)
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._label, text))
        if text != self.text:
            self._text = text
            self.changed.emit()

    @property
    def _seen(self) -> list[Lasting]:
        return [one for one in self._all if one.key not in self._put_away]

    def _act(self) -> None:
        """It stays: whether one comes there is seen later, and it is over no sooner for that."""
        self._seen[0].run()

    def _close(self) -> None:
        self._put_away.add(self._seen[0].key)
        self.show_troubles(self._all)

    def _paint(self) -> None:
        colors = self._context.theme.colors
        self._label.setStyleSheet(f"color: {colors.bad};")
        self.close_button.setIcon(icons.icon("close", colors.muted, 14))
