"""GET /api/system: how the appliance stands."""

from __future__ import annotations

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.replies.system import SystemReply, system_reply


class SystemPage(Handler):
    """GET /api/system."""

    async def admit(self) -> None:
        await self.admit_operator(changes=False)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="How the appliance stands: its parts, workers, queue, room, certificate, backups, settings.",
            caller=Caller.OPERATOR,
            answers=SystemReply,
            notes="Made to be asked every few seconds.",
        )
    )
    async def get(self) -> None:
        self.reply(system_reply(await self.services.health.describe_system()))
