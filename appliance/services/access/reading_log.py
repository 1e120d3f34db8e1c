"""Who read what, and who was not let in: gathered for a moment, and written down together.

A reader does not wait for it. What was read alike within the moment (one list, asked for 20 times) is one line with a
count. A process that is killed loses what nobody has written yet: of readings the last second, of an address's failed
logins how many more came in the minute after the first.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind, Value
from appliance.domain.clock import Clock
from appliance.errors import Unavailable
from appliance.storage.database import Database
from appliance.storage.tables import audit

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
# With a full disk, or of somebody who reads very many things: in memory no more lines wait than this.
MOST_WAITING = 10_000
# Whoever reads more calls (or lists) than this in a moment gets one line for all: who has a token must not be able to
# fill the disk with lines either.
LISTED_ONE_BY_ONE = 10
NAMED_IN_ONE_LINE = 500
# An address that guesses makes one line in this time, and so many addresses one each: the rest share one. So does
# whoever goes on asking for what it may not.
SAME_LOGIN = timedelta(minutes=1)
ADDRESSES_TOLD = 20
ELSEWHERE = "elsewhere"
# One who has an IPv6 network has 2^64 addresses.
IPV6_NETWORK_BITS = 64


@dataclass(slots=True)
class _Reading:
    """Something that was read, so many times: the first of these lines."""

    line: AuditLine
    times: int = 1
    count: int | None = None

    def counted_line(self) -> AuditLine:
        after: dict[str, Value] = dict(self.line.after)
        if self.count is not None:
            after["count"] = self.count
        if self.times > 1:
            after["times"] = self.times
        return replace(self.line, after=after)


@dataclass(slots=True)
class _Refused:
    """What somebody was refused that is not in the audit yet: the latest of it, and all."""

    actor: Actor
    action: Action
    customer_id: int | None = None
    noted_at: datetime | None = None
    count: int = 0
    tried: set[str] = field(default_factory=set)

    def is_due(self, now: datetime) -> bool:
        """Whether the minute of its last line is over."""
        return self.noted_at is None or not timedelta(0) <= now - self.noted_at < SAME_LOGIN

    def line(self, now: datetime) -> AuditLine:
        """Of what came since the last one."""
        after: dict[str, Value] = {"count": self.count}
        if self.tried:
            after["tried"] = sorted(self.tried)
        self.noted_at, self.count, self.tried = now, 0, set()
        subject = Subject(SubjectKind.APPLIANCE)
        return AuditLine(now, self.actor, self.action, subject, after=after, customer_id=self.customer_id)


@dataclass(slots=True)
class _Waiting:
    """What is to be written: lines that a full disk held up, and what was gathered since."""

    lines: list[AuditLine] = field(default_factory=list)
    readings: dict[object, _Reading] = field(default_factory=dict)
    lost: int = 0


class ReadingLog:
    """All on the event loop; `run` writes, until it is cancelled, and `flush` at the very end."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._waiting = _Waiting()
        self._logins: dict[object, _Refused] = {}
        self._refusals: dict[object, _Refused] = {}
        self._one_at_a_time = asyncio.Lock()

    def note(
        self,
        actor: Actor,
        action: Action,
        subject: Subject,
        *,
        customer_id: int | None = None,
        about: Fields | None = None,
        count: int | None = None,
    ) -> None:
        """Somebody has read this; `about` says which of it (a list's filter), `count` how many there were."""
        after = about or {}
        who = (actor.kind, actor.token_id, actor.name, actor.address)
        key = (who, action, subject, customer_id, msgspec.json.encode(after))
        seen = self._waiting.readings.get(key)
        if seen is not None:
            seen.times += 1
            seen.count = None if count is None else (seen.count or 0) + count
        elif len(self._waiting.readings) + len(self._waiting.lines) >= MOST_WAITING:
            self._waiting.lost += 1
        else:
            line = AuditLine(self._now(), actor, action, subject, after=after, customer_id=customer_id)
            self._waiting.readings[key] = _Reading(line, count=count)

    def login_failed(self, address: str) -> None:
        """Somebody brought no credential that we know."""
        place = _network(address)
        if place not in self._logins and len(self._logins) >= ADDRESSES_TOLD:
            place = ELSEWHERE
        self._logins.setdefault(place, _Refused(Actor(ActorKind.UNKNOWN, place), Action.LOGIN_FAILED)).count += 1

    def refused(self, actor: Actor, tried: str, *, customer_id: int | None = None) -> None:
        """Somebody we know wanted to change what it may not; `tried` is one of our methods and routes."""
        who = (actor.kind, actor.token_id, customer_id)
        refusals = self._refusals.setdefault(who, _Refused(actor, Action.ACCESS_REFUSED, customer_id))
        refusals.actor = actor
        refusals.count += 1
        refusals.tried.add(tried)

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self, *, at_the_end: bool = False) -> None:
        """Write down what waits; what cannot be written waits on. At the end also of minutes that are not over."""
        # Shielded: what is being committed as a stop comes is in the audit, and would be written once more at the end.
        await asyncio.shield(self._flush(at_the_end=at_the_end))

    async def _flush(self, *, at_the_end: bool) -> None:
        async with self._one_at_a_time:
            waiting = self._waiting
            # While a full disk holds lines up, what is refused is counted on: whoever guesses fills no memory.
            is_held_up = bool(waiting.lines) and not at_the_end
            waiting.lines += _lines(waiting.readings)
            if not is_held_up:
                for refused in (self._logins, self._refusals):
                    waiting.lines += self._due(refused, at_the_end=at_the_end)
            waiting.readings = {}
            lines = list(waiting.lines)
            if not lines:
                return
            try:
                await self._database.write(lambda tx: audit.add(tx, *lines))
            except Unavailable as error:
                logger.warning("%d lines of the audit wait to be written: %s", len(lines), error)
                return
            del waiting.lines[: len(lines)]
            if waiting.lost:
                lost, waiting.lost = waiting.lost, 0
                logger.error("%d readings were not written down: too many waited", lost)

    def _due(self, refused: dict[object, _Refused], *, at_the_end: bool) -> Iterator[AuditLine]:
        now = self._now()
        for who, one in list(refused.items()):
            if not (one.is_due(now) or at_the_end):
                continue
            if one.count:
                yield one.line(now)
            else:
                del refused[who]


