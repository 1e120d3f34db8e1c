"""Look at the audit: a page, all of it, or what its chain proves; and write down who took away what."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from appliance.domain.actor import OWNER, Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Fields, Named, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.domain.clock import Clock
from appliance.domain.token import Token
from appliance.errors import NotFound, Unavailable
from appliance.services.calls.history import Page, page_of, sorted_page_of
from appliance.storage import audit_chain
from appliance.storage.audit_chain import Verdict
from appliance.storage.database import Database
from appliance.storage.tables import audit, names
from appliance.storage.tables.audit import AuditFilter
from appliance.storage.tables.keyset import Sorting

logger = logging.getLogger(__name__)

# How many lines an export holds in memory at a time.
EXPORT_PAGE_ROWS = 1000
# Of a page's lines; what one read at once may be hundreds of calls in each of them.
MOST_NAMES = 2000
# It is looked at a while after the start, for it reads every line; then every day.
VERIFY_FIRST_AFTER_SECONDS = 60.0
VERIFY_AGAIN_SECONDS = 600.0
VERIFY_EVERY_SECONDS = 24 * 3600.0
# A player or an interrupted download fetches a file in many parts: that is one download.
SAME_DOWNLOAD = timedelta(minutes=15)
# A token joins a handful of workers. One that brings ever new names would push everything else out of sight.
MOST_NEW_WORKERS_AN_HOUR = 50


class AuditLog:
    """The queries, and the lines that belong to no change."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._one_verification = asyncio.Lock()
        self.last_verdict: Verdict | None = None
        self._noted: dict[tuple[object, Subject], datetime] = {}
        self._new_workers: dict[int, tuple[datetime, int]] = {}  # by token: since when, how many

    async def page(
        self, wanted: AuditFilter, before: int | None, limit: int, sorting: Sorting | None = None
    ) -> Page[AuditLine]:
        """A page of lines, newest first or sorted."""
        if sorting is not None:
            lines = await self._database.read(lambda tx: audit.sorted_page(tx, wanted, sorting, limit + 1))
            return sorted_page_of(lines, limit)
        found = await self._database.read(lambda tx: audit.page(tx, wanted, before_seq=before, limit=limit + 1))
        return page_of(found, limit)

    async def names(self, lines: Sequence[AuditLine], only: frozenset[int] | None) -> list[Named]:
        """What that is called today which these lines know by ids: first of all what they were done to."""
        subjects = [line.subject for line in lines if line.subject.id is not None]
        told = dict.fromkeys((*subjects, *(one for line in lines for one in line.mentioned)))
        wanted = list(islice(told, MOST_NAMES))
        return await self._database.read(lambda tx: names.named(tx, wanted, only))

    async def everything(self, wanted: AuditFilter, most: int | None = None) -> AsyncIterator[Sequence[AuditLine]]:
        """All lines that match, newest first, some at a time; those that are added meanwhile are not among them.

        Or the newest of them, where it says how many at `most`.
        """
        before: int | None = None
        while most != 0:
            page = await self.page(wanted, before, EXPORT_PAGE_ROWS if most is None else min(most, EXPORT_PAGE_ROWS))
            yield page.items
            before = page.next_before
            if before is None:
                return
            most = None if most is None else most - len(page.items)

    async def verify(self, head: str | None = None) -> Verdict:
        """Go through the whole chain; `head` is one that somebody kept."""
        async with self._one_verification:  # each reads everything: many at once would keep others from reading
            self.last_verdict = await self._database.read(lambda tx: audit_chain.verify(tx, head=head))
            return self.last_verdict

    async def verify_every_day(self) -> None:
        """Until cancelled: a line that was changed is not to wait for somebody who asks."""
        pause = VERIFY_FIRST_AFTER_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = VERIFY_EVERY_SECONDS
            try:
                verdict = await self.verify()
            except Unavailable as error:
                logger.warning("the audit's chain is looked at later: %s", error)
                pause = VERIFY_AGAIN_SECONDS
            except Exception:
                logger.exception("the look at the audit's chain stumbled; it goes on later")
            else:
                if verdict.broken is not None:
                    logger.error("the audit is broken at line %s: %s", verdict.broken.id, verdict.broken.problem)

    async def erase(self, actor: Actor, line_id: str) -> None:
        """Erase what of a line may name a person; raises NotFound where nothing of it can be erased."""
        now = self._now()
        if not await self._database.write(lambda tx: audit.erase(tx, line_id, actor, now)):
            raise NotFound(f"there is no line {line_id} of which something can be erased")

    async def recording_downloaded(self, actor: Actor, call: Call) -> None:
        """Somebody listens to a call."""
        await self._note(actor, Action.RECORDING_DOWNLOADED, Subject(SubjectKind.CALL, call.call_id), call.customer_id)

    async def backup_downloaded(self, actor: Actor, name: str) -> None:
        """An administrator takes a backup away."""
        await self._note(actor, Action.BACKUP_DOWNLOADED, Subject(SubjectKind.BACKUP, name))

    async def recovery_key_shown(self) -> None:
        """The data folder's owner is shown what opens every backup."""
        await self._write(recovery_key_shown(self._now()))

    async def first_boot_note_removed(self) -> None:
        """The data folder's owner says that recovery key and first token are kept elsewhere."""
        await self._write(first_boot_note_removed(self._now()))

    async def certificate_replaced(self, before: str, after: str) -> None:
        """Whoever owns the files has put another certificate there; noted by their fingerprints."""
        subject = Subject(SubjectKind.APPLIANCE)
        then, since = {"fingerprint_sha256": before}, {"fingerprint_sha256": after}
        await self._write(AuditLine(self._now(), OWNER, Action.CERTIFICATE_REPLACED, subject, then, since))

    async def worker_joined(self, token: Token, worker: str, address: str, request_id: str) -> bool:
        """A worker on another machine was let in to the queue, for the first time since the api started.

        Of those that are too many in one hour the first is noted as there being more, and no other. False: it could
        not be written down.
        """
        now = self._now()
        since, count = self._new_workers.get(token.id, (now, 0))
        if not timedelta(0) <= now - since < timedelta(hours=1):
            since, count = now, 0
        if count > MOST_NEW_WORKERS_AN_HOUR:
            return True
        after: Fields = {"worker": worker}
        if count == MOST_NEW_WORKERS_AN_HOUR:
            after = {"more_workers_in_an_hour_than": count}
        self._new_workers[token.id] = since, count + 1
        actor = Actor(ActorKind.TOKEN, address, request_id, token.id, token.name, token.role)
        subject = Subject(SubjectKind.TOKEN, str(token.id))
        if await self._write(AuditLine(now, actor, Action.WORKER_JOINED, subject, after=after)):
            return True
        since, count = self._new_workers[token.id]
        self._new_workers[token.id] = since, max(0, count - 1)
        return False

    async def log_level_changed(self, actor: Actor, before: str, after: str, seconds: int) -> None:
        """The appliance logs more or less, for so long."""
        since: Fields = {"level": after, "seconds": seconds}
        subject = Subject(SubjectKind.APPLIANCE)
        await self._write(AuditLine(self._now(), actor, Action.LOG_LEVEL_CHANGED, subject, {"level": before}, since))

    async def _note(self, actor: Actor, action: Action, subject: Subject, customer_id: int | None = None) -> None:
        now = self._now()
        # The oldest come first. A clock that was set back makes at most one line too many.
        while self._noted and not timedelta(0) <= now - next(iter(self._noted.values())) < SAME_DOWNLOAD:
            del self._noted[next(iter(self._noted))]
        key = ((actor.kind, actor.token_id, actor.name, actor.address), subject)
        if key in self._noted:
            return
        if await self._write(AuditLine(now, actor, action, subject, customer_id=customer_id)):
            self._noted[key] = now

    async def _write(self, line: AuditLine) -> bool:
        try:
            await self._database.write(lambda tx: audit.add(tx, line))
        except Unavailable as error:
            # With a full disk it is more important that a backup can be taken away, or an expired certificate replaced.
            logger.warning("%s of %s was not written down: %s", line.action.value, line.subject.id, error)
            return False
        return True


def recovery_key_shown(at: datetime) -> AuditLine:
    """The line of that."""
    return AuditLine(at, OWNER, Action.RECOVERY_KEY_SHOWN, Subject(SubjectKind.APPLIANCE))


def first_boot_note_removed(at: datetime) -> AuditLine:
    """The line of that."""
    return AuditLine(at, OWNER, Action.FIRST_BOOT_NOTE_REMOVED, Subject(SubjectKind.APPLIANCE))
