"""`vbot-admin` on a display, which goes where standard input says and tells when its data is there."""

from __future__ import annotations

import sys
import threading
import time
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from admin_gui import app, session
from admin_gui.client.transport import certificate
from admin_gui.pages.connect import connect_page
from admin_gui.shell import status_line
from admin_gui.shell.main_window import MainWindow

KEYS, CLOSE = "keys", "close"
LOOK_MS = 20
PATIENCE_SECONDS = 60.0


class Driver:
    """Takes a line each for a link, for the overlay of keys, and to close what is open above the window.

    Each is answered with the same line, once that is there.
    """

    def __init__(self) -> None:
        self._window: MainWindow | None = None

    def read(self) -> None:
        """On a thread of its own, for the program has the main one."""
        while QApplication.instance() is None or self._window is None:
            time.sleep(LOOK_MS / 1000)
            self._window = next((one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)), None)
        window = self._window
        for line in sys.stdin:
            told = line.strip()
            QTimer.singleShot(0, window, lambda told=told: self._do(window, told))

    def _do(self, window: MainWindow, told: str) -> None:
        """Once it is connected."""
        if not window.context.session.is_connected:
            QTimer.singleShot(LOOK_MS, window, lambda: self._do(window, told))
            return
        if told == KEYS:
            window.open_keys()
            print(told, flush=True)
        elif told == CLOSE:
            for one in QApplication.topLevelWidgets():
                if one is not window and one.isVisible():
                    one.close()
            print(told, flush=True)
        else:
            window.context.go(told)
            self._wait(window, told)

    def _wait(self, window: MainWindow, link: str) -> None:
        page = window.page
        there = page is not None and str(page.link) == link and page.is_ready
        if there and window.context.calls.under_way == 0:
            print(link, flush=True)
        else:
            QTimer.singleShot(LOOK_MS, window, lambda: self._wait(window, link))


if __name__ == "__main__":
    # A machine that stands still is no silence of the appliance, which turns buttons off.
    session.QUIET_SECONDS = session.QUIET_SECONDS_WITHOUT_STREAM = 240.0
    connect_page.fetch_fingerprint = partial(certificate.fetch_fingerprint, timeout_seconds=PATIENCE_SECONDS)
    # Nor is a message over before anybody has asked for it.
    status_line.MESSAGE_MS = 240_000
    threading.Thread(target=Driver().read, daemon=True).start()
    sys.exit(app.main(sys.argv[1:]))
