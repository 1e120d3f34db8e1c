"""A database is written anew while it is at work: nothing is lost, and nothing is left of what was erased."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import Unavailable
from appliance.storage import rewriting
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.erasure import erase_call
from appliance.storage.file_format import block_file
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.opening import written_anew
from appliance.storage.tables import calls, customers, deliveries, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import KEYS, NOON, a_call, a_customer, a_delivery, every_field_set
from tests.support.file_faults import flip

pytestmark = pytest.mark.slow

WORDS = "zzzz-ERASEME-MARKER-42"
NUMBER = "+999998877665"


def store(tx: Connection, call_id: str, words: str = "hello", number: str = "+4930", customer_id: int = 1) -> None:
    call = replace(a_call(customer_id=customer_id), call_id=call_id, caller_number=number, metadata=f'"{words}"')
    calls.insert(tx, call)
    results.insert(tx, every_field_set(StoredResult, call_id=call_id, revision=1, search_text=words, body=words))
    deliveries.insert(tx, a_delivery(call_id=call_id, id=f"d-{call_id}", body=words.encode()))


def many(tx: Connection) -> None:
    customers.insert(tx, a_customer())
    for number in range(50):
        store(tx, f"call-{number}")


def found(folder: Path) -> list[str]:
    """The files that hold the words or the number, or the beginning that DuckDB notes of them."""
    marks = (WORDS.encode(), NUMBER.encode(), WORDS[:8].encode(), NUMBER[:8].encode())
    return [
        path.name for path in folder.rglob("*") if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]


def rows_of(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
    names = [name for (name,) in tx.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    return {name: sorted(tx.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


@pytest.fixture
def filled(database: Database) -> Database:
    database.write_blocking(many)
    database.write_blocking(lambda tx: store(tx, "marked", WORDS, NUMBER))
    database.write_blocking(lambda tx: tx.execute("SELECT 1"))
    return database


def test_without_it_an_erased_call_stays_in_the_file(filled: Database) -> None:
    filled.write_blocking(lambda tx: erase_call(tx, "marked", NOON))
    filled.close()
    assert found(filled.path.parent) == [filled.path.name]  # this is why there is anything to do


def test_after_it_no_file_holds_anything_of_an_erased_call(filled: Database) -> None:
    filled.write_blocking(lambda tx: erase_call(tx, "marked", NOON))
    filled.rewrite_blocking()
    assert found(filled.path.parent) == []
    filled.write_blocking(lambda tx: store(tx, "later"))
    filled.close()
    assert found(filled.path.parent) == []


def test_a_later_copy_has_nothing_of_it_either(filled: Database, tmp_path: Path) -> None:
    filled.write_blocking(lambda tx: erase_call(tx, "marked", NOON))
    filled.rewrite_blocking()
    (tmp_path / "backup").mkdir()
    filled.copy_blocking(tmp_path / "backup/vbot.duckdb")
    assert found(tmp_path / "backup") == []


async def test_all_rows_are_the_same_before_and_after(filled: Database) -> None:
    before = await filled.read(rows_of)
    await asyncio.to_thread(filled.rewrite_blocking)
    assert await filled.read(rows_of) == before
    filled.close()
    with opened_database(filled.path) as opened:
        assert opened.write_blocking(rows_of) == before
    assert not filled.path.with_name(f"{filled.path.name}.new").exists()


def test_numbers_go_on_where_they_were(filled: Database) -> None:
    # The last one is gone, and is not given again.
    last = filled.write_blocking(lambda tx: customers.insert(tx, a_customer())).id
    filled.write_blocking(lambda tx: tx.execute("DELETE FROM customer WHERE id = ?", [last]))
    filled.rewrite_blocking()
    assert filled.write_blocking(lambda tx: customers.insert(tx, a_customer())).id == last + 1


async def test_what_changes_meanwhile_is_in_it(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    copied, go_on = threading.Event(), threading.Event()
    real = rewriting.copy_all

    def copy_all(connection: Connection, target: Path, key: DatabaseKey | None) -> None:
        real(connection, target, key)
        copied.set()
        assert go_on.wait(60)

    monkeypatch.setattr(rewriting, "copy_all", copy_all)
    done = asyncio.create_task(asyncio.to_thread(filled.rewrite_blocking))
    assert await asyncio.to_thread(copied.wait, 60)

    def change(tx: Connection) -> None:
        store(tx, "new")
        erase_call(tx, "call-7", NOON)
        calls.erase_texts(tx, ["call-8"])
        call = calls.get(tx, "call-9")
        assert call is not None
        calls.update(tx, replace(call, worker="another"))
        deliveries.erase_bodies_of_calls(tx, ["call-10"])
        customers.insert(tx, a_customer())

    await filled.write(change)
    changed = await filled.read(rows_of)
    go_on.set()
    await done
    assert await filled.read(rows_of) == changed


async def test_readers_and_writers_go_on_while_it_is_made_again_and_again(filled: Database) -> None:
    over = False

    async def write() -> int:
        number = 0
        while not over:
            await filled.write(lambda tx, number=number: store(tx, f"w-{number}"))
            number += 1
        return number

    async def read() -> None:
        while not over:
            assert len(await filled.read(lambda tx: rows_of(tx)["customer"])) == 1

    working = [asyncio.create_task(write()), *(asyncio.create_task(read()) for _ in range(3))]
    for _ in range(3):
        await asyncio.to_thread(filled.rewrite_blocking)
    over = True
    written, *_ = await asyncio.gather(*working)
    assert await filled.read(calls.count) == 51 + written


def test_one_that_does_not_come_out_the_same_is_thrown_away(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "_advance_sequences", lambda tx, _: tx.execute("DELETE FROM rewritten.main.result"))
    before = filled.write_blocking(rows_of)
    inode = filled.path.stat().st_ino
    with pytest.raises(Unavailable, match="its table result did not come out the same"):
        filled.rewrite_blocking()
    assert (filled.path.stat().st_ino, filled.write_blocking(rows_of)) == (inode, before)
    assert [path.name for path in filled.path.parent.iterdir() if ".new" in path.name] == []


@pytest.mark.parametrize(("table", "column"), [("result", "search_text"), ("result", "body"), ("delivery", "body")])
def test_a_text_that_is_another_in_it_is_found(
    filled: Database, monkeypatch: pytest.MonkeyPatch, table: str, column: str
) -> None:
    real = rewriting.copy_all

    def copy_all(connection: Connection, target: Path, key: DatabaseKey | None) -> None:
        real(connection, target, key)
        other = "'jello'::BLOB" if table == "delivery" else "'jello'"  # as long as the right one
        connection.execute(f"UPDATE rewritten.main.{table} SET {column} = {other} WHERE call_id = 'call-7'")
        connection.execute("FORCE CHECKPOINT rewritten")

    monkeypatch.setattr(rewriting, "copy_all", copy_all)
    before = filled.write_blocking(rows_of)
    with pytest.raises(Unavailable, match=f"the texts of its table {table} did not come out the same"):
        filled.rewrite_blocking()
    assert filled.write_blocking(rows_of) == before


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_new_file_that_the_disk_does_not_keep_is_found_while_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    path = tmp_path / "vbot.duckdb"
    real = rewriting.copy_all
    keys = DatabaseKeys(KEYS) if encrypted else None

    def copy_all(connection: Connection, target: Path, key: DatabaseKey | None) -> None:
        real(connection, target, key)
        flip(target, block_file.FIRST_BLOCK + 100_000)

    monkeypatch.setattr(rewriting, "copy_all", copy_all)
    monkeypatch.setattr(Database, "_replace_by", None)  # it does not come to that
    with opened_database(path, beside=[written_anew(path)], keys=keys) as database:
        database.write_blocking(many)
        inode = path.stat().st_ino
        with pytest.raises(Unavailable, match=f"what was written is not there at byte {block_file.FIRST_BLOCK}"):
            database.rewrite_blocking()
        assert (path.stat().st_ino, written_anew(path).exists()) == (inode, False)
        assert database.write_blocking(calls.count) == 50


def test_what_a_kill_left_of_one_is_no_obstacle(filled: Database) -> None:
    for name in (".new", ".new.wal"):
        filled.path.with_name(filled.path.name + name).write_bytes(b"cut off")
    filled.rewrite_blocking()
    assert filled.write_blocking(calls.count) == 51


def test_of_a_closed_database_there_is_none(filled: Database) -> None:
    filled.close()
    with pytest.raises(Unavailable, match="closed"):
        filled.rewrite_blocking()


REWRITES_FOR_EVER = """
import sys
from pathlib import Path
from appliance.storage.database import Database
from appliance.storage.opening import written_anew
path = Path(sys.argv[1])
database = Database.open(path, beside=[written_anew(path)])
while True:
    database.rewrite_blocking()
    print("once", flush=True)
"""


def test_whenever_it_is_killed_the_database_opens_and_holds_all(filled: Database) -> None:
    before = filled.write_blocking(rows_of)
    filled.close()
    for number in range(6):
        command = [sys.executable, "-c", REWRITES_FOR_EVER, str(filled.path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.17 * number)
            process.kill()
        with opened_database(filled.path) as opened:
            assert opened.write_blocking(rows_of) == before
