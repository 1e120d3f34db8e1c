"""The parts of a support bundle: each is one file in it, gathered whether the appliance runs or not.

Nothing is changed in the data folder, and a damaged database is no obstacle. That one is read where no api answers that
could say which names are to be taken out.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance import __version__
from appliance.commands.local_api import LocalApiRefused, ask
from appliance.commands.stored_names import stored_names
from appliance.domain.redaction import Redactor, names_in
from appliance.services.configuration.shown_settings import shown_settings
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder

# It imports what a worker imports, and reads database, recordings and backups for a bounded time each.
DOCTOR_SECONDS = 600.0
PROGRAM_SECONDS = 60.0
JOURNAL_LINES = 5000
LOG_LINES = 1000
UNITS = ("vbot.target", "vbot-*.service")
# Not `systemctl cat`: a drop-in may hold a password. Not StatusText: it quotes an error.
UNIT_PROPERTIES = (
    "Id,LoadState,ActiveState,SubState,Result,UnitFileState,NRestarts,ExecMainCode,ExecMainStatus,"
    "ActiveEnterTimestamp,InactiveEnterTimestamp,MemoryCurrent,TasksCurrent,FragmentPath,DropInPaths,NeedDaemonReload"
)
NOT_ASKED = "not_asked"
NOT_RUNNING = "no api answered on its local socket"
NAMES_UNKNOWN = (
    "No api answers and the database cannot be read, so nobody can say which names are to be taken out: of what our "
    "own programs logged, only the way of tracebacks is here."
)


class Box:
    """What is asked: the running api, if one runs, and this machine."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._refused: str | None
        self.folder = DataFolder(settings.data_dir)
        self.learn_names()

    def learn_names(self) -> None:
        """Ask for the system's state, and for all names that may be in it or elsewhere."""
        self._refused = None
        self.system = self.ask("/api/system")
        names = self._names()
        self.names_are_known = names is not None
        if names is None:  # it has ended meanwhile, and what it said may name somebody
            self.system = {NOT_ASKED: self._refused}
        self.redactor = Redactor(names or ())

    def asked(self, route: str) -> str:
        """The api's reply as text, without what must not leave the house."""
        return self.as_text(self.ask(route))

    def as_text(self, value: Any) -> str:
        return json.dumps(self.redactor.everything(value), indent=2) + "\n"

    def ask(self, route: str) -> Any:
        """The reply, or a sentence in its place; an api that does not answer is not asked a second time."""
        if self._refused is None:
            try:
                found = ask(self.folder.api_socket, "GET", route)
            except LocalApiRefused as error:
                self._refused = str(error)
            else:
                if found is not None:
                    return found
                self._refused = NOT_RUNNING
        return {NOT_ASKED: self._refused}

    def _names(self) -> set[str] | None:
        """Of customers and tokens, as the api or the database tells them; None where neither does. None is listed."""
        customers, tokens = self.ask("/api/customers?keys=masked"), self.ask("/api/tokens")
        names = names_in(self.system)
        if self._refused is not None:
            stored = stored_names(self.folder)
            return None if stored is None else names | stored
        for one in customers["customers"]:
            names |= {one["name"], one["company_name"], one["email"]}
        return names | {one["name"] for one in tokens["tokens"]}


@dataclass(frozen=True, slots=True)
class Part:
    """One file: `what` it holds, in words for who is asked to send it."""

    file: str
    what: str
    gather: Callable[[Box], str]


def versions(_box: Box) -> str:
    """Of vBot, of what it is made of, and of what it runs on."""
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    lines = [
        f"vBot {__version__}",
        f"Python {platform.python_version()} ({sys.executable})",
        f"{release.get('PRETTY_NAME', 'unknown system')}, Linux {platform.release()} {platform.machine()}",
        *_run("systemctl", "--version").splitlines()[:1],
        *_read(Path("/proc/driver/nvidia/version")).splitlines()[:1],
        "",
    ]
    packages = {one.name: one.version for one in importlib.metadata.distributions() if one.name}
    return "\n".join([*lines, *(f"{name} {packages[name]}" for name in sorted(packages, key=str.lower))]) + "\n"


def settings(box: Box) -> str:
    found = box.settings
    set_by = {name: source.where for name, source in found.sources.items()}
    return box.as_text({**shown_settings(found), "set_by": set_by, "passed_over": list(found.passed_over)})


def system(box: Box) -> str:
    return box.as_text(box.system)


def statistics(box: Box) -> str:
    return box.asked("/api/stats")


