"""Send webhooks again on an administrator's word: one, or all that match."""

from __future__ import annotations

from collections.abc import Callable

from appliance.domain.actor import Actor
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.clock import Clock, contract_timestamp
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.domain.live_event import DeliveryChanged, Publish, publish_to_nobody
from appliance.errors import Conflict, NotFound
from appliance.services.events.changes import Changes, deliveries_changed
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, customers, deliveries
from appliance.storage.tables.delivery_filter import DeliveryFilter


class Redeliver:
    """The use case; `on_due` wakes the deliverer."""

    def __init__(
        self, database: Database, now: Clock, on_due: Callable[[], None], publish: Publish = publish_to_nobody
    ) -> None:
        self._database = database
        self._now = now
        self._on_due = on_due
        self._publish = publish

    async def one(self, actor: Actor, delivery_id: str) -> Delivery:
        """Queue a delivery again under its webhook id. Raises NotFound, Conflict when its endpoint takes nothing."""

        def begin(tx: Connection) -> Delivery:
            found = deliveries.get(tx, delivery_id)
            if found is None:
                raise NotFound(f"there is no delivery {delivery_id}")
            customer = customers.get(tx, found.customer_id, with_deleted=True)
            obstacle = "the customer is unknown" if customer is None else customer.delivery_obstacle
            if not found.body:
                raise Conflict("body", "its body was erased")
            if obstacle is not None:
                raise Conflict("webhook_url", obstacle)
            now = self._now()
            deliveries.begin_round(tx, delivery_id, now)
            subject = Subject(SubjectKind.DELIVERY, delivery_id)
            before, after = {"state": found.state.value}, {"state": DeliveryState.PENDING.value}
            line = AuditLine(now, actor, Action.REDELIVERED, subject, before, after, customer_id=found.customer_id)
            audit.add(tx, line)
            return deliveries.get(tx, delivery_id) or found

        delivery = await self._database.write(begin)
        self._publish(DeliveryChanged(delivery))
        self._on_due()
        return delivery

    async def count(self, wanted: DeliveryFilter) -> int:
        """How many deliveries `all` would send."""
        return len(await self._database.read(lambda tx: deliveries.ids_to_redeliver(tx, wanted)))

    async def count_resting(self, wanted: DeliveryFilter) -> int:
        """How many more match, which `all` leaves: their endpoints are disabled, or have no address."""
        return await self._database.read(lambda tx: deliveries.count_resting(tx, wanted))

    async def all(self, actor: Actor, wanted: DeliveryFilter) -> int:
        """Queue every delivery that matches and can be sent; returns how many."""

        def begin(tx: Connection) -> tuple[int, Changes]:
            ids = deliveries.ids_to_redeliver(tx, wanted)
            now = self._now()
            deliveries.begin_rounds(tx, ids, now)
            if ids:
                subject = Subject(SubjectKind.DELIVERY)
                after = {"count": len(ids), **_audited(wanted)}
                line = AuditLine(
                    now, actor, Action.ALL_REDELIVERED, subject, after=after, customer_id=wanted.customer_id
                )
                audit.add(tx, line)
            return len(ids), deliveries_changed(tx, ids)

        count, changes = await self._database.write(begin)
        for change in changes:
            self._publish(change)
        self._on_due()
        return count


def _audited(wanted: DeliveryFilter) -> Fields:
    """What the bulk was narrowed to."""
    moments = {"since": wanted.since, "until": wanted.until}
    narrowed = {
        "customer_id": wanted.customer_id,
        "call_id": wanted.call_id,
        "state": None if wanted.state is None else wanted.state.value,
        "status": wanted.status,
        "search": None if wanted.search is None else "given",  # a caller's number stays longer here than with the call
        **{name: None if moment is None else contract_timestamp(moment) for name, moment in moments.items()},
    }
    return {name: value for name, value in narrowed.items() if value is not None}
