"""To what a list of deliveries is narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.delivery import DeliveryState

NO_ANSWER = 0

_LAST_ANSWER = """EXISTS (
    SELECT 1 FROM delivery_attempt AS last WHERE last.delivery_id = delivery.id
    AND last.number = delivery.attempts_made AND coalesce(last.status, 0) = ?)"""

# By what an administrator has at hand: a number that a caller tells, an id that a customer's server or a PBX has noted.
_SEARCHED = """(delivery.id = ? OR delivery.webhook_id = ? OR delivery.call_id = ? OR delivery.call_id IN (
    SELECT call_id FROM call
    WHERE external_id = ? OR contains(caller_number, ?) OR contains(called_number, ?)))"""


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What a list of deliveries is narrowed to; None means everything."""

    customer_id: int | None = None
    call_id: str | None = None
    state: DeliveryState | None = None
    since: datetime | None = None
    until: datetime | None = None
    # What the last attempt was answered with; NO_ANSWER where none came.
    status: int | None = None
    search: str | None = None  # a part of a number of its call's, or a whole id
    only: frozenset[int] | None = None  # whose deliveries may be seen at all


def where(wanted: DeliveryFilter, before_seq: int | None) -> tuple[str, list[object]]:
    """The filter as a condition with its parameters."""
    conditions: list[tuple[str, object]] = [
        ("delivery.seq < ?", before_seq),
        ("delivery.customer_id = ?", wanted.customer_id),
        ("list_contains(?::INTEGER[], delivery.customer_id)", None if wanted.only is None else sorted(wanted.only)),
        ("delivery.call_id = ?", wanted.call_id),
        ("delivery.state = ?", wanted.state.value if wanted.state else None),
        ("delivery.created_at >= ?", wanted.since),
        ("delivery.created_at < ?", wanted.until),
        (_LAST_ANSWER, wanted.status),
        (_SEARCHED, wanted.search or None),  # an empty field of a form looks for nothing
    ]
    clauses = [text for text, value in conditions if value is not None]
    parameters = [value for text, value in conditions if value is not None for _ in range(text.count("?"))]
    return " AND ".join(["true", *clauses]), parameters
