"""Calls that the database has lost: the disk still holds their recordings, and these tell whose they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.actor import VBOT
from appliance.domain.audit import Action
from appliance.domain.call import Call, CallState
from appliance.domain.live_event import CallChanged
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.reingest import ReingestLostCalls
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.storage.database import Connection
from appliance.storage.folder.call_facts import read_facts
from appliance.storage.tables import calls, customers, stored_recordings
from tests.appliance.audited import written
from tests.support.file_faults import flip
from tests.support.parts import Parts, analysed, parts

SAID = {
    "language": "de",
    "direction": "outbound",
    "caller_channel": "right",
    "metadata": '{"ticket": 7}',
    "vocabulary": ("Velodyne", "Zoë, O'Hara"),
}


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


def use_case(box: Parts) -> ReingestLostCalls:
    return ReingestLostCalls(
        box.database,
        box.data,
        box.recordings,
        box.keys,
        box.open_calls,
        box.clocks.now,
        lambda: box.told.append("received"),
        box.published.append,
    )


async def lose(box: Parts, *lost: Call, tables: tuple[str, ...] = ("call", "recording", "result", "delivery")) -> None:
    """As if their rows had never been; the next life begins: nothing is in anybody's hands."""

    def delete(tx: Connection) -> None:
        for call in lost:
            for table in tables:
                tx.execute(f"DELETE FROM {table} WHERE call_id = ?", [call.call_id])

    await box.database.write(delete)
    for call in lost:
        box.open_calls.finished(call.customer_id, call.call_id)
    box.recordings._in_hand.clear()
    box.told.clear()
    box.published.clear()


async def known(box: Parts) -> set[str]:
    return {row["call_id"] for row in await box.table("call")}


async def test_a_lost_call_is_back_under_its_id_with_all_that_the_pbx_said(box: Parts) -> None:
    customer = await box.customer()
    kept = await box.submitted(customer)
    call = await box.submitted(customer, external_id="pbx-1", idempotency_key="key-1", **SAID)
    await lose(box, call)

    await use_case(box)()

    again = await box.call(call.call_id)
    assert again == replace(call, received_at=again.received_at)
    assert box.told == ["received"]
    assert box.published == [CallChanged(again)]
    assert box.open_calls.count(customer.id) == 2
    assert await known(box) == {kept.call_id, call.call_id}
    line = (await written(box.database))[-1]
    assert (line.action, line.actor, line.after) == (Action.CALLS_TAKEN_IN_AGAIN, VBOT, {"calls": 1})
    await box.claim_call(box.claim(again))
    await box.finish_call.report(analysed(await box.call(call.call_id)))
    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_nothing_is_done_twice(box: Parts) -> None:
    call = await box.submitted()
    await lose(box, call)
    await use_case(box)()
    before = await box.table("call"), await box.table("audit")

    await use_case(box)()

    assert (await box.table("call"), await box.table("audit")) == before


async def test_the_same_recording_under_a_name_that_is_known_is_no_second_call(box: Parts) -> None:
    # It was cut off before its commit; the PBX has sent it again since.
    customer = await box.customer()
    abandoned = await box.submitted(customer, idempotency_key="key-1")
    (stored,) = await box.table("recording")
    await lose(box, abandoned)
    audio = box.audio(stored["file"], stored["bytes"])
    again = await box.submitted(customer, idempotency_key="key-1", audio=audio)
    box.recordings._in_hand.clear()

    await use_case(box)()

    assert await known(box) == {again.call_id}


async def test_a_lost_revision_is_the_next_one_of_its_call(box: Parts) -> None:
    customer = await box.customer()
    first = await box.submitted(customer, external_id="pbx-1")
    box.clocks.advance(1)
    second = await box.submitted(customer, external_id="pbx-1", metadata='{"second": true}')
    assert (second.call_id, second.revision) == (first.call_id, 2)

    def only_the_first(tx: Connection) -> None:
        tx.execute("DELETE FROM recording WHERE revision = 2")
        calls.update(tx, first)

    await box.database.write(only_the_first)
    box.recordings._in_hand.clear()

    await use_case(box)()

    again = await box.call(first.call_id)
    assert (again.revision, again.metadata) == (2, '{"second": true}')
    assert [row["revision"] for row in await box.table("recording")] == [1, 2]


async def test_another_call_under_the_id_of_a_lost_one_is_not_replaced_by_it(box: Parts) -> None:
    """A PBX that counts from the start again; the lost one becomes a call of its own, without the id."""
    customer = await box.customer()
    lost = await box.submitted(customer, external_id="pbx-1", called_number="+4922222")
    await lose(box, lost)
    box.clocks.advance(1)
    newer = await box.submitted(customer, external_id="pbx-1", called_number="+4911111")
    box.recordings._in_hand.clear()

    await use_case(box)()

    again = await box.call(lost.call_id)
    assert (again.external_id, again.called_number, again.revision) == (None, "+4922222", 1)
    assert (await box.call(newer.call_id)).revision == 1


