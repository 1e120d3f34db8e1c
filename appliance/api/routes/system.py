"""GET /api/system: how the appliance stands, and its settings."""

from __future__ import annotations

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.replies.system import SystemReply, system_reply
from appliance.api.shapes.settings import SettingsReply, settings_reply


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


class SettingsPage(Handler):
    """GET /api/system/settings."""

    async def admit(self) -> None:
        await self.admit_operator(changes=False)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Every setting: what it means, its value and default, and what it was set by.",
            caller=Caller.OPERATOR,
            answers=SettingsReply,
        )
    )
    async def get(self) -> None:
        self.reply(settings_reply(self.services.health.describe_settings()))
