"""The audit's chain: whoever edits, removes or moves a line is found out."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.storage import audit_chain
from appliance.storage.audit_chain import GENESIS, Verdict, verify
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.tables import audit
from tests.appliance.audited import lines, written
from tests.appliance.builders import AN_ADMIN, NOON

pytestmark = pytest.mark.slow  # many transactions on a real database

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
LINE = AuditLine(NOON, AN_ADMIN, Action.CUSTOMER_UPDATED, Subject(SubjectKind.CUSTOMER, "1"), {"name": "Ada"})


async def write(database: Database, *numbers: int) -> None:
    for number in numbers:
        line = replace(LINE, after={"number": number, "ünïcödé": "\N{SNOWMAN}"})
        await database.write(lambda tx, line=line: audit.add(tx, line))  # type: ignore[misc]


async def verdict(database: Database, head: str | None = None) -> Verdict:
    return await database.read(lambda tx: verify(tx, head=head))


async def tamper(database: Database, sql: str) -> None:
    await database.write(lambda tx: tx.execute(sql) and None)


async def test_an_untouched_audit_is_whole_and_its_head_is_the_last_lines_hash(database: Database) -> None:
    assert await verdict(database) == Verdict(0, GENESIS)
    await write(database, 1, 2, 3)
    assert await verdict(database) == Verdict(3, (await written(database))[-1].hash)


@pytest.mark.parametrize(
    ("sql", "named", "problem"),
    [
        ("""UPDATE audit SET "after" = '{"number":9}' WHERE seq = 2""", 1, "its content was changed"),
        ("UPDATE audit SET address = '192.0.2.66' WHERE seq = 2", 1, "its content was changed"),
        ("UPDATE audit SET token_name = NULL WHERE seq = 3", 2, "its content was changed"),
        ("""UPDATE audit SET "at" = "at" - INTERVAL 1 DAY WHERE seq = 2""", 1, "it was changed"),
        ("UPDATE audit SET action = 'customer.created' WHERE seq = 2", 1, "it was changed"),
        ("UPDATE audit SET customer_id = 7 WHERE seq = 2", 1, "it was changed"),
        ("UPDATE audit SET hash = sha256('x') WHERE seq = 2", 1, "it was changed"),
        ("UPDATE audit SET hash = NULL WHERE seq = 2", 1, "it has no hash"),
        ("DELETE FROM audit WHERE seq = 1", 1, "lines before it were removed or moved"),
        ("DELETE FROM audit WHERE seq = 2", 2, "lines before it were removed or moved"),
        ("UPDATE audit SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)", 2, "removed or moved"),
        ("UPDATE audit SET seq = 10 WHERE seq = 2", 2, "removed or moved"),
    ],
)
async def test_the_first_line_that_was_touched_is_named(database: Database, sql: str, named: int, problem: str) -> None:
    await write(database, 1, 2, 3, 4)
    ids = [line.id for line in await written(database)]
    await tamper(database, sql)
    broken = (await verdict(database)).broken
    assert broken is not None
    assert (broken.id, problem in broken.problem) == (ids[named], True), broken


async def test_lines_that_are_missing_at_the_end_show_by_a_head_that_was_kept(database: Database) -> None:
    await write(database, 1, 2, 3)
    kept = (await verdict(database)).head
    await write(database, 4)
    assert (await verdict(database, kept)).asked is True
    await tamper(database, "DELETE FROM audit WHERE seq >= 3")
    found = await verdict(database, kept)
    assert (found.broken, found.asked) == (None, False)


async def test_lines_of_many_that_write_at_once_make_one_chain(database: Database) -> None:
    def fail(tx: Connection) -> None:
        audit.add(tx, LINE)
        raise ValueError

    work = [write(database, number) for number in range(100)]
    failing = [database.write(fail) for _ in range(20)]
    mixed = [one for pair in zip(work[:20], failing, strict=True) for one in pair] + work[20:]
    await asyncio.gather(*mixed, return_exceptions=True)
    found = await verdict(database)
    assert (found.lines, found.broken) == (100, None)


async def test_what_named_a_person_can_be_erased_and_the_chain_holds(database: Database) -> None:
    await write(database, 1, 2, 3)
    before, line = await verdict(database), (await written(database))[1]
    assert await database.write(lambda tx: audit.erase(tx, line.id, AN_ADMIN, NOON))
    found, told = await verdict(database, before.head), await written(database)
    assert (found.lines, found.broken, found.asked) == (4, None, True)
    assert (told[1].actor.name, told[1].actor.address, told[1].before, told[1].after) == (None, "", {}, {})
    assert (told[3].action, told[3].subject.id, told[3].actor) == (Action.AUDIT_ERASED, line.id, AN_ADMIN)
    for again in (line.id, told[3].id, "no-such-line"):  # not what says that it was erased
        assert not await database.write(lambda tx, again=again: audit.erase(tx, again, AN_ADMIN, NOON))  # type: ignore[misc]
    await tamper(database, "UPDATE audit SET token_name = 'mallory' WHERE seq = 2")
    assert (await verdict(database)).broken is not None


async def test_what_named_a_person_is_not_erased_in_silence(database: Database) -> None:
    await write(database, 1, 2, 3)
    await tamper(
        database,
        "UPDATE audit SET salt = NULL, address = '', token_name = NULL, \"after\" = '{}' WHERE seq = 2",
    )
    broken = (await verdict(database)).broken
    assert broken is not None
    assert broken.id == (await written(database))[1].id


# -- retention -----------------------------------------------------------------------------------------------


async def test_lines_past_their_time_go_and_the_rest_is_proved_from_there_on(database: Database) -> None:
    for days in range(5):
        await database.write(lambda tx, days=days: audit.add(tx, replace(LINE, at=NOON + timedelta(days=days))))  # type: ignore[misc]
    old = await verdict(database)
    removed = (await written(database))[1].hash
    count = await database.write(lambda tx: audit.expire(tx, NOON + timedelta(days=2), NOON + timedelta(days=6)))
    found = await verdict(database, old.head)
    assert (count, found.lines, found.broken, found.begins_behind, found.asked) == (2, 4, None, removed, True)
    assert (await written(database))[-1].action is Action.AUDIT_EXPIRED
    await tamper(database, "DELETE FROM audit WHERE seq = 3")
    assert (await verdict(database)).broken is not None


async def test_nothing_goes_that_was_not_exported(database: Database) -> None:
    await write(database, 1, 2, 3)
    count = await database.write(lambda tx: audit.expire(tx, NOON + timedelta(days=9), NOON, through_seq=2))
    assert (count, [line.after.get("number") for line in await written(database)]) == (2, [3, None])


# -- older states --------------------------------------------------------------------------------------------


def test_lines_of_before_the_chain_are_chained_when_the_database_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    path.write_bytes(gzip.decompress((SCHEMAS / "0010.duckdb.gz").read_bytes()))
    with opened_database(path) as database:
        found = database.write_blocking(verify)
        (line,) = database.write_blocking(lines)
        assert (found.lines, found.broken, found.head) == (1, None, line.hash)
        assert line.customer_id == 1
        database.write_blocking(lambda tx: audit.add(tx, LINE))
        assert database.write_blocking(verify).broken is None


async def test_a_restored_state_goes_on_with_the_hashes_of_the_state_that_was_there(
    database: Database, tmp_path: Path
) -> None:
    await write(database, 1, 2)
    path = tmp_path / "backup.duckdb"
    await asyncio.to_thread(database.copy_blocking, path)
    await write(database, 3, 4)
    kept = await verdict(database)
    newer = tmp_path / "newer.duckdb"
    await asyncio.to_thread(database.copy_blocking, newer)
    with opened_database(path, beside=[newer]) as restored:
        taken = restored.write_blocking(lambda tx: audit.add_from(tx, newer))
        assert restored.write_blocking(verify) == kept
    assert (taken.lines, taken.head, taken.broken) == (2, kept.head, None)


async def test_what_was_erased_since_a_backup_is_erased_again_by_its_restore(
    database: Database, tmp_path: Path
) -> None:
    await write(database, 1, 2)
    path, newer = tmp_path / "backup.duckdb", tmp_path / "newer.duckdb"
    await asyncio.to_thread(database.copy_blocking, path)
    line = (await written(database))[0]
    await database.write(lambda tx: audit.erase(tx, line.id, AN_ADMIN, NOON))
    await asyncio.to_thread(database.copy_blocking, newer)
    with opened_database(path, beside=[newer]) as restored:
        restored.write_blocking(lambda tx: audit.add_from(tx, newer))
        assert restored.write_blocking(lines)[0].actor.name is None
        assert restored.write_blocking(verify).broken is None


async def test_taking_over_mends_nothing_that_was_touched(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    await write(database, 1)
    await asyncio.to_thread(database.copy_blocking, path)
    with opened_database(path) as other:
        other.write_blocking(lambda tx: audit.add(tx, LINE, LINE))
        other.write_blocking(lambda tx: tx.execute("UPDATE audit SET address = '' WHERE seq = 2"))
        touched = other.write_blocking(lines)[1].id
    await write(database, 2)
    taken = await database.write(lambda tx: audit.add_from(tx, path))
    assert (taken.lines, taken.broken) == (2, touched)


async def test_a_backup_that_holds_lines_whose_time_was_over_since_is_restored_to_a_chain_that_is_whole(
    database: Database, tmp_path: Path
) -> None:
    path, newer = tmp_path / "backup.duckdb", tmp_path / "newer.duckdb"
    for days in range(5):
        await database.write(lambda tx, days=days: audit.add(tx, replace(LINE, at=NOON + timedelta(days=days))))  # type: ignore[misc]
    await expire(database, days=1)
    await asyncio.to_thread(database.copy_blocking, path)
    began = (await verdict(database)).begins_behind
    await expire(database, days=3)
    kept = await verdict(database)
    await asyncio.to_thread(database.copy_blocking, newer)

    with opened_database(path, beside=[newer]) as restored:
        restored.write_blocking(lambda tx: audit.add_from(tx, newer))
        found = restored.write_blocking(lambda tx: verify(tx, head=kept.head))
        assert (found.broken, found.begins_behind, found.lines, found.asked) == (None, began, 6, True)
        # And they go again, when it is time.
        restored.write_blocking(lambda tx: audit.expire(tx, NOON + timedelta(days=3), NOON + timedelta(days=9)))
        again = restored.write_blocking(verify)
        assert (again.broken, again.begins_behind) == (None, kept.begins_behind)
        restored.write_blocking(lambda tx: tx.execute("DELETE FROM audit WHERE seq = (SELECT min(seq) FROM audit)"))
        assert restored.write_blocking(verify).broken is not None


async def expire(database: Database, days: int) -> None:
    """Those of before that day."""
    await database.write(lambda tx: audit.expire(tx, NOON + timedelta(days=days), NOON + timedelta(days=8)))


async def repair_noted(database: Database) -> None:
    def note(tx: Connection) -> None:
        after = audit_chain.losses(tx)
        audit.add(tx, AuditLine(NOON, AN_ADMIN, Action.REPAIRED, Subject(SubjectKind.APPLIANCE), after=after))

    await database.write(note)


async def test_lines_that_a_repair_found_missing_are_told_and_no_surprise(database: Database) -> None:
    await write(database, 1, 2, 3)
    third = (await written(database))[2].id
    await tamper(database, "DELETE FROM audit WHERE seq = 2")
    await repair_noted(database)
    found = await verdict(database)
    assert (found.broken, found.gaps) == (None, (third,))


@pytest.mark.parametrize(
    "column", ["token_name", "request_id", "salt", "personal_hash", "hash", "token_id", "customer_id"]
)
async def test_a_value_that_a_repair_could_not_read_breaks_nothing_and_what_is_left_is_proved(
    database: Database, column: str
) -> None:
    await write(database, 1, 2, 3)
    await tamper(database, f"UPDATE audit SET {column} = NULL WHERE seq = 2")
    await repair_noted(database)
    await write(database, 4)
    assert (await verdict(database)).broken is None
    for change in ("address = '192.0.2.66'", "subject_id = '2'", "token_role = 'viewer'"):
        await tamper(
            database, f"CREATE OR REPLACE TABLE kept AS SELECT * FROM audit; UPDATE audit SET {change} WHERE seq = 2"
        )
        assert (await verdict(database)).broken is not None, change
        await tamper(database, "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept")


async def test_what_a_repair_noted_outlives_a_restore(database: Database, tmp_path: Path) -> None:
    await write(database, 1)
    path, newer = tmp_path / "backup.duckdb", tmp_path / "newer.duckdb"
    await asyncio.to_thread(database.copy_blocking, path)
    await write(database, 2, 3, 4)
    await tamper(database, "UPDATE audit SET token_name = NULL, personal_hash = NULL WHERE seq = 3")
    await repair_noted(database)
    await asyncio.to_thread(database.copy_blocking, newer)
    with opened_database(path, beside=[newer]) as restored:
        assert restored.write_blocking(lambda tx: audit.add_from(tx, newer)).broken is None
        assert restored.write_blocking(verify).broken is None


def test_the_chain_knows_the_actions_that_it_reads() -> None:
    known: list[tuple[str, Action]] = [
        (audit_chain.EXPIRED, Action.AUDIT_EXPIRED),
        (audit_chain.REPAIRED, Action.REPAIRED),
        (audit_chain.RESTORED, Action.RESTORED),
    ]
    assert all(text == action.value for text, action in known)
