"""The calls' table; `stored_recordings` has the audio of each revision."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import msgspec

from appliance.domain.call import DAMAGED, Call, CallError, CallState
from appliance.process.log.subject import about
from appliance.storage.database import Connection, Row, first_row, marks, rows
from appliance.storage.tables import call_tags
from appliance.storage.tables.assignments import assigned, updated
from appliance.storage.tables.call_filter import CallFilter, where
from appliance.storage.tables.customers import DAYS_KEPT, NO_LIMIT_DAYS
from appliance.storage.tables.word_lists import from_column, to_column

logger = logging.getLogger(__name__)

RECENT_CALLS = 131_072
HIGHEST_SEQ = 2**63 - 1
_LISTS = ("vocabulary", "warnings")
_COLUMNS = [item.name for item in fields(Call) if item.name != "error"] + ["error_code", "error_message"]


def call_of(row: Row) -> Call:
    """The call that a whole row of the table tells of."""
    values = {name: row[name] for name in _COLUMNS if not name.startswith("error_")}
    if row["error_code"] is not None:
        values["error"] = CallError(row["error_code"], row["error_message"] or "")
    values["empty"] = bool(row["empty"])  # a row that a repair brought back may not know
    try:
        values["state"] = CallState(row["state"])
        values |= {name: from_column(row[name]) for name in _LISTS}
        values["tags"] = call_tags.from_column(row["tags"])
    except (ValueError, msgspec.DecodeError) as error:
        # One such row is no reason to read no other.
        subject = about(call_id=row["call_id"])
        logger.error("what is stored of call %s is damaged: %s", row["call_id"], error, extra=subject)  # noqa: TRY400
        state = values["state"] if isinstance(values["state"], CallState) else CallState.FAILED
        problem = CallError(DAMAGED, "what is stored of this call is damaged; it can be analysed again")
        values |= {"state": state, **dict.fromkeys((*_LISTS, "tags"), ()), "error": values.get("error", problem)}
    return Call(**values)


def _values(call: Call) -> list[object]:
    values: list[object] = [getattr(call, name) for name in _COLUMNS[:-2]]
    values[_COLUMNS.index("state")] = call.state.value
    for name in _LISTS:
        values[_COLUMNS.index(name)] = to_column(getattr(call, name))
    values[_COLUMNS.index("tags")] = call_tags.to_column(call.tags)
    return [*values, call.error.code if call.error else None, call.error.message if call.error else None]


def insert(tx: Connection, call: Call) -> None:
    """Store a new call."""
    insert_many(tx, [call])


def insert_many(tx: Connection, new: Sequence[Call]) -> None:
    """Store new calls in one statement, in their order."""
    row = f"({marks(_COLUMNS)})"
    tx.execute(
        f"INSERT INTO call ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * len(new))}",  # noqa: S608
        [value for call in new for value in _values(call)],
    )


# What never changes after acceptance; an UPDATE that names an indexed column would rewrite the index for nothing.
_FIXED = {"call_id", "customer_id", "received_at"}
_CHANGING = [name for name in _COLUMNS if name not in _FIXED and name not in ("external_id", "idempotency_key")]


def update(tx: Connection, call: Call) -> None:
    """Overwrite what may change of an existing call."""
    by_name = dict(zip(_COLUMNS, _values(call), strict=True))
    assignments = ", ".join(f"{name} = ?" for name in _CHANGING)
    tx.execute(
        f"UPDATE call SET {assignments} WHERE call_id = ?",  # noqa: S608
        [*(by_name[name] for name in _CHANGING), call.call_id],
    )


def update_changed(tx: Connection, changes: Sequence[tuple[Call, Call]]) -> None:
    """Overwrite what has changed of calls, each as it was read in this transaction and as it is to be; none twice.

    In one statement, that finds the rows by the index.
    """
    if not changes:
        return
    before, after = (
        [dict(zip(_COLUMNS, _values(call), strict=True)) for call in all_then]
        for all_then in zip(*changes, strict=True)
    )
    is_damaged = any(call.error is not None and call.error.code == DAMAGED for call, _ in changes)
    assignments: list[str] = []
    parameters: list[object] = []
    ids = [call.call_id for _, call in changes]
    for name in _CHANGING:
        if not is_damaged and all(was[name] == will[name] for was, will in zip(before, after, strict=True)):
            continue  # what a damaged row holds is not what was read of it: it is written whole
        assignment, its_parameters = assigned(name, "call_id", ids, [will[name] for will in after])
        assignments.append(assignment)
        parameters += its_parameters
    if assignments:
        query = f"UPDATE call SET {', '.join(assignments)} WHERE call_id IN ({marks(ids)})"  # noqa: S608
        tx.execute(query, [*parameters, *ids])


def these(tx: Connection, call_ids: Sequence[str]) -> dict[str, Call]:
    """Those of these calls that there are, by their ids."""
    query = f"SELECT * FROM call WHERE call_id IN ({marks(call_ids)})"  # noqa: S608
    return {row["call_id"]: call_of(row) for row in rows(tx.execute(query, list(call_ids)))}


def numbers(tx: Connection, call_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Who called whom, by the id of the call; an erased one has none."""
    query = f"SELECT call_id, caller_number, called_number FROM call WHERE call_id IN ({marks(call_ids)})"  # noqa: S608
    return {name: (caller, called) for name, caller, called in tx.execute(query, list(call_ids)).fetchall()}


