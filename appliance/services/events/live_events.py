"""The live events: a ring in memory from which everybody who watches reads at a place of its own.

A subscriber is a place in the ring and nothing else, so that a slow one costs no memory and delays nobody: when the
ring has gone on past its place, it gets a `reset`: look at everything anew. So each reads every event once and in
order, or gets a `reset`. All on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self
from uuid import uuid4

from appliance.domain.live_event import CallChanged, CallErased, EventType, LiveEvent, MuchChanged
from appliance.errors import ApplianceError, Unavailable
from appliance.services.events.hidden_numbers import HiddenNumbers

logger = logging.getLogger(__name__)

# Minutes of a busy appliance, days of a quiet one: enough for a program that was restarted or a laptop that slept.
RING_EVENTS = 10_000
RING_BYTES = 8 * 1024 * 1024
MOST_SUBSCRIBERS = 64
# Of one token: an office's wall displays may share one, and no token shuts the others out.
MOST_OF_ONE = 16
# Viewers do not get the last places.
KEPT_FOR_ADMINS = 16
# What is handed out at once: more would only wait in the connection's own buffer.
BATCH_BYTES = 64 * 1024
# What happens together is sent together; nobody who looks at a window notices.
GATHER_SECONDS = 0.05


class ResetReason(StrEnum):
    """Why a subscriber must look at everything anew."""

    RESTARTED = "restarted"
    MISSED = "missed"


class Encoder(Protocol):
    """How events are written (`appliance.api.shapes.replies.events`): each once, however many read it."""

    def event(self, event_id: str, event: LiveEvent) -> bytes: ...

    def reset(self, event_id: str, reason: ResetReason) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscriber wants to read; None means everything."""

    types: frozenset[EventType] | None = None
    customer_id: int | None = None
    only: frozenset[int] | None = None  # whose events may be read at all, with those of the appliance's health

    def includes(self, entry: _Entry) -> bool:
        if self.types is not None and entry.type not in self.types:
            return False
        if self.only is not None and entry.type is not EventType.HEALTH and entry.customer_id not in self.only:
            return False
        return self.customer_id is None or entry.customer_id == self.customer_id

    @property
    def limited(self) -> bool:
        """Whether nobody may learn from it how much else happens."""
        return self.only is not None


