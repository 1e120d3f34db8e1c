"""Run a command and end what it leaves: `run_and_reap.py [--failed-before NAMES] [--at-most MINUTES] -- COMMAND…`.

Every process that the command started, however indirectly, becomes ours when its own parent ends (Linux's subreaper),
so nothing gets lost. The exit code is the command's, but never 0 when NAMES (earlier steps that failed) is not empty.

A command that takes longer than MINUTES is ended, and what ran then is told: whoever waits would end it without a word.
Then, too, the exit code is not 0, however the command takes its end.
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
    parser.add_argument("--at-most", metavar="MINUTES", type=float, help="end a command that takes longer")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)
    code = run(arguments.command, at_most=arguments.at_most and arguments.at_most * 60)
    for line in end_descendants():
        print(f"check: left running, ended now: {line}", file=sys.stderr)
    if arguments.failed_before:
        print(f"check: FAILED: {arguments.failed_before}", file=sys.stderr)
        code = code or 1
    return code


def run(command: list[str], *, at_most: float | None) -> int:
    """Run the command to its end, or for `at_most` seconds, and reap orphans; its exit code, as a shell tells it."""
    child: subprocess.Popen[bytes] | None = None
    took_too_long = False
    too_early: list[int] = []
    is_ending = False

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if child is None:
            too_early.append(number)
            return
        nonlocal is_ending
        is_ending = True
        # SIGINT makes pytest tear its fixtures down. On a terminal the command gets that as well.
        if number != signal.SIGINT:
            os.kill(child.pid, signal.SIGINT)
        signal.setitimer(signal.ITIMER_REAL, TIDY_SECONDS)

    def time_is_up(number: int, frame: FrameType | None) -> None:
        if child is None:
            signal.setitimer(signal.ITIMER_REAL, 0.1)  # it starts this moment
            return
        if is_ending:
            os.kill(child.pid, signal.SIGKILL)
            return
        nonlocal took_too_long
        took_too_long = True
        print("check: FAILED: it takes too long, and is ended. What runs:", file=sys.stderr)
        for pid in descendants(os.getpid()):
            print(f"check:   {title(pid)}", file=sys.stderr)
        interrupt(number, frame)

    # Before the command is there: else a signal that comes while it starts would leave it behind.
    # Started in the background by a shell (a CI does), we inherit that SIGINT is ignored; the command must not, and a
    # signal that is handled here is not ignored there.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)
    signal.signal(signal.SIGALRM, time_is_up)
    if at_most is not None:  # here: a signal that comes from now on sets its own, shorter time after it
        signal.setitimer(signal.ITIMER_REAL, at_most)
    child = subprocess.Popen(command)
    if too_early:
        interrupt(signal.SIGTERM, None)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child.pid:
            signal.setitimer(signal.ITIMER_REAL, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            code = child.returncode if child.returncode >= 0 else 128 - child.returncode
            return code or int(took_too_long)


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
    return children(os.getpid())


def children(pid: int) -> list[int]:
    """The children of a process, of all its threads; none where it has ended."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(text) for text in thread.read_text().split()]
        except OSError:
            continue  # it has ended meanwhile
    return found


def descendants(pid: int) -> list[int]:
    """The children of a process, and theirs."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def title(pid: int) -> str:
    """What `ps` shows of a process: of those of pytest-xdist the test that they run."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        raw = b"(ended)"
    return f"{pid} {raw.replace(bytes(1), b' ').decode(errors='replace').strip()}"


if __name__ == "__main__":
    sys.exit(main())
