"""Writes of one kind that wait together are made together: what costs is the statement, not the row."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Generic, TypeVar

from appliance.storage.database import Connection, Database

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Of those that wait so many share a transaction at most: more would make the first of them, and all others who write or
# read, wait.
GROUP_LIMIT = 32
# And so much of what `weigh` tells, but one in any case.
HEAVIEST_GROUP = 1024 * 1024


class GroupedWrites(Generic[Item, Answer]):
    """One kind of write. All on the event loop, but for `run`.

    `run` is given a group in the order in which it came, in a transaction, and answers each of it, in that order. No
    two of a group have the same key, so that `run` may read everything first and write everything behind it; whoever
    is refused gets an answer, for what is raised undoes the whole group. Then each is run again alone, and only who is
    at fault is told.

    `told` is given each write and its answer once it is on disk, whether anybody still waits for it or not. What
    follows from a write in memory, or is told of it, belongs there: it comes before what follows from any later write,
    and behind what follows from any earlier one. Whoever waits here goes on some steps of the loop later, when one who
    wrote later by `Database.write` may have gone on already.
    """

    def __init__(
        self,
        database: Database,
        run: Callable[[Connection, list[Item]], Sequence[Answer]],
        key: Callable[[Item], Hashable],
        weigh: Callable[[Item], int] = lambda _: 0,
        told: Callable[[Item, Answer], None] = lambda _item, _answer: None,
    ) -> None:
        self._database = database
        self._run = run
        self._key = key
        self._weigh = weigh
        self._told = told
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Answer:
        """Write it and return the answer once it is on disk and told; raises what `run` or `told` raise of it alone."""
        outcome: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        # Shielded: who waits no longer changes nothing about what is being committed, for the others neither.
        return await asyncio.shield(outcome)

    async def _write_waiting(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                await self._write(group)
            except Exception as error:  # noqa: BLE001 - handed to who waits for it
                if len(group) == 1:
                    _fail(group[0][1], error)
                    continue
                for one in group:
                    try:
                        await self._write([one])
                    except Exception as its_own:  # noqa: BLE001 - likewise
                        _fail(one[1], its_own)

    async def _write(self, group: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        items = [item for item, _ in group]
        answers = await self._database.write(partial(self._answered, items))
        # Nothing is awaited from here on: `Database.write` lets all who wait for it go on in the order of the commits,
        # us among them.
        for (item, outcome), answer in zip(group, answers, strict=True):
            try:
                self._told(item, answer)
            except Exception as error:
                logger.exception("what follows from a write failed")  # it may be that nobody waits for it any more
                _fail(outcome, error)
            else:
                outcome.set_result(answer)

    def _answered(self, items: list[Item], tx: Connection) -> Sequence[Answer]:
        answers = self._run(tx, items)
        if len(answers) != len(items):  # before anything of it is committed
            raise AssertionError(f"{len(answers)} answers to {len(items)} writes")
        return answers

    def _next_group(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """Those that came first, in their order: nobody goes before another."""
        group: list[tuple[Item, asyncio.Future[Answer]]] = []
        keys: set[Hashable] = set()
        weight = 0
        while self._waiting and len(group) < GROUP_LIMIT:
            item = self._waiting[0][0]
            key = self._key(item)
            weight += self._weigh(item)
            if group and (key in keys or weight > HEAVIEST_GROUP):
                break
            keys.add(key)
            group.append(self._waiting.popleft())
        return group


def _fail(outcome: asyncio.Future[Answer], error: Exception) -> None:
    # Whoever is given it may clear the frames that it came through, as reports do; but ours still writes for others.
    # All below it stay: the journal says by them where it was raised.
    ours = GroupedWrites._write_waiting.__code__
    came_through: BaseException | None = error
    while came_through is not None:
        frames = came_through.__traceback__
        while frames is not None and frames.tb_frame.f_code is ours:
            frames = frames.tb_next
        came_through.__traceback__ = frames
        came_through = came_through.__context__
    outcome.set_exception(error)
    outcome.exception()  # where nobody waits any more, nobody need be told
