"""A customer's own server: receives webhooks, answers as told, remembers everything."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

from tests.support.processes import wait_until


@dataclass(frozen=True)
class Received:
    """One webhook as it came in."""

    at: float  # time.monotonic()
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    _right_under: set[str] = field(default_factory=set, compare=False, repr=False)

    @property
    def json(self) -> dict[str, Any]:
        """The body."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def webhook_id(self) -> str:
        """The id under which every attempt of one delivery comes."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The body, after the official library has verified its signature.

        Once: the library refuses what is older than five minutes, and a long run looks at its books again at the end.
        """
        if secret not in self._right_under:
            Webhook(secret).verify(self.body, self.headers)
            self._right_under.add(secret)
        return self.json


@dataclass(frozen=True)
class Answer:
    """What the endpoint says to one attempt, after so many seconds."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thank you"
    delay_seconds: float = 0.0


@dataclass
class Endpoint:
    """One URL of the receiver: answers attempt n with the n-th answer, and from then on with the last one."""

    url: str
    answers: list[Answer]
    received: list[Received] = field(default_factory=list)

    def wait_for(self, count: int = 1, seconds: float = 240) -> list[Received]:
        """Wait until at least so many have come; fail when they do not."""
        came = wait_until(lambda: len(self.received) >= count, seconds)
        assert came, f"want {count} webhooks within {seconds:g} s, have {[one.body[:200] for one in self.received]}"
        return list(self.received)

    def stays_at(self, count: int, seconds: float) -> bool:
        """Tell whether no more than so many come in the next seconds."""
        return not wait_until(lambda: len(self.received) > count, seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the usual five a busy machine turns some away, and they come a second later


class WebhookReceiver:
    """An HTTP server on 127.0.0.1 or another address of loopback, or an HTTPS server; has any number of endpoints."""

    def __init__(self, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> None:
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()
        self._address = address
        self._server = _Server((address, 0), _handler(self._receive))
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def endpoint(self, *answers: Answer, tail: str = "") -> Endpoint:
        """Make a new URL, with this at its end; without answers it says 200 to all."""
        path = f"/hook/{len(self._endpoints)}{tail}"
        port = self._server.server_address[1]
        endpoint = Endpoint(f"{self._scheme}://{self._address}:{port}{path}", list(answers) or [Answer()])
        self._endpoints[path] = endpoint
        return endpoint

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()

    def _receive(self, received: Received) -> Answer:
        endpoint = self._endpoints.get(received.path)
        if endpoint is None:
            return Answer(404)
        with self._lock:  # each comes on a thread of its own, and gets an answer of its own
            number = len(endpoint.received)
            endpoint.received.append(received)
        return endpoint.answers[min(number, len(endpoint.answers) - 1)]


def _handler(receive: Callable[[Received], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = receive(Received(time.monotonic(), self.path, headers, body))
            time.sleep(answer.delay_seconds)
            try:
                # By itself, BaseHTTPRequestHandler tells our own time.
                send = self.send_response_only if "Date" in answer.headers else self.send_response
                send(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
            except OSError:
                pass  # the appliance waited no longer

        def do_GET(self) -> None:
            """What a redirect that was followed would hit."""
            self.do_POST()

        def log_message(self, format: str, *arguments: object) -> None:
            """The endpoints remember; nothing is printed."""

    return Handler
