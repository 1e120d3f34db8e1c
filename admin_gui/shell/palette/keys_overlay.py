"""The overlay that shows all keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from admin_gui.commands import Command, CommandBook, native_keys
from admin_gui.widgets.plain_label import PlainLabel


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
                keys = PlainLabel(native_keys(command.keys))
                keys.setProperty("muted", True)
                self.shown.append((command.title, keys.text()))
                grid.addWidget(keys, line, 1, Qt.AlignmentFlag.AlignRight)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(self.windowTitle())
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
