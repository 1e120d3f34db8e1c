"""The page of a call, made before somebody opens one: to make it and to show it are two turns of the event loop then.

It is the page with the most on it, and its first call may be one of two hours. Together they held the loop for 50 to
60 ms of CPU time.
"""

from __future__ import annotations

import importlib
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, QTimer

from admin_gui.app_context import AppContext
from admin_gui.pages.page import Page
from admin_gui.pages.registry import PageEntry, entry_of

AHEAD = "call"
# After a page has come into sight, whose rows are on their way then; and between the two steps.
PAUSE_MS = 300


class PageAhead(QObject):
    """Loads the module in one turn, and makes the page in a later one. Nobody sees it until it is taken."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._is_taken = False
        self._is_loaded = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._step)
        # It is in no window yet that would take it along; what nobody has taken must not outlive the window.
        self._waiting: list[Page] = []
        parent.destroyed.connect(partial(_delete, self._waiting))

    @property
    def is_there(self) -> bool:
        """Whether it waits to be opened."""
        return bool(self._waiting)

    def make(self, entry: PageEntry) -> Page:
        """This page: the one that is there already, or a new one."""
        if entry.name == AHEAD:
            self._pause.stop()
            self._is_taken = True
            if self._waiting:
                return self._waiting.pop()
        return entry.make(self._context)

    def begin(self) -> None:
        """Another page has come into sight: there is time soon."""
        if not self._is_taken and not self._waiting:
            self._pause.start()

    def forget(self) -> None:
        """The connection has ended, as for the pages that were opened."""
        self._pause.stop()
        self._is_taken = False
        for made in self._waiting:
            self._context.calls.forget(made)
        _delete(self._waiting)

    def _step(self) -> None:
        entry = entry_of(AHEAD)
        assert entry is not None  # noqa: S101 - it is one of the program's pages
        if self._is_loaded:
            self._waiting.append(entry.make(self._context))
        else:
            importlib.import_module(entry.module)
            self._is_loaded = True
            self._pause.start()


def _delete(waiting: list[Page], *_: object) -> None:
    for page in waiting:
        if shiboken6.isValid(page):
            shiboken6.delete(page)
    waiting.clear()
