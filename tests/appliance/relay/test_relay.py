"""The relay: calls that wait become messages; messages that were lost become calls that wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
import redis

from appliance.domain.call import Call, CallState
from appliance.domain.customer import Customer
from appliance.domain.live_event import CallChanged
from appliance.errors import Obsolete, Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.heartbeat import Held, WorkerHeartbeat
from appliance.messages.queue_names import EPOCH_KEY
from appliance.queue.broker import REPORTS_LIST, CallQueue, connect
from appliance.queue.report_queue import ReportQueue
from appliance.relay.relay import MESSAGES_AHEAD, RESULTS_LATE_AFTER_SECONDS, Relay
from appliance.services.calls.leases import REPLACED_AFTER_SECONDS
from tests.support.parts import LEASE_SECONDS, Parts, analysed, heartbeat, parts
from tests.support.queue_ends import Taker, claim_of
from tests.support.valkey import Valkey

# Each beside a Valkey of its own.
pytestmark = pytest.mark.slow

LOOK, PASSED_OVER = 1.1, 10.1  # seconds on the appliance's clock


class CountedRelay(Relay):
    """A relay that counts its turns, so that a test can wait for one."""

    turns = 0

    async def _turn(self) -> None:
        await super()._turn()
        self.turns += 1


@dataclass
class Bench:
    """An api's parts with a relay that runs; time passes only when a test says so."""

    box: Parts
    relay: CountedRelay
    valkey: Valkey
    taker: Taker

    async def state(self, call: Call) -> CallState:
        return (await self.box.call(call.call_id)).state

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
        """Let the relay work until something is so."""
        async with asyncio.timeout(seconds):
            while not await condition():
                self.relay.wake()
                await asyncio.sleep(0.02)

    async def queued(self, *found: Call) -> None:
        async def all_queued() -> bool:
            return all([await self.state(call) is CallState.QUEUED for call in found])

        await self.until(all_queued)

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass, and the relay do all that it does then: a turn may have begun before."""
        self.box.clocks.advance(seconds)
        known = self.relay.turns

        async def has_turned() -> bool:
            return self.relay.turns >= known + 3

        await self.until(has_turned)

    async def take(self, count: int | None = None) -> list[AnalyseCall]:
        return await asyncio.to_thread(self.taker.take, count)

    def told_of(self, call: Call) -> list[CallState]:
        """The states that somebody who watches was told of this call."""
        told = [event.call for event in self.box.published if isinstance(event, CallChanged)]
        return [one.state for one in told if one.call_id == call.call_id]

    async def sent_now(self) -> list[tuple[str, int]]:
        """What lies in the queue: which attempts at which calls."""
        return [(message.call_id, message.attempt) for message in await self.take()]


@contextlib.asynccontextmanager
async def relaying(box: Parts, valkey: Valkey) -> AsyncIterator[Bench]:
    relay = CountedRelay(
        box.database,
        CallQueue(connect(valkey.url)),
        box.keys,
        box.leases,
        box.finish_call,
        box.clocks.now,
        box.clocks.monotonic,
        box.published.append,
        sentiment_of="outside",
    )
    box.pass_on_claim = relay.claimed
    task = asyncio.create_task(relay.run())
    try:
        yield Bench(box, relay, valkey, Taker(valkey.url))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    async with parts(tmp_path / "data") as box:
        yield box


@pytest.fixture
async def bench(box: Parts, valkey: Valkey) -> AsyncIterator[Bench]:
    async with relaying(box, valkey) as bench:
        yield bench


async def test_a_received_call_is_sent_with_an_address_that_claims_it(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)

    (message,) = await bench.take(1)
    recording = await bench.box.claim_call(claim_of(message))

    assert (message.call_id, message.revision, message.attempt) == (call.call_id, 1, 1)
    assert recording.path.is_file()
    assert await bench.state(call) is CallState.PROCESSING
    assert await bench.sent_now() == []


async def test_what_the_pbx_or_the_customer_says_about_a_recording_goes_with_it(bench: Bench) -> None:
    customer = await bench.box.customer(default_language="de", caller_channel="right")
    plain = await bench.box.submitted(customer)
    precise = await bench.box.submitted(customer, language="fr", caller_channel="left", direction="outbound")

    by_id = {message.call_id: message for message in await bench.take(2)}

    assert [(by_id[plain.call_id].language, by_id[plain.call_id].caller_channel)] == [("de", "right")]
    message = by_id[precise.call_id]
    assert (message.language, message.caller_channel, message.direction) == ("fr", "left", "outbound")


async def test_names_that_may_come_up_go_with_it_those_of_the_call_first(bench: Bench) -> None:
    names = tuple(f"name {number}" for number in range(49))
    customer = await bench.box.customer(vocabulary=("Kowalczyk", *names))
    plain = await bench.box.submitted(customer)
    precise = await bench.box.submitted(customer, vocabulary=("Velodyne", "kowalczyk"))

    by_id = {message.call_id: message for message in await bench.take(2)}

    assert by_id[plain.call_id].vocabulary == ("Kowalczyk", *names)
    assert by_id[precise.call_id].vocabulary == ("Velodyne", "kowalczyk", *names[:48])


async def test_whose_moods_are_wanted_goes_with_it_the_customers_word_before_the_appliances(bench: Bench) -> None:
    silent = await bench.box.submitted(await bench.box.customer())
    strict = await bench.box.submitted(await bench.box.customer(sentiment_of="none"))

    by_id = {message.call_id: message for message in await bench.take(2)}

    assert (by_id[silent.call_id].sentiment_of, by_id[strict.call_id].sentiment_of) == ("outside", "none")


async def worked_off(bench: Bench, count: int) -> list[str]:
    """So many calls are taken one by one, as a worker does that has one at a time; their ids in that order."""
    taker, found = Taker(bench.valkey.url, at_once=1), []
    for _ in range(count):
        bench.relay.wake()
        (message,) = await asyncio.to_thread(taker.take, 1)
        await bench.box.claim_call(claim_of(message))
        await bench.box.finish_call.report(analysed(message))
        bench.relay.finished(await bench.box.call(message.call_id))
        taker.done(message)
        found.append(message.call_id)
    return found


async def test_more_calls_than_lie_in_the_queue_at_a_time_all_go_out_once_in_their_order(bench: Bench) -> None:
    customer = await bench.box.customer()
    found = [await bench.box.submitted(customer) for _ in range(MESSAGES_AHEAD * 2 + 5)]
    await bench.queued(*found[:MESSAGES_AHEAD])
    with redis.Redis.from_url(bench.valkey.url) as client:
        assert client.llen("vbot:gpu") == MESSAGES_AHEAD

    assert await worked_off(bench, len(found)) == [call.call_id for call in found]
    assert await bench.sent_now() == []


async def test_workers_that_have_many_in_hand_find_as_many_in_their_order(bench: Bench) -> None:
    workers = ReportQueue(connect(bench.valkey.url))
    many = MESSAGES_AHEAD + 4
    workers.beat(msgspec.structs.replace(heartbeat(1)["box/cpu"], calls_at_once=many))
    await bench.pass_time(LOOK)
    customer = await bench.box.customer()
    found = [await bench.box.submitted(customer) for _ in range(many + 3)]
    await bench.queued(*found[:many])
    assert [await bench.state(call) for call in found[many:]] == [CallState.RECEIVED] * 3

    assert await worked_off(bench, len(found)) == [call.call_id for call in found]


async def test_messages_are_put_into_the_queue_in_their_order_all_or_none(valkey: Valkey) -> None:
    queue = CallQueue(connect(valkey.url))
    messages = [AnalyseCall(call_id=f"{number}", revision=1, attempt=1, recording_path="/") for number in range(5)]
    assert queue.put_all([]) == []
    ids = queue.put_all(messages)
    assert queue.lying(ids) == ids
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(Unavailable):
            queue.put_all(messages)
        client.config_set("maxmemory", 0)
        assert client.llen("vbot:gpu") == client.hlen("vbot:gpu.msgs") == 5
    assert [message.call_id for message in Taker(valkey.url).take()] == [one.call_id for one in messages]


LONG = b"RIFF" + bytes(3_000_000)


async def long_call(bench: Bench, customer: Customer) -> Call:
    return await bench.box.submitted(customer, audio=LONG + uuid4().bytes)


async def test_one_customers_backlog_of_long_calls_delays_anothers_short_one_by_one_call_at_most(bench: Bench) -> None:
    hostile, honest = await bench.box.customer(), await bench.box.customer()
    backlog = [await long_call(bench, hostile) for _ in range(10)]
    await bench.queued(*backlog[:MESSAGES_AHEAD])
    (in_work,) = await asyncio.to_thread(Taker(bench.valkey.url, at_once=1).take, 1)
    await bench.box.claim_call(claim_of(in_work))

    short = [await bench.box.submitted(honest) for _ in range(3)]
    await bench.queued(*short)

    assert in_work.call_id == backlog[0].call_id
    order = await worked_off(bench, 12)
    assert order == [call.call_id for call in (*short, *backlog[1:])]


async def test_customers_take_turns_after_a_restart_and_with_a_queue_that_was_wiped(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with parts(tmp_path / "data") as before, relaying(before, valkey) as bench:
        hostile, honest = await before.customer(), await before.customer()
        backlog = [await long_call(bench, hostile) for _ in range(10)]
        await bench.queued(*backlog[:MESSAGES_AHEAD])
        (in_work,) = await asyncio.to_thread(Taker(valkey.url, at_once=1).take, 1)
        await before.claim_call(claim_of(in_work))

    async with parts(tmp_path / "data") as after, relaying(after, valkey) as bench:
        short = await after.submitted(honest)
        await bench.queued(short)
        (first,) = await asyncio.to_thread(Taker(valkey.url, at_once=1).take, 1)
        assert first.call_id == short.call_id

        valkey.wipe()
        another = await after.submitted(honest)
        await bench.pass_time(LOOK)
        await bench.queued(short, another)
        order = await worked_off(bench, 3)
        # What is in work is none of the honest customer's doing.
        assert set(order[:2]) <= {short.call_id, another.call_id, backlog[0].call_id}
        assert short.call_id in order[:2]


async def test_what_an_earlier_version_has_put_into_the_queue_all_at_once_is_put_in_order(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with parts(tmp_path / "data") as before, relaying(before, valkey) as bench:
        hostile, honest = await before.customer(), await before.customer()
        await bench.pass_time(LOOK)  # the queue bears our mark

    async with parts(tmp_path / "data") as between:
        backlog = [await between.submitted(hostile) for _ in range(20)]
        queue = CallQueue(connect(valkey.url))
        for call in backlog:
            queue.put(AnalyseCall(call_id=call.call_id, revision=1, attempt=1, recording_path="/of/another/time"))
        await between.database.write(lambda tx: tx.execute("UPDATE call SET state = 'queued'").fetchall())
        short = await between.submitted(honest)

    async with parts(tmp_path / "data") as after, relaying(after, valkey) as bench:
        await bench.queued(short)
        sent = await bench.take(MESSAGES_AHEAD)
        assert [one.call_id for one in sent[:2]] == [backlog[0].call_id, short.call_id]
        assert all(one.recording_path.startswith("/internal/") for one in sent)


async def test_after_the_queue_was_wiped_everything_that_is_not_final_is_queued_again(bench: Bench) -> None:
    waiting, held, final = [await bench.box.submitted() for _ in range(3)]
    await bench.queued(waiting, held, final)
    by_id = {message.call_id: message for message in await bench.take(3)}
    for call in (held, final):
        await bench.box.claim_call(claim_of(by_id[call.call_id]))
    await bench.box.finish_call.report(analysed(by_id[final.call_id]))

    bench.valkey.wipe()
    await bench.pass_time(LOOK)

    await bench.queued(waiting, held)
    assert sorted(await bench.sent_now()) == sorted([(waiting.call_id, 1), (held.call_id, 2)])
    assert await bench.state(final) is CallState.COMPLETED


async def test_a_queue_with_another_epoch_is_not_ours_and_everything_is_queued_again(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)
    await bench.take(1)
    with redis.Redis.from_url(bench.valkey.url) as client:
        client.set(EPOCH_KEY, "somebody else's")

    await bench.pass_time(LOOK)

    assert [message.call_id for message in await bench.take(1)] == [call.call_id]
    with redis.Redis.from_url(bench.valkey.url) as client:
        epoch = client.get(EPOCH_KEY)
    assert isinstance(epoch, bytes)
    assert epoch != b"somebody else's"
    await bench.pass_time(LOOK)
    assert await bench.sent_now() == [], "the new mark is ours: nothing is sent a third time"


async def test_the_wiped_queue_takes_no_call_from_a_worker_that_goes_on(bench: Bench) -> None:
    call = await bench.box.submitted()
    (first,) = await bench.take(1)
    await bench.box.claim_call(claim_of(first))
    bench.valkey.wipe()
    await bench.pass_time(LOOK)
    await bench.queued(call)

    await bench.box.finish_call.report(analysed(first))

    assert await bench.state(call) is CallState.COMPLETED
    (second,) = await bench.take(1)
    with pytest.raises(Obsolete):
        await bench.box.claim_call(claim_of(second, worker="another"))
    assert len(await bench.box.table("delivery")) == 1


async def test_a_wiped_queue_ends_the_leases_so_that_nothing_is_counted_later(bench: Bench) -> None:
    call = await bench.box.submitted()
    (message,) = await bench.take(1)
    await bench.box.claim_call(claim_of(message))
    bench.valkey.wipe()
    await bench.pass_time(LOOK)
    await bench.queued(call)

    await bench.pass_time(10_000)

    assert (await bench.box.call(call.call_id)).crashes == 0


async def test_a_new_api_on_the_same_queue_sends_nothing_twice(tmp_path: Path, valkey: Valkey) -> None:
    async with parts(tmp_path / "data") as before, relaying(before, valkey) as bench:
        call = await before.submitted()
        await bench.queued(call)

    async with parts(tmp_path / "data") as after, relaying(after, valkey) as bench:
        for _ in range(3):
            await bench.pass_time(PASSED_OVER)
        assert await bench.sent_now() == [(call.call_id, 1)]


async def test_a_call_whose_message_was_sent_but_not_noted_before_a_kill_is_worked_on_once(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with parts(tmp_path / "data") as before, relaying(before, valkey) as bench:
        call = await before.submitted()
        await bench.queued(call)
        await before.database.write(lambda tx: tx.execute("UPDATE call SET state = 'received'").fetchall())

    async with parts(tmp_path / "data") as after, relaying(after, valkey) as bench:
        await bench.queued(call)
        (only,) = await bench.take()
        await after.claim_call(claim_of(only))
        with pytest.raises(Obsolete):
            await after.claim_call(claim_of(only, worker="two"))
        await after.finish_call.report(analysed(only))
        await after.finish_call.report(analysed(only))
        assert len(await after.table("result")) == len(await after.table("delivery")) == 1


async def test_a_message_that_was_lost_between_queue_and_claim_is_sent_again(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)
    (lost,) = await bench.take(1)

    await bench.pass_time(PASSED_OVER)

    (again,) = await bench.take(1)
    assert (again.call_id, again.attempt) == (lost.call_id, lost.attempt)
    await bench.box.claim_call(claim_of(again))
    with pytest.raises(Obsolete):
        await bench.box.claim_call(claim_of(lost, worker="the one that was slow"))


async def test_a_message_that_a_worker_says_it_has_is_not_sent_again(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)
    await bench.take(1)
    held = heartbeat(1, replace(call, attempt=1))
    ReportQueue(connect(bench.valkey.url)).beat(held["box/cpu"])
    await bench.pass_time(LOOK)

    await bench.pass_time(PASSED_OVER - LOOK)

    assert await bench.sent_now() == []


async def alone_in_next_attempts(bench: Bench, *found: Call) -> list[bool]:
    """Whether the message about each call's next attempt wants a worker to itself."""
    alone: dict[str, bool] = {}
    while not all(call.call_id in alone for call in found):
        (message,) = await bench.take(1)
        # The relay may have looked between a call's submission and its claim: then the attempt claimed has one, too.
        if any((message.call_id, message.attempt) == (call.call_id, call.attempt + 1) for call in found):
            alone[message.call_id] = message.alone
    return [alone[call.call_id] for call in found]


