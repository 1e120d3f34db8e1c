"""The new version tried out on a copy, while the old one works on: its doctor, its migration, its start.

The copy lies in the data folder, where its owner may have put a link in the place of anything. So all that is written,
read and removed there, and all that runs there, is that owner, never root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.commands.checks.finding import State
from appliance.commands.checks.report import Report
from appliance.commands.local_api import LocalApiRefused, ask
from appliance.commands.upgrade.first_release import found_wrong
from appliance.commands.upgrade.owner import done_by_owner
from appliance.errors import ApplianceError
from appliance.services.upgrade.kept_database import steps_unknown_here
from appliance.storage.folder.data_folder import DataFolder, write_private
from appliance.storage.folder.keys import Keys, recovery_key_of

DOCTOR_SECONDS = 1200.0
RESTORE_SECONDS = 3600.0
# A big database takes its time to be migrated.
START_SECONDS = 1800.0
STOP_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.2
# What it is about is the box as it is, with the old version's units.
_NOT_OF_THE_PROGRAM = ("systemd", "vbot-", "upgrade")
# The copy sends nothing, announces nothing, and works on nothing: its queue is nowhere, and no address takes webhooks.
_COPYS_SETTINGS = {
    "VBOT_LISTEN": "127.0.0.1:0",
    "VBOT_TLS": "off",
    "VBOT_WEBHOOK_ALLOW": "192.0.2.0/24",
    "VBOT_MDNS": "off",
    "VBOT_BACKUP_EVERY_HOURS": "0",
    "VBOT_DISK_FLOOR_MB": "1",
}


class Refused(ApplianceError):
    """The new version must not replace the old one: nothing that runs was touched."""


@dataclass(frozen=True)
class Rehearsal:
    """`config`: the settings file of the box; `old` and `new`: the programs; `old_is_first`: the first release."""

    folder: DataFolder
    config: Path | None
    old: Path
    new: Path
    old_is_first: bool = False

    @property
    def scratch(self) -> Path:
        return self.folder.root / "rehearsal"

    def compare_doctors(self) -> None:
        """Raises Refused where the new version finds something wrong that the old one does not."""
        before = self._wrong_before()
        for one in self._doctor(self.new).findings:
            if one.state is State.FAILED and one.name not in before and not one.name.startswith(_NOT_OF_THE_PROGRAM):
                raise Refused(f"its own doctor finds {one.name} wrong: {one.line}")

    def _wrong_before(self) -> set[str]:
        if self.old_is_first:
            return found_wrong(self._run_doctor(self.old).stdout)
        return {one.name for one in self._doctor(self.old).findings if one.state is State.FAILED}

    def migrate_copy(self, backup: Path) -> list[str]:
        """Restore the backup elsewhere and start the new version on it: the migrations that ours does not know.

        Raises ConfigurationError with the new version's own reason.
        """
        return done_by_owner(self.folder, lambda: self._migrated_copy(backup), list[str], with_key=True)

    def discard(self) -> None:
        """Remove what a rehearsal, also one that was killed, has left."""
        done_by_owner(self.folder, self._remove_scratch, type(None))

    def _migrated_copy(self, backup: Path) -> list[str]:
        self._remove_scratch()
        try:
            self._make_scratch()
            self._restore(backup)
            self._start_and_stop()
            copy = DataFolder(self.scratch / "data")
            return steps_unknown_here(copy.database, Keys.of(copy))
        finally:
            self._remove_scratch()

    def _remove_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _make_scratch(self) -> None:
        (self.scratch / "data").mkdir(mode=0o700, parents=True)
        self.scratch.chmod(0o700)
        write_private(self.scratch / "empty.toml", b"")

    def _doctor(self, program: Path) -> Report:
        done = self._run_doctor(program, "--json")
        try:
            return msgspec.json.decode(done.stdout, type=Report)
        except msgspec.DecodeError as error:
            raise Refused(f"its doctor does not run: {_last_line(done)}") from error

    def _run_doctor(self, program: Path, *how: str) -> subprocess.CompletedProcess[str]:
        config = [] if self.config is None else ["--config", str(self.config)]
        return _run([str(program), *config, "doctor", *how], DOCTOR_SECONDS, env=_environment(keep_settings=True))

    def _restore(self, backup: Path) -> None:
        # By a pipe: the key is never written in clear.
        key = recovery_key_of(self.folder, Keys.of(self.folder))
        line = self._program("restore", str(backup), "--recovery-key-file", "/dev/stdin", "--hold-webhooks")
        done = _run(line, RESTORE_SECONDS, env=self._copys_environment(), input=key)
        if done.returncode != 0:
            raise Refused(f"it cannot restore this box's backup: {_last_line(done)}")

    def _start_and_stop(self) -> None:
        with self._running_api() as (process, log):
            until = time.monotonic() + START_SECONDS
            socket = DataFolder(self.scratch / "data").api_socket
            while not _accepts(socket):
                if process.poll() is not None:
                    raise Refused(f"it does not start on a copy of the database: {_last_of(log)}")
                if time.monotonic() > until:
                    raise Refused(f"it is not ready on a copy of the database within {START_SECONDS:.0f} s")
                time.sleep(LOOK_EVERY_SECONDS)

    @contextlib.contextmanager
    def _running_api(self) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        log = self.scratch / "api.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                self._program("api"),
                env=self._copys_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _program(self, *arguments: str) -> list[str]:
        return [str(self.new), "--config", str(self.scratch / "empty.toml"), *arguments]

    def _copys_environment(self) -> dict[str, str]:
        data = self.scratch / "data"
        queue = f"unix://{data / 'nowhere.sock'}"
        return _environment() | _COPYS_SETTINGS | {"VBOT_DATA_DIR": str(data), "VBOT_REDIS_URL": queue}


def _environment(*, keep_settings: bool = False) -> dict[str, str]:
    """Ours, for a program of another version: it belongs to no service manager, and leaves no bytecode."""
    left_out = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "SYSTEMD_EXEC_PID", "JOURNAL_STREAM")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in left_out and (keep_settings or not name.startswith("VBOT_"))
    } | {"PYTHONDONTWRITEBYTECODE": "1"}


def _accepts(socket: Path) -> bool:
    try:
        return ask(socket, "GET", "/health") is not None
    except LocalApiRefused:
        return False


def _run(line: list[str], seconds: float, env: Mapping[str, str], input: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(line, env=env, input=input, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"`{' '.join(line[-2:])}` of it does not end well: {error}") from error


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return lines[-1].removeprefix("vbot: ") if lines else f"it ended with {done.returncode}, without a word"


def _last_of(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("vbot: ") if lines else "it ended without a word"
