"""Send what is due. The schedule lives in the database; here is only what is under way right now."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import uuid4

from appliance.domain.actor import Actor
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.domain.delivery import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    WebhookEvent,
    address_cell,
    attempt_address_cell,
)
from appliance.domain.live_event import (
    DeliveryChanged,
    Publish,
    publish_to_nobody,
)
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError, Conflict, NotFound, Unavailable
from appliance.process.log.subject import lines_about
from appliance.services.deliveries.attempt_record import EndedAttempt, record, record_taken
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.services.events.changes import Changes, deliveries_changed
from appliance.services.grouped_writes import GroupedWrites
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, deliveries
from appliance.storage.tables.standings import fail_without_body
from appliance.webhooks.concurrency_limit import ATTEMPTS_PER_ENDPOINT, ConcurrencyLimit
from appliance.webhooks.events import test_body
from appliance.webhooks.sender import Outcome
from appliance.webhooks.trust import Trust, trust_of

logger = logging.getLogger(__name__)

# How many due deliveries are looked at together.
LOOK_AHEAD = 512
# Attempts end one by one, and each sets a slot free: we look once for all that end in this time.
SHORTEST_SLEEP_SECONDS = 0.01
# Nobody tells us when the clock reaches a delivery's time.
LONGEST_SLEEP_SECONDS = 1.0
# Between two tries to write down what came of an attempt, where an error of ours is in the way.
LONGEST_PAUSE_SECONDS = 60.0
# After so many of these tries in vain the attempt leaves its slot to others: one that keeps it for ever stops its
# customer, and then everybody. Where very many fail it is no fault of theirs, and the rest keep their slots.
TRIES_WITH_A_SLOT = 5
MOST_WITHOUT_A_SLOT = 500


class Sender(Protocol):
    """Makes one attempt (appliance.webhooks.sender.WebhookSender)."""

    async def send(
        self, url: str, webhook_id: str, body: bytes, secrets: Sequence[str], trust: Trust | None = None
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What is sent to, signed with, and trusted."""

    address: str
    secrets: Sequence[str]
    trust: Trust | None


