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


def test_repair_mends_it_says_what_it_did_and_the_api_works_on(box: RunningAppliance) -> None:
    log = box.data_dir / "vbot.duckdb.wal"
    flip(log, log.stat().st_size - 200, 5)
    what_the_api_says(box)

    done = vbot("repair", data_dir=box.data_dir, settings=box.settings)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("vbot.duckdb.wal: ")
    assert "the damaged files are in " in done.stdout
    with box:
        customers = box.admin("GET", "/api/customers").json()
        assert len(customers["customers"] if isinstance(customers, dict) else customers) >= 8
        pid, busy = box.pid, vbot("repair", data_dir=box.data_dir, settings=box.settings)
    assert busy.returncode == 1
    assert busy.stderr == f"vbot: {box.data_dir} is in use by `vbot {box.command}` (pid {pid}): stop it first\n"
    assert (
        vbot("repair", data_dir=box.data_dir, settings=box.settings).stdout == f"{box.data_dir}/vbot.duckdb is whole\n"
    )


def test_a_repair_that_was_interrupted_is_told_by_whoever_comes_next(box: RunningAppliance) -> None:
    (box.data_dir / "repair-in-progress").write_text('{"aside": "before-repair-1", "salvaged": false, "told": []}')
    assert what_the_api_says(box) == f"vbot: a repair of {box.data_dir} was interrupted: run `vbot repair` again"
    assert vbot("repair", data_dir=box.data_dir, settings=box.settings).returncode == 0
    with box:
        pass


@pytest.mark.parametrize("size", [0, 6000])
def test_a_database_that_is_cut_off(box: RunningAppliance, size: int) -> None:
    database = box.data_dir / "vbot.duckdb"
    truncate(database, size)

    assert what_the_api_says(box).startswith(f"vbot: {database} is ")
    assert database.stat().st_size == size, "no new one is made in its place"
