"""The recordings' table: the audio of each revision of a call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from appliance.storage.database import Connection, first_row, marks, rows
from appliance.storage.tables.customers import DAYS_KEPT, NO_LIMIT_DAYS


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """One revision's audio: `file` is relative to the recordings folder."""

    call_id: str
    revision: int
    file: str
    bytes: int
    sha256: str
    received_at: datetime
    erased_at: datetime | None = None


def insert(tx: Connection, recording: StoredRecording) -> None:
    """Note one revision's audio."""
    insert_many(tx, [recording])


def insert_many(tx: Connection, new: Sequence[StoredRecording]) -> None:
    """Note the audio of some revisions in one statement."""
    names = [item.name for item in fields(StoredRecording)]
    row = f"({marks(names)})"
    tx.execute(
        f"INSERT INTO recording ({', '.join(names)}) VALUES {', '.join([row] * len(new))}",  # noqa: S608
        [getattr(recording, name) for recording in new for name in names],
    )


def get(tx: Connection, call_id: str, revision: int) -> StoredRecording | None:
    """One revision's audio, or None."""
    row = first_row(tx.execute("SELECT * FROM recording WHERE call_id = ? AND revision = ?", [call_id, revision]))
    return None if row is None else StoredRecording(**row)


def of_revisions(tx: Connection, revisions: Collection[tuple[str, int]]) -> dict[tuple[str, int], StoredRecording]:
    """The audio of these (call_id, revision) pairs, as far as there is any."""
    ids = [call_id for call_id, _ in revisions]
    query = f"SELECT * FROM recording WHERE call_id IN ({marks(ids)})"  # noqa: S608
    found = [StoredRecording(**row) for row in rows(tx.execute(query, ids))]
    return {key: one for one in found if (key := (one.call_id, one.revision)) in revisions}


def has_sha256(tx: Connection, call_id: str, sha256: str) -> bool:
    """Whether some revision of the call was exactly this audio."""
    return with_sha256(tx, call_id, sha256) is not None


def with_sha256(tx: Connection, call_id: str, sha256: str) -> StoredRecording | None:
    """The latest of a call's revisions that was exactly this audio, or None."""
    query = "SELECT * FROM recording WHERE call_id = ? AND sha256 = ? ORDER BY revision DESC LIMIT 1"
    row = first_row(tx.execute(query, [call_id, sha256]))
    return None if row is None else StoredRecording(**row)


def of_call(tx: Connection, call_id: str) -> list[StoredRecording]:
    """The audio of every revision of a call."""
    query = "SELECT * FROM recording WHERE call_id = ? ORDER BY revision"
    return [StoredRecording(**row) for row in rows(tx.execute(query, [call_id]))]


def expired(
    tx: Connection, at: datetime, default_days: int, limit: int, longest_days: int = NO_LIMIT_DAYS
) -> list[StoredRecording]:
    """Recordings of final calls whose time to be kept, by their customer's setting or the default, is over.

    Of those only that are kept for no longer than `longest_days`. A revision that another one replaced before it was
    analysed has no result: nobody needs its audio.
    """
    days = DAYS_KEPT.format("retention_days")
    query = f"""
        SELECT recording.* FROM recording JOIN call USING (call_id) JOIN customer ON customer.id = call.customer_id
        WHERE recording.erased_at IS NULL AND call.state IN ('completed', 'failed')
          AND call.finished_at <= ?::TIMESTAMPTZ - to_days({days})
          AND {days} <= ?
        UNION
        SELECT replaced.* FROM recording AS replaced JOIN call USING (call_id)
        WHERE replaced.erased_at IS NULL AND call.state IN ('completed', 'failed') AND replaced.revision < call.revision
          AND NOT EXISTS (SELECT 1 FROM delivery
                          WHERE delivery.call_id = replaced.call_id AND delivery.revision = replaced.revision)
          AND NOT EXISTS (SELECT 1 FROM recording AS other  -- what was reprocessed shares its file
                          WHERE other.call_id = replaced.call_id AND other.file = replaced.file
                            AND other.revision <> replaced.revision AND other.erased_at IS NULL)
        LIMIT ?"""  # noqa: S608
    return [
        StoredRecording(**row) for row in rows(tx.execute(query, [at, default_days, default_days, longest_days, limit]))
    ]


def mark_erased(tx: Connection, call_id: str, revision: int, at: datetime) -> None:
    """Note that the audio of a revision is gone."""
    tx.execute("UPDATE recording SET erased_at = ? WHERE call_id = ? AND revision = ?", [at, call_id, revision])


def without_texts(tx: Connection, call_ids: Sequence[str] | None = None) -> list[StoredRecording]:
    """The audio that is kept of calls (these, or all) whose texts are erased."""
    query = "SELECT recording.* FROM recording JOIN call USING (call_id) WHERE texts_erased AND erased_at IS NULL"
    if call_ids is not None:
        query += f" AND call_id IN ({marks(call_ids)})"
    return [StoredRecording(**row) for row in rows(tx.execute(query, list(call_ids or ())))]


def files(tx: Connection) -> set[str]:
    """Every file that some revision of some call needs."""
    return {row["file"] for row in rows(tx.execute("SELECT file FROM recording WHERE erased_at IS NULL"))}


def all_files(tx: Connection) -> set[str]:
    """Every file that is, or was, some revision's of some call."""
    return {row["file"] for row in rows(tx.execute("SELECT file FROM recording"))}


def unfinished_files(tx: Connection) -> set[str]:
    """The audio that is still needed to finish a call."""
    query = """
        SELECT file FROM recording JOIN call ON call.call_id = recording.call_id AND call.revision = recording.revision
        WHERE call.state NOT IN ('completed', 'failed') AND recording.erased_at IS NULL"""
    return {row["file"] for row in rows(tx.execute(query))}


def sizes(tx: Connection) -> dict[str, int]:
    """Every file that some revision of some call needs, and how long its recording is."""
    found = tx.execute("SELECT file, bytes FROM recording WHERE erased_at IS NULL").fetchall()
    return {str(file): int(size) for file, size in found}
