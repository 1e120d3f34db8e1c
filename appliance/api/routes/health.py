"""GET /health: open to all, and exactly the contract's three fields."""

from __future__ import annotations

from appliance import __version__
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.replies.basics import HealthReply
from appliance.domain.clock import contract_timestamp, utc_now
from appliance.domain.health import health_of


class Health(Handler):
    """`degraded` = accepts, but queue or worker is missing, or most calls fail through the appliance's own fault, or
    recordings were found damaged of late.

    503 `unhealthy` = cannot accept.
    """

    async def admit(self) -> None:
        """Anybody."""

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Check API health.",
            caller=Caller.ANYBODY,
            answers=HealthReply,
            other_answers={503: HealthReply},
        )
    )
    async def get(self) -> None:
        health = self.services.health
        accepts = not self.services.calls.open_calls.is_closed and await health.writable(0)
        accepts = accepts and not health.is_short_of_room()
        status = health_of(
            writable=accepts,
            lacking=health.lacking(),
            failing=health.read_failures.last.through_own_fault,
        )
        if status == "unhealthy":
            self.set_status(503)
        self.reply(HealthReply(status=status, version=__version__, timestamp=contract_timestamp(utc_now())))
