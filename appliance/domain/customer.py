"""A customer: whose calls these are, and where the results go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.cell import Cell
from appliance.domain.sealed_url import SealedUrl


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret of a customer's, encrypted for the place that it is kept in."""

    sealed: bytes
    cell: Cell


def customer_cell(customer_id: int, column: str) -> Cell:
    """Where a customer's sealed value is kept."""
    return Cell("customer", column, customer_id)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer as stored; secrets are sealed (AES-256-GCM), limits of None mean the appliance's default."""

    id: int
    name: str
    company_name: str
    email: str
    is_active: bool
    created_at: datetime
    updated_at: datetime
    api_key_hash: str
    sealed_api_key: bytes
    sealed_webhook_secret: bytes
    previous_api_key_hash: str | None = None
    previous_api_key_until: datetime | None = None
    sealed_previous_webhook_secret: bytes | None = None
    previous_webhook_secret_until: datetime | None = None
    webhook_url: SealedUrl | None = None
    webhook_disabled_reason: str | None = None
    webhook_failing_since: datetime | None = None
    webhook_ca: str | None = None
    webhook_fingerprint: str | None = None
    rate_limit_per_minute: int | None = None
    max_concurrent_calls: int | None = None
    max_storage_gb: int | None = None
    max_audio_hours_per_day: int | None = None
    retention_days: int | None = None
    text_retention_days: int | None = None
    default_language: str | None = None
    caller_channel: str | None = None
    vocabulary: tuple[str, ...] = ()
    sentiment_of: str | None = None  # whose moods are computed: `outside`, `both` or `none`
    send_empty: bool = False  # whether it is told of calls in which nothing was recorded
    country: str | None = None  # ISO 3166: how its numbers are read
    own_numbers: tuple[str, ...] = ()  # as `domain.own_numbers` reads them
    deleted_at: datetime | None = None

    def accepts_api_key_hash(self, key_hash: str, moment: datetime) -> bool:
        """Whether this is the customer's key, or the one before it within its grace time."""
        if key_hash == self.api_key_hash:
            return True
        until = self.previous_api_key_until
        return key_hash == self.previous_api_key_hash and until is not None and moment < until

    @property
    def api_key(self) -> SealedSecret:
        """The key itself."""
        return SealedSecret(self.sealed_api_key, customer_cell(self.id, "sealed_api_key"))

    @property
    def webhook_secret(self) -> SealedSecret:
        """What webhooks are signed with."""
        return SealedSecret(self.sealed_webhook_secret, customer_cell(self.id, "sealed_webhook_secret"))

    def webhook_secrets(self, moment: datetime) -> list[SealedSecret]:
        """What webhooks are signed with at present: the secret, and the one before it within its grace time."""
        previous, until = self.sealed_previous_webhook_secret, self.previous_webhook_secret_until
        if previous is None or until is None or moment >= until:
            return [self.webhook_secret]
        return [self.webhook_secret, SealedSecret(previous, customer_cell(self.id, "sealed_previous_webhook_secret"))]

    @property
    def delivery_obstacle(self) -> str | None:
        """Why nothing can be sent to this customer at present, or None."""
        if self.deleted_at is not None:
            return "the customer was deleted"
        if self.webhook_url is None:
            return "the customer has no webhook URL"
        return self.webhook_disabled_reason
