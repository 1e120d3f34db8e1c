"""The database's writer, busy, so that what is handed in meanwhile waits together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from concurrent.futures import Future, wait
from typing import Any

from appliance.storage.database import Database


class HeldWriter:
    """Busy until it is released."""

    def __init__(self, database: Database) -> None:
        self._go_on = threading.Event()
        self._work = asyncio.ensure_future(database.write(lambda _: self._go_on.wait(60)))

    def release_until(self, writes: Collection[Future[Any]]) -> None:
        """Let it go on, and hold the loop up until these are on disk: it sees all of them in the same moment."""
        self._go_on.set()
        assert not wait(writes, 60).not_done

    async def release(self) -> None:
        """Let it go on, and wait until it does."""
        self._go_on.set()
        assert await self._work
