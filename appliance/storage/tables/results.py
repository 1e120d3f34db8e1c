"""The results' table: what was made of each revision of a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.storage.database import Connection, first_row, marks


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One revision's analysis: `body` is a `messages.call_result.CallResult` as JSON, `words` those of each segment."""

    call_id: str
    revision: int
    attempt: int
    stored_at: datetime
    sentiment: str
    speech_seconds: float
    search_text: str
    body: str
    words: str | None = None


def insert(tx: Connection, result: StoredResult) -> None:
    """Store one revision's analysis; a second one for the same revision is refused by the primary key."""
    tx.execute(
        "INSERT INTO result "
        "(call_id, revision, attempt, stored_at, sentiment, speech_seconds, search_text, body, words) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            result.call_id,
            result.revision,
            result.attempt,
            result.stored_at,
            result.sentiment,
            result.speech_seconds,
            result.search_text,
            result.body,
            result.words,
        ],
    )


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


def with_words(tx: Connection, call_id: str, revision: int) -> tuple[str, str] | None:
    """A revision's analysis and its words (both JSON), or None where either is not there."""
    query = "SELECT body, words FROM result WHERE call_id = ? AND revision = ? AND words IS NOT NULL"
    row = first_row(tx.execute(query, [call_id, revision]))
    return None if row is None else (row["body"], row["words"])
