"""Two columns beside each other, or one below the other where the window is narrow."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

SPACING = 12


class TwoColumn(QWidget):
    """Put widgets into `left` and `right`."""

    def __init__(self, narrow_below: int, parent: QWidget | None = None) -> None:
        """`narrow_below`: with fewer pixels than this the right column goes below the left one."""
        super().__init__(parent)
        self._narrow_below = narrow_below
        self.left, self.right = _column(), _column()
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(SPACING)
        for column in (self.left, self.right):
            self._both.addLayout(column, 1)

    @property
    def is_narrow(self) -> bool:
        return self._both.direction() is QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        narrow = event.size().width() < self._narrow_below
        if narrow is not self.is_narrow:
            self._both.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)


def _column() -> QVBoxLayout:
    made = QVBoxLayout()
    made.setSpacing(SPACING)
    return made
