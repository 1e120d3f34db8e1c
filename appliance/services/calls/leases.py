"""Who holds which call, and until when. Heartbeats stay in memory; only what follows from a lost one is written.

A lease belongs to one attempt in the hands of one life (`boot`) of one worker, and is lengthened by that life alone,
which proves its claim (`renew`). Heartbeats anybody with a worker's password may write: they tell which workers there
are. A worker that is seen in a new life loses what its earlier self held, once that has fallen silent.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from appliance.domain.call import Call
from appliance.messages.bounds import MAX_WORKERS
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.process.log.subject import about

logger = logging.getLogger(__name__)

# Longer than from one try to store a result to the next, and time for all that wait once it can be done again.
STORED_WITHIN_SECONDS = 180.0
# Once one could be stored those behind it are, too.
STORED_BEHIND_SECONDS = 10.0
# A worker beats every 2 s; one that missed five beats does not count as present.
WORKER_ABSENT_AFTER_SECONDS = 10.0
# Who holds a call says so every 2 s. One that has not for so long, while another life has its name, is dead.
REPLACED_AFTER_SECONDS = 6.0
# A name that has claimed no call may be anybody's, and is forgotten when it is silent for longer than one that loads
# and dies again and again; one that has was taken away.
FORGET_STRANGER_AFTER_SECONDS = 600.0
FORGET_CLAIMANT_AFTER_SECONDS = 24 * 3600.0
MOST_KNOWN = MAX_WORKERS // 2


class LoseCall(Protocol):
    """Ends an attempt that nobody will report about (FinishCall.lose)."""

    def __call__(self, call_id: str, revision: int, attempt: int, *, in_hand: int) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Lease:
    """One attempt in a worker's hands; moments on the monotonic clock."""

    call_id: str
    revision: int
    attempt: int
    worker: str
    boot: str
    began_at: float
    heard_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker's latest heartbeat and when it came, and when the first of this life did, on the monotonic clock."""

    heartbeat: WorkerHeartbeat
    seen_at: float
    began_at: float


