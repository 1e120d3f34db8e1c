"""Bring a call to its final state: result (or reason) and webhook are stored in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from appliance.domain.call import MAX_CRASHES, Call, CallState
from appliance.domain.clock import Clock
from appliance.domain.delivery import address_cell
from appliance.domain.dropped_reports import DropReason
from appliance.domain.live_event import CallChanged, DeliveryChanged, Publish, publish_to_nobody
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError
from appliance.messages.bounds import MAX_SENTENCE, fit_text
from appliance.messages.call_result import Failure
from appliance.messages.reports import AttemptReport, WorkerReport
from appliance.process.log.subject import about
from appliance.services.calls.call_outcomes import Known, Outcome, crashed, failed, refused, reported, store_all
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.result_bounds import BYTES_OF_ANY, ResultTooLarge, check_report
from appliance.services.grouped_writes import GroupedWrites
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, stored_recordings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallListeners:
    """Who wants to know.

    `put_back` wakes the relay, `delivery_added` the deliverer, `settled` ends a lease, `finished` is given what became
    final, `publish` all of it, `dropped` what a worker said and why it was not taken.
    """

    put_back: Callable[[], None]
    delivery_added: Callable[[], None]
    settled: Callable[[str], None]
    finished: Callable[[Call], None] = lambda _call: None
    publish: Publish = publish_to_nobody
    dropped: Callable[[DropReason, AttemptReport], None] = lambda _reason, _head: None


@dataclass(frozen=True, slots=True)
class _Ending:
    """What somebody says has become of a call's attempt.

    `counts` tells of the call as it is whether that is to be heard, `end` what follows; `weight` is about as many bytes
    as are written.
    """

    call_id: str
    counts: Callable[[Call], bool]
    end: Callable[[Known, Call], Outcome | None]
    weight: int = 0


class FinishCall:
    """What workers report about the attempts that they hold; `sentiment_of` is for customers that say nothing else.

    A worker's word counts for the attempt that it has in its hands, and that it proves by the claim's token.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        open_calls: OpenCalls,
        now: Clock,
        listeners: CallListeners,
        sentiment_of: str,
    ) -> None:
        self._database = database
        self._keys = keys
        self._open_calls = open_calls
        self._now = now
        self._listeners = listeners
        self._sentiment_of = sentiment_of
        self._end = GroupedWrites(
            database, self._end_all, lambda one: one.call_id, lambda one: one.weight, told=self._tell
        )

    async def report(self, report: WorkerReport, size: int = 0) -> None:
        """Take a worker's word about the attempt in its hands; any other is dropped. Raises ResultTooLarge.

        `size` is how many bytes of JSON it came as: about as many are written of it, its words among them.
        """
        now = self._now()
        await self._take(report, lambda known, call: reported(known, call, report, now, self._sentiment_of), size)

    async def admit(self, head: AttemptReport, size: int) -> bool:
        """Whether a report of so many bytes of JSON is to be read at all: only what its worker proves is.

        Raises ResultTooLarge where it cannot come of the call's recording.
        """
        if not self._is_proven(head):
            return False
        if size > BYTES_OF_ANY:
            found = await self._database.read(lambda tx: stored_recordings.get(tx, head.call_id, head.revision))
            check_report(size, 0 if found is None else found.bytes)
        return True

    async def refuse(self, head: AttemptReport, problem: str) -> None:
        """A worker reported what cannot be stored, now or later: that attempt has broken, as if by a crash."""
        now = self._now()
        message = fit_text(f"what the worker reported cannot be stored: {problem}", MAX_SENTENCE)
        failure = Failure(code="result_refused", message=message)
        if await self._take(head, lambda known, call: refused(known, call, failure, now)):
            self._listeners.dropped(DropReason.UNSTORABLE, head)

    async def _take(self, head: AttemptReport, end: Callable[[Known, Call], Outcome | None], weight: int = 0) -> bool:
        """Whether the report counted."""
        if not self._is_proven(head):
            return False

        def counts(call: Call) -> bool:
            return call.accepts_report(head.worker, head.boot, head.revision, head.attempt)

        outcome = await self._end(_Ending(head.call_id, counts, end, weight))
        if isinstance(outcome, ResultTooLarge):
            raise outcome
        if outcome is None:
            self._listeners.dropped(DropReason.OUTDATED, head)
        return outcome is not None

    def _is_proven(self, head: AttemptReport) -> bool:
        attempt = (head.call_id, head.revision, head.attempt)
        proven = self._keys.claim_token_matches(head.claim_token, *attempt, head.worker, head.boot)
        if not proven:
            self._listeners.dropped(DropReason.UNPROVEN, head)
        return proven

    async def lose(self, call_id: str, revision: int, attempt: int, *, in_hand: int) -> None:
        """An attempt ended without a word (lease or worker gone): again, or failed when it was once too often.

        `in_hand` is how many calls its worker held, this one among them.
        """
        now = self._now()

        def counts(call: Call) -> bool:
            return call.state is CallState.PROCESSING and (call.revision, call.attempt) == (revision, attempt)

        await self._end(_Ending(call_id, counts, lambda known, call: crashed(known, call, _LOST, in_hand, now)))

    async def fail(self, call_id: str, failure: Failure, *, attempt: tuple[int, int] | None = None) -> None:
        """Fail a call for a reason of our own, such as a recording that is no longer there.

        `attempt`: only if this (revision, attempt) is still the current one.
        """
        now = self._now()

        def counts(call: Call) -> bool:
            return not call.state.final and attempt in (None, (call.revision, call.attempt))

        await self._end(_Ending(call_id, counts, lambda known, call: failed(known, call, failure, now)))

    def _end_all(self, tx: Connection, endings: Sequence[_Ending]) -> list[Outcome | ResultTooLarge | None]:
        """What has become of each; None: it did not count."""
        found = calls.these(tx, [ending.call_id for ending in endings])
        known = Known(tx, found.values())
        answers: list[Outcome | ResultTooLarge | None] = []
        ended: list[tuple[Call, Outcome]] = []
        for ending in endings:
            call, outcome = found.get(ending.call_id), None
            if call is not None and ending.counts(call):
                try:
                    outcome = ending.end(known, call)
                except ResultTooLarge as error:  # and nothing was written of it
                    answers.append(error)
                    continue
                if outcome is not None:
                    outcome = self._addressed(outcome)
                    ended.append((call, outcome))
            answers.append(outcome)
        store_all(tx, ended)
        return answers

    def _addressed(self, outcome: Outcome) -> Outcome:
        """With the customer's address sealed for the delivery, where there is one."""
        delivery = outcome.delivery
        if delivery is None or delivery.url is None:
            return outcome
        return replace(outcome, delivery=replace(delivery, url=self._address(delivery.url, delivery.id)))

    def _address(self, url: SealedUrl, delivery_id: str) -> SealedUrl | None:
        try:
            return self._keys.seal_url(self._keys.unseal_url(url), address_cell(delivery_id))
        except ConfigurationError as error:  # no reason to lose a result: the attempt will say it
            subject = about(delivery_id=delivery_id)
            logger.warning("the webhook address of delivery %s cannot be read: %s", delivery_id, error, extra=subject)
            return None

    def _tell(self, _ending: _Ending, outcome: Outcome | ResultTooLarge | None) -> None:
        if outcome is None or isinstance(outcome, ResultTooLarge):
            return
        call = outcome.call
        subject = about(call_id=call.call_id, customer_id=call.customer_id)
        logger.debug("call %s revision %d is %s now", call.call_id, call.revision, call.state.value, extra=subject)
        self._listeners.publish(CallChanged(call, outcome.sentiment))
        if outcome.delivery is not None:
            self._listeners.publish(DeliveryChanged(outcome.delivery))
        self._listeners.settled(call.call_id)
        if call.state.final:
            self._open_calls.finished(call.customer_id, call.call_id)
            self._listeners.finished(call)
            self._listeners.delivery_added()
        else:
            self._listeners.put_back()


_LOST = Failure(
    code="worker_crashed", message=f"the worker stopped {MAX_CRASHES} times while it analysed this recording"
)
