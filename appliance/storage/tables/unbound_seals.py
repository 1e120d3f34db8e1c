"""What versions before the schema 0011 have sealed for no place, and before 0004 not at all."""

from __future__ import annotations

from collections.abc import Callable

from appliance.domain.cell import Cell
from appliance.domain.customer import customer_cell
from appliance.domain.delivery import address_cell
from appliance.domain.sealed_url import SealedUrl
from appliance.storage.database import Connection, rows

_SECRETS = ("sealed_api_key", "sealed_webhook_secret", "sealed_previous_webhook_secret")

# Make of what is stored what is to be stored.
BindSecret = Callable[[bytes, Cell], bytes]
BindUrl = Callable[[str, bytes | None, Cell], SealedUrl]


def bind_customers(tx: Connection, bind_secret: BindSecret, bind_url: BindUrl) -> None:
    """All of every customer's."""
    for row in list(rows(tx.execute("SELECT * FROM customer"))):
        values: dict[str, object] = {
            column: bind_secret(bytes(row[column]), customer_cell(row["id"], column))
            for column in _SECRETS
            if row[column]
        }
        if row["webhook_url"] is not None:
            url = bind_url(
                row["webhook_url"], row["sealed_webhook_url"], customer_cell(row["id"], "sealed_webhook_url")
            )
            values |= {"webhook_url": url.masked, "sealed_webhook_url": url.sealed}
        if values:
            assignments = ", ".join(f"{column} = ?" for column in values)
            tx.execute(f"UPDATE customer SET {assignments} WHERE id = ?", [*values.values(), row["id"]])  # noqa: S608


def bind_deliveries(tx: Connection, after: int, limit: int, bind_url: BindUrl) -> int | None:
    """So many deliveries' addresses behind this `seq`; returns the last one's `seq`, or None where there was none."""
    query = "SELECT seq, id, url, sealed_url FROM delivery WHERE seq > ? ORDER BY seq LIMIT ?"
    found = tx.execute(query, [after, limit]).fetchall()
    bound = [
        (number, bind_url(url, sealed, address_cell(delivery_id)))
        for number, delivery_id, url, sealed in found
        if url is not None
    ]
    # All in one statement: a million of them, each by its own, would take an hour.
    tx.execute(
        "UPDATE delivery SET url = new.url, sealed_url = new.sealed FROM (SELECT unnest(?::BIGINT[]) AS seq, "
        "unnest(?::VARCHAR[]) AS url, unnest(?::BLOB[]) AS sealed) AS new WHERE delivery.seq = new.seq",
        [[number for number, _ in bound], [url.masked for _, url in bound], [url.sealed for _, url in bound]],
    )
    return found[-1][0] if found else None
