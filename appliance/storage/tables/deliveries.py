"""The deliveries' tables: webhooks to send, and what came of every attempt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from appliance.domain.delivery import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    WebhookEvent,
    address_cell,
    attempt_address_cell,
)
from appliance.domain.sealed_url import SealedUrl
from appliance.storage.database import Connection, Row, first_row, marks, rows
from appliance.storage.tables.assignments import assigned, updated
from appliance.storage.tables.customers import COMPANY_OF
from appliance.storage.tables.delivery_filter import DeliveryFilter, where
from appliance.storage.tables.keyset import Place, Sorting, SortKey, places

_COLUMNS = [
    "id",
    "call_id",
    "customer_id",
    "event",
    "revision",
    "webhook_id",
    "url",
    "state",
    "next_attempt_at",
    "attempts_made",
    "round_began",
    "body",
    "created_at",
    "sealed_url",
]

ROUNDS_AT_ONCE = 1000
_LAST_ATTEMPT_AT = """(
    SELECT last."at" FROM delivery_attempt AS last
    WHERE last.delivery_id = delivery.id AND last.number = delivery.attempts_made)"""

DELIVERY_SORTS = {
    "state": SortKey("state", str),
    "company_name": SortKey(COMPANY_OF.format(table="delivery"), str),
    "event": SortKey("event", str),
    "attempts": SortKey("attempts_made", int),
    "last_attempt_at": SortKey(_LAST_ATTEMPT_AT, datetime),
    "next_attempt_at": SortKey("next_attempt_at", datetime),
}


def _delivery(row: Row) -> Delivery:
    values = {name: row[name] for name in _COLUMNS}
    sealed = values.pop("sealed_url")
    values["url"] = None if row["url"] is None else SealedUrl(row["url"], bytes(sealed or b""), address_cell(row["id"]))
    values["event"] = WebhookEvent(row["event"])
    values["state"] = DeliveryState(row["state"])
    values["body"] = bytes(row["body"])
    return Delivery(**values)


def _address(delivery: Delivery) -> tuple[str | None, bytes | None]:
    """What is shown of it, and the whole, sealed for this very delivery."""
    if delivery.url is None:
        return None, None
    assert delivery.url.cell == address_cell(delivery.id)  # noqa: S101 - else it would never open again
    return delivery.url.masked, delivery.url.sealed


def _values(delivery: Delivery) -> tuple[object, ...]:
    values = {name: getattr(delivery, name) for name in _COLUMNS if name != "sealed_url"}
    values |= {"event": delivery.event.value, "state": delivery.state.value}
    values["url"], values["sealed_url"] = _address(delivery)
    return tuple(values[name] for name in _COLUMNS)


def insert(tx: Connection, delivery: Delivery) -> None:
    """Store a new delivery."""
    insert_many(tx, [delivery])


def insert_many(tx: Connection, new: Sequence[Delivery]) -> None:
    """Store new deliveries in one statement, in their order."""
    _insert(tx, f"delivery ({', '.join(_COLUMNS)})", [_values(delivery) for delivery in new])


def get(tx: Connection, delivery_id: str) -> Delivery | None:
    """One delivery with its attempts, or None."""
    row = first_row(tx.execute("SELECT * FROM delivery WHERE id = ?", [delivery_id]))
    return None if row is None else with_attempts(tx, [_delivery(row)])[0]


def any_of_call(tx: Connection, call_id: str) -> bool:
    """Whether the customer was, or is yet to be, told anything of the call."""
    return tx.execute("SELECT 1 FROM delivery WHERE call_id = ? LIMIT 1", [call_id]).fetchone() is not None


def of_revisions(tx: Connection, call_id: str) -> dict[int, str]:
    """The delivery's id that tells of each revision of a call."""
    query = "SELECT revision, id FROM delivery WHERE call_id = ? ORDER BY seq"
    return dict(tx.execute(query, [call_id]).fetchall())


