"""A picture of each step, as somebody before the screen sees it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

PASSING = (Qt.WindowType.ToolTip, Qt.WindowType.Desktop)


class Camera:
    """Numbers its pictures in the order in which they are taken."""

    def __init__(self, folder: Path, window: QWidget) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._window = window
        self.taken: list[Path] = []

    def take(self, name: str) -> None:
        """The window, and whatever stands over it: the palette, a menu, a dialog."""
        picture = self._window.grab()
        painter = QPainter(picture)
        for other in QApplication.topLevelWidgets():
            if other is not self._window and other.isVisible() and other.windowType() not in PASSING:
                corner = self._window.mapFromGlobal(other.mapToGlobal(QPoint()))
                painter.drawPixmap(corner, other.grab())
        painter.end()
        file = self._folder / f"{len(self.taken) + 1:02}-{name}.png"
        assert picture.save(str(file)), f"{file} cannot be written"
        self.taken.append(file)
