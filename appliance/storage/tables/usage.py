"""What a customer uses of the appliance: room on its disk, and hours of analysis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Usage:
    """`analysed` is when how many seconds of audio were, the oldest first; `in_hand` bytes of calls not yet final."""

    stored_bytes: int
    in_hand: tuple[int, ...]
    analysed: tuple[tuple[datetime, float], ...]


def of_customer(tx: Connection, customer_id: int, since: datetime) -> Usage:
    """What is stored and in hand now, and what was analysed since a moment."""
    theirs = "FROM recording JOIN call USING (call_id) WHERE customer_id = ? AND erased_at IS NULL"
    (stored,) = tx.execute(f"SELECT coalesce(sum(bytes), 0) {theirs}", [customer_id]).fetchone() or (0,)
    # A call that was reprocessed has one file in two revisions that follow each other.
    again = f"""
        SELECT coalesce(sum(again.bytes), 0)
        FROM (SELECT recording.* {theirs} AND recording.revision > 1) AS again JOIN recording AS before
          ON before.call_id = again.call_id AND before.revision = again.revision - 1 AND before.file = again.file
        WHERE before.erased_at IS NULL"""  # noqa: S608
    (twice,) = tx.execute(again, [customer_id]).fetchone() or (0,)
    in_hand = f"SELECT bytes {theirs} AND state NOT IN ('completed', 'failed')"
    query = 'SELECT "at", seconds FROM analysed_audio WHERE customer_id = ? AND "at" > ? ORDER BY "at"'
    return Usage(
        stored_bytes=int(stored - twice),
        in_hand=tuple(size for (size,) in tx.execute(in_hand, [customer_id]).fetchall()),
        analysed=tuple(tx.execute(query, [customer_id, since]).fetchall()),
    )


def add_analysed(tx: Connection, customer_id: int, at: datetime, seconds: float) -> None:
    """Note that so much audio was analysed."""
    tx.execute('INSERT INTO analysed_audio (customer_id, "at", seconds) VALUES (?, ?, ?)', [customer_id, at, seconds])


def forget_analysed(tx: Connection, before: datetime) -> None:
    """What lies so far back counts for nothing any more."""
    tx.execute('DELETE FROM analysed_audio WHERE "at" < ?', [before])
