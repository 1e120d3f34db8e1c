"""Somebody who watches GET /api/events on the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import aiohttp

from tests.appliance.api.conftest import Api
from tests.support.server_sent_events import Event, EventParser


class Watcher:
    """One open stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.parser = EventParser()
        self.seen = bytearray()

    @property
    def last_id(self) -> str:
        return self.parser.last_id

    async def line(self) -> str | None:
        """The next line, or None at the end."""
        async with asyncio.timeout(60):
            line = await self.response.content.readline()
        self.seen += line
        return line.decode().rstrip("\n") if line else None

    async def event(self) -> Event:
        """The next event; fails when the stream ends."""
        while (line := await self.line()) is not None:
            if event := self.parser.line(line):
                return event
        raise AssertionError("the stream has ended")

    async def events(self, count: int) -> list[Event]:
        return [await self.event() for _ in range(count)]

    async def comment(self) -> str:
        """The next comment; fails when an event comes first."""
        while not self.parser.comments:
            line = await self.line()
            assert line is not None, "the stream has ended"
            assert self.parser.line(line) is None
        return self.parser.comments.pop()

    async def end(self) -> list[Event]:
        """All that comes until the stream ends as it should; fails when it breaks off."""
        found = []
        while (line := await self.line()) is not None:
            if event := self.parser.line(line):
                found.append(event)
        return found


@contextlib.asynccontextmanager
async def watching(
    api: Api, bearer: str, query: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Watcher]:
    """Watch; the stream has begun when this is entered, so that whatever happens now is seen."""
    sent = {"Authorization": f"Bearer {bearer}", **(headers or {})}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session,
        session.get(f"http://127.0.0.1:{api.port}/api/events{query}", headers=sent) as response,
    ):
        assert response.status == 200, await response.text()
        watcher = Watcher(response)
        while line := await watcher.line():
            watcher.parser.line(line)
        yield watcher
