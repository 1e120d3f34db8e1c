"""Bring a call to its final state: result (or reason) and webhook are stored in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from appliance.domain.call import EMPTY_RECORDING, MAX_CRASHES, Call, CallError, CallState, crash_counts
from appliance.domain.clock import Clock
from appliance.domain.delivery import Delivery, DeliveryState, WebhookEvent, address_cell, webhook_id_of
from appliance.domain.dropped_reports import DropReason
from appliance.domain.live_event import CallChanged, DeliveryChanged, Publish, publish_to_nobody
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError
from appliance.messages.bounds import MAX_SENTENCE, fit_text
from appliance.messages.call_result import CallResult, Failure
from appliance.messages.reports import AttemptReport, CallAnalysed, CallCrashed, CallFailed, CallReleased, WorkerReport
from appliance.process.log.subject import about
from appliance.services.calls.empty_calls import (
    disposition_is_wrong,
    disposition_warning,
    empty_result,
    event_of_empty,
    event_of_result,
    nobody_answered,
)
from appliance.services.calls.moods import wanted_moods, with_wanted_moods
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.result_bounds import BYTES_OF_ANY, check_report
from appliance.services.calls.store_result import store_result
from appliance.services.calls.telephone_numbers import with_numbers
from appliance.services.calls.told_result import with_warnings
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, customers, deliveries, stored_recordings
from appliance.webhooks.events import completed_body, failed_body

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
class _Outcome:
    """What has become of a call: when it is final, with its webhook, and maybe its mood."""

    call: Call
    delivery: Delivery | None = None
    sentiment: str | None = None


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

    async def report(self, report: WorkerReport) -> None:
        """Take a worker's word about the attempt in its hands; any other is dropped. Raises ResultTooLarge."""
        now = self._now()
        await self._take(report, lambda tx, call: _apply(tx, call, report, now, self._sentiment_of))

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
        if await self._take(head, lambda tx, call: _refused(tx, call, failure, now)):
            self._listeners.dropped(DropReason.UNSTORABLE, head)

    async def _take(self, head: AttemptReport, end: Callable[[Connection, Call], _Outcome | None]) -> bool:
        """Whether the report counted."""
        if not self._is_proven(head):
            return False

        def take(tx: Connection) -> _Outcome | None:
            call = calls.get(tx, head.call_id)
            in_hand = call is not None and call.accepts_report(head.worker, head.boot, head.revision, head.attempt)
            return self._store(tx, end(tx, call)) if call is not None and in_hand else None

        outcome = await self._database.write(take)
        if outcome is None:
            self._listeners.dropped(DropReason.OUTDATED, head)
        self._tell(outcome)
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

        def end(tx: Connection) -> _Outcome | None:
            call = calls.get(tx, call_id)
            if call is None or call.state is not CallState.PROCESSING:
                return None
            if (call.revision, call.attempt) != (revision, attempt):
                return None
            return self._store(tx, _crashed(tx, call, _LOST, in_hand, now))

        self._tell(await self._database.write(end))

    async def fail(self, call_id: str, failure: Failure, *, attempt: tuple[int, int] | None = None) -> None:
        """Fail a call for a reason of our own, such as a recording that is no longer there.

        `attempt`: only if this (revision, attempt) is still the current one.
        """
        now = self._now()

        def end(tx: Connection) -> _Outcome | None:
            call = calls.get(tx, call_id)
            if call is None or call.state.final or attempt not in (None, (call.revision, call.attempt)):
                return None
            return self._store(tx, _failed(tx, call, failure, now))

        self._tell(await self._database.write(end))

    def _store(self, tx: Connection, outcome: _Outcome | None) -> _Outcome | None:
        """The delivery of a call that is final, with the customer's address sealed for it."""
        if outcome is None or outcome.delivery is None:
            return outcome
        delivery = outcome.delivery
        if delivery.url is not None:
            delivery = replace(delivery, url=self._address(delivery.url, delivery.id))
        deliveries.insert(tx, delivery)
        return replace(outcome, delivery=delivery)

    def _address(self, url: SealedUrl, delivery_id: str) -> SealedUrl | None:
        try:
            return self._keys.seal_url(self._keys.unseal_url(url), address_cell(delivery_id))
        except ConfigurationError as error:  # no reason to lose a result: the attempt will say it
            subject = about(delivery_id=delivery_id)
            logger.warning("the webhook address of delivery %s cannot be read: %s", delivery_id, error, extra=subject)
            return None

    def _tell(self, outcome: _Outcome | None) -> None:
        if outcome is None:
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


def _apply(tx: Connection, call: Call, report: WorkerReport, now: datetime, sentiment_of: str) -> _Outcome | None:
    """The call after the report, or None when the report no longer counts."""
    match report:
        case CallAnalysed():
            return _analysed(tx, call, report.result, now, sentiment_of)
        case CallFailed():
            return _without_result(tx, call, report.failure, now)
        case CallCrashed() | CallReleased() if call.state is not CallState.PROCESSING:
            return None  # it waits again already: the queue was wiped
        case CallCrashed():
            return _crashed(tx, call, report.failure, report.in_hand, now)
        case CallReleased():
            return _put_back(tx, call)


