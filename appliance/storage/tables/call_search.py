"""Find calls by what was said in them: a slice of them at a time, the newest first."""

from __future__ import annotations

from datetime import datetime

from appliance.domain.call import Call
from appliance.storage.database import Connection, first_row, marks, rows
from appliance.storage.tables import calls
from appliance.storage.tables.call_filter import CallFilter, where

# Results lie in the order in which they were stored, so those of neighbouring calls beside each other. The few whose
# calls were finished so much later, such as those that were reprocessed, are looked up one by one.
STRAGGLES_AFTER = "INTERVAL 1 DAY"
MOST_STRAGGLERS = 200

# The keywords are the last line of what is searched, one after the other.
_HAS_KEYWORD = "list_contains(string_split(string_split(result.search_text, chr(10))[-1], ', '), ?)"
# Within a text of the result each quotation mark has a backslash before it.
_HAS_WARNINGS = """contains(result.body, '"warnings":["')"""


def search(
    tx: Connection, wanted: CallFilter, text: str | None, *, before_seq: int | None, limit: int, slice_rows: int
) -> tuple[list[tuple[int, Call]], int | None]:
    """Like `calls.page`, of calls with such a result and `text` in it, among those of one slice that match otherwise.

    The slice begins with the newest that matches and is `slice_rows` calls long, whoever's they are. Also returns where
    the next one begins, or None when there is nothing older that matches.
    """
    newest, newest_below = _beginnings(tx, wanted, before_seq, slice_rows)
    if newest is None:
        return [], None
    condition, parameters = where(wanted, before_seq)
    condition = f"seq > ? AND seq <= ? AND {condition}"
    parameters = [newest - slice_rows, newest, *parameters]
    found = _with_such_a_result(tx, condition, parameters, _of_result(wanted, text))[:limit]
    query = f"SELECT * FROM call WHERE seq > ? AND seq <= ? AND seq IN ({marks(found)}) ORDER BY seq DESC"  # noqa: S608
    read = rows(tx.execute(query, [newest - slice_rows, newest, *found]))
    return [(row["seq"], calls.call_of(row)) for row in read], None if newest_below is None else newest_below + 1


def _beginnings(
    tx: Connection, wanted: CallFilter, before_seq: int | None, slice_rows: int
) -> tuple[int | None, int | None]:
    """The newest call that matches, and the newest that does below its slice."""
    condition, parameters = where(wanted, before_seq)
    # The filter may look at every call: once, for both.
    query = f"""
        WITH matching AS MATERIALIZED (SELECT seq FROM call WHERE {condition} {{}}),
             newest AS (SELECT max(seq) AS seq FROM matching)
        SELECT (SELECT seq FROM newest), (SELECT max(seq) FROM matching WHERE seq <= (SELECT seq - ? FROM newest))"""  # noqa: S608
    if wanted.number is not None:
        recent, those = calls.among_recent(before_seq)
        newest, below = tx.execute(query.format(recent), [*parameters, *those, slice_rows]).fetchall()[0]
        if below is not None:
            return newest, below
    newest, below = tx.execute(query.format(""), [*parameters, slice_rows]).fetchall()[0]
    return newest, below


def _of_result(wanted: CallFilter, text: str | None) -> tuple[str, list[object]]:
    """What is asked of a result, as a condition with its parameters."""
    clauses, parameters = ["true"], list[object]()
    if text:
        clauses.append("contains(result.search_text, ?)")
        parameters.append(text.lower())
    if wanted.keyword is not None:
        clauses.append(_HAS_KEYWORD)
        parameters.append(wanted.keyword.lower())
    if wanted.warnings is not None:
        clauses.append(_HAS_WARNINGS if wanted.warnings else f"NOT {_HAS_WARNINGS}")
    return " AND ".join(clauses), parameters


def _with_such_a_result(
    tx: Connection, condition: str, parameters: list[object], of_result: tuple[str, list[object]]
) -> list[int]:
    """Which of a slice's calls have a result of which this is true, newest first."""
    is_such, such = of_result
    finished_from, finished_until, stragglers = _when_finished(tx, condition, parameters)
    of_slice = f"SELECT seq, call_id, revision FROM call WHERE {condition}"  # noqa: S608
    query = f"""
        SELECT slice.seq FROM ({of_slice}) AS slice JOIN result USING (call_id, revision)
        WHERE {{which}} AND {is_such}"""  # noqa: S608
    found = tx.execute(
        # Blocks of results of other times are passed over unread: if both ends are known before the table is.
        query.format(which="result.stored_at >= ? AND result.stored_at <= ?"),
        [*parameters, finished_from, finished_until, *such],
    ).fetchall()
    if stragglers:
        by_index = query.format(which=f"result.call_id IN ({marks(stragglers)})")
        found += tx.execute(by_index, [*parameters, *stragglers, *such]).fetchall()
    return sorted((seq for (seq,) in found), reverse=True)


def _when_finished(
    tx: Connection, condition: str, parameters: list[object]
) -> tuple[datetime | None, datetime | None, list[str]]:
    """From when until when a slice's calls were finished, but for the ids of those that were so much later."""
    row = first_row(
        tx.execute(
            f"""WITH slice AS MATERIALIZED (SELECT call_id, received_at, finished_at FROM call WHERE {condition}),
                     times AS (SELECT max(received_at) + {STRAGGLES_AFTER} AS until FROM slice)
            SELECT min(finished_at) AS began, max(finished_at) AS ended, (SELECT until FROM times) AS until,
                   list(call_id) FILTER (finished_at > (SELECT until FROM times)) AS stragglers
            FROM slice""",  # noqa: S608
            parameters,
        )
    )
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    stragglers = row["stragglers"] or []
    # Many, where the appliance could not work for days: these lie beside each other as well.
    few = 0 < len(stragglers) <= MOST_STRAGGLERS
    return row["began"], row["until"] if few else row["ended"], stragglers if few else []
