"""Remembers which customers' posts are refused, and why: what is told to a telephone system nobody reads there."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from appliance.domain.clock import Clock
from appliance.domain.plurals import counted
from appliance.domain.system import Component, ComponentState, RefusedPosts
from appliance.process.log.subject import about

logger = logging.getLogger(__name__)

LATELY_SECONDS = 3600.0
# What goes on for longer is told again.
SAY_AGAIN_SECONDS = 3600.0
# No box has so many customers whose telephone systems are at fault in one hour; the longest ago goes first.
MOST_CUSTOMERS = 1000
MOST_SAID = 1000
# Named one by one; all are in the reply.
MOST_NAMED = 5
_MINUTE_SECONDS = 60.0


@dataclass(slots=True)
class _Refused:
    """Of one customer: how many in each minute, the oldest first."""

    last_at: datetime
    last_problem: str
    minutes: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, minute: float) -> None:
        count = self.minutes.pop()[1] if self.minutes and self.minutes[-1][0] == minute else 0
        self.minutes.append((minute, count + 1))

    def forget(self, before: float) -> None:
        while self.minutes and self.minutes[0][0] <= before:
            self.minutes.popleft()

    @property
    def count(self) -> int:
        return sum(count for _, count in self.minutes)


class PostRefusals:
    """Since the api was started. All on the event loop."""

    def __init__(self, now: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._refused: OrderedDict[int, _Refused] = OrderedDict()
        # When each was told of each customer, and how many more came since.
        self._said: OrderedDict[tuple[int, str], tuple[float, int]] = OrderedDict()

    def refused(self, customer_id: int, problem: str, request_id: str) -> None:
        """A post of a customer's own key was refused; `problem` holds nothing of what was sent."""
        seconds = self._monotonic()
        one = self._refused.setdefault(customer_id, _Refused(self._now(), problem))
        one.last_at, one.last_problem = self._now(), problem
        one.add(seconds // _MINUTE_SECONDS)
        self._refused.move_to_end(customer_id)
        if len(self._refused) > MOST_CUSTOMERS:
            self._refused.popitem(last=False)
        self._say(customer_id, problem, request_id, seconds)

    def accepted(self, customer_id: int) -> None:
        """A post of this customer was taken: its telephone system knows how."""
        self._refused.pop(customer_id, None)

    def lately(self) -> tuple[RefusedPosts, ...]:
        """Those of the last hour, the most often refused first."""
        before = (self._monotonic() - LATELY_SECONDS) // _MINUTE_SECONDS
        for customer_id, one in list(self._refused.items()):
            one.forget(before)
            if not one.minutes:
                del self._refused[customer_id]
        found = [
            RefusedPosts(customer_id, one.count, one.last_at, one.last_problem)
            for customer_id, one in self._refused.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.count, one.customer_id)))

    def _say(self, customer_id: int, problem: str, request_id: str, seconds: float) -> None:
        """Once for each customer and problem: a telephone system that has been set up wrongly repeats it all day."""
        said_at, unsaid = self._said.get((customer_id, problem), (float("-inf"), 0))
        if seconds - said_at < SAY_AGAIN_SECONDS:
            self._said[customer_id, problem] = said_at, unsaid + 1
            return
        self._said[customer_id, problem] = seconds, 0
        self._said.move_to_end((customer_id, problem))
        if len(self._said) > MOST_SAID:
            self._said.popitem(last=False)
        logger.warning(
            "a post of customer %d was refused (request %s): %s%s",
            customer_id,
            request_id,
            problem,
            f" ({unsaid} more like it before)" if unsaid else "",
            extra=about(customer_id=customer_id),
        )


def refused_posts(found: Sequence[RefusedPosts]) -> Component:
    """The component `intake`, where posts were refused."""
    told = [f"customer {one.customer_id}: {_how_many(one)}" for one in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        told.append(f"and those of {counted(len(found) - MOST_NAMED, 'other customer', 'other customers')}")
    text = "; ".join(told)
    return Component("intake", ComponentState.WARNING, f"{text[0].upper()}{text[1:]}.")


def _how_many(one: RefusedPosts) -> str:
    if one.count == 1:
        return f"1 post was refused in the last hour: {one.last_problem}"
    return f"{one.count:,} posts were refused in the last hour, the last: {one.last_problem}"