class Deliverer:
    """Runs until cancelled. Killed in mid-attempt, it sends the same webhook again under the same id: at least once."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        sender: Sender,
        retry: RetryPolicy,
        now: Clock,
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._keys = keys
        self._sender = sender
        self._retry = retry
        self._now = now
        self._publish = publish
        self._slots = ConcurrencyLimit()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        # What was sent and, because the database takes no write, not noted: its delivery is still due there.
        self._unwritten: set[str] = set()
        # What was sent, has no slot any more, and still cannot be noted because of an error of ours.
        self._without_slot: set[str] = set()
        self._wake = asyncio.Event()
        # Not weighed: with an attempt nothing is written of what the webhook says, and what was answered is short.
        self._record_taken = GroupedWrites(
            database, record_taken, lambda ended: ended.delivery.id, told=lambda _, changes: self._publish_all(changes)
        )

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    @property
    def unrecorded(self) -> int:
        """How many attempts fail again and again to be written down, each for itself."""
        return len(self._without_slot)

    def retry_by(self, retry: RetryPolicy) -> None:
        """From now on by this policy."""
        self._retry = retry

    async def run(self) -> None:
        """Send what is due, for ever."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self._start_due()
                except Unavailable as error:
                    logger.warning("due deliveries wait: %s", error)
                except Exception:
                    logger.exception("looking for due deliveries failed")
                await asyncio.sleep(SHORTEST_SLEEP_SECONDS)
                # Not wait_for: Python 3.11's forgets a cancellation that comes together with the wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_SLEEP_SECONDS):
                        await self._wake.wait()
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def _start_due(self) -> None:
        if self._unwritten:
            return  # what would be sent now could not be written down either
        # Not as soon as they end: one that ends while we read is still found as it was before, and would be sent twice.
        self._under_way = {name: task for name, task in self._under_way.items() if not task.done()}
        now, longest_wait = self._now(), self._retry.longest_wait
        under_way, free = frozenset(self._under_way), self._slots.copy()
        found = await self._database.read(lambda tx: _due_with_customers(tx, now, longest_wait, under_way, free))
        for delivery, customer in found:
            if self._slots.try_acquire(delivery.customer_id):
                with _lines_about(delivery):
                    self._under_way[delivery.id] = asyncio.create_task(self._attempt(delivery, customer))

    async def send_test(self, actor: Actor, customer_id: int) -> DeliveryAttempt:
        """Send a test webhook now, on the way of every other, and return what came of it. Raises NotFound, Conflict."""
        customer = await self._database.read(lambda tx: customers.get(tx, customer_id))
        if customer is None:
            raise NotFound(f"there is no customer {customer_id}")
        if customer.webhook_url is None:
            raise Conflict("webhook_url", "the customer has no webhook URL")
        now = self._now()
        delivery = Delivery(
            id=str(uuid4()),
            call_id=str(uuid4()),
            customer_id=customer_id,
            event=WebhookEvent.TEST,
            revision=1,
            webhook_id=f"msg_{uuid4().hex}",
            state=DeliveryState.PENDING,
            body=b"",
            created_at=now,
        )
        delivery = replace(delivery, body=test_body(delivery.call_id, customer_id, now))
        with _lines_about(delivery):
            ended = await self._send(delivery, customer, customer.webhook_url, tested_by=actor)
            await self._record(ended, customer)
        return ended.attempt

    async def _attempt(self, delivery: Delivery, customer: Customer | None) -> None:
        succeeded = False
        try:
            if not delivery.body:
                await self._fail_without_body(delivery.id)
                return
            if customer is None or customer.webhook_url is None or customer.delivery_obstacle is not None:
                await self._let_rest(delivery.customer_id)
                return
            ended = await self._send(delivery, customer, customer.webhook_url)
            succeeded = ended.attempt.succeeded
            await self._record_at_last(ended, customer)
        except Unavailable as error:
            # The delivery is still due and will be tried again; nothing was sent.
            logger.warning("delivery %s waits: %s", delivery.id, error)
            await asyncio.sleep(LONGEST_SLEEP_SECONDS)
        except Exception:
            logger.exception("delivery %s could not be attempted", delivery.id)
            await asyncio.sleep(LONGEST_SLEEP_SECONDS)
        finally:
            if delivery.id not in self._without_slot:
                self._slots.release(delivery.customer_id, succeeded)
            self._without_slot.discard(delivery.id)
            self.wake()

    async def _record_at_last(self, ended: EndedAttempt, customer: Customer) -> None:
        """Write down what was sent, however long that is refused: it would be sent again each time."""
        delivery_id, pause, is_told, tries = ended.delivery.id, LONGEST_SLEEP_SECONDS, False, 0
        try:
            while True:
                try:
                    return await self._record(ended, customer)
                except Unavailable as error:
                    self._unwritten.add(delivery_id)
                    if not is_told:
                        logger.warning("what came of delivery %s is written down later: %s", delivery_id, error)
                    is_told = True
                except Exception:
                    # Of this one alone, so the others go on.
                    self._unwritten.discard(delivery_id)
                    logger.exception("what came of delivery %s could not be written down", delivery_id)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                    tries += 1
                    if tries >= TRIES_WITH_A_SLOT:
                        self._leave_slot(ended)
                await asyncio.sleep(pause)
        finally:
            self._unwritten.discard(delivery_id)

    def _leave_slot(self, ended: EndedAttempt) -> None:
        """It stays under way: its delivery is due in the database, and would be sent again."""
        delivery = ended.delivery
        if delivery.id not in self._without_slot and len(self._without_slot) < MOST_WITHOUT_A_SLOT:
            self._without_slot.add(delivery.id)
            self._slots.release(delivery.customer_id, ended.attempt.succeeded)
            self.wake()

    async def _let_rest(self, customer_id: int) -> None:
        def rest(tx: Connection) -> Changes:
            return deliveries_changed(tx, deliveries.disable_waiting(tx, customer_id))

        self._publish_all(await self._database.write(rest))

    async def _fail_without_body(self, delivery_id: str) -> None:
        """An earlier version let a webhook wait whose texts were erased."""

        def fail(tx: Connection) -> Changes:
            fail_without_body(tx, delivery_id)
            return deliveries_changed(tx, [delivery_id])

        self._publish_all(await self._database.write(fail))

    def _publish_all(self, changes: Changes) -> None:
        for change in changes:
            self._publish(change)

    async def _send(
        self, delivery: Delivery, customer: Customer, url: SealedUrl, *, tested_by: Actor | None = None
    ) -> EndedAttempt:
        """Make one attempt. What cannot be read of the endpoint is told as its error."""
        number = delivery.attempts_made + 1
        logger.debug("delivery %s attempt %d begins", delivery.id, number)
        sent_to, attempt_url = delivery.url, None
        try:
            endpoint = await self._opened(customer, url)
        except ConfigurationError as error:
            outcome = Outcome(self._now(), None, 0, str(error), "", None)
        else:
            address = endpoint.address
            outcome = await self._sender.send(
                address, delivery.webhook_id, delivery.body, endpoint.secrets, endpoint.trust
            )
            sent_to = self._keys.seal_url(address, address_cell(delivery.id))
            attempt_url = self._keys.seal_url(address, attempt_address_cell(delivery.id, number))
        attempt = DeliveryAttempt(
            number=number,
            at=outcome.at,
            status=outcome.status,
            latency_ms=outcome.latency_ms,
            error=outcome.error,
            reply=outcome.reply,
            url=attempt_url,
        )
        return EndedAttempt(delivery, url, sent_to, attempt, outcome, self._now(), tested_by)

    async def _opened(self, customer: Customer, url: SealedUrl) -> _Endpoint:
        """Raises ConfigurationError, which says what of it cannot be read."""
        what = "webhook secret"
        try:
            secrets = [self._keys.unseal_secret(secret) for secret in customer.webhook_secrets(self._now())]
            what = "webhook address"
            address = self._keys.unseal_url(url)
            what = "certificate that is trusted"
            trust = await asyncio.to_thread(trust_of, customer.webhook_ca, customer.webhook_fingerprint)
        except (ConfigurationError, ssl.SSLError, ValueError) as error:
            raise ConfigurationError(f"the {what} cannot be read: {error}") from error
        return _Endpoint(address, secrets, trust)

    async def _record(self, ended: EndedAttempt, customer: Customer) -> None:
        """Write it down with what follows; `customer` as it was seen when the attempt began."""
        if ended.outcome.succeeded and ended.tested_by is None and customer.webhook_failing_since is None:
            changes = await self._record_taken(ended)  # nothing else follows
        else:
            changes = await self._database.write(partial(record, ended=ended, retry=self._retry))
            self._publish_all(changes)
        attempt = ended.attempt
        result = attempt.status or attempt.error
        states = [one.delivery.state.value for one in changes if isinstance(one, DeliveryChanged)]
        state = states[0] if states else "erased meanwhile"
        logger.info("delivery %s attempt %d: %s (%s)", ended.delivery.id, attempt.number, state, result)


def _lines_about(delivery: Delivery) -> contextlib.AbstractContextManager[None]:
    return lines_about(call_id=delivery.call_id, delivery_id=delivery.id, customer_id=delivery.customer_id)


def _due_with_customers(
    tx: Connection, now: datetime, longest_wait: timedelta, under_way: frozenset[str], free: ConcurrencyLimit
) -> list[tuple[Delivery, Customer | None]]:
    """What is due and not under way, as far as there are slots for it, each with its customer."""
    waiting = deliveries.due(
        tx, now, ATTEMPTS_PER_ENDPOINT, LOOK_AHEAD, but=under_way, no_wait_after=now + longest_wait
    )
    can_begin = [delivery_id for customer_id, delivery_id in waiting if free.try_acquire(customer_id)]
    known: dict[int, Customer | None] = {}
    found = []
    for delivery in deliveries.these(tx, can_begin):
        if delivery.customer_id not in known:
            known[delivery.customer_id] = customers.get(tx, delivery.customer_id, with_deleted=True)
        found.append((delivery, known[delivery.customer_id]))
    return found
