"""What an administrator looks at to find out why an endpoint does not take webhooks. Nothing is changed by it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from appliance.domain.clock import Clock
from appliance.domain.endpoint import ReceiverCertificate
from appliance.errors import Conflict, NotFound
from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import customers, deliveries
from appliance.webhooks.sender import request_headers


class CertificateLook(Protocol):
    """Looks at a receiver (appliance.webhooks.sender.WebhookSender)."""

    async def certificate(self, url: str) -> ReceiverCertificate: ...


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A webhook as it goes out: the headers are signed at the moment at which it is looked at."""

    url: str | None
    headers: dict[str, str]
    body: str


class EndpointLook:
    """The use case."""

    def __init__(self, database: Database, keys: Keys, receiver: CertificateLook, now: Clock) -> None:
        self._database = database
        self._keys = keys
        self._receiver = receiver
        self._now = now

    async def request(self, delivery_id: str) -> WebhookRequest:
        """What is sent for this delivery, signed now. Raises NotFound, Conflict where nothing can be sent any more."""
        now = self._now()

        def find(tx: Connection) -> WebhookRequest:
            found = deliveries.get(tx, delivery_id)
            if found is None:
                raise NotFound(f"there is no delivery {delivery_id}")
            customer = customers.get(tx, found.customer_id, with_deleted=True)
            if not found.body or customer is None:
                raise Conflict("body", "its body was erased")
            if customer.deleted_at is not None:
                raise Conflict("customer_id", "its customer was deleted")
            url = found.url or customer.webhook_url
            secrets = [self._keys.unseal_secret(secret) for secret in customer.webhook_secrets(now)]
            headers = request_headers(found.webhook_id, found.body, secrets, now)
            return WebhookRequest(None if url is None else self._keys.unseal_url(url), headers, found.body.decode())

        return await self._database.read(find)

    async def certificate(self, customer_id: int) -> ReceiverCertificate:
        """The certificate that the customer's receiver shows.

        Nothing is sent to it. Raises NotFound, Conflict where there is no address with https, or no certificate came.
        """
        customer = await self._database.read(lambda tx: customers.get(tx, customer_id))
        if customer is None:
            raise NotFound(f"there is no customer {customer_id}")
        if customer.webhook_url is None:
            raise Conflict("webhook_url", "the customer has no webhook URL")
        address = await asyncio.to_thread(self._keys.unseal_url, customer.webhook_url)
        if not address.startswith("https:"):
            raise Conflict("webhook_url", "the webhook URL has no https")
        return await self._receiver.certificate(address)
