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


# As the unit of a version before ours does it: the call exists, and is refused.
AS_UNDER_OLD_UNITS = """
import ctypes, runpy
library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(0x7FFF0000)))
number = library.seccomp_syscall_resolve_name(b"landlock_create_ruleset")
assert library.seccomp_rule_add_array(context, ctypes.c_uint32(0x00050001), number, 0, None) == 0
assert library.seccomp_load(context) == 0
runpy.run_module("appliance.process.reading_jail", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (["-m", "appliance.process.reading_jail"], ""),
        (["-c", AS_UNDER_OLD_UNITS], "it can open whatever its user can (Operation not permitted)"),
    ],
)
def test_what_a_unit_of_an_older_version_refuses_is_told(program: list[str], told: str) -> None:
    done = subprocess.run([sys.executable, *program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == told
