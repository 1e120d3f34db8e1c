"""A call becomes final once: what a worker says counts for the current attempt alone."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.domain.call import Call, CallState
from appliance.domain.dropped_reports import DropReason
from appliance.messages.call_result import Failure
from appliance.messages.reports import WorkerReport
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.result_bounds import ResultTooLarge
from appliance.services.grouped_writes import HEAVIEST_GROUP
from appliance.storage.database import Connection
from appliance.storage.tables import calls
from tests.appliance.builders import AN_ADMIN
from tests.support.held_writer import HeldWriter
from tests.support.parts import LEASE_SECONDS, Parts, analysed, crashed, failed, parts, released

pytestmark = pytest.mark.slow  # many transactions on a real database


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def again(box: Parts, call: Call) -> Call:
    """Let the next attempt at a call that waits be claimed."""
    await box.claim_call(box.claim(await box.call(call.call_id)))
    return await box.call(call.call_id)


async def test_a_result_makes_the_call_completed_with_one_result_and_one_webhook(box: Parts) -> None:
    call = await box.held()

    await box.finish_call.report(analysed(call, "Good morning."))

    after = await box.call(call.call_id)
    assert (after.state, after.duration_seconds, after.worker) == (CallState.COMPLETED, 2.0, None)
    assert after.finished_at == box.clocks.now()
    (result,) = await box.table("result")
    assert json.loads(result["body"])["transcription"] == "Good morning."
    (delivery,) = await box.table("delivery")
    assert (delivery["event"], delivery["state"], delivery["revision"]) == ("call.completed", "pending", 1)
    body = json.loads(bytes(delivery["body"]))
    assert (body["call_id"], body["transcription"]) == (call.call_id, "Good morning.")
    assert box.told[-1] == "delivery added"


async def test_what_statistics_count_stays_with_the_call(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(12.5)

    await box.finish_call.report(analysed(call))

    after = await box.call(call.call_id)
    assert (after.speech_seconds, after.sentiment, after.time_to_result_seconds) == (1.0, "neutral", 12.5)


async def test_of_a_later_revision_the_time_to_the_result_is_that_to_the_first(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(12.5)
    await box.finish_call.report(analysed(call))
    box.clocks.advance(3600)
    await ReprocessCall(box.database, box.open_calls, box.clocks.now, lambda: None, prove=box.recordings.prove)(
        AN_ADMIN, call.call_id
    )

    assert (await box.call(call.call_id)).sentiment is None
    await box.finish_call.report(analysed(await again(box, call)))

    after = await box.call(call.call_id)
    assert (after.revision, after.sentiment, after.time_to_result_seconds) == (2, "neutral", 12.5)


async def test_a_result_from_before_the_clock_was_set_back_took_no_time(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(-60)

    await box.finish_call.report(analysed(call))

    assert (await box.call(call.call_id)).time_to_result_seconds == 0.0


async def test_the_same_result_told_twice_is_stored_once(box: Parts) -> None:
    call = await box.held()

    await box.finish_call.report(analysed(call, "first"))
    await box.finish_call.report(analysed(call, "second"))

    assert [json.loads(row["body"])["transcription"] for row in await box.table("result")] == ["first"]
    assert len(await box.table("delivery")) == 1


@pytest.mark.parametrize("report", [analysed, failed, crashed, released])
async def test_a_report_about_an_older_attempt_changes_nothing(box: Parts, report: type) -> None:
    old = await box.held()
    await box.finish_call.report(released(old))
    now = await again(box, old)

    await box.finish_call.report(report(old))

    assert await box.call(old.call_id) == now
    assert await box.table("result") == []
    assert await box.table("delivery") == []


@pytest.mark.parametrize("report", [analysed, failed, crashed, released])
async def test_a_report_about_a_call_that_is_final_changes_nothing(box: Parts, report: type) -> None:
    call = await box.held()
    await box.finish_call.report(analysed(call))
    final = await box.call(call.call_id)

    await box.finish_call.report(report(call))

    assert await box.call(call.call_id) == final
    assert len(await box.table("result")) == len(await box.table("delivery")) == 1


async def test_a_report_about_an_older_revision_changes_nothing_and_the_newer_one_is_told_as_updated(
    box: Parts,
) -> None:
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    await box.claim_call(box.claim(old))
    old = await box.call(old.call_id)
    newer = await box.submitted(customer, external_id="pbx-1")
    assert (newer.call_id, newer.revision) == (old.call_id, 2)

    await box.finish_call.report(analysed(old, "half of it"))
    assert (await box.call(old.call_id)).state is CallState.RECEIVED
    assert await box.table("result") == []

    await box.finish_call.report(analysed(await again(box, newer), "all of it"))
    (result,) = await box.table("result")
    (delivery,) = await box.table("delivery")
    assert (result["revision"], delivery["revision"], delivery["event"]) == (2, 2, "call.updated")


async def test_a_result_counts_though_the_queue_was_wiped_meanwhile(box: Parts) -> None:
    call = await box.held()
    await box.database.write(calls.put_back)  # what a new epoch does; nobody has claimed the next attempt yet

    await box.finish_call.report(analysed(call))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_a_report_about_a_call_that_nobody_knows_is_dropped(box: Parts) -> None:
    call = await box.held()
    stranger = Call("no such call", call.customer_id, "+1", "+2", box.clocks.now(), attempt=1)

    await box.finish_call.report(analysed(stranger))

    assert await box.table("result") == []


@pytest.mark.parametrize("report", [analysed, failed, crashed, released])
async def test_a_report_about_a_call_that_nobody_has_claimed_changes_nothing(box: Parts, report: type) -> None:
    """Whoever sees the queue knows the ids of all calls that wait."""
    waiting = await box.submitted()

    await box.finish_call.report(report(waiting))

    assert await box.call(waiting.call_id) == waiting
    assert (await box.table("result"), await box.table("delivery")) == ([], [])
    assert box.dropped == [DropReason.OUTDATED]


@pytest.mark.parametrize(
    "forgery",
    [
        {"claim_token": ""},
        {"claim_token": "0" * 64},
        {"claim_token": "ü"},
        {"worker": "box/cuda:7"},
        {"boot": "another life"},
        {"attempt": 2},
        {"revision": 2},
    ],
)
@pytest.mark.parametrize("report", [analysed, failed, crashed, released])
async def test_a_report_without_the_token_of_this_very_claim_changes_nothing(
    box: Parts, report: Callable[[Call], WorkerReport], forgery: dict[str, Any]
) -> None:
    held = await box.held()

    await box.finish_call.report(msgspec.structs.replace(report(held), **forgery))

    assert await box.call(held.call_id) == held
    assert (await box.table("result"), await box.table("delivery")) == ([], [])
    assert box.dropped == [DropReason.UNPROVEN]


async def test_a_worker_cannot_report_what_another_has_in_its_hands_with_the_token_of_its_own_call(box: Parts) -> None:
    victim, own = await box.held(), await box.held("evil/cpu")
    stolen = msgspec.structs.replace(analysed(own), call_id=victim.call_id)

    await box.finish_call.report(stolen)

    assert (await box.call(victim.call_id)).state is CallState.PROCESSING
    assert box.dropped == [DropReason.UNPROVEN]


async def test_a_worker_that_lost_its_lease_is_not_heard_any_more(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)
    await box.leases.expire(box.finish_call.lose)

    await box.finish_call.report(analysed(call))

    assert (await box.call(call.call_id)).state is CallState.RECEIVED
    assert box.dropped == [DropReason.OUTDATED]


async def test_what_a_worker_told_before_the_api_was_killed_counts_for_its_next_life(tmp_path: Path) -> None:
    async with parts(tmp_path) as box:
        call = await box.held()
        report = analysed(call)
    async with parts(tmp_path) as box:
        await box.finish_call.report(report)
        assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_what_cannot_be_stored_is_a_crash_of_its_attempt_and_three_fail_the_call(box: Parts) -> None:
    call = await box.held()
    for _ in range(2):
        await box.finish_call.refuse(analysed(call), "a text holds the character U+D800")
        assert (await box.call(call.call_id)).state is CallState.RECEIVED
        call = await again(box, call)

    await box.finish_call.refuse(analysed(call), "a text holds the character U+D800")

    after = await box.call(call.call_id)
    assert (after.state, after.crashes) == (CallState.FAILED, 3)
    assert after.error is not None
    assert (after.error.code, "U+D800" in after.error.message) == ("result_refused", True)
    assert box.dropped == [DropReason.UNSTORABLE] * 3


async def test_nobody_ends_anothers_attempt_by_what_cannot_be_stored(box: Parts) -> None:
    call = await box.held()

    await box.finish_call.refuse(msgspec.structs.replace(analysed(call), claim_token="guessed"), "whatever")

    assert await box.call(call.call_id) == call


async def test_a_recording_at_fault_fails_at_the_first_attempt(box: Parts) -> None:
    call = await box.held()

    await box.finish_call.report(failed(call))

    after = await box.call(call.call_id)
    assert after.state is CallState.FAILED
    assert after.error is not None
    assert after.error.code == "recording_broken"
    (delivery,) = await box.table("delivery")
    body = json.loads(bytes(delivery["body"]))
    assert (body["event"], body["error"]["code"]) == ("call.failed", "recording_broken")
    assert await box.table("result") == []


async def test_the_third_crash_fails_the_call(box: Parts) -> None:
    call = await box.held()
    for number in (1, 2):
        await box.finish_call.report(crashed(call))
        waiting = await box.call(call.call_id)
        assert (waiting.state, waiting.crashes) == (CallState.RECEIVED, number)
        assert box.told[-1] == "put back"
        call = await again(box, call)

    await box.finish_call.report(crashed(call))

    after = await box.call(call.call_id)
    assert (after.state, after.crashes, after.attempt) == (CallState.FAILED, 3, 3)
    assert len(await box.table("delivery")) == 1


async def test_one_attempt_counts_as_one_crash_though_its_lease_ended_before_its_report_came(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)
    await box.leases.expire(box.finish_call.lose)

    await box.finish_call.report(crashed(call))

    assert (await box.call(call.call_id)).crashes == 1


async def test_a_call_handed_back_counts_nothing_however_often(box: Parts) -> None:
    call = await box.held()
    for _ in range(5):
        await box.finish_call.report(released(call))
        call = await again(box, call)

    assert (call.state, call.crashes, call.attempt) == (CallState.PROCESSING, 0, 6)


async def test_an_analysis_that_broke_beside_others_counts_nothing_and_is_next_alone(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(crashed(call, in_hand=2))
    call = await again(box, call)
    assert (call.crashes, call.alone) == (0, True)

    for _ in range(3):
        assert call.alone
        await box.finish_call.report(crashed(call))
        call = await box.call(call.call_id)
        if not call.state.final:
            call = await again(box, call)

    assert (call.state, call.crashes) == (CallState.FAILED, 3)


async def test_a_call_that_is_handed_back_stays_alone(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(crashed(call, in_hand=2))
    call = await again(box, call)

    await box.finish_call.report(released(call))

    assert (await box.call(call.call_id)).alone


async def test_a_new_revision_forgets_the_crashes_of_the_old_one(box: Parts) -> None:
    customer = await box.customer()
    call = await box.submitted(customer, external_id="pbx-1")
    await box.claim_call(box.claim(call))
    await box.finish_call.report(crashed(await box.call(call.call_id)))

    newer = await box.submitted(customer, external_id="pbx-1")

    assert (newer.revision, newer.crashes, newer.attempt, newer.alone) == (2, 0, 1, False)


async def test_losing_an_attempt_that_was_reported_meanwhile_changes_nothing(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(analysed(call))

    await box.finish_call.lose(call.call_id, call.revision, call.attempt, in_hand=1)

    after = await box.call(call.call_id)
    assert (after.state, after.crashes) == (CallState.COMPLETED, 0)


@pytest.mark.parametrize("report", [analysed, failed])
async def test_the_webhook_of_a_customer_without_a_url_rests(box: Parts, report: type) -> None:
    customer = await box.customer(webhook_url=None)
    call = await box.submitted(customer)
    await box.claim_call(box.claim(call))

    await box.finish_call.report(report(await box.call(call.call_id)))

    (delivery,) = await box.table("delivery")
    assert (delivery["state"], delivery["next_attempt_at"], delivery["url"]) == ("disabled", None, None)


async def test_the_webhook_of_a_deleted_customer_rests_and_its_call_still_becomes_final(box: Parts) -> None:
    customer = await box.customer()
    call = await box.submitted(customer)
    await box.claim_call(box.claim(call))
    await box.customers.delete(AN_ADMIN, customer.id)

    await box.finish_call.report(analysed(await box.call(call.call_id)))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED
    assert [row["state"] for row in await box.table("delivery")] == ["disabled"]


async def test_the_final_call_frees_its_customers_place(box: Parts) -> None:
    call = await box.held()
    assert box.open_calls.count(call.customer_id) == 1

    await box.finish_call.report(crashed(call))
    assert box.open_calls.count(call.customer_id) == 1

    await box.finish_call.report(analysed(await again(box, call)))
    assert box.open_calls.count(call.customer_id) == 0


async def test_result_and_webhook_are_stored_together_or_not_at_all(box: Parts) -> None:
    call = await box.held()
    await box.database.write(lambda tx: tx.execute("DROP TABLE delivery").fetchall())

    with pytest.raises(Exception, match="delivery"):
        await box.finish_call.report(analysed(call))

    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    assert await box.table("result") == []


@pytest.mark.slow
async def test_a_hundred_reports_at_once_make_a_hundred_calls_final_once(box: Parts) -> None:
    import asyncio

    held = [await box.held() for _ in range(30)]
    reports: list[WorkerReport] = [analysed(call) for call in held] * 3

    await asyncio.gather(*(box.finish_call.report(report) for report in reports))

    assert sorted(row["call_id"] for row in await box.table("result")) == sorted(call.call_id for call in held)
    assert len(await box.table("delivery")) == len(held)


async def test_failing_a_final_call_changes_nothing(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(analysed(call))

    await box.finish_call.fail(call.call_id, Failure(code="late", message="too late"))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


@pytest.mark.parametrize("seed", range(6))
async def test_of_reports_that_are_stored_together_each_comes_to_what_it_would_alone(box: Parts, seed: int) -> None:
    chance = random.Random(seed)
    held = [await box.held() for _ in range(12)]
    kinds = ["analysed", "too much", "failed", "crashed", "released", "erased", "twice", "unproven", "outdated"]
    kind_of = dict(zip([call.call_id for call in held], [*kinds, *chance.choices(kinds, k=3)], strict=True))
    chance.shuffle(held)
    reports: list[tuple[Call, WorkerReport]] = []
    for call in held:
        honest = analysed(call, f"said in {call.call_id}")
        match kind_of[call.call_id]:
            case "too much":
                result = msgspec.structs.replace(honest.result, duration_seconds=1e6)
                reports.append((call, msgspec.structs.replace(honest, result=result)))
            case "failed":
                reports.append((call, failed(call)))
            case "crashed":
                reports.append((call, crashed(call)))
            case "released":
                reports.append((call, released(call)))
            case "unproven":
                reports.append((call, msgspec.structs.replace(honest, claim_token="of another")))
            case "outdated":
                reports.append((call, analysed(replace(call, attempt=9))))
            case "twice":
                reports += [(call, honest), (call, analysed(call, "said twice"))]
            case _:
                reports.append((call, honest))

    def erase(tx: Connection) -> None:
        for call_id, kind in kind_of.items():
            if kind == "erased":
                calls.erase(tx, call_id, box.clocks.now())

    writer = HeldWriter(box.database)
    erasing = asyncio.ensure_future(box.database.write(erase))
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(box.finish_call.report(report)) for _, report in reports]
    await asyncio.sleep(0)
    await writer.release()
    came = await asyncio.gather(*waiting, return_exceptions=True)
    await erasing

    for (call, _), outcome in zip(reports, came, strict=True):
        assert isinstance(outcome, ResultTooLarge) is (kind_of[call.call_id] == "too much")
        assert outcome is None or isinstance(outcome, ResultTooLarge)
    state_after = {"analysed": "completed", "twice": "completed", "failed": "failed"}
    state_after |= {"crashed": "received", "released": "received"}
    states = {row["call_id"]: row["state"] for row in await box.table("call")}
    assert states == {
        call_id: state_after.get(kind, "processing") for call_id, kind in kind_of.items() if kind != "erased"
    }
    told = {call_id for call_id, state in states.items() if state in ("completed", "failed")}
    rows = await box.table("delivery")
    assert sorted(row["call_id"] for row in rows) == sorted(told)
    for row in rows:
        assert json.loads(bytes(row["body"]))["call_id"] == row["call_id"]
    stored = {row["call_id"]: json.loads(row["body"])["transcription"] for row in await box.table("result")}
    assert stored == {call_id: f"said in {call_id}" for call_id, state in states.items() if state == "completed"}
    dropped = {"twice": DropReason.OUTDATED, "outdated": DropReason.OUTDATED, "erased": DropReason.OUTDATED}
    dropped["unproven"] = DropReason.UNPROVEN
    assert sorted(box.dropped) == sorted(dropped[kind] for kind in kind_of.values() if kind in dropped)


async def test_long_reports_that_come_together_are_not_all_written_together(
    box: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others wait for each commit. What counts is how long they came, with words and empty turns."""
    held = [await box.held() for _ in range(3)]
    commits, write = 0, box.database.write

    async def count(work: Callable[[Connection], Any]) -> Any:
        nonlocal commits
        commits += 1
        return await write(work)

    monkeypatch.setattr(box.database, "write", count)
    await asyncio.gather(*(box.finish_call.report(analysed(call), HEAVIEST_GROUP) for call in held))
    assert commits == 3
