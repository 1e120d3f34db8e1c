"""The event stream: how it is read, and that it is taken up where it broke off."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from admin_gui.client.events import Event, EventStream, _lines, parsed
from admin_gui.client.transport.clock import ApplianceClock
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import ClientError, CutShort, NotAuthorised, UnexpectedAnswer
from admin_gui.client.transport.pinned import Transport
from admin_gui.client.transport.stop import Stop
from tests.admin_gui.conftest import PATIENCE_SECONDS
from tests.admin_gui.misbehaving import MisbehavingServer, answer

# Streams that come and go as time passes.
pytestmark = pytest.mark.slow

CALL = (
    b'{"call_id": "c1", "customer_id": 7, "caller_number": "+49", "called_number": "+40", "revision": 1, '
    b'"state": "completed", "received_at": "2026-11-24T12:00:00Z", "sentiment": "positive", "news": 1}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def events_in(*chunks: bytes) -> list[Event | None]:
    return list(parsed(_lines(chunks)))


def test_an_event_has_an_id_a_kind_and_data() -> None:
    (event,) = events_in(b"id: b-1\nevent: call\ndata: " + CALL + b"\n\n")
    assert event is not None
    assert (event.id, event.kind, event.call_id, event.customer_id) == ("b-1", "call", "c1", 7)
    assert event.call is not None
    assert event.call.sentiment == "positive"
    assert event.delivery is None


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_any_way_and_break_anywhere(end: bytes) -> None:
    whole = end.join([b"id: b-1", b"event: health", b'data: {"status":', b'data: "healthy"}', b"", b""])
    for cut in range(len(whole)):
        found = [event for event in events_in(whole[:cut], whole[cut:], b"\n") if event is not None]
        assert [(event.kind, event.data) for event in found if not event.is_place] == [
            ("health", {"status": "healthy"})
        ]


def test_a_comment_is_a_sign_of_life_and_an_id_alone_a_place() -> None:
    comment, place = events_in(b": nothing new\nid: b-9\n\n")
    assert comment is None
    assert place is not None
    assert place.is_place
    assert place.id == "b-9"


def test_an_erased_call_and_a_deleted_customer_are_erasures() -> None:
    (erased,) = events_in(b'event: call\nid: 1\ndata: {"call_id": "c1", "state": "erased"}\n\n')
    (deleted,) = events_in(b'event: customer\nid: 2\ndata: {"customer_id": 3, "change": "deleted"}\n\n')
    assert erased is not None
    assert erased.is_erasure
    assert erased.call is None
    assert deleted is not None
    assert deleted.is_erasure


def test_data_that_is_no_json_is_no_event_of_ours() -> None:
    with pytest.raises(UnexpectedAnswer):
        events_in(b"event: call\ndata: {\n\n")


class Reader:
    """Reads a stream on a thread and notes what comes."""

    def __init__(self, url: str, token: str = "token") -> None:
        self.stop = Stop()
        self.transport = Transport(Connection(url, token), ApplianceClock())
        self.events: list[Event] = []
        self.breaks: list[ClientError] = []
        self.opened = 0
        stream = EventStream(self.transport, self.stop, backoff=lambda _attempt: 0.01)
        self.thread = threading.Thread(target=stream.run, args=(self.events.append, self._open, self._broke))
        self.thread.start()

    def _open(self) -> None:
        self.opened += 1

    def _broke(self, error: ClientError) -> bool:
        self.breaks.append(error)
        return not isinstance(error, NotAuthorised)

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self.events) < count:
            assert time.monotonic() < until, self.breaks
            time.sleep(0.01)

    def close(self) -> None:
        self.stop.request()
        self.transport.close()
        self.thread.join(timeout=PATIENCE_SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture
def readers() -> Iterator[list[Reader]]:
    made: list[Reader] = []
    yield made
    for one in made:
        one.close()


def test_a_stream_that_breaks_is_taken_up_behind_the_last_event(readers: list[Reader]) -> None:
    def one_at_a_time(connection: socket.socket, _first: str) -> None:
        number = len(server.requests)
        connection.sendall(HEAD + f'id: b-{number}\nevent: health\ndata: {{"n": {number}}}\n\n'.encode())
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(one_at_a_time) as server:
        reader = Reader(server.url)
        readers.append(reader)
        reader.wait_for(3)
        assert [event.data["n"] for event in reader.events[:3]] == [1, 2, 3]
        assert "Last-Event-ID" not in server.headers[0]
        assert "Last-Event-ID: b-1" in server.headers[1]
        assert "Last-Event-ID: b-2" in server.headers[2]
        assert isinstance(reader.breaks[0], CutShort)


def test_a_place_without_an_event_is_where_it_is_taken_up(readers: list[Reader]) -> None:
    def place_then_event(connection: socket.socket, _first: str) -> None:
        if len(server.requests) == 1:
            connection.sendall(HEAD + b": hello\nid: b-41\n\n")
        else:
            connection.sendall(HEAD + b"id: b-42\nevent: health\ndata: {}\n\n")
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(place_then_event) as server:
        reader = Reader(server.url)
        readers.append(reader)
        reader.wait_for(1)
        assert "Last-Event-ID: b-41" in server.headers[1]
        assert [event.id for event in reader.events[:1]] == ["b-42"]


def test_one_that_opens_late_without_a_place_to_begin_at_says_that_something_was_missed(readers: list[Reader]) -> None:
    def late(connection: socket.socket, _first: str) -> None:
        if len(server.requests) == 1:
            connection.sendall(answer("503 Service Unavailable", b'{"message": "too many watch"}'))
        elif len(server.requests) == 2:
            connection.sendall(HEAD + b"id: b-7\nevent: health\ndata: {}\n\n")
        else:
            connection.sendall(HEAD + b"id: b-8\nevent: health\ndata: {}\n\n")
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(late) as server:
        reader = Reader(server.url)
        readers.append(reader)
        reader.wait_for(3)
        assert [event.kind for event in reader.events[:3]] == ["reset", "health", "health"], "once"


def test_a_revoked_token_ends_the_stream_for_good(readers: list[Reader]) -> None:
    refusal = answer("401 Unauthorized", b'{"status": "error", "message": "Invalid API key"}')
    with MisbehavingServer(lambda connection, _first: connection.sendall(refusal)) as server:
        reader = Reader(server.url)
        readers.append(reader)
        reader.thread.join(timeout=PATIENCE_SECONDS)
        assert not reader.thread.is_alive()
        assert [type(error) for error in reader.breaks] == [NotAuthorised]
        assert len(server.requests) == 1


def test_closing_ends_a_stream_in_which_nothing_happens(readers: list[Reader]) -> None:
    def silent(connection: socket.socket, _first: str) -> None:
        connection.sendall(HEAD)
        server.wait(4 * PATIENCE_SECONDS)

    with MisbehavingServer(silent) as server:
        reader = Reader(server.url)
        while reader.opened == 0:
            time.sleep(0.01)
        began = time.monotonic()
        reader.close()
        assert time.monotonic() - began < PATIENCE_SECONDS
