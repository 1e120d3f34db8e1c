"""Tornado's server with bounds on what strangers can hold: connections, time without a word, headers.

How long a body may take and how large it may be is bounded in `handler` and `process_call`, where its route is known.
"""

from __future__ import annotations

import logging
import resource
import ssl
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from tornado import httputil
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application

from appliance.api.http import tls_errors
from appliance.api.http.browsers import SECURITY_HEADERS
from appliance.api.http.error_replies import error_reply
from appliance.api.http.headers import REQUEST_ID
from appliance.api.http.tornado_internals import REFUSAL, address_of, set_on_proven, set_on_slow, stream_below
from appliance.errors import InvalidRequest

logger = logging.getLogger(__name__)

# A connection without a request, and a head that is not whole, may last so long. It holds a place for the next request
# of a client that keeps it, so it is not short; who fills all places with such is the first to lose them.
IDLE_SECONDS = 75.0
# Above this Tornado closes without a word; `handler` refuses a head in words from a quarter of it on.
LONGEST_HEAD_BYTES = 64 * 1024
MOST_CONNECTIONS = 2048
# A PBX and a proxy before it come from one address, with all their customers; 64 uploads at once are far from it.
MOST_CONNECTIONS_OF_ONE_ADDRESS = 512
# A connection needs its socket and may need a file; database, queue and webhooks need theirs.
OWN_DESCRIPTORS = 512
WANTED_DESCRIPTORS = 2 * MOST_CONNECTIONS + OWN_DESCRIPTORS
COMPLAIN_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections may be open at once."""

    in_all: int = MOST_CONNECTIONS
    of_one_address: int = MOST_CONNECTIONS_OF_ONE_ADDRESS


def raise_descriptor_limit() -> ConnectionLimits:
    """Let this process open as many files as it needs, or as it may; returns how many connections that bears."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, WANTED_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    in_all = max(16, min(MOST_CONNECTIONS, (allowed - OWN_DESCRIPTORS) // 2))
    return ConnectionLimits(in_all, min(in_all, MOST_CONNECTIONS_OF_ONE_ADDRESS))


class BoundedServer(HTTPServer):
    """An HTTP server whose connections are counted; when there is no place, the one that waits the longest goes."""

    def initialize(  # type: ignore[override]
        self,
        application: Application,
        *,
        tls: ssl.SSLContext | None = None,
        limits: ConnectionLimits = ConnectionLimits(),
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        super().initialize(
            application,
            ssl_options=tls,
            idle_connection_timeout=idle_seconds,
            max_header_size=LONGEST_HEAD_BYTES,
        )
        if tls is not None:
            tls_errors.be_quiet_about_hangups()
        self._limits = limits
        self._addresses: Counter[str] = Counter()
        # The longest waiting first: those between two requests, those whose request is not whole while nobody that we
        # know is proven to send it, and those who take a file so slowly that they may as well come again for the rest.
        self._waiting: dict[object, None] = {}
        self._complained_at = float("-inf")

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Take a new connection, or refuse it when nobody can make place for it."""
        tls_errors.keep_to_itself(stream)
        name = _name_of(address)
        if not self._make_place(name):
            stream.close()
            return
        self._addresses[name] += 1
        stream.write = partial(_write, stream.write)  # type: ignore[method-assign]
        super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: httputil.HTTPConnection) -> httputil.HTTPMessageDelegate:
        self._waiting[server_conn] = None
        arrived = partial(self._waiting.pop, server_conn, None)
        set_on_proven(request_conn, arrived)
        set_on_slow(request_conn, partial(self._waiting.setdefault, server_conn, None))
        return _Arrival(super().start_request(server_conn, request_conn), stream_below(server_conn), arrived)

    def on_close(self, server_conn: object) -> None:
        self._waiting.pop(server_conn, None)
        name = _name_of(address_of(server_conn))
        self._addresses[name] -= 1
        if not self._addresses[name]:
            del self._addresses[name]
        super().on_close(server_conn)

    def _make_place(self, name: str) -> bool:
        """Close who waits the longest (of this address, where it has its share); whether there is place now.

        The socket in the data folder knows no addresses, and only its owner can open it.
        """
        if not name:
            return True
        of_it = self._addresses[name] >= self._limits.of_one_address
        if not of_it and self._addresses.total() < self._limits.in_all:
            return True
        self._complain(name)
        leaving = next((one for one in self._waiting if not of_it or _name_of(address_of(one)) == name), None)
        if leaving is None:
            return False
        del self._waiting[leaving]
        stream_below(leaving).close()
        return True

    def _complain(self, name: str) -> None:
        now = time.monotonic()
        if now - self._complained_at >= COMPLAIN_EVERY_SECONDS:
            self._complained_at = now
            count, total = self._addresses[name], self._addresses.total()
            logger.warning("too many connections: %d of %s, %d in all; those that wait are closed", count, name, total)


class _Arrival(httputil.HTTPMessageDelegate):
    """Passes a request on, and tells when all of it has come.

    Of a client that has gone, what it sent beforehand may still lie in a buffer, thousands of requests perhaps: nobody
    would read their answers.
    """

    def __init__(self, delegate: httputil.HTTPMessageDelegate, stream: IOStream, arrived: Callable[[], None]) -> None:
        self._delegate = delegate
        self._stream = stream
        self._arrived = arrived
        self._passed_on = False

    def headers_received(
        self, start_line: httputil.RequestStartLine | httputil.ResponseStartLine, headers: httputil.HTTPHeaders
    ) -> Awaitable[None] | None:
        if headers.get("Content-Length", "0") == "0" and "Transfer-Encoding" not in headers:
            self._arrived()
        if self._stream.closed():
            raise httputil.HTTPInputError("the client has gone")  # the one error that Tornado takes for the client's
        self._passed_on = True
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        self._arrived()
        self._delegate.finish()

    def on_connection_close(self) -> None:
        if self._passed_on:
            self._delegate.on_connection_close()


def _write(write: Any, data: bytes | memoryview) -> Any:
    """Tornado's own refusal of what is no HTTP becomes an error like every other one of ours."""
    return write(_refusal() if data == REFUSAL else data)


def _refusal() -> bytes:
    reply = error_reply(InvalidRequest())
    body = msgspec.json.encode(reply.body)
    headers = {
        **SECURITY_HEADERS,
        REQUEST_ID: uuid.uuid4().hex,
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {reply.status} Bad Request", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _name_of(address: Any) -> str:
    return str(address[0]) if isinstance(address, tuple) and address else ""
