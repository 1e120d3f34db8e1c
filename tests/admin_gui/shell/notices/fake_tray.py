"""What the user would see beside the clock, and what makes appliances tell something."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from admin_gui.appearance.colors import Tone
from admin_gui.client.system import Component, SilentPbx, System
from admin_gui.models.notices.standing import State
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.notices.tray_icon import Tray
from tests.admin_gui.boxes import Box
from tests.admin_gui.conftest import WAIT_MS

SILENT = [SilentPbx(customer_id=7, customer_name="Berger <b>GmbH</b>")]


class FakeTray(Tray):
    """What the user would see beside the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.is_shown = True
        self.state = State.UNASKED
        self.tooltip = ""
        self.menu: QMenu | None = None
        self.said: list[tuple[str, str, Tone]] = []

    @property
    def is_there(self) -> bool:
        return self.is_shown

    def begin(self, menu: QMenu) -> None:
        self.menu = menu

    def show_state(self, state: State, text: str) -> None:
        self.state, self.tooltip = state, text

    def say(self, title: str, text: str, tone: Tone) -> None:
        self.said.append((title, text, tone))

    @property
    def lines(self) -> list[str]:
        assert self.menu is not None
        return [one.text().replace("&&", "&") for one in self.menu.actions() if not one.isSeparator()]

    def choose(self, text: str) -> None:
        assert self.menu is not None
        next(one for one in self.menu.actions() if one.text().startswith(text)).trigger()


def look(qtbot: QtBot, window: MainWindow) -> None:
    watch = window.appliances.watch
    watch.look()
    qtbot.waitUntil(lambda: not watch._asked and not watch._waiting, timeout=WAIT_MS)


def broken(box: Box) -> None:
    box.system = System(
        health="degraded", components=[Component(name="queue", state="failed")], silent_pbxs=list(SILENT)
    )
