"""Webhook addresses in clear, as versions before the schema 0004 kept them."""

from __future__ import annotations

from collections.abc import Callable

from appliance.domain.sealed_url import SealedUrl
from appliance.storage.database import Connection

# Table, the column that held the address and shows what is masked now, the column for the whole.
_PLACES = (("customer", "webhook_url", "sealed_webhook_url"), ("delivery", "url", "sealed_url"))


def are_there(tx: Connection) -> bool:
    """Whether any is left."""
    return any(
        tx.execute(f"SELECT 1 FROM {table} WHERE {shown} IS NOT NULL AND {sealed} IS NULL LIMIT 1").fetchone()  # noqa: S608
        for table, shown, sealed in _PLACES
    )


def replace_all(tx: Connection, seal: Callable[[str], SealedUrl]) -> int:
    """Replace each by what `seal` makes of it; returns how many different ones there were."""
    count = 0
    for table, shown, sealed in _PLACES:
        where = f"{shown} = ? AND {sealed} IS NULL"
        plain = tx.execute(
            f"SELECT DISTINCT {shown} FROM {table} WHERE {shown} IS NOT NULL AND {sealed} IS NULL"  # noqa: S608
        ).fetchall()
        for (url,) in plain:
            made = seal(url)
            tx.execute(f"UPDATE {table} SET {shown} = ?, {sealed} = ? WHERE {where}", [made.masked, made.sealed, url])  # noqa: S608
        count += len(plain)
    return count
