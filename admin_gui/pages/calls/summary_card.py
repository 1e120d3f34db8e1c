"""A call's summary: each sentence with a button that plays the turns it stands on; and its keywords."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Call
from admin_gui.models.spoken_words import summary_sentences
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.card import Card
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

_TIP_LETTERS = 300


class SummaryCard(Card):
    """Summary and keywords."""

    sources_chosen = Signal(object)  # the places of the turns that a sentence stands on

    def __init__(self, theme: Theme) -> None:
        super().__init__(translate("SummaryCard", "Summary"))
        self._theme = theme
        self._shown: tuple[str, list[list[int]]] | None = None
        self.sentences: list[PlainLabel] = []
        # Of each sentence that has sources; None of the others.
        self.buttons: list[QToolButton | None] = []
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.keywords = _label()
        self.keywords.setProperty("muted", True)
        self.content.addWidget(self._lines)
        self.content.addWidget(self.keywords)
        theme.changed.connect(self._paint_icons)

    def show_call(self, call: Call | None) -> None:
        """Hidden until there is a summary."""
        self.setVisible(call is not None and bool(call.summary or call.keywords))
        if call is None:
            self._show_sentences("", [], call)
            self.keywords.setText("")
            return
        turns = call.segments or []
        sources = [[place for place in own if 0 <= place < len(turns)] for own in call.summary_sources or []]
        self._show_sentences(call.summary or "", sources, call)
        scores = call.keyword_scores or {}
        self.keywords.setText("\u00a0\u00a0\u00a0·   ".join(call.keywords.split(", ")) if call.keywords else "")
        self.keywords.setToolTip(plain_tooltip("\n".join(f"{score:.2f}  {word}" for word, score in scores.items())))

    @property
    def text(self) -> str:
        """All of the summary."""
        return " ".join(label.text() for label in self.sentences)

    def _show_sentences(self, summary: str, sources: list[list[int]], call: Call | None) -> None:
        if self._shown == (summary, sources):
            return  # a button that has the keyboard keeps it
        self._shown = summary, sources
        for widget in (*self.sentences, *self.buttons):
            if widget is not None:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.sentences, self.buttons = [], []
        if not summary:
            return
        told = summary_sentences(summary, len(sources)) if sources else [summary]
        if sources and len(told) != len(sources):
            sources = [sorted({place for own in sources for place in own})]  # nobody knows which is whose
        for row, sentence in enumerate(told):
            label = _label()
            label.setText(sentence)
            own = sources[row] if sources else []
            button = self._button(sentence, own, call) if own else None
            if button is not None:
                self._grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
            # Where no sentence has a button, the words begin at the left.
            self._grid.addWidget(label, row, 1 if sources else 0, 1, 1 if sources else 2)
            self.sentences.append(label)
            self.buttons.append(button)
        self._paint_icons()

    def _button(self, sentence: str, sources: Sequence[int], call: Call | None) -> QToolButton:
        turns = [] if call is None or call.segments is None else [call.segments[place] for place in sources]
        made = QToolButton()
        made.setText(formats.playing_time(min((turn.start for turn in turns), default=0.0)))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setProperty("source", True)
        words = "\n".join(turn.text for turn in turns)[:_TIP_LETTERS]
        made.setToolTip(plain_tooltip(self.tr("Hear what this stands on:") + "\n" + words))
        made.setAccessibleName(self.tr("Hear what this stands on:") + " " + sentence)
        made.clicked.connect(lambda *_: self.sources_chosen.emit(list(sources)))
        return made

    def _paint_icons(self) -> None:
        for button in self.buttons:
            if button is not None:
                button.setIcon(icons.icon("play", self._theme.colors.accent, 14))


def _label() -> PlainLabel:
    made = PlainLabel()
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
