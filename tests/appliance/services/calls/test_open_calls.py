"""The places of a customer's unfinished calls: each is taken once and given back."""

from __future__ import annotations

import asyncio

import pytest

from appliance.errors import TooManyConcurrentCalls, Unavailable
from appliance.services.calls.open_calls import MOST_WAITING, OpenCalls


def test_what_is_not_final_and_what_is_being_uploaded_take_the_places() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    slot = open_calls.begin_upload(1, limit=2)
    assert open_calls.count(1) == 2
    with pytest.raises(TooManyConcurrentCalls):
        open_calls.begin_upload(1, limit=2)
    open_calls.finished(1, "a")
    open_calls.begin_upload(1, limit=2)
    slot.release()
    assert open_calls.count(1) == 1


def test_a_slot_released_twice_frees_one_place() -> None:
    open_calls = OpenCalls({})
    first, _second = open_calls.begin_upload(1, limit=2), open_calls.begin_upload(1, limit=2)
    first.release()
    first.release()
    assert open_calls.count(1) == 1
    assert open_calls.uploads_in_progress == 1


def test_one_customers_calls_take_nobody_elses_places() -> None:
    open_calls = OpenCalls({1: {"a": 1, "b": 1}})
    with pytest.raises(TooManyConcurrentCalls):
        open_calls.begin_upload(1, limit=2)
    open_calls.begin_upload(2, limit=1)
    assert (open_calls.count(2), open_calls.count(3)) == (1, 0)


def test_a_call_is_open_from_its_acceptance_to_its_end_and_each_revision_takes_a_place() -> None:
    open_calls = OpenCalls({})
    open_calls.accepted(1, "a")
    open_calls.accepted(1, "a")
    assert open_calls.count(1) == 2
    open_calls.finished(1, "a")
    open_calls.finished(1, "a")
    open_calls.finished(2, "never heard of")
    assert open_calls.count(1) == 0


def test_what_is_handed_in_at_the_start_stays_its_owners() -> None:
    unfinished = {1: {"a": 1}}
    OpenCalls(unfinished).finished(1, "a")
    assert unfinished == {1: {"a": 1}}


async def test_who_waits_gets_the_next_place_before_anybody_who_comes_later() -> None:
    open_calls = OpenCalls({1: {"a": 1, "b": 1}})
    first, second = (asyncio.create_task(open_calls.wait_for_place(1, 2, 60.0)) for _ in range(2))
    await asyncio.sleep(0)

    open_calls.finished(1, "a")

    with pytest.raises(TooManyConcurrentCalls):
        open_calls.begin_upload(1, limit=2)
    (await first).release()
    (await second).release()
    assert open_calls.count(1) == 1


async def test_who_waits_in_vain_leaves_the_place_to_the_next() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    with pytest.raises(TooManyConcurrentCalls):
        await open_calls.wait_for_place(1, 1, 0.01)
    gone = asyncio.create_task(open_calls.wait_for_place(1, 1, 60.0))
    patient = asyncio.create_task(open_calls.wait_for_place(1, 1, 60.0))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    open_calls.finished(1, "a")

    (await patient).release()
    assert open_calls.count(1) == 0


async def test_who_goes_as_the_place_comes_leaves_it_to_the_next() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    gone, patient = (asyncio.create_task(open_calls.wait_for_place(1, 1, 60.0)) for _ in range(2))
    await asyncio.sleep(0)

    open_calls.finished(1, "a")
    gone.cancel()  # the place is given, and nobody has taken it yet
    await asyncio.gather(gone, return_exceptions=True)

    async with asyncio.timeout(60.0):
        (await patient).release()
    assert open_calls.count(1) == 0


async def test_more_than_some_do_not_wait() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    waiting = [asyncio.create_task(open_calls.wait_for_place(1, 1, 60.0)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)

    with pytest.raises(TooManyConcurrentCalls):
        await open_calls.wait_for_place(1, 1, 60.0)

    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_who_waits_for_a_place_is_told_at_once_that_the_api_stops() -> None:
    open_calls = OpenCalls({1: {"a": 1}})
    waiting = [asyncio.create_task(open_calls.wait_for_place(1, 1, 60.0)) for _ in range(2)]
    await asyncio.sleep(0)

    open_calls.close()
    open_calls.finished(1, "a")

    async with asyncio.timeout(60.0):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in outcomes] == [Unavailable, Unavailable]
    assert open_calls.count(1) == 0
