"""Create, change, delete customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import Clock, contract_timestamp
from appliance.domain.customer import Customer, customer_cell
from appliance.domain.live_event import CustomerChange, CustomerChanged, Publish, publish_to_nobody
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError, Conflict, NotFound
from appliance.services.calls.history import Page, sorted_page_of
from appliance.services.customers.customer_audit import readable_secret, what_changed
from appliance.services.events.changes import Changes, deliveries_changed
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys, new_api_key
from appliance.storage.tables import audit, customers, deliveries
from appliance.storage.tables.keyset import Sorting
from appliance.webhooks.signing import new_secret

# The customer as it is to be, and the ids of the deliveries that were changed with it.
_Changed = tuple[Customer, Sequence[str]]
_Change = Callable[[Connection, Customer, datetime], _Changed]


class Customers:
    """The use cases around customers; `on_changed` tells who remembers them, and who may send to them again."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        now: Clock,
        on_changed: Callable[[], None],
        publish: Publish = publish_to_nobody,
    ) -> None:
        self._database = database
        self._keys = keys
        self._now = now
        self._on_changed = on_changed
        self._publish = publish

    async def get(self, customer_id: int) -> Customer:
        """One customer; raises NotFound."""
        customer = await self._database.read(lambda tx: customers.get(tx, customer_id))
        return _existing(customer, customer_id)

    async def page(
        self, before_id: int | None, limit: int | None, only: frozenset[int] | None = None
    ) -> list[Customer]:
        """All customers (of `only`, where it is given), or a page of them, newest first."""
        return await self._database.read(lambda tx: customers.page(tx, before_id=before_id, limit=limit, only=only))

    async def sorted_page(
        self, sorting: Sorting, limit: int | None, only: frozenset[int] | None = None
    ) -> Page[Customer]:
        """All customers (of `only`, where it is given), or a page of them, in this order."""
        most = None if limit is None else limit + 1
        found = await self._database.read(lambda tx: customers.sorted_page(tx, sorting, most, only))
        return sorted_page_of(found, len(found) if limit is None else limit)

    async def create(self, actor: Actor, *, webhook_secret: str | None, **fields: Any) -> Customer:
        """Create a customer with a new API key, and a new webhook secret unless one is given."""
        api_key = new_api_key()
        now = self._now()
        url = fields.pop("webhook_url", None)

        def insert(tx: Connection) -> Customer:
            number = customers.next_id(tx)
            customer = Customer(
                **{"is_active": True, **fields},
                webhook_url=self._sealed(number, url, None),
                id=number,
                created_at=now,
                updated_at=now,
                api_key_hash=self._keys.credential_hash(api_key),
                sealed_api_key=self._seal(number, "sealed_api_key", api_key),
                sealed_webhook_secret=self._seal(number, "sealed_webhook_secret", webhook_secret or new_secret()),
            )
            stored = customers.insert(tx, customer)
            audit.add(tx, self._line(now, actor, Action.CUSTOMER_CREATED, stored.id, None, stored))
            return stored

        created = await self._database.write(insert)
        self._publish(CustomerChanged(created, CustomerChange.CREATED))
        return created

    async def update(self, actor: Actor, customer_id: int, *, webhook_secret: str | None, **changes: Any) -> Customer:
        """Change the fields that are given; a new webhook address enables a disabled endpoint."""
        if webhook_secret is not None:
            changes["sealed_webhook_secret"] = self._seal(customer_id, "sealed_webhook_secret", webhook_secret)

        def change(tx: Connection, before: Customer, now: datetime) -> _Changed:
            after = replace(before, **changes)
            if "webhook_url" in changes:
                url = self._sealed(customer_id, changes["webhook_url"], before.webhook_url)
                after = replace(after, webhook_url=url)
            touched: list[str] = []
            if after.webhook_url is None:
                touched = deliveries.disable_waiting(tx, customer_id)
            if after.webhook_url == before.webhook_url:
                return after, touched
            if after.webhook_url is not None:
                touched = deliveries.enable_disabled(tx, customer_id, now)
            return replace(after, webhook_disabled_reason=None, webhook_failing_since=None), touched

        return await self._change(actor, Action.CUSTOMER_UPDATED, customer_id, change)

    async def rotate_key(self, actor: Actor, customer_id: int, grace: timedelta) -> Customer:
        """Give the customer a new API key; the old one works for the grace time.

        Raises Conflict where that of another rotation is not over: the key that has it would end too soon.
        """
        api_key = new_api_key()

        def rotate(_tx: Connection, before: Customer, now: datetime) -> _Changed:
            _check_grace(grace, before.previous_api_key_until, now, "API key")
            after = replace(
                before,
                api_key_hash=self._keys.credential_hash(api_key),
                sealed_api_key=self._seal(customer_id, "sealed_api_key", api_key),
                previous_api_key_hash=before.api_key_hash if grace else None,
                previous_api_key_until=now + grace if grace else None,
            )
            return after, ()

        return await self._change(actor, Action.KEY_ROTATED, customer_id, rotate)

    async def rotate_webhook_secret(self, actor: Actor, customer_id: int, grace: timedelta) -> Customer:
        """Give the customer a new webhook secret; for the grace time webhooks are signed with both.

        Raises Conflict as `rotate_key` does.
        """
        sealed_secret = self._seal(customer_id, "sealed_webhook_secret", new_secret())

        def rotate(_tx: Connection, before: Customer, now: datetime) -> _Changed:
            _check_grace(grace, before.previous_webhook_secret_until, now, "webhook secret")
            previous = readable_secret(before.webhook_secret, self._keys)
            after = replace(
                before,
                sealed_webhook_secret=sealed_secret,
                sealed_previous_webhook_secret=self._seal(customer_id, "sealed_previous_webhook_secret", previous)
                if grace and previous is not None
                else None,
                previous_webhook_secret_until=now + grace if grace and previous is not None else None,
            )
            return after, ()

        return await self._change(actor, Action.WEBHOOK_SECRET_ROTATED, customer_id, rotate)

    async def enable_webhook(self, actor: Actor, customer_id: int) -> Customer:
        """Send again to an endpoint that was disabled, and what rested meanwhile."""

        def enable(tx: Connection, before: Customer, now: datetime) -> _Changed:
            after = replace(before, webhook_disabled_reason=None, webhook_failing_since=None)
            is_open = after.delivery_obstacle is None
            return after, deliveries.enable_disabled(tx, customer_id, now) if is_open else ()

        return await self._change(actor, Action.WEBHOOK_ENABLED, customer_id, enable)

    async def delete(self, actor: Actor, customer_id: int) -> None:
        """Delete a customer: its key stops at once, its recordings and texts are erased as its calls become final."""

        def delete(tx: Connection) -> tuple[Customer, Changes]:
            now = self._now()
            before = _existing(customers.get(tx, customer_id), customer_id)
            customers.mark_deleted(tx, customer_id, now)
            deliveries.forget_addresses(tx, customer_id)
            touched = deliveries.disable_waiting(tx, customer_id)
            audit.add(tx, self._line(now, actor, Action.CUSTOMER_DELETED, customer_id, before, None))
            deleted = replace(before, is_active=False, updated_at=now, deleted_at=now)
            return deleted, deliveries_changed(tx, touched)

        self._tell(CustomerChange.DELETED, *await self._database.write(delete))

    async def _change(self, actor: Actor, action: Action, customer_id: int, change: _Change) -> Customer:
        """Store the customer as `change` makes it, with the audit's line: none where nothing is other than before."""

        def write(tx: Connection) -> tuple[Customer, Changes]:
            now = self._now()
            before = _existing(customers.get(tx, customer_id), customer_id)
            changed, touched = change(tx, before, now)
            after = replace(changed, updated_at=now)
            customers.update(tx, after)
            line = self._line(now, actor, action, customer_id, before, after)
            if line.before or line.after or action is not Action.CUSTOMER_UPDATED:
                audit.add(tx, line)
            return after, deliveries_changed(tx, touched)

        return self._tell(CustomerChange.CHANGED, *await self._database.write(write))

    def _tell(self, change: CustomerChange, customer: Customer, changes: Changes) -> Customer:
        self._publish(CustomerChanged(customer, change))
        for one in changes:
            self._publish(one)
        self._on_changed()
        return customer

    def _line(
        self,
        at: datetime,
        actor: Actor,
        action: Action,
        customer_id: int,
        before: Customer | None,
        after: Customer | None,
    ) -> AuditLine:
        subject = Subject(SubjectKind.CUSTOMER, str(customer_id))
        return AuditLine(at, actor, action, subject, *what_changed(before, after, self._keys))

    def _seal(self, customer_id: int, column: str, secret: str) -> bytes:
        return self._keys.seal(secret, customer_cell(customer_id, column))

    def _sealed(self, customer_id: int, url: str | None, before: SealedUrl | None) -> SealedUrl | None:
        """An address as it is kept; what it was before where it is the same."""
        if url is None or (before is not None and self.url(before) == url):
            return None if url is None else before
        return self._keys.seal_url(url, customer_cell(customer_id, "sealed_webhook_url"))

    def url(self, sealed: SealedUrl | None) -> str | None:
        """A customer's or a delivery's address in clear, for an administrator's eyes; None: none that can be read."""
        if sealed is None:
            return None
        try:
            return self._keys.unseal_url(sealed)
        except ConfigurationError:
            return None

    def api_key(self, customer: Customer) -> str | None:
        """The key in clear, for an administrator's eyes; None where it cannot be read any more."""
        return readable_secret(customer.api_key, self._keys)

    def webhook_secret(self, customer: Customer) -> str | None:
        """The signing secret in clear, for an administrator's eyes; None where it cannot be read any more."""
        return readable_secret(customer.webhook_secret, self._keys)


def _check_grace(grace: timedelta, until: datetime | None, now: datetime, what: str) -> None:
    """Of those before the present one a single one is kept: with a second rotation, the promise of the first ended."""
    if grace and until is not None and until > now:
        raise Conflict(
            "grace_seconds",
            f"the {what} before the present one works until {contract_timestamp(until)} and would end with another "
            "rotation: wait until then, or send `grace_seconds` 0, which ends both at once",
        )


def _existing(customer: Customer | None, customer_id: int) -> Customer:
    if customer is None:
        raise NotFound(f"there is no customer {customer_id}")
    return customer
