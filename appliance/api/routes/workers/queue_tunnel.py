"""The way of a worker on another machine to the queue: a request that becomes a connection there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time

from tornado.iostream import IOStream, StreamClosedError

from appliance.api.http.handler import Handler
from appliance.api.http.tornado_internals import take_stream
from appliance.api.routes.workers.claims import worker_name_of
from appliance.domain.token import Token
from appliance.errors import InvalidRequest, Problem, Unavailable
from appliance.messages.claim_headers import WORKER_HEADER
from appliance.messages.joining import IDLE_SECONDS, UPGRADE
from appliance.queue.tunnel import CommandGuard, ForeignCommand
from appliance.services.calls.joined_workers import JoinedWorker

logger = logging.getLogger(__name__)

# Each piece is looked at, copied and encrypted on the event loop, so others have their turn after it: where much has
# come already, reading and writing give it to nobody.
_PIECE_BYTES = 32 * 1024
FOREIGN_TOLD_EVERY_SECONDS = 60.0
_SWITCHED = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {UPGRADE}\r\nConnection: Upgrade\r\n\r\n".encode()


class QueueTunnel(Handler):
    """GET /internal/queue with `Upgrade: vbot-queue`: from 101 on, a connection to the queue as a joined worker."""

    async def admit(self) -> None:
        self.token = await self.admit_joining()

    async def get(self) -> None:
        if self.request.headers.get("Upgrade", "").lower() != UPGRADE:
            raise InvalidRequest(Problem("Upgrade", f"must be {UPGRADE}"))
        try:
            worker = worker_name_of(self.request.headers, WORKER_HEADER)
        except (ValueError, KeyError):
            raise InvalidRequest(Problem(WORKER_HEADER, "must be the worker's name")) from None
        address = self.request.remote_ip or "unknown"
        access, ended = self.services.access, asyncio.Event()
        with access.joined_workers.connection(self.token, worker, address, ended.set) as new:
            if new is not None:
                await self._note(new)
            try:
                reader, writer = await self.services.calls.open_queue()
            except Unavailable as error:
                logger.warning("worker %s cannot join: %s", worker, error)
                raise
            try:
                # Revoked since it was looked up, its connections were closed before this one was among them.
                await self.admit_joining()
                await self._become_connection(reader, writer, ended, f"worker {worker} from {address}")
            finally:
                writer.close()

    async def _note(self, new: JoinedWorker) -> None:
        access, noted = self.services.access, False
        try:
            noted = await access.audit_log.worker_joined(self.token, new.name, new.address, self.request_id)
        finally:
            if not noted:
                access.joined_workers.not_noted(new)

    async def _become_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ended: asyncio.Event, whose: str
    ) -> None:
        stream = take_stream(self, 101)
        try:
            await stream.write(_SWITCHED)
            await _carry(stream, reader, writer, ended)
        except StreamClosedError:
            pass  # it went
        except ForeignCommand as error:
            _tell_foreign(self.token, whose, error)
        finally:
            stream.close()


async def _carry(
    stream: IOStream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ended: asyncio.Event
) -> None:
    """Until one side closes, or the way is ended. Raises ForeignCommand where the worker says what it may not."""
    carrying = [
        asyncio.create_task(one) for one in (_to_queue(stream, writer), _to_worker(reader, stream), ended.wait())
    ]
    try:
        await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in carrying:
            one.cancel()
        outcomes = await asyncio.gather(*carrying, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, ForeignCommand):
            raise outcome


async def _to_queue(stream: IOStream, writer: asyncio.StreamWriter) -> None:
    guard = CommandGuard()
    with contextlib.suppress(StreamClosedError, OSError):
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                data = await stream.read_bytes(_PIECE_BYTES, partial=True)
            writer.write(guard.passed(data))
            await writer.drain()
            await asyncio.sleep(0)


async def _to_worker(reader: asyncio.StreamReader, stream: IOStream) -> None:
    with contextlib.suppress(StreamClosedError, OSError):
        while data := await reader.read(_PIECE_BYTES):
            await stream.write(data)
            await asyncio.sleep(0)


_foreign_told_at: dict[int, float] = {}  # by the token, of which there are few


def _tell_foreign(token: Token, whose: str, error: ForeignCommand) -> None:
    now = time.monotonic()
    if now - _foreign_told_at.get(token.id, -math.inf) >= FOREIGN_TOLD_EVERY_SECONDS:
        _foreign_told_at[token.id] = now
        logger.warning(
            "%s, joined by the token %r, was cut off: %s, as no worker of ours sends it; if that goes on, see to that "
            "machine, or revoke the token: vbot token revoke %d",
            whose,
            token.name,
            error,
            token.id,
        )
