"""An X server of its own without a screen, for programs whose windows are to be seen or heard by others."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

END_SECONDS = 20.0
# Nothing of the desktop session that the tests are started in, if there is one.
OF_THE_SESSION = (
    "AT_SPI_BUS_ADDRESS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "QT_QPA_PLATFORM",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
)


class XServer:
    """Xvfb; `environment` is for the programs that are to be seen there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._ends = contextlib.ExitStack()
        self._log = self._ends.enter_context((folder / "x-server.log").open("wb"))
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

    @property
    def display(self) -> str:
        """What `DISPLAY` says there."""
        return self.environment["DISPLAY"]

    @property
    def log(self) -> str:
        """What its processes have said on standard error."""
        return Path(self._log.name).read_text(errors="replace")

    def run(
        self, command: Sequence[str | Path], stdin: int | None = subprocess.DEVNULL, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        """A process that ends with the server."""
        process = subprocess.Popen(
            command, env=self.environment, stdin=stdin, stdout=self._log if stdout is None else stdout, stderr=self._log
        )
        self._ends.callback(_end, process)
        return process

    def _start(self) -> None:
        screen = ["-screen", "0", "1400x1000x24", "-dpi", "96", "-nolisten", "tcp", "-noreset"]
        self.environment["DISPLAY"] = f":{self._says(['Xvfb', '-displayfd', '1', *screen])}"

    def _says(self, command: Sequence[str | Path]) -> str:
        """The first line of its output, which comes when it is ready."""
        process = self.run(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        line = process.stdout.readline().decode().strip()
        assert line, f"{command[0]} did not start: {self.log}"
        return line


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
