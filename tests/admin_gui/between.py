"""What stands between the desktop and the appliance: a network that is slow, or gone, and remembers what was sent."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from admin_gui.client.transport.connection import Connection
from tests.support.appliance import RunningAppliance, free_port

REFUSAL = json.dumps({"message": "held back by the test"}).encode()


@dataclass(frozen=True)
class Sent:
    """One request as the desktop sent it, and what it was answered."""

    method: str
    path: str
    body: Any
    answer: Any = None

    @property
    def names(self) -> set[str]:
        """What it is about: the parts of its path, and the values of its query."""
        parts = urlsplit(self.path)
        return {unquote(part) for part in parts.path.split("/") if part} | {
            value for _, value in parse_qsl(parts.query)
        }

    @property
    def changes(self) -> bool:
        return self.method != "GET"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, between: Between) -> None:
        self.between = between
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The line was cut, or the desktop had enough."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.server.between.pass_on(self, self.rfile.read(length))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - found by their names

    def log_message(self, *_: Any) -> None:
        """The test prints what matters."""

    def say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Between:
    """Plain HTTP on 127.0.0.1, passed on to an appliance. Events are not: each page asks when it is opened.

    While `holds_changes` nothing is changed: the request is noted and answered 503. Of so many changes as
    `answers_to_lose` says the answer does not come through, so many as `changes_to_lose` says do not arrive; while
    `is_deaf` no answer at all comes through, and from the next change on where it `goes_deaf`.
    """

    def __init__(self, appliance: RunningAppliance) -> None:
        self._appliance = appliance
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        self._held: str | None = None
        self._port = free_port()  # which nobody else is given while it is dead
        self._server = _Server(self._port, self)
        self._sent: list[Sent] = []
        self.waiting = 0
        self.changes_waiting = 0
        self.holds_changes = True
        self.answers_to_lose = self.changes_to_lose = 0
        self.is_deaf = self.goes_deaf = False
        self._serve()

    @property
    def connection(self) -> Connection:
        """How the desktop comes here."""
        return Connection(f"http://127.0.0.1:{self._port}", self._appliance.admin_token)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
        self.die()

    # What a test does to it

    def hold(self, name: str) -> None:
        """Let whoever asks about this one wait."""
        self._go_on.clear()
        self._held = name

    def let_go(self) -> None:
        """Answer all who wait."""
        self._held = None
        self._go_on.set()

    def die(self) -> None:
        """Nothing listens any more, and what was open is cut."""
        self._server.shutdown()
        self._server.server_close()
        for one in list(self._server.open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed already
        self._thread.join(timeout=10)

    def revive(self) -> None:
        """It is there again, at the same place."""
        self._server = _Server(self._port, self)
        self._serve()

    def sent(self) -> list[Sent]:
        """What was sent since this was last asked, but for what the program asks every few seconds."""
        with self._lock:
            found, self._sent = self._sent, []
        return [one for one in found if not {"health", "system", "events"} & one.names]

    # On its threads

    def pass_on(self, handler: _Handler, body: bytes) -> None:
        asked = Sent(handler.command, handler.path, json.loads(body) if body else None)
        if asked.changes and self.holds_changes:
            self._note(asked)
            handler.say(503, "application/json", REFUSAL)
            return
        if "events" in asked.names:
            handler.say(404, "application/json", REFUSAL)
            return
        if self._held is not None and self._held in asked.names:
            with self._lock:
                self.waiting += 1
                self.changes_waiting += asked.changes
            self._go_on.wait(60)
            with self._lock:
                self.waiting -= 1
                self.changes_waiting -= asked.changes
        if asked.changes and self.changes_to_lose:
            self.changes_to_lose -= 1
            self._loses(asked)  # and perhaps it goes deaf
            handler.close_connection = True
            return
        upstream = self._upstream()
        try:
            headers = {"Authorization": handler.headers["Authorization"], "Content-Type": "application/json"}
            upstream.request(handler.command, handler.path, body or None, headers)
            answer = upstream.getresponse()
            content, kind = answer.read(), answer.headers.get("Content-Type", "")
        finally:
            upstream.close()
        told = json.loads(content) if kind.startswith("application/json") and content else None
        self._note(Sent(asked.method, asked.path, asked.body, told))
        if self._loses(asked):
            handler.close_connection = True
            return
        handler.say(answer.status, kind, content)

    def _loses(self, asked: Sent) -> bool:
        with self._lock:
            lost = asked.changes and self.answers_to_lose > 0
            self.answers_to_lose -= lost
            if asked.changes and self.goes_deaf:
                self.goes_deaf, self.is_deaf = False, True
            return lost or self.is_deaf

    def _upstream(self) -> http.client.HTTPConnection:
        port = self._appliance.port
        if self._appliance.url.startswith("http:"):
            return http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        any_certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        any_certificate.check_hostname = False
        any_certificate.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=any_certificate)

    def _note(self, sent: Sent) -> None:
        with self._lock:
            self._sent.append(sent)

    def _serve(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
