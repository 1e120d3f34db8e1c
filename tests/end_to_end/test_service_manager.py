"""`vbot api`, `vbot worker` and `vbot up` under a service manager: ready, alive, stopping."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance, environment, vbot
from tests.support.service_manager import Ear
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

WATCHDOG_SECONDS = 3.0
# An api whose event loop a signal brings to a halt, while all its other threads go on.
API_THAT_CAN_BE_STUCK = """
import signal, sys, time
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(60))
from appliance.cli import main
sys.exit(main(["api"]))
"""
# A worker whose models are loaded as soon as a file is there.
WORKER_THAT_LOADS_SLOWLY = """
import sys, time
from pathlib import Path
from tests.faults import fake_worker

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


def test_an_api_is_ready_when_it_answers_pings_while_it_lives_and_says_that_it_stops(
    api: RunningAppliance, ear: Ear
) -> None:
    ready = ear.wait_for("READY")
    assert ready.assignments["STATUS"] == f"listening on 127.0.0.1:{api.port}"
    assert api.health() == "degraded"  # writable; there is no queue here

    pings = [ear.wait_for("WATCHDOG").at for _ in range(4)]
    assert all(later - earlier < WATCHDOG_SECONDS for earlier, later in itertools.pairwise(pings)), pings

    api.stop()
    assert "READY" not in ear.wait_for("STOPPING").assignments


def test_an_api_whose_event_loop_is_stuck_pings_no_more(tmp_path: Path, ear: Ear) -> None:
    api = python(API_THAT_CAN_BE_STUCK, tmp_path / "data", ear)
    try:
        ear.wait_for("READY")
        ear.wait_for("WATCHDOG")
        api.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        ear.heard()
        time.sleep(1.5 * WATCHDOG_SECONDS)
        assert ear.heard() == []
        assert api.poll() is None
    finally:
        api.kill()
        api.wait(10)


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
            worker.terminate()
            ear.wait_for("STOPPING")
            assert worker.wait(15) == 0
        finally:
            worker.kill()
            worker.wait(10)


def test_up_speaks_for_its_parts(tmp_path: Path, ear: Ear) -> None:
    with RunningAppliance(tmp_path / "up", ear.environment) as running:
        # The first word that it is ready is its own, not one of its parts'.
        assert ear.wait_for("READY").assignments["STATUS"] == running.url


@pytest.mark.parametrize("part", ["api", "worker", "up"])
def test_what_keeps_a_part_from_starting_is_its_last_status(tmp_path: Path, ear: Ear, part: str) -> None:
    settings = {"VBOT_LISTEN": "127.0.0.1:0", "VBOT_RETENTION_DAYS": "soon", **ear.environment}
    assert vbot(part, data_dir=tmp_path / "data", settings=settings).returncode == 1
    assert ear.wait_for("STATUS").assignments["STATUS"].startswith("ended: VBOT_RETENTION_DAYS must be")