async def test_a_call_that_wants_a_worker_to_itself_does_so_in_every_queue_to_come(bench: Bench) -> None:
    other = await bench.box.submitted()
    await bench.queued(other)  # the relay has seen this queue: what is held now is not queued again as a new one's
    held = await bench.box.held()
    await bench.box.finish_call.lose(held.call_id, held.revision, held.attempt, in_hand=2)
    await bench.queued(held, other)
    assert await alone_in_next_attempts(bench, held, other) == [True, False]

    with redis.Redis.from_url(bench.valkey.url) as queue:
        queue.flushall()
    bench.box.clocks.advance(LOOK)
    bench.relay.wake()

    assert await alone_in_next_attempts(bench, held, other) == [True, False]


async def test_a_message_is_given_time_to_be_claimed(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)
    await bench.take(1)

    await bench.pass_time(PASSED_OVER / 2)

    assert await bench.sent_now() == []


async def test_a_message_that_was_passed_over_is_sent_again_though_others_wait(bench: Bench) -> None:
    lost, claimed, waiting = [await bench.box.submitted() for _ in range(3)]
    await bench.queued(lost, claimed, waiting)
    workers = Taker(bench.valkey.url, at_once=2)
    first, second = await asyncio.to_thread(workers.take, 2)
    await bench.box.claim_call(claim_of(second))

    await bench.pass_time(PASSED_OVER)

    assert await bench.sent_now() == [(first.call_id, 1), (waiting.call_id, 1)], "it has waited longer"


