"""The settings, one by one."""

from __future__ import annotations

from typing import Any

import msgspec

from admin_gui.client.transport.exchange import Requests


class Setting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A setting: its value in force, its default, and what it was set by."""

    name: str
    variable: str = ""
    meaning: str = ""
    value: Any = None
    default: Any = None
    source: str = ""
    where: str | None = None
    restart: bool = True
    secret: bool = False


class _SettingsReply(msgspec.Struct):
    settings: list[Setting]


class Settings:
    """/api/system/settings."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def all(self) -> list[Setting]:
        """Raises NotFound of an appliance of before."""
        return self._requests.get("/api/system/settings", _SettingsReply).settings
