"""Widgets below each other that are scrolled where there is no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

SPACING = 12


class ScrolledColumn(QScrollArea):
    """Asks for as much height as its widgets need at this width, and is content with less."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._inner = QWidget()
        self._inner.setObjectName("scrolled")
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(self._inner)
        self._inner.installEventFilter(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        layout = self._inner.layout()
        width = self.viewport().width()
        assert layout is not None  # noqa: S101 - it was made above
        needed = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        # A scroll area makes what is in it at least as high as its smallest height, at whatever width that is.
        return QSize(layout.sizeHint().width(), max(needed, layout.minimumSize().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What is in it has become longer or shorter."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
