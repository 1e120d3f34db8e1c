"""GET /api/system: how the appliance stands, and its settings."""

from __future__ import annotations

import asyncio
from typing import Any

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.replies.basics import SuccessReply
from appliance.api.shapes.replies.system import SystemReply, system_reply
from appliance.api.shapes.settings import ChangedSettings, SettingsReply, settings_reply
from appliance.errors import Conflict

RESTARTING = "The api starts again"
# Who asked for it has read the answer.
ANSWERED_AFTER_SECONDS = 0.3


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
        # What works beside the requests ends first: that it has ended says nothing then.
        self.services.calls.open_calls.check_open()
        self.reply(system_reply(await self.services.health.describe_system()))


class SettingsPage(Handler):
    """GET and PATCH /api/system/settings."""

    async def admit(self) -> None:
        await self.admit_operator(changes=self.request.method != "GET")

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Every setting: what it means, its value and default, and what it was set by.",
            caller=Caller.OPERATOR,
            answers=SettingsReply,
        )
    )
    async def get(self) -> None:
        self._tell()

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Change settings; null: back to the default.",
            caller=Caller.ADMIN,
            answers=SettingsReply,
            takes=ChangedSettings,
            example={},
            notes="Only where a slip locks nobody out and opens nothing, and where neither a variable nor `vbot.toml` "
            "sets it (400). They are kept in the data folder. What has `restart` waits for the next start.",
        )
    )
    async def patch(self) -> None:
        wanted: dict[str, Any] = self.json_body(dict)
        await self.services.configuration.own_settings.change(self.actor, wanted)
        self._tell()

    def _tell(self) -> None:
        parts = self.services.configuration
        self.reply(settings_reply(parts.own_settings.listing(), can_restart=parts.restart.end is not None))


class RestartPage(Handler):
    """POST /api/system/restart."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Start the api again.",
            caller=Caller.ADMIN,
            answers=SuccessReply,
            errors=(Conflict,),
            example={"message": RESTARTING},
            notes="Uploads in progress get 8 s to end, and meanwhile a new one is answered with 503 and "
            "`Retry-After`; calls in the workers' hands go on. Then nothing listens for the seconds that the start "
            "takes. 409 where nothing would start it again, and where it would end at once since its settings or its "
            "certificate have become unusable meanwhile: the answer says how.",
        )
    )
    async def post(self) -> None:
        end = await self.services.configuration.restart.ask(self.actor)
        self.reply(SuccessReply(message=RESTARTING))
        asyncio.get_running_loop().call_later(ANSWERED_AFTER_SECONDS, end)
