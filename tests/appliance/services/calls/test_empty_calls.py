"""Where nothing was recorded nobody is at fault: the call is completed, counted apart, and told of only on request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.domain.call import EMPTY_RECORDING, Call, CallState
from appliance.domain.live_event import CallChanged
from appliance.messages.call_result import Failure
from appliance.messages.reports import CallFailed
from appliance.services.calls.empty_calls import nobody_answered
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.storage.repair.consistency import analyse_again_what_lost_its_result
from appliance.storage.tables import calls
from engine.errors import EmptyRecording
from tests.appliance.builders import AN_ADMIN
from tests.support.parts import Parts, analysed, head_of, parts

NO_SAMPLES = "The recording holds no samples: it ends where its header does."


pytestmark = pytest.mark.slow  # many transactions on a real database


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def claimed(box: Parts, call: Call) -> Call:
    await box.claim_call(box.claim(await box.call(call.call_id)))
    return await box.call(call.call_id)


def empty(call: Call) -> CallFailed:
    """The worker's word that there is nothing in the recording."""
    return CallFailed(**head_of(call), failure=Failure(code=EMPTY_RECORDING, message=NO_SAMPLES))


async def sent(box: Parts) -> list[dict[str, Any]]:
    """The webhooks' bodies, in the order in which they were made."""
    return [json.loads(bytes(row["body"])) for row in await box.table("delivery")]


async def reprocessed(box: Parts, call: Call) -> Call:
    again = ReprocessCall(box.database, box.open_calls, box.clocks.now, lambda: None, prove=box.recordings.prove)
    await again(AN_ADMIN, call.call_id)
    return await claimed(box, call)


def test_the_engine_and_the_appliance_have_one_word_for_it() -> None:
    assert EmptyRecording.code == EMPTY_RECORDING


async def test_a_recording_without_samples_completes_its_call_and_nobody_is_told(box: Parts) -> None:
    call = await box.held()

    await box.finish_call.report(empty(call))

    after = await box.call(call.call_id)
    assert (after.state, after.empty, after.error) == (CallState.COMPLETED, True, None)
    assert (after.duration_seconds, after.sentiment, after.time_to_result_seconds) == (0.0, None, None)
    (result,) = await box.table("result")
    body = json.loads(result["body"])
    assert (body["no_speech"], body["transcription"], body["sentiment"]) == (True, "", "neutral")
    assert body["warnings"] == [NO_SAMPLES]
    assert await sent(box) == []
    assert box.open_calls.count(call.customer_id) == 0
    changed = [one for one in box.published if isinstance(one, CallChanged)]
    assert (changed[-1].call.empty, changed[-1].sentiment) == (True, None)


async def test_a_customer_that_asks_for_it_is_told_by_an_event_of_its_own(box: Parts) -> None:
    call = await claimed(box, await box.submitted(await box.customer(send_empty=True), metadata='{"ticket": 1}'))

    await box.finish_call.report(empty(call))

    (told,) = await sent(box)
    assert (told["event"], told["revision"], told["no_speech"], told["error"]) == ("call.empty", 1, True, None)
    assert (told["metadata"], told["duration_seconds"]) == ({"ticket": 1}, 0.0)


async def test_the_first_result_of_a_call_that_nobody_was_told_of_is_no_update(box: Parts) -> None:
    customer = await box.customer()
    first = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(empty(first))

    whole = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(analysed(whole))
    again = await reprocessed(box, whole)
    await box.finish_call.report(analysed(again))

    assert (whole.call_id, whole.revision, whole.empty) == (first.call_id, 2, False)
    told = [(body["event"], body["revision"]) for body in await sent(box)]
    assert told == [("call.completed", 2), ("call.updated", 3)]


async def test_who_was_told_of_a_call_is_told_that_its_newest_revision_is_empty(box: Parts) -> None:
    customer = await box.customer()
    first = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(analysed(first))

    second = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(empty(second))

    assert [(body["event"], body["no_speech"]) for body in await sent(box)] == [
        ("call.completed", False),
        ("call.updated", True),
    ]


async def test_who_was_told_that_a_call_is_empty_is_told_of_its_result_as_an_update(box: Parts) -> None:
    customer = await box.customer(send_empty=True)
    first = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(empty(first))

    second = await claimed(box, await box.submitted(customer, external_id="pbx-1"))
    await box.finish_call.report(analysed(second))

    assert [body["event"] for body in await sent(box)] == ["call.empty", "call.updated"]


async def test_an_empty_call_that_is_analysed_again_holds_one_place_after_a_restart_too(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(empty(call))
    await reprocessed(box, call)

    assert await box.database.read(calls.unfinished_by_customer) == {call.customer_id: {call.call_id: 1}}


async def test_a_repair_does_not_take_the_webhook_that_was_never_sent_for_a_lost_one(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(empty(call))

    assert await box.database.write(analyse_again_what_lost_its_result) == (0, 0)

    await box.database.write(lambda tx: tx.execute("DELETE FROM result") and None)
    assert await box.database.write(analyse_again_what_lost_its_result) == (1, 0)
    again = await box.call(call.call_id)
    assert (again.state, again.empty) == (CallState.RECEIVED, False)


async def test_of_a_call_that_nobody_answered_nothing_is_told_whatever_was_heard(box: Parts) -> None:
    call = await claimed(box, await box.submitted(disposition="no_answer"))

    await box.finish_call.report(analysed(call, "The person you are calling is not available."))

    after = await box.call(call.call_id)
    assert (after.state, after.empty, after.duration_seconds, after.sentiment) == (CallState.COMPLETED, True, 2.0, None)
    (result,) = await box.table("result")
    assert json.loads(result["body"])["transcription"] == ""
    assert await sent(box) == []


@pytest.mark.parametrize(
    ("said", "party"),
    [({}, "called"), ({}, "unknown"), ({"answered_at": datetime(2026, 11, 20, tzinfo=UTC)}, "caller")],
    ids=["the called party speaks", "a mix", "it was answered"],
)
async def test_words_are_kept_where_the_disposition_is_wrong(box: Parts, said: dict[str, Any], party: Any) -> None:
    call = await claimed(box, await box.submitted(disposition="no_answer", **said))
    report = analysed(call)
    turn = msgspec.structs.replace(report.result.segments[0], party=party)
    await box.finish_call.report(
        msgspec.structs.replace(report, result=msgspec.structs.replace(report.result, segments=[turn]))
    )

    (told,) = await sent(box)
    assert (told["event"], told["transcription"], (await box.call(call.call_id)).empty) == (
        "call.completed",
        "Hello.",
        False,
    )
    assert "no_answer" in told["warnings"][0]


async def test_it_is_empty_where_nothing_was_said_whatever_moment_was_sent(box: Parts) -> None:
    answered_at = datetime(2026, 11, 20, tzinfo=UTC)
    call = await claimed(box, await box.submitted(disposition="no_answer", answered_at=answered_at))
    report = analysed(call, "")
    silent = msgspec.structs.replace(report.result, segments=[], no_speech=True)
    await box.finish_call.report(msgspec.structs.replace(report, result=silent))
    assert (await box.call(call.call_id)).empty


@pytest.mark.parametrize("disposition", ["no_answer", "busy", "failed", "congestion", "cancelled"])
def test_nobody_answered_where_the_telephone_system_says_so(disposition: str) -> None:
    assert nobody_answered(disposition)


@pytest.mark.parametrize("disposition", [None, "", "answered", "voicemail"])
def test_somebody_may_have_answered_where_it_says_nothing_of_the_kind(disposition: str | None) -> None:
    assert not nobody_answered(disposition)
