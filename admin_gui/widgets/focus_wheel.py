"""Fields that keep their value while the page beneath the pointer is scrolled by the wheel."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTime
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSpinBox, QTimeEdit

TEXT_MARGIN = 8


class FocusWheelSpinBox(QSpinBox):
    """The wheel turns its number only while the keyboard is on it, and does not bring the keyboard there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The style sheet's padding does not reach the field within.
        self.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class FocusWheelComboBox(QComboBox):
    """The same for a choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class FocusWheelTimeEdit(QTimeEdit):
    """The same for a time of day."""

    def __init__(self, time: QTime) -> None:
        super().__init__(time)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