async def test_a_message_that_waits_for_its_turn_is_not_sent_again(bench: Bench) -> None:
    found = [await bench.box.submitted() for _ in range(3)]
    await bench.queued(*found)

    for _ in range(5):
        await bench.pass_time(60)

    assert await bench.sent_now() == [(call.call_id, 1) for call in found]


async def test_calls_wait_while_the_queue_is_down_and_go_out_when_it_is_back(bench: Bench) -> None:
    async def reachable() -> bool:
        return bench.relay.reachable

    async def unreachable() -> bool:
        bench.box.clocks.advance(LOOK)
        return not bench.relay.reachable

    await bench.until(reachable)
    bench.valkey.kill()
    call = await bench.box.submitted()
    await bench.until(unreachable)
    assert await bench.state(call) is CallState.RECEIVED

    bench.valkey.start()
    await bench.until(reachable)

    await bench.queued(call)
    taker = Taker(bench.valkey.url)
    assert [message.call_id for message in await asyncio.to_thread(taker.take, 1)] == [call.call_id]


async def test_a_restarted_worker_is_seen_through_the_queue_and_its_call_is_sent_again(bench: Bench) -> None:
    call = await bench.box.submitted()
    (message,) = await bench.take(1)
    workers = ReportQueue(connect(bench.valkey.url))
    held = [Held(call_id=call.call_id, revision=1, attempt=1)]
    await bench.box.claim_call(claim_of(message, boot="first life"))
    workers.beat(_beat("first life", held))
    await bench.pass_time(LOOK)
    assert await bench.state(call) is CallState.PROCESSING

    bench.box.clocks.advance(REPLACED_AFTER_SECONDS)
    workers.beat(_beat("second life", []))
    await bench.pass_time(LOOK)

    (again,) = await bench.take(1)
    assert (again.call_id, again.attempt) == (call.call_id, 2)
    assert (await bench.box.call(call.call_id)).crashes == 1


