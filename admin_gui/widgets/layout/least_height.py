"""Widgets below each other that share the height there is, scrolled together where even the least is too much."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

SPACING = 12


class LeastHeight(QScrollArea):
    """The last one gets the height that is left; none gets less than its smallest."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._inner = QWidget()
        self._inner.setObjectName("scrolled")
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        for widget in widgets:
            self._column.addWidget(widget)
        self._column.setStretch(len(widgets) - 1, 1)
        # Qt's own resizing would make it as high as all ask for, and scroll in every window.
        self.setWidget(self._inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Only up and down: what lies beside is for the page, which leaps in the sound by these arrows."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What is in it needs more or less by now."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        width = self.viewport().width()
        least = self._column.totalMinimumHeightForWidth(width)
        if least < 0:  # nothing in it changes its height with its width
            least = self._column.totalMinimumSize().height()
        self._inner.resize(width, max(self.viewport().height(), least))
