"""HTTP by hand on the test's own event loop, for what a well-behaved client cannot do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

# Before a connection is closed because nothing comes: who waits for a refusal is not to see that instead.
BEFORE_IDLE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One answer as it came over the wire; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        return self.json()["message"]

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, method: str, path: str, **headers: str | int) -> None:
        """The request line and headers; `X_API_Key=…` names X-API-Key."""
        lines = [f"{method} {path} HTTP/1.1", "Host: vbot"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def answer(self, *, to_head: bool = False) -> RawAnswer:
        """The next answer, whole."""
        async with asyncio.timeout(60):
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = 0 if to_head else int(headers.get("content-length", 0))
            return RawAnswer(int(first.split()[1]), headers, await self._reader.readexactly(length))

    @property
    def has_answer(self) -> bool:
        """Whether something has come, or the other side has closed the connection."""
        return bool(self._reader._buffer) or self._reader.at_eof()  # type: ignore[attr-defined]

    async def some_bytes(self) -> bytes:
        """What has come, once something has."""
        async with asyncio.timeout(60):
            return await self._reader.read(1024)

    async def ended(self) -> bool:
        """Whether the other side closes the connection without another word."""
        async with asyncio.timeout(BEFORE_IDLE_SECONDS):
            with contextlib.suppress(ConnectionResetError):
                return await self._reader.read() == b""
        return True

    async def rest(self) -> bytes:
        """Everything that still comes until the other side closes the connection, as it comes."""
        async with asyncio.timeout(BEFORE_IDLE_SECONDS):
            return await self._reader.read()

    def abort(self) -> None:
        """Go away without a word."""
        self._writer.transport.abort()


@contextlib.asynccontextmanager
async def connected(port: int, *, receive_buffer: int = 0) -> AsyncIterator[Wire]:
    """A connection to the api; where `receive_buffer` is given, the kernel keeps that many bytes of answers at most."""
    opened = socket.socket()
    if receive_buffer:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)  # before it connects, or it grows
    opened.connect(("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=opened)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
