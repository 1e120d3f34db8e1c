"""How calls ended in a span of time, counted by customer and error."""

from __future__ import annotations

from datetime import datetime

from appliance.domain.failures import Counted, Ended
from appliance.storage.database import Connection, rows

# Calls end about in the order in which they came: blocks of others are passed over unread. Those in which nothing was
# recorded say nothing of how the others fare: they neither failed nor would an hour full of them make failures rare.
_ENDED_SINCE = "state IN ('completed', 'failed') AND NOT coalesce(empty, false) AND finished_at >= $since"
_ENDED = f"{_ENDED_SINCE} AND finished_at < $until"
# What is shown as an example: a worker's word, of whatever length.
_LONGEST_EXAMPLE = 300


def counted(tx: Connection, since: datetime, until: datetime, started_at: datetime) -> list[Counted]:
    """The calls that ended in this time, each as it is now; `started_at`: when the api did. A deleted customer's name
    is its last one."""
    query = f"""
        SELECT ended.*, customer.name AS customer_name
        FROM (SELECT customer_id, state = 'failed' AS failed, error_code, count(*) AS calls,
                     count(*) FILTER (finished_at >= $started_at) AS since_start,
                     left(max_by(error_message, finished_at), {_LONGEST_EXAMPLE}) AS example
              FROM call WHERE {_ENDED} GROUP BY 1, 2, 3) AS ended
        LEFT JOIN customer ON customer.id = ended.customer_id"""  # noqa: S608
    found = tx.execute(query, {"since": since, "until": until, "started_at": started_at})
    return [Counted(**row) for row in rows(found)]


def ended_by_customer(tx: Connection, since: datetime, until: datetime) -> dict[int, Ended]:
    """How many calls ended in this time and how many of them failed, by customer."""
    query = f"""
        SELECT customer_id, count(*) AS finished, count(*) FILTER (state = 'failed') AS failed
        FROM call WHERE {_ENDED} GROUP BY 1"""  # noqa: S608
    found = tx.execute(query, {"since": since, "until": until})
    return {row["customer_id"]: Ended(row["finished"], row["failed"]) for row in rows(found)}


def damaged_recordings(tx: Connection, since: datetime, limit: int) -> dict[str, datetime]:
    """The last calls that failed since then because their recordings are damaged on the disk, and when each did."""
    query = (
        f"SELECT call_id, finished_at FROM call WHERE {_ENDED_SINCE} AND error_code = 'recording_damaged' "  # noqa: S608
        "ORDER BY finished_at DESC LIMIT $limit"
    )
    return {row["call_id"]: row["finished_at"] for row in rows(tx.execute(query, {"since": since, "limit": limit}))}
