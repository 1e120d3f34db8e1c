"""A file of the database that is not what was written: one sentence, wherever it shows; and no word of damage else."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from appliance.errors import NO_RESTART_EXIT_CODE, ConfigurationError, PermanentFailure, Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.file_format import block_file, log_file, tried_versions
from appliance.storage.file_format.damage import DatabaseDamaged, log_of
from appliance.storage.opening import obstacle
from appliance.storage.repair.verification import verify
from tests.support.file_faults import flip, truncate, zero_page
from tests.support.own_records import own_records

# Each has DuckDB write a file and reads it.
pytestmark = pytest.mark.slow

COMMITS = 40
WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from appliance.storage.tables import facts
from appliance.storage.database import Database
from tests.appliance.builders import a_call
from appliance.storage.tables import calls

database = Database.open(Path(sys.argv[1]))
# So much in the file itself, the rest in the log.
database.write_blocking(lambda tx: calls.insert_many(tx, [a_call(f"old-{n}", metadata="m" * 500) for n in range(2000)]))
database._connection.execute("CHECKPOINT")
for number in range(int(sys.argv[2])):
    database.write_blocking(lambda tx: facts.put(tx, f"fact {number}", "written " * 20))
os.kill(os.getpid(), signal.SIGKILL)
"""
TWO_WAYS_OUT = r"`vbot repair` saves .*, `vbot restore BACKUP --recovery-key-file F` brings a backup back instead"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a log, as kill -9 leaves it."""
    path = tmp_path_factory.mktemp("killed") / "vbot.duckdb"
    done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(path), str(COMMITS)], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    return path


@pytest.fixture
def path(killed: Path, tmp_path: Path) -> Path:
    """A copy of it to be damaged."""
    path = tmp_path / "vbot.duckdb"
    shutil.copy2(killed, path)
    shutil.copy2(log_of(killed), log_of(path))
    return path


def frames(path: Path) -> list[log_file.Frame]:
    content = log_file.read_log(log_of(path))
    head = log_file.read_head(content)
    assert head is not None
    found, at = [], head.end
    while (frame := log_file.frame_at(content, at)) is not None:
        found.append(frame)
        at = frame.end
    return found


def the_sentence(path: Path) -> str:
    with pytest.raises(DatabaseDamaged) as told:
        Database.open(path, existing=True)
    assert told.value.exit_code == NO_RESTART_EXIT_CODE
    assert "\n" not in str(told.value)
    assert re.search(f"; {TWO_WAYS_OUT}$", str(told.value))
    return str(told.value)


def facts_in(path: Path) -> int:
    database = Database.open(path, existing=True)
    try:
        return database.write_blocking(lambda tx: tx.execute("SELECT count(*) FROM fact").fetchall())[0][0]
    finally:
        database.close()


def test_a_log_as_kill_9_leaves_it_is_whole(path: Path) -> None:
    assert not log_file.look_quickly(log_of(path)).damaged
    assert facts_in(path) == COMMITS


def test_a_flipped_bit_in_the_middle_of_the_log_is_told_with_what_lies_behind_it(path: Path) -> None:
    victim = frames(path)[len(frames(path)) // 2]
    flip(log_of(path), victim.at + log_file.FRAME_HEAD.size + victim.size // 2)

    told = the_sentence(path)

    commits = re.search(
        rf"^{re.escape(str(log_of(path)))} is damaged at byte {victim.at}, and (\d+) commits lie behind that: what was "
        r"changed since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC may be lost;",
        told,
    )
    assert commits is not None, told
    assert COMMITS / 2 - 2 <= int(commits[1]) <= COMMITS / 2 + 2


def test_the_files_of_this_duckdb_are_ones_that_we_know() -> None:
    assert tried_versions.is_known(), (
        "try this file and tests/faults/test_file_faults.py, then add it to tried_versions.TRIED"
    )


def test_another_duckdb_than_those_tried_is_believed_itself_and_its_files_are_not_taken_for_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tried_versions, "TRIED", ("0.1.",))
    victim = frames(path)[len(frames(path)) // 2]
    flip(log_of(path), victim.at + 3, 4)  # what only our own look finds

    assert verify(path, 10.0).looked_at == 0
    assert facts_in(path) < COMMITS


@pytest.mark.parametrize("byte", [2, 3, 7])
def test_a_length_that_leads_behind_the_end_is_no_torn_end_when_whole_frames_lie_behind_it(
    path: Path, byte: int
) -> None:
    victim = frames(path)[len(frames(path)) // 2]
    flip(log_of(path), victim.at + byte, 4)

    # DuckDB itself opens it, and has forgotten half.
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) < 30 FROM fact").fetchone() == (True,)

    assert f"is damaged at byte {victim.at}, and" in the_sentence(path)


@pytest.mark.parametrize("byte", [0, 2, 4, 9, 40])
def test_a_flipped_bit_in_the_head_of_the_log_drops_nothing_silently(path: Path, byte: int) -> None:
    flip(log_of(path), byte, 2)
    assert str(log_of(path)) in the_sentence(path)


def test_a_page_of_zeros_at_the_beginning_of_the_log_drops_nothing_silently(path: Path) -> None:
    zero_page(log_of(path), 0)
    assert f"{log_of(path)} is damaged at byte 0, and" in the_sentence(path)


@pytest.mark.parametrize("cut", [0, 1, 10, 37])
def test_a_torn_end_was_never_acknowledged_and_is_no_damage(path: Path, cut: int) -> None:
    last_commit = [frame for frame in frames(path) if frame.size == 5][-2]
    truncate(log_of(path), last_commit.end + cut)

    assert facts_in(path) == COMMITS - 1


def test_a_torn_log_that_was_written_on_holds_what_was_written_then(path: Path) -> None:
    truncate(log_of(path), frames(path)[-4].end + 20)
    before = facts_in(path)
    program = WRITE_AND_DIE.replace("old-", "new-").replace("fact {number}", "another fact {number}")
    subprocess.run([sys.executable, "-c", program, str(path), "5"], check=False, timeout=120)

    assert facts_in(path) == before + 5


@pytest.mark.parametrize("at", [8, 200, 4096, 4120, 8192, 8220, 12288 + 100])
def test_a_flipped_bit_in_what_the_file_says_of_itself_is_told(path: Path, at: int) -> None:
    flip(path, at)
    assert the_sentence(path).startswith(f"{path} is damaged")


@pytest.mark.parametrize("size", [0, 1, 4096, 12288, 200_000])
def test_a_file_that_is_cut_off_is_told(path: Path, size: int) -> None:
    truncate(path, size)
    assert the_sentence(path).startswith(f"{path} is ")


def test_a_file_that_is_missing_is_told_and_no_empty_one_is_made(path: Path) -> None:
    path.unlink()
    assert the_sentence(path).startswith(f"{path} is missing")
    assert not path.exists()


def test_a_letter_to_my_aunt_is_no_database(path: Path) -> None:
    path.write_bytes(b"this is a letter to my aunt, not a database" * 2000)
    assert the_sentence(path).startswith(f"{path} is damaged")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (duckdb.IOException(f"IO Error: Could not read from file: {os.strerror(errno.EIO)}"), "Input/output error"),
        (duckdb.IOException(f"IO Error: Could not write file: {os.strerror(errno.ENOSPC)}"), "No space left on device"),
        (duckdb.IOException(f"IO Error: Cannot open file: {os.strerror(errno.EACCES)}"), "Permission denied"),
        (duckdb.IOException('IO Error: Could not set lock on file "x": Conflicting lock'), "in use by another process"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"), "Out of Memory"),
    ],
)
def test_what_the_machine_refuses_is_no_damage(path: Path, error: duckdb.Error, words: str) -> None:
    told = obstacle(path, error)
    assert type(told) is ConfigurationError
    assert words in str(told)
    assert "damaged" not in str(told)


def test_what_a_newer_duckdb_wrote_is_no_damage_and_not_tried_again(path: Path) -> None:
    error = duckdb.IOException(
        "IO Error: Trying to read a database file with version number 99, but we can only read …"
    )
    told = obstacle(path, error)
    assert type(told) is PermanentFailure
    assert "damaged" not in str(told)


# -- while it runs -------------------------------------------------------------------------------------------


def damage_block_of(path: Path, table: str) -> None:
    """Flip a bit where a column of this table lies."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
        query = f"SELECT block_id FROM pragma_storage_info('{table}') WHERE persistent AND block_id >= 0 LIMIT 1"
        found = connection.execute(query).fetchone()
    assert found is not None
    with path.open("rb") as file:
        head = block_file.newest_head(file)
    assert head is not None
    flip(path, head.block(found[0]).at + 5000)


