"""Appliances as far as a look from outside goes: each with a certificate and a token of its own, and a list of what
it was sent.
"""

from __future__ import annotations

import hashlib
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from admin_gui.client.customers import Customer
from admin_gui.client.stats import DeliveryCounts, Stats, StatsRow
from admin_gui.client.system import Component, System
from admin_gui.local_storage.profiles import Profile
from appliance.services.access.certificate import create_certificate

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Box:
    """On 127.0.0.1. `system` is what it says of itself, `tokens` what it was sent."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = name
        self.token = f"the-token-of-{name}"
        self.system = System(health="healthy", components=[Component(name="queue", state="ok")])
        self.failed_webhooks: dict[int, int] = {}  # of customers, in the last 24 hours
        self.tokens: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.renew()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.tls = self._context
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def renew(self) -> None:
        """Another box answers at this address from now on: with a certificate that nobody has trusted."""
        certificate, key = self._folder / f"{self.name}.crt", self._folder / f"{self.name}.key"
        for file in (certificate, key):
            file.unlink(missing_ok=True)
        create_certificate(certificate, key, datetime.now(UTC), ["127.0.0.1"])
        self._context.load_cert_chain(certificate, key)
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text().partition("-----END")[0] + "-----END CERTIFICATE-----\n")
        self.fingerprint = hashlib.sha256(der).hexdigest()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_port}"

    def stats(self) -> Stats:
        rows = [
            StatsRow(start=NOON, bucket="range", customer_id=which, deliveries=DeliveryCounts(failed=count))
            for which, count in self.failed_webhooks.items()
        ]
        return Stats(since=NOON, until=NOON, bucket="range", rows=rows)

    @property
    def profile(self) -> Profile:
        """As it is remembered by who trusts the present certificate."""
        return Profile(name=self.name, url=self.url, fingerprint=self.fingerprint)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Nothing listens there any more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=10)
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    tls: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake on the connection's own thread: one that is broken off ends nobody else's."""
        try:
            with self.tls.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass  # the client did not like our certificate, or had enough


def _customer(number: int) -> Customer:
    return Customer(
        id=number,
        name="Ada",
        company_name=f"Customer {number}",
        email="ada@example.com",
        api_key="****",
        is_active=True,
        created_at=NOON,
        updated_at=NOON,
    )


def _handler(box: Box) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            box.tokens.append(token)
            status, body = self._reply(token)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _reply(self, token: str) -> tuple[int, bytes]:
            path = self.path.partition("?")[0]
            if path == "/health":
                return 200, msgspec.json.encode({"status": box.system.health})
            if token != box.token:
                return 401, b'{"message": "no"}'
            if path == "/api/system":
                return 200, msgspec.json.encode(box.system)
            if path == "/api/stats":
                return 200, msgspec.json.encode(box.stats())
            if path == "/api/customers":
                return 200, b'{"customers": []}'
            which = path.removeprefix("/api/customers/")
            is_known = which.isdecimal() and int(which) in box.failed_webhooks
            return (200, msgspec.json.encode(_customer(int(which)))) if is_known else (404, b'{"message": "not here"}')

        def log_message(self, *_arguments: object) -> None:
            """Tests say what went wrong."""

    return Handler
