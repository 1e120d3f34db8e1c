"""vbot.toml(5): each setting with its meaning, default and variable, as appliance/settings/schema.py has them."""

from __future__ import annotations

import json
import os
import re
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

# Those whose default depends on who runs the program: what root has.
_OF_ROOT = {"data_dir": "/var/lib/vbot", "models_dir": "/var/lib/vbot-models"}
# What nobody would guess by the default.
_WRITTEN = {"llm_outside": 'To allow it: "transcripts may leave the building".'}
_HEAD = r"""
.SH NAME
vbot.toml \- settings of the vBot call analysis appliance
.SH SYNOPSIS
.I /etc/vbot/vbot.toml
.SH DESCRIPTION
The units and root's
.BR vbot (1)
commands read this file, in the format TOML. An unknown name or a bad value is an error. Each setting may also be set by
the variable that is named with it, in the environment, which has the last word. After a change:
.PP
.RS
systemctl restart vbot.target
.RE
.PP
Both users of the appliance read the file, so no secret belongs here. What an administrator may also change in
.BR vbot\-admin (1)
is marked so; the appliance keeps it in
.I settings.toml
in its data folder, and what stands here goes before it.
.SH SETTINGS
"""
_TAIL = r"""
.SH FILES
.TP
.I /etc/vbot/vbot.toml
the settings
.TP
.I /usr/share/vbot/vbot.toml
what they were when the package was installed
.SH SEE ALSO
.BR vbot (1),
.BR vbot\-admin (1),
.BR systemctl (1)
"""


def made() -> bytes:
    """The page, in troff's language."""
    from appliance import __version__  # noqa: PLC0415
    from appliance.settings.schema import ABOUT, Settings  # noqa: PLC0415

    day = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC).strftime("%Y-%m-%d")
    title = f'.TH VBOT.TOML "5" "{escaped(day)}" "vbot {escaped(__version__)}" "vBot"'
    defaults = {one.name: one.default for one in fields(Settings)}
    entries = [_entry(name, about, defaults[name]) for name, about in ABOUT.items()]
    return f"{title}{_HEAD.rstrip()}\n{''.join(entries)}{_TAIL.lstrip()}".encode()


def _entry(name: str, about: Any, default: Any) -> str:
    shown = _OF_ROOT.get(name) if default is MISSING else default
    said = [about.meaning, f"Default: {_value(shown)}.", f"Variable: VBOT_{name.upper()}."]
    if name in _WRITTEN:
        said.insert(1, _WRITTEN[name])
    if about.secret:
        said[-1] = f"A secret, for which this file is no place: set the variable VBOT_{name.upper()}."
    if about.edit is not None:
        when = "at once" if about.edit.at_once else "after a restart"
        said.append(f"May be changed in vbot-admin ({_bounds(about.edit)}); that holds {when}.")
    return f".TP\n.B {escaped(name)}\n{escaped(' '.join(said))}\n"


def _bounds(edit: Any) -> str:
    if edit.choices:
        return ", ".join(edit.choices)
    return f"{edit.lowest:g} to {edit.highest:g}"


def _value(value: Any) -> str:
    """As it would stand in the file."""
    from appliance.services.configuration.shown_settings import plain  # noqa: PLC0415

    return "not set" if value is None else json.dumps(plain(value))


def escaped(text: str) -> str:
    """Text as troff takes it: a minus that a reader may copy, and no line that is an order."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", r"\e").replace("-", r"\-"), flags=re.MULTILINE)
