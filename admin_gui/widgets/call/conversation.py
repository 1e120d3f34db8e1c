"""A conversation: the caller's turns at the left, the called party's at the right, as people know it from messages.

Where nobody knows who is who but the voices are told apart, the first voice is at the left, the other at the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QListView, QStyleOptionViewItem, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn, Word
from admin_gui.models.calls.call_warnings import TimedWarning
from admin_gui.models.spoken_words import Hit, SpokenWord, turns_at
from admin_gui.widgets.call.turn_bubbles import GAP, Bubbles, Turns

# So many turns are laid out at a time when a call is opened: some milliseconds. Two hours of them take half a second.
ROWS_AT_A_TIME = 50
_LOOKING_ELSEWHERE = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)


class Conversation(QListView):
    """Turns in the order of time. A click on a word plays from there, Enter from the turn's beginning."""

    chosen = Signal(float)  # seconds: it is to be heard from there

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turns = Turns()
        # Whether the turn that is spoken stays in sight: until somebody looks elsewhere.
        self._follows = True
        # The turn that is to be in sight once it is laid out.
        self._awaited: int | None = None
        self.verticalScrollBar().actionTriggered.connect(self._look_elsewhere)
        self.setBatchSize(ROWS_AT_A_TIME)
        self.setModel(self._turns)
        self._bubbles = Bubbles(theme, self._turns, self)
        self.setItemDelegate(self._bubbles)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(GAP, GAP, GAP, 0)
        self.setAccessibleName(self.tr("Conversation"))
        self.setToolTip(self.tr("Click a word to hear it from there. Enter plays the turn, Space plays and pauses."))
        theme.changed.connect(self.viewport().update)

    # What is shown

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Show these, by who speaks."""
        names = {
            "caller": self.tr("Caller"),
            "called": self.tr("Called"),
            "voice 1": self.tr("Voice 1"),
            "voice 2": self.tr("Voice 2"),
            "unknown": self.tr("Speaker"),
        }
        self._awaited = None
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self._turns.show_turns(turns, names)

    def show_warnings(self, warnings: Sequence[TimedWarning]) -> None:
        """What is the matter from a moment on: there, between the turns. Of what is lit nothing changes."""
        if [one for row in range(len(self.turns)) for one in self._turns.notes_of(row)] != list(warnings):
            self._turns.show_notes(warnings)

    def show_words(self, words: Sequence[Sequence[Word]]) -> None:
        """When the words of each turn are said."""
        self._turns.show_words(words)

    @property
    def turns(self) -> Sequence[Turn]:
        """What is shown."""
        return self._turns.turns

    @property
    def texts(self) -> Sequence[str]:
        """Of each turn, as it is painted."""
        return self._turns.texts

    # What is lit

    def show_moment(self, seconds: float | None) -> None:
        """The word that is said at this moment; None: nothing is heard."""
        turns = self._turns
        before = set(turns.spoken)
        turns.moment = seconds
        turns.spoken = frozenset() if seconds is None else frozenset(turns_at(turns.turns, seconds))
        self._repaint(before | turns.spoken)
        came = turns.spoken - before
        if came and self._follows:
            self._bring(max(came))

    def follow(self) -> None:
        """Keep what is spoken in sight from now on."""
        self._follows = True
        if self._turns.spoken:
            self._bring(max(self._turns.spoken))

    @property
    def spoken_words(self) -> list[str]:
        """What is lit as spoken, of each turn that is."""
        found = [(row, self._turns.spoken_word(row)) for row in sorted(self._turns.spoken)]
        return [self.texts[row][word.first : word.last] for row, word in found if word is not None]

    def show_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """What was found, and which of it is looked at."""
        self._turns.show_hits(hits)
        self._turns.hit = current
        self.viewport().update()
        if current is not None:
            self._follows = False
            self._bring(current.row)

    def moment_of(self, hit: Hit) -> float:
        """When it is said."""
        words = self._turns.spoken_words(hit.row)
        return next((word.start for word in words if word.last > hit.first), self.turns[hit.row].start)

    def show_sources(self, rows: Iterable[int]) -> None:
        """The turns that a sentence stands on."""
        self._turns.sources = frozenset(row for row in rows if row < len(self.turns))
        self.viewport().update()
        if self._turns.sources:
            self._bring(min(self._turns.sources))

    @property
    def sources(self) -> list[int]:
        return sorted(self._turns.sources)

    def word_rect(self, row: int, number: int) -> QRect:
        """Where a turn's word lies, by its number."""
        return self._bubbles.word_rect(self._option(row), row, self._turns.spoken_words(row)[number])

    def is_laid_out(self, row: int) -> bool:
        """Whether a turn has its place yet."""
        return self.visualRect(self._index(row)).isValid()

    # What is done

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.turns[self.currentIndex().row()].start)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            event.ignore()  # the player's
        else:
            if event.key() in _LOOKING_ELSEWHERE:
                self._look_elsewhere()
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            at = event.position().toPoint()
            note = self._bubbles.note_at(self._option(index.row()), index.row(), at)
            word = None if note is not None else self._word_at(index, at)
            start = self.turns[index.row()].start
            self.chosen.emit(note.seconds if note is not None else start if word is None else word.start)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._look_elsewhere()
        super().wheelEvent(event)

    def updateGeometries(self) -> None:  # noqa: N802
        """The first turns are laid out, or the last ones too, or all anew: of those in between Qt does not tell."""
        super().updateGeometries()
        if self._awaited is not None:
            self._bring(self._awaited)
        if self.layoutMode() == QListView.LayoutMode.Batched and self.is_laid_out(len(self.turns) - 1):
            # In another width all are laid out at once: in pieces, the view would show its beginning meanwhile.
            self.setLayoutMode(QListView.LayoutMode.SinglePass)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def _look_elsewhere(self, *_: object) -> None:
        """Somebody scrolls: what is spoken, or was to come into sight, does not take them away from there."""
        self._follows, self._awaited = False, None

    def _word_at(self, index: QModelIndex, at: QPoint) -> SpokenWord | None:
        return self._bubbles.word_at(self._option(index.row()), index.row(), at)

    def _option(self, row: int) -> QStyleOptionViewItem:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(self._index(row))
        return option

    def _index(self, row: int) -> QModelIndex:
        return self._turns.index(row, 0)

    def _bring(self, row: int) -> None:
        """Into sight, as soon as it has a place."""
        self._awaited = None if self.is_laid_out(row) else row
        self.scrollTo(self._index(row))

    def _repaint(self, rows: Iterable[int]) -> None:
        for row in rows:
            self.viewport().update(self.visualRect(self._index(row)))
