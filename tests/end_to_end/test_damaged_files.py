"""What an operator sees of a file that is damaged: one sentence that names it and the way out, once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.errors import NO_RESTART_EXIT_CODE
from tests.support.appliance import RunningAppliance, vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.cases import long_but
from tests.support.file_faults import flip, truncate
from tests.support.processes import wait_until
from tests.support.recordings import conversation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> RunningAppliance:
    """An api that has worked and was killed: its database has a log, and there is a backup."""
    box = RunningAppliance(tmp_path_factory.mktemp("killed"), command="api")
    with box:
        assert wait_until(lambda: any((box.data_dir / "backups").glob("*.tar")), 120)
        for _ in range(10):
            box.new_customer()
        box.kill_parent()
    box.destroy()
    return box


@pytest.fixture
def box(killed: RunningAppliance, tmp_path: Path) -> RunningAppliance:
    """One with a copy of its data folder, to be damaged."""
    box = RunningAppliance(tmp_path, {"VBOT_ADMIN_TOKEN": killed.admin_token}, command="api")
    box.admin_token = killed.admin_token
    shutil.copytree(killed.data_dir, box.data_dir, ignore=shutil.ignore_patterns("*.sock"))
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


@pytest.mark.long
def test_a_repair_that_was_interrupted_is_told_by_whoever_comes_next(box: RunningAppliance) -> None:
    (box.data_dir / "repair-in-progress").write_text('{"aside": "before-repair-1", "salvaged": false, "told": []}')
    assert what_the_api_says(box) == f"vbot: a repair of {box.data_dir} was interrupted: run `vbot repair` again"
    assert vbot("repair", data_dir=box.data_dir, settings=box.settings).returncode == 0
    with box:
        pass


@pytest.mark.parametrize("size", long_but([6000], [0, 6000]))
def test_a_database_that_is_cut_off(box: RunningAppliance, size: int) -> None:
    database = box.data_dir / "vbot.duckdb"
    truncate(database, size)

    assert what_the_api_says(box).startswith(f"vbot: {database} is ")
    assert database.stat().st_size == size, "no new one is made in its place"


# -- doctor ---------------------------------------------------------------------------------------------------


def doctor(box: RunningAppliance, about: str) -> str:
    """Its line about one part; there is no engine, which would take it longest to load."""
    if not (box.folder / "no-engine").exists():
        (box.folder / "no-engine").mkdir()
        BrokenInstallation(box.folder / "no-engine").breaks()
    more = {"VBOT_TLS": "auto", "PYTHONPATH": str(box.folder / "no-engine/first-on-the-path")}
    done = vbot("doctor", data_dir=box.data_dir, settings={**box.settings, **more})
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stdout.splitlines() if re.match(rf"(ok   |WRONG) {about}: ", line)]
    assert done.returncode == 1
    return line


def everything(box: RunningAppliance) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in box.data_dir.rglob("*") if path.is_file()}


@pytest.mark.long
def test_doctor_looks_at_the_folder_of_a_stopped_appliance_and_changes_nothing(box: RunningAppliance) -> None:
    before = everything(box)
    assert re.match(r"ok    database: 0 calls; all [\d.]+ MB are whole, and [\d.]+ MB of log$", doctor(box, "database"))
    assert doctor(box, "keys") == "ok    keys: master key and recovery key belong to each other"
    assert re.match(r"ok    certificate: it belongs to its key, and expires on 20\d\d-", doctor(box, "certificate"))
    assert re.match(r"ok    backups: all 1 are whole, the newest of 20\d\d-", doctor(box, "backups"))
    assert everything(box) == before


@pytest.mark.long
def test_doctor_reads_the_recordings_of_a_running_appliance_and_names_those_that_are_damaged(
    box: RunningAppliance,
) -> None:
    with box:
        key = str(box.new_customer()["api_key"])
        for start in range(3):
            assert box.submit(key, conversation(start, start + 3)).status_code == 200
        assert re.match(r"ok    recordings: all 3 were read \([\d.]+ MB\), none damaged$", doctor(box, "recordings"))
        broken = next(path for path in (box.data_dir / "recordings").rglob("*") if path.is_file())
        flip(broken, 200, 4)

        told = doctor(box, "recordings")

    assert re.match(r"WRONG recordings: all 3 were read \([\d.]+ MB\), 1 damaged: ", told)
    assert str(broken) in told
    assert "smartctl" in told


def test_doctor_asks_the_running_api_for_its_database(box: RunningAppliance) -> None:
    with box:
        told = doctor(box, "database")
    assert told == "ok    database: in the hands of the running api: It takes what is written."


def log_flipped(box: RunningAppliance) -> tuple[str, str]:
    log = box.data_dir / "vbot.duckdb.wal"
    flip(log, log.stat().st_size // 2)
    return "database", f"{log} is damaged at byte "


def database_flipped(box: RunningAppliance) -> tuple[str, str]:
    flip(box.data_dir / "vbot.duckdb", 9000)
    return "database", f"{box.data_dir / 'vbot.duckdb'} is damaged at byte 8192: "


def database_cut_off(box: RunningAppliance) -> tuple[str, str]:
    truncate(box.data_dir / "vbot.duckdb", 5000)
    return "database", f"{box.data_dir / 'vbot.duckdb'} is "


def repair_interrupted(box: RunningAppliance) -> tuple[str, str]:
    (box.data_dir / "repair-in-progress").touch()
    return "database", f"a repair of {box.data_dir} was interrupted: run `vbot repair` again"


def master_key_flipped(box: RunningAppliance) -> tuple[str, str]:
    flip(box.data_dir / "secrets/master.key", 3, 3)
    return "keys", f"{box.data_dir}/secrets/"


def recovery_key_cut_off(box: RunningAppliance) -> tuple[str, str]:
    truncate(box.data_dir / "secrets/recovery.key", 10)
    return "keys", f"{box.data_dir}/secrets/recovery.key is damaged"


def certificate_flipped(box: RunningAppliance) -> tuple[str, str]:
    flip(box.data_dir / "tls/certificate.pem", 400, 1)
    return "certificate", f"{box.data_dir}/tls/certificate.pem or its key is damaged ("


def backup_flipped(box: RunningAppliance) -> tuple[str, str]:
    (backup,) = (box.data_dir / "backups").glob("*.tar")
    flip(backup, backup.stat().st_size // 2)
    return "backups", f"{backup} is damaged: vbot.duckdb is not what was written: remove it, and make another by"


@pytest.mark.parametrize(
    "fault",
    long_but(
        [database_flipped, master_key_flipped, backup_flipped],
        [
            log_flipped,
            database_flipped,
            database_cut_off,
            repair_interrupted,
            master_key_flipped,
            recovery_key_cut_off,
            certificate_flipped,
            backup_flipped,
        ],
    ),
)
def test_doctor_names_what_is_damaged(
    box: RunningAppliance, fault: Callable[[RunningAppliance], tuple[str, str]]
) -> None:
    part, words = fault(box)
    assert doctor(box, part).startswith(f"WRONG {part}: {words}")
