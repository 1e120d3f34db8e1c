"""Threads that read the first reports at the same moment do not end the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.appliance.worker.test_consumer import CALL
from tests.support.appliance import free_port
from tests.support.parts import analysed
from tests.support.valkey import Valkey

CHECKOUT = Path(__file__).parents[3]

LIVES = 12  # without what is tested two of three end with SIGSEGV
FIRST_REPORTS = """
import sys, threading
from appliance.messages.reports import read_head, read_report
from appliance.process.struct_types import build_struct_types

sys.setswitchinterval(1e-6)
build_struct_types()
body, gate = sys.argv[1], threading.Barrier(16)

def read():
    gate.wait()
    read_head(body)
    read_report(body)

threads = [threading.Thread(target=read) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.slow
def test_the_first_reports_may_come_at_the_same_moment() -> None:
    report = json.dumps(msgspec.to_builtins(analysed(CALL)))
    for _ in range(LIVES):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_REPORTS, report], capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, (done.returncode, done.stderr[-500:])


@pytest.mark.slow
@pytest.mark.parametrize("process", ["api", "worker"])
def test_a_process_that_is_ready_has_built_all_that_is_read_in_it(process: str, valkey: Valkey, tmp_path: Path) -> None:
    settings = {
        "VBOT_DATA_DIR": str(tmp_path / "data"),
        "VBOT_REDIS_URL": valkey.url,
        "VBOT_LISTEN": f"127.0.0.1:{free_port()}",
        "VBOT_DEVICE": "cpu",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.unbuilt_structs", process],
        cwd=CHECKOUT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    count, *unbuilt = done.stdout.split()
    assert int(count) > 10
    assert unbuilt == []
