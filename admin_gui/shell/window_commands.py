"""What can be done wherever one is: going somewhere, and what belongs to the program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from admin_gui.app_context import Desk
from admin_gui.appearance.theme import Mode
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.texts import tab_words
from admin_gui.pages.registry import PAGES

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate


def window_commands(window: MainWindow) -> list[Command]:
    """The window's own; those of its pages come and go with these."""
    return [*_going(window), *_program(window)]


def _going(window: MainWindow) -> list[Command]:
    desk, group = window.desk, translate("MainWindow", "Go to")

    def connected() -> bool:
        return desk.session.is_connected

    made = []
    for number, entry in enumerate((one for one in PAGES if one.label is not None), 1):
        label = translate("sidebar", entry.label or "")
        title = translate("MainWindow", "Go to %1").replace("%1", label)
        made.append(Command(title, partial(desk.go, entry.name), f"Ctrl+{number}", group, enabled=connected))
    for name, label in list(tab_words().items())[1:]:  # the first is what `system` shows by itself
        title = translate("MainWindow", "Go to System, %1").replace("%1", label)
        made.append(Command(title, partial(desk.go, Link("system", query={"tab": name})), "", group, enabled=connected))
    return [
        *made,
        Command(translate("MainWindow", "Back"), window.go_back, "Alt+Left", group, enabled=connected),
        Command(translate("MainWindow", "Forward"), window.go_forward, "Alt+Right", group, enabled=connected),
    ]


def _program(window: MainWindow) -> list[Command]:
    desk, group = window.desk, translate("MainWindow", "Program")

    def connected() -> bool:
        return desk.session.is_connected

    return [
        Command(translate("MainWindow", "Refresh"), window.refresh, "F5", group, enabled=connected),
        Command(translate("MainWindow", "Command palette"), window.open_palette, "Ctrl+K", group),
        Command(translate("MainWindow", "Keyboard shortcuts"), window.open_keys, "F1", group, also="?"),
        Command(translate("MainWindow", "Light colours"), lambda: _set_mode(desk, "light"), "", group),
        Command(translate("MainWindow", "Dark colours"), lambda: _set_mode(desk, "dark"), "", group),
        Command(
            translate("MainWindow", "Colours as the system has them"), lambda: _set_mode(desk, "system"), "", group
        ),
        Command(
            translate("MainWindow", "Disconnect"), window.leave_appliance, "Ctrl+Shift+D", group, enabled=connected
        ),
        Command(translate("MainWindow", "Quit"), window.close, "Ctrl+Q", group),
    ]


def _set_mode(desk: Desk, mode: Mode) -> None:
    desk.memory.remember("theme", mode)
    desk.theme.set_mode(mode)
