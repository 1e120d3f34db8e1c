"""`vbot repair`'s use case: what can be read is kept, what the disk still holds taken in, and nothing is deleted."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.errors import ConfigurationError
from appliance.services.access.audit_export import exported_until
from appliance.services.calls.reingest import read_lost
from appliance.services.upkeep import repair as module
from appliance.services.upkeep.repair import repair
from appliance.storage import audit_chain
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.file_format import block_file, log_file
from appliance.storage.file_format.damage import DatabaseDamaged, log_of
from appliance.storage.file_format.encryption import FileCipher
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.repair import mending
from appliance.storage.repair.mending import NothingToSave
from appliance.storage.tables import audit, facts, stored_recordings
from tests.appliance.audited import lines
from tests.appliance.builders import AN_ADMIN, NOON
from tests.support.cases import long_but
from tests.support.database_file import keys_beside, open_file
from tests.support.file_faults import flip, truncate, zero_page
from tests.support.used_folder import IN_THE_FILE, Used, used_folder

# Each makes, damages and repairs a whole data folder.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Used]:
    root = tmp_path_factory.mktemp("used") / "data"
    return root, used_folder(root)


@pytest.fixture
def used(original: tuple[Path, Used]) -> Used:
    return original[1]


@pytest.fixture
def folder(original: tuple[Path, Used], tmp_path: Path) -> DataFolder:
    """A copy of the used folder, to be damaged."""
    shutil.copytree(original[0], tmp_path / "data")
    return DataFolder(tmp_path / "data")


def repaired(folder: DataFolder) -> list[str]:
    told: list[str] = []
    repair(folder, Keys.of(folder), told.append)
    assert all("\n" not in line for line in told)
    assert not folder.repair_mark.exists()
    assert not (folder.root / module.SCRATCH).exists()
    return told


def on_database(folder: DataFolder, work: Callable[[Connection], object]) -> object:
    with opened_database(folder.database, existing=True, keys=keys_beside(folder.database)) as database:
        return database.write_blocking(work)


def known(folder: DataFolder) -> dict[str, str]:
    """The calls' states by id."""
    found = on_database(folder, lambda tx: tx.execute("SELECT call_id, state FROM call").fetchall())
    assert isinstance(found, list)
    return dict(found)


def asides(folder: DataFolder) -> list[Path]:
    return sorted(path for path in folder.root.iterdir() if path.name.startswith(module.ASIDE))


def cipher(folder: DataFolder) -> FileCipher:
    key = keys_beside(folder.database).of(folder.database)
    assert key is not None
    return key.cipher


def frames(folder: DataFolder) -> list[log_file.Frame]:
    content = log_file.read_log(log_of(folder.database))
    head = log_file.read_head(content)
    assert head is not None
    found, at = [], head.end
    while (frame := log_file.frame_at(content, at, cipher(folder))) is not None:
        found.append(frame)
        at = frame.end
    return found


def test_a_whole_database_is_left_as_it_is(folder: DataFolder, used: Used) -> None:
    assert repaired(folder) == [f"{folder.database} is whole"]
    assert set(known(folder)) == used.calls
    assert asides(folder) == []
    assert not folder.lost_and_found.exists()


