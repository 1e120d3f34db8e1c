"""What systemd knows of the units: which does not stay up, and why; which is masked, changed, not enabled."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import appliance
from appliance.commands.checks.drop_ins import undoing
from appliance.commands.checks.finding import Finding, State, as_root
from appliance.process.exit_reason import DEATHS_THAT_TELL, StandardError

NAME = "systemd"
TARGET = "vbot.target"
# By their names also those of which nothing is loaded, such as a masked one; instances only as far as they are.
INSTANCES = ("vbot-worker@*.service", "vbot-worker-join@*.service")
UNITS = (TARGET, "vbot-api.service", "vbot-valkey.service", "vbot-upgrade.service", *INSTANCES)
_INSTANCE = re.compile(r"vbot-worker(?:-join)?@[^\s@]+\.service")
# What a manager of another version does not tell is empty.
PROPERTIES = {
    "Id": "name",
    "ActiveState": "active_state",
    "SubState": "sub_state",
    "Result": "result",
    "NRestarts": "restarts",
    "StatusText": "status",
    "LoadState": "load_state",
    "UnitFileState": "file_state",
    "FragmentPath": "fragment",
    "NeedDaemonReload": "need_reload",
    "DropInPaths": "drop_ins",
}
# Which box a worker of this machine joins, where it is another machine: systemd/README.md.
JOIN_ENV = Path("/etc/vbot/join.env")
JOINED = "vbot-worker-join@"
ASK_SECONDS = 10.0
LINES_READ = 50
# Between two attempts, and while it tries once more.
_RESTARTING = re.compile("auto-restart.*|start.*")
# Where the wheel, and where a checkout has the units of this version.
SHIPPED = (Path(sys.prefix) / "share/vbot/systemd", Path(appliance.__file__).parents[1] / "systemd")
# A package has the program in a folder of its version.
_PROGRAM = re.compile(r"/opt/vbot/(?:[^/\s]+/)?bin/")


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit, as `systemctl show` has it."""

    name: str
    active_state: str = ""
    sub_state: str = ""
    result: str = ""
    restarts: str = ""
    status: str = ""
    load_state: str = ""
    file_state: str = ""
    fragment: str = ""
    need_reload: str = ""
    drop_ins: str = ""

    @property
    def is_installed(self) -> bool:
        return self.load_state in ("loaded", "masked")

    @property
    def trouble(self) -> str | None:
        """Why it does not stay up, if it does not."""
        if self.active_state == "failed":
            return f"it failed ({self.result}), and is not started again"
        restarting = self.active_state == "activating" and _RESTARTING.fullmatch(self.sub_state)
        if restarting and self.restarts.isdecimal() and int(self.restarts) >= DEATHS_THAT_TELL:
            return f"it died and was started again {self.restarts} times"
        return None


def look_at_units() -> tuple[UnitState, ...]:
    """All of vBot that systemd knows; none where no systemd runs."""
    names = *UNITS, *_masked_instances()
    shown = output_of("systemctl", "show", f"--property={','.join(PROPERTIES)}", "--", *names)
    found = []
    for block in shown.split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in values:
            found.append(UnitState(**{field: values.get(name, "") for name, field in PROPERTIES.items()}))
    return tuple(found)


def _masked_instances() -> list[str]:
    """Those that a pattern does not find, for they are not loaded: nobody can start them."""
    listed = output_of("systemctl", "list-unit-files", "--state=masked", "--plain", "--no-legend", "--", *INSTANCES)
    first = [line.split()[0] for line in listed.splitlines() if line.strip()]
    return [name for name in first if _INSTANCE.fullmatch(name)]


def works_for_another(units: tuple[UnitState, ...], join_env: Path | None = None) -> bool:
    """Whether this machine is no box but has workers for one: it is told which, and its own parts are off for good."""
    target = next((unit for unit in units if unit.name == TARGET), None)
    is_off = target is not None and target.file_state == "disabled" and target.active_state != "active"
    return is_off and (join_env or JOIN_ENV).exists()


