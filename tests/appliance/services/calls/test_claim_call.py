"""Fetching a recording is the claim of an attempt: given to one, and to that one again."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from appliance.domain.call import CallState
from appliance.domain.live_event import CallChanged
from appliance.errors import InvalidCredential, NotFound, Obsolete, Unavailable
from appliance.services.calls.claim_call import ClaimedRecording
from appliance.storage.folder import recordings
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.support.file_faults import truncate
from tests.support.held_writer import HeldWriter
from tests.support.parts import LEASE_SECONDS, Parts, analysed, heartbeat, parts, released


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def test_a_claim_starts_the_attempt_and_gives_the_recording(box: Parts) -> None:
    call = await box.submitted()

    recording = await box.claim_call(box.claim(call, worker="box/cuda:1", boot="b"))

    after = await box.call(call.call_id)
    assert (after.state, after.attempt, after.worker, after.worker_boot) == (CallState.PROCESSING, 1, "box/cuda:1", "b")
    assert after.started_at == box.clocks.now()
    with box.recordings.open(recording.path, recording.bytes) as file:
        audio = file.read()
    assert audio.startswith(b"RIFF")
    assert hashlib.sha256(audio).hexdigest() == recording.sha256
    assert box.claimed == [call.call_id]


async def test_a_second_worker_is_too_late_for_the_same_attempt(box: Parts) -> None:
    call = await box.submitted()
    await box.claim_call(box.claim(call, worker="box/cuda:0"))

    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(call, worker="box/cuda:1"))

    assert (await box.call(call.call_id)).worker == "box/cuda:0"


async def test_the_same_life_of_a_worker_may_fetch_again(box: Parts) -> None:
    call = await box.submitted()
    claim = box.claim(call)

    assert await box.claim_call(claim) == await box.claim_call(claim)

    assert (await box.call(call.call_id)).attempt == 1


async def test_the_next_life_of_a_worker_may_not_fetch_what_the_earlier_one_claimed(box: Parts) -> None:
    call = await box.submitted()
    claim = box.claim(call, boot="first life")
    await box.claim_call(claim)

    with pytest.raises(Obsolete):
        await box.claim_call(replace(claim, boot="second life"))


@pytest.mark.parametrize("attempt", [0, 1, 3])
async def test_an_attempt_that_is_not_the_next_one_is_obsolete(box: Parts, attempt: int) -> None:
    call = await box.held()
    await box.finish_call.report(released(call))
    waiting = await box.call(call.call_id)

    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(waiting, attempt=attempt))

    assert await box.call(call.call_id) == waiting


async def test_a_claim_of_an_older_revision_is_obsolete(box: Parts) -> None:
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    newer = await box.submitted(customer, external_id="pbx-1")
    assert newer.revision == 2

    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(old))

    await box.claim_call(box.claim(newer))


async def test_who_asks_again_for_what_has_a_newer_revision_since_holds_it_no_longer(box: Parts) -> None:
    """The api was killed before it answered the first time, say; its customer's other calls waited for the lease."""
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    await box.claim_call(box.claim(old))
    await box.submitted(customer, external_id="pbx-1")

    for other in ({"worker": "box/cuda:1"}, {"boot": "another life"}):
        with pytest.raises(Obsolete):
            await box.claim_call(box.claim(old, **other))
    assert box.leases.held() == {old.call_id}
    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(old))
    assert box.leases.held() == set()


async def test_a_claim_of_a_final_call_is_obsolete(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.report(analysed(call))

    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(await box.call(call.call_id)))


async def test_a_claim_of_a_call_that_does_not_exist_is_obsolete(box: Parts) -> None:
    call = await box.submitted()

    with pytest.raises(Obsolete):
        await box.claim_call(box.claim(replace(call, call_id="gone")))


async def test_an_expired_address_goes_back_to_the_relay_and_the_attempt_stays_wanted(box: Parts) -> None:
    call = await box.submitted()
    await box.database.write(lambda tx: calls.mark_queued(tx, [call]))
    late = box.claim(call)
    box.clocks.advance(3601)

    with pytest.raises(Obsolete):
        await box.claim_call(late)

    waiting = await box.call(call.call_id)
    assert (waiting.state, waiting.attempt) == (CallState.RECEIVED, 0)
    assert box.claimed == [call.call_id]
    assert box.published[-1] == CallChanged(waiting)
    await box.claim_call(box.claim(waiting))


