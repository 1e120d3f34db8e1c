"""A deliverer over a database, with a sender that does as it is told and a clock that is turned by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from appliance.domain.customer import Customer, customer_cell
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.domain.sealed_url import SealedUrl
from appliance.services.customers.customers import Customers
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, deliveries
from appliance.webhooks.sender import Outcome
from appliance.webhooks.signing import new_secret
from tests.appliance.builders import FakeClock, a_customer, a_delivery

SECOND = timedelta(seconds=1)
URL = "https://ada.example.com/hook"


@dataclass
class FakeSender:
    """Answers as told; an endpoint that is `held` does not answer until it is let go."""

    clock: FakeClock
    status: int | None = 200
    by_url: dict[str, int | None] = field(default_factory=dict)
    retry_after: float | None = None
    broken: bool = False
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    sent: list[tuple[str, str, bytes, list[str]]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def send(self, url: str, webhook_id: str, body: bytes, secrets: Sequence[str], *_trust: Any) -> Outcome:
        self.sent.append((url, webhook_id, body, list(secrets)))
        at = self.clock()
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if url in self.held:
                await self.held[url].wait()
        finally:
            self.under_way -= 1
        if self.broken:
            raise RuntimeError("a bug of ours")
        status = self.by_url.get(url, self.status)
        error = None if status is not None else "connection refused"
        return Outcome(at, status, 12, error, "thanks", self.retry_after)

    @property
    def webhook_ids(self) -> list[str]:
        return [webhook_id for _, webhook_id, _, _ in self.sent]


class Post:
    """A deliverer with its database, a sender that does as it is told, and a clock."""

    def __init__(self, database: Database, keys: Keys, clock: FakeClock) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.sender = FakeSender(clock)
        self.secret = new_secret()
        self.deliverer = self.new_deliverer()
        self.customers = Customers(database, keys, clock, self._wake)

    def _wake(self) -> None:
        self.deliverer.wake()

    def new_deliverer(self, disable_after: timedelta | None = None) -> Deliverer:
        retry = RetryPolicy((10.0, 60.0, 300.0), disable_after, jitter=lambda: 0.0)
        return Deliverer(self.database, self.keys, self.sender, retry, self.clock)

    async def customer(self, url: str | SealedUrl | None = URL, **changes: Any) -> Customer:
        def store(tx: Connection) -> Customer:
            number = customers.next_id(tx)
            sealed = {
                "sealed_webhook_secret": self.keys.seal(self.secret, customer_cell(number, "sealed_webhook_secret")),
                "sealed_api_key": self.keys.seal("vbk_key", customer_cell(number, "sealed_api_key")),
            }
            made = a_customer(id=number, webhook_url=url if isinstance(url, str) else None, **{**sealed, **changes})
            return customers.insert(tx, replace(made, webhook_url=url) if isinstance(url, SealedUrl) else made)

        return await self.database.write(store)

    async def delivery(self, customer: Customer, **changes: Any) -> Delivery:
        made = a_delivery(customer_id=customer.id, **changes)
        await self.database.write(lambda tx: deliveries.insert(tx, made))
        return made

    async def stored(self, delivery: Delivery) -> Delivery:
        found = await self.database.read(lambda tx: deliveries.get(tx, delivery.id))
        assert found is not None
        return found

    async def stored_customer(self, customer: Customer) -> Customer:
        return await self.customers.get(customer.id)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.deliverer.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.002)

    async def until_attempts(self, delivery: Delivery, count: int) -> Delivery:
        async with asyncio.timeout(60):
            while True:
                found = await self.stored(delivery)
                # Row and attempts are read one after the other: wait until both tell of the same attempt.
                if len(found.attempts) >= count and found.attempts[-1].number == found.attempts_made:
                    return found
                await asyncio.sleep(0.002)

    async def until_state(self, delivery: Delivery, state: DeliveryState) -> Delivery:
        async with asyncio.timeout(60):
            while (found := await self.stored(delivery)).state is not state:
                await asyncio.sleep(0.002)
        return found

    def turn_clock_to(self, moment: datetime) -> None:
        self.clock.now = moment
        self.deliverer.wake()
