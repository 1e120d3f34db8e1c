"""How calls end: how many of them fail, from when on that is no chance, and whose fault it is.

Many fail (`Judgement.MANY`) when chance does not explain it: were one call in 20 to fail, or twice the usual share
where that is more, so many would do so in one of a million hours. Most do (`MOST`) when in addition it is more than
half of them, whatever is usual: an outage never becomes usual by going on. So 1 of 3 calls says nothing, 3 of 3 do not
yet, 5 of 5 do, 9 of 20, 21 of 100 where 3 % are usual, and 100 of 1,000.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOOKED_AT = timedelta(hours=1)
# Two weeks have every weekday twice.
USUAL_OF = timedelta(days=14)
# Of fewer calls, one says too much about what is usual.
ENOUGH_TO_BE_USUAL = 50
# Where nobody has to look: what is at fault with single recordings stays below it in every office.
WORKING_SHARE = 0.05
# How many times the usual share is still of no concern. Faults come in bursts, and what is usual changes slowly.
TIMES_USUAL = 2.0
# A customer has some 2,500 hours with calls in a year, and they are looked at all the time. In made years of 3 to 120
# calls an hour, of which up to 3 % failed, one by one or in pairs, there was no false alarm.
NO_CHANCE = 1e-6
MOST_GROUPS = 20

# The codes of what the appliance itself did wrong. A worker that dies of a recording is one of them.
OWN_FAULTS = frozenset(
    {
        "device_failed",
        "device_missing",
        "engine_error",
        "model_pack",
        "no_room_to_decode",
        "recording_damaged",
        "recording_missing",
        "result_refused",
        "worker_crashed",
    }
)
# Of these the audio that came is not here any more: it is taken again from whoever still has it.
LOST_BY_THE_DISK = frozenset({"recording_damaged", "recording_missing"})
# And of what was wrong with what it was given.
RECORDINGS_AT_FAULT = frozenset(
    {
        "decoded_too_large",
        "empty_recording",
        "invalid_transcript",
        "recording_too_long",
        "unreadable_recording",
        "unsupported_language",
    }
)


class Judgement(StrEnum):
    """How many of some calls have failed."""

    FEW = "few"
    MANY = "many"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many calls became final, and how many of these failed."""

    finished: int = 0
    failed: int = 0

    @property
    def share(self) -> float:
        return self.failed / self.finished if self.finished else 0.0

    @property
    def usual_share(self) -> float | None:
        """The share, where these are enough to say what is usual."""
        return self.share if self.finished >= ENOUGH_TO_BE_USUAL else None

    def judged(self, usual_share: float | None) -> Judgement:
        """Whether many of them failed, against what is usual (None: nobody knows)."""
        if chance(self, WORKING_SHARE) > NO_CHANCE:
            return Judgement.FEW
        if self.failed > self.finished / 2:
            return Judgement.MOST
        unusual = chance(self, TIMES_USUAL * (usual_share or 0.0)) <= NO_CHANCE
        return Judgement.MANY if unusual else Judgement.FEW


def chance(ended: Ended, share: float) -> float:
    """How likely so many or more fail when each call does with this probability: the binomial distribution's tail."""
    finished, failed = ended.finished, ended.failed
    if failed <= finished * share:
        return 1.0  # a half or so: no bound of ours lies there
    if share <= 0.0:
        return 0.0
    ways = math.lgamma(finished + 1) - math.lgamma(failed + 1) - math.lgamma(finished - failed + 1)
    term = math.exp(ways + failed * math.log(share) + (finished - failed) * math.log1p(-share))
    total = 0.0
    for number in range(failed, finished + 1):
        total += term
        term *= (finished - number) / (number + 1) * share / (1.0 - share)
        if term <= total * 1e-9:  # each further one is less by as much again
            break
    return total


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls of one customer that ended in the same way; `error_code` is None where they were completed.

    `since_start` is how many of them ended since the api started, `example` what the last of them says.
    """

    customer_id: int
    customer_name: str | None
    failed: bool
    error_code: str | None
    calls: int
    since_start: int
    example: str | None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failed calls of one customer with one code; `example`: what the last of them says."""

    error_code: str
    customer_id: int
    customer_name: str | None
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class CustomersCalls:
    """How one customer's calls ended."""

    customer_id: int
    customer_name: str | None
    ended: Ended


@dataclass(frozen=True, slots=True)
class Failures:
    """How the calls ended from `since` to before `until`: once each, as they are now, without those erased since.

    `own` are those since the api started whose recordings were not at fault: of these, each failure is the appliance's.
    `groups` are the failures, the largest group first; `affected` the customers of whose calls many failed.
    """

    since: datetime
    until: datetime
    ended: Ended = Ended()
    usual: Ended = Ended()
    own: Ended = Ended()
    groups: tuple[FailureGroup, ...] = ()
    affected: tuple[CustomersCalls, ...] = ()

    @property
    def judged(self) -> Judgement:
        """Of all customers' calls together."""
        return self.ended.judged(self.usual.usual_share)

    @property
    def through_own_fault(self) -> bool:
        """Whether the appliance does not do its work: most of the calls that could be analysed fail all the same."""
        return self.own.judged(None) is Judgement.MOST


def failures_of(since: datetime, until: datetime, counted: Iterable[Counted], usual: Mapping[int, Ended]) -> Failures:
    """What was counted from `since` to before `until`, judged by what is usual for each customer."""
    counted = list(counted)
    usually = _together(usual.values())
    return Failures(
        since=since,
        until=until,
        ended=_together(map(_ended, counted)),
        usual=usually,
        own=_together(
            Ended(one.since_start, one.since_start if one.failed else 0)
            for one in counted
            if not one.failed or one.error_code in OWN_FAULTS
        ),
        groups=_groups(counted),
        affected=_affected(counted, usual, usually.usual_share),
    )


def _ended(counted: Counted) -> Ended:
    return Ended(counted.calls, counted.calls if counted.failed else 0)


def _together(some: Iterable[Ended]) -> Ended:
    listed = list(some)
    return Ended(sum(one.finished for one in listed), sum(one.failed for one in listed))


def _groups(counted: Iterable[Counted]) -> tuple[FailureGroup, ...]:
    found = [
        FailureGroup(one.error_code, one.customer_id, one.customer_name, one.calls, one.example or "")
        for one in counted
        if one.failed and one.error_code is not None
    ]
    found.sort(key=lambda group: (-group.count, group.customer_id, group.error_code))
    return tuple(found[:MOST_GROUPS])


def _affected(
    counted: Iterable[Counted], usual: Mapping[int, Ended], usual_share: float | None
) -> tuple[CustomersCalls, ...]:
    """Whose calls fail, each judged by what is usual for it, or for all where it has few calls."""
    names: dict[int, str | None] = {}
    finished: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for one in counted:
        names[one.customer_id] = one.customer_name
        finished[one.customer_id] += one.calls
        failed[one.customer_id] += one.calls if one.failed else 0
    found = []
    for customer_id, name in names.items():
        ended = Ended(finished[customer_id], failed[customer_id])
        of_its_own = usual.get(customer_id, Ended()).usual_share
        if ended.judged(usual_share if of_its_own is None else of_its_own) is not Judgement.FEW:
            found.append(CustomersCalls(customer_id, name, ended))
    return tuple(sorted(found, key=lambda one: (-one.ended.failed, one.customer_id)))
