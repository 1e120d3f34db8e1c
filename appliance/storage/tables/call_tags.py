"""The tags of calls, in the calls' table: one on each line of a text; what damages it makes a strange tag at most."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.tags import TagCount
from appliance.storage.database import Connection

MOST_KNOWN = 1000
# For the tag itself as a parameter; in capitals or not.
HAS_TAG = "list_contains(string_split(lower(tags), chr(10)), lower(?))"


def to_column(tags: Sequence[str]) -> str | None:
    """What is stored; nothing where there is none."""
    return "\n".join(tags) or None


def from_column(text: str | None) -> tuple[str, ...]:
    """The tags again."""
    return tuple(text.split("\n")) if text else ()


def put(tx: Connection, call_id: str, tags: Sequence[str]) -> None:
    """In the place of those that a call had."""
    tx.execute("UPDATE call SET tags = ? WHERE call_id = ?", [to_column(tags), call_id])


def known(tx: Connection, only: frozenset[int] | None) -> list[TagCount]:
    """Those that calls have (of these customers only where `only` says so), the most frequent first."""
    theirs = "" if only is None else "AND list_contains(?::INTEGER[], customer_id)"
    query = f"""
        SELECT tag, count(*) FROM (
            SELECT unnest(string_split(tags, chr(10))) AS tag FROM call WHERE tags IS NOT NULL {theirs})
        GROUP BY tag ORDER BY count(*) DESC, tag LIMIT {MOST_KNOWN}"""  # noqa: S608
    return [TagCount(*row) for row in tx.execute(query, [] if only is None else [sorted(only)]).fetchall()]
