"""When each PBX last sent a call, and those that have fallen silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from appliance.domain.traffic_baseline import Silence
from appliance.storage.database import Connection, marks, rows

# What was erased on demand is still a sign of life: of it the hour is known.
_HEARD = """
    SELECT customer_id, received_at FROM {table} WHERE received_at >= $since"""
_EVER_HEARD = " UNION ALL ".join(_HEARD.format(table=table) for table in ("call", "erased_call"))


def last_calls(tx: Connection, since: datetime) -> dict[int, datetime]:
    """When the last call of each customer was accepted, of those that sent one since then."""
    query = f"SELECT customer_id, max(received_at) AS last FROM ({_EVER_HEARD}) GROUP BY customer_id"  # noqa: S608
    return {row["customer_id"]: row["last"] for row in rows(tx.execute(query, {"since": since}))}


def calls_by_hour(
    tx: Connection, last_calls: Mapping[int, datetime], before: timedelta
) -> dict[int, dict[datetime, int]]:
    """How many calls these customers sent in each hour (its beginning, UTC), so long before their last one at most."""
    query = f"""
        SELECT customer_id, epoch_us(received_at) // 3600000000 AS hour, count(*) AS calls
        FROM ({_EVER_HEARD}) WHERE customer_id IN (SELECT unnest($customers::INTEGER[])) GROUP BY 1, 2"""  # noqa: S608
    found: dict[int, dict[datetime, int]] = defaultdict(dict)
    if last_calls:
        since = min(last_calls.values()) - before
        for row in rows(tx.execute(query, {"since": since, "customers": list(last_calls)})):
            hour = datetime.fromtimestamp(row["hour"] * 3600, UTC)
            if hour >= last_calls[row["customer_id"]] - before:
                found[row["customer_id"]][hour] = row["calls"]
    return found


def all_silences(tx: Connection) -> dict[int, Silence]:
    """Every silence that was noticed and has not ended, by customer."""
    return {row["customer_id"]: Silence(**row) for row in rows(tx.execute("SELECT * FROM silence"))}


def begin(tx: Connection, silence: Silence) -> None:
    """Note a silence."""
    end(tx, silence.customer_id)
    names = [item.name for item in fields(Silence)]
    query = f"INSERT INTO silence ({', '.join(names)}) VALUES ({marks(names)})"  # noqa: S608
    tx.execute(query, [getattr(silence, name) for name in names])


def end(tx: Connection, customer_id: int) -> None:
    """Forget a silence."""
    tx.execute("DELETE FROM silence WHERE customer_id = ?", [customer_id])