async def test_an_expired_address_takes_nothing_from_whom_holds_the_call(box: Parts) -> None:
    call = await box.submitted()
    late = box.claim(call)
    await box.claim_call(box.claim(call, worker="box/cuda:0"))
    box.clocks.advance(3601)

    with pytest.raises(Obsolete):
        await box.claim_call(replace(late, worker="box/cuda:1"))

    assert (await box.call(call.call_id)).state is CallState.PROCESSING


async def test_who_holds_the_call_may_fetch_again_after_its_address_has_expired(box: Parts) -> None:
    """It lay long in the queue, and the transfer broke off at the address's end."""
    call = await box.submitted()
    claim = box.claim(call)
    first = await box.claim_call(claim)
    box.clocks.advance(3601)

    assert await box.claim_call(claim) == first

    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    assert box.leases.held() == {call.call_id}


@pytest.mark.parametrize(
    "forgery",
    [
        {"signature": "0" * 64},
        {"signature": "é"},
        {"attempt": 2},
        {"revision": 2},
        {"expires": 2**40},
        {"call_id": "x"},
    ],
)
async def test_a_forged_address_is_refused_and_changes_nothing(box: Parts, forgery: dict[str, object]) -> None:
    call = await box.submitted()

    with pytest.raises(InvalidCredential):
        await box.claim_call(replace(box.claim(call), **forgery))

    assert await box.call(call.call_id) == call
    assert box.claimed == []


