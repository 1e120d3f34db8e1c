"""`vbot-admin`: starts the desktop program. Qt is loaded only when there is a window to show."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from admin_gui.options import DISTRIBUTION, Options

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from admin_gui.client.transport.connection import Connection

_SIZE = re.compile(r"(\d{3,5})x(\d{3,5})")


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed, or SIGTERM or SIGINT comes."""
    options = _parsed(arguments)
    try:
        connection = _connection(options)
    except (OSError, ValueError) as error:
        print(f"vbot-admin: {error}", file=sys.stderr)
        return 2
    if not _has_display():
        print("vbot-admin: there is no display: start it in a desktop session", file=sys.stderr)
        return 1
    if options.scale is not None:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415
    except ImportError as error:
        print(f"vbot-admin: Qt does not load: {error} (README.md says what to install)", file=sys.stderr)
        return 1
    from admin_gui.shell.program import run  # noqa: PLC0415

    application = QApplication(["vbot-admin"])
    application.setApplicationName("vbot-admin")
    application.setApplicationVersion(importlib.metadata.version(DISTRIBUTION))
    quit_on_signals(application)
    return run(application, options, connection)


def build_parser() -> argparse.ArgumentParser:
    """What the command line takes; its manual page is made of this."""
    parser = argparse.ArgumentParser(
        prog="vbot-admin",
        description="Administer vBot appliances on this network: customers, calls, deliveries, health.",
    )
    parser.add_argument("--version", action="version", version=f"vbot-admin {importlib.metadata.version(DISTRIBUTION)}")
    parser.add_argument("--server", metavar="URL", help="connect to this appliance at once")
    parser.add_argument("--token-file", metavar="FILE", type=Path, help="the file that holds the token for --server")
    parser.add_argument(
        "--fingerprint", metavar="HEX", help="SHA-256 of the certificate, as `vbot certificate show` prints it"
    )
    parser.add_argument("--screenshots", metavar="DIR", type=Path, help="save a picture of every page there, and end")
    parser.add_argument("--theme", choices=("system", "light", "dark"), default="", help="colours for this time")
    parser.add_argument("--size", metavar="WxH", type=_size, help="the window's size, for example 1280x800")
    parser.add_argument("--scale", metavar="FACTOR", type=_scale, help="everything larger, for example 2")
    parser.add_argument("--language", metavar="CODE", help="en or de; the system's unless given")
    parser.add_argument("--settings-file", metavar="FILE", type=Path, help="remember windows and appliances there")
    return parser


def _parsed(arguments: Sequence[str] | None) -> Options:
    parser = build_parser()
    found = parser.parse_args(arguments)
    if found.screenshots is not None and not found.server:
        parser.error("--screenshots needs --server and --token-file")
    if found.server and found.token_file is None:
        parser.error("--server needs --token-file")
    return Options(**vars(found))


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("must be WIDTHxHEIGHT, for example 1280x800")
    return int(found[1]), int(found[2])


def _scale(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.5 <= factor <= 4:
        raise argparse.ArgumentTypeError("must be from 0.5 to 4")
    return factor


def _connection(options: Options) -> Connection | None:
    """What --server, --token-file and --fingerprint say. Raises ValueError, OSError."""
    if not options.server or options.token_file is None:
        return None
    from admin_gui.client.transport.connection import Connection  # noqa: PLC0415

    try:
        token = options.token_file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError(f"{options.token_file} holds no token") from None
    except OSError as error:
        raise OSError(f"cannot read {options.token_file}: {error.strerror}") from error
    if not token or not token.isprintable() or not token.isascii():
        raise ValueError(f"{options.token_file} holds no token")
    if options.server.startswith("https:") and not options.fingerprint:
        raise ValueError("--server https://… needs --fingerprint")
    fingerprint = options.fingerprint or None
    if options.screenshots is not None:  # nobody watches, and there is no second try
        return Connection(options.server, token, fingerprint, connect_seconds=60.0)
    return Connection(options.server, token, fingerprint)


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
        # A window with unsaved changes refuses to close, and `quit` would heed it: whoever sends a signal means it.
        application.exit(0)

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
