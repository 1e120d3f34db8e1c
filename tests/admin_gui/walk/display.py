"""A display of its own with a window manager, for a walk whose events pass through an X server."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.processes import wait_until
from tests.support.x_server import XServer

NEEDED = {"xvfb": "Xvfb", "openbox": "openbox", "xdotool": "xdotool"}
MISSING = [package for package, program in NEEDED.items() if shutil.which(program) is None]
WAIT_SECONDS = 60.0


class Display(XServer):
    """Xvfb and openbox."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._is_ready = folder / "openbox-is-ready"

    def _start(self) -> None:
        super()._start()
        # With ö on a key of its own: xdotool lends one to what has none, and takes it back before the letter is read.
        subprocess.run(["setxkbmap", "de", "nodeadkeys"], env=self.environment, check=True, timeout=WAIT_SECONDS)
        self.run(["openbox", "--sm-disable", "--startup", f"touch '{self._is_ready}'"])
        assert wait_until(self._is_ready.exists, WAIT_SECONDS, 0.05), f"openbox did not start: {self.log}"
