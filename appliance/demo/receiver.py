"""A customer's server, as small as it can be: takes webhooks on loopback and checks their signatures."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class WebhookReceiver:
    """Listens on a free port of 127.0.0.1; `received` holds the bodies whose signature was right."""

    def __init__(self) -> None:
        self.received: queue.Queue[bytes] = queue.Queue()
        self.secret: str | None = None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(receiver.take(body, dict(self.headers)))
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """The demo says what is worth saying."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhook"

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """The status to answer with."""
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(self.secret or "").verify(body, lower)
        except WebhookVerificationError:
            return 401
        self.received.put(body)
        return 200

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
