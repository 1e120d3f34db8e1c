"""A strip over a page for what must not be missed, and what stands where a page has nothing to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.text.plain_text import plain_button
from admin_gui.widgets import icons
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel

WIDEST_TEXT = 460
WIDEST_OFFER = 180

_ICONS: dict[Tone, str] = {"bad": "stop", "warn": "warning", "good": "done", "busy": "info", "calm": "info"}


class Banner(QWidget):
    """One sentence with its tone, and a button where something can be done. Hidden until it has something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone: Tone = "warn"
        self._action: Callable[[], object] | None = None
        self._icon = PlainLabel()
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self.leave_button = QPushButton(self.tr("Not now"))
        self.leave_button.clicked.connect(self.clear)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(10)
        self.buttons.addWidget(self._button)
        self.buttons.addWidget(self.leave_button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addLayout(self.buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._paint_icon)
        self.hide()

    def ask(self, text: str, action: tuple[str, Callable[[], object]], tone: Tone = "warn") -> None:
        """The same for a question, which can be left without an answer."""
        self.show_message(text, tone, action)
        self.leave_button.show()

    def show_message(
        self, text: str, tone: Tone = "warn", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Show it; `action` is a button's words and what it does."""
        self.leave_button.hide()
        self._tone = tone
        self._text.setText(text)
        self.setAccessibleName(text)
        self._action = None if action is None else action[1]
        self._button.setVisible(action is not None)
        if action is not None:
            self._button.setText(action[0])
        self._paint_icon()
        self.show()
        self.update()

    def clear(self) -> None:
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def tone(self) -> Tone:
        return self._tone

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _paint_icon(self) -> None:
        self._icon.setPixmap(icons.pixmap(_ICONS[self._tone], self._theme.colors.tone(self._tone)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(self._theme.colors.tone(self._tone))
        edge.setAlpha(90)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(self._theme.colors.wash(self._tone))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        painter.end()


# What a button says that helps out, and what it does; None: there is none.
WayOut = tuple[str, Callable[[], object] | None]
NO_WAY_OUT: WayOut = ("", None)


class EmptyState(QWidget):
    """What stands where there is nothing yet: why, and what to do about it."""

    taken = Signal(str)  # one of the words that it offers

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        text: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = PlainLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = PlainLabel(title)
        self._title.setObjectName("sectionTitle")
        self._title.setWordWrap(True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = PlainLabel(text)
        self._text.setProperty("muted", True)
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMaximumWidth(WIDEST_TEXT)
        self._action: Callable[[], object] | None = None
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self._act)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addWidget(self._title)
        # In a row of its own, not aligned: an aligned label that wraps is cut below its first line.
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._text, 100)
        line.addStretch(1)
        layout.addLayout(line)
        self.offers: list[QPushButton] = []
        self._offered: list[str] = []
        self._offer_line = WrappingRow()
        around = QWidget()
        around.setLayout(self._offer_line)
        around.setMaximumWidth(WIDEST_TEXT)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(around)
        below.addStretch(1)
        layout.addLayout(below)
        layout.addSpacing(6)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self.offer_action(*(action or ("", None)))
        theme.changed.connect(self._paint_icon)
        self._paint_icon()

    def set_texts(self, title: str, text: str = "") -> None:
        self._title.setText(title)
        self._text.setText(text)

    def offer_action(self, words: str, run: Callable[[], object] | None) -> None:
        """A button below the text, for what can be done about it; None: nothing."""
        self._action = run
        self.button.setText(words)
        self.button.setVisible(run is not None)

    def offer(self, words: Sequence[str]) -> None:
        """Words below the text, each to be looked for by a click."""
        if list(words) == self._offered:
            return  # the keyboard may be on one of them
        self._offered = list(words)
        for button in self.offers:
            self._offer_line.removeWidget(button)
            button.deleteLater()
        self.offers = [self._offer(word) for word in words]
        for button in self.offers:
            self._offer_line.addWidget(button)

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _offer(self, word: str) -> QPushButton:
        shown = self.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, WIDEST_OFFER)
        made = QPushButton(plain_button(shown), self)
        made.setProperty("source", True)  # the palette calls it by its accessible name
        made.setAccessibleName(self.tr("Search for “%1”").replace("%1", word))
        made.clicked.connect(lambda: self.taken.emit(word))
        made.show()
        return made

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def text(self) -> str:
        return self._text.text()

    def _paint_icon(self) -> None:
        self._icon.setPixmap(icons.pixmap(self._icon_name, self._theme.colors.muted, 40))
