"""The steps of the welcome below each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


class StepColumn(QScrollArea):
    """Scrolled where there is no room for all of them."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.inner = QWidget()
        self.inner.setObjectName("scrolled")
        column = QVBoxLayout(self.inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.inner)
