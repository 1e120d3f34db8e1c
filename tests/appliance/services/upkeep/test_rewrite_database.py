"""Within a day of its erasure nothing of a call is left in the data folder: raw, or read with the box's own key."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.domain.actor import OWNER, VBOT
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.services.calls.erase_call import EraseCall
from appliance.services.upkeep.housekeeping import WriteProbe
from appliance.services.upkeep.rewrite_database import DUE_AFTER, QUIET, WAITS_FOR, RewriteDatabase
from appliance.storage.database import Connection, Database, opened_as_it_is, opened_database
from appliance.storage.folder.call_facts import read_facts
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import open_recording
from appliance.storage.tables import audit, deliveries, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import a_delivery, every_field_set
from tests.support.parts import Clocks, Parts

pytestmark = pytest.mark.slow

WORDS = b"ERASEME-MARKER-42"
NUMBER = b"+4930998877665"
AUDIO = b"RIFF" + WORDS * 5000


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    """With a call of which all tells, and one beside it."""
    folder = DataFolder(tmp_path / "data")
    folder.create()
    with opened_database(folder.database, beside=[tmp_path]) as database:
        yield await with_calls(Parts(folder, database, Clocks()))


async def with_calls(box: Parts) -> Parts:
    for words, number, audio in ((WORDS, NUMBER, AUDIO), (b"good morning", b"+4940", None)):
        call = await box.submitted(
            caller_number=number.decode(), metadata=f'"{words.decode()}"', vocabulary=(words.decode(),), audio=audio
        )
        text = words.decode()
        result = every_field_set(StoredResult, call_id=call.call_id, revision=1, search_text=text, body=text)
        await box.database.write(lambda tx, result=result: results.insert(tx, result))
        delivery = replace(a_delivery(body=words), call_id=call.call_id)
        await box.database.write(lambda tx, delivery=delivery: deliveries.insert(tx, delivery))
    return box


async def marked(box: Parts) -> str:
    rows = await box.table("call")
    return str(next(row["call_id"] for row in rows if row["caller_number"] == NUMBER.decode()))


async def erase(box: Parts, call_id: str) -> None:
    use_case = EraseCall(box.database, box.recordings, box.open_calls, box.clocks.now, lambda _: None)
    await use_case(OWNER, call_id)


def hits(box: Parts, *others: Path) -> list[str]:
    """Where the words or the number are: in the bytes of a file, or in what our own key makes of them."""
    found = []
    for path in (path for place in (box.data.root, *others) for path in place.rglob("*") if path.is_file()):
        for content in (path.read_bytes(), *opened(box, path)):
            if WORDS in content or NUMBER in content or NUMBER[:12] in content:
                found.append(path.name)
    return found


def opened(box: Parts, path: Path) -> Iterator[bytes]:
    facts = read_facts(path, box.keys)
    if facts is not None:
        yield repr(facts).encode()
        with open_recording(path, box.keys, facts.bytes) as file:
            yield file.read()


async def every_value(database: Database) -> str:
    def read(tx: Connection) -> str:
        names = [name for (name,) in tx.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return repr([tx.execute(f"SELECT * FROM {name}").fetchall() for name in names])

    return await database.read(read)


async def no_backup(_: timedelta) -> None:
    """For a test that is not about it."""


def use_case(box: Parts) -> RewriteDatabase:
    return RewriteDatabase(box.database, 0, box.clocks.now, no_backup)


async def test_within_a_day_no_file_and_no_later_backup_holds_a_word_of_an_erased_call(
    box: Parts, tmp_path: Path
) -> None:
    box.database.write_blocking(lambda tx: tx.execute("SELECT 1"))
    call_id = await marked(box)
    assert len(hits(box)) >= 2  # the recording, and the database with its log
    await erase(box, call_id)
    assert hits(box)  # the finding
    box.clocks.advance(DUE_AFTER.total_seconds())
    await use_case(box).if_due()

    backup = tmp_path / "backup"
    backup.mkdir()
    box.database.copy_blocking(backup / "vbot.duckdb")
    assert hits(box, backup) == []
    assert WORDS.decode() not in await every_value(box.database)
    with opened_as_it_is(backup / "vbot.duckdb") as copy:
        assert WORDS.decode() not in await every_value(copy)
    box.database.close()
    assert hits(box, backup) == []


async def test_what_was_not_erased_is_all_there(box: Parts) -> None:
    await erase(box, await marked(box))
    before = {name: await box.table(name) for name in ("call", "result", "delivery", "audit", "erasure")}
    box.clocks.advance(DUE_AFTER.total_seconds())
    await use_case(box).if_due()
    assert {name: await box.table(name) for name in before} == before
    assert len(before["call"]) == 1


async def made(box: Parts) -> bool:
    before = box.database.path.stat().st_ino
    await use_case(box).if_due()
    return box.database.path.stat().st_ino != before


async def test_without_an_erasure_nothing_is_done(box: Parts) -> None:
    box.clocks.advance(timedelta(days=30).total_seconds())
    assert not await made(box)


async def test_it_waits_for_a_quiet_moment_but_not_for_long_and_is_done_once(box: Parts) -> None:
    await erase(box, await marked(box))
    box.clocks.advance((WAITS_FOR - timedelta(minutes=5)).total_seconds())
    assert not await made(box)
    await box.submitted()
    box.clocks.advance(QUIET.total_seconds() - 1)
    assert not await made(box)  # a call came a moment ago
    box.clocks.advance(2)
    assert await made(box)
    assert not await made(box)


async def test_where_calls_come_all_the_time_it_is_done_all_the_same(box: Parts) -> None:
    await erase(box, await marked(box))
    box.clocks.advance(DUE_AFTER.total_seconds())
    await box.submitted()
    assert await made(box)


async def test_texts_whose_time_is_over_are_gone_within_a_week_of_it(box: Parts) -> None:
    await erase(box, await marked(box))
    box.clocks.advance(DUE_AFTER.total_seconds())
    assert await made(box)
    over = AuditLine(box.clocks.now(), VBOT, Action.TEXTS_EXPIRED, Subject(SubjectKind.CALL))
    await box.database.write(lambda tx: audit.add(tx, over))
    box.clocks.advance(timedelta(days=5).total_seconds())
    assert not await made(box)
    box.clocks.advance(timedelta(days=2).total_seconds())
    assert await made(box)
    assert not await made(box)


async def test_after_a_clock_that_was_ahead_while_the_file_was_written_no_erasure_is_missed(box: Parts) -> None:
    """Set right since: all erasures of the next months came before the moment at which the file was written anew."""
    ahead = timedelta(days=90).total_seconds()
    box.clocks.advance(ahead)
    await erase(box, (await box.submitted()).call_id)
    box.clocks.advance(DUE_AFTER.total_seconds())
    assert await made(box)
    box.clocks.advance(-ahead)
    await erase(box, await marked(box))
    box.clocks.advance(DUE_AFTER.total_seconds())
    assert await made(box)
    assert hits(box) == []
    box.clocks.advance(DUE_AFTER.total_seconds())
    assert not await made(box), "once is enough"


async def test_a_call_that_was_erased_while_the_clock_was_ahead_is_gone_as_soon_as_it_is_set_right(box: Parts) -> None:
    ahead = timedelta(days=90).total_seconds()
    box.clocks.advance(ahead)
    await erase(box, await marked(box))
    box.clocks.advance(-ahead)
    assert await made(box)
    assert hits(box) == []
    assert not await made(box), "once is enough, though its moment stays ahead"


async def test_without_room_it_is_told_and_tried_again(box: Parts, caplog: pytest.LogCaptureFixture) -> None:
    await erase(box, await marked(box))
    box.clocks.advance(DUE_AFTER.total_seconds())
    with caplog.at_level(logging.WARNING):
        await RewriteDatabase(box.database, 1 << 60, box.clocks.now, no_backup).if_due()
    assert "MB are free" in caplog.text
    assert await made(box)


async def test_nobody_is_turned_away_while_the_file_is_replaced(box: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "is_replaced", True)
    monkeypatch.setattr(box.database, "write", None)
    assert await WriteProbe(box.database, 0, box.clocks.now).writable()


async def test_that_it_had_to_be_postponed_is_told_until_it_is_done(box: Parts) -> None:
    await erase(box, await marked(box))
    box.clocks.advance(DUE_AFTER.total_seconds())
    full = RewriteDatabase(box.database, 2**60, box.clocks.now, no_backup)
    since = box.clocks.now()
    await full.if_due()
    box.clocks.advance(300)
    await full.if_due()
    assert full.postponed is not None
    assert (full.postponed.since, "of free disk" in full.postponed.reason) == (since, True)

    full._disk_floor_bytes = 0  # somebody made room
    await full.if_due()
    assert full.postponed is None
