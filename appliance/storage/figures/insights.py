"""What insights are counted from: calls that are still there, with what is stored beside their results.

Of erased calls nothing is counted, unlike in the statistics: behind each figure stand calls that can be looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from appliance.domain.insights import Compared, Counted, Keyword, Moods, Quarter, Tally, WantedInsights
from appliance.storage.database import Connection, Row, rows

MOST_ROWS = 500
MOST_KEYWORDS = 40
# What is a keyword of one call alone would tell what was said in that call.
LEAST_CALLS = 2
# A result is stored after its call came, unless the clock was set back in between.
_CLOCK_SET_BACK = "INTERVAL 1 DAY"

# Of texts that are erased nothing is told, and the lists of calls hide their mood as well.
# In an internal call both are inside, and an employee's mood is nobody's business.
_HAS_OUTSIDE = "coalesce(direction, '') <> 'internal'"
_MOODS = ", ".join(
    f"count(*) FILTER (sentiment = '{sentiment}' AND {_HAS_OUTSIDE} AND NOT texts_erased) AS {mood}"
    for sentiment, mood in (("positive", "satisfied"), ("neutral", "neutral"), ("negative", "dissatisfied"))
)
_COUNTS = f"""
    count(*) AS calls, count(*) FILTER (state = 'completed' AND NOT coalesce(empty, false)) AS completed,
    coalesce(sum(speech_seconds), 0) AS speech_seconds, {_MOODS}"""
_FILTERS = ("customer_id", "queue", "did", "direction")


def read(tx: Connection, wanted: WantedInsights) -> Counted:
    """Count everything, in the time that is wanted and in the one that it is compared with."""
    now = _tallies(tx, wanted, wanted.since, wanted.until, MOST_ROWS)
    # All of them: whoever is busy now may not have been.
    before = None if wanted.compared is None else _tallies(tx, wanted, *wanted.compared, None)

    def compared(kind: str) -> list[tuple[Any, Compared]]:
        return [
            (key, Compared(tally, None if before is None else before[kind].get(key, Tally())))
            for key, tally in now[kind].items()
        ]

    return Counted(
        totals=compared("all")[0][1],
        customers=tuple(compared("customer_id")),
        queues=tuple(compared("queue")),
        quarters=_quarters(tx, wanted),
        keywords=_keywords(tx, wanted),
    )


def _tallies(
    tx: Connection, wanted: WantedInsights, since: datetime, until: datetime, most: int | None
) -> dict[str, dict[Any, Tally]]:
    """Of all calls, of each customer's and of each queue's, the busiest first."""
    calls, parameters = _calls(wanted, "", since, until)
    talked = f"{_HAS_OUTSIDE} AND caller_talk_seconds + called_talk_seconds > 0"
    query = f"""
        WITH found AS ({calls}),
             heard AS (
                 SELECT found.*, caller_talk_seconds, called_talk_seconds, silence_seconds
                 FROM found LEFT JOIN result ON result.call_id = found.call_id AND result.revision = found.revision
                      AND result.stored_at >= $since - {_CLOCK_SET_BACK}),
             counted AS (
                 SELECT grouping(customer_id) AS not_by_customer, grouping(queue) AS not_by_queue, customer_id, queue,
                        {_COUNTS}, coalesce(sum(duration_seconds), 0) AS audio_seconds,
                        coalesce(sum(CASE WHEN direction = 'outbound' THEN called_talk_seconds
                                     ELSE caller_talk_seconds END) FILTER ({talked}), 0) AS outside_talk_seconds,
                        coalesce(sum(CASE WHEN direction = 'outbound' THEN caller_talk_seconds
                                     ELSE called_talk_seconds END) FILTER ({talked}), 0) AS office_talk_seconds,
                        coalesce(sum(silence_seconds), 0) AS silence_seconds,
                        coalesce(sum(duration_seconds) FILTER (silence_seconds IS NOT NULL), 0) AS heard_seconds
                 FROM heard GROUP BY GROUPING SETS ((), (customer_id), (queue)))
        SELECT * FROM counted WHERE not_by_queue = 1 OR queue IS NOT NULL
        QUALIFY $most IS NULL
             OR row_number() OVER (PARTITION BY not_by_customer, not_by_queue ORDER BY calls DESC, customer_id, queue)
                <= $most
        ORDER BY calls DESC, customer_id, queue"""  # noqa: S608
    found: dict[str, dict[Any, Tally]] = {"all": {}, "customer_id": {}, "queue": {}}
    for row in rows(tx.execute(query, {**parameters, "most": most})):
        kind = "customer_id" if not row["not_by_customer"] else "queue" if not row["not_by_queue"] else "all"
        found[kind][None if kind == "all" else row[kind]] = _tally(row)
    return found


def _quarters(tx: Connection, wanted: WantedInsights) -> tuple[Quarter, ...]:
    """By quarters of an hour, which no zone's hour or day cuts: DuckDB need know nothing of zones."""
    calls, parameters = _calls(wanted, "", wanted.since, wanted.until)
    query = f"""
        SELECT epoch_us(received_at) // 900000000 AS number, {_COUNTS}
        FROM ({calls}) GROUP BY 1 ORDER BY 1"""  # noqa: S608
    return tuple(
        Quarter(row["number"], row["calls"], row["completed"], row["speech_seconds"], _moods(row))
        for row in rows(tx.execute(query, parameters))
    )


