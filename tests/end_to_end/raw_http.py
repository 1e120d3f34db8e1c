"""HTTP by hand, for what a well-behaved client cannot do: promise a body and not send it."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import requests

from appliance.api.http.handler import DRAIN_LIMIT_SECONDS
from tests.support.appliance import RunningAppliance

TRIES = 3
T = TypeVar("T")

BOUNDARY = "----vbotboundary"


@dataclass(frozen=True)
class RawAnswer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@contextlib.contextmanager
def connected(appliance: RunningAppliance) -> Iterator[socket.socket]:
    """Open a connection, inside TLS where the appliance speaks it."""
    plain = socket.create_connection(("127.0.0.1", appliance.port), timeout=60)
    try:
        if appliance.url.startswith("https:"):
            context = ssl.create_default_context(cafile=str(appliance.http.verify))
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                yield secure
        else:
            yield plain
    finally:
        plain.close()


def upload_head(key: str, length: int | None, *, chunked: bool = False) -> bytes:
    """The request line and headers of an upload that promises so many bytes."""
    lines = [
        "POST /api/process-call HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-API-Key: {key}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
    ]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def upload_body(recording: bytes, *, closed: bool = True) -> bytes:
    """The multipart body of an upload; not `closed`: the recording may go on."""
    parts = []
    for name, value in (("caller_number", "+4930123456"), ("called_number", "+4940654321")):
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    end = f"\r\n--{BOUNDARY}--\r\n".encode() if closed else b""
    return "".join(parts).encode() + recording + end


def told_at_its_end(send: Callable[[], T]) -> T:
    """What an ordinary client is told that is refused while it sends.

    It is let finish for a moment. One that this machine keeps waiting for longer is cut off, and may send once more;
    who is cut off before that was not let finish.
    """
    for _ in range(TRIES - 1):
        began = time.monotonic()
        try:
            return send()
        except (ConnectionError, requests.ConnectionError):
            if time.monotonic() - began < DRAIN_LIMIT_SECONDS:
                raise
    return send()


def read_answer(connection: socket.socket, seconds: float = 60) -> RawAnswer:
    """Read one answer; fails with what came when none comes in time."""
    began = time.monotonic()
    received = b""
    while time.monotonic() - began < seconds:
        head, separator, body = received.partition(b"\r\n\r\n")
        if separator:
            length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
            if length is None or len(body) >= int(length[1]):
                lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.split(": ", 1) for line in lines[1:])
                names = {name.lower(): value for name, value in headers.items()}
                return RawAnswer(int(lines[0].split()[1]), names, body, time.monotonic() - began)
        connection.settimeout(max(0.1, seconds - (time.monotonic() - began)))
        chunk = connection.recv(65536)
        if not chunk:
            break
        received += chunk
    raise AssertionError(f"no whole answer, only {received!r}")
