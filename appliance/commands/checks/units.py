"""What systemd knows of the units: which of them is started again and again, and what it said last."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.process.exit_reason import DEATHS_THAT_TELL, StandardError

UNITS = "vbot-*.service"
PROPERTIES = ("Id", "ActiveState", "SubState", "Result", "NRestarts", "StatusText")
ASK_SECONDS = 10.0
LINES_READ = 50
# Between two attempts, and while it tries once more.
_RESTARTING = re.compile("auto-restart.*|start.*")


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit, as `systemctl show` has it."""

    name: str
    active_state: str
    sub_state: str
    result: str
    restarts: int
    status: str

    @property
    def trouble(self) -> str | None:
        """What is wrong with it, if anything is."""
        if self.active_state == "failed":
            return f"it failed ({self.result}), and is not started again"
        restarting = self.active_state == "activating" and _RESTARTING.fullmatch(self.sub_state)
        if restarting and self.restarts >= DEATHS_THAT_TELL:
            return f"it died and was started again {self.restarts} times"
        return None


def failing_units() -> Iterator[str]:
    """A sentence for each unit of vBot that does not stay up; none where no systemd runs."""
    for unit in _units():
        if unit.trouble is not None:
            said = _last_error(unit.name) or unit.status
            yield f"{unit.name}: {unit.trouble}{': ' if said else ''}{said}"


def _units() -> list[UnitState]:
    shown = _run("systemctl", "show", f"--property={','.join(PROPERTIES)}", "--", UNITS)
    found = []
    for block in shown.split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if set(PROPERTIES) <= set(values):
            restarts = int(values["NRestarts"]) if values["NRestarts"].isdecimal() else 0
            found.append(
                UnitState(
                    values["Id"],
                    values["ActiveState"],
                    values["SubState"],
                    values["Result"],
                    restarts,
                    values["StatusText"],
                )
            )
    return found


def _last_error(unit: str) -> str:
    """The last line that it logged as an error; "" where we may not read the journal."""
    # By the unit's own processes: what systemd itself says of it names no reason.
    mine = (f"_SYSTEMD_UNIT={unit}", "--priority=err", f"--lines={LINES_READ}", "--output=cat", "--no-pager", "--quiet")
    lines = StandardError()
    lines.feed(_run("journalctl", *mine).encode() + b"\n")
    return lines.last


def _run(*command: str) -> str:
    """What a program prints; "" where it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
