"""The live events: server-sent events, read as they come, taken up again where they broke off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from admin_gui.client.calls import Call
from admin_gui.client.deliveries import Delivery
from admin_gui.client.transport.errors import ClientError, CutShort, UnexpectedAnswer
from admin_gui.client.transport.exchange import reading_types
from admin_gui.client.transport.stop import Stop

if TYPE_CHECKING:
    from admin_gui.client.transport.pinned import Transport

# The appliance says something every 3 s, if only a comment (older ones every 15): silence beyond this is a dead
# connection, and another one is tried.
SILENCE_SECONDS = 20.0
RESET = "reset"

T = TypeVar("T")


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something happened: `kind` is call, delivery, worker, customer, health, pbx, backup, or reset (look anew)."""

    id: str
    kind: str
    data: dict[str, Any] = {}

    @property
    def is_reset(self) -> bool:
        """Something was missed: whatever is shown must be asked for again."""
        return self.kind == RESET

    @property
    def is_place(self) -> bool:
        """Nothing happened: the stream says only how far it is."""
        return not self.kind

    @property
    def is_erasure(self) -> bool:
        """The call, or the customer, is gone."""
        return self.data.get("state") == "erased" or self.data.get("change") == "deleted"

    @property
    def call_id(self) -> str | None:
        """The call that it is about, if it is about one."""
        found = self.data.get("call_id")
        return found if isinstance(found, str) else None

    @property
    def customer_id(self) -> int | None:
        found = self.data.get("customer_id")
        return found if isinstance(found, int) else None

    @property
    def call(self) -> Call | None:
        """The call as a row of a table: without its texts. None when it is about something else, or erased."""
        call = None if self.kind != "call" or self.is_erasure else self._shaped(Call)
        return None if call is None else msgspec.structs.replace(call, tells_texts=False)

    @property
    def delivery(self) -> Delivery | None:
        """The delivery with its last attempt alone, and its URL masked."""
        return None if self.kind != "delivery" else self._shaped(Delivery)

    def _shaped(self, shape: type[T]) -> T | None:
        try:
            with reading_types:
                return msgspec.convert(self.data, shape)
        except msgspec.ValidationError:
            return None  # a newer appliance's


def parsed(lines: Iterable[bytes]) -> Iterator[Event | None]:
    """The events in a stream's lines (without their ends); None for each comment, a sign of life."""
    event_id, kind, data = "", "", list[str]()
    for raw in lines:
        line = raw.decode("utf-8", errors="replace")
        if not line:
            if data or event_id:
                yield _event(event_id, kind, "\n".join(data))
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            yield None
        elif name == "id":
            event_id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def _event(event_id: str, kind: str, data: str) -> Event:
    try:
        body = msgspec.json.decode(data) if data else {}
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnexpectedAnswer("an event that is no JSON") from error
    kind = kind or "message" if data else ""
    return Event(id=event_id, kind=kind, data=body if isinstance(body, dict) else {"value": body})


class EventStream:
    """Reads /api/events until it is stopped, and comes back with Last-Event-ID when the line breaks."""

    def __init__(self, transport: Transport, stop: Stop, backoff: Callable[[int], float] | None = None) -> None:
        """`backoff`: how many seconds to wait before try n (from 1 on)."""
        self._transport = transport
        self._stop = stop
        self._backoff = backoff or (lambda attempt: min(30.0, 0.5 * 2 ** min(attempt, 6)))
        self.last_id: str | None = None

    def run(
        self,
        on_event: Callable[[Event], None],
        on_open: Callable[[], None],
        on_break: Callable[[ClientError], bool],
    ) -> None:
        """Blocks. `on_break` tells whether it is worth trying again."""
        failures = 0

        def opened() -> None:
            on_open()
            if failures and not self.last_id:
                on_event(Event(id="", kind=RESET))  # nobody can be asked for what happened since the first try

        while not self._stop.requested:
            try:
                for event in self._read(opened):
                    failures = 0
                    if event is not None and not event.is_place:
                        on_event(event)
                raise CutShort  # a stream has no end of its own
            except ClientError as error:
                if self._stop.requested or not on_break(error):
                    return
            failures += 1
            self._stop.wait(self._backoff(failures))

    def _read(self, on_open: Callable[[], None]) -> Iterator[Event | None]:
        headers = {"Accept": "text/event-stream"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        answer = self._transport.send("GET", "/api/events", headers=headers, stream=True, read_seconds=SILENCE_SECONDS)
        with answer:
            on_open()
            events = parsed(_lines(self._heard(answer.iter_content(None))))
            while not self._stop.requested:
                try:
                    event = next(events)
                except StopIteration:
                    return
                except Exception as error:
                    raise self._transport.client_error(error) from error
                if event is not None and event.id:
                    self.last_id = event.id
                yield event

    def _heard(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Each piece is a sign of life, whatever is in it."""
        for chunk in chunks:
            self._transport.note_contact()
            yield chunk


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of a stream, each as soon as it is whole; CR LF, LF and CR end one."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A CR at the very end may be half of a CR LF.
        whole, rest = (rest[:-1], rest[-1:]) if rest.endswith(b"\r") else (rest, b"")
        parts = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = parts.pop() + rest
        yield from parts
