"""What a customer uses of the appliance: room on its disk, and hours of analysis."""

from __future__ import annotations

from collections.abc import Sequence
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
    add_analysed_many(tx, [(customer_id, at, seconds)])


def add_analysed_many(tx: Connection, analysed: Sequence[tuple[int, datetime, float]]) -> None:
    """Note for each: the customer, when, and how many seconds of audio were analysed."""
    if not analysed:
        return
    places = ", ".join(["(?, ?, ?)"] * len(analysed))
    query = f'INSERT INTO analysed_audio (customer_id, "at", seconds) VALUES {places}'  # noqa: S608
    tx.execute(query, [value for one in analysed for value in one])


def forget_analysed(tx: Connection, before: datetime) -> None:
    """What lies so far back counts for nothing any more."""
    tx.execute('DELETE FROM analysed_audio WHERE "at" < ?', [before])