def get(tx: Connection, call_id: str) -> Call | None:
    """One call, or None."""
    row = first_row(tx.execute("SELECT * FROM call WHERE call_id = ?", [call_id]))
    return None if row is None else call_of(row)


def by_external_id(tx: Connection, customer_id: int, external_id: str) -> Call | None:
    """The customer's call that the PBX knows by this id."""
    query = "SELECT * FROM call WHERE customer_id = ? AND external_id = ?"
    row = first_row(tx.execute(query, [customer_id, external_id]))
    return None if row is None else call_of(row)


def by_idempotency_key(tx: Connection, customer_id: int, key: str) -> Call | None:
    """The customer's call that was first posted with this Idempotency-Key."""
    query = "SELECT * FROM call WHERE customer_id = ? AND idempotency_key = ?"
    row = first_row(tx.execute(query, [customer_id, key]))
    return None if row is None else call_of(row)


def by_names(tx: Connection, customer_id: int, external_id: str | None, idempotency_key: str | None) -> Call | None:
    """The customer's call that has one of these names; the PBX's own id has the first word."""
    known = None
    if external_id is not None:
        known = by_external_id(tx, customer_id, external_id)
    if known is None and idempotency_key is not None:
        known = by_idempotency_key(tx, customer_id, idempotency_key)
    return known


def in_state(tx: Connection, *states: CallState, limit: int | None = None) -> list[Call]:
    """Calls in these states, oldest first."""
    query = f"SELECT * FROM call WHERE state IN ({marks(states)}) ORDER BY seq"  # noqa: S608
    if limit is not None:
        query += f" LIMIT {int(limit)}"
    return [call_of(row) for row in rows(tx.execute(query, [state.value for state in states]))]


@dataclass(frozen=True, slots=True)
class CallSize:
    """A call's place in the order of acceptance, whose it is, and how many bytes its newest revision's audio has."""

    seq: int
    call_id: str
    customer_id: int
    bytes: int


