"""The audit: a line for each change, written with it and never touched again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from appliance.domain.actor import Actor

# What a line tells of a field: never a secret, a text or a number of a call.
Value = str | int | float | bool | None | Mapping[str, "Value"]
Fields = Mapping[str, Value]


class Action(StrEnum):
    """What was done.

    Those of `vbot` itself: an endpoint disabled, a scheduled backup, a pass of the retention, lost calls taken in.
    """

    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_DELETED = "customer.deleted"
    KEY_ROTATED = "customer.key_rotated"
    WEBHOOK_SECRET_ROTATED = "customer.webhook_secret_rotated"  # noqa: S105 - an action, not a secret
    WEBHOOK_ENABLED = "customer.webhook_enabled"
    WEBHOOK_DISABLED = "customer.webhook_disabled"
    WEBHOOK_TESTED = "customer.webhook_tested"
    CALLS_TAKEN_IN_AGAIN = "calls.taken_in_again"
    CALL_REPROCESSED = "call.reprocessed"
    CALL_ERASED = "call.erased"
    RECORDING_DOWNLOADED = "call.recording_downloaded"
    RECORDINGS_EXPIRED = "recordings.expired"
    TEXTS_EXPIRED = "texts.expired"
    REDELIVERED = "delivery.redelivered"
    ALL_REDELIVERED = "deliveries.redelivered"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    BACKUP_CREATED = "backup.created"
    BACKUP_FAILED = "backup.failed"
    BACKUP_DOWNLOADED = "backup.downloaded"
    BACKUP_VERIFIED = "backup.verified"
    BACKUP_DAMAGED = "backup.damaged"
    BACKUP_REMOVED = "backup.removed"
    INITIALISED = "appliance.initialised"
    RESTORED = "appliance.restored"
    REPAIRED = "appliance.repaired"
    CERTIFICATE_REPLACED = "appliance.certificate_replaced"


class SubjectKind(StrEnum):
    """What it was done to."""

    CUSTOMER = "customer"
    CALL = "call"
    DELIVERY = "delivery"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    BACKUP = "backup"
    APPLIANCE = "appliance"


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was done to; without an id: to several of this kind at once, or to the appliance as a whole."""

    kind: SubjectKind
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change. `before` and `after` hold the changed fields alone; `id` is given when it is stored."""

    at: datetime
    actor: Actor
    action: Action
    subject: Subject
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    id: str = ""
