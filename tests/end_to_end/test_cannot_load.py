"""A part that cannot load: whoever started the appliance, or looks at it, reads why in one sentence."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.messages.queue_names import worker_name
from appliance.process.exit_reason import DEATHS_THAT_TELL, KILLED
from appliance.queue.broker import connect
from appliance.queue.report_queue import ReportQueue
from tests.support.appliance import READY_SECONDS, VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.broken_installation import IS_KILLED, REASON, TAKES_LONG, BrokenInstallation
from tests.support.machine_time import MachineTime
from tests.support.processes import family, wait_until
from tests.support.recordings import silence
from tests.support.valkey import Valkey, patient

pytestmark = pytest.mark.slow

AUTO, CPU = worker_name("auto"), worker_name("cpu")
UNTIL_IT_ENDS_SECONDS = 150.0


@pytest.fixture
def installation(tmp_path: Path) -> BrokenInstallation:
    return BrokenInstallation(tmp_path)


def settings(installation: BrokenInstallation, port: int | None = None) -> dict[str, str | None]:
    listen = f"127.0.0.1:{port or free_port()}"
    return {"VBOT_LISTEN": listen, "VBOT_TLS": "off", **installation.environment}


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.splitlines()[-1]


# -- vbot up and vbot demo, for those who have just installed it -------------------------------------------------


@pytest.mark.parametrize("command", ["up", pytest.param("demo", marks=pytest.mark.long)])
def test_an_appliance_whose_worker_cannot_load_ends_with_its_reason(
    tmp_path: Path, installation: BrokenInstallation, command: str
) -> None:
    installation.breaks()

    done = vbot(command, data_dir=tmp_path / "data", settings=settings(installation), seconds=UNTIL_IT_ENDS_SECONDS)

    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done) == f"vbot: worker {AUTO} died 3 times while loading: {REASON}"


@pytest.mark.long
def test_a_worker_that_is_killed_while_it_loads_has_said_nothing_and_that_is_told(
    tmp_path: Path, installation: BrokenInstallation
) -> None:
    installation.breaks(IS_KILLED)

    done = vbot("up", data_dir=tmp_path / "data", settings=settings(installation), seconds=UNTIL_IT_ENDS_SECONDS)

    assert (done.returncode, done.stdout) == (1, "")
    reason = "killed by SIGKILL without a word: out of memory?"
    assert last_line(done) == f"vbot: worker {AUTO} died 3 times while loading: {reason}"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens: this one."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.long
def test_an_api_whose_port_is_taken_says_who_has_it_in_one_sentence(
    tmp_path: Path, installation: BrokenInstallation, taken: int
) -> None:
    there = settings(installation, taken)
    done = vbot("up", data_dir=tmp_path / "data", settings=there, seconds=UNTIL_IT_ENDS_SECONDS)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert re.fullmatch(
        rf"vbot: api died 3 times while loading: cannot listen on 127\.0\.0\.1:{taken}: "
        rf"Address already in use, by \S+ \(pid \d+\)",
        last_line(done),
    )
    looked = vbot("doctor", data_dir=tmp_path / "data", settings=there, seconds=UNTIL_IT_ENDS_SECONDS)
    assert looked.returncode == 1
    assert re.search(rf"(?m)^WRONG api: \S+ \(pid \d+\) listens on 127\.0\.0\.1:{taken}", looked.stdout), looked.stdout


# -- an appliance that was ready ---------------------------------------------------------------------------------


def worker_component(running: RunningAppliance) -> dict[str, Any]:
    answer = running.admin("GET", "/api/system")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(one for one in answer.json()["components"] if one["name"] == "worker")
    return found


@pytest.mark.long
def test_once_ready_it_goes_on_accepting_calls_and_says_why_they_wait(
    tmp_path: Path, installation: BrokenInstallation
) -> None:
    with RunningAppliance(tmp_path / "up", installation.environment) as running:
        customer = running.new_customer()
        installation.breaks()
        running.one("vbot worker").kill()

        def told() -> bool:
            found = worker_component(running)
            says = re.fullmatch(rf"worker {AUTO} died \d+ times while loading: {re.escape(REASON)}", found["reason"])
            return found["state"] == "failed" and says is not None

        assert wait_until(told, READY_SECONDS, 0.2), f"{worker_component(running)}\n{running.log_tail()}"
        assert running.health() == "degraded"
        call_id = running.accepted(customer["api_key"], silence(0.5))

        installation.is_mended()
        assert running.final_call(call_id, READY_SECONDS)["state"] == "completed"
        assert wait_until(lambda: worker_component(running)["state"] == "ok", 30, 0.2), worker_component(running)


@pytest.mark.long
def test_once_ready_it_ends_when_the_api_cannot_load_any_more(tmp_path: Path) -> None:
    running = RunningAppliance(tmp_path / "up").start()
    try:
        running.one("vbot api").kill()
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            assert wait_until(lambda: binds(other, running.port), 5, 0.01)
            other.listen()
            assert wait_until(lambda: running.family_is_gone, 60, 0.2), running.log_tail()
        said = running.log_tail(1)
        assert said.startswith(f"vbot: api died 3 times while loading: cannot listen on 127.0.0.1:{running.port}"), said
    finally:
        running.destroy()


def binds(other: socket.socket, port: int) -> bool:
    try:
        other.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


# -- the parts by themselves, as systemd starts them -------------------------------------------------------------


class Units:
    """An api, a queue, and a worker that somebody starts again whenever it has ended."""

    def __init__(self, folder: Path, installation: BrokenInstallation) -> None:
        self.queue = Valkey(folder / "data")
        self.queue.start()
        more: dict[str, str | None] = {"VBOT_REDIS_URL": self.queue.url, "VBOT_DEVICE": "cpu"}
        self.api = RunningAppliance(folder, {**installation.environment, **more}, command="api")
        self.api.start()
        self.left = ReportQueue(patient(connect(self.queue.url)))

    def worker(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [VBOT, "worker"],
            env=environment(self.api.data_dir, self.api.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def worker_dies(self, times: int) -> str:
        """Start it so many times; returns what it said the last time."""
        for _ in range(times):
            worker = self.worker()
            said = worker.communicate(timeout=READY_SECONDS)[1]
            assert worker.returncode not in (0, 78)
        return said

    def doctor(self) -> tuple[int, list[str]]:
        done = vbot("doctor", data_dir=self.api.data_dir, settings=self.api.settings, seconds=UNTIL_IT_ENDS_SECONDS)
        return done.returncode, done.stdout.splitlines()

    def reason(self, wanted: Callable[[str], bool]) -> str:
        """What /api/system says of the worker, as soon as it is what is wanted."""
        wait_until(lambda: wanted(worker_component(self.api)["reason"]), 60, 0.2)
        return str(worker_component(self.api)["reason"])

    def close(self) -> None:
        self.api.destroy()
        self.queue.kill()


@pytest.fixture
def units(tmp_path: Path, installation: BrokenInstallation) -> Iterator[Units]:
    running = Units(tmp_path, installation)
    yield running
    running.close()


@pytest.mark.long
def test_under_systemd_everybody_who_looks_reads_how_often_it_died_and_why(
    units: Units, installation: BrokenInstallation
) -> None:
    installation.breaks()

    assert units.worker_dies(2).splitlines()[-1] == f"vbot: {REASON}"
    seldom = units.reason(lambda said: "2 times" in said)
    assert re.sub(r"since \d+ s", "since a while", seldom) == (
        f"{CPU} is still loading, since a while: calls are accepted and wait "
        f"(worker {CPU} died 2 times while loading: {REASON})."
    )

    units.worker_dies(4)
    sentence = f"worker {CPU} died 6 times while loading: {REASON}"
    assert units.reason(lambda said: said == sentence) == sentence
    assert units.api.health() == "degraded"
    (worker,) = units.api.admin("GET", "/api/system").json()["workers"]
    assert (worker["deaths_while_loading"], worker["last_error"]) == (6, REASON)
    code, lines = units.doctor()
    assert code == 1
    for wrong in (f"worker: {sentence}", f"engine: it cannot be imported: {REASON}"):
        assert any(line.startswith(f"WRONG {wrong.rstrip('.')}: `") for line in lines), lines  # and what mends it

    # It is the queue that remembers, not the api; and a worker that is gone is spoken of all the same.
    units.api.stop()
    units.api.start()
    time.sleep(11)
    assert units.reason(lambda said: said == sentence) == sentence

    installation.is_mended()
    worker = units.worker()
    try:
        assert wait_until(lambda: units.api.health() == "healthy", READY_SECONDS, 0.2)
        assert units.reason(lambda said: said == f"{CPU} is ready.") == f"{CPU} is ready."
        assert not any(line.startswith("WRONG") for line in units.doctor()[1])
    finally:
        worker.kill()
        worker.communicate(timeout=30)
    # It was ready: this death is another kind.
    left = units.left.last_heartbeat(CPU)
    assert left is not None
    assert (left.ready, left.deaths_while_loading, left.last_error) == (True, 0, "")


@pytest.mark.long
def test_deaths_without_a_word_are_counted_as_well(units: Units, installation: BrokenInstallation) -> None:
    installation.breaks(IS_KILLED)

    # The first one to be started after them knows of those before it.
    units.worker_dies(DEATHS_THAT_TELL + 1)

    sentence = f"worker {CPU} died {DEATHS_THAT_TELL} times while loading: {KILLED}"
    assert units.reason(lambda said: said == sentence) == sentence


def test_a_worker_that_is_stopped_while_it_loads_ends_at_once_and_has_not_died(
    units: Units, installation: BrokenInstallation
) -> None:
    installation.breaks(TAKES_LONG)
    worker = units.worker()
    try:
        assert wait_until(lambda: units.left.last_heartbeat(CPU) is not None, 180, 0.1)

        since = MachineTime(lambda: family(worker.pid))
        worker.send_signal(signal.SIGTERM)

        assert since.wait_until(lambda: worker.poll() is not None, 5), "it does not end"
        assert worker.returncode == 0
        assert units.left.last_heartbeat(CPU) is None
    finally:
        worker.kill()
        worker.communicate(timeout=60)


def test_a_worker_that_cannot_even_look_for_the_certificate_is_told_of(units: Units) -> None:
    """Its data folder was never set up: found out before anything is loaded."""
    elsewhere = {**units.api.settings, "VBOT_DATA_DIR": str(units.api.folder / "empty"), "VBOT_TLS": "auto"}
    done = vbot("worker", data_dir=units.api.folder / "empty", settings=elsewhere)

    assert done.returncode == 1
    left = units.left.last_heartbeat(CPU)
    assert left is not None
    assert left.ended
    assert left.last_error == f"{units.api.folder / 'empty'} is not set up: run `vbot init` first"
    assert last_line(done) == f"vbot: {left.last_error}"
