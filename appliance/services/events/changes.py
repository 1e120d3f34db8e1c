"""The events of rows that a statement changed together: read in its transaction, published once it is committed."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.live_event import PUBLISHED_ONE_BY_ONE, CallChanged, DeliveryChanged, LiveEvent, MuchChanged
from appliance.storage.database import Connection
from appliance.storage.tables import calls, deliveries

Changes = Sequence[LiveEvent | MuchChanged]


def calls_changed(tx: Connection, call_ids: Sequence[str]) -> Changes:
    """These calls as they are now."""
    if len(call_ids) > PUBLISHED_ONE_BY_ONE:
        return [MuchChanged()]
    return [CallChanged(call) for call_id in call_ids if (call := calls.get(tx, call_id)) is not None]


def deliveries_changed(tx: Connection, delivery_ids: Sequence[str]) -> Changes:
    """These deliveries as they are now."""
    if len(delivery_ids) > PUBLISHED_ONE_BY_ONE:
        return [MuchChanged()]
    return [DeliveryChanged(delivery) for delivery in deliveries.without_bodies(tx, delivery_ids)]