async def test_results_that_wait_are_told_when_nobody_takes_them_for_long(bench: Bench) -> None:
    with redis.Redis.from_url(bench.valkey.url) as client:
        client.rpush(REPORTS_LIST, "somebody's")
        await bench.pass_time(LOOK)
        assert bench.relay.late_results is None
        await bench.pass_time(LOOK)
        await bench.pass_time(RESULTS_LATE_AFTER_SECONDS)
        assert "more has come into their queue than is taken out of it" in (bench.relay.late_results or "")

        client.delete(REPORTS_LIST)
        await bench.pass_time(LOOK)
        assert bench.relay.late_results is None


async def test_a_worker_of_another_version_does_not_stop_the_relay(bench: Bench) -> None:
    with redis.Redis.from_url(bench.valkey.url) as client:
        client.hset("vbot:workers", "odd", b'{"version": 99}')
    await bench.pass_time(LOOK)

    call = await bench.box.submitted()

    await bench.queued(call)


async def test_who_watches_is_told_each_step_through_the_queue_once(bench: Bench) -> None:
    call = await bench.box.submitted()
    await bench.queued(call)
    for _ in range(3):
        await bench.pass_time(LOOK)
    assert bench.told_of(call) == [CallState.RECEIVED, CallState.QUEUED]


