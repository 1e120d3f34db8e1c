"""Workers on other machines: which are joined, by which token, since when; and what ends their ways to the queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.clock import Clock
from appliance.domain.token import Token, TokenState
from appliance.errors import Unavailable
from appliance.messages.bounds import MAX_WORKERS

logger = logging.getLogger(__name__)

# A worker has one connection for each call in hand and a few more; a machine with several GPUs joins with one token.
MOST_CONNECTIONS_OF_ONE_TOKEN = 128
MOST_CONNECTIONS = 256
LOOK_FOR_EXPIRED_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class JoinedWorker:
    """A worker by the name that it gives itself, the token that it came with, from where, and since when."""

    name: str
    token: Token
    address: str
    since: datetime


@dataclass(frozen=True, slots=True, eq=False)
class _Connection:
    worker: JoinedWorker
    close: Callable[[], None]


class JoinedWorkers:
    """The open connections of joined workers to the queue. All on the event loop."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._connections: set[_Connection] = set()
        self._workers: dict[str, JoinedWorker] = {}  # while any of their connections is open
        self._known: set[tuple[int, str, str]] = set()
        self._stopping = False

    @contextlib.contextmanager
    def connection(
        self, token: Token, worker: str, address: str, close: Callable[[], None]
    ) -> Iterator[JoinedWorker | None]:
        """Count a connection while it lasts; `close` ends it, and is called when the token is withdrawn.

        Gives the worker where this token has not yet brought this name from there. Raises Unavailable where too many
        are open, and once the api stops.
        """
        if self._stopping:
            raise Unavailable("the api stops")
        of_token = sum(one.worker.token.id == token.id for one in self._connections)
        if of_token >= MOST_CONNECTIONS_OF_ONE_TOKEN or len(self._connections) >= MOST_CONNECTIONS:
            raise Unavailable("too many connections of joined workers are open")
        known = self._workers.get(worker)
        if known is None and len(self._workers) >= MAX_WORKERS:
            raise Unavailable("too many workers are joined")
        if known is None or (known.token.id, known.address) != (token.id, address):
            known = self._workers[worker] = JoinedWorker(worker, token, address, self._now())
        entry = _Connection(known, close)
        self._connections.add(entry)
        try:
            yield known if self._is_new(known) else None
        finally:
            self._connections.discard(entry)
            if self._workers.get(worker) is known and not any(one.worker is known for one in self._connections):
                del self._workers[worker]

    def not_noted(self, worker: JoinedWorker) -> None:
        """It is not in the audit after all, and is new with its next connection."""
        self._known.discard(_key(worker))

    def of(self, worker: str) -> JoinedWorker | None:
        """The joined worker that calls itself so; None: it is on this machine, or has gone."""
        return self._workers.get(worker)

    def end(self, token_id: int) -> None:
        """A token was revoked: whoever came with it has no way to the queue any more."""
        self._close(lambda token: token.id == token_id)

    def close(self) -> None:
        """The api stops, and lets nobody in any more."""
        self._stopping = True
        self._close(lambda _token: True)

    async def end_expired(self) -> None:
        """Until it is cancelled, close the connections of tokens whose time is over."""
        while True:
            await asyncio.sleep(LOOK_FOR_EXPIRED_EVERY_SECONDS)
            self._close(lambda token: token.state_at(self._now()) is not TokenState.VALID)

    def _close(self, which: Callable[[Token], bool]) -> None:
        closing = [one for one in self._connections if which(one.worker.token)]
        for one in closing:
            one.close()
        for name, count in Counter(one.worker.name for one in closing).items():
            logger.info("worker %s has left: %d connections to the queue were closed", name, count)

    def _is_new(self, worker: JoinedWorker) -> bool:
        key = _key(worker)
        if key in self._known:
            return False
        if len(self._known) >= MAX_WORKERS:
            self._known.clear()
        self._known.add(key)
        return True


def _key(worker: JoinedWorker) -> tuple[int, str, str]:
    return worker.token.id, worker.name, worker.address
