"""Notices PBXs that have fallen silent at a time when they usually send calls, and when a call comes again.

A refused call is no sign of life: nobody knows whose a wrong key is. While we take nothing from a PBX ourselves (the
appliance was down, its disk is full, the customer's calls all wait for a worker) it is not silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.domain.clock import Clock, local_time
from appliance.domain.customer import Customer
from appliance.domain.live_event import PUBLISHED_ONE_BY_ONE, MuchChanged, PbxChanged, Publish
from appliance.domain.plurals import counted
from appliance.domain.system import SilentPbx
from appliance.domain.traffic_baseline import (
    SHORTEST_SILENCE,
    WEEKS_LOOKED_AT,
    LocalTime,
    Silence,
    TrafficBaseline,
    Unusual,
    learn,
)
from appliance.errors import Unavailable
from appliance.storage.database import Connection, Database
from appliance.storage.tables import customers, facts, silences

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0
# One without a call for longer was taken away, whatever was usual before.
FORGOTTEN_AFTER = timedelta(days=28)
# One more than what is learned from tells whether the PBX sent calls all that time.
LEARN_FROM = timedelta(weeks=WEEKS_LOOKED_AT + 1)
# A million calls are read over for them; when all offices close at five, the others are looked at a minute later.
LEARN_AT_ONCE = 20
# A longer pause between two lives of the api is not the PBX's.
ORDINARY_RESTART = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look found: who may send calls, and the silences that begin and end."""

    active: dict[int, Customer]
    begun: list[Silence]
    over: list[Silence]
    forgotten: list[Silence]


