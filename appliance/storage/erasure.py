"""Forget a call in every table that knows it, and remember that it was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from appliance.storage.attached_database import attached
from appliance.storage.database import Connection, rows
from appliance.storage.figures import statistics
from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.tables import calls, deliveries


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, by number."""

    results: int
    deliveries: int


def erase_call(tx: Connection, call_id: str, at: datetime) -> Erased:
    """Erase a call with its deliveries. It counts on in the statistics, and its id is known as erased."""
    statistics.remember_erased(tx, call_id)
    sent = deliveries.erase_of_call(tx, call_id)
    return Erased(results=calls.erase(tx, call_id, at), deliveries=sent)


def erasures(tx: Connection) -> dict[str, datetime]:
    """Which calls were erased on demand, and when."""
    return {row["call_id"]: row["erased_at"] for row in rows(tx.execute("SELECT * FROM erasure"))}


def files_of_erased(tx: Connection, other: Path, key: DatabaseKey | None) -> set[str]:
    """The recordings that another state of the database knows of calls that were erased on demand, as ours knows."""
    with attached(tx, other, key, read_only=True) as name:
        query = f"SELECT file FROM {name}.recording WHERE call_id IN (SELECT call_id FROM erasure)"  # noqa: S608
        return {file for (file,) in tx.execute(query).fetchall()}


def first_erasure_since(tx: Connection, moment: datetime) -> datetime | None:
    """When a call was erased on demand for the first time since that moment."""
    (row,) = rows(tx.execute("SELECT min(erased_at) AS first FROM erasure WHERE erased_at >= ?", [moment]))
    return cast("datetime | None", row["first"])


def latest_erasure(tx: Connection) -> datetime | None:
    """When a call was erased on demand for the last time, by the clock of then."""
    (row,) = rows(tx.execute("SELECT max(erased_at) AS latest FROM erasure"))
    return cast("datetime | None", row["latest"])


def keep_erasures(tx: Connection, erased: dict[str, datetime]) -> None:
    """Remember erasures that another state of the database knew."""
    known = erasures(tx)
    for call_id, at in erased.items():
        if call_id not in known:
            tx.execute("INSERT INTO erasure (call_id, erased_at) VALUES (?, ?)", [call_id, at])
