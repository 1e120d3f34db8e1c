"""Turns as bubbles, with what is lit in them: the word that is spoken, what was found, what a summary stands on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn, Word
from admin_gui.models.calls.call_warnings import TimedWarning
from admin_gui.models.spoken_words import Hit, SpokenWord, spoken_words, word_at
from admin_gui.text import formats
from admin_gui.text.plain_text import breakable, visible

Index = QModelIndex | QPersistentModelIndex
TURN_ROLE = Qt.ItemDataRole.UserRole
PADDING, GAP, HEAD = 10, 8, 18
SHARE = 0.72  # of the width, at the most
# In a bubble that is just as wide as its head, the head must not wrap onto the words.
_HEAD_FLAGS = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop

_NOTE_FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_HIGHEST_NOTE = 10_000


class Turns(QAbstractListModel):
    """The turns of a call, and what is lit of them."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: Sequence[Turn] = ()
        self.names: dict[str, str] = {}
        self.moment: float | None = None  # what is heard
        self.spoken: frozenset[int] = frozenset()  # the turns that are spoken then
        self.sources: frozenset[int] = frozenset()  # the turns that a sentence of the summary stands on
        self.hit: Hit | None = None  # the one that is looked at
        self._hits: dict[int, list[Hit]] = {}
        self._words: Sequence[Sequence[Word]] = ()
        self._spoken_words: dict[int, list[SpokenWord]] = {}
        self._texts: list[str] = []
        self._notes: dict[int, list[TimedWarning]] = {}

    def show_turns(self, turns: Sequence[Turn], names: dict[str, str]) -> None:
        self.beginResetModel()
        self.turns, self.names = turns, names
        self._texts = [breakable(visible(turn.text)) for turn in turns]
        self.moment, self.hit = None, None
        self.spoken = self.sources = frozenset()
        self._hits, self._words = {}, ()
        self._spoken_words.clear()
        self._notes = {}
        self.endResetModel()

    def show_notes(self, notes: Sequence[TimedWarning]) -> None:
        """What is the matter from a moment on, each below the turn that had begun by then."""
        self.beginResetModel()
        self._notes = {}
        starts = [turn.start for turn in self.turns]
        for note in notes if starts else ():
            self._notes.setdefault(max(0, bisect_right(starts, note.seconds) - 1), []).append(note)
        self.endResetModel()

    def notes_of(self, row: int) -> Sequence[TimedWarning]:
        return self._notes.get(row, ())

    def show_words(self, words: Sequence[Sequence[Word]]) -> None:
        """When each word is said, for each turn; nothing where it is not known."""
        self._words = words if len(words) == len(self.turns) else ()
        self._spoken_words.clear()

    def show_hits(self, hits: Sequence[Hit]) -> None:
        self._hits = {}
        for hit in hits:
            self._hits.setdefault(hit.row, []).append(hit)

    @property
    def texts(self) -> Sequence[str]:
        """As they are painted."""
        return self._texts

    def hits_in(self, row: int) -> Sequence[Hit]:
        return self._hits.get(row, ())

    def spoken_words(self, row: int) -> list[SpokenWord]:
        """When the words of a turn are said."""
        if row not in self._spoken_words:
            words = self._words[row] if self._words else None
            self._spoken_words[row] = spoken_words(self.turns[row], self._texts[row], words)
        return self._spoken_words[row]

    def spoken_word(self, row: int) -> SpokenWord | None:
        """The one that is said now."""
        if self.moment is None or row not in self.spoken:
            return None
        return word_at(self.spoken_words(row), self.moment)

    def head(self, turn: Turn) -> str:
        return f"{self.names.get(turn.speaker, turn.speaker)}  {formats.playing_time(turn.start)}"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.turns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        turn = self.turns[index.row()]
        if role == TURN_ROLE:
            return turn
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join([f"{self.head(turn)}: {turn.text}", *map(note_text, self.notes_of(index.row()))])
        return None


def note_text(note: TimedWarning) -> str:
    """With its moment."""
    return f"{formats.playing_time(note.seconds)}  {note.text}"


