"""Going to a page, and doing something there as soon as it shows what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer

from admin_gui.links import Link
from admin_gui.pages.object_page import ObjectPage
from admin_gui.pages.page import Page

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate


class Errands(QObject):
    """One at a time: whoever goes elsewhere meanwhile no longer wants it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._link: Link | None = None
        self._title = ""
        self._page: Page | None = None
        window.page_shown.connect(self._arrived)
        # Something is not saved, and the window asks about that first: who goes there later has other things in mind.
        window.unsaved_guard.held.connect(self.forget)
        window.context.session.ended.connect(self.forget)

    def send(self, link: Link, title: str) -> None:
        """Go there, and run the command that the page calls so."""
        self.forget()
        if self._window.context.session.is_connected:
            self._link, self._title = link, title
            self._window.context.go(link)

    def forget(self) -> None:
        """Whatever was to be done is not."""
        if self._page is not None and shiboken6.isValid(self._page):  # it may have gone with its connection
            self._page.ready.disconnect(self._look)
        self._link, self._page = None, None

    def _arrived(self, page: Page) -> None:
        link = self._link
        if self._page is not None or link is None or str(page.link) != str(link):
            self.forget()
            return
        self._page = page
        page.ready.connect(self._look)
        self._look()

    def _look(self) -> None:
        if self._page is not None and self._page.is_ready:
            # A page says that it is ready while it is being filled; then it still sets the keyboard somewhere.
            QTimer.singleShot(0, self, self._act)

    def _act(self) -> None:
        page, link = self._page, self._link
        if page is None or link is None or not shiboken6.isValid(page) or not page.is_ready:
            return
        if not page.shows(link):
            self.forget()
            # A page about one thing says itself that there is none.
            if not isinstance(page, ObjectPage):
                self._window.context.say(translate("palette", "It is gone from the list: nothing was done"), "bad")
            return
        title, book = self._title, self._window.commands
        self.forget()
        command = next((one for one in page.commands() if one.title == title), None)
        if command is not None:
            book.run(command)
