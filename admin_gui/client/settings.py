"""The settings, one by one, and the api's next life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from admin_gui.client.transport.errors import ClientError, Unanswered
from admin_gui.client.transport.exchange import Requests


class Edit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a value is written: `kind` is whole, number, wholes, numbers (`count` of them) or choice."""

    kind: str
    lowest: float = 0
    highest: float = 0
    choices: list[str] = []
    count: int = 1


class Setting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A setting: its value in force, its default, what it was set by, and what it is after the next start."""

    name: str
    variable: str = ""
    meaning: str = ""
    value: Any = None
    default: Any = None
    source: str = ""
    where: str | None = None
    restart: bool = True
    secret: bool = False
    edit: Edit | None = None  # None: it is not changed here
    waits: bool = False
    next_value: Any = None

    def will_be(self, wanted: Any) -> bool:
        """Whether it has this value after the next start at the latest; None: its default."""
        return bool(self.next_value == (self.default if wanted is None else wanted))


class SettingsList(msgspec.Struct, frozen=True, kw_only=True):
    """All of them; `can_restart`: the appliance would come back by itself."""

    settings: list[Setting]
    can_restart: bool = False


class _Done(msgspec.Struct):
    message: str = ""


class Settings:
    """/api/system/settings."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def all(self) -> SettingsList:
        """Raises NotFound of an appliance of before."""
        return self._requests.get("/api/system/settings", SettingsList)

    def change(self, wanted: Mapping[str, Any]) -> SettingsList:
        """Set these; None: back to the default. Raises Invalid that names each which was refused: then none is set.

        Where no answer came it is looked up; raises Unanswered where they are not set, or nobody knows.
        """
        try:
            return self._requests.patch("/api/system/settings", SettingsList, dict(wanted))
        except Unanswered as error:
            try:
                told = self.all()
            except ClientError:
                raise error from None
            known = {one.name: one for one in told.settings}
            if any(name not in known or not known[name].will_be(value) for name, value in wanted.items()):
                raise
            return told

    def restart(self) -> None:
        """End the api; it answers again within seconds."""
        self._requests.post("/api/system/restart", _Done)
