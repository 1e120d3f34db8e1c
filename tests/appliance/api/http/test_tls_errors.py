"""Connections inside TLS that are none of each other's business."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler, stream_request_body

from appliance.api.http.http_server import BoundedServer
from appliance.services.access.certificate import create_certificate
from tests.support.own_records import all_records, forget_earlier_tests

GONE = 40
BODY = b"x" * 200_000


class _Length(RequestHandler):
    def post(self) -> None:
        self.write(str(len(self.request.body)))


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """What the server shows."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, datetime.now(UTC))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


@contextmanager
def connected(port: int) -> Iterator[ssl.SSLSocket]:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as plain,
        anybody.wrap_socket(plain) as secure,
    ):
        yield secure


def come_and_go(port: int) -> None:
    """Shake hands and hang up at once, some of them without a word."""
    for number in range(GONE):
        with connected(port) as one:
            if number % 2:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_who_looks_at_the_certificate_and_hangs_up_leaves_no_warning_and_others_are_told(
    context: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    server = BoundedServer(Application([("/", _Length)]), tls=context)
    listening, port = bind_unused_port()
    server.add_sockets([listening])
    try:
        await asyncio.to_thread(come_and_go, port)
        await asyncio.sleep(0.3)
        with caplog.at_level(logging.WARNING):
            logging.getLogger("tornado.general").warning("error on read: [SSL: WRONG_VERSION_NUMBER] (_ssl.c:2580)")
    finally:
        server.stop()
        await server.close_all_connections()
    said = [record.getMessage() for record in caplog.records if record.name == "tornado.general"]
    assert said == ["error on read: [SSL: WRONG_VERSION_NUMBER] (_ssl.c:2580)"]


def break_off_uploads(port: int) -> None:
    """Send the half of a body and hang up, without a word."""
    head = f"POST / HTTP/1.1\r\nHost: vbot\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    for _ in range(GONE):
        with connected(port) as one:
            one.sendall(head + BODY[: len(BODY) // 2])
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_who_hangs_up_in_mid_upload_leaves_no_traceback(
    context: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    gone = 0

    class Upload(RequestHandler):
        def post(self) -> None:
            self.write("whole")

        def data_received(self, chunk: bytes) -> None:
            """Nothing is made of it."""

        def on_connection_close(self) -> None:
            nonlocal gone
            gone += 1

    forget_earlier_tests(caplog)
    server = BoundedServer(Application([("/", stream_request_body(Upload))]), tls=context)
    listening, port = bind_unused_port()
    server.add_sockets([listening])
    try:
        await asyncio.to_thread(break_off_uploads, port)
        async with asyncio.timeout(60):
            while gone < GONE:
                await asyncio.sleep(0.01)
        other = ssl.SSLError(1, "[SSL: BAD_LENGTH] bad length (_ssl.c:2580)")  # what is no hanging up is told as ever
        logging.getLogger("tornado.general").error("Uncaught exception", exc_info=other)
    finally:
        server.stop()
        await server.close_all_connections()
    (told,) = (record for record in all_records(caplog) if record.exc_info)
    assert "BAD_LENGTH" in str(told.exc_info)


def upload_while_others_come_and_go(port: int) -> bytes:
    head = f"POST / HTTP/1.1\r\nHost: vbot\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    with connected(port) as upload:
        upload.sendall(head)
        for at in range(0, len(BODY), len(BODY) // 4):
            upload.sendall(BODY[at : at + len(BODY) // 4])
            come_and_go(port)
        return upload.recv(65536)


@pytest.mark.slow
async def test_an_upload_goes_on_while_others_hang_up(context: ssl.SSLContext) -> None:
    server: HTTPServer = BoundedServer(Application([("/", _Length)]), tls=context)
    listening, port = bind_unused_port()
    server.add_sockets([listening])
    try:
        answer = await asyncio.to_thread(upload_while_others_come_and_go, port)
    finally:
        server.stop()
        await server.close_all_connections()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(str(len(BODY)).encode())
