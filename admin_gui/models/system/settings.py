"""The appliance's settings, as lines of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin_gui.text import formats


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, named as in vbot.toml."""

    name: str
    value: str


def settings_of(values: Mapping[str, Any]) -> list[Setting]:
    """By name."""
    return [Setting(name, _shown(value)) for name, value in sorted(values.items())]


def _shown(value: Any) -> str:
    if value is None or value in ([], ""):
        return formats.DASH
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
