"""Notices customers whose webhooks anybody could read on their way: plain HTTP to a public address.

What is saved is judged before; but an older vBot took such addresses, a name may come to mean another machine, and the
administrator may have allowed it.
"""

from __future__ import annotations

import asyncio
import logging

from appliance.domain.system import PlainWebhooks
from appliance.errors import TargetRefused, Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.tables import customers
from appliance.webhooks.targets import WebhookTargets

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 600.0


class LookAtPlainWebhooks:
    """The look at all customers; runs until cancelled."""

    def __init__(self, database: Database, targets: WebhookTargets) -> None:
        self._database = database
        self._targets = targets
        self._found = PlainWebhooks()
        self._due = asyncio.Event()

    def current(self) -> PlainWebhooks:
        """What the last look found."""
        return self._found

    def look_soon(self) -> None:
        """A customer was changed."""
        self._due.set()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            self._due.clear()
            try:
                await self.look()
            except Unavailable as error:
                logger.warning("the look at webhook addresses goes on later: %s", error)
            except Exception:
                logger.exception("the look at webhook addresses stumbled; it goes on later")
            try:
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Look once."""
        refused, allowed = [], []
        for name, url in await self._database.read(_plain_addresses):
            if not await self._targets.is_readable_on_its_way(url):
                continue
            try:
                await self._targets.check(url)
            except TargetRefused:
                refused.append(name)
            else:
                allowed.append(name)
        self._found = PlainWebhooks(tuple(refused), tuple(allowed))


def _plain_addresses(tx: Connection) -> list[tuple[str, str]]:
    """Names, and of the addresses as much as everybody may see: the host is all that is asked for."""
    return [
        (customer.company_name or customer.name, customer.webhook_url.masked)
        for customer in customers.page(tx, before_id=None, limit=None)
        if customer.webhook_url is not None and customer.webhook_url.masked.startswith("http:")
    ]
