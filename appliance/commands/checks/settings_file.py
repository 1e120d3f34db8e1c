"""The settings: where they stand, and which variables look like settings and are none."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from appliance.commands.checks.finding import Doubtful, Finding, State, as_root
from appliance.settings import ABOUT, DEFAULT_CONFIG_FILE, PARSERS, unknown_variables
from appliance.settings.about import SourceKind
from appliance.settings.own_file import OWN_FILE, damage_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from appliance.commands.checks.box import Box
    from appliance.errors import ApplianceError
    from appliance.settings import Settings

NAME = "settings"
# `vbot up` gives its own queue to its parts.
_OF_THE_PARTS = {"redis_url", "queue_access"}
_MOST_NAMED = 5


def check_settings(box: Box) -> str:
    """Those that could be read; one that cannot be is `settings_at_fault`."""
    unknown = unknown_variables(os.environ)
    if unknown:
        names = [name if meant is None else f"{name} (is {meant} meant?)" for name, meant in unknown.items()]
        raise Doubtful(f"these variables are no settings of vBot: {', '.join(names)}", f"unset {' '.join(unknown)}")
    if box.settings.passed_over:
        file = box.settings.data_dir / OWN_FILE
        raise Doubtful(f"passed over: {'; '.join(box.settings.passed_over)}", as_root(f"editor {file}"))
    if (damage := damage_once(box.folder.damaged_settings)) is not None:
        raise Doubtful(damage)
    if box.differing:
        more = len(box.differing) - _MOST_NAMED
        named = ", ".join(box.differing[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        why = (
            "either they are in force after a restart, or this shell lacks the variables that the api was started with"
        )
        if not box.has_units:
            why += ": if anything is to be mended by a restart, end it and start it again as it was started"
        ask = f"curl --unix-socket {box.folder.api_socket} http://localhost/api/system/settings"
        raise Doubtful(f"they differ from the running api's: {named}; {why}", as_root(ask))
    return f"of {box.settings.config_file or 'the environment, and else the defaults'}"


def settings_at_fault(error: ApplianceError, config_file: Path | None) -> Finding:
    """What cannot be read as settings: without them nothing else can be looked at."""
    file = config_file or DEFAULT_CONFIG_FILE
    command = as_root(f"editor {file}") if str(file) in str(error) else f"unset {str(error).split()[0]}"
    return Finding(name=NAME, state=State.FAILED, reason=str(error), command=command)


def compared(settings: Settings, there: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """The settings by which a running api is judged, and in which ours differ from its own (`there`), in words.

    What nobody has set here is as the api has it: whoever asks may well be in a shell without its variables.
    """
    from appliance.services.configuration.shown_settings import shown_value  # noqa: PLC0415

    taken: dict[str, Any] = {}
    differing = []
    for name, about in ABOUT.items():
        is_at_once = about.edit is not None and about.edit.at_once
        if name not in there or name in _OF_THE_PARTS or is_at_once:
            continue
        here, is_default = shown_value(settings, name), settings.source_of(name).kind is SourceKind.DEFAULT
        # Of another address that is set here the check of the api tells.
        if here == there[name] or (name == "listen" and not is_default):
            continue
        differing.append(f"{name} ({here} here, {there[name]} there)")
        if is_default and there[name] is not None:
            try:
                # What is set by a sentence, `llm_outside`, is shown as on or off.
                is_shown_so = isinstance(here, bool) and isinstance(there[name], bool)
                taken[name] = there[name] if is_shown_so else PARSERS[name](there[name])
            except ValueError:
                continue  # another version's
    return replace(settings, **taken), tuple(differing)
