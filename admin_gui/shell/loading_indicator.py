"""That a page waits for the appliance: nobody should wonder whether a click has done anything."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QStackedWidget

from admin_gui.app_context import AppContext
from admin_gui.session import State
from admin_gui.text import formats
from admin_gui.widgets.plain_label import PlainLabel

# Most answers are there within this, and what flashes up only disturbs.
PATIENCE_SECONDS = 1.0
LOOK_MS = 250
BAR_WIDTH = 60
FROM_THE_FOOT = 16


class LoadingIndicator(QFrame):
    """A line over the foot of the page that is seen, while that waits for an answer. The mouse goes through it."""

    def __init__(self, context: AppContext, over: QStackedWidget) -> None:
        super().__init__(over)
        self._context = context
        self._over = over
        self.setObjectName("waiting")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = PlainLabel()
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setFixedWidth(BAR_WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 8, 14, 8)
        line.setSpacing(12)
        line.addWidget(bar)
        line.addWidget(self._text)
        over.installEventFilter(self)
        timer = QTimer(self)
        timer.setInterval(LOOK_MS)
        timer.timeout.connect(self._look)
        timer.start()
        self.hide()

    @property
    def text(self) -> str:
        """What it says, while it is seen."""
        return self._text.text() if self.isVisibleTo(self._over) else ""

    def _look(self) -> None:
        page = self._over.currentWidget()
        session = self._context.session
        waits = page is not None and self._context.calls.waiting_seconds(page) >= PATIENCE_SECONDS
        # Where what is shown is out of date, that is said in this place, and why.
        if page is None or not waits or not session.is_connected or session.situation.state is State.STALE:
            self.hide()
            return
        if session.situation.state is State.LIVE:
            text = self._context.calls.doing(page) or self._loading(self._context.calls.advance(page))
        else:
            text = self.tr("Waiting: the appliance has not answered for %n s", "", int(session.silent_seconds))
        if text != self._text.text():
            self._text.setText(text)
            self.setAccessibleName(text)
            self._place()
        self.show()

    def _loading(self, advance: tuple[int, int] | None) -> str:
        """With how much of it is there, of something big; only what is downloaded tells that, in bytes."""
        if advance is None:
            return self.tr("Loading …")
        done, total = (formats.size(count) for count in advance)
        return self.tr("Loading … %1 of %2").replace("%1", done).replace("%2", total)

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, self._over.height() - self.height() - FROM_THE_FOOT)
        self.raise_()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            watched is self._over
            and self.isVisible()
            and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest)
        ):
            self._place()
        return False
