"""The line over a page: back and forward, its title, its main buttons."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QToolButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.links import History
from admin_gui.pages.page import MARGIN, Page
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.elided_label import ElidedLabel

# A title that needs less gets what it needs; with less than this beside them the buttons go below it.
LEAST_TITLE = 260


class PageHeader(QWidget):
    """Hidden while there is no page."""

    back = Signal()
    forward = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page: Page | None = None
        self.back_button = self._button(self.tr("Back"), "Alt+Left")
        self.back_button.clicked.connect(self.back)
        self.forward_button = self._button(self.tr("Forward"), "Alt+Right")
        self.forward_button.clicked.connect(self.forward)
        self._title = ElidedLabel()
        self._title.setObjectName("pageTitle")
        self._ways = QHBoxLayout()
        self._ways.setSpacing(4)
        self._ways.addWidget(self.back_button)
        self._ways.addWidget(self.forward_button)
        self._ways.addSpacing(6)
        self._ways.addWidget(self._title, 1)
        self._tools = QHBoxLayout()
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(MARGIN - 8, 12, MARGIN, 10)
        self._both.setSpacing(8)
        self._both.addLayout(self._ways, 1)
        self._both.addLayout(self._tools)
        self._up_later = QTimer(self, singleShot=True)
        self._up_later.timeout.connect(partial(self._fit, at_once=True))
        theme.changed.connect(self._paint_icons)
        self._paint_icons()

    def show_page(self, page: Page | None) -> None:
        """The title and the buttons of the page that is seen now."""
        if self._page is not None:
            # Its own child again, so that it goes with it; and hidden as a whole, for pages that are not seen go on to
            # show and hide their buttons.
            self._tools.removeWidget(self._page.tools)
            self._page.tools.hide()
            self._page.tools.setParent(self._page)
        self._page = page
        self.setVisible(page is not None)
        if page is not None:
            self._title.setText(page.title())
            self._tools.addWidget(page.tools)
            page.tools.show()
            self._fit(at_once=True)

    def show_title(self, title: str) -> None:
        self._title.setText(title)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a button has come or gone
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit(at_once=True)

    def _fit(self, *, at_once: bool = False) -> None:
        """The buttons beside the title, or below it where they would leave it no room."""
        directions, title = QBoxLayout.Direction, self._title.sizeHint().width()
        ways = self._ways.sizeHint().width() - title + min(title, LEAST_TITLE)
        margins = self._both.contentsMargins()
        needed = margins.left() + ways + self._both.spacing() + self._tools.sizeHint().width() + margins.right()
        direction = directions.LeftToRight if needed <= self.width() else directions.TopToBottom
        if direction is self._both.direction():
            self._up_later.stop()
        elif direction is directions.TopToBottom or at_once:
            self._up_later.stop()
            self._both.setDirection(direction)
        elif not self._up_later.isActive():
            # The button that went was pressed: what a second click then hits is not to be another one.
            self._up_later.start(QApplication.doubleClickInterval())

    def look_at(self, history: History) -> None:
        """Where one can go from here."""
        self.back_button.setEnabled(history.can_go_back)
        self.forward_button.setEnabled(history.can_go_forward)

    @staticmethod
    def _button(text: str, keys: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(plain_tooltip(f"{text} ({keys})"))
        button.setAccessibleName(text)
        return button

    def _paint_icons(self) -> None:
        color = self._theme.colors.muted
        self.back_button.setIcon(icons.icon("back", color))
        self.forward_button.setIcon(icons.icon("forward", color))
