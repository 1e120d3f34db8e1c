"""The stopwatch of the bounds that are published: it does not count for what others take the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.support.machine_time import MachineTime
from tests.support.processes import Process, family

BUSY = "print('busy', flush=True)\nwhile True: pass"
# What was taken off, told when a line comes.
TAKEN_OFF = """
import sys, time
from tests.support.machine_time import MachineTime
began, since = time.monotonic(), MachineTime(list)
print("began", flush=True)
sys.stdin.readline()
print(time.monotonic() - began - since.seconds)
"""
WATCHED_SECONDS = 2.0


@pytest.fixture
def beside_each_other() -> Iterator[list[Process]]:
    """Three processes that want the same processor all the time."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) for _ in range(3)]
    try:
        for one in busy:
            os.sched_setaffinity(one.pid, {min(os.sched_getaffinity(0))})
        for one in busy:  # Python is loaded from a disk, which is waiting of another kind
            assert one.stdout is not None
            assert one.stdout.readline() == b"busy\n"
        yield [family(one.pid)[0] for one in busy]
    finally:
        for one in busy:
            one.kill()
            one.communicate()


@pytest.mark.slow
def test_it_stands_still_while_others_have_the_processor(beside_each_other: list[Process]) -> None:
    began, since = time.monotonic(), MachineTime(lambda: beside_each_other[:1])

    time.sleep(WATCHED_SECONDS)

    # It had a third of the time at most; not nothing, for a process that is never let in would never be late.
    assert 0.0 < since.seconds < (time.monotonic() - began) * 0.6


@pytest.mark.slow
def test_it_stands_still_with_the_whole_machine() -> None:
    """Which is how it looks to who is stopped."""
    with subprocess.Popen(
        [sys.executable, "-c", TAKEN_OFF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "began\n"
        stopped.send_signal(signal.SIGSTOP)
        time.sleep(WATCHED_SECONDS)
        stopped.send_signal(signal.SIGCONT)
        said, _ = stopped.communicate("\n", timeout=60)
    assert float(said) > WATCHED_SECONDS / 2


def test_who_waits_for_anything_else_is_given_no_time() -> None:
    idle = subprocess.Popen(["sleep", "60"])
    try:
        since = MachineTime(lambda: family(idle.pid))
        assert not since.wait_until(lambda: False, 0.5)
        assert since.seconds >= 0.5
    finally:
        idle.kill()
        idle.wait()


def test_what_comes_true_in_time_is_seen() -> None:
    since, looks = MachineTime(list), iter([False, False, True])

    assert since.wait_until(lambda: next(looks), 60, 0.01)
    assert next(looks, None) is None
