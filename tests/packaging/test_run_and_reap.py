"""The runner under which check runs pytest: nothing that a test started outlives it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

RUNNER = [sys.executable, str(Path(__file__).parents[2] / "packaging/run_and_reap.py")]
# A grandchild in a session of its own, whose parent ends once it bears its name: nobody's.
LEAVE_ORPHAN = '(setsid sleep 300 & echo $! >{file}; until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.05; done)'


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUNNER, *arguments], capture_output=True, text=True, timeout=60, check=False)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_exit_code_is_the_commands() -> None:
    assert run("--", "sh", "-c", "exit 5").returncode == 5
    assert run("--", "sh", "-c", "kill -9 $$").returncode == 137


def test_an_earlier_failure_is_told_last_and_fails_the_run() -> None:
    answer = run("--failed-before", "mypy", "--", "true")
    assert answer.returncode == 1
    assert answer.stderr == "check: FAILED: mypy\n"
    assert run("--failed-before", "", "--", "true").returncode == 0


def test_an_orphan_is_ended_and_named(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    answer = run("--", "sh", "-c", LEAVE_ORPHAN.format(file=file))
    pid = int(file.read_text())
    assert answer.returncode == 0
    assert f"check: left running, ended now: {pid} sleep 300" in answer.stderr
    assert not is_running(pid)


def test_sigterm_interrupts_the_command_and_ends_its_children(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = (
        "import subprocess, time, pathlib\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid))\n"
        "time.sleep(300)\n"
    )
    with subprocess.Popen([*RUNNER, "--", sys.executable, "-c", script], stderr=subprocess.DEVNULL) as runner:
        until = time.monotonic() + 60
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < until
            time.sleep(0.05)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(timeout=60) != 0
    assert not is_running(int(file.read_text()))


@pytest.mark.parametrize(
    "script",
    [pytest.param("sleep 300", marks=pytest.mark.long), "trap '' INT; sleep 300"],
    ids=["ends when told", "does not"],
)
def test_what_takes_too_long_is_ended_and_it_is_told_what_ran(script: str) -> None:
    # Patient for two seconds where it is else for thirty.
    runner = (
        f"import sys; sys.path.insert(0, {str(Path(RUNNER[1]).parent)!r})\n"
        "import run_and_reap\n"
        "run_and_reap.TIDY_SECONDS = 2.0\n"
        "sys.exit(run_and_reap.main())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", runner, "--at-most", "0.05", "--", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode > 128
    assert "check: FAILED: it takes too long, and is ended. What runs:\n" in answer.stderr
    assert re.search(r"^check:   \d+ sleep 300$", answer.stderr, re.MULTILINE)


def test_what_took_too_long_has_failed_though_it_ends_as_if_it_had_not() -> None:
    answer = run("--at-most", "0.05", "--", "sh", "-c", "trap 'exit 0' INT; sleep 300 & wait")
    assert "check: FAILED: it takes too long, and is ended. What runs:\n" in answer.stderr
    assert answer.returncode == 1


def test_a_signal_that_comes_at_the_beginning_keeps_its_own_time() -> None:
    """Between the start of the command and that of its clock."""
    script = (
        "import os, runpy, signal, sys\n"
        "start = signal.setitimer\n"
        "def be_told_and_start(which, seconds):\n"
        "    if seconds == 600:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print(seconds, flush=True)\n"
        "    start(which, seconds)\n"
        "signal.setitimer = be_told_and_start\n"
        "sys.argv[1:] = ['--at-most', '10', '--', 'sleep', '300']\n"
        f"runpy.run_path({RUNNER[1]!r}, run_name='__main__')\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    assert answer.stdout.split() == ["600.0", "30.0", "0"]
    assert answer.returncode == 128 + signal.SIGINT


def test_who_is_quicker_is_not_ended() -> None:
    answer = run("--at-most", "1", "--", "sh", "-c", "exit 5")
    assert (answer.returncode, answer.stderr) == (5, "")


def test_a_signal_while_the_command_starts_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = (
        "import os, pathlib, runpy, signal, subprocess, sys\n"
        "start = subprocess.Popen\n"
        "def start_and_be_told(command):\n"
        "    child = start(command)\n"
        f"    pathlib.Path({str(file)!r}).write_text(str(child.pid))\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return child\n"
        "subprocess.Popen = start_and_be_told\n"
        "sys.argv[1:] = ['--', 'sleep', '300']\n"
        f"runpy.run_path({RUNNER[1]!r}, run_name='__main__')\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], timeout=60, check=False)
    pid = int(file.read_text())
    is_left = is_running(pid)
    if is_left:
        os.kill(pid, signal.SIGKILL)
    assert not is_left
    assert answer.returncode == 128 + signal.SIGINT
