"""What the audit tells of a customer: the fields that changed, with secrets masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from appliance.domain.audit import Fields, Value
from appliance.domain.clock import contract_timestamp
from appliance.domain.customer import Customer, SealedSecret
from appliance.domain.masks import UNREADABLE, mask_secret
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError
from appliance.storage.folder.keys import Keys

_PLAIN = (
    "name",
    "company_name",
    "email",
    "is_active",
    "webhook_disabled_reason",
    "webhook_ca",
    "webhook_fingerprint",
    "rate_limit_per_minute",
    "max_concurrent_calls",
    "max_storage_gb",
    "max_audio_hours_per_day",
    "retention_days",
    "text_retention_days",
    "default_language",
    "caller_channel",
    "sentiment_of",
    "send_empty",
    "country",
)
_MOMENTS = ("previous_api_key_until", "previous_webhook_secret_until")


def what_changed(before: Customer | None, after: Customer | None, keys: Keys) -> tuple[Fields, Fields]:
    """The fields in which two states differ, as they were and as they are; None is a customer that is not there.

    What is masked is written down where the whole has changed: of two addresses that differ in their path alone, both.
    """
    old, new = _stored(before), _stored(after)
    changed = [name for name in old | new if not _same(old.get(name), new.get(name), keys)]
    return _shown(old, changed, keys), _shown(new, changed, keys)


def readable_secret(secret: SealedSecret, keys: Keys) -> str | None:
    """In clear; None where its bytes are damaged, or were sealed under another key: then another one can be given."""
    try:
        return keys.unseal_secret(secret)
    except ConfigurationError:
        return None


def _stored(customer: Customer | None) -> dict[str, Any]:
    """What the audit keeps of a customer, secrets still sealed."""
    if customer is None:
        return {}
    return {
        **{name: getattr(customer, name) for name in (*_PLAIN, *_MOMENTS)},
        "vocabulary": ", ".join(customer.vocabulary) or None,
        "own_numbers": ", ".join(customer.own_numbers) or None,
        "webhook_url": customer.webhook_url,
        "api_key": customer.api_key,
        "webhook_secret": customer.webhook_secret,
    }


def _same(old: object, new: object, keys: Keys) -> bool:
    if isinstance(old, SealedSecret) and isinstance(new, SealedSecret):
        # The same secret is never sealed into the same bytes; and what was not touched need not be opened.
        return old == new or readable_secret(old, keys) == readable_secret(new, keys)
    return old == new


def _shown(state: dict[str, Any], names: list[str], keys: Keys) -> Fields:
    return {name: _shown_value(state[name], keys) for name in names if name in state}


def _shown_value(value: Any, keys: Keys) -> Value:
    if isinstance(value, SealedSecret):
        secret = readable_secret(value, keys)
        return UNREADABLE if secret is None else mask_secret(secret)
    if isinstance(value, datetime):
        return contract_timestamp(value)
    if isinstance(value, SealedUrl):
        return value.masked
    shown: Value = value
    return shown
