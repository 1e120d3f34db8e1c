"""Send webhooks again on an administrator's word: one, or all that match."""

from __future__ import annotations

from collections.abc import Callable

from appliance.domain.clock import Clock
from appliance.domain.delivery import Delivery
from appliance.errors import Conflict, NotFound
from appliance.storage import customers, deliveries
from appliance.storage.database import Connection, Database
from appliance.storage.deliveries import DeliveryFilter


class Redeliver:
    """The use case; `on_due` wakes the deliverer."""

    def __init__(self, database: Database, now: Clock, on_due: Callable[[], None]) -> None:
        self._database = database
        self._now = now
        self._on_due = on_due

    async def one(self, delivery_id: str) -> Delivery:
        """Queue a delivery again under its webhook id. Raises NotFound, Conflict when its endpoint takes nothing."""

        def begin(tx: Connection) -> Delivery:
            found = deliveries.get(tx, delivery_id)
            if found is None:
                raise NotFound(f"there is no delivery {delivery_id}")
            customer = customers.get(tx, found.customer_id, with_deleted=True)
            obstacle = "the customer is unknown" if customer is None else customer.delivery_obstacle
            if not found.body:
                obstacle = "its body was erased"
            if obstacle is not None:
                raise Conflict(obstacle)
            deliveries.begin_round(tx, delivery_id, self._now())
            return deliveries.get(tx, delivery_id) or found

        delivery = await self._database.write(begin)
        self._on_due()
        return delivery

    async def count(self, wanted: DeliveryFilter) -> int:
        """How many deliveries `all` would send."""
        return len(await self._database.read(lambda tx: deliveries.ids_to_redeliver(tx, wanted)))

    async def all(self, wanted: DeliveryFilter) -> int:
        """Queue every delivery that matches and can be sent; returns how many."""

        def begin(tx: Connection) -> int:
            ids = deliveries.ids_to_redeliver(tx, wanted)
            now = self._now()
            for delivery_id in ids:
                deliveries.begin_round(tx, delivery_id, now)
            return len(ids)

        count = await self._database.write(begin)
        self._on_due()
        return count
