"""/api/backups: make, list, verify, download. Only an admin downloads: a backup holds everything."""

from __future__ import annotations

from appliance.api.http.downloads import download, head_of
from appliance.api.http.files import Download, send_file
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, operation
from appliance.api.shapes.replies.backups import (
    BackupReply,
    BackupsReply,
    VerificationReply,
    backup_reply,
    kept_backup_reply,
    verification_reply,
)
from appliance.errors import Conflict, NotFound

KIND = "application/octet-stream"


class BackupList(Handler):
    """GET and POST /api/backups; POST answers at once, the list tells when it is done."""

    async def admit(self) -> None:
        await self.admit_operator(changes=self.request.method != "GET")

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="List backups, newest first.",
            caller=Caller.OPERATOR,
            answers=BackupsReply,
        )
    )
    async def get(self) -> None:
        found = await self.services.upkeep.backups.listing()
        seen = self.services.upkeep.backup_verifications.of
        self.reply(BackupsReply(backups=[kept_backup_reply(backup, seen(backup.name)) for backup in found]))

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Make a backup; the list tells when it is done.",
            caller=Caller.ADMIN,
            answers=BackupReply,
        )
    )
    async def post(self) -> None:
        self.reply(backup_reply(await self.services.upkeep.backups.start(self.actor)))


class BackupFile(Handler):
    """GET and HEAD /api/backups/{name}."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    _described = Operation(
        group=Group.APPLIANCE,
        summary="Download a backup.",
        caller=Caller.ADMIN,
        answers=Content(KIND, "The backup, sealed: the recovery key alone opens it.", binary=True),
        errors=(Conflict,),
        notes="409 while the backup is being made, and when it failed.",
    )

    @operation(download(_described))
    async def get(self, name: str) -> None:
        path = await self.services.upkeep.backups.path(name)
        if self.request.method == "GET":
            await self.services.access.audit_log.backup_downloaded(self.actor, name)
        await send_file(self, Download(path, path.name, kind=KIND))

    @operation(head_of(_described))
    async def head(self, name: str) -> None:
        await self.get(name)


class VerifyBackup(Handler):
    """POST /api/backups/{name}/verify."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Read a backup whole, prove that nobody has changed it, and see whether its database opens.",
            caller=Caller.ADMIN,
            answers=VerificationReply,
            errors=(Conflict,),
            notes="It is answered at once; `GET /api/backups` tells how far it is, and what was found. 409 while the "
            "backup is being made, and when it failed.",
        )
    )
    async def post(self, name: str) -> None:
        self.reply(verification_reply(await self.services.upkeep.backup_verifications.start(self.actor, name)))


class RecoveryKeyShown(Handler):
    """POST /internal/recovery-key: the data folder's owner is about to see it, and this is written down.

    It is not sent: whoever may open the socket reads it in the data folder.
    """

    async def admit(self) -> None:
        await self.admit_operator(changes=True)
        if not self.local_owner:
            raise NotFound("there is nothing here")

    async def post(self) -> None:
        await self.services.access.audit_log.recovery_key_shown()
        self.finish(b"{}")


class RecoveryKeyKept(RecoveryKeyShown):
    """POST /internal/recovery-key/kept: the note of the first boot is about to be removed, and this is written down."""

    async def post(self) -> None:
        await self.services.access.audit_log.first_boot_note_removed()
        self.finish(b"{}")
