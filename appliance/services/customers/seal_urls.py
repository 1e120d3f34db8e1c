"""Seal the webhook addresses that an earlier version kept in clear: once, when an api starts on its database."""

from __future__ import annotations

import logging

from appliance.storage.database import Connection, Database
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import plain_urls

logger = logging.getLogger(__name__)


async def seal_urls(database: Database, keys: Keys) -> None:
    """Seal what is in clear; nothing where nothing is."""

    def seal(tx: Connection) -> int:
        return plain_urls.replace_all(tx, keys.seal_url)

    if await database.read(plain_urls.are_there) and (count := await database.write(seal)):
        logger.info("%d webhook addresses that were kept in clear are sealed", count)