async def test_who_watches_is_told_what_is_queued_again(bench: Bench) -> None:
    waiting, held = await bench.box.submitted(), await bench.box.submitted()
    await bench.queued(waiting, held)
    by_call = {message.call_id: message for message in await bench.take(2)}
    await bench.box.claim_call(claim_of(by_call[held.call_id]))
    bench.box.published.clear()

    bench.valkey.wipe()
    await bench.pass_time(LOOK)
    await bench.queued(waiting, held)
    assert bench.told_of(waiting) == [CallState.RECEIVED, CallState.QUEUED]
    assert bench.told_of(held) == [CallState.RECEIVED, CallState.QUEUED]

    await bench.take(2)
    bench.box.published.clear()
    await bench.pass_time(PASSED_OVER)  # nobody claimed them: they were lost on the way
    await bench.queued(waiting, held)
    assert bench.told_of(waiting) == [CallState.RECEIVED, CallState.QUEUED]


def _beat(boot: str, held: list[Held]) -> WorkerHeartbeat:
    return WorkerHeartbeat(worker="box/cpu", boot=boot, beat=1, device="cpu", model="test", ready=True, held=held)


async def test_where_others_are_about_none_takes_the_last_place_and_one_alone_takes_them_all(bench: Bench) -> None:
    workers = ReportQueue(connect(bench.valkey.url))
    beat = heartbeat(1)["box/cpu"]
    workers.beat(msgspec.structs.replace(beat, calls_at_once=3))
    await bench.pass_time(LOOK)
    hostile = await bench.box.customer()
    taker = Taker(bench.valkey.url, at_once=1)

    async def claim_one() -> AnalyseCall:
        (message,) = await asyncio.to_thread(taker.take, 1)
        taker.done(message)
        await bench.box.claim_call(claim_of(message))
        return message

    backlog = [await bench.box.submitted(hostile) for _ in range(9)]
    first = [await claim_one() for _ in range(3)]
    assert [message.call_id for message in first] == [call.call_id for call in backlog[:3]]

    short = await bench.box.submitted(await bench.box.customer())
    await bench.queued(short)
    assert await bench.sent_now() == [(short.call_id, 1)], "of three places none is left to who has them all"


