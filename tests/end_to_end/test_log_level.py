"""`vbot log-level`: production api, queue and worker follow without a restart. Only the engine is a fake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance, environment, vbot
from tests.support.processes import wait_until
from tests.support.spool import recording
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

WORKER = """
import logging, sys
logging.basicConfig(level=logging.INFO)
from tests.support.fake_worker import main
sys.exit(main())
"""


def log_level(box: RunningAppliance, *arguments: str) -> str:
    done = vbot("log-level", *arguments, data_dir=box.data_dir, settings=box.settings)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_api_and_worker_follow_without_a_restart_and_it_is_written_down(tmp_path: Path) -> None:
    with (
        Valkey(tmp_path / "queue") as queue,
        RunningAppliance(tmp_path, {"VBOT_REDIS_URL": queue.url}, command="api") as box,
        (tmp_path / "worker.log").open("wb") as worker_log,
    ):
        key = box.new_customer()["api_key"]
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=environment(box.data_dir, box.settings),
            stdin=subprocess.DEVNULL,
            stdout=worker_log,
            stderr=worker_log,
        )
        try:
            assert log_level(box) == "info"
            box.final_call(box.accepted(key, recording(0.0)))
            assert "was fetched" not in (tmp_path / "worker.log").read_text()

            assert log_level(box, "debug", "--for", "2h").startswith("debug until 2")
            call = box.accepted(key, recording(0.0))
            box.final_call(call)
            # It is final a moment before that is written.
            assert wait_until(lambda: f"call {call} revision 1 is completed now" in box.log_file.read_text(), 60)
            said = (tmp_path / "worker.log").read_text()
            assert "the log level is debug for 7" in said
            assert "was fetched" in said
            assert "urllib3" not in said  # it would write the signed address

            assert log_level(box, "info") == "info"
            box.final_call(box.accepted(key, recording(0.0)))
            assert wait_until(lambda: "the log level is info" in (tmp_path / "worker.log").read_text(), 60)
            assert (tmp_path / "worker.log").read_text().count("was fetched") == 1
        finally:
            worker.kill()
            worker.wait()
        lines = box.admin("GET", "/api/audit", params={"action": "appliance.log_level_changed"}).json()["audit"]
        assert [(line["before"], line["after"]) for line in lines] == [
            ({"level": "debug"}, {"level": "info", "seconds": 900}),
            ({"level": "info"}, {"level": "debug", "seconds": 7200}),
        ]
        assert {line["actor"]["kind"] for line in lines} == {"owner"}
        viewer = box.admin("POST", "/api/tokens", json={"role": "viewer"}).json()["token"]
        assert box.request("PUT", "/api/log/level", bearer=viewer, json={"level": "debug"}).status_code == 403
        assert box.admin("PUT", "/api/log/level", json={"level": "debug", "seconds": 86401}).status_code == 400


@pytest.mark.long
def test_where_no_api_runs_it_says_so_and_what_is_no_time_is_refused(tmp_path: Path) -> None:
    assert vbot("init", data_dir=tmp_path / "data").returncode == 0
    done = vbot("log-level", "debug", data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr.startswith("vbot: no api runs here: start it first")
    for time in ("15", "0m", "25h", "soon"):
        assert vbot("log-level", "debug", "--for", time, data_dir=tmp_path / "data").returncode == 2
