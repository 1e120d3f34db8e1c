"""`vbot up`'s supervisor with made-up children: when it ends, what it says, and that nothing they do holds it up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import Process, family, survivors, wait_until

pytestmark = pytest.mark.slow

# As `vbot up` and the console script do, without pauses that a test would wait for.
SUPERVISOR = """
import json, logging, signal, sys
from appliance.process import child_process
from appliance.cli import LOG_FORMAT
from appliance.process.child_process import Child
from appliance.errors import ApplianceError
from appliance import supervisor as supervising
from appliance.supervisor import Supervisor

supervising.OBSTACLE_STANDS_SECONDS = 0.0
supervising.ASK_HEALTH_EVERY_SECONDS = 0.05
child_process.LONGEST_LOADING_SECONDS = float(sys.argv[2])
child_process.ABORT_SECONDS = float(sys.argv[3])
child_process.READY_AFTER_SECONDS = 60.0  # on a busy machine one that is to die at once may live long
child_process.FIRST_PAUSE_SECONDS = child_process.LONGEST_PAUSE_SECONDS = 0.05
logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)

class Probe:
    obstacle, obstacles = None, sys.argv[4:]
    def healthy(self):
        self.obstacle = self.obstacles.pop(0) if self.obstacles else None
        return self.obstacle is None and all(child.ready for child in children)

def child(code, **more):
    return Child(command=[sys.executable, "-c", code], environment={}, **more)

children = [child(**one) for one in json.loads(sys.argv[1])]
queue = next((child for child in children if child.name == "valkey"), None)
supervisor = Supervisor(queue, [child for child in children if child is not queue], Probe())
signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
try:
    sys.exit(supervisor.run(lambda: print("ready", flush=True)))
