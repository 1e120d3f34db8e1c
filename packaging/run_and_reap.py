"""Run a command and end whatever it leaves behind: `run_and_reap.py [--failed-before NAMES] -- COMMAND…`.

Every process that the command started, however indirectly, becomes ours when its own parent ends (Linux's subreaper),
so nothing gets lost. The exit code is the command's, or 1 when NAMES (earlier steps that failed) is not empty.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

PR_SET_CHILD_SUBREAPER = 36
# On SIGTERM the command may tidy up for so long; appliances under test take up to 15 s to stop.
TIDY_SECONDS = 30.0
REAP_SECONDS = 10.0


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed-before", metavar="NAMES", default="", help="steps that failed already")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)
    code = run(arguments.command)
    for line in end_descendants():
        print(f"check: left running, ended now: {line}", file=sys.stderr)
    if arguments.failed_before:
        print(f"check: FAILED: {arguments.failed_before}", file=sys.stderr)
        code = code or 1
    return code


def run(command: list[str]) -> int:
    """Run the command to its end, reaping orphans meanwhile; its exit code, as a shell tells it."""
    child: subprocess.Popen[bytes] | None = None
    too_early: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if child is None:
            too_early.append(number)
            return
        # SIGINT makes pytest tear its fixtures down. On a terminal the command gets that as well.
        if number != signal.SIGINT:
            os.kill(child.pid, signal.SIGINT)
        signal.alarm(int(TIDY_SECONDS))

    def give_up(_number: int, _frame: FrameType | None) -> None:
        if child is not None:
            os.kill(child.pid, signal.SIGKILL)

    # Before the command is there: else a signal that comes while it starts would leave it behind.
    # Started in the background by a shell (a CI does), we inherit that SIGINT is ignored; the command must not, and a
    # signal that is handled here is not ignored there.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)
    signal.signal(signal.SIGALRM, give_up)
    child = subprocess.Popen(command)
    if too_early:
        interrupt(signal.SIGTERM, None)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child.pid:
            signal.alarm(0)
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode if child.returncode >= 0 else 128 - child.returncode


def end_descendants() -> list[str]:
    """Kill all that still belong to us, and theirs; what they were."""
    ended: list[str] = []
    until = time.monotonic() + REAP_SECONDS
    while (left := living_children()) and time.monotonic() < until:
        for pid in left:
            ended.append(title(pid))
            os.kill(pid, signal.SIGKILL)
        # The children of those become ours now.
        for pid in left:
            os.waitpid(pid, 0)
    return ended


def living_children() -> list[int]:
    """Our children by number; those that have ended are reaped."""
    while True:
        try:
            pid, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if pid == 0:
            break
    own = os.getpid()
    return [int(text) for text in Path(f"/proc/{own}/task/{own}/children").read_text().split()]


def title(pid: int) -> str:
    """What `ps` shows of a process."""
    raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    return f"{pid} {raw.replace(bytes(1), b' ').decode(errors='replace').strip()}"


if __name__ == "__main__":
    sys.exit(main())
