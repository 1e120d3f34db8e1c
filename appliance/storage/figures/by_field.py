"""Figures by agent, queue or dialled number: from the calls themselves, for nothing is kept of erased ones."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from appliance.domain.statistics import Bucket, Figures, Row, Statistics, Wanted
from appliance.storage.database import Connection, rows
from appliance.storage.figures.figure_sources import DELIVERY_STATES, EXACT_PERCENTILES

MOST_ROWS = 4_000
_NAMES = [item.name for item in fields(Figures)]
# The outside party's, and by agent nobody's: figures of moods would be figures of who serves them. In an internal call
# both are inside.
_MOOD = {
    "agent": "false",
    "queue": "coalesce(direction, '') <> 'internal'",
    "did": "coalesce(direction, '') <> 'internal'",
}


def read(tx: Connection, wanted: Wanted) -> Statistics:
    """One row for each agent, queue or dialled number (`wanted.field`) of the whole time, the busiest first.

    Of calls without one nothing is counted. Deliveries are those of the calls.
    """
    field = wanted.field
    if field not in _MOOD:
        raise ValueError(field)
    whose, parameters = _whose(wanted)
    moods = ", ".join(
        f"count(*) FILTER (sentiment = '{mood}' AND {_MOOD[field]}) AS {mood}"
        for mood in ("positive", "neutral", "negative")
    )
    states = ", ".join(f"count(*) FILTER (delivery.state = '{name}') AS deliveries_{name}" for name in DELIVERY_STATES)
    shown = ", ".join(f"coalesce(deliveries_{name}, 0) AS deliveries_{name}" for name in DELIVERY_STATES)
    query = f"""
        WITH counted AS (SELECT * FROM call WHERE received_at >= $since AND received_at < $until
                         AND {field} IS NOT NULL {whose}),
             figures AS (
                 SELECT {field} AS value, count(*) AS accepted,
                        count(*) FILTER (state = 'completed' AND NOT coalesce(empty, false)) AS completed,
                        count(*) FILTER (empty) AS empty, count(*) FILTER (state = 'failed') AS failed,
                        coalesce(sum(duration_seconds), 0) AS audio_seconds,
                        coalesce(sum(speech_seconds), 0) AS speech_seconds, {moods}, {EXACT_PERCENTILES}
                 FROM counted GROUP BY GROUPING SETS (({field}), ())),
             sent AS (
                 SELECT counted.{field} AS value, {states} FROM delivery JOIN counted USING (call_id)
                 WHERE event <> 'webhook.test' GROUP BY GROUPING SETS ((counted.{field}), ()))
        SELECT figures.*, {shown}
        FROM figures LEFT JOIN sent ON figures.value IS NOT DISTINCT FROM sent.value
        ORDER BY figures.value IS NOT NULL, accepted DESC, figures.value
        LIMIT {1 + MOST_ROWS}"""  # noqa: S608
    # The sum of all comes first, also of those that have no place.
    totals, *each = rows(tx.execute(query, {"since": wanted.since, "until": wanted.until, **parameters}))
    found = tuple(Row(wanted.since, Bucket.RANGE, wanted.customer_id, _figures(row), row["value"]) for row in each)
    return Statistics(replace(wanted, bucket=Bucket.RANGE), found, _figures(totals))


def _whose(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    clause = ""
    parameters: dict[str, Any] = {}
    if wanted.customer_id is not None:
        clause += " AND customer_id = $customer"
        parameters |= {"customer": wanted.customer_id}
    if wanted.only is not None:
        clause += " AND list_contains($only::INTEGER[], customer_id)"
        parameters |= {"only": list(wanted.only)}
    return clause, parameters


def _figures(row: dict[str, Any]) -> Figures:
    return Figures(**{name: row[name] for name in _NAMES})