def test_behind_a_damage_in_the_log_every_call_is_back_that_the_disk_still_holds(
    folder: DataFolder, used: Used
) -> None:
    # In the late customer's calls: the customer itself is in front of it.
    victim = frames(folder)[len(frames(folder)) // 2]
    zero_page(log_of(folder.database), victim.at)
    before = {path.name: path.read_bytes() for path in (folder.database, log_of(folder.database))}
    with pytest.raises(DatabaseDamaged):
        Database.open(folder.database, existing=True, keys=keys_beside(folder.database))

    told = repaired(folder)

    states = known(folder)
    assert set(states) == used.calls
    early = set(used.final[: IN_THE_FILE // 4])
    assert {call_id for call_id in early if states[call_id] == "completed"} == early
    assert any(line.startswith("vbot.duckdb.wal: the first ") for line in told)
    again = [line for line in told if line.endswith("was taken in again")]
    assert 5 < len(again) < len(used.calls)
    assert f"call {used.waiting[-1]} of customer {used.customers[1]} was taken in again" in told
    (aside,) = asides(folder)
    assert {name: (aside / name).read_bytes() for name in before} == before
    assert keys_beside(folder.database).of(aside / folder.database.name) is not None  # it can still be looked into
    assert f"the damaged files are in {aside}" in told
    told_audit = on_database(folder, lines)
    assert isinstance(told_audit, list)
    assert told_audit[-1].action is Action.REPAIRED
    assert told_audit[-1].after == {"calls_taken_in_again": len(again), "calls_analysed_again": 0}
    assert repaired(folder) == [f"{folder.database} is whole"]


def test_one_flipped_bit_in_the_log_costs_nothing_where_no_other_explains_it(folder: DataFolder, used: Used) -> None:
    # In the length of an entry: the checksum tells for certain which bit it was.
    victim = frames(folder)[len(frames(folder)) // 2]
    flip(log_of(folder.database), victim.at + 2, 3)

    told = repaired(folder)

    assert told[0] == f"vbot.duckdb.wal: a flipped bit at byte {victim.at + 2} was turned back"
    assert len(told) == 2
    assert set(known(folder)) == used.calls
    assert {call_id for call_id, state in known(folder).items() if state == "completed"} == set(used.final)


def test_calls_of_a_customer_that_was_lost_are_kept_for_a_person_and_its_id_is_not_given_again(
    folder: DataFolder, used: Used
) -> None:
    zero_page(log_of(folder.database), 0)

    told = repaired(folder)

    assert set(known(folder)) == {*used.final[: IN_THE_FILE // 4], *used.waiting[: IN_THE_FILE * 3 // 4]}
    assert (
        f"20 recordings of customers that are not known are in {folder.lost_and_found}; `vbot restore BACKUP "
        in " ".join(told)
    )
    assert len(list(folder.lost_and_found.iterdir())) == 20
    (next_id,) = on_database(folder, lambda tx: tx.execute("SELECT nextval('customer_id')").fetchall())[0]  # type: ignore[index]
    assert next_id > max(used.customers)
    assert repaired(folder)[0] == f"{folder.database} is whole"
    assert len(list(folder.lost_and_found.iterdir())) == 20


def table_block(folder: DataFolder, table: str, column: str) -> int:
    """Where a column of a table lies in the file."""
    query = f"""
        SELECT block_id FROM pragma_storage_info('{table}')
        WHERE persistent AND block_id >= 0 AND column_name = '{column}' LIMIT 1"""
    with open_file(folder.database) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(query).fetchone()
    assert found is not None
    with folder.database.open("rb") as file:
        head = block_file.newest_head(file, cipher(folder))
    assert head is not None
    return head.block(found[0]).at


@pytest.mark.long
def test_an_audit_that_has_lost_a_value_of_its_lines_is_whole_but_for_what_the_repair_tells(
    folder: DataFolder, used: Used
) -> None:
    def write(tx: Connection) -> None:
        for number in range(2500):  # with names that fill blocks of their own
            actor = replace(AN_ADMIN, name=hashlib.sha512(b"%d" % number).hexdigest() * 4)
            audit.add(tx, AuditLine(NOON, actor, Action.CALL_READ, Subject(SubjectKind.CALL, "1")))

    on_database(folder, write)
    with opened_database(folder.database, existing=True, keys=keys_beside(folder.database)) as database:
        database.write_blocking(lambda tx: tx.execute("CHECKPOINT") and None)
    zero_page(folder.database, table_block(folder, "audit", "token_name"))

    told = repaired(folder)

    assert any(line.startswith("audit: ") and "values of token_name" in line for line in told), told
    verdict = on_database(folder, audit_chain.verify)
    assert isinstance(verdict, audit_chain.Verdict)
    assert (verdict.broken, verdict.gaps) == (None, ())
    assert verdict.lost_values


def test_where_the_audits_last_lines_are_lost_a_siem_gets_those_that_come_after(folder: DataFolder, used: Used) -> None:
    def export(tx: Connection) -> None:
        for number in range(2500):
            subject = Subject(SubjectKind.CALL, hashlib.sha512(b"%d" % number).hexdigest() * 4)
            audit.add(tx, AuditLine(NOON, AN_ADMIN, Action.CALL_READ, subject))
        facts.put(tx, facts.AUDIT_EXPORTED_UNTIL, str(audit.last_seq(tx)))

    on_database(folder, export)
    with opened_database(folder.database, existing=True, keys=keys_beside(folder.database)) as database:
        database.write_blocking(lambda tx: tx.execute("CHECKPOINT") and None)
    zero_page(folder.database, table_block(folder, "audit", "seq"))

    told = repaired(folder)

    assert any(line.startswith("audit: ") and " rows cannot be read" in line for line in told), told
    behind = on_database(folder, lambda tx: audit.behind(tx, exported_until(tx), 10))
    assert isinstance(behind, list)
    assert [line.action for _, line in behind] == [Action.REPAIRED]


@pytest.mark.parametrize(
    ("table", "column"),
    long_but(
        [("call", "call_id")],
        [("call", "call_id"), ("recording", "file"), ("result", "body"), ("delivery", "id")],
    ),
)
def test_what_a_damaged_table_has_lost_is_made_again_of_the_recordings(
    folder: DataFolder, used: Used, table: str, column: str
) -> None:
    at = table_block(folder, table, column)
    for page in range(8):
        zero_page(folder.database, at + page * 4096)

    told = repaired(folder)

    states = known(folder)
    assert set(states) == used.calls
    with opened_database(folder.database, existing=True, keys=keys_beside(folder.database)) as database:
        have = database.write_blocking(stored_recordings.all_files)
        final = {call_id for call_id, state in states.items() if state == "completed"}

        def complete(tx: Connection) -> list[tuple[str]]:
            return tx.execute(
                "SELECT call_id FROM call WHERE state = 'completed' AND call_id IN (SELECT call_id FROM result) "
                "AND call_id IN (SELECT call_id FROM delivery)"
            ).fetchall()

        assert {call_id for (call_id,) in database.write_blocking(complete)} == final
    files = {path.relative_to(folder.recordings).as_posix() for path in folder.recordings.rglob("*") if path.is_file()}
    assert have == files
    assert len(files) == len(used.calls)
    assert any(line.startswith(f"{table}: ") and line.endswith(" cannot be read") for line in told), told
    assert repaired(folder) == [f"{folder.database} is whole"]


def test_a_number_that_cannot_be_read_does_not_cost_the_call(folder: DataFolder, used: Used) -> None:
    def spread(tx: Connection) -> None:
        tx.execute("UPDATE call SET caller_number = repeat(md5(call_id), 40)")

    on_database(folder, spread)
    with open_file(folder.database) as connection:
        while connection.execute("SELECT count(*) < 6000 FROM call").fetchone() == (True,):  # fills blocks of its own
            connection.execute(
                "INSERT INTO call BY NAME SELECT * EXCLUDE (seq) REPLACE (uuid()::VARCHAR AS call_id, "
                "repeat(md5(uuid()::VARCHAR), 10) AS caller_number, NULL AS external_id) FROM call"
            )
    at = table_block(folder, "call", "caller_number")
    for page in range(60):
        zero_page(folder.database, at + page * 4096)

    told = repaired(folder)

    assert any(line.startswith("call: ") and "values of caller_number" in line for line in told), told
    assert used.calls <= set(known(folder))


@pytest.mark.parametrize("head", [0, 4096, 8192])
def test_a_head_that_is_gone_is_written_anew_where_that_can_be_done(folder: DataFolder, used: Used, head: int) -> None:
    with folder.database.open("rb") as file:
        newest = block_file.newest_head(file, cipher(folder))
        assert newest is not None
        content = block_file.plain(block_file.read(file, block_file.Region(head, 4096)), head, cipher(folder))
        assert content is not None
        is_the_newest = content[8:16] == newest.number.to_bytes(8, "little")
    zero_page(folder.database, head)
    before = folder.database.read_bytes()

    if head and is_the_newest:
        with pytest.raises(NothingToSave, match=r": nothing was changed, only a backup helps: `vbot restore"):
            repaired(folder)
        assert folder.database.read_bytes() == before
    else:
        repaired(folder)
        assert set(known(folder)) == used.calls
        assert set(known(folder).values()) == {"completed", "received"}


@pytest.mark.parametrize("damage", [lambda path: truncate(path, 0), lambda path: truncate(path, 20_000), Path.unlink])
def test_where_nothing_can_be_made_everything_stays_and_only_a_backup_is_named(
    folder: DataFolder, damage: Callable[[Path], object]
) -> None:
    damage(folder.database)
    before = everything(folder)

    with pytest.raises(NothingToSave) as told:
        repaired(folder)

    assert re_matches(str(told.value))
    assert everything(folder) == before


def re_matches(text: str) -> bool:
    return text.endswith(
        "nothing was changed, only a backup helps: `vbot restore BACKUP --recovery-key-file F`, and then `vbot repair` "
        "again, which takes in the calls that were accepted since"
    )


def everything(folder: DataFolder) -> dict[str, str]:
    return {
        path.relative_to(folder.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.root.rglob("*")
        if path.is_file()
    }


def test_recordings_that_tell_nothing_are_put_away_and_not_deleted(folder: DataFolder) -> None:
    stranger = folder.recordings / "2026-11-24" / "somebody"
    stranger.write_bytes(b"RIFF of before")
    truncate(log_of(folder.database), 0)

    told = repaired(folder)

    assert (folder.lost_and_found / "2026-11-24-somebody").read_bytes() == b"RIFF of before"
    assert f"1 recording that tells nothing of its call is in {folder.lost_and_found}" in told


def test_what_a_restore_put_away_is_taken_in_as_well(folder: DataFolder, used: Used) -> None:
    lost = used.waiting[0]

    def forget(tx: Connection) -> list[str]:
        files = [stored.file for stored in stored_recordings.of_call(tx, lost)]
        for table in ("call", "recording"):
            tx.execute(f"DELETE FROM {table} WHERE call_id = ?", [lost])
        return files

    (file,) = on_database(folder, forget)  # type: ignore[misc]
    folder.lost_and_found.mkdir()
    (folder.recordings / file).rename(folder.lost_and_found / file.replace("/", "-"))

    assert f"call {lost} of customer {used.customers[0]} was taken in again" in repaired(folder)

    assert known(folder)[lost] == "received"
    assert list(folder.lost_and_found.iterdir()) == []
    (stored,) = on_database(folder, lambda tx: stored_recordings.of_call(tx, lost))  # type: ignore[misc]
    assert (folder.recordings / stored.file).is_file()


def test_a_folder_that_somebody_works_on_is_left_alone(folder: DataFolder) -> None:
    ready, done = os.pipe(), os.pipe()
    if (child := os.fork()) == 0:
        with open_file(folder.database):
            os.write(ready[1], b".")
            os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    try:
        with pytest.raises(ConfigurationError, match="is in use by another process"):
            repaired(folder)
    finally:
        os.write(done[1], b".")
        os.waitpid(child, 0)
        for descriptor in (*ready, *done):
            os.close(descriptor)


# -- killed in the middle -------------------------------------------------------------------------------------

# What a repair of a damaged log comes by, and the how manieth time.
STEPS = (
    (mending, "_turn_bits_back", 1),
    (module, "write_private", 1),
    (module, "_put_in_place", 1),
    (Path, "rename", 1),
    (Path, "rename", 2),
    (Path, "rename", 3),
    (module, "sync_folder", 1),
    (module, "sync_folder", 2),
    (module, "sync_folder", 3),
    (module, "opened_own_database", 1),
    (module, "read_lost", 1),
    (module, "reingest_audited", 1),
    (module, "set_aside", 1),
)
# Where most hangs on the order: the old files lie aside, the new ones are not in place yet; a part is taken in again.
TELLING = ((module, "_put_in_place", 1), (Path, "rename", 2), (module, "reingest_audited", 1))


@pytest.fixture
def damaged(folder: DataFolder) -> DataFolder:
    zero_page(log_of(folder.database), frames(folder)[len(frames(folder)) // 2].at)
    return folder


@pytest.mark.parametrize("after", long_but([True], [False, True]), ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name", "times"), long_but(TELLING, STEPS), ids=[f"{name} {times}" for _, name, times in STEPS]
)
def test_killed_in_the_middle_and_run_again_it_ends_as_well(
    damaged: DataFolder, used: Used, where: object, name: str, times: int, after: bool
) -> None:
    original = (damaged.database.read_bytes(), log_of(damaged.database).read_bytes())
    if (child := os.fork()) == 0:
        left, real = [times], getattr(where, name)

        def dying(*values: object, **options: object) -> object:
            left[0] -= 1
            if left[0] == 0 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*values, **options)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(where, name, dying)
        try:
            repair(damaged, Keys.of(damaged), lambda _line: None)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it is not called so often"

    repaired(damaged)

    assert set(known(damaged)) == used.calls
    kept = [(aside / "vbot.duckdb").read_bytes() for aside in asides(damaged) if (aside / "vbot.duckdb").exists()]
    assert kept == [original[0]]
    assert [log_of(aside / "vbot.duckdb").read_bytes() for aside in asides(damaged)] == [original[1]]
    lost = read_lost({path.name: path for path in damaged.recordings.rglob("*") if path.is_file()}, Keys.of(damaged))
    assert len(lost) == len(used.calls)
