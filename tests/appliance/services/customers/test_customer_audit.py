"""What the audit tells of customers: the fields that changed, and of secrets as much as one recognises them by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.errors import NotFound
from appliance.services.customers.customers import Customers
from appliance.storage.database import Database
from appliance.storage.folder.keys import Keys
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, FakeClock

ADA: dict[str, Any] = {"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://user:password@crm.example.com:8443/secret-path?token=secret-query"
MASKED_URL = "https://crm.example.com:8443/****"


class Office:
    """The use cases, and what they wrote down last."""

    def __init__(self, database: Database, keys: Keys, clock: FakeClock) -> None:
        self.database, self.keys = database, keys
        self.clock = clock
        self.customers = Customers(database, keys, clock, lambda: None)

    async def create(self, **fields: Any) -> tuple[int, str]:
        """A customer's id and key."""
        customer = await self.customers.create(AN_ADMIN, webhook_secret=SECRET, **{**ADA, **fields})
        return customer.id, self.keys.unseal_secret(customer.api_key)

    async def last(self) -> AuditLine:
        return (await written(self.database))[-1]

    async def key(self, customer_id: int) -> str:
        return self.keys.unseal_secret((await self.customers.get(customer_id)).api_key)


@pytest.fixture
def office(database: Database, keys: Keys, clock: FakeClock) -> Office:
    return Office(database, keys, clock)


async def test_a_new_customer_is_told_with_what_was_set(office: Office) -> None:
    number, key = await office.create(webhook_url=URL, retention_days=7)
    line = await office.last()
    assert (line.actor, line.action, line.subject) == (
        AN_ADMIN,
        Action.CUSTOMER_CREATED,
        Subject(SubjectKind.CUSTOMER, str(number)),
    )
    assert line.at == office.clock.now
    assert line.before == {}
    assert line.after == {
        **ADA,
        "is_active": True,
        "send_empty": False,
        "retention_days": 7,
        "webhook_url": MASKED_URL,
        "api_key": f"****{key[-4:]}",
        "webhook_secret": "****LaSw",
    }


async def test_a_vocabulary_is_told_as_it_was_and_as_it_is(office: Office) -> None:
    number, _ = await office.create(vocabulary=("Kowalczyk", "Velodyne"))
    assert (await office.last()).after["vocabulary"] == "Kowalczyk, Velodyne"
    await office.customers.update(AN_ADMIN, number, webhook_secret=None, vocabulary=())
    line = await office.last()
    assert (line.before, line.after) == ({"vocabulary": "Kowalczyk, Velodyne"}, {"vocabulary": None})


async def test_of_a_change_the_changed_fields_are_told_as_they_were_and_as_they_are(office: Office) -> None:
    number, _ = await office.create()
    await office.customers.update(
        AN_ADMIN, number, webhook_secret=None, name="Grace", email=ADA["email"], text_retention_days=90
    )
    line = await office.last()
    assert (line.action, line.before, line.after) == (
        Action.CUSTOMER_UPDATED,
        {"name": "Ada", "text_retention_days": None},
        {"name": "Grace", "text_retention_days": 90},
    )


async def test_a_secret_part_of_an_address_that_changed_is_told_without_it(office: Office) -> None:
    number, _ = await office.create(webhook_url=URL)
    await office.customers.update(AN_ADMIN, number, webhook_secret=None, webhook_url=URL.replace("path", "other"))
    line = await office.last()
    assert (line.before, line.after) == ({"webhook_url": MASKED_URL}, {"webhook_url": MASKED_URL})


async def test_saving_what_was_there_is_no_change(office: Office) -> None:
    number, _ = await office.create(webhook_url=URL)
    await office.customers.update(AN_ADMIN, number, webhook_secret=SECRET, webhook_url=URL, **ADA)
    assert [line.action for line in await written(office.database)] == [Action.CUSTOMER_CREATED]


async def test_a_given_secret_is_told_masked(office: Office) -> None:
    number, _ = await office.create()
    await office.customers.update(AN_ADMIN, number, webhook_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2Labcd0")
    line = await office.last()
    assert (line.before, line.after) == ({"webhook_secret": "****LaSw"}, {"webhook_secret": "****bcd0"})


async def test_a_rotation_tells_both_ends_and_the_grace_time(office: Office) -> None:
    number, old = await office.create()
    await office.customers.rotate_key(AN_ADMIN, number, timedelta(hours=1))
    line = await office.last()
    assert (line.action, line.before, line.after) == (
        Action.KEY_ROTATED,
        {"api_key": f"****{old[-4:]}", "previous_api_key_until": None},
        {"api_key": f"****{(await office.key(number))[-4:]}", "previous_api_key_until": "2026-11-24T13:00:00Z"},
    )
    await office.customers.rotate_webhook_secret(AN_ADMIN, number, timedelta(0))
    line = await office.last()
    assert line.action is Action.WEBHOOK_SECRET_ROTATED
    assert line.before == {"webhook_secret": "****LaSw"}
    assert line.after.keys() == {"webhook_secret"}


async def test_a_new_address_that_enables_the_endpoint_tells_that_too(office: Office) -> None:
    number, _ = await office.create(webhook_url=URL)
    await office.database.write(lambda tx: tx.execute("UPDATE customer SET webhook_disabled_reason = '410'") and None)
    await office.customers.enable_webhook(AN_ADMIN, number)
    line = await office.last()
    assert (line.action, line.before, line.after) == (
        Action.WEBHOOK_ENABLED,
        {"webhook_disabled_reason": "410"},
        {"webhook_disabled_reason": None},
    )


async def test_a_deleted_customer_is_told_with_what_it_was(office: Office) -> None:
    number, key = await office.create(webhook_url=URL)
    await office.customers.delete(AN_ADMIN, number)
    line = await office.last()
    assert (line.action, line.after) == (Action.CUSTOMER_DELETED, {})
    assert line.before == {
        **ADA,
        "is_active": True,
        "send_empty": False,
        "webhook_url": MASKED_URL,
        "api_key": f"****{key[-4:]}",
        "webhook_secret": "****LaSw",
    }


async def test_what_failed_is_not_told(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.customers.rotate_key(AN_ADMIN, 999, timedelta(0))
    assert await written(office.database) == []


async def test_no_line_holds_a_secret(office: Office) -> None:
    number, old = await office.create(webhook_url=URL)
    await office.customers.rotate_key(AN_ADMIN, number, timedelta(hours=1))
    await office.customers.rotate_webhook_secret(AN_ADMIN, number, timedelta(hours=1))
    new = await office.key(number)
    await office.customers.delete(AN_ADMIN, number)
    told = repr(await written(office.database))
    for secret in (old, new, SECRET, "secret-path", "secret-query", "password"):
        assert secret not in told


async def test_each_change_is_its_makers(office: Office) -> None:
    number, _ = await office.create()
    other = Actor(AN_ADMIN.kind, "192.0.2.8", "request-2", 2, "grace", AN_ADMIN.role)
    await office.customers.update(other, number, webhook_secret=None, name="Grace")
    assert [line.actor for line in await written(office.database)] == [AN_ADMIN, other]
