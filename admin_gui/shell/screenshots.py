"""`vbot-admin --screenshots DIR`: a picture of every page, taken when its data is there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from admin_gui.app_context import AppContext
from admin_gui.client.transport.connection import Connection
from admin_gui.links import Link
from admin_gui.pages.registry import Picture, pictures
from admin_gui.session import Situation, State
from admin_gui.shell.main_window import MainWindow
from admin_gui.text import error_messages

PAGE_SECONDS = 120
# After the data: a picture is painted, an animation ends.
SETTLE_MS = 400


class Photographer(QObject):
    """Goes from page to page; `finished` is called with the exit code."""

    def __init__(self, context: AppContext, window: MainWindow, folder: Path, finished: Callable[[int], None]) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._folder = folder
        self._finished = finished
        self._todo = pictures()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._too_long)
        self._what = "the connection"
        context.session.changed.connect(self._situation_changed)
        context.session.connected.connect(self._next)

    def begin(self, connection: Connection, name: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._patience.start(PAGE_SECONDS * 1000)
        self._window.open(connection, name)

    def _situation_changed(self, situation: Situation) -> None:
        if situation.error is not None and situation.state is not State.LIVE:
            self._fail(error_messages.message_of(situation.error))

    def _next(self) -> None:
        if not self._todo:
            self._end(0)
            return
        picture = self._todo.pop(0)
        self._what = f"the page {picture.name}"
        self._patience.start(PAGE_SECONDS * 1000)
        if picture.entry.sample is None:
            self._open(picture, None)
            return
        sample, appliance = picture.entry.sample, self._context.appliance
        self._context.calls.start(
            self,
            lambda: sample(appliance),
            lambda target: self._next() if target is None else self._open(picture, target),
            lambda error: self._fail(error_messages.message_of(error)),
        )

    def _open(self, picture: Picture, target: str | None) -> None:
        query = {} if picture.tab is None else {"tab": picture.tab}
        self._context.go(Link(picture.entry.name, target, query))
        page = self._window.page
        if page is None:
            self._fail(f"there is no page {picture.name}")
        elif page.is_ready:
            self._take_later(picture)
        else:
            # Once: the page may be seen again, with another tab.
            page.ready.connect(lambda: self._take_later(picture), Qt.ConnectionType.SingleShotConnection)

    def _take_later(self, picture: Picture) -> None:
        page = self._window.page
        if page is None or page.link.page != picture.entry.name or self._what.startswith("painting"):
            return
        self._what = f"painting {picture.name}"
        QTimer.singleShot(SETTLE_MS, self, lambda: self._take(picture))

    def _take(self, picture: Picture) -> None:
        file = self._folder / f"{picture.name}.png"
        if not self._window.grab().save(str(file)):
            self._fail(f"{file} cannot be written")
            return
        self._next()

    def _too_long(self) -> None:
        self._fail(f"{self._what} has not come within {PAGE_SECONDS} s")

    def _fail(self, reason: str) -> None:
        if not self._todo and self._what == "the end":
            return
        print(f"vbot-admin: {reason}", file=sys.stderr)
        self._end(1)

    def _end(self, code: int) -> None:
        self._what, self._todo = "the end", []
        self._patience.stop()
        self._finished(code)
