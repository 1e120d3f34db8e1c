"""Who waits for a result gets it once the call is final, and is let go when the time is over or the api stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appliance.domain.call import Call
from appliance.errors import NotFound, ResultNotReady, Unavailable
from appliance.services.calls.await_result import AwaitResult
from appliance.services.calls.history import History
from tests.support.parts import Parts, analysed, parts

LONG_SECONDS = 60.0


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path) as box:
        yield box


def waits(box: Parts) -> AwaitResult:
    return AwaitResult(History(box.database, box.recordings))


async def finish(box: Parts, call: Call, awaited: AwaitResult) -> None:
    await box.finish_call.report(analysed(call))
    awaited.finished(await box.call(call.call_id))


async def test_a_call_that_is_final_is_not_waited_for(box: Parts) -> None:
    awaited, call = waits(box), await box.held()
    await finish(box, call, awaited)

    view = await awaited(call.call_id, call.customer_id, LONG_SECONDS)

    assert view.result is not None


async def test_all_that_wait_for_a_call_are_told_and_nothing_is_left_behind(box: Parts) -> None:
    awaited, call = waits(box), await box.held()
    waiting = [asyncio.create_task(awaited(call.call_id, call.customer_id, LONG_SECONDS)) for _ in range(3)]
    await asyncio.sleep(0)

    await finish(box, call, awaited)

    assert [view.call.state for view in await asyncio.gather(*waiting)] == ["completed"] * 3
    assert not awaited._waiting


async def test_who_waits_too_long_is_told_and_nothing_is_left_behind(box: Parts) -> None:
    awaited, call = waits(box), await box.held()

    with pytest.raises(ResultNotReady):
        await awaited(call.call_id, call.customer_id, 0.01)

    assert not awaited._waiting


async def test_who_waits_when_the_api_stops_is_told_at_once(box: Parts) -> None:
    awaited, call = waits(box), await box.held()
    waiting = asyncio.create_task(awaited(call.call_id, call.customer_id, LONG_SECONDS))
    await asyncio.sleep(0)

    awaited.close()

    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await awaited(call.call_id, call.customer_id, LONG_SECONDS)


async def test_nobody_waits_for_another_customers_call(box: Parts) -> None:
    call = await box.held()

    with pytest.raises(NotFound):
        await waits(box)(call.call_id, call.customer_id + 1, LONG_SECONDS)


async def test_other_audio_of_the_call_is_not_what_was_waited_for(box: Parts) -> None:
    awaited, call = waits(box), await box.held()
    await finish(box, call, awaited)

    assert (await awaited(call.call_id, call.customer_id, LONG_SECONDS, 1)).result is not None
    with pytest.raises(ResultNotReady, match="newer revision"):
        await awaited(call.call_id, call.customer_id, LONG_SECONDS, 0)
