"""The customers' table."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from appliance.domain.customer import Customer, SealedSecret, customer_cell
from appliance.domain.sealed_url import SealedUrl
from appliance.storage.database import Connection, Row, first_row, marks, rows
from appliance.storage.tables.keyset import Place, Sorting, SortKey, places
from appliance.storage.tables.word_lists import from_column, to_column

_LISTS = ("vocabulary", "own_numbers")
_FIELDS = [item.name for item in fields(Customer)]
_COLUMNS = [name for name in _FIELDS if name != "id"] + ["sealed_webhook_url"]
HIGHEST_ID = 2**31 - 1
# Of a row of another table.
COMPANY_OF = "(SELECT lower(company_name) FROM customer WHERE customer.id = {table}.customer_id)"
# How long a customer's data is kept: of a deleted one, no longer.
DAYS_KEPT = "CASE WHEN customer.deleted_at IS NULL THEN coalesce(customer.{}, ?)::INTEGER ELSE 0 END"
# More than anybody may set.
NO_LIMIT_DAYS = 1_000_000

CUSTOMER_SORTS = {
    "id": SortKey("id", int),
    "company_name": SortKey("lower(company_name)", str),
    "name": SortKey("lower(name)", str),
    "email": SortKey("lower(email)", str),
    "is_active": SortKey("is_active", bool),
    "webhook": SortKey(
        "CASE WHEN webhook_disabled_reason IS NOT NULL THEN 'disabled' "
        "WHEN webhook_url IS NULL THEN 'none' ELSE 'set' END",
        str,
    ),
    "created_at": SortKey("created_at", datetime),
}


def _customer(row: Row) -> Customer:
    values = {name: row[name] for name in _FIELDS}
    values |= {name: from_column(row[name]) for name in _LISTS}
    values["send_empty"] = bool(row["send_empty"])
    if row["webhook_url"] is not None:
        cell = customer_cell(row["id"], "sealed_webhook_url")
        values["webhook_url"] = SealedUrl(row["webhook_url"], bytes(row["sealed_webhook_url"] or b""), cell)
    return Customer(**values)


def _values(customer: Customer) -> list[object]:
    values = {name: getattr(customer, name) for name in _FIELDS}
    values |= {name: to_column(values[name]) for name in _LISTS}
    url = customer.webhook_url
    values["webhook_url"], values["sealed_webhook_url"] = (None, None) if url is None else (url.masked, url.sealed)
    return [values[name] for name in _COLUMNS]


def next_id(tx: Connection) -> int:
    """The id of a customer that is to be stored: what is sealed of it is sealed for its row."""
    (given,) = tx.execute("SELECT nextval('customer_id')").fetchone() or (0,)
    return int(given)


def insert(tx: Connection, customer: Customer) -> Customer:
    """Store a new customer under its id, or the next one where that is 0."""
    columns, values = ["id", *_COLUMNS], [customer.id or next_id(tx), *_values(customer)]
    row = first_row(
        tx.execute(
            f"INSERT INTO customer ({', '.join(columns)}) VALUES ({marks(columns)}) RETURNING *",  # noqa: S608
            values,
        )
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives the row
    return _customer(row)


def update(tx: Connection, customer: Customer) -> None:
    """Overwrite every column of an existing customer."""
    assignments = ", ".join(f"{name} = ?" for name in _COLUMNS)
    tx.execute(f"UPDATE customer SET {assignments} WHERE id = ?", [*_values(customer), customer.id])  # noqa: S608


def get(tx: Connection, customer_id: int, *, with_deleted: bool = False) -> Customer | None:
    """One customer; a deleted one only when asked for."""
    row = first_row(tx.execute("SELECT * FROM customer WHERE id = ?", [customer_id]))
    if row is None or (row["deleted_at"] is not None and not with_deleted):
        return None
    return _customer(row)


def by_api_key_hash(tx: Connection, api_key_hash: str) -> Customer | None:
    """The customer whose key, or key before the last rotation, hashes to this, unless deleted."""
    query = "SELECT * FROM customer WHERE ? IN (api_key_hash, previous_api_key_hash) AND deleted_at IS NULL"
    row = first_row(tx.execute(query, [api_key_hash]))
    return None if row is None else _customer(row)


def page(
    tx: Connection,
    *,
    before_id: int | None = None,
    limit: int | None = None,
    only: frozenset[int] | None = None,
) -> list[Customer]:
    """Customers that were not deleted: all in the order of their ids, or (with `limit`) newest first.

    Of those in `only`, where it is given.
    """
    seen, whose = _seen(only)
    if limit is None:
        return [_customer(row) for row in rows(tx.execute(f"SELECT * FROM customer {seen} ORDER BY id", whose))]  # noqa: S608
    query = f"SELECT * FROM customer {seen} AND id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608
    return [_customer(row) for row in rows(tx.execute(query, [*whose, before_id or HIGHEST_ID, limit]))]


def _seen(only: frozenset[int] | None) -> tuple[str, list[object]]:
    if only is None:
        return "WHERE deleted_at IS NULL", []
    return "WHERE deleted_at IS NULL AND list_contains(?::INTEGER[], id)", [sorted(only)]


def sorted_page(
    tx: Connection, sorting: Sorting, limit: int | None, only: frozenset[int] | None = None
) -> list[tuple[Place, Customer]]:
    """Customers that were not deleted, in this order: all, or a page of them, each with its place."""
    most = HIGHEST_ID if limit is None else limit
    alive, whose = _seen(only)
    found = places(tx, "customer", CUSTOMER_SORTS[sorting.field], alive, whose, sorting, most, "id")
    ids = [place.number for place in found]
    query = f"SELECT * FROM customer WHERE id IN ({marks(ids)})"  # noqa: S608
    read = {row["id"]: _customer(row) for row in rows(tx.execute(query, ids))}
    return [(place, read[place.number]) for place in found]


def a_sealed_secret(tx: Connection) -> SealedSecret | None:
    """Something that was sealed under the master key, or None where nobody has stored anything."""
    row = first_row(tx.execute("SELECT id, sealed_webhook_secret FROM customer ORDER BY id DESC LIMIT 1"))
    if row is None:
        return None
    return SealedSecret(bytes(row["sealed_webhook_secret"]), customer_cell(row["id"], "sealed_webhook_secret"))


def give_no_id_until(tx: Connection, highest: int) -> None:
    """Ids up to this one were given, though no row may tell: they are never given again."""
    (known,) = tx.execute("SELECT coalesce(max(id), 0) FROM customer").fetchone() or (0,)
    (given,) = tx.execute("SELECT nextval('customer_id')").fetchone() or (0,) if highest > known else (highest,)
    if highest > given:
        tx.execute(f"SELECT max(nextval('customer_id')) FROM range({int(highest - given)})")  # noqa: S608


def mark_deleted(tx: Connection, customer_id: int, at: datetime) -> None:
    """Leave a tombstone: no key works, no secret stays, the id is never given again."""
    tx.execute(
        "UPDATE customer SET deleted_at = ?, updated_at = ?, is_active = false, api_key_hash = '', "
        "sealed_api_key = ''::BLOB, sealed_webhook_secret = ''::BLOB, previous_api_key_hash = NULL, "
        "sealed_previous_webhook_secret = NULL, webhook_url = NULL, sealed_webhook_url = NULL WHERE id = ?",
        [at, at, customer_id],
    )
