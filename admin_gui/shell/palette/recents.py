"""What was chosen in the palette before."""

from __future__ import annotations

import msgspec

from admin_gui.local_storage.profiles import Memory
from admin_gui.shell.palette.entries import Entry

KEPT = 6
COMMAND = "command:"
# What a page's button, or its table, does: it belongs to the page that is seen, whichever that is by then.
BUTTON = "button:"


class Recents:
    """The last ones first. Which commands is remembered; which customers and calls is known until the program ends."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._keys = _decoded(memory.text("recent-commands"))
        self._things: dict[str, Entry] = {}

    def note(self, entry: Entry) -> None:
        """This one was chosen."""
        self._keys = [entry.key, *(one for one in self._keys if one != entry.key)][:KEPT]
        if not entry.key.startswith((COMMAND, BUTTON)):
            self._things[entry.key] = entry
        commands = [one for one in self._keys if one.startswith(COMMAND)]
        self._memory.remember("recent-commands", msgspec.json.encode(commands).decode())

    def among(self, commands: list[Entry]) -> list[Entry]:
        """Those that can be chosen now: of these commands, and the things that were found before.

        A command or a button is looked for among what there is now: the one that was pressed before may be of a page
        that nobody sees any more.
        """
        known = self._things | {one.key: one for one in commands}
        return [known[key] for key in self._keys if key in known]

    def forget_things(self) -> None:
        """Another appliance has others."""
        self._things.clear()
        self._keys = [one for one in self._keys if one.startswith(COMMAND)]


def _decoded(text: str) -> list[str]:
    try:
        return msgspec.json.decode(text or "[]", type=list[str])
    except msgspec.MsgspecError:
        return []
