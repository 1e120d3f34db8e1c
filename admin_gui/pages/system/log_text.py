"""The log's lines as text: levels in colour, what was searched for lit, and what a line is about as a link."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from admin_gui.appearance.theme import Theme
from admin_gui.client.log import MOST_LINES, LogLine
from admin_gui.models.system.log import line_links, line_tone, shown_parts, split_by
from admin_gui.text import formats
from admin_gui.text.plain_text import visible

AIR = 8


class LogText(QPlainTextEdit):
    """Oldest first. It stays at the end unless somebody scrolls up, and again once they are back at the end."""

    opened = Signal(str)  # the link to what a line is about
    following_changed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._following = True
        self._missed = 0
        self._wanted = ""
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("mono", True)
        self.setAccessibleName(self.tr("Log"))
        self.setAccessibleDescription(self.tr("Enter opens what the line is about."))
        self.setMaximumBlockCount(20 * MOST_LINES)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setMouseTracking(True)
        self.new_button = QPushButton(self)
        self.new_button.setProperty("chip", True)
        self.new_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+End goes there by keyboard
        self.new_button.clicked.connect(lambda: self.set_following(True))
        self.new_button.hide()
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda *_: self._to_end() if self._following else None)
        # By hand: wheel, bar and drag. Qt moves it by itself as well, where lines are wrapped anew.
        bar.actionTriggered.connect(lambda _action: self._scrolled(bar.sliderPosition()))
        self.viewport().installEventFilter(self)

    @property
    def following(self) -> bool:
        """Whether it stays at the end."""
        return self._following

    def set_following(self, following: bool) -> None:
        """Go to the end and stay there; or stay where it is."""
        if following:
            self._to_end()
            self._miss(-self._missed)
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)

    def show_lines(self, lines: Sequence[LogLine], wanted: str = "") -> None:
        """These instead of all others; `wanted` is lit in them and in what is added."""
        self._wanted = wanted
        place = self.verticalScrollBar().value()
        self._miss(-self._missed)
        self.clear()
        self._insert(lines)
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum() if self._following else place)

    def add_lines(self, lines: Sequence[LogLine]) -> None:
        """These at the end."""
        if not lines:
            return
        bar, across = self.verticalScrollBar(), self.horizontalScrollBar()
        place, side = bar.value(), across.value()
        self._insert(lines)
        if self._following:
            self._to_end()
            return
        bar.setValue(place)
        across.setValue(side)
        self._miss(len(lines))

    @property
    def link_here(self) -> str | None:
        """What the line of the cursor is about."""
        part = self.textCursor().block().begin()
        while not part.atEnd():
            if part.fragment().charFormat().isAnchor():
                return part.fragment().charFormat().anchorHref()
            part += 1
        return None

    def open_here(self) -> None:
        """Go to what the line of the cursor is about."""
        if self.link_here is not None:
            self.opened.emit(self.link_here)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_here()
            return
        before = self.verticalScrollBar().value()
        super().keyPressEvent(event)
        if self.verticalScrollBar().value() != before:
            self._scrolled(self.verticalScrollBar().value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        over = self.anchorAt(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        link = self.anchorAt(event.position().toPoint())
        if link and event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.opened.emit(link)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._place_button()
        return super().eventFilter(watched, event)

    def copy_text(self) -> None:
        """What is selected, or all of it, to the clipboard."""
        selected = self.textCursor().selectedText().replace("\u2029", "\n")
        QApplication.clipboard().setText(selected or self.toPlainText())

    def _insert(self, lines: Sequence[LogLine]) -> None:
        colors = self._theme.colors
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        muted = _form(colors.muted)
        for line in lines:
            tone = line_tone(line.level)
            strong = _form(colors.text if tone == "calm" else colors.tone(tone))
            if not cursor.atStart():
                cursor.insertBlock()
            at, level, logger, message = shown_parts(line)
            for text, form in ((at, muted), (level, muted if tone == "calm" else strong), (logger, muted)):
                self._write(cursor, f"{text}  ", form)
            self._write(cursor, message, strong)
            for words, link in line_links(line):
                cursor.insertText("  ", muted)
                form = _form(colors.accent)
                form.setAnchor(True)
                form.setAnchorHref(link)
                form.setFontUnderline(True)
                cursor.insertText(words, form)
        cursor.endEditBlock()

    def _write(self, cursor: QTextCursor, text: str, form: QTextCharFormat) -> None:
        """Letter by letter as it stands there; what was searched for on another ground."""
        for place, piece in enumerate(split_by(visible(text), self._wanted)):
            if place % 2:
                lit = QTextCharFormat(form)
                lit.setBackground(QColor(self._theme.colors.selection))
                lit.setFontUnderline(True)
                cursor.insertText(piece, lit)
            else:
                cursor.insertText(piece, form)

    def _scrolled(self, value: int) -> None:
        self.set_following(value >= self.verticalScrollBar().maximum())

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _miss(self, count: int) -> None:
        """So many more lines came below what is seen."""
        self._missed += count
        self.new_button.setVisible(self._missed > 0)
        if self._missed > 0:
            words = self.tr("%1 new", "", self._missed)
            self.new_button.setText("↓  " + words.replace("%1", formats.number(self._missed)))
            self.new_button.adjustSize()
            self._place_button()

    def _place_button(self) -> None:
        area = self.viewport().geometry()
        button = self.new_button
        button.move(area.left() + (area.width() - button.width()) // 2, area.bottom() - button.height() - AIR)
        button.raise_()


def _form(color: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    return made
