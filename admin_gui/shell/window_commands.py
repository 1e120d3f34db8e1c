"""What can be done wherever one is: going somewhere, and what belongs to the program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Mode
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.local_storage.first_steps import FirstStepsMemory
from admin_gui.models.system.texts import tab_words
from admin_gui.pages.registry import PAGES, WELCOME

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate


def window_commands(window: MainWindow) -> list[Command]:
    """The window's own; those of its pages come and go with these."""
    return [*_going(window), *_program(window)]


def first_page(context: AppContext) -> str:
    """Where one comes to: the welcome where there is no customer yet, unless somebody has put it away."""
    session = context.session
    if session.began_empty and FirstStepsMemory(context.memory, session.appliance.connection).begin():
        return WELCOME
    return PAGES[0].name


def _going(window: MainWindow) -> list[Command]:
    context, group = window.context, translate("MainWindow", "Go to")

    def connected() -> bool:
        return context.session.is_connected

    made = []
    for number, entry in enumerate((one for one in PAGES if one.label is not None), 1):
        label = translate("sidebar", entry.label or "")
        title = translate("MainWindow", "Go to %1").replace("%1", label)
        made.append(Command(title, partial(context.go, entry.name), f"Ctrl+{number}", group, enabled=connected))
    synonyms = {"tokens": translate("palette", "users access people rights logins")}
    for name, label in list(tab_words().items())[1:]:  # the first is what `system` shows by itself
        title = translate("MainWindow", "Go to System, %1").replace("%1", label)
        run = partial(context.go, Link("system", query={"tab": name}))
        made.append(Command(title, run, "", group, enabled=connected, synonyms=synonyms.get(name, "")))
    return [
        *made,
        Command(
            translate("MainWindow", "Welcome: set up step by step"),
            partial(context.go, WELCOME),
            "",
            group,
            enabled=lambda: connected() and not context.session.is_viewer,
        ),
        Command(translate("MainWindow", "Back"), window.go_back, "Alt+Left", group, enabled=connected),
        Command(translate("MainWindow", "Forward"), window.go_forward, "Alt+Right", group, enabled=connected),
    ]


def _program(window: MainWindow) -> list[Command]:
    context, group = window.context, translate("MainWindow", "Program")

    def connected() -> bool:
        return context.session.is_connected

    return [
        Command(translate("MainWindow", "Refresh"), window.refresh, "F5", group, enabled=connected),
        Command(translate("MainWindow", "Command palette"), window.open_palette, "Ctrl+K", group),
        Command(translate("MainWindow", "Keyboard shortcuts"), window.open_keys, "F1", group, also="?"),
        Command(translate("MainWindow", "Fold or unfold the sidebar"), window.sidebar.toggle, "Ctrl+B", group),
        Command(translate("MainWindow", "Light colours"), lambda: set_mode(context, "light"), "", group),
        Command(translate("MainWindow", "Dark colours"), lambda: set_mode(context, "dark"), "", group),
        Command(
            translate("MainWindow", "Colours as the system has them"), lambda: set_mode(context, "system"), "", group
        ),
        Command(
            translate("MainWindow", "Disconnect"), window.leave_appliance, "Ctrl+Shift+D", group, enabled=connected
        ),
        Command(translate("MainWindow", "Quit"), window.quit, "Ctrl+Q", group),
    ]


def set_mode(context: AppContext, mode: Mode) -> None:
    """At once, and from the next start on."""
    context.memory.remember("theme", mode)
    context.theme.set_mode(mode)
