"""The results' table: what was made of each revision of a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from appliance.storage.database import Connection, first_row, marks


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One revision's analysis: `body` is a `messages.call_result.CallResult` as JSON, `words` those of each segment.

    What stands behind `words` is in the body, too: it is what insights are counted from.
    """

    call_id: str
    revision: int
    attempt: int
    stored_at: datetime
    sentiment: str
    speech_seconds: float
    search_text: str
    body: str
    words: str | None = None
    keywords: str | None = None
    caller_talk_seconds: float | None = None
    called_talk_seconds: float | None = None
    silence_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ColumnsOfResult:
    """What of a result stands in columns of its own, beside whose it is."""

    call_id: str
    revision: int
    keywords: str
    caller_talk_seconds: float | None
    called_talk_seconds: float | None
    silence_seconds: float | None


_COLUMNS = [item.name for item in fields(StoredResult)]


def insert(tx: Connection, result: StoredResult) -> None:
    """Store one revision's analysis; a second one for the same revision is refused by the primary key."""
    insert_many(tx, [result])


def insert_many(tx: Connection, new: Sequence[StoredResult]) -> None:
    """Store the analyses of some revisions in one statement."""
    if not new:
        return
    places = ", ".join([f"({marks(_COLUMNS)})"] * len(new))
    query = f"INSERT INTO result ({', '.join(_COLUMNS)}) VALUES {places}"  # noqa: S608
    tx.execute(query, [getattr(result, name) for result in new for name in _COLUMNS])


def any_of_call(tx: Connection, call_id: str) -> bool:
    """Whether some revision of the call was completed, and what came of it is still kept."""
    return tx.execute("SELECT 1 FROM result WHERE call_id = ? LIMIT 1", [call_id]).fetchone() is not None


def bodies(tx: Connection, revisions: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """The analyses (JSON) of these (call_id, revision) pairs, each with its call id: one by one, in any order."""
    wanted = dict(revisions)
    query = f"SELECT call_id, revision, body FROM result WHERE call_id IN ({marks(wanted)})"  # noqa: S608
    tx.execute(query, list(wanted))
    while row := tx.fetchone():
        call_id, revision, body = row
        if wanted[call_id] == revision:
            yield call_id, body


def stored_at(tx: Connection, call_id: str) -> dict[int, datetime]:
    """When each revision's analysis that is kept was stored, by the revision."""
    return dict(tx.execute("SELECT revision, stored_at FROM result WHERE call_id = ?", [call_id]).fetchall())


def of_revision(tx: Connection, call_id: str, revision: int) -> tuple[datetime, str] | None:
    """When a revision's analysis was stored, and that as JSON; None where it is not there."""
    query = "SELECT stored_at, body FROM result WHERE call_id = ? AND revision = ?"
    row = first_row(tx.execute(query, [call_id, revision]))
    return None if row is None else (row["stored_at"], row["body"])


def with_words(tx: Connection, call_id: str, revision: int) -> tuple[str, str] | None:
    """A revision's analysis and its words (both JSON), or None where either is not there."""
    query = "SELECT body, words FROM result WHERE call_id = ? AND revision = ? AND words IS NOT NULL"
    row = first_row(tx.execute(query, [call_id, revision]))
    return None if row is None else (row["body"], row["words"])


def without_columns(tx: Connection, most: int, most_characters: int) -> list[tuple[str, int, str]]:
    """Call, revision and body of results whose columns for insights are still to be filled from their bodies.

    As many as are wanted, or fewer whose bodies have so many characters together: but one, if there is any.
    """
    found: list[tuple[str, int, str]] = []
    characters = 0
    for call_id, revision in tx.execute(
        "SELECT call_id, revision FROM result WHERE keywords IS NULL LIMIT ?", [most]
    ).fetchall():
        if characters >= most_characters:
            break
        # A look-up each: a scan reads the bodies of two thousand results together. By the call alone: only one
        # condition is looked up in the index, with 200,000 results in 0.6 ms instead of 11.
        for one, body in tx.execute("SELECT revision, body FROM result WHERE call_id = ?", [call_id]).fetchall():
            if one == revision:
                found.append((call_id, revision, body))
                characters += len(body)
    return found


def fill_columns(tx: Connection, filled: Sequence[ColumnsOfResult]) -> None:
    """Fill them in, where that is still to be done."""
    # All in one statement: each by its own would read over all results each time.
    columns = [[getattr(one, item.name) for one in filled] for item in fields(ColumnsOfResult)]
    tx.execute(
        "UPDATE result SET keywords = new.keywords, caller_talk_seconds = new.caller, "
        "called_talk_seconds = new.called, silence_seconds = new.silence FROM (SELECT unnest(?::VARCHAR[]) AS call_id, "
        "unnest(?::INTEGER[]) AS revision, unnest(?::VARCHAR[]) AS keywords, unnest(?::DOUBLE[]) AS caller, "
        "unnest(?::DOUBLE[]) AS called, unnest(?::DOUBLE[]) AS silence) AS new WHERE result.call_id = new.call_id "
        "AND result.revision = new.revision AND result.keywords IS NULL",
        columns,
    )
