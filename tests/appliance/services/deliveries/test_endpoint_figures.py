"""How the endpoints fare: by their attempts, also those of long ago, which are read over once alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from appliance.domain.delivery import Delivery, DeliveryAttempt, DeliveryState, WebhookEvent
from appliance.domain.endpoint import EndpointFigures, FailedAttempt
from appliance.services.calls.shared_answers import SharedAnswers
from appliance.services.deliveries.endpoint_figures import KNOWN_FOR, ReadEndpoints
from appliance.storage.database import Connection, Database
from appliance.storage.figures import endpoints
from appliance.storage.tables import customers, deliveries
from tests.appliance.builders import NOON, FakeClock, a_customer, a_delivery

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def a_customer_of(database: Database, **fields: object) -> int:
    customer = await database.write(lambda tx: customers.insert(tx, a_customer(**fields)))
    return customer.id


async def attempted(
    database: Database,
    customer_id: int,
    at: datetime,
    status: int | None,
    latency_ms: int = 100,
    event: WebhookEvent = WebhookEvent.COMPLETED,
) -> str:
    made = a_delivery(customer_id=customer_id, created_at=at, event=event)
    attempt = DeliveryAttempt(1, at, status, latency_ms, None if status else "connection refused", "")

    def write(tx: Connection) -> None:
        deliveries.insert(tx, made)
        deliveries.record_attempt(tx, _after(made, attempt), attempt)

    await database.write(write)
    return made.id


def _after(made: Delivery, attempt: DeliveryAttempt) -> Delivery:
    state = DeliveryState.DELIVERED if attempt.succeeded else DeliveryState.FAILED
    return replace(made, state=state, attempts_made=1, next_attempt_at=None)


def reader(database: Database, clock: FakeClock) -> ReadEndpoints:
    return ReadEndpoints(SharedAnswers(database, lambda: 0.0), clock)  # what costs nothing is made anew each time


async def test_the_last_day_is_summed_up_and_tests_are_told_apart(database: Database) -> None:
    mine = await a_customer_of(database, webhook_failing_since=NOON - HOUR)
    others = await a_customer_of(database, id=0)
    for number, (status, latency_ms) in enumerate([(200, 10), (204, 20), (200, 30), (500, 900), (None, 30_000)]):
        await attempted(database, mine, NOON - HOUR + number * MINUTE, status, latency_ms)
    await attempted(database, mine, NOON - 2 * DAY, 200, 5_000)
    await attempted(database, mine, NOON - 2 * HOUR, 200, 7, WebhookEvent.TEST)
    newest = await attempted(database, mine, NOON - MINUTE, 404, 7, WebhookEvent.TEST)

    found = await reader(database, FakeClock())()

    assert [one.customer_id for one in found] == [mine, others]
    assert found[1] == EndpointFigures(others)
    (figures,) = await reader(database, FakeClock())(mine)
    assert (figures.attempts, figures.succeeded) == (5, 3)
    assert (figures.latency_p50_ms, figures.latency_p95_ms) == (20, 900), "of those that were answered"
    assert figures.last_success_at == NOON - HOUR + 2 * MINUTE, "a test is none"
    assert figures.failing_since == NOON - HOUR
    assert figures.last_failure == FailedAttempt(NOON - HOUR + 4 * MINUTE, None, "connection refused")
    assert figures.last_test is not None
    assert figures.last_test.id == newest
    assert [one.status for one in figures.last_test.attempts] == [404]


async def test_who_may_see_some_customers_is_told_of_these_alone(database: Database) -> None:
    mine, others = await a_customer_of(database), await a_customer_of(database)
    read = reader(database, FakeClock())
    assert [one.customer_id for one in await read(only=frozenset({others}))] == [others]
    assert await read(mine, frozenset({others})) == []


async def test_of_a_deleted_customer_nothing_is_told(database: Database) -> None:
    mine = await a_customer_of(database)
    await attempted(database, mine, NOON, 200)
    await database.write(lambda tx: customers.mark_deleted(tx, mine, NOON))
    assert await reader(database, FakeClock())() == []


async def test_all_attempts_are_read_over_once_and_none_is_missed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, counted = await a_customer_of(database), []
    read_over = endpoints.last_successes

    def counting(tx: Connection) -> Mapping[int, datetime]:
        counted.append(tx)
        return read_over(tx)

    monkeypatch.setattr(endpoints, "last_successes", counting)
    clock = FakeClock()
    read = reader(database, clock)
    await attempted(database, mine, NOON - 90 * DAY, 200)
    assert [one.last_success_at for one in await read()] == [NOON - 90 * DAY]

    await attempted(database, mine, NOON, 200)
    for _ in range(5):
        clock.advance(hours=11)
        assert [one.last_success_at for one in await read()] == [NOON]
    assert len(counted) == 1

    # Asked after a long time, it must not miss what happened out of sight of the last day.
    await attempted(database, mine, clock() + MINUTE, 200)
    at = clock() + MINUTE
    clock.advance(days=3)
    assert [one.last_success_at for one in await read()] == [at]
    assert len(counted) == 2
    clock.now -= KNOWN_FOR  # the clock was set back
    await read()
    assert len(counted) == 3
