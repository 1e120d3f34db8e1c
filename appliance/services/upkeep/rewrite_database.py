"""Within a day of a call's erasure the database's file is written anew: in the old one its words and numbers remain.

Texts whose time is over are gone from it within a week: some are each day. A file that an earlier version left plain is
encrypted that way, too: a small one at once, another in a quiet moment, and there is a backup of it then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from appliance.domain.audit import Action
from appliance.domain.backup import SET_BACK
from appliance.domain.clock import Clock, contract_timestamp
from appliance.domain.system import Postponed
from appliance.errors import Unavailable
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.storage import erasure
from appliance.storage.database import Connection, Database
from appliance.storage.memory import allowed_mb, need_memory_for_rewriting
from appliance.storage.tables import audit, calls, facts

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 300.0
# It is for calls that are erased one after the other, too; and nobody is to notice the moment at its end.
WAITS_FOR = timedelta(hours=1)
QUIET = timedelta(minutes=15)
EXPIRED_WAIT_FOR = timedelta(days=6)
# Quiet or not: with a million calls it takes minutes, and what cannot be done now is tried again.
DUE_AFTER = timedelta(hours=18)
# After one that failed, or ended with the process, unless that was stopped: it may have been the cause of that.
RESTS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
# A plain file that is encrypted in a moment, whoever is at work.
SMALL_BYTES = 64 * 1024**2
BACKUP_YOUNGER_THAN = timedelta(days=1)

# Waits for a finished backup that is younger than this; raises Unavailable where there will be none.
EnsureBackup = Callable[[timedelta], Awaitable[None]]

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class RewriteDatabase:
    """The use case."""

    def __init__(
        self,
        database: Database,
        disk_floor_bytes: int,
        now: Clock,
        ensure_backup: EnsureBackup,
        allowed_memory_mb: Callable[[], int] = allowed_mb,
    ) -> None:
        self._database = database
        self._disk_floor_bytes = disk_floor_bytes
        self._now = now
        self._ensure_backup = ensure_backup
        self._allowed_memory_mb = allowed_memory_mb
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
        is_due = plain and await self._encryption_is_due(began)
        if not (is_due or await self._database.read(lambda tx: _is_due(tx, began))) or await self._rests(began):
            return
        try:
            await self._prepare(plain)
            await self._rewrite(began)
        except Unavailable as error:
            self._postpone(str(error))
            left = "the database is not encrypted for now" if plain else "erased calls leave their traces for now"
            logger.warning("%s: %s", left, error)
        else:
            self._postponed = None
            logger.info("the database was written anew, encrypted: nothing is left in it of calls that were erased")

    async def _rewrite(self, since: datetime) -> None:
        before = await self._database.read(_begun)
        latest = await self._database.read(erasure.latest_erasure)
        try:
            await self._database.write(lambda tx: _note_begun(tx, self._now()))
            await in_thread_of_its_own("database rewriting", self._database.rewrite_blocking)
            await self._database.write(lambda tx: _note_done(tx, since, latest))
        except asyncio.CancelledError:
            # The appliance is stopped, and that is no fault of it: the next life begins it as if it had not been.
            with contextlib.suppress(Unavailable):
                await self._database.write(lambda tx: _put_begun(tx, *before))
            raise

    async def _encryption_is_due(self, now: datetime) -> bool:
        if self._database.path.stat().st_size < SMALL_BYTES:
            return True
        since = await self._database.read(lambda tx: _moment(tx, facts.KNOWN_PLAIN_SINCE))
        if since is None:
            await self._database.write(lambda tx: facts.put(tx, facts.KNOWN_PLAIN_SINCE, now.isoformat()))
        elif now - since >= DUE_AFTER:
            return True
        return await self._database.read(lambda tx: _is_quiet(tx, now))

    async def _rests(self, now: datetime) -> bool:
        """Whether the last one was not finished, whatever ended it, and it is too early for the next."""
        begun, last = await self._database.read(_begun)
        if not begun or last is None:
            return False
        rest = RESTS[min(begun, len(RESTS)) - 1]
        if not timedelta(0) <= now - last < rest:
            return False
        if self._postponed is None:  # another life of ours began it
            again = contract_timestamp(last + rest)
            reason = f"the one that began then did not come to its end; it is tried again after {again}"
            self._postponed = Postponed(last, reason)
            logger.warning("the database is not written anew for now: %s", reason)
        return True

    async def _prepare(self, plain: bool) -> None:
        """Look whether there is room for it; have a backup of a file that nobody has read back encrypted yet."""
        self._need_room()
        allowed = self._allowed_memory_mb()
        await self._database.read(lambda tx: need_memory_for_rewriting(tx, allowed))
        if plain:
            await self._ensure_backup(BACKUP_YOUNGER_THAN)

    def _need_room(self) -> None:
        path = self._database.path
        needed = path.stat().st_size * 3 // 2 + self._disk_floor_bytes
        if (free := shutil.disk_usage(path.parent).free) < needed:
            raise Unavailable(f"that takes {needed // 1024**2} MB of free disk, and {free // 1024**2} MB are free")


def _begun(tx: Connection) -> tuple[int, datetime | None]:
    """How often it was begun since it was done last, and when for the last time."""
    return int(facts.get(tx, facts.REWRITINGS_BEGUN) or 0), _moment(tx, facts.REWRITING_BEGAN)


def _note_begun(tx: Connection, at: datetime) -> None:
    begun, _ = _begun(tx)
    _put_begun(tx, begun + 1, at)


def _put_begun(tx: Connection, begun: int, last: datetime | None) -> None:
    facts.put(tx, facts.REWRITINGS_BEGUN, str(begun))
    if last is not None:
        facts.put(tx, facts.REWRITING_BEGAN, last.isoformat())


def _note_done(tx: Connection, since: datetime, latest_erasure: datetime | None) -> None:
    facts.put(tx, facts.REWRITTEN_SINCE, since.isoformat())
    if latest_erasure is not None:
        facts.put(tx, facts.REWRITTEN_WITH, latest_erasure.isoformat())
    facts.put(tx, facts.REWRITINGS_BEGUN, "0")


def _moment(tx: Connection, fact: str) -> datetime | None:
    text = facts.get(tx, fact)
    return None if text is None else datetime.fromisoformat(text)


def _is_due(tx: Connection, now: datetime) -> bool:
    since = _moment(tx, facts.REWRITTEN_SINCE) or _BEFORE_ALL
    if since > now:  # by a clock that was set back: of no erasure it tells whether that came before it
        since = _BEFORE_ALL
    erased, expired = erasure.first_erasure_since(tx, since), audit.first_since(tx, Action.TEXTS_EXPIRED, since)
    waiting = [now - erased] if erased is not None else []
    if expired is not None:
        waiting.append(now - expired - EXPIRED_WAIT_FOR)
    if _is_erased_ahead(tx, now):
        waiting.append(DUE_AFTER)
    longest = max(waiting, default=timedelta(0))
    if longest < WAITS_FOR:
        return False
    return longest >= DUE_AFTER or _is_quiet(tx, now)


def _is_erased_ahead(tx: Connection, now: datetime) -> bool:
    """Whether something was erased by a clock that was set back since, and the file not written anew behind it."""
    known = _moment(tx, facts.REWRITTEN_WITH) or _BEFORE_ALL
    latest = erasure.latest_erasure(tx)
    return latest is not None and latest > now + SET_BACK and latest > known


def _is_quiet(tx: Connection, now: datetime) -> bool:
    latest = calls.latest_received_at(tx)
    return latest is None or now - latest >= QUIET
