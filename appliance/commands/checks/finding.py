"""What `vbot doctor` finds: of each part how it is, why, and the one command that mends it."""

from __future__ import annotations

import os
import re
from enum import StrEnum

import msgspec

from appliance.errors import ApplianceError

# Messages name the command that mends what they tell of; where they name more, the first is the likelier one.
_COMMAND = re.compile("`([^`]+)`")


class State(StrEnum):
    """The words of `/api/system`'s components, and `skipped`: it was not looked at."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One part, and how it is. `command` mends it or shows the way; null where all is well."""

    name: str
    state: State
    reason: str
    command: str | None = None

    @property
    def line(self) -> str:
        """The reason, with the command where it does not name one itself."""
        if self.command is None or f"`{self.command}`" in self.reason:
            return self.reason
        return f"{self.reason.rstrip('.')}: `{self.command}`"


class _Told(ApplianceError):
    state: State

    def __init__(self, reason: str, command: str | None = None) -> None:
        super().__init__(reason)
        self.command = command


class Doubtful(_Told):
    """All works, but somebody ought to know."""

    state = State.WARNING


class Wrong(_Told):
    """It does not work."""

    state = State.FAILED


class NotLookedAt(_Told):
    """Nobody can tell now."""

    state = State.SKIPPED


def told(name: str, error: ApplianceError, otherwise: str | None) -> Finding:
    """What a check raised, as a finding; `otherwise`: the command where the error names none."""
    state = error.state if isinstance(error, _Told) else State.FAILED
    command = error.command if isinstance(error, _Told) else None
    return Finding(name=name, state=state, reason=str(error), command=command or command_in(str(error)) or otherwise)


def command_in(reason: str) -> str | None:
    """The command that a message names, if it names one."""
    found = _COMMAND.search(reason)
    return found[1] if found else None


def as_root(command: str) -> str:
    """As whoever asks has to type it: who came by sudo is in a shell of his own again."""
    return command if os.geteuid() == 0 and not os.environ.get("SUDO_USER") else f"sudo {command}"


def on_a_box_of_units(finding: Finding) -> Finding:
    """The same where the data folder is a user's of its own: what `vbot` does to it, root has to ask for."""
    command = finding.command
    if command is None or not command.startswith("vbot ") or command.split()[1] in ("doctor", "up"):
        return finding
    typed = as_root(command)
    reason = finding.reason.replace(f"`{command}`", f"`{typed}`")
    return msgspec.structs.replace(finding, reason=reason, command=typed)
