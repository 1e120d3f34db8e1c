"""Write down an attempt that has ended, and what follows: by how delivery and customer stand now, not as it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.actor import VBOT, Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import contract_timestamp
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryAttempt, DeliveryState, WebhookEvent
from appliance.domain.live_event import CustomerChanged, DeliveryChanged, LiveEvent, MuchChanged
from appliance.domain.sealed_url import SealedUrl
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.services.events.changes import Changes, deliveries_changed
from appliance.storage.database import Connection
from appliance.storage.tables import audit, customers, deliveries
from appliance.storage.tables.standings import Standing, failing_since, standings
from appliance.webhooks.schedule import next_attempt_at
from appliance.webhooks.sender import Outcome

GONE_REASON = "the receiver answered 410 Gone"


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """What came of an attempt: of the delivery as it was when it began, to an address that the customer then had.

    `sent_to` is that address as the delivery keeps it; `tested_by` asked for a test, which is not stored before.
    """

    delivery: Delivery
    customer_url: SealedUrl
    sent_to: SealedUrl | None
    attempt: DeliveryAttempt
    outcome: Outcome
    at: datetime
    tested_by: Actor | None = None


def record_taken(tx: Connection, ended: Sequence[EndedAttempt]) -> list[Changes]:
    """Note attempts that succeeded, and that say nothing new of their endpoints; what each has changed."""
    of = {one.delivery.customer_id for one in ended}
    there = {customer_id for customer_id in of if customers.get(tx, customer_id) is not None}
    stand = standings(tx, [one.delivery.id for one in ended])
    noted = {
        one.delivery.id: _noted(one, stand[one.delivery.id], has_customer=one.delivery.customer_id in there)
        for one in ended
        if one.delivery.id in stand and not _is_noted(one, stand[one.delivery.id])
    }
    taken = {name: (replace(after, state=DeliveryState.DELIVERED), made) for name, (after, made) in noted.items()}
    if taken:
        deliveries.record_attempts(tx, list(taken.values()))
    return [
        [_changed(*taken[one.delivery.id])] if one.delivery.id in taken else deliveries_changed(tx, [one.delivery.id])
        for one in ended
    ]


def record(tx: Connection, ended: EndedAttempt, retry: RetryPolicy) -> Changes:
    """Note any attempt, what follows for its delivery, and how its endpoint fares; what has changed."""
    if ended.tested_by is not None:
        # Only now: a test that nobody waits for any more is not sent again.
        deliveries.insert(tx, ended.delivery)
        audit.add(tx, _tested(ended, ended.tested_by))
    customer = customers.get(tx, ended.delivery.customer_id)
    changes: list[LiveEvent | MuchChanged] = []
    standing = standings(tx, [ended.delivery.id]).get(ended.delivery.id)
    is_given_up = False
    if standing is not None and _is_noted(ended, standing):
        return _noted_before(tx, ended, customer)
    if standing is not None:
        noted, made = _noted(ended, standing, has_customer=customer is not None)
        after = _what_follows(noted, ended, standing, customer, retry)
        deliveries.record_attempt(tx, after, made)
        changes.append(_changed(after, made))
        is_given_up = after.state is DeliveryState.FAILED and not standing.is_erased
    if customer is not None and customer.webhook_url == ended.customer_url:
        changes += _note_health(tx, customer, ended, retry, is_given_up=is_given_up)
    return changes  # of an address that was changed meanwhile it says nothing about the new one


def _is_noted(ended: EndedAttempt, standing: Standing) -> bool:
    """Whether a write that was said to have failed has come to pass after all."""
    return standing.attempts_made >= ended.attempt.number


def _noted_before(tx: Connection, ended: EndedAttempt, customer: Customer | None) -> Changes:
    """What such a write may have changed: nobody was told. With an endpoint all that waited for it is disabled."""
    changed = deliveries_changed(tx, [ended.delivery.id])
    if customer is None:
        return changed
    return [*changed, CustomerChanged(customer) if customer.webhook_disabled_reason is None else MuchChanged()]


def _noted(ended: EndedAttempt, standing: Standing, *, has_customer: bool) -> tuple[Delivery, DeliveryAttempt]:
    """Delivery and attempt as they are kept: nothing comes back of what was forgotten meanwhile."""
    made = ended.attempt
    if not has_customer:
        made = replace(made, url=None)
    if standing.is_erased or not has_customer:
        made = replace(made, reply="")
    after = replace(
        ended.delivery,
        url=ended.sent_to if has_customer else None,
        body=b"" if standing.is_erased else ended.delivery.body,
        attempts_made=made.number,
        round_began=standing.round_began,
        next_attempt_at=None,
    )
    return after, made


def _what_follows(
    noted: Delivery, ended: EndedAttempt, standing: Standing, customer: Customer | None, retry: RetryPolicy
) -> Delivery:
    """The delivery after this attempt: its state, and when the next one is."""
    if ended.outcome.succeeded:
        return replace(noted, state=DeliveryState.DELIVERED)
    if standing.is_erased:
        return replace(noted, state=DeliveryState.FAILED)
    if customer is not None and standing.is_asked_for_anew(ended.delivery):
        # This attempt belongs to the round before.
        begins = noted.attempts_made
        return replace(noted, state=standing.state, next_attempt_at=standing.next_attempt_at, round_began=begins)
    is_test = noted.event is WebhookEvent.TEST
    if is_test or customer is None or standing.state is DeliveryState.DISABLED:
        return replace(noted, state=DeliveryState.FAILED if is_test else DeliveryState.DISABLED)
    following = _next_attempt_at(noted, ended, customer, retry)
    if following is not None:
        return replace(noted, state=DeliveryState.RETRYING, next_attempt_at=following)
    return replace(noted, state=DeliveryState.DISABLED if ended.outcome.gone else DeliveryState.FAILED)


def _next_attempt_at(noted: Delivery, ended: EndedAttempt, customer: Customer, retry: RetryPolicy) -> datetime | None:
    if ended.outcome.gone:  # from the address that it was; there may be a new one
        return None if customer.webhook_url in (None, ended.customer_url) else ended.at
    in_round = noted.attempts_made - noted.round_began
    return next_attempt_at(in_round, ended.at, retry.delays, ended.outcome.retry_after_seconds, retry.jitter)


def _note_health(
    tx: Connection, customer: Customer, ended: EndedAttempt, retry: RetryPolicy, *, is_given_up: bool
) -> Changes:
    """Keep how the endpoint fares; disable it when it asked for that, or has failed for too long.

    That is told only when a webhook's retries are used up. Tests are tried out of turn: that one fails does not count.
    """
    outcome, now = ended.outcome, ended.at
    if ended.delivery.event is WebhookEvent.TEST and not outcome.succeeded and not outcome.gone:
        return []
    since = None if outcome.succeeded else customer.webhook_failing_since or now
    reason = customer.webhook_disabled_reason
    if outcome.gone:
        reason = GONE_REASON
    elif is_given_up and since is not None and retry.is_too_long(now - since):
        since = failing_since(tx, customer.id, since, retry.longest_silence)
        if retry.is_too_long(now - since):
            reason = f"no webhook was taken since {contract_timestamp(since)}"
    after = replace(customer, webhook_failing_since=since, webhook_disabled_reason=reason)
    if after != customer:
        customers.update(tx, after)
    changes: list[LiveEvent | MuchChanged] = []
    if reason != customer.webhook_disabled_reason:
        audit.add(tx, _disabled(now, customer, reason))
        changes.append(CustomerChanged(after))
    if reason is not None:
        changes += deliveries_changed(tx, deliveries.disable_waiting(tx, customer.id))
    return changes


def _changed(delivery: Delivery, attempt: DeliveryAttempt) -> DeliveryChanged:
    return DeliveryChanged(replace(delivery, attempts=(attempt,)))


def _tested(ended: EndedAttempt, by: Actor) -> AuditLine:
    attempt, customer_id = ended.attempt, str(ended.delivery.customer_id)
    came = {"delivery_id": ended.delivery.id, "status": attempt.status, "succeeded": attempt.succeeded}
    return AuditLine(ended.at, by, Action.WEBHOOK_TESTED, Subject(SubjectKind.CUSTOMER, customer_id), after=came)


def _disabled(at: datetime, customer: Customer, reason: str | None) -> AuditLine:
    before, after = {"webhook_disabled_reason": customer.webhook_disabled_reason}, {"webhook_disabled_reason": reason}
    subject = Subject(SubjectKind.CUSTOMER, str(customer.id))
    return AuditLine(at, VBOT, Action.WEBHOOK_DISABLED, subject, before, after)
