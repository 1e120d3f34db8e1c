"""A program in ffmpeg's place, which does what a decoder taken over by its recording would do."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

_PYTHONS = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")


def install_as_ffmpeg(folder: Path, script: str) -> Path:
    """Write it there; skips the test where root's decoders, who are nobody, have no Python to run it with."""
    program = folder / "ffmpeg"
    program.write_text(f"#!{python_for_anybody()} -IS\n{script}\n")
    program.chmod(0o755)
    return program


def python_for_anybody() -> str:
    """A Python outside of users' folders: decoders cannot look there."""
    for candidate in _PYTHONS:
        path = Path(candidate).resolve()
        if path.exists() and path.parts[:2] in (("/", "usr"), ("/", "opt")):
            return str(path)
    pytest.skip("no Python is installed in /usr or /opt, where decoders may look for programs")


_ATTACK = """
import json, os, socket, sys
ATTEMPTS = {
    "reads a file": lambda: open(TARGETS["file"]).close(),
    "reads what everybody may": lambda: open("/etc/passwd").close(),
    "reads what root may": lambda: open("/etc/shadow").close(),
    "looks at the process that started it": lambda: open(f"/proc/{os.getppid()}/environ").close(),
    "lists a folder": lambda: os.listdir(TARGETS["folder"]),
    "writes a file": lambda: open("/tmp/vbot-was-here", "w").close(),
    "reaches the queue's socket": lambda: socket.socket(socket.AF_UNIX).connect(TARGETS["socket"]),
    "reaches a service of this machine": lambda: socket.create_connection(("127.0.0.1", TARGETS["port"]), 5),
    "starts another process": lambda: os.fork() or os._exit(0),
    "ends the process that started it": lambda: os.kill(os.getppid(), 0),
    "becomes root": lambda: os.setuid(0),
}
done = []
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
    except OSError:
        continue
    done.append(name)
sys.exit("done: " + "; ".join(done))
"""


def attack(*, file: Path, socket: Path, port: int) -> str:
    """A script that tries what no decoder needs, and ends with the names of what worked."""
    targets = {"file": str(file), "folder": str(file.parent), "socket": str(socket), "port": port}
    return f"TARGETS = {json.dumps(targets)}\n{_ATTACK}"


def worked(message: str) -> set[str]:
    """What it said that worked."""
    found = re.search(r"done:(.*?)\.?$", message.strip())
    assert found, message
    return set(found[1].strip().split("; ")) - {""}
