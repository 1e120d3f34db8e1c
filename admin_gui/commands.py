"""Everything that can be done, with its name and its keys: for shortcuts, the command palette and the help overlay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done. `title` is translated; `keys` as Qt writes them: "Ctrl+K".

    `changes`: it changes something, so a viewer may not. `enabled` is asked when it matters.
    """

    title: str
    run: Callable[[], Any]
    keys: str = ""
    group: str = ""
    # Other keys for the same, which are not shown.
    also: str = ""
    changes: bool = False
    enabled: Callable[[], bool] = lambda: True
    # The button that does the same, which the palette need not list a second time.
    button: QAbstractButton | None = None
    # Beside the title in the palette: what tells it from others of that name.
    detail: str = ""
    # Other words by which people look for it in the palette, in their language.
    synonyms: str = ""


def native_keys(keys: str) -> str:
    """As they are called on this system: Ctrl+K, or ⌘K."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class CommandBook(QObject):
    """The commands that are there now: the program's own, and those of the page that is seen."""

    changed = Signal()

    def __init__(
        self, window: QWidget, may_change: Callable[[], bool], say_barred: Callable[[], object] = lambda: None
    ) -> None:
        """`say_barred` tells somebody why nothing can be changed, who has tried it."""
        super().__init__(window)
        self._say_barred = say_barred
        self._window = window
        self._may_change = may_change
        self._global: list[Command] = []
        self._appliances: list[Command] = []
        self._page: list[Command] = []
        self._shortcuts: list[QShortcut] = []

    def add(self, *commands: Command) -> None:
        """Commands of the program itself, there always."""
        self._global += commands
        self._bind()

    def show_appliances(self, commands: list[Command]) -> None:
        """Those that go to an appliance, or name one: they change with the appliances that are remembered."""
        if [(one.title, one.keys, one.detail) for one in commands] != [
            (one.title, one.keys, one.detail) for one in self._appliances
        ]:
            self._appliances = list(commands)
            self._bind()

    def show_page(self, commands: list[Command]) -> None:
        """The commands of the page that is seen now, in the place of the former page's."""
        self._page = list(commands)
        self._bind()

    def all(self) -> list[Command]:
        """The page's first."""
        return [*self._page, *self.of_program()]

    def of_page(self) -> list[Command]:
        """Those of the page that is seen."""
        return list(self._page)

    def of_program(self) -> list[Command]:
        """The program's own."""
        return [*self._global, *self._appliances]

    def available(self, command: Command) -> bool:
        """Whether it can be done now, by this user."""
        return (not command.changes or self._may_change()) and command.enabled()

    def run(self, command: Command) -> None:
        if self.available(command):
            command.run()
        elif command.changes and not self._may_change():
            self._say_barred()

    def _bind(self) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = []
        taken: set[str] = set()
        for command in self.all():
            for keys in (command.keys, command.also):
                if not keys or keys in taken:
                    continue  # the page's own wins
                taken.add(keys)
                shortcut = QShortcut(QKeySequence(keys), self._window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.activated.connect(partial(self.run, command))
                self._shortcuts.append(shortcut)
        self.changed.emit()