def read_all(tx: Connection) -> object:
    return tx.execute("SELECT * FROM call").fetchall()


async def test_who_reads_what_is_damaged_is_told_once_and_others_go_on(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage_block_of(path, "call")
    database = Database.open(path, existing=True)
    try:
        assert database.damage is None
        for _ in range(2):
            with pytest.raises(Unavailable, match="cannot be read: Corrupt database file"):
                await database.read(read_all)

        assert await database.read(lambda tx: tx.execute("SELECT count(*) FROM fact").fetchone()) == (COMMITS,)
        assert database.damage is not None
        (told,) = own_records(caplog)
        assert (told.getMessage(), told.exc_info) == (database.damage.sentence(), None)
        assert re.search(
            rf"^{re.escape(str(path))} is damaged at byte \d+: .*; {TWO_WAYS_OUT}$", database.damage.sentence()
        )
    finally:
        database.close()


async def test_who_writes_into_what_is_damaged_is_told_and_so_is_who_has_to_end_the_process(path: Path) -> None:
    damage_block_of(path, "call")
    database = Database.open(path, existing=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    database.on_damage = lambda: loop.call_soon_threadsafe(ended.set)
    try:
        with pytest.raises(DatabaseDamaged, match=TWO_WAYS_OUT):
            await database.write(read_all)
        await asyncio.wait_for(ended.wait(), 60)
    finally:
        database.close()


async def test_an_error_of_ours_after_damage_was_seen_is_no_damage(path: Path) -> None:
    damage_block_of(path, "call")
    database = Database.open(path, existing=True)
    try:
        with pytest.raises(Unavailable):
            await database.read(read_all)
        with pytest.raises(duckdb.ConstraintException):
            await database.write(lambda tx: tx.execute("INSERT INTO fact VALUES ('fact 1', '')"))
    finally:
        database.close()


def test_a_copy_of_what_is_damaged_is_refused_in_the_same_words(path: Path, tmp_path: Path) -> None:
    damage_block_of(path, "call")
    database = Database.open(path, existing=True, beside=[tmp_path])
    try:
        with pytest.raises(Unavailable, match=TWO_WAYS_OUT):
            database.copy_blocking(tmp_path / "copy.duckdb")
    finally:
        database.close()


FATAL = {
    "damaged": (
        "Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 5",
        0,
    ),
    "full": ("Failed to flush: No space left on device", 70),
}


@pytest.mark.parametrize("what", FATAL)
def test_a_write_that_makes_the_database_unusable_ends_the_process_in_a_line(path: Path, what: str) -> None:
    message, code = FATAL[what]
    program = (
        "import sys, duckdb; from pathlib import Path; from appliance.storage.database import Database\n"
        "database = Database.open(Path(sys.argv[1]))\n"
        "def fail(tx): raise duckdb.FatalException('FATAL Error: invalidated\\n\\nOriginal error: ' + sys.argv[2])\n"
        "try: database.write_blocking(fail)\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), message], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ("DatabaseDamaged\n" if code == 0 else "")


def test_the_checksums_are_those_of_duckdb(path: Path) -> None:
    state = block_file.examine(path)
    assert (state.damaged, state.size, state.looked_at) == ((), state.expected, state.expected)
    content = log_file.read_log(log_of(path))
    assert all(log_file.is_whole(content, frame) for frame in frames(path))
    assert {frame.size % 8 for frame in frames(path)} > {0, 1, 5}


def test_the_head_of_a_log_can_be_made_from_its_database(path: Path) -> None:
    content = log_file.read_log(log_of(path))
    with path.open("rb") as file:
        head = block_file.newest_head(file)
        assert head is not None
        made_id = block_file.database_id(file)
        made = log_file.make_head(2, made_id, head.number)
    assert content.startswith(made)
    assert log_file.read_head(content) == log_file.LogHead(len(made), made_id, head.number)


def test_a_fault_in_what_the_file_has_free_is_nobodys_loss(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
        connection.execute("DELETE FROM call")
        connection.execute("CHECKPOINT")
    with path.open("rb") as file:
        head = block_file.newest_head(file)
        assert head is not None
        free = block_file.free_blocks(file, head, set())
    assert free
    flip(path, head.block(min(free)).at + 100)

    assert block_file.examine(path).damaged == ()


def _index_block(path: Path) -> int:
    """A block that is neither free nor of a table."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        used = {block for (block,) in connection.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()}
        for (table,) in tables:
            query = f"SELECT block_id, additional_block_ids FROM pragma_storage_info('{table}') WHERE persistent"
            for block, others in connection.execute(query).fetchall():
                used |= {block, *(others or [])}
    with path.open("rb") as file:
        head = block_file.newest_head(file)
        assert head is not None
        used |= block_file.free_blocks(file, head, set())
    return min(head.block(number).at for number in range(head.block_count) if number not in used)


@pytest.mark.parametrize("damage", [flip, zero_page], ids=["bit", "page"])
def test_what_no_table_shows_is_found_too(path: Path, damage: Callable[[Path, int], None]) -> None:
    at = _index_block(path)
    damage(path, at + 3 * 4096)

    assert [region.at for region in block_file.examine(path).damaged] == [at]