class Bubbles(QStyledItemDelegate):
    """Paints them, and knows which word lies at a place."""

    def __init__(self, theme: Theme, model: Turns, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._view = parent
        self._sizes: dict[int, QSize] = {}
        self._sizes_are_for: tuple[int, str] = (0, "")
        model.modelReset.connect(self._sizes.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Of hours of turns each is laid out once for a width and a font."""
        width = self._view.viewport().width()
        key = width, option.font.key()
        if key != self._sizes_are_for:
            self._sizes.clear()
            self._sizes_are_for = key
        if index.row() not in self._sizes:
            height = self._box(option, index.row()).height()
            notes = sum(rect.height() + GAP for _, rect in self._note_rects(option, index.row()))
            self._sizes[index.row()] = QSize(width, height + GAP + notes)
        return self._sizes[index.row()]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, colors, model = index.row(), self._theme.colors, self._model
        turn: Turn = index.data(TURN_ROLE)
        box = self._box(option, row)
        layout = self._layout(option.font, row, self._most_width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_marked = bool(option.state & QStyle.StateFlag.State_Selected) or row in model.sources
        painter.setPen(QColor(colors.accent if is_marked else colors.border))
        painter.setBrush(colors.wash("busy") if turn.is_right else QColor(colors.surface))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 10, 10)
        if row in model.sources:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(QRect(box.left() + 3, box.top() + PADDING, 3, box.height() - 2 * PADDING), 1.5, 1.5)
        inner = box.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        painter.setPen(QColor(colors.accent if row in model.spoken else colors.muted))
        painter.drawText(inner, int(_HEAD_FLAGS), model.head(turn))
        painter.setPen(QColor(colors.text))
        layout.draw(painter, QPointF(inner.left(), inner.top() + HEAD), self._lit(row))
        for note, rect in self._note_rects(option, row):
            painter.setPen(QColor(colors.warn))
            painter.setBrush(colors.wash("warn"))
            painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 8, 8)
            painter.setPen(QColor(colors.text))
            painter.drawText(
                rect.adjusted(PADDING, PADDING // 2, -PADDING, -PADDING // 2), _NOTE_FLAGS, note_text(note)
            )
        painter.restore()

    def note_at(self, option: QStyleOptionViewItem, row: int, at: QPoint) -> TimedWarning | None:
        """The note at this place of the view, which is within the turn's row."""
        return next((note for note, rect in self._note_rects(option, row) if rect.contains(at)), None)

    def _note_rects(self, option: QStyleOptionViewItem, row: int) -> list[tuple[TimedWarning, QRect]]:
        """Below the bubble, as wide as the view."""
        notes = self._model.notes_of(row)
        if not notes:
            return []
        found, metrics = [], QFontMetrics(option.font)
        width = self._view.viewport().width()
        top = self._box(option, row).bottom() + 1 + GAP
        for note in notes:
            room = QRect(0, 0, width - 2 * PADDING, _HIGHEST_NOTE)
            height = metrics.boundingRect(room, _NOTE_FLAGS, note_text(note)).height() + 2 * (PADDING // 2)
            found.append((note, QRect(option.rect.left(), top, width, height)))
            top += height + GAP
        return found

    def word_at(self, option: QStyleOptionViewItem, row: int, at: QPoint) -> SpokenWord | None:
        """The word at this place of the view, which is within the turn's row."""
        box = self._box(option, row)
        layout = self._layout(option.font, row, self._most_width())
        x, y = at.x() - box.left() - PADDING, at.y() - box.top() - PADDING - HEAD
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if line.y() <= y < line.y() + line.height() and line.naturalTextRect().contains(QPointF(x, y)):
                letter = _letter(line.xToCursor(x, line.CursorPosition.CursorOnCharacter))
                return next((word for word in self._model.spoken_words(row) if word.first <= letter < word.last), None)
        return None

    def word_rect(self, option: QStyleOptionViewItem, row: int, word: SpokenWord) -> QRect:
        """Where the word begins, in the view."""
        box = self._box(option, row)
        layout = self._layout(option.font, row, self._most_width())
        line = layout.lineForTextPosition(word.first)
        left, right = _x_of(line.cursorToX(word.first)), _x_of(line.cursorToX(word.last))
        top = box.top() + PADDING + HEAD + line.y()
        corner = QPoint(round(box.left() + PADDING + min(left, right)), round(top))
        return QRect(corner, QSize(max(1, round(abs(right - left))), round(line.height())))

    def _lit(self, row: int) -> list[QTextLayout.FormatRange]:
        """What was found, and over it the word that is spoken."""
        colors, model = self._theme.colors, self._model
        lit = []
        for hit in model.hits_in(row):
            is_current = hit == model.hit
            lit.append(
                _format(hit.first, hit.last, colors.warn if is_current else "", colors.wash("warn"), colors.surface)
            )
        word = model.spoken_word(row)
        if word is not None:
            lit.append(_format(word.first, word.last, colors.accent, None, colors.surface))
        return lit

    def _most_width(self) -> int:
        return int(self._view.viewport().width() * SHARE) - 2 * PADDING

    def _box(self, option: QStyleOptionViewItem, row: int) -> QRect:
        """The bubble within its row."""
        rect: QRect = option.rect
        font: QFont = option.font
        turn, whole = self._model.turns[row], self._view.viewport().width()
        layout = self._layout(font, row, self._most_width())
        used = layout.boundingRect()
        natural = max((layout.lineAt(n).naturalTextWidth() for n in range(layout.lineCount())), default=0.0)
        head = QFontMetrics(font).horizontalAdvance(self._model.head(turn))
        width = max(int(natural) + 1, head) + 2 * PADDING
        free = whole - width
        left = 0 if turn.is_left else free if turn.is_right else free // 2
        return QRect(rect.left() + left, rect.top(), width, int(used.height() + 0.999) + HEAD + 2 * PADDING)

    def _layout(self, font: QFont, row: int, width: int) -> QTextLayout:
        made = QTextLayout(self._model.texts[row].replace("\n", "\N{LINE SEPARATOR}"), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        made.setTextOption(option)
        made.beginLayout()
        top = 0.0
        while (line := made.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top))
            top += line.height()
        made.endLayout()
        return made


def _format(first: int, last: int, back: str, wash: QColor | None, front: str) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = first, last - first
    look = QTextCharFormat()
    if back:
        look.setBackground(QBrush(QColor(back)))
        look.setForeground(QBrush(QColor(front)))
    elif wash is not None:
        look.setBackground(QBrush(wash))
    made.format = look
    return made


def _letter(found: Any) -> int:
    """PySide gives the place alone, or with how far into it, which its types do not say."""
    return int(found[0] if isinstance(found, tuple) else found)


def _x_of(found: Any) -> float:
    return float(found[0] if isinstance(found, tuple) else found)
