"""The tags of calls, in the calls' table: one on each line of a text; what damages it makes a strange tag at most."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.tags import TagCount
from appliance.storage.database import Connection

MOST_KNOWN = 1000
# Tags of which this is the same are the same tag: as Python's `casefold` has it, but for ligatures and the Turkish İ.
_FOLDED = "replace(replace(lower(nfc_normalize({})), 'ß', 'ss'), 'ς', 'σ')"
# For the tag itself as a parameter; in capitals or not.
HAS_TAG = f"list_contains(string_split({_FOLDED.format('tags')}, chr(10)), {_FOLDED.format('?')})"
_COUNTED = "SELECT call_id, unnest(string_split(nfc_normalize(tags), chr(10))) AS tag FROM call WHERE tags IS NOT NULL"


def to_column(tags: Sequence[str]) -> str | None:
    """What is stored; nothing where there is none."""
    return "\n".join(tags) or None


def from_column(text: str | None) -> tuple[str, ...]:
    """The tags again."""
    return tuple(text.split("\n")) if text else ()


def put(tx: Connection, call_id: str, tags: Sequence[str]) -> None:
    """In the place of those that a call had."""
    tx.execute("UPDATE call SET tags = ? WHERE call_id = ?", [to_column(tags), call_id])


def as_on_other_calls(tx: Connection, call_id: str, tags: Sequence[str]) -> list[str]:
    """Each as most of the other calls that have it write it; as it came where there are none.

    What the call has already stays as it comes, in whatever spelling: who writes it anew mends it.
    """
    query = f"""
        WITH known AS (SELECT tag, count(*) AS calls FROM ({_COUNTED} AND call_id <> ?) GROUP BY tag)
        SELECT wanted.tag, first(known.tag ORDER BY calls DESC, known.tag DESC)
        FROM (SELECT unnest(?::VARCHAR[]) AS tag) AS wanted
        JOIN known ON {_FOLDED.format("known.tag")} = {_FOLDED.format("wanted.tag")}
        WHERE {_FOLDED.format("wanted.tag")} NOT IN (SELECT {_FOLDED.format("tag")} FROM ({_COUNTED} AND call_id = ?))
        GROUP BY wanted.tag"""  # noqa: S608
    if not tags:
        return []
    written = dict(tx.execute(query, [call_id, list(tags), call_id]).fetchall())
    return [written.get(tag, tag) for tag in tags]


def known(tx: Connection, only: frozenset[int] | None) -> list[TagCount]:
    """Those that calls have (of these customers only where `only` says so), the most frequent first.

    One that is written in several ways, as an earlier version let it be also on one call, is counted as one: written
    as most are, and once for each call.
    """
    theirs = "" if only is None else "AND list_contains(?::INTEGER[], customer_id)"
    query = f"""
        WITH counted AS ({_COUNTED} {theirs}), known AS (SELECT tag, count(*) AS written FROM counted GROUP BY tag)
        SELECT first(tag ORDER BY written DESC, tag DESC) AS shown, count(DISTINCT call_id) AS calls
        FROM counted JOIN known USING (tag)
        GROUP BY {_FOLDED.format("tag")} ORDER BY calls DESC, shown LIMIT {MOST_KNOWN}"""  # noqa: S608
    return [TagCount(*row) for row in tx.execute(query, [] if only is None else [sorted(only)]).fetchall()]
