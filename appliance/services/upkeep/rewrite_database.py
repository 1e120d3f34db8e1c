"""Within a day of a call's erasure the database's file is written anew: in the old one its words and numbers remain.

Texts whose time is over are gone from it within a week: some are each day. A file that an earlier version left plain is
encrypted that way, as soon as there is a version that can.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from datetime import UTC, datetime, timedelta

from appliance.domain.audit import Action
from appliance.domain.clock import Clock
from appliance.domain.system import Postponed
from appliance.errors import Unavailable
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.storage import erasure
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, calls, facts

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 300.0
# It is for calls that are erased one after the other, too; and nobody is to notice the moment at its end.
WAITS_FOR = timedelta(hours=1)
QUIET = timedelta(minutes=15)
EXPIRED_WAIT_FOR = timedelta(days=6)
# Quiet or not: with a million calls it takes minutes, and what cannot be done now is tried again.
DUE_AFTER = timedelta(hours=18)

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class RewriteDatabase:
    """The use case."""

    def __init__(self, database: Database, disk_floor_bytes: int, now: Clock) -> None:
        self._database = database
        self._disk_floor_bytes = disk_floor_bytes
        self._now = now
        self._postponed: Postponed | None = None

    @property
    def postponed(self) -> Postponed | None:
        """Why it is not done though it is time to; None: it is, or is not due."""
        return self._postponed

    def _postpone(self, reason: str) -> None:
        since = self._now() if self._postponed is None else self._postponed.since
        self._postponed = Postponed(since, reason)

    async def run(self) -> None:
        """Look for ever whether it is time to."""
        while True:
            try:
                await self.if_due()
            except Unavailable as error:
                logger.warning("it was not looked whether the database is to be written anew: %s", error)
            except Exception as error:
                self._postpone(f"{type(error).__name__}, as the log tells")
                logger.exception("writing the database anew stumbled; it is tried again")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def if_due(self) -> None:
        """Write the file anew if it is time to. What is in the way of it is told, and it is tried again."""
        began = self._now()
        plain = self._database.is_to_be_encrypted
        if not plain and not await self._database.read(lambda tx: _is_due(tx, began)):
            return
        try:
            self._need_room()
            await in_thread_of_its_own("database rewriting", self._database.rewrite_blocking)
            await self._database.write(lambda tx: facts.put(tx, facts.REWRITTEN_SINCE, began.isoformat()))
        except Unavailable as error:
            self._postpone(str(error))
            left = "the database is not encrypted for now" if plain else "erased calls leave their traces for now"
            logger.warning("%s: %s", left, error)
        else:
            self._postponed = None
            logger.info("the database was written anew, encrypted: nothing is left in it of calls that were erased")

    def _need_room(self) -> None:
        path = self._database.path
        needed = path.stat().st_size + self._disk_floor_bytes
        if (free := shutil.disk_usage(path.parent).free) < needed:
            raise Unavailable(f"that takes {needed // 1024**2} MB of free disk, and {free // 1024**2} MB are free")


def _is_due(tx: Connection, now: datetime) -> bool:
    text = facts.get(tx, facts.REWRITTEN_SINCE)
    since = datetime.fromisoformat(text) if text is not None else _BEFORE_ALL
    erased, expired = erasure.first_erasure_since(tx, since), audit.first_since(tx, Action.TEXTS_EXPIRED, since)
    waiting = [now - erased] if erased is not None else []
    if expired is not None:
        waiting.append(now - expired - EXPIRED_WAIT_FOR)
    longest = max(waiting, default=timedelta(0))
    if longest < WAITS_FOR:
        return False
    if longest >= DUE_AFTER:
        return True
    latest = calls.latest_received_at(tx)
    return latest is None or now - latest >= QUIET
