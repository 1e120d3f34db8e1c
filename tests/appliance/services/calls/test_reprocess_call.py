"""Analysing a call again: the next revision of the same call, from the same audio."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Any

import pytest

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call, CallError, CallState
from appliance.errors import Conflict, NotFound
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_call


class Bench:
    """The use case over one database."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.open_calls = OpenCalls({})
        self.woken = 0
        self.reprocess = ReprocessCall(database, self.open_calls, clock, self._wake, prove=self._prove)

        self.damage: OSError | None = None

    def _wake(self) -> None:
        self.woken += 1

    def _prove(self, name: str, size: int) -> None:
        assert (name, size) == ("day/one", 4)
        if self.damage is not None:
            raise self.damage

    async def call(self, *, erased: bool = False, **changes: Any) -> Call:
        call = a_call(**{"state": CallState.COMPLETED, "finished_at": NOON, "attempt": 2, **changes})
        recording = StoredRecording(call.call_id, call.revision, "day/one", 4, "sha", NOON, NOON if erased else None)

        def store(tx: Connection) -> None:
            calls.insert(tx, call)
            stored_recordings.insert(tx, recording)

        await self.database.write(store)
        return call

    async def stored(self, call: Call) -> Call | None:
        return await self.database.read(lambda tx: calls.get(tx, call.call_id))


@pytest.fixture
def bench(database: Database, clock: FakeClock) -> Bench:
    return Bench(database, clock)


@pytest.mark.parametrize("state", [CallState.COMPLETED, CallState.FAILED])
async def test_a_final_call_waits_for_a_worker_again_as_its_next_revision(bench: Bench, state: CallState) -> None:
    error = CallError("worker_crashed", "it was") if state is CallState.FAILED else None
    call = await bench.call(
        state=state, error=error, crashes=3, texts_erased=True, duration_seconds=2.5, started_at=NOON, metadata="{}"
    )
    bench.clock.advance(hours=1)
    again = await bench.reprocess(AN_ADMIN, call.call_id)
    assert again == await bench.stored(call)
    assert (again.revision, again.state, again.attempt, again.crashes) == (2, CallState.RECEIVED, 2, 0)
    assert (again.error, again.started_at, again.finished_at, again.duration_seconds) == (None,) * 4
    assert (again.texts_erased, again.metadata, again.received_at) == (False, "{}", NOON)
    assert (bench.open_calls.count(call.customer_id), bench.woken) == (1, 1)


async def test_what_a_call_came_to_is_not_given_up_for_a_recording_that_is_damaged(bench: Bench) -> None:
    call = await bench.call()
    bench.damage = OSError(errno.EIO, "it is damaged between byte 0 and 65536")
    with pytest.raises(Conflict) as refused:
        await bench.reprocess(AN_ADMIN, call.call_id)
    assert "it is damaged between byte 0 and 65536" in str(refused.value)
    assert await bench.stored(call) == call
    assert (bench.open_calls.count(call.customer_id), bench.woken) == (0, 0)


async def test_the_parties_are_exchanged_by_saying_on_which_channel_the_caller_speaks(bench: Bench) -> None:
    call = await bench.call(caller_channel=None)
    again = await bench.reprocess(AN_ADMIN, call.call_id, "right")
    assert again == await bench.stored(call)
    assert again.caller_channel == "right"
    (line,) = await written(bench.database)
    assert (line.before["caller_channel"], line.after["caller_channel"]) == (None, "right")


async def test_the_next_revision_has_the_same_audio(bench: Bench) -> None:
    call = await bench.call()
    bench.clock.advance(hours=1)
    await bench.reprocess(AN_ADMIN, call.call_id)
    first, second = await bench.database.read(lambda tx: stored_recordings.of_call(tx, call.call_id))
    assert second == replace(first, revision=2, received_at=bench.clock.now)
    assert await bench.database.read(stored_recordings.unfinished_files) == {"day/one"}


@pytest.mark.parametrize("state", [CallState.RECEIVED, CallState.QUEUED, CallState.PROCESSING])
async def test_a_call_that_is_not_final_is_a_conflict(bench: Bench, state: CallState) -> None:
    call = await bench.call(state=state)
    with pytest.raises(Conflict, match="not final"):
        await bench.reprocess(AN_ADMIN, call.call_id)
    assert await bench.stored(call) == call
    assert (bench.open_calls.count(call.customer_id), bench.woken) == (0, 0)


async def test_a_call_is_not_reprocessed_twice_at_once(bench: Bench) -> None:
    call = await bench.call()
    await bench.reprocess(AN_ADMIN, call.call_id)
    with pytest.raises(Conflict):
        await bench.reprocess(AN_ADMIN, call.call_id)
    assert bench.woken == 1


async def test_a_call_whose_audio_was_erased_is_a_conflict(bench: Bench) -> None:
    call = await bench.call(erased=True)
    with pytest.raises(Conflict, match="erased"):
        await bench.reprocess(AN_ADMIN, call.call_id)
    assert await bench.stored(call) == call


async def test_a_call_that_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        await bench.reprocess(AN_ADMIN, "never-was")


async def test_it_is_written_down(bench: Bench) -> None:
    call = await bench.call()
    await bench.reprocess(AN_ADMIN, call.call_id)
    (line,) = await written(bench.database)
    assert (line.actor, line.action, line.subject) == (
        AN_ADMIN,
        Action.CALL_REPROCESSED,
        Subject(SubjectKind.CALL, call.call_id),
    )
    assert line.before == {"revision": 1, "state": "completed"}
    assert line.after == {"revision": 2, "state": "received"}
