"""Backups."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.backup import Backup
from appliance.domain.clock import contract_timestamp
from appliance.services.upkeep.backup_verification import Verification, VerificationState


class VerificationReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the last look at a backup found."""

    state: Annotated[
        VerificationState,
        Meta(
            description="`unverified`: of before backups were sealed; `failed`: it could not be looked at.",
            examples=[VerificationState.WHOLE],
        ),
    ]
    at: Annotated[
        str, Meta(description="When it was begun or, once it is over, when it ended, UTC.", examples=[EXAMPLE_MOMENT])
    ]
    progress: Annotated[float, Meta(description="The share that was read, from 0 to 1.", examples=[1.0])]
    calls: Annotated[int | None, Meta(description="How many calls are in a backup that is whole.", examples=[812])]
    problem: Annotated[
        str | None, Meta(description="What is damaged, or why it is unverified or failed; or null.", examples=[None])
    ]


class BackupReply(msgspec.Struct, frozen=True, kw_only=True):
    """A backup: `state` is `running`, `done` or `failed`; `bytes` is null until it is done."""

    name: Annotated[str, Meta(description="The backup's file name.", examples=["vbot-20240314T120000Z.tar"])]
    created_at: Annotated[str, Meta(description="When it was begun, UTC.", examples=[EXAMPLE_MOMENT])]
    state: Annotated[str, Meta(description="`running`, `done` or `failed`.", examples=["done"])]
    bytes: Annotated[int | None, Meta(description="Its size; null until it is done.", examples=[10485760])]
    error: Annotated[str | None, Meta(description="Why it failed, or null.", examples=[None])]


class KeptBackupReply(BackupReply, frozen=True, kw_only=True):
    """A backup, and what is known of it."""

    verification: Annotated[
        VerificationReply | None,
        Meta(description="What the last look at it found; null: nobody has looked since the api started."),
    ]


class BackupsReply(msgspec.Struct, frozen=True, kw_only=True):
    """All backups, newest first."""

    backups: Annotated[list[KeptBackupReply], Meta(description="The backups.")]


def backup_reply(backup: Backup) -> BackupReply:
    """A backup that was begun."""
    return BackupReply(**_fields(backup))


def kept_backup_reply(backup: Backup, seen: Verification | None) -> KeptBackupReply:
    """A backup as a list shows it."""
    return KeptBackupReply(**_fields(backup), verification=None if seen is None else verification_reply(seen))


def verification_reply(seen: Verification) -> VerificationReply:
    """What the last look at a backup found."""
    return VerificationReply(
        state=seen.state,
        at=contract_timestamp(seen.at),
        progress=round(seen.progress, 3),
        calls=seen.calls,
        problem=seen.problem,
    )


def _fields(backup: Backup) -> dict[str, Any]:
    return {
        "name": backup.name,
        "created_at": contract_timestamp(backup.created_at),
        "state": backup.state,
        "bytes": backup.bytes,
        "error": backup.error,
    }
