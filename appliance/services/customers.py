"""Create, change, delete customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.errors import NotFound
from appliance.storage import customers, deliveries
from appliance.storage.database import Connection, Database
from appliance.storage.keys import Keys, new_api_key
from appliance.webhooks.signing import new_secret


class Customers:
    """The use cases around customers; `on_changed` tells who remembers them, and who may send to them again."""

    def __init__(self, database: Database, keys: Keys, now: Clock, on_changed: Callable[[], None]) -> None:
        self._database = database
        self._keys = keys
        self._now = now
        self._on_changed = on_changed

    async def get(self, customer_id: int) -> Customer:
        """One customer; raises NotFound."""
        customer = await self._database.read(lambda tx: customers.get(tx, customer_id))
        return _existing(customer, customer_id)

    async def page(self, before_id: int | None, limit: int | None) -> list[Customer]:
        """All customers, or a page of them, newest first."""
        return await self._database.read(lambda tx: customers.page(tx, before_id=before_id, limit=limit))

    async def create(self, *, webhook_secret: str | None, **fields: Any) -> Customer:
        """Create a customer with a new API key, and a new webhook secret unless one is given."""
        api_key = new_api_key()
        now = self._now()
        customer = Customer(
            **{"is_active": True, **fields},
            id=0,
            created_at=now,
            updated_at=now,
            api_key_hash=self._keys.credential_hash(api_key),
            sealed_api_key=self._keys.seal(api_key),
            sealed_webhook_secret=self._keys.seal(webhook_secret or new_secret()),
        )
        return await self._database.write(lambda tx: customers.insert(tx, customer))

    async def update(self, customer_id: int, *, webhook_secret: str | None, **changes: Any) -> Customer:
        """Change the fields that are given; a new webhook address enables a disabled endpoint."""
        if webhook_secret is not None:
            changes["sealed_webhook_secret"] = self._keys.seal(webhook_secret)

        def change(tx: Connection) -> Customer:
            now = self._now()
            before = _existing(customers.get(tx, customer_id), customer_id)
            after = replace(before, **changes, updated_at=now)
            if after.webhook_url != before.webhook_url:
                after = replace(after, webhook_disabled_reason=None, webhook_failing_since=None)
            customers.update(tx, after)
            if after.webhook_url is None:
                deliveries.disable_waiting(tx, customer_id)
            elif after.webhook_url != before.webhook_url:
                deliveries.enable_disabled(tx, customer_id, now)
            return after

        customer = await self._database.write(change)
        self._on_changed()
        return customer

    async def rotate_key(self, customer_id: int, grace: timedelta) -> Customer:
        """Give the customer a new API key; the old one works for the grace time."""
        api_key = new_api_key()

        def rotate(customer: Customer, now: datetime) -> Customer:
            return replace(
                customer,
                api_key_hash=self._keys.credential_hash(api_key),
                sealed_api_key=self._keys.seal(api_key),
                previous_api_key_hash=customer.api_key_hash if grace else None,
                previous_api_key_until=now + grace if grace else None,
            )

        return await self._change(customer_id, rotate)

    async def rotate_webhook_secret(self, customer_id: int, grace: timedelta) -> Customer:
        """Give the customer a new webhook secret; for the grace time webhooks are signed with both."""

        def rotate(customer: Customer, now: datetime) -> Customer:
            return replace(
                customer,
                sealed_webhook_secret=self._keys.seal(new_secret()),
                sealed_previous_webhook_secret=customer.sealed_webhook_secret if grace else None,
                previous_webhook_secret_until=now + grace if grace else None,
            )

        return await self._change(customer_id, rotate)

    async def _change(self, customer_id: int, change: Callable[[Customer, datetime], Customer]) -> Customer:
        def write(tx: Connection) -> Customer:
            now = self._now()
            before = _existing(customers.get(tx, customer_id), customer_id)
            after = replace(change(before, now), updated_at=now)
            customers.update(tx, after)
            return after

        customer = await self._database.write(write)
        self._on_changed()
        return customer

    async def enable_webhook(self, customer_id: int) -> Customer:
        """Send again to an endpoint that was disabled, and what rested meanwhile."""

        def enable(tx: Connection) -> Customer:
            now = self._now()
            before = _existing(customers.get(tx, customer_id), customer_id)
            after = replace(before, webhook_disabled_reason=None, webhook_failing_since=None, updated_at=now)
            customers.update(tx, after)
            if after.delivery_obstacle is None:
                deliveries.enable_disabled(tx, customer_id, now)
            return after

        customer = await self._database.write(enable)
        self._on_changed()
        return customer

    async def delete(self, customer_id: int) -> None:
        """Delete a customer: its key stops at once, its recordings and texts are erased as its calls become final."""

        def delete(tx: Connection) -> None:
            _existing(customers.get(tx, customer_id), customer_id)
            customers.mark_deleted(tx, customer_id, self._now())
            deliveries.disable_waiting(tx, customer_id)

        await self._database.write(delete)
        self._on_changed()

    def api_key(self, customer: Customer) -> str:
        """The key in clear, for an administrator's eyes."""
        return self._keys.unseal(customer.sealed_api_key)

    def webhook_secret(self, customer: Customer) -> str:
        """The signing secret in clear, for an administrator's eyes."""
        return self._keys.unseal(customer.sealed_webhook_secret)


def _existing(customer: Customer | None, customer_id: int) -> Customer:
    if customer is None:
        raise NotFound(f"there is no customer {customer_id}")
    return customer
