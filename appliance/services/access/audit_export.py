"""The audit on its way to a SIEM: each line at least once, in order, from where the last life of the api had come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from appliance.domain.audit import AuditLine
from appliance.domain.clock import Clock
from appliance.errors import Unavailable
from appliance.services.access.syslog import SyslogUnreachable, message
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, facts

logger = logging.getLogger(__name__)

LINES_AT_ONCE = 200
LOOK_EVERY_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class Sender(Protocol):
    """What takes messages to the server, and blocks meanwhile."""

    def send(self, messages: Sequence[bytes]) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ExportState:
    """How the export stands; `waiting` is how many lines wait, as of the last look."""

    target: str
    unreachable_since: datetime | None = None
    reason: str = ""
    waiting: int = 0


class AuditExport:
    """Sends what is new, until it is cancelled. An unreachable server holds nothing up but the export."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        target: str,
        now: Clock,
        shown: Callable[[AuditLine], Any],
        in_thread: Callable[[str, Callable[[], None]], Awaitable[None]],
        hostname: str | None = None,
        look_every_seconds: float = LOOK_EVERY_SECONDS,
    ) -> None:
        """`shown` is what JSON says of a line.

        `in_thread` runs what blocks under a name; the end of the process must not wait for it: a server that is away
        holds it up for longer than a stop may take.
        """
        self._database = database
        self._sender = sender
        self._now = now
        self._shown = shown
        self._in_thread = in_thread
        self._hostname = hostname or socket.gethostname()
        self._look_every_seconds = look_every_seconds
        self.state = ExportState(target)

    async def run(self) -> None:
        """Send for ever."""
        pause = self._look_every_seconds
        try:
            while True:
                try:
                    more = await self.send_some()
                    pause = 0.0 if more else self._look_every_seconds
                except SyslogUnreachable as error:
                    pause = min(LONGEST_PAUSE_SECONDS, max(pause, self._look_every_seconds) * 2)
                    await self._unreachable(str(error))
                except Unavailable as error:
                    pause = LONGEST_PAUSE_SECONDS
                    logger.warning("the audit is exported later: %s", error)
                await asyncio.sleep(pause)
        finally:
            self._sender.close()

    async def send_some(self) -> bool:
        """Send the next lines, and remember that; whether there may be more. Raises SyslogUnreachable."""
        found = await self._database.read(_next_lines)
        if not found:
            return False
        messages = [message(line, self._shown(line), self._hostname) for _, line in found]
        await self._in_thread("audit export", partial(self._sender.send, messages))
        last = found[-1][0]
        await self._database.write(lambda tx: facts.put(tx, facts.AUDIT_EXPORTED_UNTIL, str(last)))
        if self.state.unreachable_since is not None:
            logger.info("the audit is exported to %s again", self.state.target)
        self.state = ExportState(self.state.target)
        return len(found) == LINES_AT_ONCE

    async def _unreachable(self, reason: str) -> None:
        waiting = self.state.waiting
        with contextlib.suppress(Unavailable):
            waiting = await self._database.read(lambda tx: audit.count_behind(tx, exported_until(tx)))
        since = self.state.unreachable_since
        if since is None:
            since = self._now()
            logger.warning("the audit cannot be exported to %s, and waits: %s", self.state.target, reason)
        self.state = ExportState(self.state.target, since, reason, waiting)


def exported_until(tx: Connection) -> int:
    """The number of the last line that was exported; 0 where none was."""
    return int(facts.get(tx, facts.AUDIT_EXPORTED_UNTIL) or 0)


def _next_lines(tx: Connection) -> list[tuple[int, AuditLine]]:
    return audit.behind(tx, exported_until(tx), LINES_AT_ONCE)
