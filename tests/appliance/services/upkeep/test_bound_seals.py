"""What earlier versions sealed for no place, or kept in clear, is sealed for its own: once, and nobody notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from appliance.domain.customer import customer_cell
from appliance.errors import ConfigurationError
from appliance.services.upkeep import bound_seals as module
from appliance.services.upkeep.bound_seals import bind_seals
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from appliance.storage.tables import customers, deliveries, facts
from appliance.storage.tables.delivery_filter import DeliveryFilter
from tests.appliance.builders import KEYS, NOON, a_customer, a_delivery, sealed_for_no_place

RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
URLS = ["https://crm.example.com/a?token=1", "https://crm.example.com/b", "http://wall.lan/"]


class Old:
    """A database that a version before has written, as the migration leaves it."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self.database = database
        self.folder = folder
        folder.recovery_key.write_bytes(sealed_for_no_place(RECOVERY_KEY, KEYS))
        database.write_blocking(self._store)

    def _store(self, tx: Connection) -> None:
        """Customers and deliveries with each address, sealed or in clear, and with none."""
        for number, url in enumerate((*URLS, URLS[0], None)):
            customer = customers.insert(
                tx,
                a_customer(
                    webhook_url=None,
                    sealed_api_key=sealed_for_no_place(f"vbk_{number}", KEYS),
                    sealed_webhook_secret=sealed_for_no_place(f"new {number}", KEYS),
                    sealed_previous_webhook_secret=sealed_for_no_place(f"old {number}", KEYS),
                    previous_webhook_secret_until=NOON + timedelta(days=1),
                ),
            )
            deliveries.insert(tx, a_delivery(customer_id=customer.id))
            shown, sealed = (url, None) if number % 2 else ("masked", url and sealed_for_no_place(url, KEYS))
            shown = url and shown
            tx.execute(
                "UPDATE customer SET webhook_url = ?, sealed_webhook_url = ? WHERE id = ?", [shown, sealed, customer.id]
            )
            tx.execute(
                "UPDATE delivery SET url = ?, sealed_url = ? WHERE customer_id = ?", [shown, sealed, customer.id]
            )

    def bind(self) -> None:
        bind_seals(self.database, self.folder, KEYS)

    def secrets(self) -> list[list[str]]:
        def look(tx: Connection) -> list[list[str]]:
            return [
                [KEYS.unseal_secret(one) for one in (customer.api_key, *customer.webhook_secrets(NOON))]
                for customer in customers.page(tx)
            ]

        return self.database.write_blocking(look)

    def urls(self) -> list[list[str | None]]:
        def look(tx: Connection) -> list[list[str | None]]:
            kept = [customer.webhook_url for customer in customers.page(tx)]
            page = deliveries.page(tx, DeliveryFilter(), before_seq=None, limit=9)[::-1]
            return [
                [None if url is None else KEYS.unseal_url(url) for url in urls]
                for urls in (kept, [delivery.url for _, delivery in page])
            ]

        return self.database.write_blocking(look)

    def everything(self) -> list[object]:
        def look(tx: Connection) -> list[object]:
            tables = ("customer", "delivery", "fact")
            return [tx.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in tables]

        return self.database.write_blocking(look)


ALL_SECRETS = [[f"vbk_{number}", f"new {number}", f"old {number}"] for number in range(5)]
ALL_URLS = [[*URLS, URLS[0], None]] * 2


@pytest.fixture
def old(database: Database, folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Old:
    monkeypatch.setattr(module, "DELIVERIES_AT_ONCE", 2)
    return Old(database, folder)


def test_before_nothing_of_it_opens(old: Old) -> None:
    with pytest.raises(ConfigurationError):
        old.secrets()
    with pytest.raises(ConfigurationError):
        old.urls()


def test_each_opens_where_it_is_and_nowhere_else(old: Old) -> None:
    old.bind()
    assert old.secrets() == ALL_SECRETS
    assert old.urls() == ALL_URLS
    assert recovery_key_of(old.folder, KEYS) == RECOVERY_KEY

    def move(tx: Connection) -> None:
        tx.execute(
            "UPDATE customer SET sealed_api_key = (SELECT sealed_api_key FROM customer WHERE id = 2) WHERE id = 1"
        )

    old.database.write_blocking(move)
    with pytest.raises(ConfigurationError):
        old.secrets()


def test_what_is_shown_of_addresses_is_masked(old: Old) -> None:
    old.bind()
    kept = old.database.write_blocking(customers.page)
    assert [customer.webhook_url and customer.webhook_url.masked for customer in kept] == [
        "masked",
        "https://crm.example.com/****",
        "masked",
        "https://crm.example.com/****",
        None,
    ]


def test_once_it_is_done_nothing_is_written_again(old: Old) -> None:
    old.bind()
    before = old.everything(), old.folder.recovery_key.read_bytes()
    old.bind()
    assert (old.everything(), old.folder.recovery_key.read_bytes()) == before


@pytest.mark.parametrize("step", range(5))
def test_one_that_is_cut_off_goes_on_where_it_was(old: Old, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Before the customers, and before each two deliveries."""
    real: Callable[..., str] = module._bind_some
    left = [step]

    def cut_off(tx: Connection, keys: Keys) -> str:
        done = real(tx, keys)
        if not left[0]:
            raise RuntimeError("cut off")  # in the transaction, which is not committed
        left[0] -= 1
        return done

    with monkeypatch.context() as patched:
        patched.setattr(module, "_bind_some", cut_off)
        with pytest.raises(RuntimeError):
            old.bind()
    old.bind()
    assert old.secrets() == ALL_SECRETS
    assert old.urls() == ALL_URLS


def test_what_opens_under_no_form_stays_and_stops_nobody(old: Old, caplog: pytest.LogCaptureFixture) -> None:
    old.database.write_blocking(lambda tx: tx.execute("UPDATE customer SET sealed_api_key = 'x'::BLOB WHERE id = 3"))
    old.bind()
    assert old.urls() == ALL_URLS
    assert "sealed_api_key of customer 3 stays as it is" in caplog.text
    with pytest.raises(ConfigurationError):
        KEYS.unseal(b"x", customer_cell(3, "sealed_api_key"))


def test_a_new_database_is_done_at_once(database: Database, folder: DataFolder) -> None:
    bind_seals(database, folder, KEYS)
    assert database.write_blocking(lambda tx: facts.get(tx, facts.SEALS_BOUND_UNTIL)) == "all"
