"""What becomes of a call by what its worker reports, and how it is stored: in few statements for many calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from appliance.domain.call import EMPTY_RECORDING, MAX_CRASHES, Call, CallError, CallState, crash_counts
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState, WebhookEvent, webhook_id_of
from appliance.messages.call_result import CallResult, Failure
from appliance.messages.reports import CallAnalysed, CallCrashed, CallFailed, CallReleased, WorkerReport
from appliance.services.calls.empty_calls import (
    disposition_is_wrong,
    disposition_warning,
    empty_result,
    event_of_empty,
    event_of_result,
    nobody_answered,
)
from appliance.services.calls.moods import wanted_moods, with_wanted_moods
from appliance.services.calls.store_result import Analysis, analysis_of, store_analyses
from appliance.services.calls.telephone_numbers import with_numbers
from appliance.services.calls.told_result import with_warnings
from appliance.storage.database import Connection
from appliance.storage.tables import calls, customers, deliveries, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from appliance.webhooks.events import completed_body, failed_body


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a call: when it is final, with its webhook, and maybe its analysis and its mood."""

    call: Call
    delivery: Delivery | None = None
    sentiment: str | None = None
    analysis: Analysis | None = None


class Known:
    """What is stored beside some calls, in one transaction: each is read once, and only where somebody asks for it."""

    def __init__(self, tx: Connection, found: Collection[Call]) -> None:
        self.tx = tx
        self._revisions = {(call.call_id, call.revision) for call in found}
        self._recordings: dict[tuple[str, int], StoredRecording] | None = None
        self._customers: dict[int, Customer | None] = {}

    def customer_of(self, call: Call) -> Customer | None:
        """Its customer, a deleted one too."""
        if call.customer_id not in self._customers:
            self._customers[call.customer_id] = customers.get(self.tx, call.customer_id, with_deleted=True)
        return self._customers[call.customer_id]

    def bytes_of(self, call: Call) -> int:
        """How many its recording has."""
        if self._recordings is None:
            self._recordings = stored_recordings.of_revisions(self.tx, self._revisions)
        recording = self._recordings.get((call.call_id, call.revision))
        return 0 if recording is None else recording.bytes


def store_all(tx: Connection, ended: Sequence[tuple[Call, Outcome]]) -> None:
    """Store what became of calls, each as it was read in this transaction; none twice."""
    store_analyses(tx, [outcome.analysis for _, outcome in ended if outcome.analysis is not None])
    calls.update_changed(tx, [(call, outcome.call) for call, outcome in ended])
    deliveries.insert_many(tx, [outcome.delivery for _, outcome in ended if outcome.delivery is not None])


def reported(known: Known, call: Call, report: WorkerReport, now: datetime, sentiment_of: str) -> Outcome | None:
    """The call after the report, or None when the report no longer counts. Raises ResultTooLarge."""
    match report:
        case CallAnalysed():
            return _analysed(known, call, report.result, now, sentiment_of)
        case CallFailed():
            return _without_result(known, call, report.failure, now)
        case CallCrashed() | CallReleased() if call.state is not CallState.PROCESSING:
            return None  # it waits again already: the queue was wiped
        case CallCrashed():
            return crashed(known, call, report.failure, report.in_hand, now)
        case CallReleased():
            return _put_back(call)


def _analysed(known: Known, call: Call, result: CallResult, now: datetime, sentiment_of: str) -> Outcome:
    if disposition_is_wrong(call, result):
        result = with_warnings(result, [disposition_warning(call)])
    elif nobody_answered(call.disposition):
        return _empty(known, call, result.duration_seconds, [], now)
    wanted = wanted_moods(known.customer_of(call), sentiment_of)
    return _completed(known, call, with_wanted_moods(result, wanted, call.direction), now)


def _without_result(known: Known, call: Call, failure: Failure, now: datetime) -> Outcome:
    if failure.code == EMPTY_RECORDING:
        return _empty(known, call, 0.0, [failure.message], now)
    return failed(known, call, failure, now)


def _completed(known: Known, call: Call, result: CallResult, now: datetime) -> Outcome:
    event = event_of_result(known.tx, call)
    result = _with_what_we_know(known, call, result)
    analysis = analysis_of(call, result, known.bytes_of(call), now)
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
    delivery = _delivery(known, done, event, completed_body(done, result, event, now), now)
    return Outcome(done, delivery, done.sentiment, analysis)


def _empty(known: Known, call: Call, seconds: float, warnings: list[str], now: datetime) -> Outcome:
    """Nothing was recorded, or nobody answered: completed, and its customer is told only where it asks for that."""
    result = _with_what_we_know(known, call, empty_result(seconds, warnings))
    analysis = analysis_of(call, result, known.bytes_of(call), now)
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
    event = event_of_empty(known.tx, done, known.customer_of(done))
    if event is None:
        return Outcome(done, analysis=analysis)
    return Outcome(
        done, _delivery(known, done, event, completed_body(done, result, event, now), now), analysis=analysis
    )


def _with_what_we_know(known: Known, call: Call, result: CallResult) -> CallResult:
    """The analysis with what no worker knows: the numbers in E.164, and what was found when the recording came."""
    customer = known.customer_of(call)
    return with_warnings(with_numbers(result, call, customer), call.warnings)


def failed(known: Known, call: Call, failure: Failure, now: datetime) -> Outcome:
    """There will be no result."""
    done = replace(
        call,
        state=CallState.FAILED,
        finished_at=now,
        error=CallError(failure.code, failure.message),
        worker=None,
        worker_boot=None,
    )
    return Outcome(done, _delivery(known, done, WebhookEvent.FAILED, failed_body(done, failure, now), now))


def crashed(known: Known, call: Call, failure: Failure, in_hand: int, now: datetime) -> Outcome:
    """An attempt has broken: again, and alone, or failed when it was once too often."""
    after = replace(call, crashes=call.crashes + crash_counts(in_hand), alone=True)
    if after.crashes >= MAX_CRASHES:
        return failed(known, after, failure, now)
    return _put_back(after)


def refused(known: Known, call: Call, failure: Failure, now: datetime) -> Outcome | None:
    """What was reported of it cannot be stored; where it waits again already, there is nothing to end."""
    return crashed(known, call, failure, 1, now) if call.state is CallState.PROCESSING else None


def _put_back(call: Call) -> Outcome:
    waiting = replace(call, state=CallState.RECEIVED, worker=None, worker_boot=None)
    return Outcome(waiting)


def _delivery(known: Known, call: Call, event: WebhookEvent, body: bytes, now: datetime) -> Delivery:
    """The webhook that tells the customer; where it cannot be sent at present it rests until it can."""
    customer = known.customer_of(call)
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
