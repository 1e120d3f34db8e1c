"""From the outbox to the queue: calls in state `received` become messages; lost messages become `received` again.

The state of the call is the outbox. A message may be sent twice (we may be killed between sending and noting it);
claims are what is unique, so a second one only costs a look.

Few messages lie in the queue at a time, in the order in which customers take turns; what comes and is to go before them
makes us take those back that no worker has. So nobody waits behind another customer's backlog.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import uuid4

from appliance.domain.call import Call, CallState
from appliance.domain.clock import Clock
from appliance.domain.live_event import Publish, publish_to_nobody
from appliance.errors import Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.queue.broker import CallQueue, QueueUnavailable
from appliance.relay.call_message import message_of, with_customers
from appliance.relay.outbox import mark_queued, next_of_each, waiting_call
from appliance.relay.turns import Turns, WaitingCall
from appliance.services.calls.finish_call import FinishCall
from appliance.services.calls.leases import Leases
from appliance.services.events.changes import Changes, calls_changed
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, facts

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY_SECONDS = 1.0
# A customer counts for so long after it had a call. For those that are not at work places are kept free, so that they
# need not wait for another's call to end: one each, half of all at most.
ACTIVE_SECONDS = 3600.0
KEPT_FREE_SHARE = 2
# So many messages lie in the queue at most: enough that no worker waits while we put the next one there. Where workers
# have more in hand, as many: they may take so many at any moment.
MESSAGES_AHEAD = 8
MOST_AHEAD = 64
# The queue hands messages out in order. One that was passed over for this long was lost with the worker that had
# taken it and died before it asked for the recording.
PASSED_OVER_AFTER_SECONDS = 10.0
RESULTS_LATE_AFTER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the queue: its place in the order of sending, and when it was sent (monotonic).

    `message_id` is None of one that an earlier life of this process sent.
    """

    place: int
    at: float
    call: WaitingCall
    message_id: str | None = None


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
        self._turns = Turns()
        self._more_wait = False
        self._seen_at: dict[int, float] = {}  # when a customer last had something to do for us
        self._has_taken_over = False
        self._epoch: str | None = None
        self._looked_at = float("-inf")
        self._results_wait_since = math.inf
        self.reachable = False
        self._refusal: str | None = None  # what was last refused by another than the queue, and told

    def wake(self) -> None:
        """A call may be waiting."""
        self._wake.set()

    def claimed(self, call_id: str) -> None:
        """A worker has taken this call's message out of the queue."""
        sent = self._in_queue.pop(call_id, None)
        if sent is not None:
            self._last_claimed_place = max(self._last_claimed_place, sent.place)
            self._turns.began(sent.call)
        if self._more_wait:
            self._wake.set()

    def finished(self, call: Call) -> None:
        """A call is final."""
        self._turns.ended(call.call_id, call.duration_seconds)
        if self._more_wait:
            self._wake.set()

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
        if not (look_is_due or (self.reachable and self._refusal is None)):
            return  # a call that arrives while the queue is away, or the database refuses, waits for the next look
        try:
            if look_is_due:
                self._looked_at = self._monotonic()
                await self._look()
            await self._send_waiting()
            self._refusal = None
        except QueueUnavailable as error:
            if self.reachable:
                logger.warning("%s", error)
            self.reachable = False
        except Unavailable as error:  # the database: of the queue it says nothing
            if str(error) != self._refusal:
                logger.warning("calls wait, and those that were lost are not queued again yet: %s", error)
            self._refusal = str(error)
        except Exception:
            logger.exception("the relay stumbled; it goes on in a second")

    async def _remember_queue(self) -> None:
        """After a start: which epoch our `queued` calls lie in, and that they do; and what is in work."""

        def remember(tx: Connection) -> tuple[str | None, list[WaitingCall], list[WaitingCall]]:
            queued, in_work = (
                [waiting_call(row) for row in calls.sizes_in_state(tx, state)]
                for state in (CallState.QUEUED, CallState.PROCESSING)
            )
            return facts.get(tx, facts.QUEUE_EPOCH), queued, in_work

        self._epoch, queued, in_work = await self._database.read(remember)
        for call in in_work:
            self._turns.began(call)
        for call in queued:
            self._note_sent(call, None)

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
        elif not self._has_taken_over:
            await self._take_over()
        self._has_taken_over = True
        await self._look_at_results()
        self._leases.observe(await self._blocking(partial(self._queue.heartbeats, self._leases.known_names())))
        if silent := self._leases.silent_names():
            await self._blocking(partial(self._queue.forget, silent))
        await self._leases.expire(self._finish_call.lose)
        await self._put_back_lost()

    async def _look_at_results(self) -> None:
        """Each is taken out of the queue within moments; nobody can tell ours from what somebody else fills it with."""
        waits = await self._blocking(self._queue.reports_wait)
        now = self._monotonic()
        self._results_wait_since = min(self._results_wait_since, now) if waits else math.inf

    @property
    def late_results(self) -> str | None:
        """Why results are not stored in time; None: they are."""
        seconds = self._monotonic() - self._results_wait_since
        if seconds < RESULTS_LATE_AFTER_SECONDS:
            return None
        return f"for {seconds:.0f} s more has come into their queue than is taken out of it"

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
        await self._blocking(self._queue.take_all_back)  # sent before we noticed: it waits again with the others
        await self._blocking(partial(self._queue.set_epoch, epoch))
        self._epoch = epoch
        logger.warning("the queue is a new one; %d calls are queued again", count)

    async def _take_over(self) -> None:
        """What an earlier life of this process put into the queue, in whatever order and number, is sent anew."""
        if taken := await self._blocking(self._queue.take_all_back):
            await self._put_back(taken)

    async def _put_back(self, call_ids: list[str]) -> None:
        """These are not in the queue any more. Only what still waits: a call in a worker's hands has its lease."""
        put_back = partial(calls.put_back, call_ids=call_ids, only_queued=True)
        self._publish_all(await self._database.write(lambda tx: calls_changed(tx, put_back(tx))))
        for call_id in call_ids:
            self._in_queue.pop(call_id, None)

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
            await self._put_back(lost)
            logger.warning("%d messages were lost on the way to a worker; sent again", len(lost))

    async def _send_waiting(self) -> None:
        """Let the queue hold the next calls in their order."""
        ahead = min(MOST_AHEAD, max(MESSAGES_AHEAD, self._leases.calls_at_once()))
        waiting = await self._database.read(partial(next_of_each, most=ahead))
        self._more_wait = bool(waiting)
        if not waiting:
            if not self._in_queue and not self._leases.held():
                self._turns.rest()
            return  # what lies in the queue is in its order
        if not await self._blocking(self._queue.has_room):
            return  # somebody else has filled it: workers throw away what is not ours, and the next look goes on
        lying = await self._lying()
        candidates = [*(sent.call for sent in lying), *waiting]
        wanted = self._turns.order(candidates, ahead, self._room(candidates, lying))
        in_place = _common_start([sent.call.call_id for sent in lying], [call.call_id for call in wanted])
        taken_back = await self._take_back(lying[in_place:])
        await self._send([call for call in wanted[in_place:] if call in waiting or call in taken_back])
        behind = [call.call_id for call in taken_back if call not in wanted]
        if behind:
            await self._put_back(behind)

    def _room(self, waiting: list[WaitingCall], lying: list[Sent]) -> Callable[[int], float]:
        """How many calls more each customer may have in workers' hands.

        Where there are several customers, none takes the last places: an hour-long call is not interrupted, and whoever
        comes next is not to wait for its end.
        """
        now, at_once = self._monotonic(), self._leases.calls_at_once()
        self._seen_at |= dict.fromkeys((call.customer_id for call in waiting), now)
        self._seen_at = {one: at for one, at in self._seen_at.items() if now - at < ACTIVE_SECONDS}
        kept_free = min(len(self._seen_at) - 1, max(1, at_once // KEPT_FREE_SHARE))
        if at_once < 2 or kept_free < 1:
            return lambda _: math.inf
        taken = self._turns.in_work(self._leases.held())
        taken.update(sent.call.customer_id for sent in self._in_queue.values() if sent not in lying)
        return lambda customer_id: at_once - kept_free - taken[customer_id]

    async def _lying(self) -> list[Sent]:
        """What lies in the queue and no worker has taken, in its order."""
        ours = {sent.message_id: sent for sent in self._in_queue.values() if sent.message_id is not None}
        return [ours[one] for one in await self._blocking(partial(self._queue.lying, list(ours)))]

    async def _take_back(self, lying: list[Sent]) -> list[WaitingCall]:
        """Take messages out of the queue again; returns the calls of those that no worker was quicker to take."""
        if not lying:
            return []
        ids = [sent.message_id for sent in lying if sent.message_id is not None]
        taken = await self._blocking(partial(self._queue.take_back, ids))
        return [sent.call for sent in lying if sent.message_id in taken]

    async def _send(self, wanted: list[WaitingCall]) -> None:
        read = await self._database.read(partial(with_customers, call_ids=[call.call_id for call in wanted]))
        sent, messages = list[tuple[WaitingCall, Call]](), list[AnalyseCall]()
        for waiting in wanted:
            call, customer = read.get(waiting.call_id, (None, None))
            if call is not None and call.state in (CallState.RECEIVED, CallState.QUEUED):
                messages.append(message_of(call, customer, self._keys, self._now(), self._sentiment_of))
                sent.append((waiting, call))
            else:  # erased, say, while its message lay there
                self._in_queue.pop(waiting.call_id, None)
        ids = await self._blocking(partial(self._queue.put_all, messages))
        for (waiting, _), message_id in zip(sent, ids, strict=True):
            self._note_sent(waiting, message_id)
        self._publish_all(await self._database.write(partial(mark_queued, sent=[call for _, call in sent])))

    def _publish_all(self, changes: Changes) -> None:
        for change in changes:
            self._publish(change)

    def _note_sent(self, call: WaitingCall, message_id: str | None) -> None:
        self._places += 1
        self._in_queue[call.call_id] = Sent(self._places, self._monotonic(), call, message_id)

    async def _blocking(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _common_start(some: list[str], others: list[str]) -> int:
    """How many of their first entries are the same."""
    pairs = zip(some, others, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(some), len(others)))
