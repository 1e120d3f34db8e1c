"""Who walks: hands, eyes, and a camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from admin_gui.pages.page import Page
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.fitting import misfits
from tests.admin_gui.sound_sink import SoundSink
from tests.admin_gui.walk.camera import Camera
from tests.admin_gui.walk.hands import Hands
from tests.admin_gui.walk.office import Offices

P = TypeVar("P", bound=Page)

LOOKS = 30


class Person:
    """An administrator before the window, and the world around."""

    def __init__(
        self,
        qtbot: QtBot,
        window: MainWindow,
        hands: Hands,
        camera: Camera,
        appliance: TlsAppliance,
        offices: Offices,
        sinks: list[SoundSink],
    ) -> None:
        self._qtbot = qtbot
        self._camera = camera
        self.window = window
        self.hands = hands
        self.appliance = appliance
        self.offices = offices
        self.sinks = sinks
        self.misfits: list[str] = []  # words that were cut, and what lay over each other, on the way

    def waits(self, condition: Callable[[], object], at_most_ms: int = WAIT_MS) -> None:
        """Until it is so."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=at_most_ms)

    def sees(self, name: str, *, at_once: bool = False) -> None:
        """What has come by now, and keeps a picture of it; `at_once`: before it is over."""
        QApplication.processEvents()  # so that it is laid out
        if not at_once:
            self._settle()
            self._look(name)
        self._camera.take(name)

    def page(self, kind: type[P]) -> P:
        """The page that was opened, with its data."""
        self.waits(lambda: isinstance(self.window.page, kind) and self.window.page.is_ready)
        self._settle()
        page = self.window.page
        assert isinstance(page, kind)
        return page

    @property
    def clipboard(self) -> str:
        return QApplication.clipboard().text()

    def _look(self, name: str) -> None:
        """What does not fit also when it has been laid out: a busy machine does that later than it shows."""
        found: list[str] = []
        for _ in range(LOOKS):
            found = misfits(self.window)
            if not found:
                return
            self._qtbot.wait(100)
        self.misfits += [f"{name}: {one}" for one in found]

    def _settle(self) -> None:
        self.waits(lambda: self.window.context.calls.under_way == 0)
        QApplication.processEvents()