except ApplianceError as error:
    print(f"vbot: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
"""
SAYS_READY = """
import os, socket
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.sendto(b"READY=1", "\\0" + os.environ["NOTIFY_SOCKET"][1:])
"""
STAYS = "import time; time.sleep(300)"


def child(name: str, code: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "code": code, "says_ready": name != "valkey", **more}


def command(*children: dict[str, Any], loading_seconds: float = 120.0, abort_seconds: float = 60.0) -> list[str]:
    return [sys.executable, "-c", SUPERVISOR, json.dumps(children), str(loading_seconds), str(abort_seconds)]


def run(*children: dict[str, Any], loading_seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    started = command(*children, loading_seconds=loading_seconds)
    return subprocess.run(started, capture_output=True, text=True, timeout=180, check=False)


class Running:
    """A supervisor at work; its standard error is in a file."""

    def __init__(
        self,
        folder: Path,
        *children: dict[str, Any],
        loading_seconds: float = 120.0,
        abort_seconds: float = 60.0,
        **options: Any,
    ) -> None:
        self.log = folder / "log"
        started = command(*children, loading_seconds=loading_seconds, abort_seconds=abort_seconds)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=log, **options)

    def logged(self, text: str, times: int = 1, seconds: float = 90) -> bool:
        return wait_until(lambda: self.log.read_text().count(text) >= times, seconds)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        left = family(self.process.pid)
        self.process.kill()
        for one in left:
            one.kill()
        self.process.communicate(timeout=60)


def children_of(running: Running) -> list[Process]:
    return [one for one in family(running.process.pid) if one.pid != running.process.pid]


def test_three_deaths_in_a_row_before_it_was_ever_ready_end_it() -> None:
    done = run(
        child("worker", "import sys; sys.exit('no device')", shown_name="worker vm/cpu"),
        child("api", SAYS_READY + STAYS, vital=True),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "vbot: worker vm/cpu died 3 times while loading: no device"


def test_a_queue_that_never_stays_up_ends_it_as_well() -> None:
    done = run(child("valkey", "import sys; sys.exit('no such socket')"), child("api", SAYS_READY + STAYS, vital=True))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "vbot: valkey died 3 times while loading: no such socket"


def test_what_no_restart_mends_ends_it_with_the_childs_own_words_and_code() -> None:
    code = "import sys; print('vbot: the database is damaged', file=sys.stderr); sys.exit(78)"
    done = run(child("api", code, vital=True), child("worker", SAYS_READY + STAYS))
    assert done.returncode == 78
    assert done.stderr.splitlines()[-1] == "vbot: the database is damaged"


def test_why_it_is_not_ready_is_said_once_for_each_reason() -> None:
    reasons = ("The disk is full.", "1 call waits.", "1 call waits.", "2 call waits.", "The disk is full.")
    ends = child("api", SAYS_READY + "import time; time.sleep(1); raise SystemExit(78)", vital=True)
    done = subprocess.run([*command(ends), *reasons], capture_output=True, text=True, timeout=180, check=False)
    said = [line for line in done.stderr.splitlines() if "not ready" in line]
    assert said == [
        f"vbot: not ready: {reason} `vbot doctor` says more" for reason in ("The disk is full.", "1 call waits.")
    ]


def test_who_was_ready_and_dies_is_started_again_for_ever(tmp_path: Path) -> None:
    with Running(tmp_path, child("api", SAYS_READY + "raise SystemExit('as always')", vital=True)) as running:
        assert running.logged("api started", times=6)
        assert running.process.poll() is None


def test_once_all_were_ready_a_worker_that_cannot_load_any_more_does_not_end_it(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    loads = f"from pathlib import Path\nif Path({str(gone)!r}).exists(): raise SystemExit('no device')\n"
    says = "import sys; print('the worker is there', file=sys.stderr, flush=True)\n"
    worker = child("worker", loads + SAYS_READY + says + STAYS, shown_name="worker vm/cpu")
    with Running(tmp_path, worker, child("api", SAYS_READY + STAYS, vital=True)) as running:
        assert running.process.stdout is not None
        assert running.process.stdout.readline() == b"ready\n"
        for number in (1, 2):  # it counts from one again when it was there in between
            assert running.logged("the worker is there\n", times=number)
            gone.touch()
            for one in children_of(running):
                if str(gone) in one.title:
                    one.kill()
            assert running.logged("worker vm/cpu died 3 times while loading: no device", times=number)
            assert running.logged("worker vm/cpu died 4 times while loading: no device", times=number)
            gone.unlink()

        assert running.process.poll() is None
        assert running.log.read_text().count("api started") == 1
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(60) == 0


def test_who_is_stopped_in_order_while_it_loads_has_not_died(tmp_path: Path) -> None:
    with Running(tmp_path, child("worker", "raise SystemExit(0)")) as running:
        assert running.logged("worker started", times=6)
        assert running.process.poll() is None


def test_what_somebody_else_says_is_no_childs_word(tmp_path: Path) -> None:
    """Whoever shares the network may write to the socket; the kernel tells who it was."""
    stranger = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {SAYS_READY!r}], check=True)\n"
        "raise SystemExit('said by another')"
    )
    done = run(child("api", stranger, vital=True))
    assert done.stderr.splitlines()[-1] == "vbot: api died 3 times while loading: said by another"


def test_whatever_children_write_is_passed_on_and_holds_nobody_up(tmp_path: Path) -> None:
    writes = "import sys\nfor number in range(20000): print('line', number, file=sys.stderr)\n" + SAYS_READY + STAYS
    with Running(tmp_path, child("api", writes), child("worker", writes.replace("'line'", "'other'"))) as running:
        assert running.logged("line 19999\n")
        assert running.logged("other 19999\n")
        assert running.process.stdout is not None
        assert running.process.stdout.readline() == b"ready\n"
        lines = running.log.read_text().splitlines()
        assert {f"{word} {number}" for word in ("line", "other") for number in range(20000)} <= set(lines)


def test_a_grandchild_that_keeps_its_standard_error_does_not_hold_it_up() -> None:
    leaves_one = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {STAYS!r}])\nsys.exit('no device')"
    began = time.monotonic()
    process = subprocess.Popen(command(child("worker", leaves_one)), stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        assert process.wait(120) == 1
        assert time.monotonic() - began < 120
    finally:
        for one in family(process.pid):
            one.kill()


@pytest.mark.parametrize("reading", [True, False])
def test_after_kill_9_the_children_end_though_nobody_reads_what_they_write(tmp_path: Path, reading: bool) -> None:
    writes = (
        "import logging, signal, sys, time\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "def stop(*_):\n"
        "    for number in range(5000): logging.info('stopping %d', number)\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('there', file=sys.stderr, flush=True)\n" + SAYS_READY + "while True: time.sleep(0.05)"
    )
    with Running(tmp_path, child("api", writes), child("worker", writes)) as running:
        assert running.logged("there", times=2)
        left = [one for one in family(running.process.pid) if one.pid != running.process.pid]
        assert len(left) == 2
        if not reading:
            running.process.send_signal(signal.SIGSTOP)
        running.process.kill()
        assert survivors(left, 60) == []


def test_what_passes_through_it_to_the_journal_is_written_for_the_journal(tmp_path: Path) -> None:
    tells = (
        "import os, sys\nfrom appliance.process.log.journal import leads_to_journal\n"
        "sys.exit(f'journal {leads_to_journal(sys.stderr, os.environ)}')"
    )
    for told, journal in ((True, "here"), (False, "elsewhere")):
        folder = tmp_path / journal
        folder.mkdir()
        with (folder / "log").open("wb") as log:
            file = os.fstat(log.fileno())
            stream = f"{file.st_dev}:{file.st_ino}" if told else "1:2"
            environment = {**os.environ, "JOURNAL_STREAM": stream}
            subprocess.run(command(child("api", tells)), env=environment, stderr=log, timeout=120, check=False)
        assert f"journal {told}" in (folder / "log").read_text()


# -- what hangs ----------------------------------------------------------------------------------------------------

PINGS = (
    SAYS_READY
    + """
import faulthandler, time
faulthandler.enable()
while True:
    manager.sendto(b"WATCHDOG=1", "\\0" + os.environ["NOTIFY_SOCKET"][1:])
    time.sleep(0.2)
"""
)


def test_a_frozen_child_is_aborted_says_where_it_was_and_is_started_again(tmp_path: Path) -> None:
    with Running(tmp_path, child("worker", PINGS, shown_name="worker vm/cpu", watchdog_seconds=8.0)) as running:
        assert running.process.stdout is not None
        assert running.process.stdout.readline() == b"ready\n"
        time.sleep(10)  # it pings, and is let live
        (frozen,) = children_of(running)
        frozen.kill(signal.SIGSTOP)

        assert running.logged("worker vm/cpu gave no sign of life for 8 s; aborted")
        assert running.logged("worker started", times=2)
        assert wait_until(lambda: not frozen.alive, 30)
        text = running.log.read_text()
        assert "Fatal Python error: Aborted" in text
        assert "worker ended (-6): gave no sign of life for 8 s" in text


def test_a_child_that_does_not_even_hear_that_it_is_aborted_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGABRT, signal.SIG_IGN)\n" + SAYS_READY + STAYS
    with Running(tmp_path, child("api", deaf, watchdog_seconds=1.0), abort_seconds=2.0) as running:
        assert running.logged("api ended (-9): gave no sign of life for 1 s")
        assert running.logged("api started", times=2)


@pytest.mark.long
def test_a_child_that_hangs_while_it_loads_has_died(tmp_path: Path) -> None:
    done = run(child("worker", STAYS, shown_name="worker vm/cpu"), loading_seconds=3.0)
    assert done.returncode == 1
    said = "worker vm/cpu died 3 times while loading: was not ready within 3 s"
    assert done.stderr.splitlines()[-1] == f"vbot: {said}"


@pytest.mark.long
def test_a_child_that_asks_for_time_while_it_loads_gets_it(tmp_path: Path) -> None:
    asks = SAYS_READY.replace("READY=1", "EXTEND_TIMEOUT_USEC=20000000") + "import time; time.sleep(12)\n" + SAYS_READY
    with Running(tmp_path, child("api", asks + STAYS), loading_seconds=10.0) as running:
        assert running.process.stdout is not None
        assert running.process.stdout.readline() == b"ready\n"
        assert running.log.read_text().count("api started") == 1


@pytest.mark.long
def test_who_was_stopped_together_with_its_children_does_not_blame_them(tmp_path: Path) -> None:
    """Ctrl+Z stops them all; what did not ping meanwhile could not."""
    with Running(tmp_path, child("worker", PINGS, watchdog_seconds=10.0), start_new_session=True) as running:
        assert running.process.stdout is not None
        assert running.process.stdout.readline() == b"ready\n"
        os.killpg(running.process.pid, signal.SIGSTOP)
        time.sleep(14)
        os.killpg(running.process.pid, signal.SIGCONT)
        time.sleep(3)
        assert running.log.read_text().count("worker started") == 1
