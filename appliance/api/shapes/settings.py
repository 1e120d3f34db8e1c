"""The settings one by one: what each means, what it is, where that comes from, and how it is changed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.services.configuration.own_settings import EditableSetting
from appliance.settings import ABOUT
from appliance.settings.about import Edit, Kind, SourceKind


class EditReply(msgspec.Struct, frozen=True, kw_only=True):
    """How a value is written."""

    kind: Annotated[
        str,
        Meta(
            description="`whole`: a whole number; `wholes`, `numbers`: a list of `count`; `choice`: one of `choices`.",
            examples=[Kind.WHOLE.value],
            extra_json_schema={"enum": [kind.value for kind in Kind]},
        ),
    ]
    lowest: Annotated[float, Meta(description="The least that a number may be.", examples=[1])]
    highest: Annotated[float, Meta(description="The most that a number may be.", examples=[1000])]
    choices: Annotated[list[str], Meta(description="What it may be.", examples=[[]])]
    count: Annotated[int, Meta(description="How many there are.", examples=[1])]


class SettingReply(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    name: Annotated[str, Meta(description="Its name in `vbot.toml`.", examples=["backup_keep"])]
    variable: Annotated[str, Meta(description="The variable that sets it.", examples=["VBOT_BACKUP_KEEP"])]
    meaning: Annotated[str, Meta(description="What it is, in a sentence.", examples=[ABOUT["backup_keep"].meaning])]
    value: Annotated[Any, Meta(description="As it is in force; null: it is not set, or `secret`.", examples=[7])]
    default: Annotated[Any, Meta(description="What it is where nobody has set it.", examples=[7])]
    source: Annotated[
        str,
        Meta(
            description="What it was set by: the first of these that names it. `appliance`: it was changed here.",
            examples=[SourceKind.DEFAULT.value],
            extra_json_schema={"enum": [kind.value for kind in SourceKind]},
        ),
    ]
    where: Annotated[str | None, Meta(description="The variable, or the file; null: the default.", examples=[None])]
    restart: Annotated[
        bool, Meta(description="Whether a change takes effect only when the appliance is started again.")
    ]
    secret: Annotated[bool, Meta(description="Whether its value is shown to nobody.", examples=[False])]
    edit: Annotated[
        EditReply | None,
        Meta(description="How `PATCH` changes it; null: it is not changed here, or a variable or `vbot.toml` sets it."),
    ]
    waits: Annotated[bool, Meta(description="Whether `next_value` waits for a restart.", examples=[False])]
    next_value: Annotated[Any, Meta(description="What it is after the next start.", examples=[7])]


class SettingsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All settings."""

    settings: Annotated[list[SettingReply], Meta(description="The settings, what belongs together side by side.")]
    can_restart: Annotated[bool, Meta(description="Whether `POST /api/system/restart` starts the appliance again.")]


def settings_reply(found: list[EditableSetting], *, can_restart: bool) -> SettingsReply:
    """The settings as every operator sees them."""
    return SettingsReply(settings=[_setting(one) for one in found], can_restart=can_restart)


def _setting(one: EditableSetting) -> SettingReply:
    shown, edit = one.shown, one.shown.about.edit
    return SettingReply(
        name=shown.name,
        variable=shown.variable,
        meaning=shown.about.meaning,
        value=shown.value,
        default=shown.default,
        source=shown.source.kind.value,
        where=shown.source.where,
        restart=edit is None or not edit.at_once,
        secret=shown.about.secret,
        edit=_edit(edit) if edit is not None and one.editable else None,
        waits=one.waits,
        next_value=one.next_value,
    )


def _edit(edit: Edit) -> EditReply:
    return EditReply(
        kind=edit.kind.value, lowest=edit.lowest, highest=edit.highest, choices=list(edit.choices), count=edit.count
    )


def _field(name: str, edit: Edit) -> tuple[str, Any, Any]:
    low, high = edit.lowest, edit.highest
    one: Any
    match edit.kind:
        case Kind.CHOICE:
            one = Annotated[str, Meta(extra_json_schema={"enum": list(edit.choices)})]
        case Kind.WHOLE | Kind.WHOLES:
            one = Annotated[int, Meta(ge=int(low), le=int(high))]
        case Kind.NUMBER | Kind.NUMBERS:
            one = Annotated[float, Meta(ge=low, le=high)]
    if edit.count > 1:
        one = Annotated[list[one], Meta(min_length=edit.count, max_length=edit.count)]
    described = Annotated[one | None, Meta(description=f"{ABOUT[name].meaning} Null: the default.", examples=[None])]
    return name, described | msgspec.UnsetType, msgspec.UNSET


# For the document alone: what is refused is told by the settings themselves, also of those that are not changed here.
ChangedSettings = msgspec.defstruct(
    "ChangedSettings",
    [_field(name, about.edit) for name, about in ABOUT.items() if about.edit is not None],
    namespace={"__doc__": "The settings that are to be another."},
    module=__name__,
    forbid_unknown_fields=True,
    kw_only=True,
)
