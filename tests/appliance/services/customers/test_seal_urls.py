"""Addresses that an earlier version kept in clear are sealed once, and nobody notices."""

from __future__ import annotations

import pytest

from appliance.services.customers.seal_urls import seal_urls
from appliance.storage.database import Connection, Database
from appliance.storage.tables import customers, deliveries, plain_urls
from appliance.storage.tables.deliveries import DeliveryFilter
from tests.appliance.builders import KEYS, a_customer, a_delivery

URLS = ["https://crm.example.com/a?token=1", "https://crm.example.com/b", "http://wall.lan/"]


async def keep_in_clear(database: Database) -> None:
    """Customers with each of these, one of them twice, one with none, and a delivery to each."""

    def store(tx: Connection) -> None:
        for url in (*URLS, URLS[0], None):
            customer = customers.insert(tx, a_customer(webhook_url=None))
            deliveries.insert(tx, a_delivery(customer_id=customer.id))
            tx.execute("UPDATE customer SET webhook_url = ? WHERE id = ?", [url, customer.id])
            tx.execute("UPDATE delivery SET url = ? WHERE customer_id = ?", [url, customer.id])

    await database.write(store)


async def test_each_is_sealed_and_shown_masked(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await keep_in_clear(database)
    await seal_urls(database, KEYS)

    def look(tx: Connection) -> list[list[str | None]]:
        found = [[customer.webhook_url for customer in customers.page(tx)]]
        found.append(
            [delivery.url for _, delivery in deliveries.page(tx, DeliveryFilter(), before_seq=None, limit=9)][::-1]
        )
        assert {url.masked for urls in found for url in urls if url} == {
            "https://crm.example.com/****",
            "http://wall.lan/****",
        }
        return [[None if url is None else KEYS.unseal_url(url) for url in urls] for urls in found]

    assert await database.read(look) == [[*URLS, URLS[0], None]] * 2
    assert "6 webhook addresses that were kept in clear are sealed" in caplog.text
    assert not await database.read(plain_urls.are_there)


async def test_where_none_is_in_clear_nothing_is_written(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await keep_in_clear(database)
    await seal_urls(database, KEYS)
    before = await database.read(customers.page)
    caplog.clear()
    await seal_urls(database, KEYS)
    assert await database.read(customers.page) == before
    assert caplog.text == ""
