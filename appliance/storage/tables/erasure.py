"""Forget a call in every table that knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.storage.database import Connection
from appliance.storage.figures import statistics
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
