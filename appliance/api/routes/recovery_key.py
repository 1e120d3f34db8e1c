"""POST /internal/recovery-key…: its owner is about to see it, or says that it is kept; this is written down."""

from __future__ import annotations

from appliance.api.http.handler import Handler
from appliance.errors import NotFound


class RecoveryKeyShown(Handler):
    """It is not sent: whoever may open the socket reads it in the data folder."""

    async def admit(self) -> None:
        if not self.local_owner:
            raise NotFound("there is nothing here")

    async def post(self) -> None:
        await self.services.access.audit_log.recovery_key_shown()
        self.finish(b"{}")


class RecoveryKeyKept(RecoveryKeyShown):
    """POST /internal/recovery-key/kept: the note of the first boot is about to be removed."""

    async def post(self) -> None:
        await self.services.access.audit_log.first_boot_note_removed()
        self.finish(b"{}")
