"""A choice that gives way: where there is no room for what is chosen it ends in …, and the tooltip says the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip, QWidget

from admin_gui.text.plain_text import plain_tooltip

# Names may be long, and the window is not made wider for them.
WIDEST = 220
AIR = 4
_ANY_WIDTH = 400
_FIELD_MARGIN = 8  # of the field within one that can be typed into


class ElidedChoice(QComboBox):
    """As wide as what is chosen, up to a limit; wider where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(WIDEST)
        self.currentIndexChanged.connect(lambda _place: self.updateGeometry())

    @property
    def is_cut(self) -> bool:
        """Whether less than all of it is seen."""
        return self._shown() != self.currentText()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(min(WIDEST, _width_for(self, self.currentText())), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.is_cut:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.currentText()), self)
            return True
        return super().event(event)

    def _shown(self) -> str:
        room = _field_width(self, self.width())
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)


def _width_for(choice: QComboBox, text: str) -> int:
    """How wide it must be to show this text whole."""
    frame = _ANY_WIDTH - _field_width(choice, _ANY_WIDTH)
    return frame + choice.fontMetrics().horizontalAdvance(text) + AIR


def width_for_choice(choice: QComboBox, wanted: object) -> int:
    """How wide one that can be typed into must be to show the first of its names or the wanted one whole, if it may."""
    widest = max(_width_for(choice, choice.itemText(place)) for place in {0, max(0, choice.findData(wanted))})
    return min(widest + _FIELD_MARGIN, choice.maximumWidth())


def _field_width(choice: QComboBox, width: int) -> int:
    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    option.rect = QRect(0, 0, width, choice.height())
    part = QStyle.SubControl.SC_ComboBoxEditField
    return choice.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, choice).width()
