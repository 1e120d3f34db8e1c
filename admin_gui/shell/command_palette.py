"""The command palette: type a few letters of what should happen. And the overlay that shows all keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from admin_gui.commands import Command, CommandBook
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 560


class CommandPalette(QDialog):
    """Arrows choose, Enter does, Esc leaves."""

    def __init__(self, book: CommandBook, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Commands"))
        self._book = book
        self._commands = [command for command in book.all() if book.available(command)]
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What should happen?"))
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setIconSize(QSize(0, 0))
        self.list.itemClicked.connect(lambda _item: self._run())
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.setFixedWidth(WIDTH)
        self.setMinimumHeight(380)
        self._fill("")

    def open_over(self, window: QWidget) -> None:
        """At the upper middle of the window."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + 70)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            moved = step.get(Qt.Key(event.key()))
            if moved is not None:
                count = self.list.count()
                self.list.setCurrentRow(min(max(self.list.currentRow() + moved, 0), count - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        self.list.clear()
        ranks = {command: rank for command in self._commands if (rank := _rank(typed, command.title)) is not None}
        for command in sorted(ranks, key=lambda one: ranks[one]):
            keys = QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(self.list)
            item.setData(Qt.ItemDataRole.UserRole, command)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{command.title} {keys}".strip())
            line = QWidget()
            grid = QGridLayout(line)
            grid.setContentsMargins(8, 4, 8, 4)
            grid.setColumnStretch(0, 1)
            grid.addWidget(PlainLabel(command.title), 0, 0)
            faint = PlainLabel(keys)
            faint.setProperty("muted", True)
            grid.addWidget(faint, 0, 1)
            item.setSizeHint(QSize(0, 34))
            self.list.setItemWidget(item, line)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        command = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        self._book.run(command)


class KeysOverlay(QDialog):
    """All keys that work here and now, by group."""

    def __init__(self, book: CommandBook, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        inner = QWidget()
        inner.setObjectName("scrolled")
        grid = QGridLayout(inner)
        grid.setColumnStretch(0, 1)
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(8)
        self.shown: list[tuple[str, str]] = []
        for place, (group, commands) in enumerate(_grouped(book.all()).items()):
            heading = PlainLabel(group)
            heading.setObjectName("sectionTitle")
            if place:
                heading.setContentsMargins(0, 12, 0, 0)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
            for command in commands:
                line = grid.rowCount()
                grid.addWidget(PlainLabel(command.title), line, 0)
                keys = PlainLabel(QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText))
                keys.setProperty("muted", True)
                self.shown.append((command.title, keys.text()))
                grid.addWidget(keys, line, 1, Qt.AlignmentFlag.AlignRight)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 12, 16)
        layout.addWidget(area)
        self.resize(520, 520)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Question):
            self.close()
        else:
            super().keyPressEvent(event)


def _grouped(commands: list[Command]) -> dict[str, list[Command]]:
    groups: dict[str, list[Command]] = {}
    for command in commands:
        if command.keys:
            groups.setdefault(command.group, []).append(command)
    return groups


def _rank(typed: str, title: str) -> int | None:
    """How well it fits, smallest best; None when it does not: every typed word must begin or be within a word."""
    title = title.casefold()
    rank = 0
    for word in typed.casefold().split():
        if title.startswith(word):
            continue
        if f" {word}" in title:
            rank += 1
        elif word in title:
            rank += 2
        else:
            return None
    return rank
