"""Erasing one call: audio, texts and webhooks are gone, and that it was erased is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call, CallState
from appliance.domain.delivery import DeliveryAttempt
from appliance.errors import NotFound
from appliance.messages.reports import CallAnalysed
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.finish_call import CallListeners, FinishCall
from appliance.services.calls.open_calls import OpenCalls
from appliance.storage import erasure
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, customers, deliveries, results, stored_recordings
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.audited import written
from tests.appliance.builders import (
    AN_ADMIN,
    KEYS,
    NOON,
    FakeClock,
    a_call,
    a_customer,
    a_delivery,
    a_result,
    every_field_set,
)
from tests.support.parts import head_of


class Desk:
    """Where calls are erased, and what is behind it."""

    def __init__(self, database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> None:
        self.database = database
        self.folder = folder
        self.clock = clock
        self.open_calls = OpenCalls({})
        self.settled: list[str] = []
        self.erase = EraseCall(database, recordings, self.open_calls, clock, self.settled.append)
        self.customer = database.write_blocking(lambda tx: customers.insert(tx, a_customer()))

    def write_file(self, name: str) -> Path:
        path = self.folder.recordings / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF")
        return path

    async def call(self, **changes: Any) -> Call:
        """A call with a recording, a result, and a delivery with an attempt."""
        call = a_call(customer_id=self.customer.id, **changes)
        delivery = a_delivery(call_id=call.call_id, customer_id=self.customer.id)
        self.write_file(f"day/{call.call_id}")

        def store(tx: Connection) -> None:
            calls.insert(tx, call)
            stored_recordings.insert(tx, StoredRecording(call.call_id, 1, f"day/{call.call_id}", 4, "sha", NOON))
            results.insert(tx, every_field_set(StoredResult, call_id=call.call_id, revision=1))
            deliveries.insert(tx, delivery)
            deliveries.record_attempt(tx, delivery, DeliveryAttempt(1, NOON, 200, 1, None, "said too much"))

        await self.database.write(store)
        return call

    async def rows_of(self, call: Call) -> dict[str, int]:
        def count(tx: Connection) -> dict[str, int]:
            found = {}
            for table in ("call", "recording", "result", "delivery"):
                row = tx.execute(f"SELECT count(*) FROM {table} WHERE call_id = ?", [call.call_id]).fetchone()
                found[table] = row[0] if row else 0
            row = tx.execute("SELECT count(*) FROM delivery_attempt").fetchone()
            return found | {"attempts": row[0] if row else 0}

        return await self.database.read(count)


@pytest.fixture
def desk(database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> Desk:
    return Desk(database, recordings, folder, clock)


async def test_nothing_of_an_erased_call_is_left_but_that_it_was_erased(desk: Desk) -> None:
    call = await desk.call(state=CallState.COMPLETED)
    receipt = await desk.erase(AN_ADMIN, call.call_id)
    assert (receipt.call_id, receipt.erased_at) == (call.call_id, NOON)
    assert (receipt.recordings, receipt.results, receipt.deliveries) == (1, 1, 1)
    assert set((await desk.rows_of(call)).values()) == {0}
    assert [path for path in desk.folder.recordings.rglob("*") if path.is_file()] == []
    assert await desk.database.read(erasure.erasures) == {call.call_id: NOON}


async def test_other_calls_stay_as_they_are(desk: Desk) -> None:
    call, other = await desk.call(), await desk.call()
    await desk.erase(AN_ADMIN, call.call_id)
    assert set((await desk.rows_of(other)).values()) == {1}
    assert (desk.folder.recordings / f"day/{other.call_id}").is_file()


async def test_every_revisions_audio_goes_and_a_file_that_two_share_counts_once(desk: Desk) -> None:
    call = await desk.call(revision=3)
    desk.write_file("day/second")

    def add(tx: Connection) -> None:
        stored_recordings.insert(tx, StoredRecording(call.call_id, 2, "day/second", 4, "other", NOON))
        stored_recordings.insert(tx, StoredRecording(call.call_id, 3, "day/second", 4, "other", NOON))

    await desk.database.write(add)
    assert (await desk.erase(AN_ADMIN, call.call_id)).recordings == 2
    assert [path for path in desk.folder.recordings.rglob("*") if path.is_file()] == []


async def test_audio_that_was_erased_before_is_not_counted_again(desk: Desk) -> None:
    call = await desk.call()
    await desk.database.write(lambda tx: stored_recordings.mark_erased(tx, call.call_id, 1, NOON))
    assert (await desk.erase(AN_ADMIN, call.call_id)).recordings == 0


async def test_a_file_that_is_gone_already_is_no_obstacle(desk: Desk) -> None:
    call = await desk.call()
    (desk.folder.recordings / f"day/{call.call_id}").unlink()
    assert (await desk.erase(AN_ADMIN, call.call_id)).recordings == 1


async def test_an_unfinished_call_gives_its_place_back_and_its_lease_ends(desk: Desk) -> None:
    call = await desk.call(state=CallState.PROCESSING)
    desk.open_calls.accepted(desk.customer.id, call.call_id)
    await desk.erase(AN_ADMIN, call.call_id)
    assert desk.open_calls.count(desk.customer.id) == 0
    assert desk.settled == [call.call_id]


async def test_a_worker_that_had_the_call_in_hand_reports_to_nobody(desk: Desk) -> None:
    call = await desk.call(state=CallState.PROCESSING, attempt=1)
    await desk.erase(AN_ADMIN, call.call_id)
    listeners = CallListeners(lambda: None, lambda: None, lambda _: None)
    finish = FinishCall(desk.database, KEYS, desk.open_calls, desk.clock, listeners, "outside")
    await finish.report(CallAnalysed(**head_of(call, KEYS), result=a_result()))
    assert set((await desk.rows_of(call)).values()) == {0}


async def test_a_call_can_be_erased_once(desk: Desk) -> None:
    call = await desk.call()
    await desk.erase(AN_ADMIN, call.call_id)
    with pytest.raises(NotFound):
        await desk.erase(AN_ADMIN, call.call_id)
    with pytest.raises(NotFound):
        await desk.erase(AN_ADMIN, "never-was")
    assert desk.settled == [call.call_id]


async def test_an_erasure_is_written_down_without_a_word_of_what_was_erased(desk: Desk) -> None:
    call = await desk.call(state=CallState.COMPLETED, metadata='{"ticket":"secret-ticket"}', external_id="pbx-secret")
    await desk.erase(AN_ADMIN, call.call_id)
    (line,) = await written(desk.database)
    assert (line.at, line.actor, line.action, line.subject) == (
        NOON,
        AN_ADMIN,
        Action.CALL_ERASED,
        Subject(SubjectKind.CALL, call.call_id),
    )
    assert line.before == {
        "customer_id": desk.customer.id,
        "state": "completed",
        "recordings": 1,
        "results": 1,
        "deliveries": 1,
    }
    assert line.after == {}
    for gone in (call.caller_number, call.called_number, "secret", "said too much", "search_text"):
        assert gone not in repr(line)
