"""`vbot api`, `vbot worker` and `vbot up` under a service manager: ready, alive, stopping."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from appliance.worker.process import LONGEST_STOP_SECONDS
from tests.support.appliance import RunningAppliance, environment, vbot
from tests.support.machine_time import MachineTime
from tests.support.processes import family, wait_until
from tests.support.recordings import silence
from tests.support.service_manager import Ear
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

WATCHDOG_SECONDS = 3.0
# An api whose event loop a signal brings to a halt, while all its other threads go on.
API_THAT_CAN_BE_STUCK = """
import signal, sys, time
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(300))
from appliance.cli import main
sys.exit(main(["api"]))
"""
# A worker whose models are loaded as soon as a file is there.
WORKER_THAT_LOADS_SLOWLY = """
import sys, time
from pathlib import Path
from appliance.worker import process
from tests.support import fake_worker

process.LONGEST_STOP_SECONDS = 120  # by the clock: the test goes by the machine's time

class Engine(fake_worker.FakeEngine):
    def __init__(self):
        while not Path(sys.argv[1]).exists():
            time.sleep(0.05)

fake_worker.FakeEngine = Engine
sys.exit(fake_worker.main())
"""


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with Ear(tmp_path, WATCHDOG_SECONDS) as listening:
        yield listening


def python(script: str, data_dir: Path, ear: Ear, *arguments: str) -> subprocess.Popen[bytes]:
    settings = {"VBOT_LISTEN": "127.0.0.1:0", "VBOT_TLS": "off", **ear.environment}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=environment(data_dir, settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def api(tmp_path: Path, ear: Ear) -> Iterator[RunningAppliance]:
    running = RunningAppliance(tmp_path / "api", ear.environment, command="api")
    with running:
        yield running


def gap_before_ping(ear: Ear) -> float:
    """How long it took to the next one, but for what this machine made all of us wait for a processor."""
    since = MachineTime(lambda: family(os.getpid()))
    ear.wait_for("WATCHDOG")
    return since.seconds


def is_silent(ear: Ear) -> bool:
    """Whether systemd would lose its patience now."""
    ear.forget()
    time.sleep(1.5 * WATCHDOG_SECONDS)
    return ear.heard() == []


def test_an_api_is_ready_when_it_answers_pings_while_it_lives_and_says_that_it_stops(
    api: RunningAppliance, ear: Ear
) -> None:
    ready = ear.wait_for("READY")
    assert ready.assignments["STATUS"] == f"listening on 127.0.0.1:{api.port}"
    assert wait_until(lambda: api.health() == "degraded", 60)  # writable; there is no queue here

    ear.wait_for("WATCHDOG")
    gaps = [gap_before_ping(ear) for _ in range(3)]
    assert max(gaps) < WATCHDOG_SECONDS, gaps

    api.stop()
    assert "READY" not in ear.wait_for("STOPPING").assignments


def test_an_api_whose_event_loop_is_stuck_pings_no_more(tmp_path: Path, ear: Ear) -> None:
    api = python(API_THAT_CAN_BE_STUCK, tmp_path / "data", ear)
    try:
        ear.wait_for("READY")
        ear.wait_for("WATCHDOG")
        api.send_signal(signal.SIGUSR1)
        assert wait_until(lambda: is_silent(ear), 60, 0)
        assert api.poll() is None
    finally:
        api.kill()
        api.wait(60)


def test_a_worker_is_ready_when_its_model_is_loaded_and_says_that_it_stops(tmp_path: Path, ear: Ear) -> None:
    loaded = tmp_path / "loaded"
    with Valkey(tmp_path / "data"):
        worker = python(WORKER_THAT_LOADS_SLOWLY, tmp_path / "data", ear, str(loaded))
        try:
            assert ear.wait_for("STATUS").assignments == {"STATUS": "loading whisper-tiny.en"}
            time.sleep(0.5)
            assert ear.heard() == []
            loaded.touch()
            assert ear.wait_for("READY").assignments["STATUS"] == "takes calls: whisper-tiny.en on auto"
            since = MachineTime(lambda: family(worker.pid))
            worker.terminate()
            ear.wait_for("STOPPING")
            assert since.wait_until(lambda: worker.poll() is not None, LONGEST_STOP_SECONDS), "it does not end"
            assert worker.returncode == 0
        finally:
            worker.kill()
            worker.wait(60)


@pytest.mark.long
def test_up_speaks_for_its_parts(tmp_path: Path, ear: Ear) -> None:
    with RunningAppliance(tmp_path / "up", ear.environment) as running:
        # The first word that it is ready is its own, not one of its parts'.
        assert ear.wait_for("READY").assignments["STATUS"] == running.url


@pytest.mark.parametrize("part", ["api", "worker", "up"])
def test_what_keeps_a_part_from_starting_is_its_last_status(tmp_path: Path, ear: Ear, part: str) -> None:
    settings = {"VBOT_LISTEN": "127.0.0.1:0", "VBOT_RETENTION_DAYS": "soon", **ear.environment}
    assert vbot(part, data_dir=tmp_path / "data", settings=settings).returncode == 1
    assert ear.wait_for("STATUS").assignments["STATUS"].startswith("ended: VBOT_RETENTION_DAYS must be")


# -- the worker is watched -----------------------------------------------------------------------------------------

# A worker whose engine does as the line says that is put in for it, and then what the fake one does.
WATCHED_WORKER = """
import ctypes, sys, threading, time
from appliance.worker import consumer
from tests.support import fake_worker

