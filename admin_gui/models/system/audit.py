"""The audit log in words: who, what, to what, and what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from admin_gui.client.audit import Actor, AuditLine, Subject
from admin_gui.models.system.audit_fields import field_word, name_text, value_text
from admin_gui.text import formats

translate = QCoreApplication.translate

# As the API names them.
ACTIONS = (
    "customer.created", "customer.updated", "customer.deleted", "customer.key_rotated",
    "customer.webhook_secret_rotated", "customer.webhook_enabled", "customer.webhook_disabled",
    "customer.webhook_tested", "call.described_anew", "call.reprocessed", "call.tagged", "call.erased",
    "call.recording_downloaded", "recordings.expired", "texts.expired", "delivery.redelivered",
    "deliveries.redelivered", "token.created", "token.revoked",
    "backup.created", "backup.failed", "backup.downloaded", "backup.verified", "backup.damaged", "backup.removed",
    "appliance.initialised", "appliance.restored", "appliance.repaired", "appliance.certificate_replaced",
    "calls.taken_in_again", "call.read", "call.words_read", "calls.listed", "calls.searched",
    "deliveries.listed", "delivery.read", "events.watched", "audit.exported", "customer.keys_shown", "login.failed",
    "access.refused",
    "audit.expired", "audit.erased", "appliance.recovery_key_shown", "appliance.first_boot_note_removed",
    "appliance.log_level_changed", "appliance.settings_changed", "appliance.restarted", "worker.joined",
)  # fmt: skip
SUBJECTS = ("customer", "call", "delivery", "token", "backup", "appliance", "audit")
# Pages about one thing of a kind.
_PAGES = {"customer": "customer", "call": "call", "delivery": "webhook"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field as it is read; `name` is what the API calls it."""

    name: str
    field: str
    before: str
    after: str


def action_word(action: str) -> str:
    """What was done; one that we do not know as the appliance says it."""
    return {
        "customer.created": translate("audit", "Customer created"),
        "customer.updated": translate("audit", "Customer changed"),
        "customer.deleted": translate("audit", "Customer deleted"),
        "customer.key_rotated": translate("audit", "API key replaced"),
        "customer.webhook_secret_rotated": translate("audit", "Webhook secret replaced"),
        "customer.webhook_enabled": translate("audit", "Webhook enabled again"),
        "customer.webhook_disabled": translate("audit", "Webhook disabled"),
        "customer.webhook_tested": translate("audit", "Webhook tested"),
        "call.described_anew": translate("audit", "Call described anew by the telephone system"),
        "call.reprocessed": translate("audit", "Call analysed again"),
        "call.tagged": translate("audit", "Tags of a call changed"),
        "call.erased": translate("audit", "Call erased"),
        "call.recording_downloaded": translate("audit", "Recording downloaded"),
        "recordings.expired": translate("audit", "Recordings past their time erased"),
        "texts.expired": translate("audit", "Texts past their time erased"),
        "delivery.redelivered": translate("audit", "Webhook sent again"),
        "deliveries.redelivered": translate("audit", "Webhooks sent again"),
        "token.created": translate("audit", "Token created"),
        "token.revoked": translate("audit", "Token revoked"),
        "backup.created": translate("audit", "Backup made"),
        "backup.failed": translate("audit", "Backup failed"),
        "backup.downloaded": translate("audit", "Backup downloaded"),
        "backup.verified": translate("audit", "Backup checked"),
        "backup.damaged": translate("audit", "Backup found damaged"),
        "backup.removed": translate("audit", "Backup removed"),
        "appliance.initialised": translate("audit", "Appliance set up"),
        "appliance.restored": translate("audit", "Appliance restored"),
        "appliance.repaired": translate("audit", "Database repaired"),
        "calls.taken_in_again": translate("audit", "Lost calls taken in again"),
        "appliance.certificate_replaced": translate("audit", "Certificate replaced"),
        "call.read": translate("audit", "Call read"),
        "call.words_read": translate("audit", "Words of a call read"),
        "calls.listed": translate("audit", "Calls listed"),
        "calls.searched": translate("audit", "Calls searched by text"),
        "deliveries.listed": translate("audit", "Webhooks listed"),
        "delivery.read": translate("audit", "Webhook read"),
        "events.watched": translate("audit", "Calls watched as they come"),
        "audit.exported": translate("audit", "Audit saved as a file"),
        "customer.keys_shown": translate("audit", "API keys shown"),
        "appliance.recovery_key_shown": translate("audit", "Recovery key shown"),
        "appliance.first_boot_note_removed": translate("audit", "Note of the first boot removed"),
        "appliance.log_level_changed": translate("audit", "Log level changed"),
        "appliance.settings_changed": translate("audit", "Settings changed"),
        "appliance.restarted": translate("audit", "Appliance started again"),
        "worker.joined": translate("audit", "Worker on another machine joined"),
        "access.refused": translate("audit", "Refused: not allowed with this credential"),
        "login.failed": translate("audit", "Refused: unknown credential"),
        "audit.erased": translate("audit", "What named a person erased"),
        "audit.expired": translate("audit", "Audit lines past their time removed"),
    }.get(action, action)


def subject_kind_word(kind: str) -> str:
    return {
        "customer": translate("audit", "Customer"),
        "call": translate("audit", "Call"),
        "delivery": translate("audit", "Webhook"),
        "token": translate("audit", "Token"),
        "backup": translate("audit", "Backup"),
        "appliance": translate("audit", "Appliance"),
        "audit": translate("audit", "Audit line"),
    }.get(kind, kind)


def actor_word(actor: Actor) -> str:
    """Who did it."""
    if actor.kind == "owner":
        return translate("audit", "a command on the appliance")
    if actor.kind == "vbot":
        return translate("audit", "the appliance itself")
    if actor.kind == "unknown":
        return translate("audit", "unknown")
    if actor.kind == "customer":
        return translate("audit", "%1 (API key)").replace("%1", actor.name or "")
    return actor.name or translate("audit", "Token %1").replace("%1", str(actor.token_id))


def subject_word(line: AuditLine) -> str:
    """What it was done to: by its name; what was erased, or has none, by its id."""
    kind, number = subject_kind_word(line.subject.kind), line.subject.id
    if number is None:
        return kind
    named = line.names.get(f"{line.subject.kind}:{number}")
    if named is None or not named.name:
        return f"{kind} {number}"
    if named.kind == "delivery":
        return translate("audit", "Webhook to %1").replace("%1", name_text(named))
    if named.kind == "call":
        return translate("audit", "Call of %1").replace("%1", name_text(named))
    return f"{kind} {name_text(named)}"


def subject_tooltip(line: AuditLine) -> str:
    """The id, which is the same for ever."""
    return subject_word(line) if line.subject.id is None else f"{line.subject.kind} {line.subject.id}"


def page_of(subject: Subject) -> str | None:
    """The link to what it was done to, where there is a page of it."""
    page = _PAGES.get(subject.kind)
    return None if page is None or subject.id is None else f"{page}/{subject.id}"


def changes(line: AuditLine) -> list[Change]:
    """Each field that was changed, once; nested ones by their path."""
    before, after = dict(_flat(line.before)), dict(_flat(line.after))
    found = [*after, *(name for name in before if name not in after)]

    def text(fields: Mapping[str, Any], name: str) -> str:
        if name not in fields:
            return formats.DASH
        return value_text(name, fields[name], line.subject.kind, line.names)

    return [Change(name, field_word(name, line.subject.kind), text(before, name), text(after, name)) for name in found]


def _flat(fields: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            found += _flat(value, f"{path}{name}.")
        else:
            found.append((path + name, value))
    return found
