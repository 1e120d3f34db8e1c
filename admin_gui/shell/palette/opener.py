"""What the palette is filled with when it is opened over the window, and what stays when it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject

from admin_gui.links import Link
from admin_gui.session import Situation
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.shell.palette.entries import Entry, Group
from admin_gui.shell.palette.errand import Errands
from admin_gui.shell.palette.far_commands import FarCommand, far_commands
from admin_gui.shell.palette.page_actions import command_entry, page_entries
from admin_gui.shell.palette.recents import Recents
from admin_gui.shell.palette.things import Things

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate


class PaletteOpener(QObject):
    """One for the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._recents = Recents(window.context.memory)
        self._errands = Errands(window)
        self._things = Things(window.context, self)
        # What is on screen now, if it is; it may have closed itself.
        self._made: CommandPalette | None = None
        self._was_connected = False
        window.context.session.changed.connect(self._situation_changed)

    def open(self) -> None:
        """Over the window, with what can be done at this moment."""
        window = self._window
        self._close()
        far = [one for one in far_commands() if self._may(one)]
        made = CommandPalette(window.context, self._commands(), far, self._recents, self._things, self._send, window)
        made.open_over(window)
        self._made = made

    def _close(self) -> None:
        made, self._made = self._made, None
        if made is not None and shiboken6.isValid(made):
            made.close()

    def _situation_changed(self, _situation: Situation) -> None:
        """Whoever is let in no more, or looks at another appliance, sees no names of this one."""
        was_connected, self._was_connected = self._was_connected, self._window.context.session.is_connected
        if was_connected and not self._was_connected:
            self._close()  # it was filled while there was more to do
            self._recents.forget_things()
            self._things.forget()

    def _commands(self) -> list[Entry]:
        book, page = self._window.commands, self._window.page
        here = [] if page is None else page_entries(book, page)
        program = [one for one in book.of_program() if book.available(one)]
        places = translate("MainWindow", "Go to")
        return [
            *here,
            *(command_entry(book, one, Group.PLACES if one.group == places else Group.COMMANDS) for one in program),
        ]

    def _may(self, command: FarCommand) -> bool:
        """Whether it can be done elsewhere, by this user, and is not offered by the page itself."""
        session = self._window.context.session
        if not session.is_connected or (command.changes and not session.may_change):
            return False
        if command.of_appliance and not session.sees_appliance:
            return False
        here = {one.title for one in self._window.commands.of_page()}
        return command.asks is not None or command.title not in here

    def _send(self, link: Link, title: str) -> None:
        if title:
            self._errands.send(link, title)
        else:
            self._window.context.go(link)
