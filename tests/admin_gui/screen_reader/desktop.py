"""A desktop session of its own: a display, a session bus, the bus of assistive technologies, and the program in it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.admin_gui.conftest import TlsAppliance
from tests.admin_gui.screen_reader.accessible_tree import (
    Accessible,
    AccessibleBus,
    AccessibleGone,
    Announcements,
    accessible_bus_address,
)
from tests.support.fake_appliance import CHECKOUT
from tests.support.processes import wait_until
from tests.support.x_server import XServer

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
NEEDED = {
    "xvfb": shutil.which("Xvfb") is not None,
    "dbus-daemon": shutil.which("dbus-daemon") is not None,
    "at-spi2-core": LAUNCHER.exists(),
}
MISSING = [package for package, is_there in NEEDED.items() if not is_there]
WAIT_SECONDS = 60.0

T = TypeVar("T")


class Desktop(XServer):
    """Where the programs of one test run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        runtime = folder / "run"  # short: a path of a socket begins with it
        runtime.mkdir(mode=0o700)
        self.environment |= {
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "GSETTINGS_BACKEND": "memory",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def _start(self) -> None:
        super()._start()
        session = self._says(["dbus-daemon", "--session", "--nofork", "--print-address"])
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = session
        self.run([LAUNCHER, "--launch-immediately"])
        address = waited(lambda: accessible_bus_address(session), "the bus of AT-SPI")
        self.accessible = AccessibleBus(address)
        self._ends.callback(self.accessible.close)
        self.accessible_address = address


class ProgramUnderTest:
    """The desktop program, connected, as a screen reader has it."""

    def __init__(self, desktop: Desktop, appliance: TlsAppliance, folder: Path) -> None:
        token = folder / "token"
        token.touch(mode=0o600)
        token.write_text(appliance.admin_token)
        desktop.environment |= {
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONWARNINGS": "error",
        }
        command = [sys.executable, "-m", "tests.admin_gui.screen_reader.program", "--language", "en"]
        command += ["--server", appliance.url, "--fingerprint", appliance.fingerprint, "--token-file", str(token)]
        command += ["--settings-file", str(folder / "settings.ini")]
        self._process = desktop.run(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.bus, self._desktop = desktop.accessible, desktop
        (self._address,) = waited(self.bus.applications, "the program on the bus of AT-SPI")

    def go(self, link: str) -> Accessible:
        """What it tells of this page, once its data is there."""
        self.tell(link)
        return self.tree()

    def tell(self, line: str) -> None:
        """To its driver, and wait until that is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        answer = self._process.stdout.readline().decode().strip()
        assert answer == line, f"{line}: {answer or 'the program has ended'}"

    def tree(self) -> Accessible:
        """What is showing now; asked anew where it changes meanwhile."""
        return waited(lambda: self.bus.tree(self._address), "a tree that stands still")

    def listen(self) -> Announcements:
        """What it says by itself from now on. To be closed."""
        return Announcements(self._desktop.accessible_address)

    def comes(self, role: str, name: str) -> Accessible:
        """What is called so, once it is showing."""
        return waited(lambda: self.tree().find(role, name), f"{role} “{name}”")

    def press(self, name: str, role: str = "push button") -> None:
        """A button, once it is showing."""
        self.bus.press(self.comes(role, name))

    def write(self, name: str, text: str) -> None:
        """Into a field, once it is showing."""
        self.bus.write(self.comes("text", name), text)


def waited(ask: Callable[[], T | None], what: str) -> T:
    """The answer, once there is one. A bus that is not there yet, or an object that is gone, gives none."""
    answers: list[T] = []

    def has_answered() -> bool:
        with contextlib.suppress(OSError, AccessibleGone):
            answer = ask()
            if answer:
                answers.append(answer)
        return bool(answers)

    assert wait_until(has_answered, WAIT_SECONDS, 0.05), f"{what} has not come"
    return answers[0]
