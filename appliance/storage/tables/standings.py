"""How deliveries stand when an attempt ends: much may have happened to them while it was under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.domain.delivery import Delivery, DeliveryState
from appliance.storage.database import Connection, marks


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a delivery now; `is_erased`: it has nothing to say any more."""

    state: DeliveryState
    next_attempt_at: datetime | None
    attempts_made: int
    round_began: int
    is_erased: bool

    def is_asked_for_anew(self, begun: Delivery) -> bool:
        """Whether it was to be sent again, or to another address, since the attempt has begun."""
        seen = (begun.next_attempt_at, begun.round_began)
        return self.state is DeliveryState.PENDING and (self.next_attempt_at, self.round_began) != seen


def standings(tx: Connection, delivery_ids: Sequence[str]) -> dict[str, Standing]:
    """Those of these deliveries that were not erased, by their ids."""
    query = f"""
        SELECT id, state, next_attempt_at, attempts_made, round_began, octet_length(body) = 0
        FROM delivery WHERE id IN ({marks(delivery_ids)})"""  # noqa: S608
    found = tx.execute(query, list(delivery_ids)).fetchall()
    return {name: Standing(DeliveryState(state), *the_rest) for name, state, *the_rest in found}


def failing_since(tx: Connection, customer_id: int, since: datetime, longest_silence: timedelta) -> datetime:
    """Since when, not before `since`, each attempt has failed, with no longer silence between two; tests aside."""
    query = """
        WITH attempt AS (
            SELECT "at", "at" - lag("at") OVER times AS silence, lag(status) OVER times AS status_before
            FROM delivery_attempt WHERE "at" >= ? AND delivery_id IN (
                SELECT id FROM delivery WHERE customer_id = ? AND event <> 'webhook.test')
            WINDOW times AS (ORDER BY "at"))
        SELECT max("at") FROM attempt WHERE silence IS NULL OR silence > ? OR status_before BETWEEN 200 AND 299"""
    # An attempt's moment is its beginning; what it says of the endpoint is noted at its end.
    values = [since - longest_silence, customer_id, longest_silence]
    (begun,) = tx.execute(query, values).fetchone() or (None,)
    return since if begun is None else max(since, begun)


def fail_without_body(tx: Connection, delivery_id: str) -> None:
    """What says nothing any more, and waits all the same, has failed."""
    tx.execute("UPDATE delivery SET state = 'failed', next_attempt_at = NULL WHERE id = ?", [delivery_id])
