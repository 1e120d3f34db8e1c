"""The program put together: what is remembered, how it looks, the window, and the end."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from admin_gui import translations
from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Mode, Theme
from admin_gui.client.appliance import load_http
from admin_gui.discovery import Discovery
from admin_gui.local_storage.language import read_language
from admin_gui.local_storage.profiles import Memory
from admin_gui.shell.garbage_collection import GuiThreadCollector
from admin_gui.shell.main_window import TITLE, MainWindow
from admin_gui.shell.notices.second_start import call_forward
from admin_gui.shell.notices.tray_icon import SystemTray

if TYPE_CHECKING:
    from admin_gui.client.transport.connection import Connection
    from admin_gui.options import Options

FIRST_PAGE_MS = 2_000


def run(application: QApplication, options: Options, connection: Connection | None) -> int:
    """Until the window is closed, or the pictures are taken. Returns the exit code."""
    application.setApplicationDisplayName(TITLE)
    if options.screenshots is None:
        memory = Memory(options.settings_file)
        if connection is None and call_forward(memory.file):
            return 0
        return _run(application, options, connection, memory)
    with tempfile.TemporaryDirectory() as folder:
        # Pictures show the program as it is at first, and leave no trace of themselves.
        return _run(application, options, connection, Memory(Path(folder) / "settings.ini"))


def _run(application: QApplication, options: Options, connection: Connection | None, memory: Memory) -> int:
    translations.install(application, options.language or read_language(memory))
    theme = Theme(_mode(options.theme or memory.text("theme")))
    context = AppContext(memory, theme)
    discovery = Discovery(context) if connection is None else None
    window = MainWindow(context, discovery, SystemTray(context))
    if options.size is not None:
        window.resize(*options.size)
    GuiThreadCollector(application)
    freeze_garbage_collector(context)
    window.show()
    QTimer.singleShot(0, context, lambda: context.calls.start(context, load_http))
    if discovery is not None:
        discovery.start()
    if connection is not None:
        name = urlsplit(connection.url).hostname or connection.url
        if options.screenshots is not None:
            from admin_gui.shell.screenshots import Photographer  # noqa: PLC0415

            Photographer(context, window, options.screenshots, application.exit).begin(connection, name)
        else:
            window.open(connection, name)
    if options.screenshots is None:
        window.notices.begin()
        window.appliances.watch.begin()
    code = application.exec()
    window.notices.end()
    window.appliances.watch.end()
    if discovery is not None:
        discovery.close()
    context.close()
    window.quit()
    return code


def freeze_garbage_collector(context: AppContext) -> None:
    """Keep what has been loaded by the time the first page stands out of the garbage collector's sight for good.

    It is there until the end. Walking over it takes some 50 ms, again and again, with the window standing still.
    """
    context.session.connected.connect(
        lambda: QTimer.singleShot(FIRST_PAGE_MS, context, gc.freeze), Qt.ConnectionType.SingleShotConnection
    )


def _mode(text: str) -> Mode:
    return "light" if text == "light" else "dark" if text == "dark" else "system"
