"""What starts and stops the appliance's processes on this machine, and sees when one does not stay up."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from appliance.commands.checks.units import look_at_units, works_for_another
from appliance.errors import ConfigurationError
from appliance.settings import USERS_OF_UNIT
from appliance.storage.folder.data_folder import sync_file, sync_folder

# A worker hands back its call within 15 s, the api lets uploads end within 8 s.
STOP_SECONDS = 60.0
# A worker that loads its models is activating for minutes.
RUNNING = ("active", "activating", "reloading")
TARGET = "vbot.target"
# Where the packages have the units, and what these are called there.
UNITS, OF_PACKAGES = Path("/usr/lib/systemd/system"), "vbot*"
# Where an administrator's go before them, and where what starts with the machine is linked.
BY_HAND = Path("/etc/systemd/system")
STARTED_WITH_THE_MACHINE = BY_HAND / "multi-user.target.wants"
PARTS = ("vbot-api.service", "vbot-valkey.service")
# Workers of this machine for another box. They are no part of what is upgraded, but are of the version that the link
# leads to, so those that run are started anew whenever it was turned.
JOINED = "vbot-worker-join@*"
# Finishes or undoes an upgrade that was interrupted, where one was: systemd/.
FINISHER = "vbot-upgrade.service"
GUARD = "vbot-upgrade-guard.service"
# Waits until nobody upgrades any more, as one does who was killed, too. The finisher looks whether there is a record.
_GUARD = 'flock "$1" true; exec systemctl start --no-block "$2"'


class Services(Protocol):
    """The seam: systemd on a box, processes of its own in a test."""

    def workers(self) -> list[str]:
        """Those that run now, by what `start` calls them."""

    def work_for_another(self) -> bool:
        """Whether this machine is no box: no api is started or asked, only its workers for one."""

    def remember(self, *, was_a_box: bool) -> None:
        """What was seen before all was stopped, by a process that was ended since."""

    def stop_workers(self) -> None:
        """Have them hand back what they hold, and end."""

    def stop(self) -> None:
        """End all parts."""

    def start(self, workers: list[str]) -> None:
        """Start all parts, of the version that the link leads to. Does not wait for them."""

    def loading(self, workers: Collection[str]) -> list[str]:
        """Those of these workers that are not ready for calls."""

    def ailing(self) -> dict[str, str]:
        """The parts that do not stay up, each with why."""

    def units_by_hand(self) -> list[str]:
        """What says how the parts are started, and goes before what packages say."""

    def keep_units(self, kept: Path) -> None:
        """Copy to this folder, if it is not there, what says how the parts are started; have the finisher start with
        the machine, before a package says so.
        """

    def bring_units_back(self, kept: Path) -> None:
        """Have the parts started again as this folder says, if it is there."""

    def start_guard(self, lock: Path) -> None:
        """Should this process be killed while it holds the lock, have the upgrade finished or undone all the same."""

    def stop_guard(self) -> None:
        """Nobody has to: what could be done was done, and what was not is for a person."""


class SystemdServices:
    """The units of systemd/."""

    def __init__(self) -> None:
        self._was_a_box = False

    def workers(self) -> list[str]:
        begins = JOINED.removesuffix("*") if self.work_for_another() else "vbot-worker@"
        units = look_at_units()
        return [unit.name for unit in units if unit.name.startswith(begins) and unit.active_state in RUNNING]

    def work_for_another(self) -> bool:
        return not self._was_a_box and works_for_another(look_at_units())

    def remember(self, *, was_a_box: bool) -> None:
        self._was_a_box = self._was_a_box or was_a_box

    def stop_workers(self) -> None:
        _systemctl("stop", *(unit.name for unit in look_at_units() if _is_worker(unit.name)))

    def stop(self) -> None:
        # One that somebody has started by hand is started again, though it is off.
        self._was_a_box = self._was_a_box or not self.work_for_another()
        self.stop_workers()
        _systemctl("stop", TARGET, *PARTS)

    def start(self, workers: list[str]) -> None:
        _systemctl("daemon-reload")
        _systemctl("reset-failed", "vbot-*")
        if self.work_for_another():
            _systemctl("start", "--no-block", *workers)
        else:
            _systemctl("start", "--no-block", TARGET, *workers)
        _systemctl("try-restart", "--no-block", JOINED)

    def loading(self, workers: Collection[str]) -> list[str]:
        # Type=notify: active is who has loaded its models.
        ready = {unit.name for unit in look_at_units() if unit.active_state == "active"}
        return [name for name in workers if name not in ready]

    def ailing(self) -> dict[str, str]:
        return {
            unit.name: f"{unit.trouble}{f' ({unit.status})' if unit.status else ''}"
            for unit in look_at_units()
            if unit.trouble is not None
        }

    def units_by_hand(self) -> list[str]:
        # A link is what enables or masks a unit.
        return sorted(unit.name for unit in BY_HAND.glob(OF_PACKAGES) if unit.is_file() and not unit.is_symlink())

    def keep_units(self, kept: Path) -> None:
        _enable_finisher()
        if kept.exists():
            return  # what lies in the units' place may be the new version's by now
        begun = kept.with_name(f"{kept.name}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir()
        for unit in UNITS.glob(OF_PACKAGES):
            _copy(unit, begun / unit.name)
        begun.rename(kept)
        sync_folder(kept.parent)

    def bring_units_back(self, kept: Path) -> None:
        # Those that only the new version has stay: none of them is started by itself.
        for unit in kept.glob(OF_PACKAGES):
            _copy(unit, UNITS / unit.name)
        if kept.exists():
            if not (UNITS / FINISHER).exists():
                (STARTED_WITH_THE_MACHINE / FINISHER).unlink(missing_ok=True)
            # Their queue has no users; and with these passwords nobody would get in.
            shutil.rmtree(USERS_OF_UNIT, ignore_errors=True)
            _systemctl("daemon-reload")

    def start_guard(self, lock: Path) -> None:
        if f"/{FINISHER}\n" in Path("/proc/self/cgroup").read_text():
            return  # it is the finisher itself, which is started again by its unit
        line = ["systemd-run", "--quiet", "--collect", f"--unit={GUARD}", "sh", "-c", _GUARD, "sh"]
        # Without it all is as well, as long as nobody kills us.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([*line, str(lock), FINISHER], capture_output=True, timeout=STOP_SECONDS, check=False)

    def stop_guard(self) -> None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(["systemctl", "stop", GUARD], capture_output=True, timeout=STOP_SECONDS, check=False)


def _enable_finisher() -> None:
    """The power may go when dpkg has unpacked the unit, and not yet come to the script that enables it."""
    link = STARTED_WITH_THE_MACHINE / FINISHER
    # Without it all is as well, as long as the power stays.
    with contextlib.suppress(OSError):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(UNITS / FINISHER)
        sync_folder(link.parent)


def _copy(source: Path, target: Path) -> None:
    """A unit, or the folder of what is added to one: on the disk when this returns, a unit whole at every moment."""
    new = target.with_name(f".{target.name}.new")
    if source.is_dir():
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(source, new)
        for file in new.iterdir():
            sync_file(file)
        sync_folder(new)
        shutil.rmtree(target, ignore_errors=True)
    else:
        shutil.copy2(source, new)
        sync_file(new)
    new.rename(target)
    sync_folder(target.parent)


def _is_worker(name: str) -> bool:
    return name.startswith("vbot-worker@")


def _systemctl(command: str, *units: str) -> None:
    if command in ("stop", "start") and not [unit for unit in units if not unit.startswith("--")]:
        return
    line = ["systemctl", command, *units]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=STOP_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"`{' '.join(line)}` does not end well: {error}") from error
    if done.returncode != 0 and command not in ("reset-failed", "try-restart"):
        raise ConfigurationError(f"`{' '.join(line)}` fails: {done.stderr.strip().splitlines()[-1:]}")
