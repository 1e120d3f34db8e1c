"""Create, change, delete customers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from appliance.domain.customer import Customer
from appliance.domain.delivery import DeliveryAttempt, DeliveryState, address_cell, attempt_address_cell
from appliance.errors import Conflict, NotFound
from appliance.services.customers.customers import Customers
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, deliveries
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_delivery

HOUR = timedelta(hours=1)
ADA: dict[str, Any] = {"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"}


class Office:
    """The use cases, and whether the deliverer was woken."""

    def __init__(self, database: Database, keys: Keys, clock: FakeClock) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.woken = 0
        self.customers = Customers(database, keys, clock, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def create(self, webhook_secret: str | None = None, **fields: Any) -> Customer:
        return await self.customers.create(AN_ADMIN, webhook_secret=webhook_secret, **{**ADA, **fields})

    async def disable(self, customer: Customer) -> None:
        def disable(tx: Connection) -> None:
            tx.execute("UPDATE customer SET webhook_disabled_reason = '410', webhook_failing_since = ?", [NOON])
            deliveries.disable_waiting(tx, customer.id)

        await self.database.write(disable)

    async def add_delivery(self, customer: Customer, state: DeliveryState = DeliveryState.PENDING) -> str:
        delivery = a_delivery(customer_id=customer.id, state=state)
        await self.database.write(lambda tx: deliveries.insert(tx, delivery))
        return delivery.id

    async def state_of(self, delivery_id: str) -> DeliveryState:
        found = await self.database.read(lambda tx: deliveries.get(tx, delivery_id))
        assert found is not None
        return found.state


@pytest.fixture
def office(database: Database, keys: Keys, clock: FakeClock) -> Office:
    return Office(database, keys, clock)


async def test_a_new_customer_has_a_working_key_and_a_secret_of_its_own(office: Office) -> None:
    customer = await office.create()
    other = await office.create()
    api_key, secret = (office.keys.unseal_secret(one) for one in (customer.api_key, customer.webhook_secret))
    assert customer.api_key_hash == office.keys.credential_hash(api_key)
    assert api_key.startswith("vbk_")
    Webhook(secret)
    assert (api_key, secret) != (office.customers.api_key(other), office.customers.webhook_secret(other))
    assert (customer.is_active, customer.created_at, customer.updated_at) == (True, NOON, NOON)


async def test_neither_key_nor_secret_is_in_the_file_in_plain_text(office: Office) -> None:
    customer = await office.create()
    api_key, secret = (office.keys.unseal_secret(one) for one in (customer.api_key, customer.webhook_secret))
    office.database.close()
    content = office.database.path.read_bytes()
    assert b"ada@example.com" in content
    assert api_key.encode() not in content
    assert secret.encode() not in content


async def test_a_secret_that_was_given_is_kept(office: Office) -> None:
    given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert office.customers.webhook_secret(await office.create(given)) == given


async def test_only_what_was_given_is_changed(office: Office) -> None:
    before = await office.create(webhook_url="https://ada.example.com", retention_days=7)
    office.clock.advance(hours=1)
    after = await office.customers.update(
        AN_ADMIN, before.id, webhook_secret=None, name="Ada Lovelace", retention_days=None
    )
    changed = {name for name in Customer.__dataclass_fields__ if getattr(before, name) != getattr(after, name)}
    assert changed == {"name", "retention_days", "updated_at"}
    assert (after.name, after.retention_days, after.updated_at) == ("Ada Lovelace", None, NOON + HOUR)
    assert await office.customers.get(before.id) == after


async def test_a_new_secret_replaces_the_old_one(office: Office) -> None:
    customer = await office.create()
    given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    after = await office.customers.update(AN_ADMIN, customer.id, webhook_secret=given)
    assert office.customers.webhook_secret(after) == given
    assert office.customers.api_key(after) == office.customers.api_key(customer)


async def test_a_new_address_enables_a_disabled_endpoint_and_sends_what_rested(office: Office) -> None:
    customer = await office.create(webhook_url="https://old.example.com")
    waiting = await office.add_delivery(customer)
    await office.disable(customer)
    after = await office.customers.update(
        AN_ADMIN, customer.id, webhook_secret=None, webhook_url="https://new.example.com"
    )
    assert (after.webhook_disabled_reason, after.webhook_failing_since) == (None, None)
    assert await office.state_of(waiting) is DeliveryState.PENDING
    assert office.woken == 1


async def test_the_same_address_saved_again_does_not_enable(office: Office) -> None:
    customer = await office.create(webhook_url="https://old.example.com")
    waiting = await office.add_delivery(customer)
    await office.disable(customer)
    after = await office.customers.update(
        AN_ADMIN, customer.id, webhook_secret=None, webhook_url="https://old.example.com"
    )
    assert after.webhook_disabled_reason == "410"
    assert await office.state_of(waiting) is DeliveryState.DISABLED


async def test_without_an_address_what_waits_rests(office: Office) -> None:
    customer = await office.create(webhook_url="https://old.example.com")
    waiting = await office.add_delivery(customer)
    await office.customers.update(AN_ADMIN, customer.id, webhook_secret=None, webhook_url=None)
    assert await office.state_of(waiting) is DeliveryState.DISABLED


async def test_enabling_sends_what_rested(office: Office) -> None:
    customer, other = await office.create(webhook_url="https://a.example.com"), await office.create()
    waiting, failed = await office.add_delivery(customer), await office.add_delivery(customer, DeliveryState.FAILED)
    of_another = await office.add_delivery(other, DeliveryState.DISABLED)
    await office.disable(customer)
    after = await office.customers.enable_webhook(AN_ADMIN, customer.id)
    assert (after.webhook_disabled_reason, after.webhook_failing_since) == (None, None)
    assert await office.state_of(waiting) is DeliveryState.PENDING
    assert await office.state_of(failed) is DeliveryState.FAILED
    assert await office.state_of(of_another) is DeliveryState.DISABLED
    assert office.woken == 1


async def test_enabling_without_an_address_sends_nothing(office: Office) -> None:
    customer = await office.create(webhook_url=None)
    waiting = await office.add_delivery(customer, DeliveryState.DISABLED)
    await office.customers.enable_webhook(AN_ADMIN, customer.id)
    assert await office.state_of(waiting) is DeliveryState.DISABLED


async def test_a_deleted_customer_is_gone_and_its_webhooks_rest(office: Office) -> None:
    customer = await office.create(webhook_url="https://a.example.com")
    waiting = await office.add_delivery(customer)
    await office.customers.delete(AN_ADMIN, customer.id)
    assert await office.state_of(waiting) is DeliveryState.DISABLED
    assert await office.customers.page(None, None) == []
    tombstone = await office.database.read(lambda tx: customers.get(tx, customer.id, with_deleted=True))
    assert tombstone is not None
    assert tombstone.delivery_obstacle == "the customer was deleted"


async def test_of_a_deleted_customer_no_address_of_a_webhook_is_kept(office: Office) -> None:
    gone, other = await office.create(), await office.create()
    tried = []
    for customer in (gone, other):
        delivery = await office.add_delivery(customer)
        url = office.keys.seal_url("https://a.example.com/?key=1", attempt_address_cell(delivery, 1))
        attempt = DeliveryAttempt(1, NOON, 200, 5, None, "", url)
        found = await office.database.read(lambda tx, one=delivery: deliveries.get(tx, one))
        assert found is not None
        sent = replace(found, url=office.keys.seal_url("https://a.example.com/?key=1", address_cell(delivery)))
        await office.database.write(lambda tx, one=sent, made=attempt: deliveries.record_attempt(tx, one, made))
        tried.append(delivery)
    await office.customers.delete(AN_ADMIN, gone.id)
    for query in (
        "SELECT delivery_id FROM attempt_address",
        "SELECT id FROM delivery WHERE url IS NOT NULL OR sealed_url IS NOT NULL",
    ):
        assert await office.database.read(lambda tx, one=query: tx.execute(one).fetchall()) == [(tried[1],)]


UNKNOWN: dict[str, Callable[[Customers, int], Awaitable[Any]]] = {
    "get": lambda found, number: found.get(number),
    "update": lambda found, number: found.update(AN_ADMIN, number, webhook_secret=None, name="Eve"),
    "enable": lambda found, number: found.enable_webhook(AN_ADMIN, number),
    "rotate key": lambda found, number: found.rotate_key(AN_ADMIN, number, HOUR),
    "rotate secret": lambda found, number: found.rotate_webhook_secret(AN_ADMIN, number, HOUR),
    "delete": lambda found, number: found.delete(AN_ADMIN, number),
}


@pytest.mark.parametrize("act", UNKNOWN.values(), ids=UNKNOWN)
async def test_nothing_can_be_done_to_a_customer_that_is_not_there(
    office: Office, act: Callable[[Customers, int], Awaitable[Any]]
) -> None:
    deleted = await office.create()
    await office.customers.delete(AN_ADMIN, deleted.id)
    for number in (deleted.id, 999):
        with pytest.raises(NotFound):
            await act(office.customers, number)


@pytest.mark.parametrize("grace", [timedelta(0), HOUR])
async def test_a_rotated_key_replaces_the_old_one_after_its_grace_time(office: Office, grace: timedelta) -> None:
    before = await office.create()
    after = await office.customers.rotate_key(AN_ADMIN, before.id, grace)
    assert office.customers.api_key(after) != office.customers.api_key(before)
    assert after.accepts_api_key_hash(after.api_key_hash, NOON)
    assert after.accepts_api_key_hash(before.api_key_hash, NOON) is bool(grace)
    assert not after.accepts_api_key_hash(before.api_key_hash, NOON + grace)


@pytest.mark.parametrize("grace", [timedelta(0), HOUR])
async def test_webhooks_are_signed_with_the_old_secret_too_for_the_grace_time(office: Office, grace: timedelta) -> None:
    before = await office.create()
    after = await office.customers.rotate_webhook_secret(AN_ADMIN, before.id, grace)
    new, *old = [office.keys.unseal_secret(secret) for secret in after.webhook_secrets(NOON)]
    assert new == office.customers.webhook_secret(after) != office.customers.webhook_secret(before)
    assert old == ([office.customers.webhook_secret(before)] if grace else [])
    assert len(after.webhook_secrets(NOON + grace)) == 1


ROTATIONS: dict[str, Callable[[Customers, int, timedelta], Awaitable[Customer]]] = {
    "API key": lambda found, number, grace: found.rotate_key(AN_ADMIN, number, grace),
    "webhook secret": lambda found, number, grace: found.rotate_webhook_secret(AN_ADMIN, number, grace),
}


@pytest.mark.parametrize("what", ROTATIONS)
async def test_a_second_rotation_does_not_end_the_grace_that_the_first_has_promised(office: Office, what: str) -> None:
    """Asked for twice, as after an answer that was lost: the telephone system had neither of the two keys then."""
    rotate = ROTATIONS[what]
    before = await office.create()
    once = await rotate(office.customers, before.id, HOUR)

    with pytest.raises(Conflict, match=f"the {what} before the present one works until 2026-11-24T13:00:00Z"):
        await rotate(office.customers, before.id, HOUR)
    assert await office.customers.get(before.id) == once

    after = await rotate(office.customers, before.id, timedelta(0))
    assert after.accepts_api_key_hash(before.api_key_hash, NOON) is (what != "API key")
    assert len(after.webhook_secrets(NOON)) == 1


@pytest.mark.parametrize("what", ROTATIONS)
async def test_once_the_grace_is_over_another_rotation_has_one(office: Office, what: str) -> None:
    rotate = ROTATIONS[what]
    before = await office.create()
    await rotate(office.customers, before.id, HOUR)
    office.clock.advance(hours=1)
    again = await rotate(office.customers, before.id, HOUR)
    assert NOON + 2 * HOUR in (again.previous_api_key_until, again.previous_webhook_secret_until)
