"""A display of its own with a window manager, for a walk whose events pass through an X server."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.processes import wait_until

NEEDED = {"xvfb": "Xvfb", "openbox": "openbox", "xdotool": "xdotool"}
MISSING = [package for package, program in NEEDED.items() if shutil.which(program) is None]
WAIT_SECONDS, END_SECONDS = 60.0, 20.0
# Nothing of the desktop session that the tests are started in, if there is one.
OF_THE_SESSION = (
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "QT_QPA_PLATFORM",
)


class Display:
    """Xvfb and openbox; `environment` is for the programs that are to be seen there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends = contextlib.ExitStack()
        self.environment = {name: value for name, value in os.environ.items() if name not in OF_THE_SESSION}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        screen = ["-screen", "0", "1400x1000x24", "-dpi", "96", "-nolisten", "tcp", "-noreset"]
        server = self._run(["Xvfb", "-displayfd", "1", *screen])
        assert server.stdout is not None
        number = server.stdout.readline().decode().strip()
        assert number, "Xvfb did not start"
        self.environment["DISPLAY"] = f":{number}"
        # With ö on a key of its own: xdotool lends one to what has none, and takes it back before the letter is read.
        subprocess.run(["setxkbmap", "de", "nodeadkeys"], env=self.environment, check=True, timeout=WAIT_SECONDS)
        is_ready = self._folder / "openbox-is-ready"
        self._run(["openbox", "--sm-disable", "--startup", f"touch '{is_ready}'"])
        assert wait_until(is_ready.exists, WAIT_SECONDS, 0.05), "openbox did not start"

    def _run(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._ends.callback(_end, process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