def _keywords(tx: Connection, wanted: WantedInsights) -> tuple[Keyword, ...]:
    """The most frequent of the two times together, by how often they occur now."""
    now, parameters = _said(wanted, "now", wanted.since, wanted.until)
    if wanted.compared is None:
        before = "SELECT NULL::VARCHAR AS word, NULL::VARCHAR AS shown, NULL::BIGINT AS calls WHERE false"
    else:
        before, more = _said(wanted, "before", *wanted.compared)
        parameters |= more
    query = f"""
        SELECT coalesce(now.shown, before.shown) AS keyword, coalesce(now.calls, 0) AS now_calls,
               coalesce(before.calls, 0) AS before_calls
        FROM ({now}) AS now FULL JOIN ({before}) AS before USING (word)
        WHERE greatest(now_calls, before_calls) >= {LEAST_CALLS}
        ORDER BY greatest(now_calls, before_calls) DESC, keyword LIMIT {MOST_KEYWORDS}"""  # noqa: S608
    found = [
        Keyword(row["keyword"], row["now_calls"], None if wanted.compared is None else row["before_calls"])
        for row in rows(tx.execute(query, parameters))
    ]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.keyword)))


def _said(wanted: WantedInsights, prefix: str, since: datetime, until: datetime) -> tuple[str, dict[str, Any]]:
    """In how many calls something is a keyword, however it is capitalised; shown as it mostly is."""
    calls, parameters = _calls(wanted, prefix, since, until)
    query = f"""
        SELECT lower(spelt) AS word, mode(spelt ORDER BY spelt) AS shown,
               count(DISTINCT call_id) AS calls
        FROM (SELECT found.call_id, unnest(string_split(keywords, ', ')) AS spelt
              FROM ({calls}) AS found JOIN result
                ON result.call_id = found.call_id AND result.revision = found.revision
               AND result.stored_at >= ${prefix}since - {_CLOCK_SET_BACK})
        WHERE spelt <> '' GROUP BY 1"""  # noqa: S608
    return query, parameters


def _calls(wanted: WantedInsights, prefix: str, since: datetime, until: datetime) -> tuple[str, dict[str, Any]]:
    """The calls of a time that match, as a query with its parameters."""
    parameters: dict[str, Any] = {f"{prefix}since": since, f"{prefix}until": until}
    conditions = [f"received_at >= ${prefix}since", f"received_at < ${prefix}until"]
    for name in _FILTERS:
        if getattr(wanted, name) is not None:
            conditions.append(f"{name} = ${name}")
            parameters[name] = getattr(wanted, name)
    if wanted.only is not None:
        conditions.append("list_contains($only::INTEGER[], customer_id)")
        parameters["only"] = list(wanted.only)
    columns = (
        "call_id, revision, customer_id, queue, direction, state, empty, texts_erased, received_at, duration_seconds, "
        "call.speech_seconds AS speech_seconds, call.sentiment AS sentiment"
    )
    return f"SELECT {columns} FROM call WHERE {' AND '.join(conditions)}", parameters  # noqa: S608


def _tally(row: Row) -> Tally:
    return Tally(
        calls=row["calls"],
        completed=row["completed"],
        audio_seconds=row["audio_seconds"],
        speech_seconds=row["speech_seconds"],
        moods=_moods(row),
        outside_talk_seconds=row["outside_talk_seconds"],
        office_talk_seconds=row["office_talk_seconds"],
        silence_seconds=row["silence_seconds"],
        heard_seconds=row["heard_seconds"],
    )


def _moods(row: Row) -> Moods:
    return Moods(row["satisfied"], row["neutral"], row["dissatisfied"])
