"""What insights are made of is stored with each result, and filled in where an earlier version has not."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from appliance.services.calls import result_columns
from appliance.services.calls.result_columns import AT_ONCE, FillResultColumns
from appliance.services.calls.store_result import analysis_of, store_analyses
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.storage.database import Connection, Database
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import NOON, FakeClock, a_call, a_result

COLUMNS = "keywords, caller_talk_seconds, called_talk_seconds, silence_seconds"


async def columns(database: Database) -> dict[str, tuple[object, ...]]:
    query = f"SELECT call_id, {COLUMNS} FROM result"
    return {row[0]: row[1:] for row in await database.read(lambda tx: tx.execute(query).fetchall())}


async def test_a_result_is_stored_with_them(database: Database) -> None:
    result = a_result(keywords="boiler, invoice")
    call = a_call("call")

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        store_analyses(tx, [analysis_of(call, result, 100_000, NOON)])

    await database.write(store)

    conversation = result.conversation
    assert conversation is not None
    assert await columns(database) == {"call": ("boiler, invoice", 1.5, 1.5, conversation.silence_seconds)}


async def test_those_of_an_earlier_version_are_filled_in_once_whatever_their_bodies_are(database: Database) -> None:
    older = a_result(keywords="boiler", conversation=None)
    bodies = {"older": msgspec.json.encode(older).decode(), "damaged": '{"keywords": "b', "empty": "{}"}
    bodies |= {f"call {number}": bodies["older"] for number in range(AT_ONCE)}

    def store(tx: Connection) -> None:
        for call_id, body in bodies.items():
            results.insert(tx, StoredResult(call_id, 1, 1, NOON, "neutral", 1.0, "", body))

    await database.write(store)

    fill = FillResultColumns(database)
    assert [await fill(), await fill(), await fill()] == [True, True, False], "some at a time: there is more to do"

    found = await columns(database)
    assert found.pop("damaged") == found.pop("empty") == ("", None, None, None)
    assert set(found.values()) == {("boiler", 1.5, 1.5, None)}
    assert await database.read(unfilled) == []


async def test_large_bodies_are_read_a_few_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_columns, "CHARACTERS_AT_ONCE", 2000)
    body = msgspec.json.encode(a_result(keywords="boiler")).decode().ljust(1500)

    def store(tx: Connection) -> None:
        for number in range(5):
            results.insert(tx, StoredResult(f"call {number}", 1, 1, NOON, "neutral", 1.0, "", body))

    await database.write(store)
    fill = FillResultColumns(database)
    left = []
    while await fill():
        left.append(sum(row[0] is None for row in (await columns(database)).values()))
    assert left == [3, 1, 0]


def unfilled(tx: Connection) -> list[tuple[str, int, str]]:
    return results.without_columns(tx, 1, 1)


async def test_housekeeping_goes_on_until_all_are_filled_in(
    database: Database, recordings: RecordingStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_columns, "AT_ONCE", 1)
    body = msgspec.json.encode(a_result(keywords="boiler")).decode()

    def store(tx: Connection) -> None:
        for number in range(3):
            results.insert(tx, StoredResult(f"call {number}", 1, 1, NOON, "neutral", 1.0, "", body))

    await database.write(store)
    housekeeping = asyncio.create_task(Housekeeping(database, recordings, (30, 365), clock).run())
    try:
        async with asyncio.timeout(60):
            while await database.read(unfilled):
                await asyncio.sleep(0.01)
    finally:
        housekeeping.cancel()
    assert {row[0] for row in (await columns(database)).values()} == {"boiler"}