def findings(units: tuple[UnitState, ...], shipped: tuple[Path, ...] = SHIPPED) -> Iterator[Finding]:
    """What is wrong with each; one line that all is well, where any is installed."""
    installed = [unit for unit in units if unit.is_installed]
    well, told = True, set[str]()
    for unit in installed:
        if unit.name == TARGET and works_for_another(units):
            continue
        for found in _of(unit, installed, shipped):
            well = False
            if found.reason not in told:  # a template's drop-in is each instance's
                told.add(found.reason)
                yield found
    if installed and well:
        compared = any(folder.is_dir() for folder in shipped)
        how = "are as they are shipped" if compared else "run; what this version ships is not here to compare them with"
        yield Finding(name=NAME, state=State.OK, reason=f"{len(installed)} units {how}")


def _of(unit: UnitState, installed: list[UnitState], shipped: tuple[Path, ...]) -> Iterator[Finding]:
    if unit.load_state == "masked":
        command = as_root(f"systemctl unmask {unit.name}")
        yield Finding(
            name=NAME, state=State.FAILED, reason=f"{unit.name}: it is masked: never started", command=command
        )
        return
    if unit.trouble is not None:
        said = _last_error(unit.name) or unit.status
        reason = f"{unit.name}: {unit.trouble}{': ' if said else ''}{said}"
        command = as_root(f"systemctl restart {unit.name}")
        yield Finding(name=NAME, state=State.FAILED, reason=reason, command=command)
    if unit.need_reload == "yes":
        reason = f"{unit.name}: its file was changed since systemd read it"
        yield Finding(name=NAME, state=State.WARNING, reason=reason, command=as_root("systemctl daemon-reload"))
    original = next((folder / Path(unit.fragment).name for folder in shipped if folder.is_dir()), None)
    if unit.fragment and original is not None and _differ(Path(unit.fragment), original):
        reason = f"{unit.name}: {unit.fragment} is not as this version ships it (own lines belong into a drop-in)"
        command = as_root(f"install -m 644 {original} {unit.fragment}")
        yield Finding(name=NAME, state=State.WARNING, reason=reason, command=command)
    yield from _undone(unit, installed, original)
    if unit.name == TARGET and unit.file_state == "disabled":
        reason = f"{unit.name}: it is not started with the machine"
        yield Finding(name=NAME, state=State.WARNING, reason=reason, command=as_root(f"systemctl enable {unit.name}"))


def _undone(unit: UnitState, installed: list[UnitState], original: Path | None) -> Iterator[Finding]:
    """Of each drop-in that takes a unit's confinement away: which, in what, and what sets it aside."""
    packaged = original if original is not None and original.exists() else Path(unit.fragment)
    for undone in undoing(packaged, [Path(name) for name in unit.drop_ins.split()]):
        concerned = [one.name for one in installed if str(undone.file) in one.drop_ins.split()]
        reason = f"{undone.file} undoes what confines {', '.join(concerned)}: {', '.join(undone.lines)}"
        file, aside = shlex.quote(str(undone.file)), shlex.quote(f"{undone.file}.off")
        restart = f"systemctl try-restart --no-block {' '.join(concerned)}"
        # Beside what somebody has set that the box needs, such as its port, only those lines are to go.
        mend = f"editor {file}" if undone.has_more else f"mv {file} {aside}"
        script = shlex.quote(f"{mend} && systemctl daemon-reload && {restart}")
        yield Finding(name=NAME, state=State.WARNING, reason=reason, command=as_root(f"sh -c {script}"))


def _differ(there: Path, original: Path) -> bool:
    """Whether anything but comments and the program's folder does; False where either cannot be read."""
    try:
        return _lines(there) != _lines(original)
    except OSError:
        return False


def _lines(unit: Path) -> list[str]:
    lines = [line.strip() for line in unit.read_text(errors="replace").splitlines()]
    return [_PROGRAM.sub("/opt/vbot/bin/", line) for line in lines if line and not line.startswith(("#", ";"))]


def _last_error(unit: str) -> str:
    """The last line that it logged as an error; "" where we may not read the journal."""
    # By the unit's own processes: what systemd itself says of it names no reason.
    mine = (f"_SYSTEMD_UNIT={unit}", "--priority=err", f"--lines={LINES_READ}", "--output=cat", "--no-pager", "--quiet")
    lines = StandardError()
    lines.feed(output_of("journalctl", *mine).encode() + b"\n")
    return lines.last


def output_of(*command: str) -> str:
    """What a program prints; "" where it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
