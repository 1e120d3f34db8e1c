"""The settings: where they stand, and which variables look like settings and are none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import Doubtful, Finding, State, as_root
from appliance.settings import DEFAULT_CONFIG_FILE, unknown_variables
from appliance.settings.own_file import OWN_FILE, damage_once

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.commands.checks.box import Box
    from appliance.errors import ApplianceError

NAME = "settings"


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
    return f"of {box.settings.config_file or 'the environment, and else the defaults'}"


def settings_at_fault(error: ApplianceError, config_file: Path | None) -> Finding:
    """What cannot be read as settings: without them nothing else can be looked at."""
    file = config_file or DEFAULT_CONFIG_FILE
    command = as_root(f"editor {file}") if str(file) in str(error) else f"unset {str(error).split()[0]}"
    return Finding(name=NAME, state=State.FAILED, reason=str(error), command=command)
