"""The appliance's settings, as lines of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QCoreApplication

from admin_gui.client.settings import Edit
from admin_gui.client.settings import Setting as ToldSetting
from admin_gui.models.system.setting_titles import title_word
from admin_gui.models.system.setting_words import meaning_word
from admin_gui.models.table.columns import Column
from admin_gui.text import formats

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, named as in vbot.toml; values as they are read. `told`: by an appliance that tells all of it."""

    name: str
    value: str
    default: str = ""
    meaning: str = ""
    source: str = ""
    told: ToldSetting | None = None

    @property
    def title(self) -> str:
        """What it is called in the user's language."""
        return title_word(self.name)

    @property
    def is_changeable(self) -> bool:
        """Whether it is changed in this program."""
        return self.told is not None and self.told.edit is not None

    def is_changed_by(self, text: str | None) -> bool:
        """Whether what was written can be set, and is not so by the next start at the latest; None: the default."""
        if self.told is None or not self.is_changeable:
            return False
        return (written(self.told.default) if text is None else text) != written(self.told.next_value)


def settings_of(values: Mapping[str, Any]) -> list[Setting]:
    """Of an appliance that tells names and values alone, by name."""
    return [Setting(name, value_text(value)) for name, value in sorted(values.items())]


def told_settings(told: Sequence[ToldSetting]) -> list[Setting]:
    """In the appliance's order: what belongs together side by side."""
    return [
        Setting(
            name=one.name,
            value=translate("settings", "secret") if one.secret else value_text(one.value),
            default=formats.DASH if one.secret else value_text(one.default),
            meaning=meaning_word(one.name, one.meaning),
            source=source_word(one),
            told=one,
        )
        for one in told
    ]


def source_word(one: ToldSetting) -> str:
    """What a value was set by, in short."""
    match one.source:
        case "environment":
            return translate("settings", "variable %1").replace("%1", one.where or one.variable)
        case "file":
            return one.where or "vbot.toml"
        case "appliance":
            return translate("settings", "changed here")
        case "default":
            return translate("settings", "default")
    return one.source


def change_word(one: Setting) -> str:
    """Whether it can be changed in this program, and when that takes effect; of one that cannot nothing."""
    if one.told is None or not one.is_changeable:
        return ""
    if one.told.restart:
        return translate("settings", "here, after a restart")
    return translate("settings", "here, at once")


def written(value: Any) -> str:
    """A value as somebody writes it into a field; nothing where it is not set."""
    return "" if value is None else value_text(value)


def read(text: str, edit: Edit) -> Any:
    """What was written, to be sent; what is no number goes as it is: the appliance says what is wrong with it."""
    parts = [part.strip() for part in text.split(",")]
    if edit.kind == "choice":
        return text
    numbers = [_number(part) for part in parts]
    return numbers if edit.count > 1 else numbers[0] if len(numbers) == 1 else text


def is_lowered(one: ToldSetting, wanted: Any) -> bool:
    """Whether something that is kept now would be kept no longer."""
    if one.name not in ("retention_days", "backup_keep"):
        return False
    now, then = (value if isinstance(value, list) else [value] for value in (one.value, wanted))
    return any(isinstance(new, int | float) and new < old for old, new in zip(now, then, strict=False))


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def holds(setting: Setting, wanted: str) -> bool:
    """Whether these words stand in its line, or in what it means."""
    texts = (
        setting.title,
        change_word(setting),
        setting.name,
        setting.name.replace("_", " "),
        setting.value,
        setting.meaning,
        setting.source,
    )
    return wanted.casefold() in "  ".join(texts).casefold()


def value_text(value: Any) -> str:
    """A value as it is read."""
    if value is None or value in ([], ""):
        return formats.DASH
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value_text(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def setting_columns() -> list[Column[Setting]]:
    """What it is called, its value, whether it is changed here, and where it comes from."""

    def column(name: str, title: str, width: int, *, mono: bool = True) -> Column[Setting]:
        told = attrgetter(name)
        return Column(name, title, told, sort=told, tooltip=told, mono=mono, width=width)

    titled = column("title", translate("settings", "Setting"), 270, mono=False)
    return [
        replace(titled, tooltip=lambda one: one.meaning or one.name),
        column("value", translate("settings", "Value"), 140),
        Column(
            "change",
            translate("settings", "Changeable"),
            change_word,
            sort=change_word,
            typical=translate("settings", "here, after a restart"),
        ),
        replace(column("name", translate("settings", "Name in vbot.toml"), 205), yields=3),
        replace(column("default", translate("settings", "Default"), 120), yields=1),
        replace(column("source", translate("settings", "Set by"), 200, mono=False), yields=2),
    ]
