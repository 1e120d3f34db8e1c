"""What insights are made of is stored with each result, and filled in where an earlier version has not."""

from __future__ import annotations

import msgspec

from appliance.services.calls.result_columns import AT_ONCE, FillResultColumns
from appliance.services.calls.store_result import store_result
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.builders import NOON, a_call, a_result

COLUMNS = "keywords, caller_talk_seconds, called_talk_seconds, silence_seconds"


async def columns(database: Database) -> dict[str, tuple[object, ...]]:
    query = f"SELECT call_id, {COLUMNS} FROM result"
    return {row[0]: row[1:] for row in await database.read(lambda tx: tx.execute(query).fetchall())}


async def test_a_result_is_stored_with_them(database: Database) -> None:
    result = a_result(keywords="boiler, invoice")
    call = a_call("call")

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        store_result(tx, call, result, NOON)

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

    await FillResultColumns(database, rest_seconds=0)()

    found = await columns(database)
    assert found.pop("damaged") == found.pop("empty") == ("", None, None, None)
    assert set(found.values()) == {("boiler", 1.5, 1.5, None)}
    assert await database.read(lambda tx: results.without_columns(tx, 1)) == []