def doctor(box: Box) -> str:
    """In a process of its own: what it imports may be what is broken."""
    config = box.settings.config_file
    options = [] if config is None else ["--config", str(config)]
    command = [sys.executable, "-P", "-m", "appliance.cli", *options, "doctor"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=DOCTOR_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {DOCTOR_SECONDS:.0f} s\n"
    if not box.names_are_known:
        box.learn_names()  # it may have asked an api that was only being started
    # Each line is a finding of ours; a report is no message whose end may quote anything.
    return box.redactor.text(done.stdout) + f"exit code {done.returncode}\n"


def units(box: Box) -> str:
    shown = _run("systemctl", "show", f"--property={UNIT_PROPERTIES}", "--", *UNITS)
    return box.redactor.text(shown) or "no systemd tells of vBot's units here\n"


def journal(box: Box) -> str:
    wanted = [f"--unit={unit}" for unit in UNITS]
    fields = "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID"
    read = _run("journalctl", *wanted, f"--lines={JOURNAL_LINES}", "--output=json", fields, "--no-pager", "--quiet")
    lines = "".join(_journal_lines(read, box))
    if not lines:
        return "no line of vBot's units is there, or we may not read it\n"
    return lines if box.names_are_known else f"{NAMES_UNKNOWN}\n\n{lines}"


def _journal_lines(read: str, box: Box) -> Iterator[str]:
    for line in read.splitlines():
        try:
            entry = json.loads(line)
            at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
            message = entry["MESSAGE"]
        except (ValueError, KeyError):
            continue
        if not isinstance(message, str):  # bytes that are no text
            message = bytes(message or []).decode(errors="replace")
        head = f"{at:%Y-%m-%dT%H:%M:%S.%fZ} <{entry.get('PRIORITY', '?')}> {entry.get('SYSLOG_IDENTIFIER', '?')}"
        # What systemd itself says of a unit names nobody.
        is_systemds = entry.get("_PID") == "1"
        said = box.redactor.message(message) if box.names_are_known or is_systemds else box.redactor.way(message)
        yield f"{head}[{entry.get('_PID', '?')}]: {said}\n"


def log(box: Box) -> str:
    found = box.ask(f"/api/log?lines={LOG_LINES}")
    lines = [
        f"{one['at']} {one['level']} {one['logger']}: {box.redactor.message(one['message'])}\n"
        for one in reversed(found.get("lines", []))
    ]
    return "".join(lines) or f"{found.get(NOT_ASKED, 'it is empty')}\n"


def machine(box: Box) -> str:
    """Room, memory and processors; of the data folder how much lies where, and whose it is."""
    memory = _read(Path("/proc/meminfo")).splitlines()
    wanted = ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")
    lines = [
        f"processors: {os.cpu_count()}",
        f"load: {' '.join(f'{one:.2f}' for one in os.getloadavg())}",
        *(line for line in memory if line.startswith(wanted)),
        _room("data folder", box.folder.root),
        _room("model packs", box.settings.models_dir),
        "",
        f"data folder {box.folder.root}: entry, mode, owner, files, bytes",
    ]
    return "\n".join([*lines, *_entries(box.folder.root)]) + "\n"


def _room(name: str, place: Path) -> str:
    try:
        usage = shutil.disk_usage(place)
    except OSError as error:
        return f"{name} {place}: {error.strerror}"
    return f"{name} {place}: {usage.free} of {usage.total} bytes free"


def _entries(root: Path) -> Iterator[str]:
    """Names of our own alone: those of recordings and backups are counted."""
    try:
        entries = sorted(os.scandir(root), key=lambda one: one.name)
    except OSError as error:
        yield f"{root}: {error.strerror}"
        return
    for entry in entries:
        seen = entry.stat(follow_symlinks=False)
        files, size = _weight(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else (1, seen.st_size)
        yield f"{entry.name} {seen.st_mode:o} {seen.st_uid}:{seen.st_gid} {files} {size}"


def _weight(folder: Path) -> tuple[int, int]:
    files = size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(place) / name).lstat().st_size
            except OSError:  # gone meanwhile
                continue
            files += 1
    return files, size


def _run(*command: str) -> str:
    """What a program prints; "" where it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROGRAM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


PARTS = (
    Part("versions.txt", "versions of vBot, its Python packages and this system", versions),
    Part("settings.json", "the settings, without those that are secret", settings),
    Part("system.json", "how each part stands, as the running api tells it", system),
    Part("stats.json", "how many calls and webhooks in the last 30 days", statistics),
    Part("doctor.txt", "what `vbot doctor` says", doctor),
    Part("units.txt", "the states of vBot's systemd units", units),
    Part("journal.txt", f"the last {JOURNAL_LINES} lines of vBot's units in the journal", journal),
    Part("log.txt", f"the last {LOG_LINES} lines of the running api's log", log),
    Part("machine.txt", "disk, memory and processors; of the data folder how many files and bytes lie where", machine),
)
