"""Single facts of the appliance, such as the epoch of the queue that its `queued` calls lie in."""

from __future__ import annotations

from pathlib import Path

from appliance.storage.attached_database import attached
from appliance.storage.database import Connection, first_row
from appliance.storage.file_format.encryption import DatabaseKey

QUEUE_EPOCH = "queue_epoch"
# The last moment (ISO) at which a commit was tried and done, some seconds ago while an api runs.
LAST_WRITE_PROBE = "last_write_probe"
# Since when (ISO) calls could be accepted without a pause that was longer than a restart.
LISTENING_SINCE = "listening_since"
# The first day (ISO) that statistics do not read from daily rows.
STATISTICS_ROLLED_UNTIL = "statistics_rolled_until"
# Up to which delivery (`seq`) every sealed value is sealed for its own place; `all` once there is none left.
SEALS_BOUND_UNTIL = "seals_bound_until"
# The number of the last line of the audit that a SIEM has.
AUDIT_EXPORTED_UNTIL = "audit_exported_until"
# What was erased before this moment (ISO) has left no trace in the database's file: it was written anew since.
REWRITTEN_SINCE = "rewritten_since"
# When (ISO) the latest of the erasures was that have left none: ahead of our clock, where that was set back since.
REWRITTEN_WITH = "rewritten_with"
# How often that was begun since it was done last, and when (ISO) it was begun last: written before it begins, and
# written back where the appliance is stopped meanwhile.
REWRITINGS_BEGUN = "rewritings_begun"
REWRITING_BEGAN = "rewriting_began"
# Since when (ISO) a program that encrypts the database knows that it is plain.
KNOWN_PLAIN_SINCE = "known_plain_since"
# When (ISO) housekeeping has looked at the clock last, by that; and since when it is doubted (`ClockJumps`), or "".
CLOCK_SEEN = "clock_seen"
CLOCK_DOUBTED_SINCE = "clock_doubted_since"


def get(tx: Connection, name: str) -> str | None:
    """One fact, or None."""
    row = first_row(tx.execute("SELECT value FROM fact WHERE name = ?", [name]))
    return None if row is None else str(row["value"])


def of_other(tx: Connection, other: Path, key: DatabaseKey | None) -> dict[str, str]:
    """All facts that another state of the database holds."""
    with attached(tx, other, key, read_only=True) as database:
        return dict(tx.execute(f"SELECT name, value FROM {database}.fact").fetchall())  # noqa: S608


def put(tx: Connection, name: str, value: str) -> None:
    """Set one fact."""
    if get(tx, name) is None:
        tx.execute("INSERT INTO fact (name, value) VALUES (?, ?)", [name, value])
    else:
        tx.execute("UPDATE fact SET value = ? WHERE name = ?", [value, name])
