"""The api's end of the reports: stored first, acknowledged then."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
import redis

from appliance.domain.call import Call, CallState
from appliance.domain.dropped_reports import DropReason
from appliance.errors import Unavailable
from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_NAMESPACE, RESULTS_QUEUE
from appliance.messages.reports import CallAnalysed, WorkerReport, read_head, read_report
from appliance.queue.broker import connect
from appliance.queue.report_queue import ReportQueue
from appliance.queue.reports_broker import reports_broker
from appliance.relay.reports import (
    GIVE_UP_AFTER_SECONDS,
    LARGE_REPORT,
    MOST_LARGE_AT_ONCE,
    ReportConsumer,
    ReportTakers,
)
from appliance.services.calls.result_bounds import ResultTooLarge
from tests.support.parts import LEASE_SECONDS, Parts, analysed, parts
from tests.support.queue_ends import ReportTaker
from tests.support.valkey import Valkey

# Each beside a Valkey of its own.
pytestmark = pytest.mark.slow

Handle = Callable[[WorkerReport, int], Awaitable[None]]
Waits = Callable[[], Coroutine[Any, Any, bool]]


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path / "data") as box:
        yield box


@contextlib.asynccontextmanager
async def consuming(
    box: Parts,
    valkey: Valkey,
    handle: Handle | None = None,
    waits: Waits | None = None,
    goes_on: Callable[[], None] = lambda: None,
    client: redis.Redis | None = None,
) -> AsyncIterator[ReportConsumer]:
    takers = ReportTakers(
        handle or box.finish_call.report,
        box.finish_call.refuse,
        lambda reason, _: box.dropped.append(reason),
        goes_on=goes_on,
    )
    takers = takers if waits is None else replace(takers, waits=waits)
    consumer = ReportConsumer(
        client or connect(valkey.url),
        asyncio.get_running_loop(),
        takers,
        box.clocks.monotonic,
        try_again_after_seconds=0.2,
    )
    consumer.start()
    try:
        yield consumer
    finally:
        await asyncio.to_thread(consumer.stop)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


def unacknowledged(valkey: Valkey) -> int:
    """How many reports the queue still keeps, in somebody's hands or not."""
    with redis.Redis.from_url(valkey.url) as client:
        return int(client.hlen(f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}.msgs"))


async def all_acknowledged(valkey: Valkey) -> bool:
    return await asyncio.to_thread(unacknowledged, valkey) == 0


class FullDisk:
    """Stores nothing. From the second try on, the time runs after which a report is given up."""

    def __init__(self) -> None:
        self.tried_again = asyncio.Event()
        self._tries = 0

    async def __call__(self, _report: WorkerReport, _size: int) -> None:
        self._tries += 1
        if self._tries > 1:
            self.tried_again.set()
        raise Unavailable("the disk is full")


async def test_a_report_makes_the_call_final_and_leaves_the_queue(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    async with consuming(box, valkey):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await until(lambda: all_acknowledged(valkey))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_a_report_that_cannot_be_stored_is_tried_again_and_acknowledged_only_then(
    box: Parts, valkey: Valkey
) -> None:
    call = await box.held()
    kept_while_it_failed: list[int] = []

    async def stumble_once(report: WorkerReport, size: int) -> None:
        if not kept_while_it_failed:
            kept_while_it_failed.append(await asyncio.to_thread(unacknowledged, valkey))
            raise Unavailable("the disk is full")
        await box.finish_call.report(report, size)

    async with consuming(box, valkey, stumble_once):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await until(lambda: all_acknowledged(valkey))

    assert kept_while_it_failed == [1]
    assert (await box.call(call.call_id)).state is CallState.COMPLETED
    assert len(await box.table("result")) == 1


async def test_one_report_that_cannot_be_stored_does_not_hold_up_the_others(box: Parts, valkey: Valkey) -> None:
    stuck, other = await box.held(), await box.held()

    async def handle(report: WorkerReport, size: int) -> None:
        if report.call_id == stuck.call_id:
            raise Unavailable("no")
        await box.finish_call.report(report, size)

    async with consuming(box, valkey, handle):
        queue = ReportQueue(connect(valkey.url))
        queue.report(analysed(stuck))
        queue.report(analysed(other))

        async def other_is_final() -> bool:
            return (await box.call(other.call_id)).state is CallState.COMPLETED

        await until(other_is_final)
    assert unacknowledged(valkey) == 1


async def test_while_a_report_waits_its_reason_is_told_and_no_longer_than_that(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    room = asyncio.Event()

    async def full_disk(report: WorkerReport, size: int) -> None:
        if not room.is_set():
            raise Unavailable("the database cannot be written: No space left on device")
        await box.finish_call.report(report, size)

    async with consuming(box, valkey, full_disk) as consumer:
        assert consumer.obstacle is None
        ReportQueue(connect(valkey.url)).report(analysed(call))

        async def is_told() -> bool:
            return consumer.obstacle == "the database cannot be written: No space left on device"

        await until(is_told)
        room.set()
        await until(lambda: all_acknowledged(valkey))
        assert consumer.obstacle is None


async def test_what_cannot_be_stored_for_too_long_is_given_up(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    full_disk = FullDisk()
    async with consuming(box, valkey, full_disk):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await full_disk.tried_again.wait()
        box.clocks.advance(GIVE_UP_AFTER_SECONDS + 1)
        await until(lambda: all_acknowledged(valkey))

    assert box.dropped == [DropReason.GIVEN_UP]
    assert (await box.call(call.call_id)).state is CallState.PROCESSING, "until its lease ends"


async def test_results_that_wait_for_room_on_the_disk_are_stored_however_long_that_takes(
    box: Parts, valkey: Valkey
) -> None:
    calls = [await box.held() for _ in range(6)]  # more than are tried at a time
    room, times_held = asyncio.Event(), 0

    async def full_disk(report: WorkerReport, size: int) -> None:
        if not room.is_set():
            raise Unavailable("the database cannot be written: No space left on device")
        await box.finish_call.report(report, size)

    async def waits() -> bool:
        nonlocal times_held
        box.leases.hold()
        times_held += 1
        return room.is_set()

    async def is_held_again(than: int) -> bool:
        return times_held > than

    async with consuming(box, valkey, full_disk, waits):
        for call in calls:
            ReportQueue(connect(valkey.url)).report(analysed(call))
        for _ in range(3):
            box.clocks.advance(GIVE_UP_AFTER_SECONDS + LEASE_SECONDS)
            await until(partial(is_held_again, times_held))
            await box.leases.expire(box.finish_call.lose)
        room.set()
        await until(lambda: all_acknowledged(valkey))
        await box.leases.expire(box.finish_call.lose)

    assert {(await box.call(call.call_id)).state for call in calls} == {CallState.COMPLETED}
    assert box.dropped == []


@pytest.mark.parametrize(
    "then",
    [None, ResultTooLarge("it is longer than its recording allows"), duckdb.ConstraintException("NOT NULL")],
    ids=["stored", "too large", "refused for good"],
)
async def test_whatever_becomes_of_one_that_waited_it_is_told_that_it_waits_no_longer(
    box: Parts, valkey: Valkey, then: Exception | None
) -> None:
    call = await box.held()
    tries, gone_on = 0, asyncio.Event()

    async def full_disk_at_first(report: WorkerReport, size: int) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Unavailable("the database cannot be written: No space left on device")
        assert not gone_on.is_set()
        if then is not None:
            raise then
        await box.finish_call.report(report, size)

    async with consuming(box, valkey, full_disk_at_first, goes_on=gone_on.set):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await until(lambda: all_acknowledged(valkey))
        await asyncio.wait_for(gone_on.wait(), 60)


async def test_it_is_told_that_none_waits_only_when_the_last_that_waited_is_stored(box: Parts, valkey: Valkey) -> None:
    """Large ones pass two at a time: what the first is stored in says nothing of the last."""
    calls = [await box.held() for _ in range(8)]
    tried, room, gate, gone_on = set[str](), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def full_disk(report: WorkerReport, _size: int) -> None:
        tried.add(report.call_id)
        if not room.is_set():
            raise Unavailable("the database cannot be written: No space left on device")
        if report.call_id != calls[0].call_id:
            await gate.wait()

    async def all_were_tried() -> bool:
        return len(tried) == 8

    async def one_is_stored() -> bool:
        return await asyncio.to_thread(unacknowledged, valkey) == 7

    async with consuming(box, valkey, full_disk, goes_on=gone_on.set):
        for call in calls:
            ReportQueue(connect(valkey.url)).report(_large(call) if call is not calls[0] else analysed(call))
        await until(all_were_tried)
        room.set()
        await until(one_is_stored)
        assert not gone_on.is_set()
        gate.set()
        await until(lambda: all_acknowledged(valkey))
        await asyncio.wait_for(gone_on.wait(), 60)


async def test_one_that_is_given_up_waits_no_longer(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    full_disk, gone_on = FullDisk(), asyncio.Event()
    async with consuming(box, valkey, full_disk, goes_on=gone_on.set):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await full_disk.tried_again.wait()
        box.clocks.advance(GIVE_UP_AFTER_SECONDS + 1)
        await asyncio.wait_for(gone_on.wait(), 60)


async def test_what_the_database_refuses_for_good_is_tried_once_and_ends_its_attempt(
    box: Parts, valkey: Valkey
) -> None:
    call = await box.held()
    tries: list[WorkerReport] = []

    async def refuse(report: WorkerReport, size: int) -> None:
        tries.append(report)
        raise duckdb.ConstraintException("Constraint Error: NOT NULL")

    async with consuming(box, valkey, refuse):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await until(lambda: all_acknowledged(valkey))

    after = await box.call(call.call_id)
    assert (len(tries), after.state, after.crashes) == (1, CallState.RECEIVED, 1)
    assert box.dropped == [DropReason.UNSTORABLE]


async def test_what_a_stopped_api_could_not_store_is_there_for_the_next_one(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    tried = asyncio.Event()

    async def never(report: WorkerReport, size: int) -> None:
        tried.set()
        raise Unavailable("the disk is full")

    async with consuming(box, valkey, never):
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await asyncio.wait_for(tried.wait(), 60)
    assert unacknowledged(valkey) == 1

    _let_heartbeats_grow_old(valkey)
    async with consuming(box, valkey):
        await until(lambda: all_acknowledged(valkey))
    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_reports_that_a_killed_api_had_taken_come_back(box: Parts, valkey: Valkey) -> None:
    held = [await box.held() for _ in range(5)]
    queue = ReportQueue(connect(valkey.url))
    for call in held:
        queue.report(analysed(call))
    dead = ReportTaker(valkey.url)
    assert len(await asyncio.to_thread(dead.take, 5)) == 5  # and was killed: nothing acknowledged
    _let_heartbeats_grow_old(valkey)

    async with consuming(box, valkey):
        await until(lambda: all_acknowledged(valkey))

    assert {(await box.call(call.call_id)).state for call in held} == {CallState.COMPLETED}
    assert len(await box.table("delivery")) == 5


async def test_reports_that_a_killed_api_had_stored_but_not_acknowledged_change_nothing(
    box: Parts, valkey: Valkey
) -> None:
    call = await box.held()
    ReportQueue(connect(valkey.url)).report(analysed(call))
    (report,) = await asyncio.to_thread(ReportTaker(valkey.url).take, 1)
    await box.finish_call.report(report)
    _let_heartbeats_grow_old(valkey)

    async with consuming(box, valkey):
        await until(lambda: all_acknowledged(valkey))

    assert len(await box.table("result")) == len(await box.table("delivery")) == 1


async def test_a_report_that_nobody_understands_is_dropped_and_the_next_one_is_stored(
    box: Parts, valkey: Valkey
) -> None:
    call = await box.held()
    queue = ReportQueue(connect(valkey.url))
    _enqueue_raw(queue, {"type": "prophecy", "call_id": call.call_id})
    _enqueue_raw(queue, {"type": "analysed", "call_id": call.call_id, "revision": 1, "attempt": "one"})
    queue.report(analysed(call))

    async with consuming(box, valkey):
        await until(lambda: all_acknowledged(valkey))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_the_api_takes_reports_again_after_its_queue_was_killed(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    async with consuming(box, valkey):
        await asyncio.sleep(0.3)
        valkey.kill()
        await asyncio.sleep(0.3)
        valkey.start()
        ReportQueue(connect(valkey.url)).report(analysed(call))
        await until(lambda: all_acknowledged(valkey))

    assert (await box.call(call.call_id)).state is CallState.COMPLETED


async def test_a_report_whose_storing_the_loops_end_cancels_is_there_for_the_next_api(
    box: Parts, valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    call = await box.held()
    storing = asyncio.get_running_loop().create_future()

    async def begin_and_wait(_report: WorkerReport, _size: int) -> None:
        storing.set_result(asyncio.current_task())
        await asyncio.Event().wait()

    async def is_left() -> bool:
        return "stays in the queue: the api stops" in caplog.text

    caplog.set_level(logging.INFO, "appliance.relay.reports")
    async with consuming(box, valkey, begin_and_wait) as consumer:
        ReportQueue(connect(valkey.url)).report(analysed(call))
        task = await asyncio.wait_for(storing, 60)
        await asyncio.to_thread(consumer.stop)
        task.cancel()  # as `asyncio.run` does with all that is not over
        await until(is_left)

    assert unacknowledged(valkey) == 1
    assert await box.call(call.call_id) == call
    assert box.dropped == []


async def test_a_report_that_was_fetched_while_the_connection_failed_is_stored(
    box: Parts, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, other = await box.held(), await box.held()
    client = connect(valkey.url)
    look, failed = client.smismember, list[str]()
    tries = 0

    async def full_disk_for_one(report: WorkerReport, size: int) -> None:
        nonlocal tries
        if report.call_id == waits.call_id and not await other_is_final():
            tries += 1
            raise Unavailable("the disk is full")
        await box.finish_call.report(report, size)

    async def one_waits() -> bool:
        return tries > 0

    async def other_is_final() -> bool:
        return (await box.call(other.call_id)).state is CallState.COMPLETED

    def break_off_once(key: str, names: Any) -> Any:
        if tries and not failed:
            failed.append(key)
            raise redis.TimeoutError("Timeout reading from socket")
        return look(key, names)

    monkeypatch.setattr(client, "smismember", break_off_once)
    async with consuming(box, valkey, full_disk_for_one, client=client):
        ReportQueue(connect(valkey.url)).report(analysed(waits))
        await until(one_waits)
        ReportQueue(connect(valkey.url)).report(analysed(other))
        await until(lambda: all_acknowledged(valkey))

    assert len(failed) == 1
    assert {(await box.call(call.call_id)).state for call in (waits, other)} == {CallState.COMPLETED}
    assert box.dropped == [], "what was in hand meanwhile is not given out twice"


async def test_of_large_reports_few_are_read_at_a_time_and_small_ones_go_past_them(box: Parts, valkey: Valkey) -> None:
    call = await box.held()
    small, large = analysed(call), _large(call)
    go_on, stored = asyncio.Event(), list[int]()
    at_once = most_at_once = 0

    async def handle(_report: WorkerReport, size: int) -> None:
        nonlocal at_once, most_at_once
        if size > LARGE_REPORT:
            at_once += 1
            most_at_once = max(most_at_once, at_once)
            await go_on.wait()
            at_once -= 1
        stored.append(size)

    async def all_small_are_stored() -> bool:
        return len(stored) == 40

    async def large_ones_are_at_work() -> bool:
        return at_once == MOST_LARGE_AT_ONCE

    queue = ReportQueue(connect(valkey.url))
    for report in [*[large] * 6, *[small] * 40]:
        queue.report(report)
    async with consuming(box, valkey, handle):
        await until(all_small_are_stored)
        await until(large_ones_are_at_work)
        go_on.set()
        await until(lambda: all_acknowledged(valkey))
    assert most_at_once == MOST_LARGE_AT_ONCE
    assert stored[:40] == [len(msgspec.json.encode(small))] * 40
    assert len(stored) == 46


async def test_large_reports_that_cannot_be_stored_are_in_no_other_s_way(box: Parts, valkey: Valkey) -> None:
    stuck = [await box.held() for _ in range(MOST_LARGE_AT_ONCE)]
    large, small = [await box.held() for _ in range(8)], [await box.held() for _ in range(20)]
    stored: list[str] = []

    async def handle(report: WorkerReport, size: int) -> None:
        if report.call_id in {call.call_id for call in stuck}:
            raise Unavailable("no")
        stored.append(report.call_id)

    async def only_they_are_left() -> bool:
        return await asyncio.to_thread(unacknowledged, valkey) == len(stuck)

    queue = ReportQueue(connect(valkey.url))
    for report in [*map(_large, stuck), *map(_large, large), *map(analysed, small)]:
        queue.report(report)
    async with consuming(box, valkey, handle):
        await until(only_they_are_left)

    assert sorted(stored) == sorted(call.call_id for call in [*large, *small])
    assert box.dropped == []


async def test_large_reports_that_wait_for_their_turn_hold_their_leases(box: Parts, valkey: Valkey) -> None:
    """Two are being stored, on a disk that hangs: those behind them have not been tried at all."""
    calls = [await box.held() for _ in range(8)]
    gate, times_held = asyncio.Event(), 0

    async def hangs(_report: WorkerReport, _size: int) -> None:
        await gate.wait()

    async def waits() -> bool:
        nonlocal times_held
        box.leases.hold()
        times_held += 1
        return gate.is_set()

    async def is_held_again(than: int) -> bool:
        return times_held > than

    async with consuming(box, valkey, hangs, waits) as consumer:
        for call in calls:
            ReportQueue(connect(valkey.url)).report(_large(call))
        for _ in range(3):
            box.clocks.advance(GIVE_UP_AFTER_SECONDS + LEASE_SECONDS)
            await until(partial(is_held_again, times_held))
            await box.leases.expire(box.finish_call.lose)
        assert consumer.obstacle is None, "nothing failed"
        gate.set()
        await until(lambda: all_acknowledged(valkey))

    assert {(await box.call(call.call_id)).crashes for call in calls} == {0}
    assert box.dropped == []


async def test_a_large_report_that_waits_to_be_stored_is_in_memory_as_its_text_alone(
    box: Parts, valkey: Valkey
) -> None:
    call = await box.held()
    alive = list[int]()
    before = _decoded()

    async def full_disk(_report: WorkerReport, _size: int) -> None:
        if len(alive) < 3:
            raise Unavailable("the disk is full")

    async def waits() -> bool:
        alive.append(_decoded() - before)
        return True

    ReportQueue(connect(valkey.url)).report(_large(call))
    async with consuming(box, valkey, full_disk, waits):
        await until(lambda: all_acknowledged(valkey))
    assert len(alive) == 3
    assert max(alive) <= 0, "those of earlier tests may go meanwhile"


def _decoded() -> int:
    """How many reports there are as objects: by their type, for some objects of libraries warn when they are asked."""
    return sum(type(one) is CallAnalysed for one in gc.get_objects())


def _large(call: Call) -> CallAnalysed:
    return analysed(call, "x" * (LARGE_REPORT // 2))  # three times in it


def _let_heartbeats_grow_old(valkey: Valkey) -> None:
    """As if the dead consumers had not been heard of for a minute."""
    with redis.Redis.from_url(valkey.url) as client:
        key = f"{RESULTS_NAMESPACE}:__heartbeats__"
        for name, milliseconds in client.zrange(key, 0, -1, withscores=True):
            client.zadd(key, {name: milliseconds - 60_000})


def _enqueue_raw(queue: ReportQueue, body: dict[str, object]) -> None:
    from dramatiq import Message

    reports_broker(queue._client).enqueue(
        Message(queue_name=RESULTS_QUEUE, actor_name=REPORT_ACTOR, args=(), kwargs={"body": body}, options={})
    )


def test_of_a_report_no_more_is_made_than_who_reports() -> None:
    """Before it is proven: as objects these brackets take twenty times the room of their text."""
    text = '{"call_id": "a", "revision": 1, "attempt": 1, "x": [' + "[]," * 3_000_000 + "[]]}"
    tracemalloc.start()
    try:
        head = read_head(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (head.call_id, head.attempt) == ("a", 1)
    assert peak < 3 * len(text)


@pytest.mark.parametrize("text", ['{"call_id": "\\ud800"}', '{"call_id": NaN}', "[" * 100_000, "{", "7", '"text"', ""])
def test_what_is_no_report_is_told_as_that_however_it_is_written(text: str) -> None:
    for read in (read_head, read_report):
        with pytest.raises(msgspec.ValidationError):
            read(text)