consumer.STILL_AFTER_SECONDS = 4.0

class Engine(fake_worker.FakeEngine):
    def analyse(self, recording, call, on_progress):
        {behaviour}
        return super().analyse(recording, call, on_progress)

fake_worker.FakeEngine = Engine
sys.exit(fake_worker.main())
"""
WAITS_AND_TELLS = "for _ in range(20): time.sleep(0.5); on_progress(0.5)"
COMPUTES = "ends = time.monotonic() + 10\n        while time.monotonic() < ends: pass"
HANGS = "threading.Event().wait()"
HOLDS_THE_INTERPRETER = "ctypes.PyDLL(None).sleep(300)"


class Watched:
    """A worker under a watchdog, with an api and a queue that have calls for it."""

    def __init__(self, folder: Path, ear: Ear) -> None:
        self.queue = Valkey(folder / "data").start()
        self.api = RunningAppliance(folder, {"VBOT_REDIS_URL": self.queue.url, "VBOT_DEVICE": "cpu"}, command="api")
        self.api.start()
        self.ear = ear
        self.key = self.api.new_customer()["api_key"]
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, behaviour: str = "pass") -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-c", WATCHED_WORKER.format(behaviour=behaviour)],
            env=environment(self.api.data_dir, {**self.api.settings, **self.ear.environment}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        self.ear.wait_for("READY")
        return worker

    def call(self) -> str:
        return self.api.accepted(self.key, silence(0.5))

    def in_work(self, call_id: str) -> None:
        def processing() -> bool:
            return bool(self.api.admin("GET", f"/api/calls/{call_id}").json()["state"] == "processing")

        assert wait_until(processing, 90)

    def pings_end(self) -> bool:
        return wait_until(lambda: is_silent(self.ear), 60, 0)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait(60)
        self.api.destroy()
        self.queue.kill()


@pytest.fixture
def watched(tmp_path: Path, ear: Ear) -> Iterator[Watched]:
    running = Watched(tmp_path / "watched", ear)
    yield running
    running.close()


@pytest.mark.parametrize(
    "behaviour",
    [pytest.param(WAITS_AND_TELLS, marks=pytest.mark.long), COMPUTES],
    ids=["waits and tells", "computes"],
)
@pytest.mark.long
def test_a_worker_pings_while_it_idles_and_while_a_call_is_merely_long(watched: Watched, behaviour: str) -> None:
    worker = watched.start(behaviour)
    watched.ear.wait_for("WATCHDOG")
    gaps = [gap_before_ping(watched.ear) for _ in range(5)]  # it has nothing to do

    call_id = watched.call()
    watched.in_work(call_id)
    while watched.api.admin("GET", f"/api/calls/{call_id}").json()["state"] == "processing":
        gaps.append(gap_before_ping(watched.ear))

    assert max(gaps) < WATCHDOG_SECONDS, gaps
    call = watched.api.final_call(call_id)
    began, ended = (datetime.fromisoformat(call[name]) for name in ("started_at", "finished_at"))
    assert (ended - began).total_seconds() > 8
    assert (call["state"], worker.poll()) == ("completed", None)


@pytest.mark.long
def test_a_worker_that_is_frozen_pings_no_more(watched: Watched) -> None:
    worker = watched.start()
    watched.ear.wait_for("WATCHDOG")

    worker.send_signal(signal.SIGSTOP)

    assert watched.pings_end()
    worker.send_signal(signal.SIGCONT)
    watched.ear.wait_for("WATCHDOG")


@pytest.mark.long
def test_a_worker_whose_interpreter_is_held_by_a_native_call_pings_no_more(watched: Watched) -> None:
    worker = watched.start(HOLDS_THE_INTERPRETER)
    call_id = watched.call()
    assert wait_until(lambda: watched.api.admin("GET", f"/api/calls/{call_id}").json()["state"] == "processing", 90)

    assert watched.pings_end()
    assert worker.poll() is None  # it cannot even end; systemd sees to that


def test_a_worker_whose_engine_hangs_tells_of_it_and_ends_and_the_next_one_does_the_call(watched: Watched) -> None:
    worker = watched.start(HANGS)
    call_id = watched.call()
    watched.in_work(call_id)

    assert worker.wait(120) == 1
    watched.start()
    call = watched.api.final_call(call_id)
    assert call["state"] == "completed"


UP_THAT_IS_IMPATIENT = """
import sys
from appliance import supervisor
supervisor.WORKER_WATCHDOG_SECONDS = 20.0
from appliance.cli import main
sys.exit(main(["up"]))
"""


@pytest.mark.long
def test_a_frozen_worker_of_vbot_up_is_started_again(tmp_path: Path) -> None:
    program = [sys.executable, "-c", UP_THAT_IS_IMPATIENT]
    with RunningAppliance(tmp_path, program=program) as running:
        frozen = running.one("vbot worker")
        time.sleep(25)  # longer than a watchdog that is not fed would wait
        assert running.one("vbot worker") == frozen
        frozen.kill(signal.SIGSTOP)

        assert wait_until(lambda: not frozen.alive, 90), running.log_tail()
        customer = running.new_customer()
        assert running.final_call(running.accepted(customer["api_key"], silence(0.5)), 120)["state"] == "completed"
        assert "gave no sign of life for 20 s; aborted" in running.log_tail(400)
