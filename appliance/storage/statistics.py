"""Figures of spans of time: summed up from the calls and deliveries themselves, of days long over from daily rows.

Daily rows can be made again from what they were made of as often as somebody likes: nothing is taken away for them.
Which of the two a day is read from is a fact, set in the transaction that makes its rows, so that no day is counted
twice or not at all.
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
from appliance.storage import facts
from appliance.storage.database import Connection, first_row, rows

# More rows than this are not answered: they are of longer buckets instead.
MOST_ROWS = 10_000
# Of all customers together, where a customer's id would stand.
ALL_CUSTOMERS = -1

_COUNTS = [item.name for item in fields(Figures) if not item.name.startswith("time_to_result_")]
_STATES = ("pending", "retrying", "delivered", "failed", "disabled")

# What counts, with `second` as whole seconds since 1970. Of what was erased only the hour is known.
_CALLS = """
    SELECT epoch_us(received_at) // 1000000 AS second, customer_id, state, duration_seconds, speech_seconds, sentiment,
           time_to_result_seconds
    FROM {table} WHERE received_at >= $since AND received_at < $until"""
_DELIVERIES = """
    SELECT epoch_us(created_at) // 1000000 AS second, customer_id, state
    FROM {table} WHERE created_at >= $since AND created_at < $until AND event <> 'webhook.test'"""


def read(tx: Connection, wanted: Wanted, today: date) -> Statistics:
    """The statistics; in longer buckets than wanted where there would be too many rows."""
    for bucket in list(Bucket)[list(Bucket).index(wanted.bucket) :]:
        answered = _at_known_ends(replace(wanted, bucket=bucket), today)
        query, parameters = _parts(tx, answered, today)
        if bucket is Bucket.RANGE or not wanted.by_customer or _count_rows(tx, query, parameters) <= MOST_ROWS:
            break
    found = list(rows(tx.execute(_summed(query, "GROUPING SETS ((start, customer_id), ())"), parameters)))
    totals = next(row for row in found if row["start"] is None)
    listed = [_row(row, answered, today) for row in found if row["start"] is not None]
    return Statistics(
        answered, tuple(sorted(listed, key=lambda row: (row.start, row.customer_id or 0))), _figures(totals)
    )


def roll_up_next_day(tx: Connection, today: date) -> date | None:
    """Make the daily rows of the oldest day that is over for long and has none; returns it, or None at the end."""
    closed_until = hours_known_since(today)
    rolled_until = _rolled_until(tx)
    day = _first_day_with_anything(tx, rolled_until)
    if day is None or day >= closed_until:
        if rolled_until != closed_until:  # also back, when the clock was ahead: the days since then are made anew
            facts.put(tx, facts.STATISTICS_ROLLED_UNTIL, closed_until.isoformat())
        return None
    tx.execute("DELETE FROM daily_figures WHERE day = ?", [day])
    after = day + timedelta(days=1)
    for by_customer in (False, True):
        one_day = Wanted(midnight(day), midnight(after), Bucket.DAY, by_customer=by_customer)
        query, parameters = _live_parts(one_day, midnight(closed_until))
        summed = _summed(query, "start, customer_id", "times_to_result")
        tx.execute(
            f"INSERT INTO daily_figures BY NAME SELECT $day::DATE AS day, * EXCLUDE (start) FROM ({summed})",  # noqa: S608
            {**parameters, "day": day},
        )
    facts.put(tx, facts.STATISTICS_ROLLED_UNTIL, after.isoformat())
    return day


def remember_erased(tx: Connection, call_id: str) -> None:
    """Let a call that is about to be erased, and its deliveries, count on: by hour and customer, without its name."""
    tx.execute(
        """INSERT INTO erased_call BY NAME
        SELECT date_trunc('hour', received_at) AS received_at, customer_id, state, duration_seconds, speech_seconds,
               sentiment, time_to_result_seconds
        FROM call WHERE call_id = ?""",
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
    earliest = midnight(since) if since is not None else datetime.min.replace(year=1970, tzinfo=UTC)
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


def _parts(tx: Connection, wanted: Wanted, today: date) -> tuple[str, dict[str, Any]]:
    """A query of partial sums, with its parameters: what was rolled up, and the calls and deliveries since."""
    hours_since = midnight(hours_known_since(today))
    rolled_until = _rolled_until(tx)
    # Not beyond it, whatever the fact says: it was written while the clock was ahead.
    seam = min(hours_since, midnight(rolled_until)) if rolled_until is not None else wanted.since
    live, parameters = _live_parts(wanted, hours_since)
    parameters["since"] = max(wanted.since, min(seam, wanted.until))
    if seam <= wanted.since:
        return live, parameters
    start = int(wanted.since.timestamp()) if wanted.bucket is Bucket.RANGE else "epoch_us(day::TIMESTAMP) // 1000000"
    whose = f"customer_id = {ALL_CUSTOMERS}"
    if wanted.by_customer:
        whose = f"customer_id <> {ALL_CUSTOMERS}"
    if wanted.customer_id is not None:
        whose = "customer_id = $customer"
    rolled = f"""
        SELECT {start} AS start, customer_id, * EXCLUDE (day, customer_id) FROM daily_figures
        WHERE day >= $first_day AND day < $rolled_until AND {whose}"""  # noqa: S608
    parameters |= {"first_day": wanted.since.date(), "rolled_until": min(seam, wanted.until).date()}
    return f"{rolled} UNION ALL BY NAME {live}", parameters


def _live_parts(wanted: Wanted, hours_since: datetime) -> tuple[str, dict[str, Any]]:
    customer = "customer_id" if wanted.by_customer or wanted.customer_id is not None else str(ALL_CUSTOMERS)
    start = {
        Bucket.RANGE: f"{int(wanted.since.timestamp())}",
        Bucket.DAY: "second - second % 86400",
        Bucket.HOUR: f"second - second % CASE WHEN second < {int(hours_since.timestamp())} THEN 86400 ELSE 3600 END",
    }[wanted.bucket]
    parameters: dict[str, Any] = {"since": wanted.since, "until": wanted.until}
    where = ""
    if wanted.customer_id is not None:
        where = "WHERE customer_id = $customer"
        parameters["customer"] = wanted.customer_id
    calls, deliveries = (
        " UNION ALL ".join(template.format(table=table) for table in tables)
        for template, tables in ((_CALLS, ("call", "erased_call")), (_DELIVERIES, ("delivery", "erased_delivery")))
    )
    by_state = ", ".join(f"count(*) FILTER (state = '{name}') AS deliveries_{name}" for name in _STATES)
    return (
        f"""
        SELECT {start} AS start, {customer} AS customer_id, count(*) AS accepted,
               count(*) FILTER (state = 'completed') AS completed, count(*) FILTER (state = 'failed') AS failed,
               sum(duration_seconds) AS audio_seconds, sum(speech_seconds) AS speech_seconds,
               count(*) FILTER (sentiment = 'positive') AS positive,
               count(*) FILTER (sentiment = 'neutral') AS neutral,
               count(*) FILTER (sentiment = 'negative') AS negative,
               list(time_to_result_seconds::FLOAT) FILTER (time_to_result_seconds IS NOT NULL) AS times_to_result
        FROM ({calls}) {where} GROUP BY 1, 2
        UNION ALL BY NAME
        SELECT {start} AS start, {customer} AS customer_id, {by_state} FROM ({deliveries}) {where} GROUP BY 1, 2""",  # noqa: S608
        parameters,
    )


def _count_rows(tx: Connection, query: str, parameters: Mapping[str, Any]) -> int:
    row = tx.execute(f"SELECT count(*) FROM (SELECT DISTINCT start, customer_id FROM ({query}))", parameters).fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _summed(query: str, grouping: str, times: str = "") -> str:
    """Sum partial sums up; with all times to a result under that name, or (without) their percentiles."""
    sums = ", ".join(
        f"coalesce(sum({name}), 0)::{'DOUBLE' if name.endswith('_seconds') else 'BIGINT'} AS {name}" for name in _COUNTS
    )
    all_times = "coalesce(flatten(list(times_to_result) FILTER (times_to_result IS NOT NULL)), [])::FLOAT[]"
    percentiles = ", ".join(
        f"list_aggregate({all_times}, 'quantile_disc', {share}) AS time_to_result_p{share * 100:.0f}_seconds"
        for share in (0.5, 0.95)
    )
    last = f"{all_times} AS {times}" if times else percentiles
    return f"SELECT start, customer_id, {sums}, {last} FROM ({query}) GROUP BY {grouping}"  # noqa: S608


def _row(found: Mapping[str, Any], wanted: Wanted, today: date) -> Row:
    start = datetime.fromtimestamp(found["start"], UTC)
    of_a_day = wanted.bucket is Bucket.HOUR and start.date() < hours_known_since(today)
    customer_id = found["customer_id"] if wanted.by_customer else wanted.customer_id
    return Row(start, Bucket.DAY if of_a_day else wanted.bucket, customer_id, _figures(found))


def _figures(found: Mapping[str, Any]) -> Figures:
    return Figures(**{item.name: found[item.name] for item in fields(Figures)})
