"""How many calls of a customer are not final yet: there is a limit to them.

Each revision counts: a call that is sent again and again while it waits costs as much as as many calls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.errors import TooManyConcurrentCalls, Unavailable

# Of one customer, that wait for a place instead of being refused: each is a connection that stays open.
MOST_WAITING = 64


class UploadSlot:
    """One customer's place for a call while it is being uploaded; `release` may be called more than once."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        if self._release is not None:
            self._release()
            self._release = None


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """Somebody who waits for a place, of so many."""

    slot: asyncio.Future[UploadSlot]
    limit: int


def _is_stopping() -> Unavailable:
    return Unavailable("the api is stopping, or starts again")


class OpenCalls:
    """Which calls of a customer are not final yet, and how many are being uploaded. All on the event loop."""

    def __init__(self, unfinished: Mapping[int, Mapping[str, int]]) -> None:
        """`unfinished`: of each customer's calls that are not final, how many revisions came since they last were."""
        self._unfinished: dict[int, dict[str, int]] = {customer: dict(calls) for customer, calls in unfinished.items()}
        self._uploads: dict[int, int] = {}
        self._waiting: dict[int, deque[_Turn]] = {}  # for a place, by customer; the first one first
        self.is_closed = False

    def close(self) -> None:
        """The appliance is stopping: uploads in progress may end, none is begun, nobody waits for a place any more."""
        self.is_closed = True
        for waiting in self._waiting.values():
            for turn in waiting:
                if not turn.slot.done():
                    turn.slot.set_exception(_is_stopping())
        self._waiting.clear()

    def check_open(self) -> None:
        """Raise Unavailable once the appliance is stopping."""
        if self.is_closed:
            raise _is_stopping()

    def count(self, customer_id: int) -> int:
        return sum(self._unfinished.get(customer_id, {}).values()) + self._uploads.get(customer_id, 0)

    @property
    def uploads_in_progress(self) -> int:
        return sum(self._uploads.values())

    def begin_upload(self, customer_id: int, limit: int) -> UploadSlot:
        """Take a place; raises TooManyConcurrentCalls when the customer has `limit` already, and Unavailable."""
        self.check_open()
        if self.count(customer_id) >= limit:
            raise TooManyConcurrentCalls(limit)
        return self._take(customer_id)

    async def wait_for_place(self, customer_id: int, limit: int, seconds: float) -> UploadSlot:
        """Take a place as soon as there is one, in the order of arrival.

        Raises TooManyConcurrentCalls where there was none in this time, or too many wait already, and Unavailable.
        """
        self.check_open()
        waiting = self._waiting.setdefault(customer_id, deque())
        if not waiting and self.count(customer_id) < limit:
            return self._take(customer_id)
        if len(waiting) >= MOST_WAITING:
            raise TooManyConcurrentCalls(limit)
        turn = _Turn(asyncio.get_running_loop().create_future(), limit)
        waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn.slot
        except TimeoutError:
            if turn.slot.done() and not turn.slot.cancelled():  # it came in the very moment
                return turn.slot.result()
            if turn in waiting:
                waiting.remove(turn)
            raise TooManyConcurrentCalls(limit) from None
        except asyncio.CancelledError:
            if turn.slot.done() and not turn.slot.cancelled() and turn.slot.exception() is None:
                turn.slot.result().release()  # whoever waited is gone in the very moment: the next one has it
            raise

    def _give_places(self, customer_id: int) -> None:
        """Take free places for those that wait, before anybody else can."""
        waiting = self._waiting.get(customer_id, deque())
        while waiting and (waiting[0].slot.cancelled() or self.count(customer_id) < waiting[0].limit):
            turn = waiting.popleft()
            if not turn.slot.cancelled():
                turn.slot.set_result(self._take(customer_id))

    def begin_repetition(self, customer_id: int, limit: int) -> UploadSlot:
        """Take a place beyond those for what comes as a call that is known: so many of them at a time, too."""
        if self._uploads.get(customer_id, 0) >= limit:
            raise TooManyConcurrentCalls(limit)
        return self._take(customer_id)

    def _take(self, customer_id: int) -> UploadSlot:
        self._uploads[customer_id] = self._uploads.get(customer_id, 0) + 1

        def release() -> None:
            self._uploads[customer_id] -= 1
            self._give_places(customer_id)

        return UploadSlot(release)

    def accepted(self, customer_id: int, call_id: str) -> None:
        """A call, or another revision of one."""
        revisions = self._unfinished.setdefault(customer_id, {})
        revisions[call_id] = revisions.get(call_id, 0) + 1

    def finished(self, customer_id: int, call_id: str) -> None:
        """The call is final: with its newest revision those before it."""
        self._unfinished.get(customer_id, {}).pop(call_id, None)
        self._give_places(customer_id)