def with_attempts(tx: Connection, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The same deliveries, each with what came of its attempts."""
    attempts: dict[str, list[DeliveryAttempt]] = {}
    ids = [item.id for item in deliveries]
    theirs = f"WHERE delivery_id IN ({marks(ids)})"
    went_to = {
        (row["delivery_id"], row["number"]): SealedUrl(
            row["url"], bytes(row["sealed_url"]), attempt_address_cell(row["delivery_id"], row["number"])
        )
        for row in rows(tx.execute(f"SELECT * FROM attempt_address {theirs}", ids))  # noqa: S608
    }
    for row in rows(tx.execute(f"SELECT * FROM delivery_attempt {theirs} ORDER BY number", ids)):  # noqa: S608
        delivery_id = row.pop("delivery_id")
        url = went_to.get((delivery_id, row["number"]))
        attempts.setdefault(delivery_id, []).append(DeliveryAttempt(**row, url=url))
    return [replace(item, attempts=tuple(attempts.get(item.id, ()))) for item in deliveries]


def due(
    tx: Connection,
    at: datetime,
    per_customer: int,
    limit: int,
    *,
    but: Collection[str] = (),
    no_wait_after: datetime | None = None,
) -> list[tuple[int, str]]:
    """The customers and ids of deliveries whose time has come, the longest waiting first.

    Not more than `per_customer` of each, and none of those that are named in `but`. None waits until after
    `no_wait_after`: one that says so was written before the clock was set back. What they say is not read here: of
    what is due, little can begin at once.
    """
    query = (
        "SELECT customer_id, id FROM delivery WHERE state IN ('pending', 'retrying') "
        "AND (next_attempt_at <= ? OR next_attempt_at > ?) AND id NOT IN (SELECT unnest(?::VARCHAR[])) "
        "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY next_attempt_at, seq) <= ? "
        "ORDER BY next_attempt_at, seq LIMIT ?"
    )
    return tx.execute(query, [at, no_wait_after, list(but), per_customer, limit]).fetchall()


def without_bodies(tx: Connection, delivery_ids: Sequence[str]) -> list[Delivery]:
    """The deliveries with these ids and what came of their attempts, in this order; what they say is left out."""
    query = f"SELECT * REPLACE (''::BLOB AS body) FROM delivery WHERE id IN ({marks(delivery_ids)})"  # noqa: S608
    found = {row["id"]: _delivery(row) for row in rows(tx.execute(query, list(delivery_ids)))}
    return with_attempts(tx, [found[delivery_id] for delivery_id in delivery_ids if delivery_id in found])


def these(tx: Connection, delivery_ids: Sequence[str]) -> list[Delivery]:
    """The deliveries with these ids, in this order, without what came of their attempts."""
    query = f"SELECT * FROM delivery WHERE id IN ({marks(delivery_ids)})"  # noqa: S608
    found = {row["id"]: _delivery(row) for row in rows(tx.execute(query, list(delivery_ids)))}
    return [found[delivery_id] for delivery_id in delivery_ids if delivery_id in found]


def count_waiting(tx: Connection) -> int:
    """How many deliveries are to be tried, now or later."""
    row = tx.execute("SELECT count(*) FROM delivery WHERE state IN ('pending', 'retrying')").fetchone()
    return int(row[0]) if row else 0


def record_attempt(tx: Connection, delivery: Delivery, attempt: DeliveryAttempt) -> bool:
    """Note an attempt and what follows for its delivery, whose body stays; False for one that was erased."""
    return delivery.id in record_attempts(tx, [(delivery, attempt)])


def record_attempts(tx: Connection, made: Sequence[tuple[Delivery, DeliveryAttempt]]) -> set[str]:
    """The same for several deliveries, none of them twice; returns the ids of those that were not erased."""
    ids = [delivery.id for delivery, _ in made]
    names = ("state", "url", "sealed_url", "next_attempt_at", "attempts_made", "round_began")
    follows = [(it.state.value, *_address(it), it.next_attempt_at, it.attempts_made, it.round_began) for it, _ in made]
    parts = [assigned(name, "id", ids, values) for name, values in zip(names, zip(*follows, strict=True), strict=True)]
    assignments, its_values = ", ".join(text for text, _ in parts), [value for _, values in parts for value in values]
    there = set(updated(tx, "delivery", "id", assignments, its_values, f"id IN ({marks(ids)})", ids))
    rows_of = [(item.id, one) for item, one in made if item.id in there]
    for delivery_id, one in rows_of:
        # As with the delivery's: else it would never open again.
        assert one.url is None or one.url.cell == attempt_address_cell(delivery_id, one.number)  # noqa: S101
    _insert(
        tx,
        'delivery_attempt (delivery_id, number, "at", status, latency_ms, error, reply)',
        [(name, one.number, one.at, one.status, one.latency_ms, one.error, one.reply) for name, one in rows_of],
    )
    addresses = [(name, one.number, one.url.masked, one.url.sealed) for name, one in rows_of if one.url is not None]
    _insert(tx, "attempt_address (delivery_id, number, url, sealed_url)", addresses)
    return there


def _insert(tx: Connection, into: str, new: Sequence[tuple[object, ...]]) -> None:
    if new:
        places = ", ".join([f"({marks(new[0])})"] * len(new))
        tx.execute(f"INSERT INTO {into} VALUES {places}", [value for row in new for value in row])  # noqa: S608


def forget_addresses(tx: Connection, customer_id: int) -> None:
    """Forget to which addresses this customer's webhooks went: there may be a key in them."""
    theirs = "delivery_id IN (SELECT id FROM delivery WHERE customer_id = ?)"
    tx.execute(f"DELETE FROM attempt_address WHERE {theirs}", [customer_id])  # noqa: S608
    tx.execute("UPDATE delivery SET url = NULL, sealed_url = NULL WHERE customer_id = ?", [customer_id])


def disable_waiting(tx: Connection, customer_id: int) -> list[str]:
    """Let everything that waits for this customer rest until its endpoint is enabled again; returns the ids."""
    theirs = "customer_id = ? AND state IN ('pending', 'retrying')"
    return updated(tx, "delivery", "id", "state = 'disabled', next_attempt_at = NULL", [], theirs, [customer_id])


def rest_all_waiting(tx: Connection) -> int:
    """Let everything that waits rest until somebody sends it again; returns how many."""
    query = "UPDATE delivery SET state = 'disabled', next_attempt_at = NULL WHERE state IN ('pending', 'retrying')"
    row = tx.execute(query).fetchone()
    return int(row[0]) if row else 0


def enable_disabled(tx: Connection, customer_id: int, at: datetime) -> list[str]:
    """Send what rested for this customer: now; returns the ids."""
    theirs = "customer_id = ? AND state = 'disabled' AND octet_length(body) > 0"
    return updated(tx, "delivery", "id", "state = 'pending', next_attempt_at = ?", [at], theirs, [customer_id])


def begin_round(tx: Connection, delivery_id: str, at: datetime) -> None:
    """Send a delivery again: now, with its retries, under its old webhook id."""
    begin_rounds(tx, [delivery_id], at)


def begin_rounds(tx: Connection, delivery_ids: Sequence[str], at: datetime) -> None:
    """The same for many: few statements, since nobody else may write meanwhile."""
    again = "UPDATE delivery SET state = 'pending', next_attempt_at = ?, round_began = attempts_made"
    for first in range(0, len(delivery_ids), ROUNDS_AT_ONCE):
        ids = delivery_ids[first : first + ROUNDS_AT_ONCE]
        tx.execute(f"{again} WHERE id IN ({marks(ids)})", [at, *ids])


_SENT_BEFORE = "FROM delivery JOIN customer ON customer.id = delivery.customer_id"
_COULD_BE_SENT = """customer.deleted_at IS NULL AND octet_length(delivery.body) > 0
    AND delivery.state NOT IN ('pending', 'retrying')"""
_IS_OPEN = "(customer.webhook_url IS NOT NULL AND customer.webhook_disabled_reason IS NULL)"


def ids_to_redeliver(tx: Connection, wanted: DeliveryFilter) -> list[str]:
    """The ids of the deliveries that match and can be sent: their customers' endpoints take webhooks at present."""
    condition, parameters = where(wanted, None)
    query = f"SELECT delivery.id AS id {_SENT_BEFORE} WHERE {condition} AND {_COULD_BE_SENT} AND {_IS_OPEN}"
    return [row["id"] for row in rows(tx.execute(query, parameters))]


def count_resting(tx: Connection, wanted: DeliveryFilter) -> int:
    """How many deliveries match and cannot be sent, because their customers' endpoints take nothing at present."""
    condition, parameters = where(wanted, None)
    query = f"SELECT count(*) {_SENT_BEFORE} WHERE {condition} AND {_COULD_BE_SENT} AND NOT {_IS_OPEN}"
    row = tx.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0


def erase_bodies_of_calls(tx: Connection, call_ids: Sequence[str]) -> list[str]:
    """Forget what the webhooks of these calls said and were answered; that they were sent stays.

    What was not delivered until now has nothing to say any more: it fails. Returns the ids of these.
    """
    theirs = f"call_id IN ({marks(call_ids)})"
    found = tx.execute(f"SELECT id, state FROM delivery WHERE {theirs}", list(call_ids)).fetchall()  # noqa: S608
    ids = [delivery_id for delivery_id, _ in found]
    tx.execute(f"UPDATE delivery_attempt SET reply = '' WHERE delivery_id IN ({marks(ids)})", ids)  # noqa: S608
    forget = f"""
        UPDATE delivery SET body = ''::BLOB, next_attempt_at = NULL,
               state = CASE WHEN state = 'delivered' THEN state ELSE 'failed' END
        WHERE {theirs}"""  # noqa: S608
    tx.execute(forget, list(call_ids))
    return [delivery_id for delivery_id, state in found if state not in ("delivered", "failed")]


def erase_of_call(tx: Connection, call_id: str) -> int:
    """Forget every delivery of a call and what came of it; returns how many."""
    ids = [
        delivery_id for (delivery_id,) in tx.execute("SELECT id FROM delivery WHERE call_id = ?", [call_id]).fetchall()
    ]
    # An upgrade's way back erases in a database of the version before, which may not have the first of these yet.
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND table_name IN (?, ?)"
    for (table,) in tx.execute(query, ["attempt_address", "delivery_attempt"]).fetchall():
        tx.execute(f"DELETE FROM {table} WHERE delivery_id IN ({marks(ids)})", ids)  # noqa: S608
    row = tx.execute("DELETE FROM delivery WHERE call_id = ?", [call_id]).fetchone()
    return int(row[0]) if row else 0


def page(tx: Connection, wanted: DeliveryFilter, *, before_seq: int | None, limit: int) -> list[tuple[int, Delivery]]:
    """A page of deliveries, newest first, each with the sequence number that the next page's cursor is made of.

    What they say is left out.
    """
    condition, parameters = where(wanted, before_seq)
    query = "SELECT * REPLACE (''::BLOB AS body) FROM delivery"
    if wanted.call_id is not None:
        # Few, by their index, which DuckDB does not use where an order or a limit is asked for.
        query = f"{query} WHERE {condition}"
    else:
        # First which ones, from the few columns that tell, then their rows.
        which = f"SELECT rowid FROM delivery WHERE {condition} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        query = f"{query} WHERE rowid IN ({which})"
        parameters.append(limit)
    read = sorted(rows(tx.execute(query, parameters)), key=lambda row: int(row["seq"]), reverse=True)
    found = [(row["seq"], _delivery(row)) for row in read[:limit]]
    filled = with_attempts(tx, [delivery for _, delivery in found])
    return [(seq, delivery) for (seq, _), delivery in zip(found, filled, strict=True)]


def sorted_page(tx: Connection, wanted: DeliveryFilter, sorting: Sorting, limit: int) -> list[tuple[Place, Delivery]]:
    """A page of deliveries in this order, each with its place; what they say is left out."""
    condition, parameters = where(wanted, None)
    found = places(tx, "delivery", DELIVERY_SORTS[sorting.field], f"WHERE {condition}", parameters, sorting, limit)
    numbers = [place.number for place in found]
    query = f"SELECT * REPLACE (''::BLOB AS body) FROM delivery WHERE seq IN ({marks(numbers)})"  # noqa: S608
    read = {row["seq"]: _delivery(row) for row in rows(tx.execute(query, numbers))}
    return list(zip(found, with_attempts(tx, [read[number] for number in numbers]), strict=True))
