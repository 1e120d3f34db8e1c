"""The customers' table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from appliance.domain.customer import Customer
from appliance.storage.database import Database
from appliance.storage.tables import customers
from tests.appliance.builders import NOON, a_customer, every_field_set


async def stored(database: Database, customer: Customer) -> Customer:
    return await database.write(lambda tx: customers.insert(tx, customer))


async def test_every_field_of_a_customer_comes_back(database: Database) -> None:
    whole = every_field_set(Customer, deleted_at=None)
    inserted = await stored(database, whole)
    assert inserted == replace(whole, id=inserted.id)
    assert await database.read(lambda tx: customers.get(tx, inserted.id)) == inserted


async def test_a_customer_with_nothing_optional_comes_back(database: Database) -> None:
    inserted = await stored(database, a_customer(webhook_url=None))
    assert await database.read(lambda tx: customers.get(tx, inserted.id)) == inserted
    assert inserted.rate_limit_per_minute is None


async def test_every_field_of_a_customer_can_be_changed(database: Database) -> None:
    before = await stored(database, a_customer())
    other = await stored(database, a_customer())
    after = every_field_set(Customer, id=before.id, deleted_at=None)
    await database.write(lambda tx: customers.update(tx, after))
    assert await database.read(lambda tx: customers.get(tx, before.id)) == after
    assert await database.read(lambda tx: customers.get(tx, other.id)) == other


async def test_a_customer_is_found_by_the_hash_of_its_key_alone(database: Database) -> None:
    ada = await stored(database, a_customer(api_key_hash="of ada"))
    await stored(database, a_customer(api_key_hash="of bob"))
    assert await database.read(lambda tx: customers.by_api_key_hash(tx, "of ada")) == ada
    assert await database.read(lambda tx: customers.by_api_key_hash(tx, "of eve")) is None


async def test_a_customer_is_found_by_the_hash_of_the_key_before_the_last_rotation(database: Database) -> None:
    ada = await stored(
        database, a_customer(previous_api_key_hash="old", previous_api_key_until=NOON + timedelta(days=1))
    )
    assert await database.read(lambda tx: customers.by_api_key_hash(tx, "old")) == ada


async def test_a_deleted_customer_is_a_tombstone_without_secrets(database: Database) -> None:
    customer = await stored(
        database,
        a_customer(api_key_hash="gone", previous_api_key_hash="older", sealed_previous_webhook_secret=b"sealed"),
    )
    later = NOON + timedelta(days=1)
    await database.write(lambda tx: customers.mark_deleted(tx, customer.id, later))
    assert await database.read(lambda tx: customers.get(tx, customer.id)) is None
    for key_hash in ("gone", "older", ""):
        assert await database.read(lambda tx, key_hash=key_hash: customers.by_api_key_hash(tx, key_hash)) is None
    tombstone = await database.read(lambda tx: customers.get(tx, customer.id, with_deleted=True))
    assert tombstone is not None
    assert (tombstone.deleted_at, tombstone.is_active) == (later, False)
    assert tombstone.sealed_api_key == tombstone.sealed_webhook_secret == b""
    assert tombstone.sealed_previous_webhook_secret is None


async def test_an_id_is_never_given_again(database: Database) -> None:
    first = await stored(database, a_customer())
    last = await stored(database, a_customer())
    await database.write(lambda tx: customers.mark_deleted(tx, last.id, NOON))
    await database.write(lambda tx: tx.execute("DELETE FROM customer WHERE id = ?", [last.id]))
    database.close()
    reopened = Database.open(database.path)
    try:
        assert (await stored(reopened, a_customer())).id > last.id > first.id
    finally:
        reopened.close()


async def test_all_customers_come_in_the_order_of_their_ids_and_pages_newest_first(database: Database) -> None:
    ids = [(await stored(database, a_customer())).id for _ in range(5)]
    await database.write(lambda tx: customers.mark_deleted(tx, ids[2], NOON))
    left = [ids[0], ids[1], ids[3], ids[4]]
    everyone = await database.read(customers.page)
    assert [customer.id for customer in everyone] == left
    newest = await database.read(lambda tx: customers.page(tx, limit=3))
    assert [customer.id for customer in newest] == [ids[4], ids[3], ids[1]]
    older = await database.read(lambda tx: customers.page(tx, before_id=newest[-1].id, limit=3))
    assert [customer.id for customer in older] == [ids[0]]
