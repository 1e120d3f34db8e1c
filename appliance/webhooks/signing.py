"""The headers of Standard Webhooks, made by the official library."""

from __future__ import annotations

import base64
import secrets as randomness
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of every secret, not one of them
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64


def new_secret() -> str:
    """Return a fresh signing secret, `whsec_` and base64."""
    return SECRET_PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode("ascii")


def sign(webhook_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the three signature headers for this UTF-8 body.

    During the grace time of a rotation there are several secrets; each gives one signature, in the order
    given, and the receiver accepts any of them. Raises ValueError without a secret, or when `now` has no time zone.
    """
    if not secrets:
        raise ValueError("a webhook needs at least one secret")
    if now.tzinfo is None:
        raise ValueError("the time of a signature needs a time zone")
    moment = now.astimezone(UTC)  # the library replaces the zone and does not convert
    text = body.decode("utf-8")
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, moment, text) for secret in secrets),
    }
