"""The database file: one owner, one writer, nothing acknowledged is ever lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from appliance.errors import ConfigurationError, PermanentFailure, Unavailable
from appliance.storage import schema as schema_module
from appliance.storage.attached_database import copy_into
from appliance.storage.database import Connection, Database
from appliance.storage.migrations import Migration, all_migrations
from appliance.storage.schema import MigrationFailed
from appliance.storage.tables import facts
from appliance.storage.writer import GROUP_LIMIT
from tests.support.processes import wait_until

Step = Callable[[Connection], object]


class HeldWriter:
    """Keeps the writer busy, so that what is handed in meanwhile waits together."""

    def __init__(self, database: Database) -> None:
        self._go_on = threading.Event()
        self._begun = threading.Event()
        self._held = asyncio.ensure_future(database.write(self._wait))

    def _wait(self, tx: Connection) -> int:
        self._begun.set()
        assert self._go_on.wait(60)
        return transaction_of(tx)

    async def begun(self) -> HeldWriter:
        while not self._begun.is_set():
            await asyncio.sleep(0.001)
        return self

    async def release(self) -> int:
        self._go_on.set()
        return await self._held


def transaction_of(tx: Connection) -> int:
    (number,) = tx.execute("SELECT txid_current()").fetchone() or (0,)
    return int(number)


def put(name: str, value: str = "") -> Step:
    return lambda tx: facts.put(tx, name, value)


def names(tx: Connection) -> set[str]:
    return {name for (name,) in tx.execute("SELECT name FROM fact").fetchall()}


async def test_work_runs_in_the_order_in_which_it_was_handed_in(database: Database) -> None:
    seen: list[int] = []
    await asyncio.gather(*(database.write(lambda _, number=number: seen.append(number)) for number in range(200)))
    assert seen == list(range(200))


async def test_work_never_runs_beside_other_work(database: Database) -> None:
    def count_up(tx: Connection) -> None:
        before = int(facts.get(tx, "count") or 0)
        time.sleep(0.001)
        facts.put(tx, "count", str(before + 1))

    await asyncio.gather(*(database.write(count_up) for _ in range(30)))
    assert await database.read(lambda tx: facts.get(tx, "count")) == "30"


async def test_write_returns_what_the_work_returned(database: Database) -> None:
    assert await database.write(lambda _: "done") == "done"
    assert database.write_blocking(lambda _: "done") == "done"


async def test_work_that_waited_together_shares_one_commit(database: Database) -> None:
    writer = await HeldWriter(database).begun()
    together = [asyncio.ensure_future(database.write(transaction_of)) for _ in range(10)]
    await asyncio.sleep(0)
    alone = await writer.release()
    numbers = set(await asyncio.gather(*together))
    assert len(numbers) == 1
    assert alone not in numbers


async def test_a_group_has_a_limit_so_that_the_first_does_not_wait_for_all(database: Database) -> None:
    writer = await HeldWriter(database).begun()
    together = [asyncio.ensure_future(database.write(transaction_of)) for _ in range(GROUP_LIMIT + 1)]
    await asyncio.sleep(0)
    await writer.release()
    numbers = await asyncio.gather(*together)
    assert len(set(numbers)) == 2
    assert numbers.count(numbers[0]) == GROUP_LIMIT


@pytest.mark.parametrize(
    "fail",
    [
        pytest.param(lambda tx: facts.get(tx, 1 / 0), id="an error of ours"),  # type: ignore[arg-type]
        pytest.param(lambda tx: tx.execute("INSERT INTO fact VALUES ('twice', ''), ('twice', '')"), id="a constraint"),
        pytest.param(lambda tx: tx.execute("SELECT * FROM no_such_table"), id="an error of DuckDB"),
    ],
)
async def test_a_piece_that_fails_does_not_take_its_neighbours_down(database: Database, fail: Step) -> None:
    writer = await HeldWriter(database).begun()
    pieces = [put("before"), fail, put("after")]
    together = [asyncio.ensure_future(database.write(piece)) for piece in pieces]
    await asyncio.sleep(0)
    await writer.release()
    before, failed, after = await asyncio.gather(*together, return_exceptions=True)
    assert (before, after) == (None, None)
    assert isinstance(failed, ZeroDivisionError | duckdb.Error)
    assert await database.read(names) == {"before", "after"}


async def test_nothing_of_a_piece_that_fails_is_kept(database: Database) -> None:
    def half(tx: Connection) -> None:
        facts.put(tx, "half", "")
        raise ValueError("the other half cannot be done")

    with pytest.raises(ValueError, match="the other half"):
        await database.write(half)
    await database.write(put("next"))
    assert await database.read(names) == {"next"}


async def test_a_reader_sees_what_was_acknowledged_before_it_began(database: Database) -> None:
    for number in range(20):
        await database.write(put("number", str(number)))
        assert await database.read(lambda tx: facts.get(tx, "number")) == str(number)


async def test_all_that_one_reader_asks_is_of_one_moment(database: Database) -> None:
    between_its_questions, written = threading.Event(), threading.Event()

    def ask_twice(tx: Connection) -> tuple[set[str], set[str]]:
        first = names(tx)
        between_its_questions.set()
        assert written.wait(60)
        return first, names(tx)

    asking = asyncio.create_task(database.read(ask_twice))
    await asyncio.to_thread(between_its_questions.wait, 60)
    await database.write(put("meanwhile"))
    written.set()
    first, second = await asking
    assert first == second
    assert "meanwhile" in await database.read(names)


async def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    await database.write(put("committed"))
    writer = await HeldWriter(database).begun()
    assert await asyncio.wait_for(database.read(names), 60) == {"committed"}
    await writer.release()


async def test_who_gives_up_waiting_does_not_stop_the_writer(database: Database) -> None:
    writer = await HeldWriter(database).begun()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(database.write(put("given up")), 0.01)
    await writer.release()
    await asyncio.wait_for(database.write(put("later")), 60)
    assert await database.read(names) == {"later"}


async def test_who_gives_up_while_the_work_runs_does_not_stop_the_writer(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(tx: Connection) -> None:
        facts.put(tx, "slow", "")
        begun.set()
        assert go_on.wait(60)

    writing = asyncio.ensure_future(database.write(slow))
    assert await asyncio.to_thread(begun.wait, 60)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go_on.set()
    await asyncio.wait_for(database.write(put("later")), 60)
    assert await database.read(names) == {"slow", "later"}


async def test_closing_finishes_what_was_handed_in(database: Database) -> None:
    writer = await HeldWriter(database).begun()
    waiting = [asyncio.ensure_future(database.write(put(f"piece {number}"))) for number in range(100)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(database.close))
    await writer.release()
    await closing
    await asyncio.gather(*waiting)
    reopened = Database.open(database.path)
    try:
        assert len(await reopened.read(names)) == 100
    finally:
        reopened.close()


async def test_a_closed_database_says_so_and_may_be_closed_again(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(Unavailable):
        await database.write(put("late"))
    with pytest.raises(Unavailable):
        await database.read(names)


@pytest.mark.slow
def test_a_second_process_is_told_that_the_file_is_in_use(database: Database) -> None:
    program = (
        "import sys; from pathlib import Path; from appliance.storage.database import Database\n"
        "from appliance.errors import ConfigurationError\n"
        "try: Database.open(Path(sys.argv[1]))\n"
        "except ConfigurationError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(database.path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == f"{database.path} is in use by another process\n"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot open .*nowhere"):
        Database.open(tmp_path / "nowhere/vbot.duckdb")


# -- the schema ----------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vbot.duckdb"


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path)) as connection:
        return list(connection.execute(sql).fetchall())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Migration]]:
    """The steps that this program knows; a test may add to them."""
    steps = list(all_migrations())
    monkeypatch.setattr(schema_module, "all_migrations", lambda: steps)
    return steps


def test_every_step_is_applied_once_and_in_order(path: Path) -> None:
    Database.open(path).close()
    first = query(path, "SELECT number, name, applied_at FROM schema_migration ORDER BY applied_at, number")
    Database.open(path).close()
    assert query(path, "SELECT number, name, applied_at FROM schema_migration ORDER BY applied_at, number") == first
    assert [row[0] for row in first] == [step.number for step in all_migrations()]


def test_the_steps_are_numbered_without_gap_or_repetition() -> None:
    assert [step.number for step in all_migrations()] == list(range(1, len(all_migrations()) + 1))


def test_a_new_step_is_applied_to_what_an_older_program_wrote(path: Path, steps: list[Migration]) -> None:
    old = Database.open(path)
    old.write_blocking(put("kept", "from before"))
    old.close()
    steps.append(Migration(steps[-1].number + 1, "colour", "ALTER TABLE fact ADD COLUMN colour VARCHAR DEFAULT 'red'"))
    Database.open(path).close()
    assert query(path, "SELECT value, colour FROM fact") == [("from before", "red")]


def test_a_step_that_fails_leaves_nothing_and_is_tried_again(path: Path, steps: list[Migration]) -> None:
    Database.open(path).close()
    number = steps[-1].number + 1
    steps.append(Migration(number, "broken", "CREATE TABLE half (a INTEGER); CREATE TABLE half (a INTEGER)"))
    with pytest.raises(
        MigrationFailed, match=rf"to step {number:04d} \(broken\) failed: .*half.*; nothing was changed"
    ):
        Database.open(path)
    assert query(path, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'half'") == []
    steps[-1] = Migration(number, "mended", "CREATE TABLE half (a INTEGER)")
    Database.open(path).close()
    assert query(path, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'half'") == [(1,)]


def test_a_newer_programs_file_is_refused_and_left_alone(path: Path) -> None:
    Database.open(path).close()
    query(path, "INSERT INTO schema_migration VALUES (9999, 'from the future', now())")
    with pytest.raises(PermanentFailure, match=r"newer vBot \(schema 9999\)"):
        Database.open(path)
    assert query(path, "SELECT name FROM schema_migration WHERE number = 9999") == [("from the future",)]


# -- what survives -------------------------------------------------------------------------------------------

WRITE_FOR_EVER = """
import asyncio, sys
from pathlib import Path
from appliance.storage.tables import facts
from appliance.storage.database import Database

