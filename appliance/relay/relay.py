"""From the outbox to the queue: calls in state `received` become messages; lost messages become `received` again.

The state of the call is the outbox. A message may be sent twice (we may be killed between sending and noting it);
claims are what is unique, so a second one only costs a look.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from appliance.domain.call import Call, CallState
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.domain.live_event import CallChanged, Publish, publish_to_nobody
from appliance.domain.vocabulary import together
from appliance.errors import Unavailable
from appliance.messages import AnalyseCall
from appliance.queue.broker import CallQueue
from appliance.services.calls.finish_call import FinishCall
from appliance.services.calls.leases import Leases
from appliance.services.calls.moods import wanted_moods
from appliance.services.events.changes import Changes, calls_changed
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, customers, facts

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY_SECONDS = 1.0
BATCH = 200
# How long the signed address of a recording is good for. A message that waits longer comes back and is signed anew.
ADDRESS_LIFETIME_SECONDS = 3600
# The queue hands messages out in order. One that was passed over for this long was lost with the worker that had
# taken it and died before it asked for the recording.
PASSED_OVER_AFTER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the queue: its place in the order of sending, and when it was sent (monotonic)."""

    place: int
    at: float


class Relay:
    """Runs until cancelled."""

    def __init__(
        self,
        database: Database,
        queue: CallQueue,
        keys: Keys,
        leases: Leases,
        finish_call: FinishCall,
        now: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        publish: Publish = publish_to_nobody,
        wake: asyncio.Event | None = None,
        *,
        sentiment_of: str,
    ) -> None:
        """`wake` is set by whoever knows that a call may be waiting; `sentiment_of` is the appliance's."""
        self._database = database
        self._queue = queue
        self._keys = keys
        self._leases = leases
        self._finish_call = finish_call
        self._now = now
        self._monotonic = monotonic
        self._publish = publish
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self._wake = wake or asyncio.Event()
        self._sentiment_of = sentiment_of
        self._in_queue: dict[str, Sent] = {}
        self._places = 0
        self._last_claimed_place = 0
        self._epoch: str | None = None
        self._looked_at = float("-inf")
        self.reachable = False

    def wake(self) -> None:
        """A call may be waiting."""
        self._wake.set()

    def claimed(self, call_id: str) -> None:
        """A worker has taken this call's message out of the queue."""
        sent = self._in_queue.pop(call_id, None)
        if sent is not None:
            self._last_claimed_place = max(self._last_claimed_place, sent.place)

    async def run(self) -> None:
        """Relay for ever."""
        await self._remember_queue()
        try:
            while True:
                self._wake.clear()
                await self._turn()
                # Not wait_for: Python 3.11's forgets a cancellation that comes together with the wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_SECONDS):
                        await self._wake.wait()
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _turn(self) -> None:
        look_is_due = self._monotonic() - self._looked_at >= LOOK_EVERY_SECONDS
        if not (look_is_due or self.reachable):
            return  # a call that arrives while the queue is away waits for the next look
        try:
            if look_is_due:
                self._looked_at = self._monotonic()
                await self._look()
            await self._send_waiting()
        except Unavailable as error:
            if self.reachable:
                logger.warning("%s", error)
            self.reachable = False
        except Exception:
            logger.exception("the relay stumbled; it goes on in a second")

    async def _remember_queue(self) -> None:
        """After a start: which epoch our `queued` calls lie in, and that they do."""

        def remember(tx: Connection) -> tuple[str | None, list[Call]]:
            return facts.get(tx, facts.QUEUE_EPOCH), calls.in_state(tx, CallState.QUEUED)

        self._epoch, queued = await self._database.read(remember)
        for call in queued:
            self._note_sent(call.call_id)

    async def _look(self) -> None:
        """Once a second: does it take anything, is it still our queue, who is alive, what was lost?"""
        if not await self._blocking(self._queue.keep_room):
            logger.error("the queue was full and was emptied: somebody puts more into it than an appliance does")
        epoch = await self._blocking(self._queue.epoch)
        if not self.reachable:
            logger.info("the queue is reachable")
            self.reachable = True
        if epoch is None or epoch != self._epoch:
            await self._begin_epoch()
        self._leases.observe(await self._blocking(self._queue.heartbeats))
        await self._leases.expire(self._finish_call.lose)
        await self._put_back_lost()

    async def _begin_epoch(self) -> None:
        """The queue was wiped or exchanged: whatever is not final waits again."""
        epoch = uuid4().hex

        def begin(tx: Connection) -> tuple[int, Changes]:
            facts.put(tx, facts.QUEUE_EPOCH, epoch)
            again = calls.put_back(tx)
            return len(again), calls_changed(tx, again)

        count, changes = await self._database.write(begin)
        self._publish_all(changes)
        self._leases.end_all()
        self._in_queue.clear()
        await self._blocking(partial(self._queue.set_epoch, epoch))
        self._epoch = epoch
        logger.warning("the queue is a new one; %d calls are queued again", count)

    async def _put_back_lost(self) -> None:
        """Find messages that were taken out of the queue but never claimed, and that no worker says it has."""
        horizon = self._monotonic() - PASSED_OVER_AFTER_SECONDS
        named = self._leases.named()
        old = {call: sent for call, sent in self._in_queue.items() if sent.at <= horizon and call not in named}
        if not old:
            return
        is_empty = await self._blocking(self._queue.depth) == 0
        lost = [call_id for call_id, sent in old.items() if is_empty or sent.place < self._last_claimed_place]
        if lost:
            # Only what still waits: a call in a worker's hands has its lease.
            put_back = partial(calls.put_back, call_ids=lost, only_queued=True)
            self._publish_all(await self._database.write(lambda tx: calls_changed(tx, put_back(tx))))
            for call_id in lost:
                self._in_queue.pop(call_id, None)
            logger.warning("%d messages were lost on the way to a worker; sent again", len(lost))

    async def _send_waiting(self) -> None:
        while await self._blocking(self._queue.has_room) and (waiting := await self._database.read(_waiting)):
            sent: list[Call] = []
            try:
                for call, customer in waiting:
                    await self._blocking(partial(self._queue.put, self._message(call, customer)))
                    self._note_sent(call.call_id)
                    sent.append(call)
            finally:
                self._publish_all(await self._database.write(partial(_mark_queued, sent=sent)))
            if len(waiting) < BATCH:
                break

    def _message(self, call: Call, customer: Customer | None) -> AnalyseCall:
        attempt = call.attempt + 1
        expires = int(self._now().timestamp()) + ADDRESS_LIFETIME_SECONDS
        signature = self._keys.sign_recording(call.call_id, call.revision, attempt, expires)
        options: dict[str, Any] = {
            "language": call.language or (customer.default_language if customer else None),
            "direction": call.direction,
            "caller_channel": call.caller_channel or (customer.caller_channel if customer else None) or "left",
            "vocabulary": together(call.vocabulary, customer.vocabulary if customer else ()),
            "sentiment_of": wanted_moods(customer, self._sentiment_of),
        }
        return AnalyseCall(
            call_id=call.call_id,
            revision=call.revision,
            attempt=attempt,
            recording_path=(
                f"/internal/recordings/{call.call_id}?revision={call.revision}&attempt={attempt}"
                f"&expires={expires}&signature={signature}"
            ),
            alone=call.alone,
            **options,
        )

    def _publish_all(self, changes: Changes) -> None:
        for change in changes:
            self._publish(change)

    def _note_sent(self, call_id: str) -> None:
        self._places += 1
        self._in_queue[call_id] = Sent(self._places, self._monotonic())

    async def _blocking(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _waiting(tx: Connection) -> list[tuple[Call, Customer | None]]:
    waiting = calls.in_state(tx, CallState.RECEIVED, limit=BATCH)
    theirs = {
        customer_id: customers.get(tx, customer_id, with_deleted=True)
        for customer_id in {call.customer_id for call in waiting}
    }
    return [(call, theirs[call.customer_id]) for call in waiting]


def _mark_queued(tx: Connection, sent: list[Call]) -> Changes:
    """What has become of them: a call that somebody claimed meanwhile has moved on already."""
    return [
        CallChanged(replace(call, state=CallState.QUEUED))
        for call in sent
        if calls.mark_queued(tx, call.call_id, call.revision, call.attempt)
    ]
