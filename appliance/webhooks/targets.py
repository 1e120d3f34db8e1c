"""What is to be said of a webhook's address before anything is sent there."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from appliance.errors import TargetRefused
from appliance.webhooks.guard import AddressPolicy, check_url, is_public
from appliance.webhooks.lookup import AddressRefused, GuardedResolver, Lookup, look_up, system_lookup

# Somebody waits for the answer, and at the moment of connecting the address is judged in any case.
LOOKUP_SECONDS = 2.0


class WebhookTargets:
    """Judges addresses as the sender will."""

    def __init__(
        self, policy: AddressPolicy, lookup: Lookup = system_lookup, lookup_seconds: float = LOOKUP_SECONDS
    ) -> None:
        self._policy = policy
        self._lookup = lookup
        self._lookup_seconds = lookup_seconds

    async def check(self, url: str) -> None:
        """Raise TargetRefused, with a sentence for the administrator, where nothing would be sent there.

        A name over plain HTTP is looked up; one that cannot be is judged when it is connected to.
        """
        check_url(url, self._policy)
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            return
        try:
            async with asyncio.timeout(self._lookup_seconds):
                await GuardedResolver(self._policy.over("http"), self._lookup).resolve(parts.hostname, parts.port or 80)
        except AddressRefused as refusal:
            raise TargetRefused(refusal.sentence) from refusal
        except OSError:  # TimeoutError is one
            return

    async def is_readable_on_its_way(self, url: str) -> bool:
        """Whether plain HTTP would carry, or carries, what is sent there over the internet."""
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            return False
        try:
            async with asyncio.timeout(self._lookup_seconds):
                addresses = await look_up(self._lookup, parts.hostname, parts.port or 80)
        except OSError:
            return False
        return any(is_public(address) for address in addresses)
