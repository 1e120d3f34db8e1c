"""The line over a page: back and forward, its title, its main buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.links import History
from admin_gui.pages.page import MARGIN, Page
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.elided_label import ElidedLabel


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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN - 8, 12, MARGIN, 10)
        layout.setSpacing(4)
        layout.addWidget(self.back_button)
        layout.addWidget(self.forward_button)
        layout.addSpacing(6)
        layout.addWidget(self._title, 1)
        layout.addSpacing(8)
        self._tools = QHBoxLayout()
        layout.addLayout(self._tools)
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

    def show_title(self, title: str) -> None:
        self._title.setText(title)

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
