"""What of calls, deliveries and customers shows how the appliance stands right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.system import CallsToday, Deliveries, DisabledEndpoint, LastHour
from appliance.storage.database import Connection, Row, first_row, rows


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of one moment."""

    calls: CallsToday
    oldest_waiting_since: datetime | None
    last_hour: LastHour
    deliveries: Deliveries


def look(tx: Connection, midnight: datetime, yesterday: datetime, hour_ago: datetime) -> Overview:
    """Count what happened since midnight, in the last hour, and the deliveries made since `yesterday` that failed."""
    waiting, processing, oldest = _unfinished(tx)
    today = _one(
        tx,
        # What was erased counts on, as in the statistics; of it only the hour is known in which it came.
        """WITH erased AS (SELECT state, empty FROM erased_call WHERE received_at >= $midnight)
           SELECT (SELECT count(*) FROM call WHERE received_at >= $midnight)
                  + (SELECT count(*) FROM erased) AS accepted,
                  count(*) FILTER (state = 'completed' AND NOT coalesce(empty, false)) AS completed,
                  count(*) FILTER (empty) AS empty, count(*) FILTER (state = 'failed') AS failed
           FROM (SELECT state, empty FROM call WHERE finished_at >= $midnight
                 UNION ALL SELECT state, empty FROM erased)""",
        midnight=midnight,
    )
    return Overview(
        calls=CallsToday(**today, processing=processing, waiting=waiting),
        oldest_waiting_since=oldest,
        last_hour=_last_hour(tx, hour_ago),
        deliveries=Deliveries(**_deliveries(tx, yesterday), disabled_endpoints=_disabled_endpoints(tx)),
    )


def recordings_bytes(tx: Connection) -> int:
    """How much room the recordings take that were not erased. Reads whole columns: not for every request.

    A call that was analysed again has one file in several revisions.
    """
    row = _one(
        tx,
        """SELECT coalesce(sum(bytes), 0)::BIGINT AS bytes
        FROM (SELECT any_value(bytes) AS bytes FROM recording WHERE erased_at IS NULL GROUP BY file)""",
    )
    return int(row["bytes"])


def _unfinished(tx: Connection) -> tuple[int, int, datetime | None]:
    # A later revision waits since its own recording came. The names of the states that are not final follow those of
    # the others in the alphabet: as a range, whole blocks of final calls are passed over unread.
    row = _one(
        tx,
        """WITH unfinished AS (SELECT call_id, revision, state, received_at FROM call WHERE state > 'failed')
        SELECT count(*) FILTER (state <> 'processing') AS waiting,
               count(*) FILTER (state = 'processing') AS processing,
               min(coalesce(recording.received_at, unfinished.received_at)) FILTER (state <> 'processing') AS oldest
        FROM unfinished LEFT JOIN recording
          ON recording.call_id = unfinished.call_id AND recording.revision = unfinished.revision
         AND recording.revision > 1""",
    )
    return row["waiting"], row["processing"], row["oldest"]


def _last_hour(tx: Connection, hour_ago: datetime) -> LastHour:
    # A call once, however often: one that is analysed again has not ended any more.
    row = _one(
        tx,
        """SELECT (SELECT count(*) FROM (
                      SELECT call_id FROM call WHERE received_at >= $hour_ago
                      UNION SELECT call_id FROM recording WHERE revision > 1 AND received_at >= $hour_ago)) AS came,
                  (SELECT count(*) FROM call WHERE finished_at >= $hour_ago) AS done""",
        hour_ago=hour_ago,
    )
    return LastHour(came=row["came"], done=row["done"])


def _deliveries(tx: Connection, yesterday: datetime) -> dict[str, int]:
    # As above: what still waits has the last names. What one that was deleted did not get nobody waits for.
    return {
        **_one(
            tx,
            """SELECT count(*) FILTER (state = 'pending') AS pending, count(*) FILTER (state = 'retrying') AS retrying
            FROM delivery
            WHERE state > 'failed' AND customer_id NOT IN (SELECT id FROM customer WHERE deleted_at IS NOT NULL)""",
        ),
        **_one(
            tx,
            """SELECT count(*) AS failed_last_24_hours FROM delivery
            WHERE created_at >= $yesterday AND state = 'failed' AND event <> 'webhook.test'
              AND customer_id NOT IN (SELECT id FROM customer WHERE deleted_at IS NOT NULL)""",
            yesterday=yesterday,
        ),
        **_one(
            tx,
            """SELECT count(*) AS resting FROM delivery WHERE state = 'disabled'
            AND customer_id IN (SELECT id FROM customer WHERE webhook_url IS NOT NULL
                                AND webhook_disabled_reason IS NULL AND deleted_at IS NULL)""",
        ),
    }


def _disabled_endpoints(tx: Connection) -> tuple[DisabledEndpoint, ...]:
    query = """
        WITH held AS (SELECT customer_id, count(*) AS waiting FROM delivery
                      WHERE state = 'disabled' AND event <> 'webhook.test' GROUP BY customer_id)
        SELECT id AS customer_id, name AS customer_name, webhook_disabled_reason AS reason,
               webhook_failing_since AS failing_since, coalesce(held.waiting, 0) AS waiting
        FROM customer LEFT JOIN held ON held.customer_id = customer.id
        WHERE webhook_disabled_reason IS NOT NULL AND deleted_at IS NULL ORDER BY id"""
    return tuple(DisabledEndpoint(**row) for row in rows(tx.execute(query)))


def _one(tx: Connection, query: str, **parameters: datetime) -> Row:
    row = first_row(tx.execute(query, parameters or None))
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    return row
