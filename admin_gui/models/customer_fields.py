"""What can be set of a customer, as a form holds it, and what of it was changed. No HTTP, no Qt."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from admin_gui.client.customers import Customer

TEXTS = ("name", "company_name", "email")
OPTIONAL_TEXTS = (
    "webhook_url",
    "webhook_ca",
    "webhook_fingerprint",
    "default_language",
    "caller_channel",
    "sentiment_of",
    "country",
)
NUMBERS = (
    "rate_limit_per_minute",
    "max_concurrent_calls",
    "max_storage_gb",
    "max_audio_hours_per_day",
    "recordings_days",
    "texts_days",
)
SWITCHES = ("send_empty",)  # yes or no
LISTS = ("vocabulary", "own_numbers")  # in the form a text with one entry on each line
NAMES = (*TEXTS, *OPTIONAL_TEXTS, *NUMBERS, *SWITCHES, *LISTS)
Values = dict[str, Any]


def values_of(customer: Customer | None) -> Values:
    """A form's values: of a customer, or (None) of a new one."""
    if customer is None:
        unset = dict.fromkeys((*OPTIONAL_TEXTS, *NUMBERS), None)
        return {**dict.fromkeys((*TEXTS, *LISTS), ""), **unset, **dict.fromkeys(SWITCHES, False)}
    retention = customer.retention
    return {
        **{name: getattr(customer, name) for name in (*TEXTS, *OPTIONAL_TEXTS, *SWITCHES)},
        **{name: "\n".join(getattr(customer, name)) for name in LISTS},
        "rate_limit_per_minute": customer.rate_limit_per_minute,
        "max_concurrent_calls": customer.max_concurrent_calls,
        "max_storage_gb": customer.max_storage_gb,
        "max_audio_hours_per_day": customer.max_audio_hours_per_day,
        "recordings_days": retention.recordings,
        "texts_days": retention.texts,
    }


def is_readable_on_its_way(url: str | None) -> bool:
    """Whether what goes to this address may cross the internet in plain: all but a private number is taken for that."""
    parts = urlsplit(url or "")
    if parts.scheme.lower() != "http":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_private
    except ValueError:
        return True


def with_none(name: str, value: Any) -> Any:
    """An optional text that is empty is one that is not set."""
    return None if value == "" and name in OPTIONAL_TEXTS else value


def to_send(before: Values, now: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request that makes `before` what is `now`, which may be some of them; empty: nothing changed."""
    changed = {name: now[name] for name in NAMES if name in now and now[name] != before[name]}
    changed |= {name: _entries(changed[name]) for name in LISTS if name in changed}
    if {"recordings_days", "texts_days"} & changed.keys():
        days = {"recordings": now["recordings_days"], "texts": now["texts_days"]}
        changed.pop("recordings_days", None)
        changed.pop("texts_days", None)
        changed["retention_days"] = days["recordings"] if days["texts"] is None else days
    return changed


def has_taken(customer: Customer, sent: Mapping[str, Any]) -> bool:
    """Whether these of a form's values are the customer's, also where the appliance writes them in its own way."""
    values = values_of(customer)
    return all(_folded(values[name]) == _folded(value) for name, value in sent.items())


def _folded(value: Any) -> Any:
    """A fingerprint comes back without its colons and in small letters, an entry of a list without double spaces."""
    return "".join(value.split()).replace(":", "").casefold() if isinstance(value, str) else value


def _entries(text: str) -> list[str]:
    return [entry for line in text.splitlines() if (entry := line.strip())]


def field_of(problem: str) -> str:
    """In which field of the form the appliance's problem with one of its own fields is shown."""
    return {"retention_days": "recordings_days", "retention_days.recordings": "recordings_days"}.get(
        problem, "texts_days" if problem == "retention_days.texts" else problem
    )
