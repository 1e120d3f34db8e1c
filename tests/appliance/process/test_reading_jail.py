"""A process that has confined itself reads what it may, and does nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each starts a process

CONFINED = """
import socket, subprocess, sys, encodings.idna
from pathlib import Path
from appliance.process.reading_jail import confine_to
readable, other = map(Path, sys.argv[1:3])
confine_to(readable)
try:
    {attempt}
except OSError as error:
    print(type(error).__name__)
else:
    print("done")
"""
ATTEMPTS = {
    "reading what it may": ("(readable / 'database').read_bytes()", "done"),
    "listing what it may": ("list(readable.iterdir())", "done"),
    "reading another file": ("other.read_bytes()", "PermissionError"),
    "reading by a link": ("(readable / 'link').read_bytes()", "PermissionError"),
    "writing": ("(readable / 'database').write_bytes(b'')", "PermissionError"),
    "a new file": ("(readable / 'new').touch()", "PermissionError"),
    "removing": ("(readable / 'database').unlink()", "PermissionError"),
    "another program": ("subprocess.run(['/bin/true'])", "PermissionError"),
    "the network": ("socket.create_connection(('127.0.0.1', int(sys.argv[3])), 5)", None),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_it_can_read_and_nothing_else(tmp_path: Path, name: str) -> None:
    attempt, expected = ATTEMPTS[name]
    readable, other = tmp_path / "readable", tmp_path / "master.key"
    readable.mkdir()
    (readable / "database").write_bytes(b"database")
    other.write_bytes(b"master key")
    (readable / "link").symlink_to(other)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        program = [sys.executable, "-c", CONFINED.format(attempt=attempt), readable, other, port]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == expected or (expected is None and done.stdout.strip() != "done")
    assert (readable / "database").read_bytes() == b"database"
