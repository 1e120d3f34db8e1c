"""Backups."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.services.backups import Backup


class BackupReply(msgspec.Struct, frozen=True, kw_only=True):
    """A backup: `state` is `running`, `done` or `failed`; `bytes` is null until it is done."""

    name: Annotated[str, Meta(description="The backup's file name.", examples=["vbot-20240314-000000.tar"])]
    created_at: Annotated[str, Meta(description="When it was begun, UTC.", examples=[EXAMPLE_MOMENT])]
    state: Annotated[str, Meta(description="`running`, `done` or `failed`.", examples=["done"])]
    bytes: Annotated[int | None, Meta(description="Its size; null until it is done.", examples=[10485760])]
    error: Annotated[str | None, Meta(description="Why it failed, or null.", examples=[None])]


class BackupsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All backups, newest first."""

    backups: Annotated[list[BackupReply], Meta(description="The backups.")]


def backup_reply(backup: Backup) -> BackupReply:
    """A backup as a list shows it."""
    return BackupReply(
        name=backup.name,
        created_at=contract_timestamp(backup.created_at),
        state=backup.state,
        bytes=backup.bytes,
        error=backup.error,
    )
