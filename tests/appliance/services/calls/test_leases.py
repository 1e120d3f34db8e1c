"""Leases: who holds which call, and what happens when nobody is heard of any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from appliance.domain.call import Call, CallState
from appliance.errors import Unavailable
from appliance.messages.bounds import MAX_CALLS_IN_HAND
from appliance.messages.call_result import Failure
from appliance.services.calls.leases import (
    FORGET_CLAIMANT_AFTER_SECONDS,
    FORGET_STRANGER_AFTER_SECONDS,
    MOST_KNOWN,
    REPLACED_AFTER_SECONDS,
    STORED_BEHIND_SECONDS,
    STORED_WITHIN_SECONDS,
)
from tests.support.parts import LEASE_SECONDS, Parts, heartbeat, parts


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def expire(box: Parts) -> None:
    await box.leases.expire(box.finish_call.lose)


def renew(box: Parts, *held: Call) -> None:
    """Whoever holds these calls says so."""
    for call in held:
        assert call.worker is not None
        assert call.worker_boot is not None
        box.leases.renew(call.call_id, call.revision, call.attempt, call.worker, call.worker_boot)


async def test_a_worker_in_a_new_life_has_what_its_earlier_self_held_queued_at_once(box: Parts) -> None:
    call = await box.held()
    renew(box, call)
    box.clocks.advance(REPLACED_AFTER_SECONDS)

    box.leases.observe(heartbeat(1, boot="second life", ready=False))
    await expire(box)

    after = await box.call(call.call_id)
    assert (after.state, after.crashes, after.worker) == (CallState.RECEIVED, 1, None)
    assert box.told[-1] == "put back"


async def test_what_a_heartbeat_says_in_the_name_of_who_proves_that_it_lives_takes_nothing_from_it(box: Parts) -> None:
    call = await box.held()
    for beat in range(1, 11):
        box.clocks.advance(REPLACED_AFTER_SECONDS - 1)
        renew(box, call)
        box.leases.observe(heartbeat(beat, boot="second life"))
        await expire(box)

    assert (await box.call(call.call_id)).state is CallState.PROCESSING


async def test_a_lease_is_renewed_by_who_holds_that_attempt_and_by_nobody_else(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS - 1)
    of = (call.call_id, call.revision, call.attempt)
    box.leases.renew(*of, "box/cpu", "second life")
    box.leases.renew(*of, "evil/cpu", "first life")
    box.leases.renew(call.call_id, call.revision, call.attempt + 1, "box/cpu", "first life")
    box.leases.renew(call.call_id, call.revision + 1, call.attempt, "box/cpu", "first life")
    box.leases.renew("another call", 1, 1, "box/cpu", "first life")
    box.leases.observe(heartbeat(1, call))
    box.clocks.advance(2)
    await expire(box)

    assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_the_death_of_one_worker_takes_nothing_from_another(box: Parts) -> None:
    mine = await box.held(worker="box/cuda:0")
    others = await box.held(worker="box/cuda:1")
    box.clocks.advance(REPLACED_AFTER_SECONDS)
    renew(box, others)

    box.leases.observe(
        heartbeat(1, worker="box/cuda:0", boot="second life") | heartbeat(9, others, worker="box/cuda:1")
    )
    await expire(box)

    assert (await box.call(mine.call_id)).state is CallState.RECEIVED
    assert (await box.call(others.call_id)).state is CallState.PROCESSING


async def test_a_heartbeat_from_before_the_claim_is_not_taken_for_a_restart(box: Parts) -> None:
    box.leases.observe(heartbeat(50, boot="life before"))
    box.clocks.advance(1)
    call = await box.held(boot="first life")

    box.leases.observe(heartbeat(50, boot="life before"))
    await expire(box)

    assert (await box.call(call.call_id)).state is CallState.PROCESSING


async def test_a_lease_that_ends_is_counted_and_the_call_waits_again(box: Parts) -> None:
    call = await box.held()

    box.clocks.advance(LEASE_SECONDS - 1)
    await expire(box)
    assert (await box.call(call.call_id)).state is CallState.PROCESSING

    box.clocks.advance(2)
    await expire(box)
    after = await box.call(call.call_id)
    assert (after.state, after.crashes, after.attempt) == (CallState.RECEIVED, 1, 1)


async def test_no_lease_ends_while_results_cannot_be_stored_nor_before_they_had_time_to_be(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)
    box.leases.observe(heartbeat(1, boot="second life"))

    box.leases.hold()
    await expire(box)
    box.clocks.advance(STORED_WITHIN_SECONDS - 1)
    await expire(box)
    assert (await box.call(call.call_id)).state is CallState.PROCESSING

    box.clocks.advance(2)
    await expire(box)
    assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_once_results_can_be_stored_again_leases_end_soon(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)
    box.leases.hold()
    box.leases.go_on()

    await expire(box)
    assert (await box.call(call.call_id)).state is CallState.PROCESSING

    box.clocks.advance(STORED_BEHIND_SECONDS + 1)
    await expire(box)
    assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_a_lease_ends_only_once(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)

    await expire(box)
    await expire(box)

    assert (await box.call(call.call_id)).crashes == 1


async def test_a_renewal_lengthens_the_lease(box: Parts) -> None:
    call = await box.held()
    for _ in range(3):
        box.clocks.advance(LEASE_SECONDS * 0.8)
        renew(box, call)
        await expire(box)

    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    box.clocks.advance(LEASE_SECONDS + 1)
    await expire(box)
    assert (await box.call(call.call_id)).crashes == 1


async def test_a_heartbeat_that_does_not_change_is_no_sign_of_life(box: Parts) -> None:
    for _ in range(4):
        box.leases.observe(heartbeat(7))
        box.clocks.advance(LEASE_SECONDS * 0.4)
    assert box.leases.present_workers() == []


async def test_a_renewal_of_an_older_attempt_does_not_lengthen_the_lease(box: Parts) -> None:
    old = await box.held()
    await box.finish_call.lose(old.call_id, 1, 1, in_hand=2)
    await box.claim_call(box.claim(await box.call(old.call_id)))
    box.clocks.advance(LEASE_SECONDS * 0.6)
    renew(box, old)
    box.clocks.advance(LEASE_SECONDS * 0.6)
    await expire(box)

    assert (await box.call(old.call_id)).crashes == 1


async def waiting_crashes_and_alone(box: Parts, held: list[Call]) -> set[tuple[CallState, int, bool]]:
    """What has become of these calls."""
    after = [await box.call(call.call_id) for call in held]
    return {(call.state, call.crashes, call.alone) for call in after}


async def test_a_worker_that_died_with_several_calls_in_hand_counts_for_none_and_each_is_next_alone(box: Parts) -> None:
    held = [await box.held(), await box.held()]
    box.clocks.advance(REPLACED_AFTER_SECONDS)

    box.leases.observe(heartbeat(1, boot="second life"))
    await expire(box)

    assert await waiting_crashes_and_alone(box, held) == {(CallState.RECEIVED, 0, True)}


async def test_a_silent_worker_loses_all_it_held_at_once_though_their_leases_began_one_after_the_other(
    box: Parts,
) -> None:
    held = []
    for _ in range(3):
        held.append(await box.held())
        box.clocks.advance(5)
    box.clocks.advance(LEASE_SECONDS - 10)  # only the first one's is over

    await expire(box)

    assert await waiting_crashes_and_alone(box, held) == {(CallState.RECEIVED, 0, True)}


async def test_a_worker_that_lives_loses_only_the_call_that_it_does_not_renew(box: Parts) -> None:
    lost = await box.held()
    box.clocks.advance(5)
    kept = await box.held()
    box.clocks.advance(LEASE_SECONDS - 1)
    renew(box, kept)

    await expire(box)

    assert (await box.call(lost.call_id)).state is CallState.RECEIVED
    assert (await box.call(kept.call_id)).state is CallState.PROCESSING


async def test_who_was_held_together_is_alone_though_api_and_worker_died_together(tmp_path: Path) -> None:
    async with parts(tmp_path) as before:
        held = [await before.held(boot="first life") for _ in range(2)]
    async with parts(tmp_path) as box:
        box.leases.restore(held)
        box.clocks.advance(REPLACED_AFTER_SECONDS)
        box.leases.observe(heartbeat(1, boot="second life"))
        await expire(box)
    async with parts(tmp_path) as after:
        assert await waiting_crashes_and_alone(after, held) == {(CallState.RECEIVED, 0, True)}


async def test_the_third_lost_lease_fails_the_call(box: Parts) -> None:
    call = await box.held()
    for _ in range(3):
        box.clocks.advance(LEASE_SECONDS + 1)
        await expire(box)
        call = await box.call(call.call_id)
        if call.state is not CallState.FAILED:
            await box.claim_call(box.claim(call))

    assert (call.state, call.crashes, call.attempt) == (CallState.FAILED, 3, 3)
    assert call.error is not None
    assert call.error.code == "worker_crashed"
    assert [row["event"] for row in await box.table("delivery")] == ["call.failed"]


async def test_after_a_restart_of_the_api_what_is_in_hand_gets_a_full_lease(tmp_path: Path) -> None:
    async with parts(tmp_path) as before:
        call = await before.held()
    async with parts(tmp_path) as box:
        box.leases.restore([call])
        box.clocks.advance(LEASE_SECONDS - 1)
        await expire(box)
        assert (await box.call(call.call_id)).state is CallState.PROCESSING
        renew(box, call)
        box.clocks.advance(LEASE_SECONDS - 1)
        await expire(box)
        assert (await box.call(call.call_id)).state is CallState.PROCESSING
        box.clocks.advance(2)
        await expire(box)
        assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_after_a_restart_of_the_api_a_worker_that_was_restarted_too_is_noticed(tmp_path: Path) -> None:
    async with parts(tmp_path) as before:
        call = await before.held(boot="first life")
    async with parts(tmp_path) as box:
        box.leases.restore([call])
        box.clocks.advance(REPLACED_AFTER_SECONDS)
        box.leases.observe(heartbeat(1, boot="second life"))
        await expire(box)
        assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_a_finished_call_has_no_lease_left_to_end(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.fail(call.call_id, Failure(code="test", message="a test"))
    box.clocks.advance(LEASE_SECONDS + 1)
    lost: list[str] = []

    async def note(call_id: str, revision: int, attempt: int, *, in_hand: int) -> None:
        lost.append(call_id)

    await box.leases.expire(note)
    assert lost == []


async def test_a_worker_is_present_while_it_beats_and_forgotten_when_it_takes_its_name_away(box: Parts) -> None:
    box.leases.observe(heartbeat(1))
    assert [worker.worker for worker in box.leases.present_workers()] == ["box/cpu"]
    box.clocks.advance(11)
    assert box.leases.present_workers() == []
    box.leases.observe(heartbeat(2))
    assert len(box.leases.present_workers()) == 1
    box.leases.observe({})
    assert box.leases.present_workers() == []


async def test_a_worker_that_reports_an_attempt_that_is_over_has_let_go_of_that_attempt_alone(box: Parts) -> None:
    call = await box.held()
    box.leases.end_attempt(call.call_id, call.revision, call.attempt - 1)
    box.leases.end_attempt(call.call_id, call.revision - 1, call.attempt)
    box.leases.end_attempt("nobody's", call.revision, call.attempt)
    assert box.leases.held() == {call.call_id}
    box.leases.end_attempt(call.call_id, call.revision, call.attempt)
    assert box.leases.held() == set()


async def test_who_has_claimed_calls_is_known_before_who_has_not_and_both_are_bounded(box: Parts) -> None:
    for number in range(MOST_KNOWN):
        box.leases.observe(heartbeat(1) | heartbeat(1, worker=f"ghost{number}"))
    for number in range(3):
        await box.held(worker=f"evil{number}", boot="evil")
    await box.held()

    known = box.leases.known_names()

    assert known[:4] == ["box/cpu", "evil2", "evil1", "evil0"]
    assert len(known) <= MOST_KNOWN


async def test_a_name_that_never_claimed_is_forgotten_when_it_is_silent_and_who_did_a_day_later(box: Parts) -> None:
    await box.held()
    box.leases.observe(heartbeat(1) | heartbeat(1, worker="ghost"))
    assert box.leases.silent_names() == []
    box.clocks.advance(FORGET_STRANGER_AFTER_SECONDS + 1)
    assert box.leases.silent_names() == ["ghost"]
    box.clocks.advance(FORGET_CLAIMANT_AFTER_SECONDS)
    assert box.leases.silent_names() == ["box/cpu", "ghost"]


async def test_who_has_as_many_calls_in_hand_as_it_may_begins_no_other(box: Parts) -> None:
    """Its results are not stored: more of them would fill the queue."""
    one = await box.held()
    for number in range(MAX_CALLS_IN_HAND - 1):
        box.leases.begin(replace(one, call_id=f"another {number}"))
    with pytest.raises(Unavailable, match="not stored yet"):
        await box.held()
    await box.held(worker="box/cuda")


async def test_a_worker_that_says_it_knows_one_language_takes_the_others_from_nobody(box: Parts) -> None:
    """An upload that is refused for its language is gone: telephone systems do not send it again."""
    known = heartbeat(1)["box/cpu"]
    honest = msgspec.structs.replace(known, languages=["de", "en"])
    made_up = msgspec.structs.replace(known, worker="ghost/cpu", languages=["de"])
    box.leases.observe({"box/cpu": honest, "ghost/cpu": made_up})
    assert box.leases.languages() == {"de", "en"}


async def test_a_call_that_is_lost_and_in_other_hands_at_once_stays_in_these(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)

    async def lose(call_id: str, revision: int, attempt: int, *, in_hand: int) -> None:
        await box.finish_call.lose(call_id, revision, attempt, in_hand=in_hand)
        await box.claim_call(box.claim(await box.call(call_id)))

    await box.leases.expire(lose)
    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    assert box.leases.held() == {call.call_id}
