"""Figures of spans of time: summed up from the calls and deliveries themselves, of days long over from daily rows.

Daily rows can be made again from what they were made of as often as somebody likes: nothing is taken away for them.
Which of the two a day is read from is a fact, set in the transaction that makes its rows, so that no day is counted
twice or not at all.

Counts and sums are exact. So are the percentiles of each hour and day, and those of any time of which nothing is read
from daily rows; over days that are, they come from counts by class (`time_classes`) and are right within 2 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from appliance.domain.statistics import (
    Bucket,
    Figures,
    Row,
    Statistics,
    Wanted,
    hours_known_since,
    midnight,
    rounded_down,
    rounded_up,
)
from appliance.storage.database import Connection, first_row, rows
from appliance.storage.figures.figure_sources import ALL_CUSTOMERS, EXACT_PERCENTILES, PERCENTILES, Sources
from appliance.storage.figures.time_classes import TimeClass, percentile
from appliance.storage.tables import facts

# More rows than this are not answered: they are of longer buckets instead. So many take 0.1 s to be made.
MOST_ROWS = 4_000
_FIGURES = [item.name for item in fields(Figures)]
_COUNTS = [name for name in _FIGURES if not name.startswith("time_to_result_")]
# What is kept of a call that is erased, beside its hour.
_OF_ERASED = (
    "customer_id",
    "state",
    "duration_seconds",
    "speech_seconds",
    "sentiment",
    "time_to_result_seconds",
    "empty",
)
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN: dict[str, float | None] = dict.fromkeys(PERCENTILES)


def read(tx: Connection, wanted: Wanted, today: date) -> Statistics:
    """The statistics; in longer buckets than wanted where there would be too many rows."""
    hours_since, rolled_until = midnight(hours_known_since(today)), _rolled_until(tx)
    for bucket in list(Bucket)[list(Bucket).index(wanted.bucket) :]:
        sources = Sources.of(_at_known_ends(replace(wanted, bucket=bucket), today), hours_since, rolled_until)
        if bucket is Bucket.RANGE or not wanted.by_customer or _count_rows(tx, sources) <= MOST_ROWS:
            break
    answered = sources.wanted
    query = f"{_summed(sources, 'GROUPING SETS ((start, customer_id), ())')} ORDER BY start NULLS FIRST, customer_id"
    totals, *listed = rows(tx.execute(query, sources.parameters))
    if sources.rolled and answered.bucket is Bucket.RANGE:
        of_each = _percentiles(tx, sources)
        for row in listed:
            row.update(of_each.get(row["customer_id"], _UNKNOWN))
    together = replace(sources, wanted=replace(answered, by_customer=False))
    totals.update(next(iter(_percentiles(tx, together).values()), _UNKNOWN))
    return Statistics(answered, tuple(_row(row, answered, today) for row in listed), _figures(totals))


def roll_up_next_day(tx: Connection, today: date) -> date | None:
    """Make the daily rows of the oldest day that is over for long and has none; returns it, or None at the end."""
    closed_until = hours_known_since(today)
    rolled_until = _rolled_until(tx)
    day = _first_day_with_anything(tx, rolled_until)
    if day is None or day >= closed_until:
        if rolled_until != closed_until:  # also back, when the clock was ahead: the days since then are made anew
            facts.put(tx, facts.STATISTICS_ROLLED_UNTIL, closed_until.isoformat())
        return None
    make_day(tx, day, today)
    facts.put(tx, facts.STATISTICS_ROLLED_UNTIL, (day + timedelta(days=1)).isoformat())
    return day


def make_day(tx: Connection, day: date, today: date) -> None:
    """Make the daily rows of a day, instead of those that it has."""
    for table in ("daily_figures", "daily_times"):
        tx.execute(f"DELETE FROM {table} WHERE day = ?", [day])  # noqa: S608
    for by_customer in (False, True):
        one_day = Wanted(midnight(day), midnight(day + timedelta(days=1)), Bucket.DAY, by_customer=by_customer)
        live = _live(one_day, today)
        for table, query in (
            ("daily_figures", f"SELECT * EXCLUDE (start) FROM ({_summed(live, 'start, customer_id')})"),  # noqa: S608
            ("daily_times", live.times),
        ):
            tx.execute(
                f"INSERT INTO {table} BY NAME SELECT $day::DATE AS day, * FROM ({query})",  # noqa: S608
                {**live.parameters, "day": day},
            )


def changed_days(tx: Connection, today: date) -> list[date]:
    """The days whose daily rows are no longer true: a call was reprocessed since then, or a webhook sent again."""
    rolled_until = _rolled_until(tx)
    if rolled_until is None:
        return []
    until = midnight(min(rolled_until, hours_known_since(today)))
    # By customer: what one has more of, another may have less of.
    live = _live(Wanted(_FIRST_MOMENT, until, Bucket.DAY, by_customer=True), today)
    # Sums of many numbers differ in their last digits with the order in which they were added.
    counts = ", ".join(f"round({name}, 3) AS {name}" for name in _COUNTS)
    then = (
        f"SELECT day, customer_id, {counts} FROM daily_figures WHERE customer_id <> {ALL_CUSTOMERS} AND day < $before"  # noqa: S608
    )
    now = f"""
        SELECT make_date((start // 86400)::INTEGER) AS day, customer_id, {counts}
        FROM ({_summed(live, "start, customer_id")})"""  # noqa: S608
    found = tx.execute(
        f"SELECT DISTINCT day FROM (({then} EXCEPT {now}) UNION ALL ({now} EXCEPT {then})) ORDER BY day",  # noqa: S608
        {**live.parameters, "before": until.date()},
    ).fetchall()
    return [day for (day,) in found]


def _live(wanted: Wanted, today: date) -> Sources:
    """All of it from the calls and deliveries themselves."""
    return Sources(wanted, midnight(hours_known_since(today)), seam=wanted.since)


def remember_erased(tx: Connection, call_id: str) -> None:
    """Let a call that is about to be erased, and its deliveries, count on: by hour and customer, without its name.

    Also in a database of an older program, which is unpacked for it: there, what it knows of a call.
    """
    known = {name for (name,) in tx.execute("SELECT column_name FROM (DESCRIBE erased_call)").fetchall()}
    counted = ", ".join(name for name in _OF_ERASED if name in known)
    tx.execute(
        f"""INSERT INTO erased_call BY NAME
        SELECT date_trunc('hour', received_at) AS received_at, {counted}
        FROM call WHERE call_id = ?""",  # noqa: S608
        [call_id],
    )
    tx.execute(
        """INSERT INTO erased_delivery BY NAME
        SELECT date_trunc('hour', created_at) AS created_at, customer_id, event, state
        FROM delivery WHERE call_id = ?""",
        [call_id],
    )


def _rolled_until(tx: Connection) -> date | None:
    text = facts.get(tx, facts.STATISTICS_ROLLED_UNTIL)
    return None if text is None else date.fromisoformat(text)


def _first_day_with_anything(tx: Connection, since: date | None) -> date | None:
    columns = {
        "call": "received_at",
        "erased_call": "received_at",
        "delivery": "created_at",
        "erased_delivery": "created_at",
    }
    each = " UNION ALL ".join(
        f"SELECT min({column}) AS first FROM {table} WHERE {column} >= $since"  # noqa: S608
        for table, column in columns.items()
    )
    earliest = midnight(since) if since is not None else _FIRST_MOMENT
    row = first_row(tx.execute(f"SELECT min(first) AS first FROM ({each})", {"since": earliest}))  # noqa: S608
    return row["first"].astimezone(UTC).date() if row is not None and row["first"] is not None else None


def _at_known_ends(wanted: Wanted, today: date) -> Wanted:
    """The same, from and to where a bucket that we know of begins."""
    hours_since = midnight(hours_known_since(today))
    since, until = (
        rounding(moment, wanted.bucket if moment >= hours_since else Bucket.DAY)
        for moment, rounding in ((wanted.since, rounded_down), (wanted.until, rounded_up))
    )
    return replace(wanted, since=since, until=max(since, until))


def _count_rows(tx: Connection, sources: Sources) -> int:
    row = tx.execute(f"SELECT count(*) FROM (SELECT DISTINCT * FROM ({sources.keys}))", sources.parameters).fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _summed(sources: Sources, grouping: str) -> str:
    """Sum partial sums up. The percentiles hold where only one of the parts has any: for an hour and a day."""
    sums = ", ".join(
        f"coalesce(sum({name}), 0)::{'DOUBLE' if name.endswith('_seconds') else 'BIGINT'} AS {name}" for name in _COUNTS
    )
    percentiles = ", ".join(f"max({name}) AS {name}" for name in _UNKNOWN)
    return f"SELECT start, customer_id, {sums}, {percentiles} FROM ({sources.figures}) GROUP BY {grouping}"  # noqa: S608


def _percentiles(tx: Connection, sources: Sources) -> dict[int, dict[str, float | None]]:
    """The percentiles of the whole time by customer: exact where none of it was rolled up."""
    if not sources.rolled:
        query = f"SELECT {sources.customer} AS customer_id, {EXACT_PERCENTILES} FROM ({sources.calls}) GROUP BY 1"  # noqa: S608
        return {row.pop("customer_id"): row for row in rows(tx.execute(query, sources.parameters))}
    query = f"""
        SELECT customer_id, class, sum(calls)::BIGINT AS calls, sum(seconds) AS seconds FROM ({sources.times})
        GROUP BY ALL ORDER BY class"""  # noqa: S608
    classes: dict[int, list[TimeClass]] = {}
    for row in rows(tx.execute(query, sources.parameters)):
        classes.setdefault(row["customer_id"], []).append(TimeClass(row["calls"], row["seconds"]))
    return {
        customer_id: {name: percentile(theirs, percent) for name, percent in PERCENTILES.items()}
        for customer_id, theirs in classes.items()
    }


def _row(found: Mapping[str, Any], wanted: Wanted, today: date) -> Row:
    start = datetime.fromtimestamp(found["start"], UTC)
    of_a_day = wanted.bucket is Bucket.HOUR and start.date() < hours_known_since(today)
    customer_id = found["customer_id"] if wanted.by_customer else wanted.customer_id
    return Row(start, Bucket.DAY if of_a_day else wanted.bucket, customer_id, _figures(found))


def _figures(found: Mapping[str, Any]) -> Figures:
    return Figures(**{name: found[name] for name in _FIGURES})
