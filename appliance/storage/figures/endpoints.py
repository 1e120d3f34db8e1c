"""How the customers' webhook endpoints fare. With a million deliveries a reading takes some 50 ms of processor time.

It reads the attempts of the last day, which lie together at the end of their table. `last_successes` alone reads them
all, which takes 0.4 s: who asks again hands in what is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from appliance.domain.delivery import Delivery, WebhookEvent
from appliance.domain.endpoint import EndpointFigures, FailedAttempt
from appliance.storage.database import Connection, rows
from appliance.storage.tables import deliveries

_ATTEMPTS = "delivery_attempt AS attempt JOIN delivery ON delivery.id = attempt.delivery_id"
_TAKEN = "(attempt.status BETWEEN 200 AND 299)"


def last_successes(tx: Connection) -> dict[int, datetime]:
    """When each customer's endpoint took a webhook last, by the customer's id; tests aside."""
    query = f"""
        SELECT customer_id, max(attempt."at") FROM {_ATTEMPTS} WHERE {_TAKEN} AND delivery.event <> ?
        GROUP BY customer_id"""  # noqa: S608
    return dict(tx.execute(query, [WebhookEvent.TEST.value]).fetchall())


def read(tx: Connection, yesterday: datetime, known: Mapping[int, datetime]) -> list[EndpointFigures]:
    """All customers' by their ids; `known`: their last successes as of some moment since `yesterday`."""
    answered = "FILTER (attempt.status IS NOT NULL)"
    query = f"""
        SELECT customer_id, count(*) AS attempts, count(*) FILTER ({_TAKEN}) AS succeeded,
               max(attempt."at") FILTER ({_TAKEN}) AS last_success_at,
               arg_max({{'at': attempt."at", 'status': attempt.status, 'error': attempt.error}}, attempt."at")
                   FILTER (attempt.status IS NULL OR NOT {_TAKEN}) AS last_failure,
               quantile_disc(latency_ms, 0.5) {answered} AS latency_p50_ms,
               quantile_disc(latency_ms, 0.95) {answered} AS latency_p95_ms
        FROM {_ATTEMPTS} WHERE attempt."at" >= ? AND delivery.event <> ? GROUP BY customer_id"""  # noqa: S608
    of_the_day = {row.pop("customer_id"): row for row in rows(tx.execute(query, [yesterday, WebhookEvent.TEST.value]))}
    tests = _last_tests(tx)
    there = tx.execute("SELECT id, webhook_failing_since FROM customer WHERE deleted_at IS NULL ORDER BY id").fetchall()
    found = []
    for customer_id, failing_since in there:
        day = of_the_day.get(customer_id, {})
        successes = [at for at in (day.pop("last_success_at", None), known.get(customer_id)) if at is not None]
        failure = day.pop("last_failure", None)
        figures = {"failing_since": failing_since, "last_success_at": max(successes, default=None), **day}
        figures["last_failure"] = None if failure is None else FailedAttempt(**failure)
        found.append(EndpointFigures(customer_id, last_test=tests.get(customer_id), **figures))
    return found


def _last_tests(tx: Connection) -> dict[int, Delivery]:
    # The name of this event follows those of all others in the alphabet: as a range, whole blocks are passed over.
    query = "SELECT arg_max(id, seq) FROM delivery WHERE event >= ? GROUP BY customer_id"
    ids = [delivery_id for (delivery_id,) in tx.execute(query, [WebhookEvent.TEST.value]).fetchall()]
    return {one.customer_id: one for one in deliveries.without_bodies(tx, ids)} if ids else {}