async def test_all_revisions_of_a_call_that_was_lost_whole_are_back_in_their_order(box: Parts) -> None:
    customer = await box.customer()
    for number in range(3):
        call = await box.submitted(customer, external_id="pbx-1", metadata=f'{{"number": {number}}}')
        box.clocks.advance(1)
    before = [(row["revision"], row["file"], row["sha256"]) for row in await box.table("recording")]
    await lose(box, call)

    await use_case(box)()

    again = await box.call(call.call_id)
    assert (again.revision, again.metadata) == (3, '{"number": 2}')
    assert [(row["revision"], row["file"], row["sha256"]) for row in await box.table("recording")] == before


async def test_an_older_recordings_row_that_was_lost_makes_no_new_revision(box: Parts) -> None:
    customer = await box.customer()
    await box.submitted(customer, external_id="pbx-1")
    box.clocks.advance(1)
    call = await box.submitted(customer, external_id="pbx-1")
    before = [(row["revision"], row["file"]) for row in await box.table("recording")]
    await box.database.write(lambda tx: tx.execute("DELETE FROM recording WHERE revision = 1"))
    box.recordings._in_hand.clear()

    await use_case(box)()

    assert (await box.call(call.call_id)).revision == 2
    rows = sorted((row["revision"], row["file"]) for row in await box.table("recording"))
    assert rows == before


async def test_a_call_that_was_erased_on_demand_stays_erased(box: Parts) -> None:
    call = await box.submitted()
    await lose(box, call)
    await box.database.write(lambda tx: tx.execute("INSERT INTO erasure VALUES (?, now())", [call.call_id]))

    await use_case(box)()

    assert await known(box) == set()


async def test_no_revision_of_an_erased_call_comes_back_whatever_a_kill_has_left_of_its_files(box: Parts) -> None:
    customer = await box.customer()
    call = await box.submitted(customer, external_id="pbx-1")
    box.clocks.advance(1)
    again = await box.submitted(customer, external_id="pbx-1", metadata='{"second": true}')
    assert (again.call_id, again.revision) == (call.call_id, 2)
    files = {path: path.read_bytes() for path in box.data.recordings.rglob("*") if path.is_file()}
    assert len(files) == 2
    erase = EraseCall(box.database, box.recordings, box.open_calls, box.clocks.now, lambda _: None)
    await erase(VBOT, call.call_id)
    for path, content in files.items():
        path.write_bytes(content)
    box.recordings._in_hand.clear()

    await use_case(box)()

    assert await known(box) == set()


def another_customer(box: Parts, call: Call) -> Callable[[Connection], None]:
    """Under the id that was lost with the customer."""

    def replace_row(tx: Connection) -> None:
        customer = customers.get(tx, call.customer_id)
        assert customer is not None
        tx.execute("UPDATE customer SET created_at = now() WHERE id = ?", [customer.id])

    return replace_row


def no_customer(box: Parts, call: Call) -> Callable[[Connection], None]:
    return lambda tx: tx.execute("DELETE FROM customer WHERE id = ?", [call.customer_id])


@pytest.mark.parametrize("become_of", [another_customer, no_customer])
async def test_a_call_of_a_customer_that_was_lost_is_nobody_elses_and_not_deleted(
    box: Parts, become_of: Callable[[Parts, Call], Callable[[Connection], None]]
) -> None:
    call = await box.submitted()
    await lose(box, call)
    await box.database.write(become_of(box, call))

    await use_case(box)()

    assert await known(box) == set()
    (kept,) = box.data.lost_and_found.iterdir()
    facts = read_facts(kept, box.keys)
    assert facts is not None
    with box.recordings.open(kept, facts.bytes) as file:
        assert file.read().startswith(b"RIFF")
    assert not [path for path in box.data.recordings.rglob("*") if path.is_file()]


async def test_a_recording_that_is_damaged_as_well_becomes_a_call_that_fails(box: Parts) -> None:
    call = await box.submitted()
    (stored,) = await box.table("recording")
    await lose(box, call)
    flip(box.recordings.path(stored["file"]), 10)

    await use_case(box)()

    assert (await box.call(call.call_id)).state is CallState.RECEIVED  # the worker will find out


async def test_what_an_expired_call_has_left_is_not_taken_in(box: Parts) -> None:
    call = await box.submitted()
    await box.database.write(lambda tx: stored_recordings.mark_erased(tx, call.call_id, 1, box.clocks.now()))
    box.recordings._in_hand.clear()

    await use_case(box)()

    assert len(await box.table("call")) == 1
    assert (await box.call(call.call_id)).revision == 1


async def test_lost_calls_are_taken_in_before_the_first_sweep_and_what_tells_nothing_is_swept(box: Parts) -> None:
    call = await box.submitted()
    await lose(box, call)
    unknown = box.data.recordings / "2026-11-24" / "abandoned"
    unknown.write_bytes(b"RIFF")
    housekeeping = Housekeeping(box.database, box.recordings, (30, 365), box.clocks.now, reingest=use_case(box))

    await housekeeping.first_of_all()
    await housekeeping._sweep()

    assert await known(box) == {call.call_id}
    assert not unknown.exists()
    (stored,) = await box.table("recording")
    assert box.recordings.path(stored["file"]).exists()
