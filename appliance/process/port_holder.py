"""Which program listens on a TCP port of this machine, as far as we may see (proc(5))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_LISTENING = "0A"
_TABLES = ("tcp", "tcp6")


def port_holder(port: int, proc: Path = Path("/proc")) -> str | None:
    """The program as people know it, such as `nginx (pid 812)`; None where nobody listens or we may not see who."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port, proc)}
    if not sockets:
        return None
    for process in proc.iterdir():
        if process.name.isdigit() and sockets & _open_files(process):
            return f"{_title(process)} (pid {process.name})"
    return None


def _listening_inodes(port: int, proc: Path) -> Iterator[str]:
    for table in _TABLES:
        try:
            lines = (proc / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _open_files(process: Path) -> set[str]:
    found = set()
    try:
        for file in (process / "fd").iterdir():
            found.add(os.readlink(file))  # noqa: PTH115 - these links lead to no path
    except OSError:
        pass  # somebody else's, or it has ended
    return found


def _title(process: Path) -> str:
    try:
        command = (process / "cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace").strip()
    except OSError:
        command = ""
    # Ours show what they are as their title. Of others no arguments, which may hold a password.
    return command if command.startswith("vbot ") else Path(command).name or "a program"
