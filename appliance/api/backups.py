"""/api/backups: make, list, download. Only an admin downloads: a backup holds everything."""

from __future__ import annotations

from appliance.api.base import Handler
from appliance.api.files import send_file
from appliance.api.replies import BackupsReply, backup_reply


class BackupList(Handler):
    """GET and POST /api/backups; POST answers at once, the list tells when it is done."""

    async def admit(self) -> None:
        await self.admit_operator(changes=self.request.method != "GET")

    async def get(self) -> None:
        found = await self.services.backups.listing()
        self.reply(BackupsReply(backups=[backup_reply(backup) for backup in found]))

    async def post(self) -> None:
        self.reply(backup_reply(self.services.backups.start()))


class BackupFile(Handler):
    """GET /api/backups/{name}."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    async def get(self, name: str) -> None:
        await send_file(self, self.services.backups.path(name), "application/x-tar")