def oldest_received(tx: Connection, most: int) -> list[CallSize]:
    """Of each customer its oldest calls in state `received`: about `most` of all, but two of each at least.

    A look reads one narrow column of the waiting calls: with 100,000 of them it takes a few milliseconds.
    """
    waiting = "SELECT customer_id, min(seq, ?) AS oldest FROM call WHERE state = 'received' GROUP BY customer_id"
    found = tx.execute(waiting.replace("?", str(int(most)))).fetchall()
    of_each = max(2, -(-most // max(1, len(found))))
    return _sizes(tx, [seq for _, oldest in found for seq in oldest[:of_each]])


def sizes_in_state(tx: Connection, state: CallState) -> list[CallSize]:
    """All calls in a state, the oldest first."""
    found = tx.execute("SELECT seq FROM call WHERE state = ? ORDER BY seq", [state.value]).fetchall()
    return _sizes(tx, [seq for (seq,) in found])


def _sizes(tx: Connection, seqs: Sequence[int]) -> list[CallSize]:
    """Read by the indices, a thousand at a time: a join would read over all calls."""
    sizes: list[CallSize] = []
    for start in range(0, len(seqs), 1000):
        some = seqs[start : start + 1000]
        query = f"SELECT seq, call_id, customer_id, revision FROM call WHERE seq IN ({marks(some)})"  # noqa: S608
        found = tx.execute(query, some).fetchall()
        ids = [call_id for _, call_id, _, _ in found]
        query = f"SELECT call_id, revision, bytes FROM recording WHERE call_id IN ({marks(ids)})"  # noqa: S608
        stored = {(call_id, revision): size for call_id, revision, size in tx.execute(query, ids).fetchall()}
        sizes += [
            CallSize(seq, call_id, customer_id, stored.get((call_id, revision), 0))
            for seq, call_id, customer_id, revision in found
        ]
    return sorted(sizes, key=lambda one: one.seq)


def mark_queued(tx: Connection, sent: Sequence[Call]) -> set[str]:
    """Note that their next attempts lie in the queue; returns the ids of those that have not moved on meanwhile."""
    alike: dict[tuple[int, int], list[str]] = {}
    for call in sent:
        alike.setdefault((call.revision, call.attempt), []).append(call.call_id)
    marked: set[str] = set()
    for attempt, ids in alike.items():  # mostly one
        condition = f"call_id IN ({marks(ids)}) AND revision = ? AND attempt = ? AND state = 'received'"
        marked.update(updated(tx, "call", "call_id", "state = 'queued'", [], condition, [*ids, *attempt]))
    return marked


def put_back(tx: Connection, call_ids: Sequence[str] | None = None, *, only_queued: bool = False) -> list[str]:
    """Let calls that are not final (these, or all) wait for the relay again; returns the ids of those that did not.

    Whoever has one of them in its hands may still tell its result, until another claims it.
    """
    states = "('queued')" if only_queued else "('queued', 'processing')"
    condition, parameters = f"state IN {states}", list[object]()
    if call_ids is not None:
        condition += f" AND call_id IN ({marks(call_ids)})"
        parameters += call_ids
    return updated(tx, "call", "call_id", "state = 'received'", [], condition, parameters)


def unfinished_by_customer(tx: Connection) -> dict[int, dict[str, int]]:
    """Of each customer's calls that are not final, by their ids, how many revisions came since they last were."""
    # Of each revision that became final there is a webhook, or where nothing was recorded a result alone.
    query = """
        WITH open AS (SELECT customer_id, call_id FROM call WHERE state NOT IN ('completed', 'failed')),
             told AS (SELECT call_id, revision FROM delivery UNION ALL SELECT call_id, revision FROM result),
             final AS (SELECT call_id, max(revision) AS last FROM told SEMI JOIN open USING (call_id) GROUP BY 1)
        SELECT open.customer_id, call_id, count(*) FILTER (recording.revision > coalesce(final.last, 0)) AS revisions
        FROM open LEFT JOIN recording USING (call_id) LEFT JOIN final USING (call_id) GROUP BY 1, 2"""
    found: dict[int, dict[str, int]] = {}
    for row in rows(tx.execute(query)):
        found.setdefault(row["customer_id"], {})[row["call_id"]] = max(1, row["revisions"])
    return found


def count_unfinished(tx: Connection) -> dict[CallState, int]:
    """How many calls are in each state that is not final; none: the state is absent."""
    query = "SELECT state, count(*) AS number FROM call WHERE state NOT IN ('completed', 'failed') GROUP BY state"
    return {CallState(row["state"]): row["number"] for row in rows(tx.execute(query))}


def page(tx: Connection, wanted: CallFilter, *, before_seq: int | None, limit: int) -> list[tuple[int, Call]]:
    """A page of calls, newest first, each with the sequence number that the next page's cursor is made of."""
    condition, parameters = where(wanted, before_seq)
    if wanted.call_id is None:
        # First which ones, from the few columns that tell, then the whole rows.
        parameters = [*_newest(tx, wanted, before_seq, limit)]
        condition = f"seq IN ({marks(parameters)})"
    # Else by its index, which DuckDB does not use where an order or a limit is asked for.
    query = f"SELECT * FROM call WHERE {condition}"  # noqa: S608
    read = sorted(rows(tx.execute(query, parameters)), key=lambda row: int(row["seq"]), reverse=True)
    return [(row["seq"], call_of(row)) for row in read]


def _newest(tx: Connection, wanted: CallFilter, before_seq: int | None, limit: int) -> list[int]:
    """The sequence numbers of the newest calls that match."""
    condition, parameters = where(wanted, before_seq)
    query = f"SELECT seq FROM call WHERE {condition} {{}} ORDER BY seq DESC LIMIT ?"  # noqa: S608
    found: list[tuple[int]] = []
    if wanted.number is not None:
        recent, those = among_recent(before_seq)
        found = tx.execute(query.format(recent), [*parameters, *those, limit]).fetchall()
    if len(found) < limit:
        found = tx.execute(query.format(""), [*parameters, limit]).fetchall()
    return [seq for (seq,) in found]


def among_recent(before_seq: int | None) -> tuple[str, list[object]]:
    """A condition more, with its parameters: only the newest of those calls.

    To look into each number of a million calls takes 50 ms; mostly the newest of them are enough.
    """
    latest = before_seq if before_seq is not None else HIGHEST_SEQ
    return "AND seq > (SELECT max(seq) FROM call WHERE seq < ?) - ?", [latest, RECENT_CALLS]


def known_names(tx: Connection, names: Sequence[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """Those of the names (customer, `external` or `idempotency`, id) that some call has already."""
    found: set[tuple[int, str, str]] = set()
    for kind, column in (("external", "external_id"), ("idempotency", "idempotency_key")):
        # A look-up each: only an equality uses the index.
        query = f"SELECT 1 FROM call WHERE customer_id = ? AND {column} = ? LIMIT 1"  # noqa: S608
        for name in {name for name in names if name[1] == kind}:
            if tx.execute(query, [name[0], name[2]]).fetchone() is not None:
                found.add(name)
    return found


def calls_with_expired_texts(
    tx: Connection, at: datetime, default_days: int, limit: int, longest_days: int = NO_LIMIT_DAYS
) -> list[str]:
    """The ids of final calls whose texts' time to be kept, for no longer than `longest_days`, is over, and that still
    have any.

    An earlier version let tags be written on calls whose texts were erased already.
    """
    days = DAYS_KEPT.format("text_retention_days")
    query = f"""
        SELECT call.call_id FROM call JOIN customer ON customer.id = call.customer_id
        WHERE call.state IN ('completed', 'failed') AND (NOT call.texts_erased OR call.tags IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.call_id = call.call_id
                          AND delivery.state IN ('pending', 'retrying'))
          AND call.finished_at <= ?::TIMESTAMPTZ - to_days({days}) AND {days} <= ?
        LIMIT ?"""  # noqa: S608
    return [row["call_id"] for row in rows(tx.execute(query, [at, default_days, default_days, longest_days, limit]))]


def erase_texts(tx: Connection, call_ids: Sequence[str]) -> None:
    """Forget what was said in these calls; that they took place stays."""
    theirs = f"call_id IN ({marks(call_ids)})"
    tx.execute(f"DELETE FROM result WHERE {theirs}", list(call_ids))  # noqa: S608
    tx.execute(
        f"UPDATE call SET metadata = NULL, vocabulary = NULL, tags = NULL, texts_erased = true WHERE {theirs}",  # noqa: S608
        list(call_ids),
    )


def latest_received_at(tx: Connection) -> datetime | None:
    """When the newest call came; None where there is none."""
    row = first_row(tx.execute("SELECT received_at FROM call ORDER BY seq DESC LIMIT 1"))
    return None if row is None else row["received_at"]


def erase(tx: Connection, call_id: str, at: datetime) -> int:
    """Forget a call with its recordings' rows and its results; returns how many results there were.

    What stays is that this id was erased, so that a restored backup can erase it again.
    """
    row = tx.execute("DELETE FROM result WHERE call_id = ?", [call_id]).fetchone()
    tx.execute("DELETE FROM recording WHERE call_id = ?", [call_id])
    tx.execute("DELETE FROM call WHERE call_id = ?", [call_id])
    tx.execute("INSERT INTO erasure (call_id, erased_at) VALUES (?, ?)", [call_id, at])
    return int(row[0]) if row else 0


def count(tx: Connection) -> int:
    """How many calls there are."""
    row = tx.execute("SELECT count(*) FROM call").fetchone()
    return int(row[0]) if row else 0
