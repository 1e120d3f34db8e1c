"""The calls' tables."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from appliance.domain.call import Call, CallError, CallState
from appliance.domain.customer import Customer
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, customers, deliveries, results, stored_recordings
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.builders import NOON, a_call, a_customer, a_delivery, every_field_set

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def store(database: Database, *found: Call) -> None:
    def insert(tx: Connection) -> None:
        for call in found:
            calls.insert(tx, call)

    await database.write(insert)


async def state_of(database: Database, call_id: str) -> CallState | None:
    call = await database.read(lambda tx: calls.get(tx, call_id))
    return None if call is None else call.state


def whole_call(**given: Any) -> Call:
    call: Call = every_field_set(
        Call, **{"state": CallState.FAILED, "error": CallError("broken", "the file is broken"), **given}
    )
    return call


# -- the calls themselves ------------------------------------------------------------------------------------


async def test_every_field_of_a_call_comes_back(database: Database) -> None:
    call = whole_call()
    await store(database, call)
    assert await database.read(lambda tx: calls.get(tx, call.call_id)) == call


async def test_a_call_with_nothing_optional_comes_back(database: Database) -> None:
    call = a_call()
    await store(database, call)
    assert await database.read(lambda tx: calls.get(tx, call.call_id)) == call


async def test_a_call_that_is_not_there_is_none(database: Database) -> None:
    assert await database.read(lambda tx: calls.get(tx, "nowhere")) is None


async def test_whatever_may_change_of_a_call_is_changed_and_nothing_else(database: Database) -> None:
    before, other = a_call(external_id="pbx-1", idempotency_key="key-1"), a_call()
    await store(database, before, other)
    whole = whole_call(call_id=before.call_id)
    await database.write(lambda tx: calls.update(tx, whole))
    fixed = {name: getattr(before, name) for name in ("customer_id", "received_at", "external_id", "idempotency_key")}
    assert await database.read(lambda tx: calls.get(tx, before.call_id)) == replace(whole, **fixed)
    assert await database.read(lambda tx: calls.get(tx, other.call_id)) == other


async def test_what_has_changed_of_several_calls_is_changed_and_nothing_else(database: Database) -> None:
    """Some have all fields changed, some one, some none, some to the same and some each to its own."""
    whole = whole_call(call_id="whole")
    stored = [whole, *(a_call(f"call {number}") for number in range(5)), a_call("beside")]
    await store(database, *stored)
    bare = a_call("whole", **{name: getattr(whole, name) for name in ("customer_id", "received_at")})
    kept = {name: getattr(whole, name) for name in ("caller_number", "called_number", "external_id", "idempotency_key")}
    after = [
        replace(bare, **kept),
        replace(stored[1], state=CallState.COMPLETED, duration_seconds=1.5, sentiment="positive", finished_at=NOON),
        replace(stored[2], state=CallState.COMPLETED, duration_seconds=2.5, sentiment=None, finished_at=NOON),
        replace(stored[3], state=CallState.FAILED, error=CallError("broken", "it is"), alone=True, vocabulary=("Ada",)),
        stored[4],
        replace(stored[5], worker="box/cuda:1", worker_boot="b", attempt=3, started_at=NOON + timedelta(days=1)),
    ]
    pairs = list(zip(stored[:6], after, strict=True))
    await database.write(lambda tx: calls.update_changed(tx, pairs))
    await database.write(lambda tx: calls.update_changed(tx, []))
    ids = [call.call_id for call in stored]
    assert await database.read(lambda tx: calls.these(tx, [*ids, "unknown"])) == {
        call.call_id: call for call in (*after, stored[6])
    }


async def test_a_damaged_call_is_written_whole(database: Database) -> None:
    await store(database, a_call("call"), a_call("beside", vocabulary=("Ada",)))
    await database.write(lambda tx: tx.execute("UPDATE call SET vocabulary = '{' WHERE call_id = 'call'"))
    read = await database.read(lambda tx: calls.these(tx, ["call", "beside"]))
    begun = [(call, replace(call, state=CallState.PROCESSING, error=None)) for call in read.values()]
    await database.write(lambda tx: calls.update_changed(tx, begun))
    after = await database.read(lambda tx: calls.these(tx, ["call", "beside"]))
    assert after == {call.call_id: call for _, call in begun}


async def test_two_calls_cannot_have_one_id(database: Database) -> None:
    await store(database, a_call("same"))
    with pytest.raises(duckdb.ConstraintException):
        await store(database, a_call("same"))


async def test_a_call_is_found_by_what_the_pbx_named_it_but_only_by_its_own_customer(database: Database) -> None:
    mine = a_call(customer_id=1, external_id="pbx", idempotency_key="key")
    theirs = a_call(customer_id=2, external_id="pbx", idempotency_key="key")
    await store(database, mine, theirs)
    for find, name in ((calls.by_external_id, "pbx"), (calls.by_idempotency_key, "key")):
        assert await database.read(lambda tx, find=find, name=name: find(tx, 1, name)) == mine
        assert await database.read(lambda tx, find=find, name=name: find(tx, 2, name)) == theirs
        assert await database.read(lambda tx, find=find, name=name: find(tx, 3, name)) is None
        assert await database.read(lambda tx, find=find: find(tx, 1, "other")) is None


# -- the outbox ----------------------------------------------------------------------------------------------


async def test_calls_in_a_state_come_oldest_first(database: Database) -> None:
    found = [a_call(state=state) for state in (CallState.RECEIVED, CallState.QUEUED, CallState.FAILED) * 3]
    await store(database, *found)
    waiting = await database.read(lambda tx: calls.in_state(tx, CallState.RECEIVED, CallState.FAILED))
    assert waiting == [call for call in found if call.state is not CallState.QUEUED]
    assert await database.read(lambda tx: calls.in_state(tx, CallState.QUEUED, limit=2)) == [found[1], found[4]]


@pytest.mark.parametrize(
    ("call", "state"),
    [
        (a_call("call", state=CallState.RECEIVED, attempt=2, revision=3), CallState.QUEUED),
        (a_call("call", state=CallState.RECEIVED, attempt=3, revision=3), CallState.RECEIVED),
        (a_call("call", state=CallState.RECEIVED, attempt=2, revision=4), CallState.RECEIVED),
        (a_call("call", state=CallState.PROCESSING, attempt=2, revision=3), CallState.PROCESSING),
        (a_call("call", state=CallState.COMPLETED, attempt=2, revision=3), CallState.COMPLETED),
    ],
)
async def test_a_call_is_marked_queued_only_while_it_waits_as_it_did(
    database: Database, call: Call, state: CallState
) -> None:
    beside = a_call("beside", revision=1, attempt=0)
    await store(database, call, beside, a_call("another"))
    sent = [a_call("call", attempt=2, revision=3), beside, a_call("unknown")]
    marked = await database.write(lambda tx: calls.mark_queued(tx, sent))
    assert await state_of(database, "call") is state
    assert marked == ({"call", "beside"} if state is CallState.QUEUED else {"beside"})
    assert await state_of(database, "beside") is CallState.QUEUED
    assert await state_of(database, "another") is CallState.RECEIVED


@pytest.mark.parametrize(
    ("call_ids", "only_queued", "put_back"),
    [
        (None, False, {"queued", "processing"}),
        (None, True, {"queued"}),
        (["queued", "completed", "unknown"], False, {"queued"}),
        (["queued", "processing"], True, {"queued"}),
        ([], False, set()),
    ],
)
async def test_only_calls_that_are_not_final_are_put_back(
    database: Database, call_ids: list[str] | None, only_queued: bool, put_back: set[str]
) -> None:
    await store(database, *(a_call(state.value, state=state, worker="w", worker_boot="b") for state in CallState))
    again = await database.write(lambda tx: calls.put_back(tx, call_ids, only_queued=only_queued))
    assert set(again) == put_back
    for state in CallState:
        call = await database.read(lambda tx, state=state: calls.get(tx, state.value))
        assert call is not None
        assert call.state is (CallState.RECEIVED if state.value in put_back else state)
        assert (call.worker, call.worker_boot) == ("w", "b")  # whoever has it may still tell its result


async def test_what_was_sent_with_a_call_is_not_written_again_with_its_state(database: Database) -> None:
    """It would stay in the file in a copy more, and its erased words with it."""
    large = 1024 * 1024  # DuckDB empties its log when it has sixteen of these
    call = a_call("call", metadata=os.urandom(large // 2).hex())
    log = Path(f"{database.path}.wal")

    async def written_by(work: Callable[[Connection], object]) -> int:
        before = log.stat().st_size if log.exists() else 0
        await database.write(work)
        return log.stat().st_size - before

    assert await written_by(lambda tx: calls.insert(tx, call)) > large
    begun = replace(call, state=CallState.PROCESSING, attempt=1, worker="w", worker_boot="b", started_at=NOON)
    changes: list[Callable[[Connection], object]] = [
        lambda tx: calls.mark_queued(tx, [call]),
        calls.put_back,
        lambda tx: calls.update_changed(tx, [(call, begun)]),
    ]
    for change in changes:
        assert 0 < await written_by(change) < large / 100
    assert await database.read(lambda tx: calls.get(tx, "call")) == begun


async def test_unfinished_calls_are_counted_by_customer(database: Database) -> None:
    await store(database, *(a_call(f"1-{state}", state=state) for state in CallState))
    await store(database, a_call("2-queued", customer_id=2, state=CallState.QUEUED))
    assert await database.read(calls.unfinished_by_customer) == {
        1: {"1-received": 1, "1-queued": 1, "1-processing": 1},
        2: {"2-queued": 1},
    }


async def test_of_each_customer_the_oldest_waiting_calls_are_found_with_the_size_of_their_newest_audio(
    database: Database,
) -> None:
    await store(database, *(a_call(f"1-{n}", customer_id=1) for n in range(9)))
    await store(
        database, a_call("2-0", customer_id=2, revision=2), a_call("2-1", customer_id=2, state=CallState.QUEUED)
    )
    await store_recordings(database, a_stored_recording("2-0", bytes=5), a_stored_recording("2-0", revision=2, bytes=7))
    found = await database.read(lambda tx: calls.oldest_received(tx, 8))
    assert [(one.call_id, one.customer_id, one.bytes) for one in found] == [
        *((f"1-{n}", 1, 0) for n in range(4)),
        ("2-0", 2, 7),
    ]
    (queued,) = await database.read(lambda tx: calls.sizes_in_state(tx, CallState.QUEUED))
    assert queued.call_id == "2-1"


async def test_of_an_unfinished_call_the_revisions_since_it_was_last_final_are_counted(database: Database) -> None:
    await store(database, a_call("again", revision=4), a_call("first", revision=2))
    for call_id, revisions in (("again", 4), ("first", 2)):
        await store_recordings(database, *(a_stored_recording(call_id, revision=n + 1) for n in range(revisions)))
    await database.write(lambda tx: deliveries.insert(tx, a_delivery(call_id="again", revision=1)))
    assert await database.read(calls.unfinished_by_customer) == {1: {"again": 3, "first": 2}}


# -- lists ---------------------------------------------------------------------------------------------------


async def page(
    database: Database, wanted: CallFilter | None = None, before: int | None = None, limit: int = 100
) -> list[tuple[int, Call]]:
    return await database.read(lambda tx: calls.page(tx, wanted or CallFilter(), before_seq=before, limit=limit))


@pytest.mark.parametrize("recent_calls", [1, 4, 6, 100])
async def test_pages_of_a_number_are_the_same_however_many_are_looked_at_first(
    database: Database, monkeypatch: pytest.MonkeyPatch, recent_calls: int
) -> None:
    monkeypatch.setattr(calls, "RECENT_CALLS", recent_calls)
    numbers = ["555", "1", "555", "1", "1", "555", "1", "1", "555"]
    await store(
        database,
        *(a_call(str(place), caller_number="anonymous", called_number=number) for place, number in enumerate(numbers)),
    )
    wanted = CallFilter(number="555")

    pages, before = [], None
    for _ in range(3):
        found = await database.read(lambda tx, before=before: calls.page(tx, wanted, before_seq=before, limit=2))
        pages.append([call.call_id for _, call in found])
        before = found[-1][0] if found else before

    assert pages == [["8", "5"], ["2", "0"], []]


async def test_pages_show_every_call_once_newest_first(database: Database) -> None:
    found = [a_call() for _ in range(7)]
    await store(database, *found)
    shown: list[Call] = []
    before = None
    while some := await page(database, before=before, limit=3):
        shown += [call for _, call in some]
        before = some[-1][0]
        await store(database, a_call())  # what comes meanwhile is newer, and shifts nothing
    assert shown == found[::-1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (CallFilter(), {"a", "b", "c"}),
        (CallFilter(customer_id=1), {"a", "b"}),
        (CallFilter(customer_id=9), set()),
        (CallFilter(state=CallState.COMPLETED), {"b"}),
        (CallFilter(since=NOON + HOUR), {"b", "c"}),
        (CallFilter(until=NOON + HOUR), {"a"}),
        (CallFilter(since=NOON + HOUR, until=NOON + 2 * HOUR), {"b"}),
        (CallFilter(number="555"), {"a", "b"}),
        (CallFilter(number="4471"), {"c"}),
        (CallFilter(number="0199"), {"a"}),
        (CallFilter(number="%"), set()),
        (CallFilter(call_id="c"), {"c"}),
        (CallFilter(customer_id=1, state=CallState.RECEIVED, number="555"), {"a"}),
    ],
)
async def test_a_list_can_be_narrowed(database: Database, wanted: CallFilter, expected: set[str]) -> None:
    await store(
        database,
        a_call("a", caller_number="+15550100", called_number="+15550199"),
        a_call("b", caller_number="+15550111", received_at=NOON + HOUR, state=CallState.COMPLETED, called_number="9"),
        a_call("c", customer_id=2, caller_number="anonymous", called_number="+4471", received_at=NOON + 2 * HOUR),
    )
    assert {call.call_id for _, call in await page(database, wanted)} == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (CallFilter(error_code="empty"), {"a", "b"}),
        (CallFilter(error_code="empty", customer_id=2), {"b"}),
        (CallFilter(error_code="empty", state=CallState.COMPLETED), set()),
        (CallFilter(error_code="emp"), set()),
        (CallFilter(finished_since=NOON + HOUR), {"b", "c", "d"}),
        (CallFilter(finished_until=NOON + 2 * HOUR), {"a", "b"}),
        (CallFilter(error_code="empty", finished_since=NOON + HOUR, finished_until=NOON + 2 * HOUR), {"b"}),
        (CallFilter(until=NOON + HOUR, finished_since=NOON + HOUR), {"b", "c", "d"}),
    ],
)
async def test_a_list_can_be_narrowed_to_how_calls_ended_and_when(
    database: Database, wanted: CallFilter, expected: set[str]
) -> None:
    def ended(call_id: str, hours: int, error: str | None, customer_id: int = 1) -> Call:
        return a_call(
            call_id,
            customer_id=customer_id,
            state=CallState.FAILED if error else CallState.COMPLETED,
            error=CallError(error, "it is at fault") if error else None,
            finished_at=NOON + hours * HOUR,
        )

    await store(
        database,
        ended("a", 0, "empty"),
        ended("b", 1, "empty", customer_id=2),
        ended("c", 2, "unreadable"),
        ended("d", 3, None),
        a_call("e"),
    )
    assert {call.call_id for _, call in await page(database, wanted)} == expected


# -- recordings and results ----------------------------------------------------------------------------------


def a_stored_recording(call_id: str = "call", revision: int = 1, **changes: Any) -> StoredRecording:
    found: StoredRecording = every_field_set(
        StoredRecording, **{"call_id": call_id, "revision": revision, "erased_at": None, **changes}
    )
    return found


async def store_recordings(database: Database, *found: StoredRecording) -> None:
    def insert(tx: Connection) -> None:
        for recording in found:
            stored_recordings.insert(tx, recording)

    await database.write(insert)


async def test_every_field_of_a_recording_comes_back(database: Database) -> None:
    first, second = a_stored_recording(revision=1), a_stored_recording(revision=2, sha256="other")
    await store_recordings(database, first, second)
    assert await database.read(lambda tx: stored_recordings.get(tx, "call", 2)) == second
    assert await database.read(lambda tx: stored_recordings.get(tx, "call", 3)) is None
    assert await database.read(lambda tx: stored_recordings.of_call(tx, "call")) == [first, second]


async def test_audio_is_known_by_its_digest_in_any_revision_of_the_call(database: Database) -> None:
    await store_recordings(database, a_stored_recording(sha256="one"), a_stored_recording(revision=2, sha256="two"))
    for digest, known in (("one", True), ("two", True), ("three", False)):
        assert await database.read(lambda tx, digest=digest: stored_recordings.has_sha256(tx, "call", digest)) is known
    assert not await database.read(lambda tx: stored_recordings.has_sha256(tx, "another call", "one"))


async def test_an_erased_recording_needs_no_file_but_its_row_stays(database: Database) -> None:
    await store_recordings(database, a_stored_recording("a", file="aa/1"), a_stored_recording("b", file="bb/2"))
    await database.write(lambda tx: stored_recordings.mark_erased(tx, "a", 1, NOON))
    assert await database.read(stored_recordings.files) == {"bb/2"}
    erased = await database.read(lambda tx: stored_recordings.get(tx, "a", 1))
    assert erased is not None
    assert erased.erased_at == NOON


async def expired(database: Database, default_days: int = 30, limit: int = 100) -> set[str]:
    found = await database.read(lambda tx: stored_recordings.expired(tx, NOON, default_days, limit))
    return {recording.call_id for recording in found}


async def call_with_recording(
    database: Database, call_id: str, customer: Customer, state: CallState, finished_ago: timedelta | None
) -> None:
    finished_at = None if finished_ago is None else NOON - finished_ago
    await store(database, a_call(call_id, customer_id=customer.id, state=state, finished_at=finished_at))
    await store_recordings(database, a_stored_recording(call_id))


@pytest.mark.parametrize("state", list(CallState))
async def test_only_recordings_of_final_calls_expire(database: Database, state: CallState) -> None:
    customer = await database.write(lambda tx: customers.insert(tx, a_customer()))
    await call_with_recording(database, "call", customer, state, 400 * DAY)
    assert await expired(database) == ({"call"} if state.final else set())


async def test_a_revision_that_was_replaced_before_it_was_analysed_expires_with_the_end_of_its_call(
    database: Database,
) -> None:
    customer = await database.write(lambda tx: customers.insert(tx, a_customer()))
    for call_id, state in (("final", CallState.COMPLETED), ("waiting", CallState.RECEIVED)):
        await store(database, a_call(call_id, customer_id=customer.id, state=state, revision=5, finished_at=NOON))
        # 1 was analysed, 2 is the same again, reprocessed; 3 and 4 were replaced.
        files = enumerate(("one", "one", "three", "four", "five"), 1)
        rows = [a_stored_recording(call_id, revision=number, file=f"{call_id}/{file}") for number, file in files]
        await store_recordings(database, *rows)
        await database.write(lambda tx, of=call_id: deliveries.insert(tx, a_delivery(call_id=of, revision=1)))
    found = await database.read(lambda tx: stored_recordings.expired(tx, NOON, 30, 100))
    assert sorted(recording.file for recording in found) == ["final/four", "final/three"]


async def test_recordings_expire_by_the_appliances_days_or_their_customers_own(database: Database) -> None:
    plain = await database.write(lambda tx: customers.insert(tx, a_customer()))
    short = await database.write(lambda tx: customers.insert(tx, a_customer(retention_days=2)))
    nothing = await database.write(lambda tx: customers.insert(tx, a_customer(retention_days=0)))
    moment = timedelta(microseconds=1)
    for call_id, customer, finished_ago in (
        ("plain, in time", plain, 30 * DAY - moment),
        ("plain, over", plain, 30 * DAY),
        ("short, in time", short, 2 * DAY - moment),
        ("short, over", short, 2 * DAY),
        ("nothing, at once", nothing, timedelta(0)),
    ):
        await call_with_recording(database, call_id, customer, CallState.COMPLETED, finished_ago)
    assert await expired(database) == {"plain, over", "short, over", "nothing, at once"}
    assert len(await expired(database, limit=2)) == 2
    assert await expired(database, default_days=0) == {
        "plain, in time",
        "plain, over",
        "short, over",
        "nothing, at once",
    }


async def test_what_was_erased_does_not_expire_again(database: Database) -> None:
    customer = await database.write(lambda tx: customers.insert(tx, a_customer()))
    await call_with_recording(database, "call", customer, CallState.FAILED, 400 * DAY)
    await database.write(lambda tx: stored_recordings.mark_erased(tx, "call", 1, NOON))
    assert await expired(database) == set()


async def test_recordings_of_a_deleted_customer_expire_too(database: Database) -> None:
    customer = await database.write(lambda tx: customers.insert(tx, a_customer()))
    await call_with_recording(database, "call", customer, CallState.COMPLETED, 31 * DAY)
    await database.write(lambda tx: customers.mark_deleted(tx, customer.id, NOON))
    assert await expired(database) == {"call"}


async def test_a_revision_has_one_result(database: Database) -> None:
    result = every_field_set(StoredResult, call_id="call", revision=1)
    await database.write(lambda tx: results.insert(tx, result))
    with pytest.raises(duckdb.ConstraintException):
        await database.write(lambda tx: results.insert(tx, replace(result, attempt=9)))
    await database.write(lambda tx: results.insert(tx, replace(result, revision=2, body="newer")))
    wanted = [("call", 1), ("unknown", 1)]
    assert await database.read(lambda tx: dict(results.bodies(tx, wanted))) == {"call": result.body}
    assert await database.read(lambda tx: dict(results.bodies(tx, [("call", 2)]))) == {"call": "newer"}


async def test_every_field_of_a_result_is_stored(database: Database) -> None:
    result = every_field_set(StoredResult)
    await database.write(lambda tx: results.insert(tx, result))
    names = ", ".join(StoredResult.__dataclass_fields__)
    row = await database.read(lambda tx: tx.execute(f"SELECT {names} FROM result").fetchone())
    assert StoredResult(*(row or ())) == result


async def test_words_go_with_the_texts_and_with_the_call(database: Database) -> None:
    for call_id in ("old", "gone", "kept", "of before"):
        await store(database, a_call(call_id))
        words = None if call_id == "of before" else '[[[0.0,0.5,"Hello.",0.9]]]'
        result = every_field_set(StoredResult, call_id=call_id, revision=1, words=words)
        await database.write(lambda tx, result=result: results.insert(tx, result))

    await database.write(lambda tx: calls.erase_texts(tx, ["old"]))
    await database.write(lambda tx: calls.erase(tx, "gone", NOON))

    def found(tx: Connection) -> list[str]:
        return [one for one in ("old", "gone", "kept", "of before") if results.with_words(tx, one, 1) is not None]

    assert await database.read(found) == ["kept"]
    assert await database.read(lambda tx: tx.execute("SELECT count(words) FROM result").fetchone()) == (1,)


async def test_nothing_but_the_fact_of_its_erasure_is_left_of_an_erased_call(database: Database) -> None:
    for call_id in ("gone", "kept"):
        await store(database, a_call(call_id))
        await store_recordings(database, a_stored_recording(call_id), a_stored_recording(call_id, revision=2))
        result = every_field_set(StoredResult, call_id=call_id, revision=1)
        await database.write(lambda tx, result=result: results.insert(tx, result))
    assert await database.write(lambda tx: calls.erase(tx, "gone", NOON)) == 1
    for table in ("call", "recording", "result"):
        ids = await database.read(
            lambda tx, table=table: tx.execute(f"SELECT DISTINCT call_id FROM {table}").fetchall()
        )
        assert ids == [("kept",)], table
    erased = await database.read(lambda tx: tx.execute("SELECT call_id, erased_at FROM erasure").fetchall())
    assert erased == [("gone", NOON)]
