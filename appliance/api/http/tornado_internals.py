"""All that we rely on in Tornado and that it does not promise: an upgrade that breaks it is to break here alone.

tests/appliance/api/http/test_tornado_internals.py says what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection
from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream
from tornado.web import RequestHandler

_on_proven: WeakKeyDictionary[object, Callable[[], object]] = WeakKeyDictionary()
_on_slow: WeakKeyDictionary[object, Callable[[], object]] = WeakKeyDictionary()
# All that Tornado says to what is no HTTP.
REFUSAL = b"HTTP/1.1 400 Bad Request\r\n\r\n"


def connection_of(request: HTTPServerRequest) -> HTTP1Connection:
    """The connection that a request came by."""
    connection = request.connection
    assert isinstance(connection, HTTP1Connection)  # noqa: S101 - we serve HTTP/1 alone
    return connection


def set_on_proven(request_connection: object, call: Callable[[], object]) -> None:
    """What is to be called once it is proven who sends the request that comes by this connection."""
    _on_proven[request_connection] = call


def mark_proven(request: HTTPServerRequest) -> None:
    """Whoever sends this request has shown a credential of ours."""
    call = _on_proven.pop(request.connection, None)
    if call is not None:
        call()


def set_on_slow(request_connection: object, call: Callable[[], object]) -> None:
    """What is to be called when the client takes the answer that goes out by this connection too slowly."""
    _on_slow[request_connection] = call


def mark_slow(request: HTTPServerRequest) -> None:
    """Whoever gets this answer takes it so slowly that others may have the place."""
    call = _on_slow.pop(request.connection, None)
    if call is not None:
        call()


def stream_of(request: HTTPServerRequest) -> IOStream:
    """The stream of bytes below a request's connection."""
    return connection_of(request).stream


def pending_read(stream: IOStream) -> asyncio.Future[Any] | None:
    """What somebody waits for to come, if anybody does: nobody else can read meanwhile."""
    begun: asyncio.Future[Any] | None = stream._read_future
    return None if begun is None or begun.done() else begun


def stream_below(server_connection: object) -> IOStream:
    """The stream of bytes below what `HTTPServer.start_request` and `on_close` call a connection."""
    return _own(server_connection).stream


def address_of(server_connection: object) -> Any:
    """Who is at the other end of such a connection, as its socket has it."""
    return getattr(_own(server_connection).context, "address", None)


def _own(server_connection: object) -> HTTP1ServerConnection:
    assert isinstance(server_connection, HTTP1ServerConnection)  # noqa: S101 - Tornado hands back what it made
    return server_connection


def body_has_ended(request: HTTPServerRequest) -> bool:
    """Whether a streamed body is there to its end, or will not come any more."""
    return request._body_future.done()


def body_is_whole(request: HTTPServerRequest) -> bool:
    """Whether a streamed body is there to its end."""
    return body_has_ended(request) and request._body_future.exception() is None


def let_any_length_come(request: HTTPServerRequest) -> None:
    """Have Tornado not end the connection of a body that is announced too long for it, as a malformed message.

    That is our own count's business, or it was refused already.
    """
    connection_of(request).set_max_body_size(2**62)


def has_answered(handler: RequestHandler) -> bool:
    """Whether the answer was ended."""
    return handler._finished


def take_stream(handler: RequestHandler, status: int) -> IOStream:
    """The stream below a request that becomes something else: nothing of HTTP is read or written there any more.

    `status` is what the log says of it.
    """
    handler.set_status(status)
    stream = handler.detach()
    handler._finished = True
    handler.application.log_request(handler)
    return stream


def unsent_bytes(handler: RequestHandler) -> int:
    """How much of the answer was written and not yet flushed."""
    return sum(map(len, handler._write_buffer))


def drop_unsent(handler: RequestHandler) -> None:
    """Forget what was written and not yet flushed."""
    handler._write_buffer.clear()
