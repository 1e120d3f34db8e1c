"""A line of the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from admin_gui.shell.palette import fuzzy

translate = QCoreApplication.translate

# What an entry is found by beside its title counts for less.
_BESIDE = 2


class Group(IntEnum):
    """What stands together, in the order in which it stands where nothing fits better."""

    RECENT = 0
    HERE = 1
    PLACES = 2
    COMMANDS = 3
    CUSTOMERS = 4
    WEBHOOKS = 5
    BACKUPS = 6
    TOKENS = 7
    SETTINGS = 8
    CALLS = 9
    SEARCH = 10

    @property
    def words(self) -> str:
        """What stands over it."""
        return {
            Group.RECENT: translate("palette", "Recently used"),
            Group.HERE: translate("palette", "On this page"),
            Group.PLACES: translate("palette", "Go to"),
            Group.COMMANDS: translate("palette", "Commands"),
            Group.CUSTOMERS: translate("palette", "Customers"),
            Group.WEBHOOKS: translate("palette", "Webhooks"),
            Group.BACKUPS: translate("palette", "Backups"),
            Group.TOKENS: translate("palette", "Tokens"),
            Group.SETTINGS: translate("palette", "Settings"),
            Group.CALLS: translate("palette", "Calls"),
            Group.SEARCH: translate("palette", "Search"),
        }[self]


class Parameter(IntEnum):
    """What a command asks for before it can be run."""

    CUSTOMER = 0
    CALL = 1
    WEBHOOK = 2
    BACKUP = 3
    TOKEN = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen: `key` says which, whatever language it is shown in."""

    key: str
    title: str
    group: Group
    run: Callable[[], Any]
    # Beside the title: what tells it from others of that name.
    detail: str = ""
    keys: str = ""
    # Other words that it is found by, and that are not shown.
    also: str = ""
    # The palette stays, and asks which one: the entries of that kind, each with what to do.
    asks: Parameter | None = None

    def rank(self, typed: str) -> int | None:
        """How well it fits what was typed, smallest best; None: not at all."""
        by_title = fuzzy.rank(typed, self.title)
        if by_title is not None:
            return by_title
        by_all = fuzzy.rank(typed, f"{self.title} {self.detail} {self.also}")
        return None if by_all is None else by_all + _BESIDE


def best_of(entries: list[Entry], typed: str) -> list[tuple[int, Entry]]:
    """Those that fit, each with its rank; what fits far worse than the best is left out."""
    ranked = [(found, one) for one in entries if (found := one.rank(typed)) is not None]
    best = min((found for found, _one in ranked), default=0)
    return [(found, one) for found, one in ranked if found <= best + fuzzy.WORSE]
