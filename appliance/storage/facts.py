"""Single facts of the appliance, such as the epoch of the queue that its `queued` calls lie in."""

from __future__ import annotations

from appliance.storage.database import Connection, first_row

QUEUE_EPOCH = "queue_epoch"
# The first day (ISO) that statistics do not read from daily rows.
STATISTICS_ROLLED_UNTIL = "statistics_rolled_until"


def get(tx: Connection, name: str) -> str | None:
    """One fact, or None."""
    row = first_row(tx.execute("SELECT value FROM fact WHERE name = ?", [name]))
    return None if row is None else str(row["value"])


def put(tx: Connection, name: str, value: str) -> None:
    """Set one fact."""
    if get(tx, name) is None:
        tx.execute("INSERT INTO fact VALUES (?, ?)", [name, value])
    else:
        tx.execute("UPDATE fact SET value = ? WHERE name = ?", [value, name])