class Leases:
    """The leases and the workers. All on the event loop."""

    def __init__(self, lease_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lease_seconds = lease_seconds
        self._monotonic = monotonic
        self._leases: dict[str, Lease] = {}
        self._workers: dict[str, SeenWorker] = {}
        self._claimants: dict[str, float] = {}  # when each was last heard of as one that holds a call, the latest last
        self._held_until = float("-inf")

    def restore(self, processing: Iterable[Call]) -> None:
        """After a start of the api: what was in somebody's hands gets a full lease to send a heartbeat."""
        for call in processing:
            self.begin(call)

    def begin(self, call: Call) -> None:
        """A worker has claimed the call's current attempt."""
        now = self._monotonic()
        self._note_claimant(call.worker or "", now)
        self._leases[call.call_id] = Lease(
            call_id=call.call_id,
            revision=call.revision,
            attempt=call.attempt,
            worker=call.worker or "",
            boot=call.worker_boot or "",
            began_at=now,
            heard_at=now,
            ends_at=now + self._lease_seconds,
        )

    def renew(self, call_id: str, revision: int, attempt: int, worker: str, boot: str) -> None:
        """Who holds this attempt lives; it has proven that it is it."""
        lease = self._leases.get(call_id)
        holder = (revision, attempt, worker, boot)
        if lease is not None and (lease.revision, lease.attempt, lease.worker, lease.boot) == holder:
            now = self._monotonic()
            self._note_claimant(worker, now)
            self._leases[call_id] = replace(lease, heard_at=now, ends_at=now + self._lease_seconds)

    def _note_claimant(self, worker: str, now: float) -> None:
        self._claimants.pop(worker, None)
        self._claimants[worker] = now
        if len(self._claimants) > MOST_KNOWN:
            del self._claimants[next(iter(self._claimants))]

    def held_by(self, worker: str, boot: str) -> int:
        """How many calls this life of a worker has claimed whose results are not stored yet."""
        return sum((lease.worker, lease.boot) == (worker, boot) for lease in self._leases.values())

    def end(self, call_id: str) -> None:
        """The call is final, or waits again."""
        self._leases.pop(call_id, None)

    def end_attempt(self, call_id: str, revision: int, attempt: int) -> None:
        """A worker has let go of an attempt that counts no more, such as one of an earlier revision."""
        lease = self._leases.get(call_id)
        if lease is not None and (lease.revision, lease.attempt) == (revision, attempt):
            self.end(call_id)

    def let_go(self, call_id: str, revision: int, attempt: int, worker: str, boot: str) -> None:
        """This life of a worker will not work on an attempt, or has stopped to."""
        lease = self._leases.get(call_id)
        if lease is not None and (lease.worker, lease.boot) == (worker, boot):
            self.end_attempt(call_id, revision, attempt)

    def held(self) -> set[str]:
        """The calls in workers' hands."""
        return set(self._leases)

    def calls_at_once(self) -> int:
        """How many calls the workers that are present and ready have in hand when they are busy; 0: they do not say."""
        return sum(worker.calls_at_once for worker in self.present_workers() if worker.takes_calls)

    def languages(self) -> frozenset[str]:
        """Those that some worker that takes calls knows. None: one of them does not say.

        Not those that all know: an upload that is refused is gone, and anybody with a worker's password can say that he
        knows few. A call that goes to one that does not know its language fails, and can be analysed again.
        """
        known = [worker.languages for worker in self.present_workers() if worker.takes_calls]
        return frozenset().union(*known) if all(known) else frozenset()

    def end_all(self) -> None:
        """Every call that is not final waits again (the queue was lost)."""
        self._leases.clear()

    def observe(self, heartbeats: Mapping[str, WorkerHeartbeat]) -> None:
        """Take the workers' latest heartbeats; one that has not changed since is no sign of life."""
        now = self._monotonic()
        for name, heartbeat in heartbeats.items():
            seen = self._workers.get(name)
            if seen is not None and (seen.heartbeat.boot, seen.heartbeat.beat) == (heartbeat.boot, heartbeat.beat):
                continue
            if heartbeat.outdated and (seen is None or seen.heartbeat.boot != heartbeat.boot):
                logger.warning(
                    "worker %s is of an older version (%s): it gets no calls", name, heartbeat.program or "unknown"
                )
            is_same_life = seen is not None and seen.heartbeat.boot == heartbeat.boot
            self._workers[name] = SeenWorker(heartbeat, now, seen.began_at if seen and is_same_life else now)
        for name in set(self._workers) - set(heartbeats):
            del self._workers[name]

    def present_workers(self) -> list[WorkerHeartbeat]:
        """The workers whose last heartbeat is recent."""
        horizon = self._monotonic() - WORKER_ABSENT_AFTER_SECONDS
        return [seen.heartbeat for seen in self._workers.values() if seen.seen_at >= horizon]

    def known_workers(self) -> list[tuple[WorkerHeartbeat, float, float]]:
        """All that the queue knows by name: how many seconds ago its last heartbeat came, and how many its first one.

        The first of this life of it.
        """
        now = self._monotonic()
        return [(seen.heartbeat, now - seen.seen_at, now - seen.began_at) for seen in self._workers.values()]

    def known_names(self) -> list[str]:
        """Those that no other may displace: whoever has claimed calls, the latest first, then who is present."""
        present = [heartbeat.worker for heartbeat in self.present_workers()]
        return list(dict.fromkeys([*reversed(self._claimants), *present]))[:MOST_KNOWN]

    def silent_names(self) -> list[str]:
        """Those that were not heard of for so long that they are to be forgotten."""
        now = self._monotonic()

        def is_forgotten(name: str, seen: SeenWorker) -> bool:
            claimed = name in self._claimants
            return now - seen.seen_at > (FORGET_CLAIMANT_AFTER_SECONDS if claimed else FORGET_STRANGER_AFTER_SECONDS)

        return [name for name, seen in self._workers.items() if is_forgotten(name, seen)]

    def named(self) -> set[str]:
        """The calls that present workers say are in their hands, claimed or about to be."""
        return {held.call_id for heartbeat in self.present_workers() for held in heartbeat.held}

    def hold(self) -> None:
        """Results cannot be stored now: one that waits may be of any call in hand, so no lease ends for a while."""
        self._held_until = self._monotonic() + STORED_WITHIN_SECONDS

    def go_on(self) -> None:
        """Results can be stored again."""
        self._held_until = min(self._held_until, self._monotonic() + STORED_BEHIND_SECONDS)

    async def expire(self, lose: LoseCall) -> None:
        """End the leases of workers that began a new life, and those whose time is up."""
        if self._monotonic() < self._held_until:
            return
        in_hand = Counter((lease.worker, lease.boot) for lease in self._leases.values())
        for lease, reason in self._lost():
            logger.warning(
                "call %s attempt %d was lost with worker %s: %s",
                lease.call_id,
                lease.attempt,
                lease.worker,
                reason,
                extra=about(call_id=lease.call_id),
            )
            await lose(lease.call_id, lease.revision, lease.attempt, in_hand=in_hand[lease.worker, lease.boot])
            # This one alone: the call may be in other hands by now.
            self.end_attempt(lease.call_id, lease.revision, lease.attempt)

    def _lost(self) -> list[tuple[Lease, str]]:
        """What is lost, and why. A silent worker loses all that it held at once: it is one crash, of them together."""
        now = self._monotonic()
        heard_since = now - WORKER_ABSENT_AFTER_SECONDS
        alive = {(lease.worker, lease.boot) for lease in self._leases.values() if lease.heard_at > heard_since}
        silent = {(lease.worker, lease.boot) for lease in self._leases.values() if lease.ends_at <= now} - alive
        lost = []
        for lease in self._leases.values():
            seen = self._workers.get(lease.worker)
            # A heartbeat seen before the claim may be that of the life before the one that claimed.
            replaced = seen is not None and seen.heartbeat.boot != lease.boot and seen.seen_at > lease.began_at
            if replaced and now - lease.heard_at >= REPLACED_AFTER_SECONDS:
                lost.append((lease, "the worker was restarted"))
            elif lease.ends_at <= now or (lease.worker, lease.boot) in silent:
                lost.append((lease, "its lease ended"))
        return lost
