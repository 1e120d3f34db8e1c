"""GET /api/events: what happens in the appliance, as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Annotated

from msgspec import Meta
from tornado.iostream import StreamClosedError

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, Parameter, operation
from appliance.api.http.queries import CUSTOMER_ID, Query, sole_customer
from appliance.api.http.tornado_internals import stream_of
from appliance.api.shapes.replies.events import EVENT_SHAPES, RESET
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.live_event import EventType
from appliance.domain.token import Role
from appliance.services.events.live_events import MOST_OF_ONE, StreamEnded, Subscription, Wanted, Watcher

# Who watches takes 7 s of silence for an api that does not answer: one sign of life may come late, or be missing.
KEEP_ALIVE_SECONDS = 3.0
# How long a client whose connection broke waits before it comes again.
RETRY_MILLISECONDS = 2000
# A connection into which nothing can be written for so long is dead, or its reader is.
WRITE_PATIENCE_SECONDS = 20.0
# A token that was revoked or has expired ends its streams soon after.
CHECK_TOKEN_EVERY_SECONDS = 20.0


def _types(text: str) -> frozenset[EventType]:
    return frozenset(map(EventType, text.split(",")))


TYPES = Parameter(
    "types",
    f"Only events of these types, separated by commas: {', '.join(f'`{one}`' for one in EventType)}; `reset` always.",
    _types,
    f"must be one or more of {', '.join(EventType)}, separated by commas",
    Annotated[str, Meta(pattern=f"^({'|'.join(EventType)})(,({'|'.join(EventType)}))*$")],
    "call,delivery",
)
LAST_EVENT_ID = Parameter(
    "Last-Event-ID", "The id of the last event that you read: what happened since is told first.", example="5f0c1e9a-17"
)
LAST_EVENT_ID_IN_QUERY = Parameter(
    "last_event_id", "The same for a client that cannot set headers; the header goes first.", example="5f0c1e9a-17"
)


class EventStream(Handler):
    """A stream that ends with the connection, the token, or the appliance."""

    _subscription: Subscription | None = None

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Watch what happens, as server-sent events.",
            caller=Caller.OPERATOR,
            answers=Content(
                "text/event-stream",
                "Events as they happen, each with an `id`, its type as `event` and JSON as `data`. A comment comes "
                f"after {KEEP_ALIVE_SECONDS:g} seconds of silence.",
                events=EVENT_SHAPES,
            ),
            query=(TYPES, CUSTOMER_ID, LAST_EVENT_ID_IN_QUERY),
            headers=(LAST_EVENT_ID,),
            notes="Connect first, then load your lists, so that nothing is lost between. With `Last-Event-ID` you are "
            f"told what you missed; where that is not known any more, the event `{RESET}` comes first: load your "
            f"lists again. 503 when too many watch already: a token has {MOST_OF_ONE} streams at most.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        wanted = Wanted(query.value(TYPES), query.value(CUSTOMER_ID), self.operator.customers)
        last_event_id = self.request.headers.get("Last-Event-ID") or query.value(LAST_EVENT_ID_IN_QUERY) or None
        query.finish()
        token = self.operator.token
        watcher = None if token is None else Watcher(token.id, admin=self.operator.role is Role.ADMIN)
        with self.services.health.live_events.subscribe(last_event_id, wanted, watcher) as subscription:
            self._subscription = subscription
            # Events name numbers of callers. How long it lasts is not written: the lines would be as many as ends.
            self.services.access.reading_log.note(
                self.actor,
                Action.EVENTS_WATCHED,
                Subject(SubjectKind.CALL),
                customer_id=sole_customer(wanted.only, wanted.customer_id),
            )
            with contextlib.suppress(StreamEnded, StreamClosedError):
                await self._stream(subscription)
        self.finish()

    def on_connection_close(self) -> None:
        if self._subscription is not None:
            self._subscription.end()
        super().on_connection_close()

    async def _stream(self, subscription: Subscription) -> None:
        """Until the token is good no longer, or StreamEnded, or StreamClosedError."""
        self._prepare_connection()
        loop = asyncio.get_running_loop()
        check_at = loop.time() + CHECK_TOKEN_EVERY_SECONDS
        await self._send(f"retry: {RETRY_MILLISECONDS}\n{_place(subscription)}\n".encode())
        while True:
            frames = await subscription.read(KEEP_ALIVE_SECONDS)
            await self._send(frames or f": nothing new\n{_place(subscription)}\n".encode())
            if loop.time() >= check_at:
                check_at = loop.time() + CHECK_TOKEN_EVERY_SECONDS
                if not await self._may_still_watch():
                    return

    def _prepare_connection(self) -> None:
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        # Nothing on the way may collect, keep or press what is meant to be read as it comes.
        self.set_header("Cache-Control", "no-store, no-transform")
        self.set_header("X-Accel-Buffering", "no")
        stream = stream_of(self.request)
        stream.set_nodelay(True)
        if stream.socket.family in (socket.AF_INET, socket.AF_INET6):
            # A laptop that was shut says no goodbye: its place here is free soon, not after TCP's quarter of an hour.
            milliseconds = int(WRITE_PATIENCE_SECONDS * 1000)
            stream.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    async def _send(self, frames: bytes) -> None:
        """Write and wait until it is out: what a slow reader has not taken waits in the ring, not here."""
        self.write(frames)
        try:
            async with asyncio.timeout(WRITE_PATIENCE_SECONDS):
                await self.flush()
        except TimeoutError:
            stream_of(self.request).close()
            raise StreamEnded("the reader takes nothing") from None

    async def _may_still_watch(self) -> bool:
        if self.local_owner:
            return True
        token = self._bearer_token()
        return token is not None and await self.services.access.authenticator.operator(token) is not None


def _place(subscription: Subscription) -> str:
    """The line that tells a client where it stands, without an event: for when its connection breaks now."""
    return "" if subscription.position is None else f"id: {subscription.position}\n"
