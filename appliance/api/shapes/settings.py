"""The settings one by one: what each means, what it is, and where that comes from."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.services.configuration.shown_settings import ShownSetting
from appliance.settings.about import SourceKind


class SettingReply(msgspec.Struct, frozen=True, kw_only=True):
    """One setting."""

    name: Annotated[str, Meta(description="Its name in `vbot.toml`.", examples=["lease_seconds"])]
    variable: Annotated[str, Meta(description="The variable that sets it.", examples=["VBOT_LEASE_SECONDS"])]
    meaning: Annotated[str, Meta(description="What it is, in a sentence.", examples=["How many requests …"])]
    value: Annotated[Any, Meta(description="As it is in force; null: it is not set, or `secret`.", examples=[900.0])]
    default: Annotated[Any, Meta(description="What it is where nobody has set it.", examples=[900.0])]
    source: Annotated[
        str,
        Meta(
            description="What it was set by: the first of these that names it.",
            examples=[SourceKind.DEFAULT.value],
            extra_json_schema={"enum": [kind.value for kind in SourceKind]},
        ),
    ]
    where: Annotated[str | None, Meta(description="The variable, or the file; null: the default.", examples=[None])]
    restart: Annotated[
        bool, Meta(description="Whether a change takes effect only when the appliance is started again.")
    ]
    secret: Annotated[bool, Meta(description="Whether its value is shown to nobody.", examples=[False])]


class SettingsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All settings."""

    settings: Annotated[list[SettingReply], Meta(description="The settings, what belongs together side by side.")]


def settings_reply(found: list[ShownSetting]) -> SettingsReply:
    """The settings as every operator sees them."""
    return SettingsReply(settings=[_setting(one) for one in found])


def _setting(one: ShownSetting) -> SettingReply:
    return SettingReply(
        name=one.name,
        variable=one.variable,
        meaning=one.about.meaning,
        value=one.value,
        default=one.default,
        source=one.source.kind.value,
        where=one.source.where,
        restart=True,
        secret=one.about.secret,
    )
