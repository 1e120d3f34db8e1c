"""What lies over the foot of another widget: it comes and goes, and nothing moves under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

FROM_THE_EDGE = 16


class AtTheFoot(QFrame):
    """As wide as `over`, and as high as what is in it needs; shown and hidden with that."""

    def __init__(self, inner: QWidget, over: QWidget) -> None:
        super().__init__(over)
        self._inner, self._over = inner, over
        self.setObjectName("floating")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(inner)
        for watched in (inner, over):
            watched.installEventFilter(self)
        self.setVisible(not inner.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._inner and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(not self._inner.isHidden())
        elif self.isVisible() and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._place()

    def _place(self) -> None:
        width = self._over.width() - 2 * FROM_THE_EDGE
        height = max(self._inner.sizeHint().height(), self._inner.heightForWidth(width))
        self.setGeometry(FROM_THE_EDGE, self._over.height() - height - FROM_THE_EDGE, width, height)
        self.raise_()
