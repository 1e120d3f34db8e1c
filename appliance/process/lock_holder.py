"""Who holds what only one process may hold: a process as the operator knows it, by its unit or its command."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

# What systemd knows of a process, among the lines of cgroups(7): in the one hierarchy, or in the one named so on older
# machines. Where there are both, it uses one of them.
_CGROUP_OF_UNIT = re.compile(r"(?m)^\d+:(?:name=systemd)?:/(?:.*/)?(?P<unit>[^/\n]+\.service)$")
OUR_UNITS = "vbot-"


class LockHolder(msgspec.Struct, frozen=True, kw_only=True):
    """One process. `unit`: the service that it is, if it is one; `supervised`: by the `vbot up` that started it."""

    pid: int
    command: str
    unit: str = ""
    supervised: bool = False

    def __str__(self) -> str:
        if self == UNKNOWN:
            return "another process"
        return f"{self.unit or f'`{self.command}`'} (pid {self.pid})"

    @property
    def keeps_an_api(self) -> bool:
        """Whether it is an api, or what starts one again when it ends."""
        return self.command in ("vbot up", "vbot api")

    @property
    def may_keep_an_api(self) -> bool:
        """The same, or nobody knows: who started on a full disk could not say who he is."""
        return self.keeps_an_api or self == UNKNOWN

    @property
    def is_our_unit(self) -> bool:
        """One of the units in systemd/."""
        return self.unit.startswith(OUR_UNITS)

    @property
    def remedy(self) -> str:
        """What stops it."""
        if self.is_our_unit:
            return ": systemctl stop vbot.target"
        return f": systemctl stop {self.unit}" if self.unit else ": stop it first"


# It did not say who it is.
UNKNOWN = LockHolder(pid=0, command="")


def this_process(command: str, *, supervised: bool = False) -> LockHolder:
    """We, as others will read it."""
    return LockHolder(pid=os.getpid(), command=command, unit=own_unit(), supervised=supervised)


def own_unit() -> str:
    """The service whose main process we are, "" where we are none; who was started from a shell is none of its."""
    return unit_of(os.getpid()) if os.environ.get("SYSTEMD_EXEC_PID") == str(os.getpid()) else ""


def unit_of(pid: int, proc: Path = Path("/proc")) -> str:
    """The service to which a process belongs, "" where it belongs to none."""
    try:
        found = _CGROUP_OF_UNIT.search((proc / str(pid) / "cgroup").read_text())
    except OSError:
        return ""
    return found["unit"] if found else ""
