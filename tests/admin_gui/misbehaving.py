"""A server that answers as a sick appliance would: cut short, not at all, with nonsense, at the wrong time of day."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from types import TracebackType
from typing import Self

Script = Callable[[socket.socket, str], None]


def answer(status: str, body: bytes, *headers: str, length: int | None = None, at: float | None = None) -> bytes:
    """A whole HTTP answer; `length` is claimed instead of the body's own, `at` is the moment in Date."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Date: {formatdate(time.time() if at is None else at, usegmt=True)}",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class MisbehavingServer:
    """Plain HTTP on 127.0.0.1. Each request's connection is given to the script with the request's first line."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self.requests: list[str] = []
        self.headers: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._accepting.join(timeout=10)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def wait(self, seconds: float) -> None:
        """For scripts: until then, or until the test is over."""
        self._ending.wait(seconds)

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                while head := self._head(connection):
                    first, _, rest = head.partition("\r\n")
                    self.requests.append(first)
                    self.headers.append(rest)
                    self._script(connection, first)
            except OSError:
                pass  # the client had enough

    @staticmethod
    def _head(connection: socket.socket) -> str:
        collected = b""
        while b"\r\n\r\n" not in collected:
            chunk = connection.recv(4096)
            if not chunk:
                return ""
            collected += chunk
        head, _, body = collected.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                missing = int(line.split(b":")[1]) - len(body)
                while missing > 0:
                    missing -= len(connection.recv(missing))
        return head.decode()
