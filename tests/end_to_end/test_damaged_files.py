"""What an operator sees of a file that is damaged: one sentence that names it and the way out, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import NO_RESTART_EXIT_CODE
from tests.support.appliance import RunningAppliance, vbot
from tests.support.file_faults import flip, truncate


@pytest.fixture
def box(tmp_path: Path) -> RunningAppliance:
    """An api that has worked and was killed: its database has a log."""
    box = RunningAppliance(tmp_path, command="api")
    with box:
        for _ in range(10):
            box.new_customer()
        box.kill_parent()
    box.destroy()
    return box


def what_the_api_says(box: RunningAppliance) -> str:
    done = vbot("api", data_dir=box.data_dir, settings=box.settings)
    assert done.returncode == NO_RESTART_EXIT_CODE, done.stderr
    assert "Traceback" not in done.stderr
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("vbot: ")]
    return said


def test_a_flipped_bit_in_the_log(box: RunningAppliance) -> None:
    log = box.data_dir / "vbot.duckdb.wal"
    flip(log, log.stat().st_size // 2)

    told = what_the_api_says(box)

    assert told.startswith(f"vbot: {log} is damaged at byte ")
    assert "commits lie behind that" in told
    assert "`vbot repair`" in told
    assert "`vbot restore BACKUP --recovery-key-file F`" in told


@pytest.mark.parametrize("size", [0, 6000])
def test_a_database_that_is_cut_off(box: RunningAppliance, size: int) -> None:
    database = box.data_dir / "vbot.duckdb"
    truncate(database, size)

    assert what_the_api_says(box).startswith(f"vbot: {database} is ")
    assert database.stat().st_size == size, "no new one is made in its place"
