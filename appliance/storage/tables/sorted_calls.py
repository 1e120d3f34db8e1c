"""Calls in another order than that of their acceptance."""

from __future__ import annotations

from datetime import datetime

from appliance.domain.call import Call
from appliance.storage.database import Connection, marks, rows
from appliance.storage.tables.call_filter import CallFilter, where
from appliance.storage.tables.calls import call_of
from appliance.storage.tables.customers import COMPANY_OF
from appliance.storage.tables.keyset import Place, Sorting, SortKey, places

# Of the result that a call has now. In an internal call both are inside: nobody there is the outside party.
_OF_RESULT = "(SELECT {} FROM result WHERE result.call_id = call.call_id AND result.revision = call.revision)"
_OUTSIDE = _OF_RESULT.format(
    "CASE WHEN call.direction = 'outbound' THEN called_talk_seconds ELSE caller_talk_seconds END "
    "/ nullif(caller_talk_seconds + called_talk_seconds, 0)"
)
CALL_SORTS = {
    "received_at": SortKey("received_at", datetime),
    "state": SortKey("state", str),
    "caller_number": SortKey("lower(caller_number)", str),
    "called_number": SortKey("lower(called_number)", str),
    "duration_seconds": SortKey("duration_seconds", float),
    # Erased texts had a mood, which is kept for the statistics alone.
    "sentiment": SortKey("CASE WHEN NOT texts_erased THEN sentiment END", str),
    # As `insights` counts them; of erased texts the length of what was said is kept for the figures alone.
    "speech_seconds": SortKey("CASE WHEN NOT texts_erased THEN call.speech_seconds END", float),
    "silence_seconds": SortKey(_OF_RESULT.format("silence_seconds"), float),
    "outside_talk_share": SortKey(f"CASE WHEN coalesce(direction, '') <> 'internal' THEN {_OUTSIDE} END", float),
    "company_name": SortKey(COMPANY_OF.format(table="call"), str),
    # Of the whole seconds that the api tells, so that the order is seen to be one.
    "time_to_result": SortKey("epoch_us(finished_at) // 1000000 - epoch_us(received_at) // 1000000", int),
}


def page(tx: Connection, wanted: CallFilter, sorting: Sorting, limit: int) -> list[tuple[Place, Call]]:
    """A page of calls in this order, each with its place, of which the next page's cursor is made."""
    condition, parameters = where(wanted, None)
    found = places(tx, "call", CALL_SORTS[sorting.field], f"WHERE {condition}", parameters, sorting, limit)
    numbers = [place.number for place in found]
    query = f"SELECT * FROM call WHERE seq IN ({marks(numbers)})"  # noqa: S608
    read = {row["seq"]: call_of(row) for row in rows(tx.execute(query, numbers))}
    return [(place, read[place.number]) for place in found]
