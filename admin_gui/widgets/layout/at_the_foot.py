"""What lies over the foot of another widget: it comes and goes, and nothing moves under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
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
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._inner and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._follow()
        elif self.isVisible() and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return False

    def _follow(self) -> None:
        is_wanted = not self._inner.isHidden()
        if is_wanted:
            # Before it is shown: what is resized in the midst of that keeps the layout of its former size.
            self._place()
        self.setVisible(is_wanted)
        if is_wanted:
            QTimer.singleShot(0, self, self._place)  # and in its final font

    def _place(self) -> None:
        width = self._over.width() - 2 * FROM_THE_EDGE
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry(FROM_THE_EDGE, self._over.height() - height - FROM_THE_EDGE, width, height)
        self.raise_()
