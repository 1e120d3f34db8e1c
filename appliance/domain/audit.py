"""The audit: a line for each change, written with it, and for what was read; never touched again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from appliance.domain.actor import Actor

# What a line tells of a field: never a secret, a text or a number of a call.
Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
Fields = Mapping[str, Value]


class Action(StrEnum):
    """What was done.

    Those of `vbot` itself: an endpoint disabled, a scheduled backup, a pass of the retention, lost calls taken in.
    `CALL_DESCRIBED_ANEW` is the telephone system's, under its customer's key.
    Those that change nothing, from `KEYS_SHOWN` to `LOGIN_FAILED`: somebody read something, wanted to
    change what its credential may not, or was not let in.
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
    CALL_DESCRIBED_ANEW = "call.described_anew"
    CALL_REPROCESSED = "call.reprocessed"
    CALL_TAGGED = "call.tagged"
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
    RECOVERY_KEY_SHOWN = "appliance.recovery_key_shown"
    FIRST_BOOT_NOTE_REMOVED = "appliance.first_boot_note_removed"
    WORKER_JOINED = "worker.joined"
    LOG_LEVEL_CHANGED = "appliance.log_level_changed"
    SETTINGS_CHANGED = "appliance.settings_changed"
    RESTARTED = "appliance.restarted"
    AUDIT_EXPIRED = "audit.expired"
    AUDIT_ERASED = "audit.erased"
    KEYS_SHOWN = "customer.keys_shown"
    CALL_READ = "call.read"
    CALL_WORDS_READ = "call.words_read"
    CALLS_LISTED = "calls.listed"
    CALLS_SEARCHED = "calls.searched"
    DELIVERIES_LISTED = "deliveries.listed"
    DELIVERY_READ = "delivery.read"
    AUDIT_EXPORTED = "audit.exported"
    EVENTS_WATCHED = "events.watched"
    ACCESS_REFUSED = "access.refused"
    LOGIN_FAILED = "login.failed"


class SubjectKind(StrEnum):
    """What it was done to."""

    CUSTOMER = "customer"
    CALL = "call"
    DELIVERY = "delivery"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    BACKUP = "backup"
    APPLIANCE = "appliance"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was done to; without an id: to several of this kind at once, or to the appliance as a whole."""

    kind: SubjectKind
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change. `before` and `after` hold the changed fields alone; `id` and `hash` are given when it is stored.

    `customer_id` is whom it is about, where that is one customer; of a customer itself it need not be said.
    """

    at: datetime
    actor: Actor
    action: Action
    subject: Subject
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    id: str = ""
    customer_id: int | None = None
    hash: str = ""

    @property
    def about_customer(self) -> int | None:
        """Whom it is about."""
        if self.customer_id is None and self.subject.kind is SubjectKind.CUSTOMER and self.subject.id is not None:
            return int(self.subject.id)
        return self.customer_id

    @property
    def mentioned(self) -> Iterator[Subject]:
        """What it names by ids: first what it was done to, then what its fields tell of."""
        if self.subject.id is not None:
            yield self.subject
        if self.customer_id is not None:
            yield Subject(SubjectKind.CUSTOMER, str(self.customer_id))
        for values in (self.before, self.after):
            for name, value in values.items():
                kind = self.subject.kind if name == "ids" else _KINDS_OF_IDS.get(name)
                if kind is not None:
                    ids = value if isinstance(value, list | tuple) else [value]
                    yield from (Subject(kind, str(one)) for one in ids if isinstance(one, str | int))


# Fields of lines that hold ids, and of what.
_KINDS_OF_IDS = {
    "customer_id": SubjectKind.CUSTOMER,
    "customer_ids": SubjectKind.CUSTOMER,
    "call_id": SubjectKind.CALL,
    "delivery_id": SubjectKind.DELIVERY,
}


@dataclass(frozen=True, slots=True)
class Named:
    """What something is called today that a line knows by its id.

    `name` is a customer's company, also of its calls and webhooks; a token's name. `at`: when a call began, or a
    webhook was made.
    """

    subject: Subject
    name: str
    at: datetime | None = None