async def test_a_recording_that_is_missing_on_disk_fails_the_call(box: Parts) -> None:
    call = await box.submitted()
    (stored,) = await box.table("recording")
    box.recordings.remove(stored["file"])

    with pytest.raises(NotFound):
        await box.claim_call(box.claim(call))

    after = await box.call(call.call_id)
    assert after.state is CallState.FAILED
    assert after.error is not None
    assert after.error.code == "recording_missing"
    assert [row["event"] for row in await box.table("delivery")] == ["call.failed"]
    assert box.open_calls.count(call.customer_id) == 0


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EACCES])
async def test_a_recording_that_cannot_be_opened_at_the_moment_fails_no_call(
    box: Parts, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    call = await box.submitted()
    with monkeypatch.context() as patched:
        patched.setattr(recordings, "most_bytes", refusing(number))
        with pytest.raises(Unavailable, match=os.strerror(number)):
            await box.claim_call(box.claim(call))

    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    assert await box.table("delivery") == []
    await box.claim_call(box.claim(call))


async def test_a_recording_whose_beginning_the_disk_does_not_give_fails_the_call(
    box: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await box.submitted()
    monkeypatch.setattr(recordings, "most_bytes", refusing(errno.EIO))

    with pytest.raises(NotFound):
        await box.claim_call(box.claim(call))

    after = await box.call(call.call_id)
    assert after.error is not None
    assert (after.state, after.error.code) == (CallState.FAILED, "recording_damaged")


def refusing(number: int) -> Callable[..., NoReturn]:
    def refused(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refused


async def test_a_recording_whose_end_is_missing_on_disk_fails_the_call(box: Parts) -> None:
    call = await box.submitted()
    (stored,) = await box.table("recording")
    truncate(box.recordings.path(stored["file"]), stored["bytes"] - 1)

    with pytest.raises(NotFound):
        await box.claim_call(box.claim(call))

    after = await box.call(call.call_id)
    assert after.error is not None
    assert (after.state, after.error.code) == (CallState.FAILED, "recording_damaged")
    assert [row["event"] for row in await box.table("delivery")] == ["call.failed"]


async def test_a_recording_that_the_disk_does_not_give_fails_the_call_with_the_disks_word(box: Parts) -> None:
    call = await box.submitted()
    claim = box.claim(call)
    await box.claim_call(claim)

    await box.claim_call.unreadable(claim, "Input/output error")

    after = await box.call(call.call_id)
    assert after.error is not None
    assert (after.state, after.error.code) == (CallState.FAILED, "recording_damaged")
    assert after.error.message.endswith("cannot be read from the appliance's disk: Input/output error")


async def test_each_revision_gives_its_own_audio(box: Parts) -> None:
    customer = await box.customer()
    await box.submitted(customer, external_id="pbx-1")
    newer = await box.submitted(customer, external_id="pbx-1")

    claimed = await box.claim_call(box.claim(newer))

    def stored(tx: object) -> StoredRecording | None:
        return stored_recordings.get(tx, newer.call_id, 2)

    recording = await box.database.read(stored)
    assert recording is not None
    assert claimed.path == box.recordings.path(recording.file)
    assert claimed.sha256 == recording.sha256


async def test_a_claim_begins_a_lease(box: Parts) -> None:
    call = await box.held()
    box.leases.observe(heartbeat(1, call))
    box.clocks.advance(LEASE_SECONDS + 1)

    await box.leases.expire(box.finish_call.lose)

    assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_an_old_address_that_somebody_kept_says_nothing_about_what_the_call_waits_for_now(box: Parts) -> None:
    """Posted again and again it put the call back each time, and its customer's turn went to others."""
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    kept = box.claim(old)
    newer = await box.submitted(customer, external_id="pbx-1")
    box.clocks.advance(30 * 24 * 3600)
    box.claimed.clear()

    with pytest.raises(Obsolete):
        await box.claim_call(kept)

    assert box.claimed == []
    assert (await box.call(newer.call_id)).revision == 2


async def test_the_damage_of_an_earlier_revision_fails_no_later_one(box: Parts) -> None:
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    claim = box.claim(old)
    await box.claim_call(claim)
    newer = await box.submitted(customer, external_id="pbx-1")

    await box.claim_call.unreadable(claim, "Input/output error")

    assert (await box.call(newer.call_id)).state is CallState.RECEIVED


@pytest.mark.parametrize("left", [None, 10])
async def test_a_recording_that_comes_as_the_loss_of_the_one_before_is_found_is_listened_to(
    box: Parts, monkeypatch: pytest.MonkeyPatch, left: int | None
) -> None:
    """Of the earlier revision nothing is left, or its beginning; the PBX posts it again meanwhile."""
    customer = await box.customer()
    old = await box.submitted(customer, external_id="pbx-1")
    (stored,) = await box.table("recording")
    if left is None:
        box.recordings.remove(stored["file"])
    else:
        truncate(box.recordings.path(stored["file"]), left)
    fail = box.finish_call.fail

    async def late(*given: Any, **named: Any) -> None:
        await box.submitted(customer, external_id="pbx-1")
        await fail(*given, **named)

    monkeypatch.setattr(box.finish_call, "fail", late)
    with pytest.raises(NotFound):
        await box.claim_call(box.claim(old))

    newer = await box.call(old.call_id)
    assert (newer.revision, newer.state, newer.error) == (2, CallState.RECEIVED, None)


async def test_of_claims_that_come_together_each_is_answered_for_itself(box: Parts) -> None:
    customer = await box.customer()
    found = [await box.submitted(customer) for _ in range(5)]
    wrong = replace(found[4], call_id="unknown")
    claims = [
        box.claim(found[0]),
        box.claim(found[1], worker="box/cuda:1", boot="b"),
        box.claim(found[0], worker="box/cuda:2", boot="c"),  # too late
        box.claim(found[2], attempt=7),  # not the next
        box.claim(wrong),
        box.claim(found[3]),
        box.claim(found[0]),  # the same life, again
    ]
    writer = HeldWriter(box.database)
    waiting = [asyncio.ensure_future(box.claim_call(claim)) for claim in claims]
    await asyncio.sleep(0)
    await writer.release()
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(answer) is Obsolete for answer in answers] == [False, False, True, True, True, False, False]
    for place, number in ((0, 0), (1, 1), (5, 3), (6, 0)):
        answer, call = answers[place], await box.call(found[number].call_id)
        assert isinstance(answer, ClaimedRecording)
        assert (call.state, call.attempt) == (CallState.PROCESSING, 1)
        assert (call.worker, call.worker_boot) == (claims[place].worker, claims[place].boot)
        rows = {row["call_id"]: row for row in await box.table("recording")}
        assert answer.sha256 == rows[call.call_id]["sha256"]
        assert answer.token == box.keys.claim_token(call.call_id, 1, 1, claims[place].worker, claims[place].boot)
    assert [(await box.call(found[number].call_id)).state for number in (2, 4)] == [CallState.RECEIVED] * 2
    assert box.leases.held() == {found[number].call_id for number in (0, 1, 3)}
