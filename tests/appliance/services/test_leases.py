"""Leases: who holds which call, and what happens when nobody is heard of any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appliance.domain.call import CallState
from appliance.messages import Failure
from tests.support.parts import LEASE_SECONDS, Parts, heartbeat, parts


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


async def expire(box: Parts) -> None:
    await box.leases.expire(box.finish_call.lose)


async def test_a_worker_in_a_new_life_has_what_its_earlier_self_held_queued_at_once(box: Parts) -> None:
    call = await box.held()
    box.leases.observe(heartbeat(1, call))
    box.clocks.advance(3)

    box.leases.observe(heartbeat(1, boot="second life", ready=False))
    await expire(box)

    after = await box.call(call.call_id)
    assert (after.state, after.crashes, after.worker) == (CallState.RECEIVED, 1, None)
    assert box.told[-1] == "put back"


async def test_the_death_of_one_worker_takes_nothing_from_another(box: Parts) -> None:
    mine = await box.held(worker="box/cuda:0")
    others = await box.held(worker="box/cuda:1")
    box.clocks.advance(3)

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


async def test_a_lease_ends_only_once(box: Parts) -> None:
    call = await box.held()
    box.clocks.advance(LEASE_SECONDS + 1)

    await expire(box)
    await expire(box)

    assert (await box.call(call.call_id)).crashes == 1


async def test_a_heartbeat_that_names_the_call_lengthens_its_lease(box: Parts) -> None:
    call = await box.held()
    for beat in range(1, 4):
        box.clocks.advance(LEASE_SECONDS * 0.8)
        box.leases.observe(heartbeat(beat, call))
        await expire(box)

    assert (await box.call(call.call_id)).state is CallState.PROCESSING
    box.clocks.advance(LEASE_SECONDS + 1)
    await expire(box)
    assert (await box.call(call.call_id)).crashes == 1


async def test_a_heartbeat_that_does_not_change_is_no_sign_of_life(box: Parts) -> None:
    call = await box.held()
    for _ in range(4):
        box.leases.observe(heartbeat(7, call))
        box.clocks.advance(LEASE_SECONDS * 0.4)
    await expire(box)

    assert (await box.call(call.call_id)).crashes == 1
    assert box.leases.present_workers() == []


async def test_a_heartbeat_that_does_not_name_the_call_does_not_lengthen_its_lease(box: Parts) -> None:
    call = await box.held()
    for beat in range(1, 4):
        box.clocks.advance(LEASE_SECONDS * 0.4)
        box.leases.observe(heartbeat(beat))
    await expire(box)

    assert (await box.call(call.call_id)).crashes == 1


async def test_a_heartbeat_about_an_older_attempt_does_not_lengthen_the_lease(box: Parts) -> None:
    old = await box.held()
    await box.finish_call.lose(old.call_id, 1, 1, counts=False)
    await box.claim_call(box.claim(await box.call(old.call_id)))
    box.clocks.advance(LEASE_SECONDS * 0.6)
    box.leases.observe(heartbeat(1, old))
    box.clocks.advance(LEASE_SECONDS * 0.6)
    await expire(box)

    assert (await box.call(old.call_id)).crashes == 1


async def test_a_worker_that_died_with_several_calls_in_hand_counts_for_none_of_them(box: Parts) -> None:
    held = [await box.held(), await box.held()]
    box.clocks.advance(3)

    box.leases.observe(heartbeat(1, boot="second life"))
    await expire(box)

    after = [await box.call(call.call_id) for call in held]
    assert [(call.state, call.crashes) for call in after] == [(CallState.RECEIVED, 0)] * 2


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
        box.leases.observe(heartbeat(400, call))
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
        box.clocks.advance(1)
        box.leases.observe(heartbeat(1, boot="second life"))
        await expire(box)
        assert (await box.call(call.call_id)).state is CallState.RECEIVED


async def test_a_finished_call_has_no_lease_left_to_end(box: Parts) -> None:
    call = await box.held()
    await box.finish_call.fail(call.call_id, Failure(code="test", message="a test"))
    box.clocks.advance(LEASE_SECONDS + 1)
    lost: list[str] = []

    async def note(call_id: str, revision: int, attempt: int, *, counts: bool) -> None:
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
