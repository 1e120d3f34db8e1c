"""One step of the welcome: its number and name, how it stands, and what to do, which is folded away when it is done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.pill import StatusPill
from admin_gui.widgets.plain_label import PlainLabel

NOTHING = "\N{NO-BREAK SPACE}"  # a line with nothing in it


class StepCard(Card):
    """`body` takes what one does in this step."""

    unfolded = Signal()

    def __init__(self, theme: Theme, number: int, title: str, about: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = f"{number}. {title}"
        self.pill = StatusPill(theme)
        self.fold_button = QToolButton()
        self.fold_button.clicked.connect(lambda *_: self.unfold(not self.is_unfolded))
        # What has the keyboard when one comes to this step.
        self.first_focus: QWidget = self.fold_button
        self.result = PlainLabel()
        self.result.setProperty("muted", True)
        self.result.setWordWrap(True)
        about_label = PlainLabel(about)
        about_label.setWordWrap(True)
        self._inner = QWidget()
        self.body = QVBoxLayout(self._inner)
        self.body.setContentsMargins(0, 4, 0, 0)
        self.body.setSpacing(8)
        self.body.addWidget(about_label)
        self.content.addLayout(row(section_title(self._title), self.pill, self.fold_button, stretch_after=1))
        self.content.addWidget(self.result)
        self.content.addWidget(self._inner)
        theme.changed.connect(self._paint)
        self._inner.hide()
        self.show_state("", "calm")
        self._paint()

    @property
    def is_unfolded(self) -> bool:
        """Whether one sees what to do."""
        return not self._inner.isHidden()

    def unfold(self, unfolded: bool) -> None:
        self._inner.setVisible(unfolded)
        self._paint()
        if unfolded:
            self.unfolded.emit()

    def show_state(self, word: str, tone: Tone, result: str = "", *, moves: bool = True) -> None:
        """How it stands; `result`: what the appliance shows of it. Unless it `moves`, all below stays where it is."""
        self.pill.show_state(word, tone)
        self.pill.setVisible(bool(word))
        if moves:
            self.result.setVisible(bool(result))
        self.result.setText(result or (NOTHING if not moves else ""))

    def _paint(self) -> None:
        text = self.tr("Fold “%1”") if self.is_unfolded else self.tr("Unfold “%1”")
        text = text.replace("%1", self._title)
        self.fold_button.setAccessibleName(text)
        self.fold_button.setToolTip(plain_tooltip(text))
        self.fold_button.setIcon(icons.icon("up" if self.is_unfolded else "down", self._theme.colors.muted))