def _analysed(tx: Connection, call: Call, result: CallResult, now: datetime, sentiment_of: str) -> _Outcome:
    if disposition_is_wrong(call, result):
        result = with_warnings(result, [disposition_warning(call)])
    elif nobody_answered(call.disposition):
        return _empty(tx, call, result.duration_seconds, [], now)
    wanted = wanted_moods(customers.get(tx, call.customer_id, with_deleted=True), sentiment_of)
    return _completed(tx, call, with_wanted_moods(result, wanted, call.direction), now)


def _without_result(tx: Connection, call: Call, failure: Failure, now: datetime) -> _Outcome:
    if failure.code == EMPTY_RECORDING:
        return _empty(tx, call, 0.0, [failure.message], now)
    return _failed(tx, call, failure, now)


def _completed(tx: Connection, call: Call, result: CallResult, now: datetime) -> _Outcome:
    event = event_of_result(tx, call)
    result = _with_what_we_know(tx, call, result)
    store_result(tx, call, result, now)
    took = max(0.0, (now - call.received_at).total_seconds())
    done = replace(
        call,
        state=CallState.COMPLETED,
        finished_at=now,
        duration_seconds=result.duration_seconds,
        speech_seconds=result.speech_seconds,
        sentiment=None if result.sentiment_basis is None else result.sentiment,  # what was not computed is not counted
        time_to_result_seconds=took if call.time_to_result_seconds is None else call.time_to_result_seconds,
        worker=None,
        worker_boot=None,
    )
    calls.update(tx, done)
    delivery = _delivery(tx, done, event, completed_body(done, result, event, now), now)
    return _Outcome(done, delivery, done.sentiment)


def _empty(tx: Connection, call: Call, seconds: float, warnings: list[str], now: datetime) -> _Outcome:
    """Nothing was recorded, or nobody answered: completed, and its customer is told only where it asks for that."""
    result = _with_what_we_know(tx, call, empty_result(seconds, warnings))
    store_result(tx, call, result, now)
    done = replace(
        call,
        state=CallState.COMPLETED,
        empty=True,
        finished_at=now,
        duration_seconds=seconds,
        speech_seconds=0.0,
        worker=None,
        worker_boot=None,
    )
    calls.update(tx, done)
    event = event_of_empty(tx, done)
    if event is None:
        return _Outcome(done)
    return _Outcome(done, _delivery(tx, done, event, completed_body(done, result, event, now), now))


def _with_what_we_know(tx: Connection, call: Call, result: CallResult) -> CallResult:
    """The analysis with what no worker knows: the numbers in E.164, and what was found when the recording came."""
    customer = customers.get(tx, call.customer_id, with_deleted=True)
    return with_warnings(with_numbers(result, call, customer), call.warnings)


def _failed(tx: Connection, call: Call, failure: Failure, now: datetime) -> _Outcome:
    done = replace(
        call,
        state=CallState.FAILED,
        finished_at=now,
        error=CallError(failure.code, failure.message),
        worker=None,
        worker_boot=None,
    )
    calls.update(tx, done)
    return _Outcome(done, _delivery(tx, done, WebhookEvent.FAILED, failed_body(done, failure, now), now))


def _crashed(tx: Connection, call: Call, failure: Failure, in_hand: int, now: datetime) -> _Outcome:
    crashed = replace(call, crashes=call.crashes + crash_counts(in_hand), alone=True)
    if crashed.crashes >= MAX_CRASHES:
        return _failed(tx, crashed, failure, now)
    return _put_back(tx, crashed)


def _refused(tx: Connection, call: Call, failure: Failure, now: datetime) -> _Outcome | None:
    return _crashed(tx, call, failure, 1, now) if call.state is CallState.PROCESSING else None


def _put_back(tx: Connection, call: Call) -> _Outcome:
    waiting = replace(call, state=CallState.RECEIVED, worker=None, worker_boot=None)
    calls.update(tx, waiting)
    return _Outcome(waiting)


def _delivery(tx: Connection, call: Call, event: WebhookEvent, body: bytes, now: datetime) -> Delivery:
    """The webhook that tells the customer; where it cannot be sent at present it rests until it can."""
    customer = customers.get(tx, call.customer_id, with_deleted=True)
    obstacle = customer.delivery_obstacle if customer is not None else "the customer is unknown"
    return Delivery(
        id=str(uuid4()),
        call_id=call.call_id,
        customer_id=call.customer_id,
        event=event,
        revision=call.revision,
        webhook_id=webhook_id_of(call.call_id, call.revision),
        state=DeliveryState.PENDING if obstacle is None else DeliveryState.DISABLED,
        body=body,
        created_at=now,
        url=customer.webhook_url if customer is not None else None,
        next_attempt_at=now if obstacle is None else None,
    )