class SilentPbxs:
    """The look at all customers; runs until cancelled."""

    def __init__(
        self,
        database: Database,
        writable: Callable[[], Awaitable[bool]],
        full: Callable[[Customer], bool],
        now: Clock,
        publish: Publish,
        local: LocalTime = local_time,
    ) -> None:
        """`writable`: whether calls could be stored; `full`: whether a customer has as many unfinished as it may."""
        self._database = database
        self._writable = writable
        self._full = full
        self._now = now
        self._publish = publish
        self._local = local
        self._active: dict[int, Customer] = {}
        self._silences: dict[int, Silence] = {}
        # With the last call before which each was learned.
        self._baselines: dict[int, tuple[datetime, TrafficBaseline]] = {}
        self._listening_since = now()
        self._listening_since_is_stored = False
        self._full_at: dict[int, datetime] = {}

    async def restore(self) -> None:
        """Remember what an earlier life noticed. To be called before anything of this life is written."""

        def look(tx: Connection) -> tuple[dict[int, Customer], dict[int, Silence], str | None, str | None]:
            since, probed = facts.get(tx, facts.LISTENING_SINCE), facts.get(tx, facts.LAST_WRITE_PROBE)
            return _active(tx), silences.all_silences(tx), since, probed

        self._active, self._silences, since, probed = await self._database.read(look)
        now = self._now()
        if since and probed and now - datetime.fromisoformat(probed) < ORDINARY_RESTART:
            self._listening_since = min(now, datetime.fromisoformat(since))
            self._listening_since_is_stored = True

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                logger.warning("the look at silent PBXs goes on in a minute: %s", error)
            except Exception:
                logger.exception("the look at silent PBXs stumbled; it goes on in a minute")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Look once: notice who has fallen silent, and who has sent a call again."""
        now = self._now()
        if not await self._writable():
            # Nothing can be accepted: from whom nothing comes now is not silent.
            self._listening_since, self._listening_since_is_stored = now, False
            return
        self._full_at |= {customer_id: now for customer_id, one in self._active.items() if self._full(one)}
        seen = await self._database.read(lambda tx: self._see(tx, now))
        over = [*seen.over, *seen.forgotten]
        if seen.begun or over or not self._listening_since_is_stored:
            await self._database.write(lambda tx: self._store(tx, seen.begun, over))
            self._listening_since_is_stored = True
        self._active = seen.active
        for silence in over:
            del self._silences[silence.customer_id]
        self._silences |= {silence.customer_id: silence for silence in seen.begun}
        self._publish_changes(seen)

    def current(self) -> tuple[SilentPbx, ...]:
        """The PBXs that are silent, the longest silent first."""
        now = self._now()
        found = sorted(self._silences.values(), key=lambda one: one.silent_since)
        return tuple(
            SilentPbx(
                customer_id=one.customer_id,
                customer_name=self._active[one.customer_id].name,
                last_call_at=one.last_call_at,
                silent_since=one.silent_since,
                reason=_reason(one, now),
            )
            for one in found
            if one.customer_id in self._active
        )

    def _see(self, tx: Connection, now: datetime) -> _Seen:
        active = _active(tx)
        last_calls = silences.last_calls(tx, now - FORGOTTEN_AFTER)
        known = self._silences.values()
        lasting = [one for one in known if one.customer_id in active and one.customer_id in last_calls]
        over = [one for one in lasting if last_calls[one.customer_id] > one.last_call_at]
        forgotten = [one for one in known if one not in lasting]
        quiet = dict(self._quiet(active, last_calls, now))
        self._learn(tx, {customer_id: last_calls[customer_id] for customer_id in quiet})
        begun = [
            Silence(customer_id, last_calls[customer_id], found.since, found.gap.total_seconds(), found.calls_per_hour)
            for customer_id, began_at in quiet.items()
            if (found := self._unusual(customer_id, began_at, now)) is not None
        ]
        return _Seen(active, begun, over, forgotten)

    def _quiet(
        self, active: dict[int, Customer], last_calls: dict[int, datetime], now: datetime
    ) -> Iterator[tuple[int, datetime]]:
        """Who has not sent a call for a while, and since when that can be held against it."""
        for customer_id, customer in active.items():
            if customer_id in self._silences or customer_id not in last_calls:
                continue
            # Who was changed just now (let in again, given another key) begins anew.
            began_at = max(last_calls[customer_id], customer.updated_at, self._listening_since)
            began_at = max(began_at, self._full_at.get(customer_id, began_at))
            if now - began_at >= SHORTEST_SILENCE:
                yield customer_id, began_at

    def _learn(self, tx: Connection, last_calls: dict[int, datetime]) -> None:
        """Learn some of the baselines that are wanted and not known; forget those that nobody wants."""
        self._baselines = {
            customer_id: (last_call, baseline)
            for customer_id, (last_call, baseline) in self._baselines.items()
            if last_calls.get(customer_id) == last_call
        }
        unknown = [customer_id for customer_id in last_calls if customer_id not in self._baselines][:LEARN_AT_ONCE]
        wanted = {customer_id: last_calls[customer_id] for customer_id in unknown}
        for customer_id, by_hour in silences.calls_by_hour(tx, wanted, LEARN_FROM).items():
            last_call = wanted[customer_id]
            self._baselines[customer_id] = (last_call, learn(by_hour, last_call, self._local))

    def _unusual(self, customer_id: int, began_at: datetime, now: datetime) -> Unusual | None:
        if customer_id not in self._baselines:
            return None
        return self._baselines[customer_id][1].unusual_silence(began_at, now, self._local)

    def _store(self, tx: Connection, begun: Iterable[Silence], over: Iterable[Silence]) -> None:
        for silence in over:
            silences.end(tx, silence.customer_id)
        for silence in begun:
            silences.begin(tx, silence)
        if not self._listening_since_is_stored:
            facts.put(tx, facts.LISTENING_SINCE, self._listening_since.isoformat())

    def _publish_changes(self, seen: _Seen) -> None:
        changes = [
            (silence, is_over) for silences, is_over in ((seen.over, True), (seen.begun, False)) for silence in silences
        ]
        if len(changes) > PUBLISHED_ONE_BY_ONE:
            self._publish(MuchChanged())
            return
        for silence, is_over in changes:
            self._publish(
                PbxChanged(
                    customer_id=silence.customer_id,
                    company_name=seen.active[silence.customer_id].company_name,
                    last_call_at=silence.last_call_at,
                    usual_gap_seconds=round(silence.usual_gap_seconds),
                    silent_since=silence.silent_since,
                    heard=is_over,
                )
            )


def _active(tx: Connection) -> dict[int, Customer]:
    return {customer.id: customer for customer in customers.page(tx) if customer.is_active}


def _reason(silence: Silence, now: datetime) -> str:
    hours = (now - silence.last_call_at) / timedelta(hours=1)
    ago = counted(round(hours), "hour", "hours") if hours < 48 else f"{hours / 24:.0f} days"
    return f"No call for {ago}; about {silence.usual_calls_per_hour:.0f} an hour are usual at its working times."