async def test_where_a_place_is_kept_free_the_next_call_goes_out_when_one_ends(bench: Bench) -> None:
    hostile, honest = await bench.box.customer(), await bench.box.customer()
    ReportQueue(connect(bench.valkey.url)).beat(msgspec.structs.replace(heartbeat(1)["box/cpu"], calls_at_once=2))
    await bench.pass_time(LOOK)
    taker = Taker(bench.valkey.url, at_once=1)
    short = await bench.box.submitted(honest)
    await bench.queued(short)
    (message,) = await asyncio.to_thread(taker.take, 1)
    taker.done(message)
    await bench.box.claim_call(claim_of(message))
    await bench.box.finish_call.report(analysed(message))
    bench.relay.finished(await bench.box.call(short.call_id))

    for expected in [await bench.box.submitted(hostile) for _ in range(3)]:
        bench.relay.wake()
        (message,) = await asyncio.to_thread(taker.take, 1)
        assert message.call_id == expected.call_id
        taker.done(message)
        await bench.box.claim_call(claim_of(message))
        await bench.pass_time(LOOK)
        with redis.Redis.from_url(bench.valkey.url) as client:
            assert client.llen("vbot:gpu") == 0
        await bench.box.finish_call.report(analysed(message))
        bench.relay.finished(await bench.box.call(message.call_id))


async def test_a_database_that_refuses_is_not_told_as_a_queue_that_is_away(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await bench.box.held()
    refusal = "the database cannot be written: No space left on device"
    tries = 0

    async def refuse(*_args: object, **_named: object) -> None:
        nonlocal tries
        tries += 1
        raise Unavailable(refusal)

    async def tried_often() -> bool:
        bench.box.clocks.advance(LOOK)
        assert bench.relay.reachable
        return tries > 3

    async def is_reachable() -> bool:
        return bench.relay.reachable

    async def waits_again() -> bool:
        bench.box.clocks.advance(LOOK)
        return (await bench.box.call(held.call_id)).crashes == 1

    await bench.until(is_reachable)
    caplog.clear()
    caplog.set_level(logging.INFO, "appliance.relay.relay")
    with monkeypatch.context() as patched:
        patched.setattr(bench.box.finish_call, "lose", refuse)
        bench.box.clocks.advance(LEASE_SECONDS + 1)
        await bench.until(tried_often)
    await bench.until(waits_again)

    assert "queue is" not in caplog.text
    assert caplog.text.count(refusal) == 1
