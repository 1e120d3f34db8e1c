"""What we rely on in Tornado and that it does not promise: an upgrade that breaks it is to be seen here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler, stream_request_body

from appliance.api.http import tornado_internals as internals

POST = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"


@stream_request_body
class Noting(RequestHandler):
    """Notes what can be known of a request at each of its stages."""

    noted: list[tuple[str, bool, bool]]

    def initialize(self, noted: list[tuple[str, bool, bool]]) -> None:
        self.noted = noted

    def note(self, stage: str) -> None:
        self.noted.append((stage, internals.body_has_ended(self.request), internals.body_is_whole(self.request)))

    def prepare(self) -> None:
        internals.connection_of(self.request).set_max_body_size(2**62)
        internals.connection_of(self.request).set_body_timeout(30.0)
        self.note("head")

    def data_received(self, chunk: bytes) -> None:
        self.note("body")

    def post(self) -> None:
        assert isinstance(internals.stream_of(self.request), IOStream)
        self.note("end")
        self.write("to be dropped")
        assert internals.unsent_bytes(self) == len("to be dropped")
        internals.drop_unsent(self)
        self.write("kept")
        assert not internals.has_answered(self)
        self.finish()
        assert internals.has_answered(self)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.note("broken off")


class Server(HTTPServer):
    """Notes who came."""

    came: list[tuple[object, object]]

    def start_request(self, server_conn: object, request_conn: object) -> object:  # type: ignore[override]
        self.came.append((internals.address_of(server_conn), internals.stream_below(server_conn)))
        return super().start_request(server_conn, request_conn)  # type: ignore[arg-type]


class Bench:
    def __init__(self, port: int, came: list[tuple[object, object]], noted: list[tuple[str, bool, bool]]) -> None:
        self.port, self.came, self.noted = port, came, noted

    async def sent(self, data: bytes, *, then_hang_up: bool = False) -> bytes:
        """The answer to these bytes, up to the end of the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        if then_hang_up:
            writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        return answer


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    noted: list[tuple[str, bool, bool]] = []
    socket, port = bind_unused_port()
    server = Server(Application([("/", Noting, {"noted": noted})]))
    server.came = []
    server.add_socket(socket)
    yield Bench(port, server.came, noted)
    server.stop()
    await server.close_all_connections()


async def test_a_request_shows_its_connection_its_body_and_its_answer(bench: Bench) -> None:
    answer = await bench.sent(POST + b"four")
    assert answer.endswith(b"\r\n\r\nkept")
    assert bench.noted == [("head", False, False), ("body", False, False), ("end", True, True)]


async def test_a_server_shows_who_is_at_the_other_end(bench: Bench) -> None:
    await bench.sent(POST + b"four")
    address, stream = bench.came[0]
    assert isinstance(address, tuple)
    assert address[0] == "127.0.0.1"
    assert isinstance(stream, IOStream)


async def test_a_body_that_breaks_off_has_ended_and_is_not_whole(bench: Bench) -> None:
    await bench.sent(POST + b"fo", then_hang_up=True)
    assert bench.noted[-1] == ("broken off", True, False)


async def test_what_is_no_http_is_refused_in_known_words(bench: Bench) -> None:
    assert await bench.sent(b"hello there\r\n\r\n") == internals.REFUSAL