async def write(database, number):
    await database.write(lambda tx: facts.put(tx, f"fact {number}", "written"))
    print(number, flush=True)

async def main():
    database = Database.open(Path(sys.argv[1]))
    number = 0
    while True:
        await asyncio.gather(*(write(database, number + offset) for offset in range(5)))
        number += 5

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("acknowledged_before_the_kill", [1, 60])
async def test_kill_9_loses_nothing_that_was_acknowledged(path: Path, acknowledged_before_the_kill: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        seen = [int(writer.stdout.readline()) for _ in range(acknowledged_before_the_kill)]
        writer.send_signal(signal.SIGKILL)
        seen += [int(line) for line in writer.stdout.read().splitlines()]
    database = Database.open(path)
    try:
        assert {f"fact {number}" for number in seen} <= await database.read(names)
    finally:
        database.close()


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows New York's time."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 3, 8, 2, 30, tzinfo=UTC),  # an hour that New York skips
        datetime(2026, 11, 24, 5, 15, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
)
async def test_moments_come_back_as_the_same_moment_in_utc(path: Path, moment: datetime) -> None:
    database = Database.open(path)
    try:

        def write(tx: Connection) -> None:
            tx.execute(
                "INSERT INTO token (name, role, token_hash, created_at, expires_at) VALUES ('', 'admin', 'h', ?, ?)",
                [moment, moment],
            )

        await database.write(write)
        for read in (database.read, database.write):
            (found,) = await read(lambda tx: tx.execute("SELECT created_at FROM token").fetchall())
            assert found[0] == moment
            assert found[0].utcoffset() == timedelta(0)
            (days,) = await read(
                lambda tx: tx.execute("SELECT strftime(created_at, '%Y-%m-%d %H:%M') FROM token").fetchall()
            )
            assert days[0] == moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    finally:
        database.close()


def test_the_file_is_private_when_we_run_under_our_umask(path: Path) -> None:
    before = os.umask(0o077)
    try:
        Database.open(path).close()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_closing_does_not_wait_for_the_end_of_a_long_copy(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.storage.database.INTERRUPT_FOR_SECONDS", 60.0)  # a slow disk hears it late

    def fill(tx: Connection) -> None:
        tx.execute("CREATE TABLE many AS SELECT uuid()::VARCHAR AS text, i FROM range(2_000_000) AS numbers(i)")

    database.write_blocking(fill)
    ended: list[BaseException | None] = []

    def copy() -> None:
        try:
            database.copy_blocking(tmp_path / "copy.duckdb")
        except Unavailable as error:
            ended.append(error)
        else:
            ended.append(None)

    thread = threading.Thread(target=copy)
    thread.start()
    assert wait_until(lambda: database._copying is not None, 60, 0.001)

    assert database.close()

    thread.join(60)
    assert [type(end) for end in ended] == [Unavailable]


class SlowToEnd:
    """A connection beside which another transaction still writes in the copy when its checkpoint begins.

    Seen on a busy machine at the first start, with the backup that is made then.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection, self._other = connection, connection.cursor()

    def execute(self, statement: str, *values: object) -> object:
        if "CHECKPOINT" in statement:
            self._other.execute("BEGIN")
            self._other.execute("CREATE TABLE other_file.late (i INTEGER)")
            threading.Timer(0.3, self._other.execute, ["COMMIT"]).start()
        return self._connection.execute(statement, *values)


def test_a_copy_waits_for_what_is_still_written_into_it(database: Database, tmp_path: Path) -> None:
    with database._connection.cursor() as connection:
        copy_into(SlowToEnd(connection), tmp_path / "copy.duckdb")  # type: ignore[arg-type]

    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM schema_migration").fetchone() == (len(all_migrations()),)


def test_no_copy_begins_once_it_is_closed(database: Database, tmp_path: Path) -> None:
    database.close()

    with pytest.raises(Unavailable):
        database.copy_blocking(tmp_path / "copy.duckdb")


@pytest.mark.parametrize("fault", [duckdb.FatalException, duckdb.TransactionException, duckdb.IOException])
async def test_what_the_disk_refuses_is_unavailable_to_who_reads(database: Database, fault: type[Exception]) -> None:
    def refused(_tx: Connection) -> None:
        raise fault("no space left on device")

    with pytest.raises(Unavailable):
        await database.read(refused)
    assert await database.read(names) == set()


@pytest.mark.parametrize("fault", [duckdb.TransactionException, duckdb.OutOfMemoryException, duckdb.IOException])
async def test_what_the_disk_refuses_is_unavailable_to_who_writes(database: Database, fault: type[Exception]) -> None:
    def refused(tx: Connection) -> None:
        facts.put(tx, "lost", "")
        raise fault("failed to commit: no space left on device")

    with pytest.raises(Unavailable):
        await database.write(refused)
    await database.write(put("later"))
    assert await database.read(names) == {"later"}
