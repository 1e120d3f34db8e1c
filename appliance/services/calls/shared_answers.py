"""Answers that are dear to make: who asks the same shares one, and one is made at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from appliance.errors import Unavailable
from appliance.storage.database import Connection, Database

# An answer holds so many times longer than it took: asking all the time costs no more than a twentieth of one core.
HOLDS_TIMES_ITS_COST = 20
# But no longer than this, for who looks once more after the last event is to see what that changed; unless it was so
# dear that asking all the time would cost more than a fifth.
LONG_HOLD_SECONDS = 10.0
LEAST_TIMES_ITS_COST = 5
MOST_REMEMBERED = 64
# Each counts all calls of a time and keeps a reader of the database busy: the other readers are for lists and calls.
MOST_AT_ONCE = 1
MOST_WAITING = 16

Found = TypeVar("Found")


@dataclass(slots=True)
class _Answer:
    """An answer that is being made or was made, and until when it holds (monotonic)."""

    task: asyncio.Task[tuple[Any, float]]  # and what it cost, in seconds
    holds_until: float = float("inf")


class SharedAnswers:
    """The answers to all such questions, whatever they are about; each question is known by its value and its type."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._answers: dict[Hashable, _Answer] = {}
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, wanted: Hashable, find: Callable[[Connection], Found]) -> Found:
        """What `find` makes of the database, maybe some seconds ago. Raises Unavailable where too many others wait."""
        task: asyncio.Task[tuple[Found, float]] = self._answer(wanted, find).task
        found, _ = await asyncio.shield(task)
        return found

    def _answer(self, wanted: Hashable, find: Callable[[Connection], Found]) -> _Answer:
        now = self._monotonic()
        self._answers = {key: answer for key, answer in self._answers.items() if answer.holds_until > now}
        if wanted not in self._answers:
            if sum(not answer.task.done() for answer in self._answers.values()) >= MOST_WAITING:
                raise Unavailable("too many statistics are asked for at once")
            while len(self._answers) >= MOST_REMEMBERED:
                del self._answers[next(iter(self._answers))]
            answer = self._answers[wanted] = _Answer(asyncio.create_task(self._read(find)))

            def made(task: asyncio.Task[tuple[Any, float]]) -> None:
                answer.holds_until = self._monotonic()
                if not task.cancelled() and task.exception() is None:
                    _, cost = task.result()
                    holds = min(cost * HOLDS_TIMES_ITS_COST, max(LONG_HOLD_SECONDS, cost * LEAST_TIMES_ITS_COST))
                    answer.holds_until += holds

            answer.task.add_done_callback(made)
        return self._answers[wanted]

    async def _read(self, find: Callable[[Connection], Found]) -> tuple[Found, float]:
        async with self._turn:
            began = self._monotonic()
            found = await self._database.read(find)
            return found, self._monotonic() - began
