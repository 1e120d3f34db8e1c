"""A process that has confined itself reads what it may, and does nothing else."""

from __future__ import annotations

import os
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


# Each line asks it to read once more.
ASKED = """
import sys
from pathlib import Path
from appliance.process.reading_jail import confine_to
place = Path("/proc/self/cgroup")
confine_to(place)
for _ in sys.stdin:
    print(len(place.read_text()) > 0, flush=True)
"""
FORGET_FILES = Path("/proc/sys/vm/drop_caches")


@pytest.mark.slow
@pytest.mark.skipif(not os.access(FORGET_FILES, os.W_OK), reason="only root can have the kernel forget files")
def test_a_file_of_proc_is_still_readable_when_memory_was_short(tmp_path: Path) -> None:
    """The kernel made it anew, as one that was not allowed, and a whole backup was called damaged."""
    program, said = [sys.executable, "-c", ASKED], tmp_path / "said"
    with (
        said.open("w") as errors,
        subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True) as asked,
    ):
        assert asked.stdin is not None
        assert asked.stdout is not None
        for _ in range(4):
            asked.stdin.write("again\n")
            asked.stdin.flush()
            assert asked.stdout.readline() == "True\n", said.read_text()
            for _ in range(3):  # what was used of late is passed over once
                FORGET_FILES.write_text("2")


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
