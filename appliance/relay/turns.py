"""Whose call is next: customers take turns by the audio that they had analysed, each with its oldest call first.

Start-time fair queueing: a customer's mark is how many seconds of audio it was given, its next call goes where the mark
is lowest. Who has waited with nothing to do gets no credit for it, and who had the machine to itself owes nothing.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from appliance.services.calls.audio_length import assumed_seconds, charged_seconds

# What every call costs beside its audio: a thousand of a second each are not for nothing.
LEAST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that waits for a worker; `seq` is its place in the order of acceptance, `bytes` its recording's."""

    seq: int
    call_id: str
    customer_id: int
    bytes: int

    @property
    def cost_seconds(self) -> float:
        """What its customer's mark grows by; how long it is in truth shows when it was analysed."""
        return max(LEAST_SECONDS, assumed_seconds(self.bytes))


class Turns:
    """The customers' marks. Kept in memory: after a restart all begin with what is in work."""

    def __init__(self) -> None:
        self._marks: dict[int, float] = {}
        self._now = 0.0  # the mark of the call that was begun last
        self._in_work: dict[str, WaitingCall] = {}

    def order(
        self, waiting: Iterable[WaitingCall], limit: int, room: Callable[[int], float] = lambda _: math.inf
    ) -> list[WaitingCall]:
        """The next calls, as their customers' turns come; of each customer as many as there is `room` for."""
        of_customer: defaultdict[int, deque[WaitingCall]] = defaultdict(deque)
        for call in sorted(waiting, key=lambda call: call.seq):
            of_customer[call.customer_id].append(call)
        heads = [(self._mark(customer_id), calls[0].seq, customer_id) for customer_id, calls in of_customer.items()]
        heapq.heapify(heads)
        found: list[WaitingCall] = []
        picked: Counter[int] = Counter()
        while heads and len(found) < limit:
            mark, _, customer_id = heads[0]
            calls = of_customer[customer_id]
            if picked[customer_id] >= room(customer_id):
                heapq.heappop(heads)
                continue
            picked[customer_id] += 1
            found.append(calls.popleft())
            if calls:
                heapq.heapreplace(heads, (mark + found[-1].cost_seconds, calls[0].seq, customer_id))
            else:
                heapq.heappop(heads)
        return found

    def began(self, call: WaitingCall) -> None:
        """A worker has taken this call in hand."""
        self._now = self._mark(call.customer_id)
        self._marks[call.customer_id] = self._now + call.cost_seconds
        self._in_work[call.call_id] = call

    def ended(self, call_id: str, audio_seconds: float | None) -> None:
        """It is final; what it took beyond what was assumed counts as well."""
        call = self._in_work.pop(call_id, None)
        if call is not None and audio_seconds is not None:
            beyond = max(0.0, charged_seconds(audio_seconds, call.bytes) - call.cost_seconds)
            self._marks[call.customer_id] = self._mark(call.customer_id) + beyond

    def in_work(self, held: Collection[str]) -> Counter[int]:
        """How many of these calls, which workers hold, each customer has."""
        return Counter(call.customer_id for call_id, call in self._in_work.items() if call_id in held)

    def rest(self) -> None:
        """Nobody waits and nothing is in work: all are even again."""
        self._marks.clear()
        self._in_work.clear()
        self._now = 0.0

    def _mark(self, customer_id: int) -> float:
        return max(self._now, self._marks.get(customer_id, 0.0))