@dataclass(slots=True)
class _Entry:
    """One written event; `call_id` says whose words it holds, so that they can be erased with the call."""

    type: EventType
    customer_id: int | None
    call_id: str | None
    frame: bytes


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whose stream it is: a token has so many at most, and one of a viewer leaves places to administrators."""

    token_id: int
    admin: bool


def _number(digits: str) -> int | None:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


class StreamEnded(ApplianceError):
    """There is nothing more to read: the appliance stops, or the subscriber has gone."""


class LiveEvents:
    """The ring."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        boot: str | None = None,
        ring_events: int = RING_EVENTS,
        ring_bytes: int = RING_BYTES,
        most_subscribers: int = MOST_SUBSCRIBERS,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """`boot` tells this life of the api from the others."""
        self._encoder = encoder
        self._boot = boot or uuid4().hex[:12]
        self._hidden = HiddenNumbers()
        self._ring_events = ring_events
        self._ring_bytes = ring_bytes
        self._most_subscribers = most_subscribers
        self._gather_seconds = gather_seconds
        # By number, without holes from `_first` up to `_next`.
        self._entries: dict[int, _Entry] = {}
        self._first = 1
        self._next = 1
        self._bytes = 0
        self._subscriptions: set[Subscription] = set()
        self._closed = False

    @property
    def subscribers(self) -> int:
        return len(self._subscriptions)

    def publish(self, event: LiveEvent | MuchChanged) -> None:
        """Tell everybody who watches. Never raises: what is watched must not suffer from it."""
        try:
            if isinstance(event, MuchChanged):
                self._skip()
            else:
                self._append(event)
        except Exception:
            logger.exception("an event could not be told")
            self._skip()
        for subscription in self._subscriptions:
            subscription.wake()

    def subscribe(
        self, last_event_id: str | None = None, wanted: Wanted | None = None, watcher: Watcher | None = None
    ) -> Subscription:
        """Read from here on, or from behind an event that was read before. Use it in `with`.

        Without a `watcher` it is the owner's of the data folder. Raises Unavailable when there are too many already, or
        when the appliance is stopping.
        """
        if self._closed:
            raise Unavailable("the appliance is stopping")
        self._check_places(watcher)
        wanted = wanted or Wanted()
        subscription = Subscription(self, self._place_behind(last_event_id, wanted), wanted, watcher)
        self._subscriptions.add(subscription)
        return subscription

    def _check_places(self, watcher: Watcher | None) -> None:
        if len(self._subscriptions) >= self._most_subscribers:
            raise Unavailable(f"{self._most_subscribers} subscribers are here already")
        if watcher is None:
            return
        if sum(one.watcher == watcher for one in self._subscriptions) >= MOST_OF_ONE:
            raise Unavailable(f"token {watcher.token_id} has {MOST_OF_ONE} streams already")
        viewers = sum(one.watcher is not None and not one.watcher.admin for one in self._subscriptions)
        if not watcher.admin and viewers >= self._most_subscribers - KEPT_FOR_ADMINS:
            raise Unavailable("the last places are for administrators")

    def close(self) -> None:
        """End all streams: the appliance is stopping."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.end()

    def _append(self, event: LiveEvent) -> None:
        number = self._next
        frame = self._encoder.event(self.id_of(number), event)
        call_id = event.call.call_id if isinstance(event, CallChanged | CallErased) else None
        if isinstance(event, CallErased):
            self._erase(event.call.call_id)
        self._entries[number] = _Entry(event.type, event.customer_id, call_id, frame)
        self._next += 1
        self._bytes += len(frame)
        while len(self._entries) > self._ring_events or self._bytes > self._ring_bytes:
            self._bytes -= len(self._entries.pop(self._first).frame)
            self._first += 1

    def _skip(self) -> None:
        """Leave a number out, and all before it: whoever has not read beyond it gets a `reset`."""
        self._entries.clear()
        self._bytes = 0
        self._next += 1
        self._first = self._next

    def _erase(self, call_id: str) -> None:
        """What an erased call's events said (numbers, for one) is gone; their places stay."""
        for entry in self._entries.values():
            if entry.call_id == call_id:
                self._bytes -= len(entry.frame)
                entry.frame = b""

    # -- for subscriptions -----------------------------------------------------------------------------------

    def id_of(self, number: int, wanted: Wanted | None = None) -> str:
        """An event's id: which life of the api, and its number in it; for who sees not all events, a hidden one."""
        shown = self._hidden.hide(number) if wanted is not None and wanted.limited else number
        return f"{self._boot}-{shown}"

    def id_before(self, place: int, wanted: Wanted) -> str:
        """The id of the last event before this place; for who sees not all, of the last one that it may see.

        Else the id alone, which comes with each sign of life, would tell of others' events.
        """
        number = place - 1
        while wanted.limited and number >= self._first and not wanted.includes(self._entries[number]):
            number -= 1
        return self.id_of(number, wanted)

    def _place_behind(self, last_event_id: str | None, wanted: Wanted) -> int | ResetReason:
        """The number to read next after this id, or why that cannot be known."""
        if last_event_id is None:
            return self._next
        boot, _, digits = last_event_id.rpartition("-")
        number = self._hidden.read(digits) if wanted.limited else _number(digits)
        if boot != self._boot or number is None:
            return ResetReason.RESTARTED
        return number + 1 if self._first <= number + 1 <= self._next else ResetReason.MISSED

    def take(self, place: int | ResetReason, wanted: Wanted) -> tuple[int, bytes]:
        """What stands at a place and behind it, and the place behind that; a bounded part at once, maybe nothing."""
        if not isinstance(place, int) or place < self._first:
            reason = ResetReason.MISSED if isinstance(place, int) else place
            return self._next, self._encoder.reset(self.id_before(self._next, wanted), reason)
        frames: list[bytes] = []
        size = 0
        while place < self._next and size < BATCH_BYTES:
            entry = self._entries[place]
            if entry.frame and wanted.includes(entry):
                frames.append(self._frame(place, entry, wanted))
                size += len(entry.frame)
            place += 1
        return place, b"".join(frames)

    def _frame(self, number: int, entry: _Entry, wanted: Wanted) -> bytes:
        """As it was written, once for all; its id, with which it begins, as this reader may know it."""
        if not wanted.limited:
            return entry.frame
        return entry.frame.replace(self.id_of(number).encode(), self.id_of(number, wanted).encode(), 1)

    async def gather(self) -> None:
        """Let what happens together come together."""
        await asyncio.sleep(self._gather_seconds)

    def forget(self, subscription: Subscription) -> None:
        """Its place is free again."""
        self._subscriptions.discard(subscription)


class Subscription:
    """One reader's place in the ring."""

    def __init__(
        self, events: LiveEvents, place: int | ResetReason, wanted: Wanted, watcher: Watcher | None = None
    ) -> None:
        self.watcher = watcher
        self._events = events
        self._place = place
        self._wanted = wanted
        self._news = asyncio.Event()
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._events.forget(self)

    @property
    def position(self) -> str | None:
        """The id of the last event that was read or passed over; None before a `reset` that is still to be read."""
        return self._events.id_before(self._place, self._wanted) if isinstance(self._place, int) else None

    def wake(self) -> None:
        """Something may be there to read."""
        self._news.set()

    def end(self) -> None:
        """There is nothing more to read."""
        self._ended = True
        self._news.set()

    async def read(self, patience_seconds: float) -> bytes:
        """The next events, written; nothing when none came in this time. Raises StreamEnded."""
        try:
            async with asyncio.timeout(patience_seconds):
                while True:
                    if self._ended:
                        raise StreamEnded("nothing more to read")
                    self._news.clear()
                    self._place, frames = self._events.take(self._place, self._wanted)
                    if frames:
                        return frames
                    await self._news.wait()
                    if not self._ended:
                        await self._events.gather()
        except TimeoutError:
            return b""
