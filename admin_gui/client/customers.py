"""Customers: who may send calls, and where their results go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from admin_gui.client.deliveries import Attempt
from admin_gui.client.transport.errors import ClientError, NotFound
from admin_gui.client.transport.exchange import Requests
from admin_gui.client.transport.paging import Order, Page, order_params

# The appliance waits for the customer's server before it answers a test (VBOT_WEBHOOK_TIMEOUT_SECONDS).
TEST_WEBHOOK_SECONDS = 90.0
# Lists are loaded anew all the time, and need no keys: the audit is to tell when somebody looked at them.
_MASKED = "masked"


class Retention(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Days that recordings and texts are kept; None: the appliance's default."""

    recordings: int | None = None
    texts: int | None = None


# What stands in the place of a secret that the appliance cannot read any more.
UNREADABLE = "(cannot be read)"


class Customer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A customer. A viewer sees `api_key`, `webhook_secret` and the URL's path masked by ****."""

    id: int
    name: str
    company_name: str
    email: str
    api_key: str
    is_active: bool
    created_at: datetime
    updated_at: datetime
    webhook_url: str | None = None
    webhook_secret: str = ""
    webhook_disabled_reason: str | None = None
    rate_limit_per_minute: int | None = None
    max_concurrent_calls: int | None = None
    max_storage_gb: int | None = None
    max_audio_hours_per_day: int | None = None
    retention_days: int | Retention | None = None
    webhook_ca: str | None = None
    webhook_fingerprint: str | None = None
    default_language: str | None = None
    caller_channel: str | None = None
    vocabulary: list[str] = []
    sentiment_of: str | None = None
    send_empty: bool = False
    country: str | None = None
    own_numbers: list[str] = []
    # In the appliance's own words: what of it cannot be read any more, and what to do.
    warnings: list[str] = []

    def __post_init__(self) -> None:
        """A secret that cannot be read any more is none: nobody is to copy the words in its place."""
        for name in ("api_key", "webhook_secret"):
            if getattr(self, name) == UNREADABLE:
                msgspec.structs.force_setattr(self, name, "")

    @property
    def retention(self) -> Retention:
        """Both kinds of days, also where the appliance tells the recordings' alone."""
        kept = self.retention_days
        return kept if isinstance(kept, Retention) else Retention(recordings=kept)


class _CustomersReply(msgspec.Struct):
    customers: list[Customer]
    next_cursor: str | None = None


class ReceiverCertificate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a customer's receiver shows; an older appliance tells no more than the fingerprint."""

    fingerprint_sha256: str
    subject: str | None = None
    issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None


class _Done(msgspec.Struct):
    status: str
    message: str = ""


class Customers:
    """/api/customers."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def page(self, cursor: str | None, limit: int) -> Page[Customer]:
        reply = self._requests.get("/api/customers", _CustomersReply, cursor=cursor, limit=limit, keys=_MASKED)
        return Page(reply.customers, reply.next_cursor)

    def are_there(self) -> bool:
        """Whether there is any, or may be one: where the list cannot be had nobody can say that it is empty."""
        try:
            return bool(self.page(None, 1).rows)
        except ClientError:
            return True

    def everyone(self, order: Order | None = None) -> list[Customer]:
        """All of them, in one answer, without their keys; by their numbers unless sorted."""
        return self._requests.get("/api/customers", _CustomersReply, keys=_MASKED, **order_params(order)).customers

    def everyone_with_keys(self) -> list[Customer]:
        """The same with their keys; the audit has a line about it."""
        return self._requests.get("/api/customers", _CustomersReply).customers

    def one(self, customer_id: int) -> Customer:
        """With its keys; the audit has a line about it."""
        return self._requests.get(f"/api/customers/{customer_id}", Customer)

    def without_keys(self, customer_id: int) -> Customer:
        """The same with no more than the ends of its keys; the audit has no line about it."""
        return self._requests.get(f"/api/customers/{customer_id}", Customer, keys=_MASKED)

    def known(self, customer_id: int) -> Customer | None:
        """One without its keys; None for one that was deleted."""
        try:
            return self.without_keys(customer_id)
        except NotFound:
            return None

    def create(self, fields: dict[str, Any]) -> Customer:
        """`name`, `company_name`, `email`, and any setting. Raises Invalid naming each field at fault."""
        return self._requests.post("/api/customers", Customer, fields)

    def update(self, customer_id: int, fields: dict[str, Any]) -> Customer:
        """What is absent stays as it is; None sets the appliance's default."""
        return self._requests.put(f"/api/customers/{customer_id}", Customer, fields)

    def delete(self, customer_id: int) -> None:
        self._requests.delete(f"/api/customers/{customer_id}", _Done)

    def rotate_key(self, customer_id: int, grace_seconds: int = 0) -> Customer:
        """A new API key; the old one works for so long beside it."""
        path = f"/api/customers/{customer_id}/rotate-key"
        return self._requests.post(path, Customer, {"grace_seconds": grace_seconds})

    def rotate_webhook_secret(self, customer_id: int, grace_seconds: int = 0) -> Customer:
        path = f"/api/customers/{customer_id}/rotate-webhook-secret"
        return self._requests.post(path, Customer, {"grace_seconds": grace_seconds})

    def test_webhook(self, customer_id: int) -> Attempt:
        """Send a test webhook now; the attempt says what came of it. Raises Conflict without a webhook URL."""
        path = f"/api/customers/{customer_id}/test-webhook"
        return self._requests.post(path, Attempt, read_seconds=TEST_WEBHOOK_SECONDS)

    def webhook_certificate(self, customer_id: int) -> ReceiverCertificate:
        """The certificate that its receiver shows the appliance now; Conflict where none came."""
        return self._requests.get(f"/api/customers/{customer_id}/webhook-certificate", ReceiverCertificate)

    def enable_webhook(self, customer_id: int) -> Customer:
        return self._requests.post(f"/api/customers/{customer_id}/enable-webhook", Customer)
