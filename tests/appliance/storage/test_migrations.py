"""Databases of every schema that was released open with the program of today, and hold what they held."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryState
from appliance.services.upkeep.bound_seals import bind_seals
from appliance.storage.audit_chain import verify
from appliance.storage.database import Connection, marks, opened_database, rows
from appliance.storage.figures.time_classes import CLASS_OF_TIME
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.migrations import all_migrations
from appliance.storage.tables import calls, customers, deliveries, results, silences, stored_recordings, tokens, usage
from tests.appliance.audited import lines
from tests.appliance.builders import KEYS

MEAN = "seconds / calls AS time_to_result_seconds"
SCHEMAS = sorted((Path(__file__).parents[2] / "data" / "schemas").glob("*.duckdb.gz"))


def test_there_is_a_database_of_every_schema() -> None:
    assert [int(path.name[:4]) for path in SCHEMAS] == [step.number for step in all_migrations()]


@pytest.mark.parametrize("packed", SCHEMAS, ids=lambda path: path.name[:4])
@pytest.mark.slow
def test_an_old_database_opens_and_holds_what_it_held(packed: Path, tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    path.write_bytes(gzip.decompress(packed.read_bytes()))

    def look(tx: Connection) -> None:
        (customer,) = customers.page(tx)
        assert (customer.id, customer.name) == (1, "Ada")
        assert customer.vocabulary == (() if packed.name < "0009" else ("Kowalczyk", "Velodyne"))
        assert customer.sentiment_of == (None if packed.name < "0010" else "none")
        assert customer.send_empty == (packed.name >= "0016")
        own = (customer.country, customer.own_numbers)
        assert own == ((None, ()) if packed.name < "0015" else ("DE", ("+4930123*", "20..49")))
        limits = (customer.max_storage_gb, customer.max_audio_hours_per_day)
        assert limits == ((None, None) if packed.name < "0012" else (40, 24))
        analysed = usage.of_customer(tx, 1, datetime(2026, 1, 1, tzinfo=UTC)).analysed
        assert [seconds for _, seconds in analysed] == ([] if packed.name < "0012" else [2.5])
        assert customer.webhook_url is not None
        assert customer.webhook_url.masked == "https://ada.example.com/****"
        assert KEYS.unseal_url(customer.webhook_url) == "https://ada.example.com/hook"
        done, waiting = calls.get(tx, "call-0"), calls.get(tx, "call-1")
        assert done is not None
        assert waiting is not None
        assert not done.empty
        assert (done.state, waiting.state) == (CallState.COMPLETED, CallState.RECEIVED)
        assert (done.alone, waiting.alone) == (False, packed.name >= "0006")
        assert (done.vocabulary, waiting.vocabulary) == ((), () if packed.name < "0009" else ("Zephyra",))
        assert (waiting.linked_id, waiting.agent, waiting.queue, waiting.disposition) == (
            (None, None, None, None) if packed.name < "0015" else ("pbx-0", "Ada", "support", "answered")
        )
        assert waiting.announcement_seconds == (0.0 if packed.name < "0017" else 4.0)
        assert waiting.tags == (() if packed.name < "0019" else ("to be called back", "Zephyra"))
        assert calls.by_external_id(tx, 1, "pbx-1") == waiting
        assert dict(results.bodies(tx, [("call-0", 1)])) == {"call-0": '{"transcription": "Hello."}'}
        query = "SELECT keywords, caller_talk_seconds, called_talk_seconds, silence_seconds FROM result"
        counted = (None, None, None, None) if packed.name < "0018" else ("boiler, invoice", 1.5, 0.5, 0.25)
        assert tx.execute(query).fetchall() == [counted]
        assert stored_recordings.files(tx) == {"2026-11-24/0", "2026-11-24/1"}
        delivery = deliveries.get(tx, "delivery-0")
        assert delivery is not None
        assert (delivery.state, delivery.webhook_id) == (DeliveryState.DELIVERED, "msg_0")
        assert delivery.url is not None
        assert KEYS.unseal_url(delivery.url) == "https://ada.example.com/hook"
        assert [attempt.status for attempt in delivery.attempts] == [200]
        went_to = [attempt.url and KEYS.unseal_url(attempt.url) for attempt in delivery.attempts]
        assert went_to == [None if packed.name < "0020" else "https://ada.example.com/former"]
        assert [(token.name, token.customers) for token in tokens.listing(tx)] == [("first boot", None)]
        told = [(line.actor.name, line.action, line.subject.id, line.after) for line in lines(tx)]
        assert told == ([] if packed.name < "0003" else [("first boot", "customer.created", "1", {"name": "Ada"})])
        assert verify(tx).broken is None
        assert [one.usual_gap_seconds for one in silences.all_silences(tx).values()] == (
            [] if packed.name < "0005" else [7200.0]
        )

    with opened_database(path) as database:
        # Addresses were kept in clear until 0004, and sealed for no place until 0011.
        bind_seals(database, DataFolder(tmp_path), KEYS)
        database.write_blocking(look)
    with opened_database(path) as database:  # and again: what was migrated stays migrated
        database.write_blocking(look)


def test_times_that_were_kept_one_by_one_are_counted_by_class(tmp_path: Path) -> None:
    path = tmp_path / "vbot.duckdb"
    path.write_bytes(gzip.decompress(next(one for one in SCHEMAS if one.name.startswith("0007")).read_bytes()))
    chance = random.Random(8)
    days = [[chance.lognormvariate(3, 1.5) for _ in range(50)], []]
    with duckdb.connect(str(path)) as connection:
        for number, times in enumerate(days):
            row = ["2024-03-01", number, *[0] * 5, *[0] * 8, times]
            connection.execute(f"INSERT INTO daily_figures VALUES ({marks(row)})", row)

    with opened_database(path) as database:
        kept = database.write_blocking(lambda tx: list(rows(tx.execute("SELECT * FROM daily_figures ORDER BY ALL"))))
        counted = database.write_blocking(
            lambda tx: list(
                rows(tx.execute(f"SELECT *, {CLASS_OF_TIME} AS now FROM (SELECT *, {MEAN} FROM daily_times)"))
            )
        )

    exact = sorted(days[0])
    assert [row["time_to_result_p50_seconds"] for row in kept] == [pytest.approx(exact[24]), None]
    assert [row["time_to_result_p95_seconds"] for row in kept] == [pytest.approx(exact[47]), None]
    assert {row["customer_id"] for row in counted} == {0}
    assert sum(row["calls"] for row in counted) == 50
    assert sum(row["seconds"] for row in counted) == pytest.approx(sum(exact))
    assert all(row["class"] == row["now"] for row in counted)  # as those that are counted from now on
