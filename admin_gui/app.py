"""`vbot-admin`: starts the desktop program. Qt is loaded only when there is a window to show."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

DISTRIBUTION = "vbot-appliance"


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed, or SIGTERM or SIGINT comes."""
    parser = argparse.ArgumentParser(
        prog="vbot-admin",
        description="Administer vBot appliances on this network: customers, calls, deliveries, health.",
    )
    version = importlib.metadata.version(DISTRIBUTION)
    parser.add_argument("--version", action="version", version=f"vbot-admin {version}")
    parser.parse_args(arguments)
    if not _has_display():
        print("vbot-admin: there is no display: start it in a desktop session", file=sys.stderr)
        return 1
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415
    except ImportError as error:
        print(f"vbot-admin: Qt does not load: {error} (README.md says what to install)", file=sys.stderr)
        return 1
    from admin_gui.widgets.main_window import TITLE, MainWindow  # noqa: PLC0415

    application = QApplication(["vbot-admin"])
    application.setApplicationName("vbot-admin")
    application.setApplicationDisplayName(TITLE)
    application.setApplicationVersion(version)
    quit_on_signals(application)
    window = MainWindow()
    window.show()
    return application.exec()


def quit_on_signals(application: QApplication) -> None:
    """Let SIGTERM and SIGINT close all windows as a user would.

    Python runs its handlers only between its own instructions, and none is executed while Qt waits for events. So the
    signal's number is written to a socket that Qt watches.
    """
    from PySide6.QtCore import QSocketNotifier  # noqa: PLC0415

    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, application)

    def close() -> None:
        reader.recv(64)
        application.closeAllWindows()
        # A window may refuse to close, and then there is no last one: whoever sends a signal means it.
        application.quit()

    notifier.activated.connect(close)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def forget() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        reader.close()
        writer.close()

    application.aboutToQuit.connect(forget)


def _has_display() -> bool:
    """On Linux, Qt aborts the process where there is none."""
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )


if __name__ == "__main__":
    sys.exit(main())
