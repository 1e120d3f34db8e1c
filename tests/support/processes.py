"""Processes as /proc shows them: families, titles, memory."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Process:
    """One life of a process: a number that is used again later is another Process."""

    pid: int
    started: int  # clock ticks since boot

    @property
    def alive(self) -> bool:
        """It runs (a zombie does not)."""
        found = _stat(self.pid)
        return found is not None and found.started == self.started and found.state not in "ZX"

    @property
    def title(self) -> str:
        """What `ps` shows as its command, empty when it is gone."""
        try:
            raw = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace").strip()

    @property
    def resident_bytes(self) -> int:
        """Memory in use now."""
        return self._status_kib("VmRSS") * 1024

    @property
    def peak_resident_bytes(self) -> int:
        """The most memory that was in use at any time."""
        return self._status_kib("VmHWM") * 1024

    @property
    def waits_for(self) -> list[str]:
        """For each of its threads: name, state, and the kernel's function that it waits in."""
        found = []
        try:
            threads = sorted(Path(f"/proc/{self.pid}/task").iterdir())
        except OSError:
            return []  # it has just ended
        for thread in threads:
            try:
                state = (thread / "stat").read_text().rpartition(")")[2].split()[0]
                found.append(f"{(thread / 'comm').read_text().strip()} {state} {(thread / 'wchan').read_text()}")
            except OSError:
                continue
        return found

    def maps(self, library: str) -> bool:
        """Tell whether a file of which the path contains this is mapped into its memory."""
        return library in Path(f"/proc/{self.pid}/maps").read_text(errors="replace")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal, unless it has ended."""
        if self.alive:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass

    def _status_kib(self, name: str) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise LookupError(f"process {self.pid} has no {name}")


@dataclass(frozen=True)
class _Stat:
    pid: int
    state: str
    parent: int
    session: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        # A process's name is cut off after fifteen bytes, in the middle of a letter perhaps.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return _Stat(pid, fields[0], int(fields[1]), int(fields[3]), int(fields[19]))


def family(root: int) -> list[Process]:
    """Return `root`, all its descendants and everything in the session that it leads."""
    everyone = [
        found for entry in Path("/proc").iterdir() if entry.name.isdigit() and (found := _stat(int(entry.name)))
    ]
    members = {root}
    grown = True
    while grown:
        more = {one.pid for one in everyone if one.parent in members or one.session == root} - members
        members |= more
        grown = bool(more)
    return sorted(Process(one.pid, one.started) for one in everyone if one.pid in members and one.state not in "ZX")


def wait_until(condition: Callable[[], bool], seconds: float, interval_seconds: float = 0.05) -> bool:
    """Look again and again, for at most so many seconds; return whether the condition came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(interval_seconds)
    return condition()


def survivors(processes: Iterable[Process], seconds: float) -> list[Process]:
    """Wait at most so long for these processes to end; return those that did not."""
    watched = list(processes)
    wait_until(lambda: not any(one.alive for one in watched), seconds)
    return [one for one in watched if one.alive]


def cpu_seconds(processes: Iterable[Process]) -> Counter[str]:
    """What each part, with its children that have ended, has used until now."""
    found: Counter[str] = Counter()
    for process in processes:
        numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        part = next((one for one in ("api", "worker", "valkey") if one in process.title), "supervisor")
        found[part] += sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")  # type: ignore[assignment]
    return found