def _network(address: str) -> str:
    with contextlib.suppress(ValueError):
        found = ipaddress.ip_address(address)
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, IPV6_NETWORK_BITS), strict=False))
    return address or "unknown"


def _lines(readings: dict[object, _Reading]) -> Iterator[AuditLine]:
    """A line each; the many things that one read alike in one moment in a line together."""
    alike: dict[object, list[_Reading]] = {}
    for reading in readings.values():
        actor = reading.line.actor
        who = (actor.kind, actor.token_id, actor.name, actor.address)
        single = reading.line.subject.id is not None
        alike.setdefault((who, reading.line.action, reading.line.customer_id, single), []).append(reading)
    for some in alike.values():
        if len(some) <= LISTED_ONE_BY_ONE:
            yield from (reading.counted_line() for reading in some)
        elif some[0].line.subject.id is not None:
            yield from _named_together(some)
        else:
            yield _counted_together(some)


def _named_together(readings: Sequence[_Reading]) -> Iterator[AuditLine]:
    for begin in range(0, len(readings), NAMED_IN_ONE_LINE):
        some = readings[begin : begin + NAMED_IN_ONE_LINE]
        after: Fields = {"count": len(some), "ids": [reading.line.subject.id for reading in some]}
        yield replace(some[0].line, subject=Subject(some[0].line.subject.kind), after=after)


def _counted_together(readings: Sequence[_Reading]) -> AuditLine:
    """Of lists that differ in what they were narrowed to: how many of them, and how much they showed."""
    after: Fields = {
        "filters": len(readings),
        "count": sum(reading.count or 0 for reading in readings),
        "times": sum(reading.times for reading in readings),
    }
    return replace(readings[0].line, after=after)
