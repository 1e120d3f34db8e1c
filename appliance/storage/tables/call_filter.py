"""To what a list of calls is narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.call import CallState
from appliance.storage.tables.call_tags import HAS_TAG

_TOLD_BY_THE_PBX = ("external_id", "linked_id", "agent", "extension", "queue", "did", "direction", "disposition")


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What a list of calls is narrowed to; None means everything."""

    customer_id: int | None = None
    state: CallState | None = None
    since: datetime | None = None
    until: datetime | None = None
    number: str | None = None
    call_id: str | None = None
    error_code: str | None = None
    finished_since: datetime | None = None
    finished_until: datetime | None = None
    external_id: str | None = None
    linked_id: str | None = None
    agent: str | None = None
    extension: str | None = None
    queue: str | None = None
    did: str | None = None
    direction: str | None = None
    disposition: str | None = None
    sentiment: str | None = None
    tag: str | None = None
    min_seconds: int | None = None
    max_seconds: int | None = None
    # Of what was made of a call: only `call_search` looks at these.
    keyword: str | None = None
    warnings: bool | None = None
    only: frozenset[int] | None = None  # whose calls may be seen at all

    @property
    def asks_of_results(self) -> bool:
        """Whether it can be told from a call's result alone."""
        return self.keyword is not None or self.warnings is not None


def where(wanted: CallFilter, before_seq: int | None) -> tuple[str, list[object]]:
    """The filter as a condition with its parameters, but for what it asks of results."""
    conditions: list[tuple[str, object]] = [
        ("seq < ?", before_seq),
        ("customer_id = ?", wanted.customer_id),
        ("list_contains(?::INTEGER[], customer_id)", None if wanted.only is None else sorted(wanted.only)),
        ("state = ?", wanted.state.value if wanted.state else None),
        ("received_at >= ?", wanted.since),
        ("received_at < ?", wanted.until),
        ("call_id = ?", wanted.call_id),
        ("error_code = ?", wanted.error_code),
        ("finished_at >= ?", wanted.finished_since),
        ("finished_at < ?", wanted.finished_until),
        *((f"{name} = ?", getattr(wanted, name)) for name in _TOLD_BY_THE_PBX),
        (HAS_TAG, wanted.tag),
        ("duration_seconds >= ?", wanted.min_seconds),
        ("duration_seconds <= ?", wanted.max_seconds),
        # Erased texts had a mood, which is kept for the statistics alone.
        ("(sentiment = ? AND NOT texts_erased)", wanted.sentiment),
        ("(contains(caller_number, ?) OR contains(called_number, ?))", wanted.number),
    ]
    clauses = [text for text, value in conditions if value is not None]
    parameters = [value for text, value in conditions if value is not None for _ in range(text.count("?"))]
    return " AND ".join(["true", *clauses]), parameters
