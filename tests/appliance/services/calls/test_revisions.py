"""How often a call was analysed, why, and what came of it each time, as long as that is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.call import CallState
from appliance.errors import NotFound
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.revisions import Cause, Revisions
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, deliveries, results, stored_recordings
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_call, a_delivery


def a_result(revision: int, body: str) -> StoredResult:
    return StoredResult("call-1", revision, 1, NOON, "neutral", 1.0, "", body)


async def stored(database: Database, revision: int = 2) -> None:
    """Of a call of two revisions, the second of another recording; the second's texts are not kept."""
    call = a_call("call-1", customer_id=1, revision=revision, state=CallState.COMPLETED, finished_at=NOON)

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        stored_recordings.insert(tx, StoredRecording("call-1", 1, "day/one", 4, "sha", NOON, NOON))
        stored_recordings.insert(tx, StoredRecording("call-1", 2, "day/two", 4, "other", NOON + timedelta(hours=1)))
        results.insert(tx, a_result(1, '{"transcription": "First."}'))
        deliveries.insert(tx, a_delivery("delivery-1", call_id="call-1", revision=1))

    await database.write(store)


async def test_each_revision_says_when_it_came_and_why(database: Database, clock: FakeClock) -> None:
    await stored(database)
    clock.advance(hours=2)
    reprocess = ReprocessCall(database, OpenCalls({}), clock, lambda: None, prove=lambda _name, _size: None)
    await reprocess(AN_ADMIN, "call-1")
    await database.write(lambda tx: calls.update(tx, a_call("call-1", revision=3, state=CallState.COMPLETED)))
    await reprocess(AN_ADMIN, "call-1", "right")
    _, found = await Revisions(database).of_call("call-1", None)
    assert [(one.number, one.cause) for one in found] == [
        (4, Cause.EXCHANGED),
        (3, Cause.REPROCESSED),
        (2, Cause.OTHER_RECORDING),
        (1, Cause.RECEIVED),
    ]
    first = found[-1]
    assert (first.received_at, first.recording_erased_at, first.analysed_at) == (NOON, NOON, NOON)
    assert [one.delivery_id for one in found] == [None, None, None, "delivery-1"]
    assert [one.analysed_at for one in found[:3]] == [None] * 3


async def test_the_same_audio_in_another_file_is_no_other_recording(database: Database) -> None:
    await stored(database)
    again = StoredRecording("call-1", 3, "day/three", 4, "other", NOON + timedelta(hours=2))
    await database.write(lambda tx: stored_recordings.insert(tx, again))
    _, found = await Revisions(database).of_call("call-1", None)
    assert [one.cause for one in found] == [Cause.RECEIVED_AGAIN, Cause.OTHER_RECORDING, Cause.RECEIVED]


async def test_what_was_made_of_a_former_revision_is_shown_as_long_as_it_is_kept(database: Database) -> None:
    await stored(database)
    revisions = Revisions(database)
    assert (await revisions.result("call-1", 1, None)).result == '{"transcription": "First."}'
    for call_id, number, only in (("call-1", 2, None), ("call-2", 1, None), ("call-1", 1, frozenset({9}))):
        with pytest.raises(NotFound):
            await revisions.result(call_id, number, only)
    with pytest.raises(NotFound):
        await revisions.of_call("call-1", frozenset({9}))
