"""A field of an audit line as it is read: what it is called, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication

from admin_gui.client.audit import Named
from admin_gui.models.system.texts import role_word
from admin_gui.text import formats

translate = QCoreApplication.translate

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
# Fields that hold ids, and of what.
_KINDS_OF_IDS = {"customer_id": "customer", "customer_ids": "customer", "call_id": "call", "delivery_id": "delivery"}


def field_word(name: str, kind: str = "") -> str:
    """What a field of a kind of thing is called; one that we do not know as the appliance calls it."""
    if (name, kind) == ("name", "customer"):
        return translate("audit fields", "Contact")
    return {
        "name": translate("audit fields", "Name"),
        "company_name": translate("audit fields", "Company"),
        "email": translate("audit fields", "E-mail"),
        "is_active": translate("audit fields", "Active"),
        "api_key": translate("audit fields", "API key"),
        "previous_api_key_until": translate("audit fields", "Old API key works until"),
        "webhook_url": translate("audit fields", "Webhook address"),
        "webhook_secret": translate("audit fields", "Webhook secret"),
        "previous_webhook_secret_until": translate("audit fields", "Old webhook secret signs until"),
        "webhook_disabled_reason": translate("audit fields", "Webhooks are stopped because"),
        "webhook_ca": translate("audit fields", "Webhook's certificate authority"),
        "webhook_fingerprint": translate("audit fields", "Webhook's certificate (SHA-256)"),
        "rate_limit_per_minute": translate("audit fields", "Requests a minute"),
        "max_concurrent_calls": translate("audit fields", "Calls at once"),
        "max_storage_gb": translate("audit fields", "Room on the disk (GB)"),
        "max_audio_hours_per_day": translate("audit fields", "Audio a day (hours)"),
        "retention_days": translate("audit fields", "Keep recordings (days)"),
        "text_retention_days": translate("audit fields", "Keep texts (days)"),
        "default_language": translate("audit fields", "Language"),
        "caller_channel": translate("audit fields", "The caller speaks on"),
        "sentiment_of": translate("audit fields", "Whose mood is computed"),
        "send_empty": translate("audit fields", "Webhook of an empty call"),
        "country": translate("audit fields", "Country of its numbers"),
        "vocabulary": translate("audit fields", "Names and products"),
        "own_numbers": translate("audit fields", "Its own numbers"),
        "role": translate("audit fields", "Role"),
        "expires_at": translate("audit fields", "Ends"),
        "revoked_at": translate("audit fields", "Revoked"),
        "customer_id": translate("audit fields", "Customer"),
        "customer_ids": translate("audit fields", "Customers"),
        "call_id": translate("audit fields", "Call"),
        "delivery_id": translate("audit fields", "Webhook"),
        "ids": translate("audit fields", "Which ones"),
        "state": translate("audit fields", "State"),
        "status": translate("audit fields", "HTTP status"),
        "number": translate("audit fields", "Number searched for"),
        "search": translate("audit fields", "Searched for"),
        "succeeded": translate("audit fields", "Succeeded"),
        "revision": translate("audit fields", "Revision"),
        "recordings": translate("audit fields", "Recordings"),
        "results": translate("audit fields", "Results"),
        "deliveries": translate("audit fields", "Webhooks"),
        "calls": translate("audit fields", "Calls"),
        "count": translate("audit fields", "How many"),
        "times": translate("audit fields", "How often"),
        "tried": translate("audit fields", "What was wanted"),
        "filters": translate("audit fields", "Different lists"),
        "fields": translate("audit fields", "Fields"),
        "since": translate("audit fields", "From"),
        "until": translate("audit fields", "Until"),
        "level": translate("audit fields", "Log level"),
        "seconds": translate("audit fields", "Seconds"),
        "worker": translate("audit fields", "Worker"),
        "version": translate("audit fields", "Version"),
        "backup": translate("audit fields", "Backup"),
        "lines": translate("audit fields", "Lines"),
        "before": translate("audit fields", "Before"),
        "fingerprint_sha256": translate("audit fields", "Fingerprint (SHA-256)"),
    }.get(name, name)


def value_text(name: str, value: Any, kind: str, names: Mapping[str, Named]) -> str:
    """What stands in it; ids by their names where these are known. `kind`: of what the line itself tells."""
    if isinstance(value, bool):
        return translate("audit", "yes") if value else translate("audit", "no")
    if value is None:
        return translate("audit", "not set")
    if isinstance(value, list):
        return ", ".join(value_text(name, one, kind, names) for one in value) if value else formats.DASH
    named = names.get(f"{kind if name == 'ids' else _KINDS_OF_IDS.get(name)}:{value}")
    if named is not None:
        return name_text(named)
    if isinstance(value, str):
        return _text(name, value)
    return msgspec.json.encode(value).decode()


def name_text(named: Named) -> str:
    """A name, with the moment that tells a call or a webhook from the others."""
    return named.name if named.at is None else f"{named.name}, {formats.moment(named.at)}"


def _text(name: str, value: str) -> str:
    if name == "role":
        return role_word(value)
    if name == "fields":
        return field_word(value)
    if _MOMENT.fullmatch(value):
        return formats.moment(datetime.fromisoformat(value))
    return value
