"""Writes that share a transaction: none is overtaken, harms another, or is answered too early."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import pytest

from appliance.errors import Unavailable
from appliance.services.grouped_writes import GROUP_LIMIT, HEAVIEST_GROUP, GroupedWrites
from appliance.storage.database import Connection, Database
from appliance.storage.tables import facts
from tests.support.held_writer import HeldWriter


class AtFault(Exception):
    """Names the write that is."""


@dataclass(frozen=True)
class Write:
    """What is written, about what, and how."""

    number: int
    key: str = ""
    weight: int = 0
    is_at_fault: bool = False


class Ledger:
    """Notes each write in two steps, and in which transaction; one at fault fails between them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.groups: list[list[int]] = []  # as they were begun
        self.write = GroupedWrites(database, self._run, lambda one: one.key or one.number, lambda one: one.weight)

    def _run(self, tx: Connection, writes: list[Write]) -> list[str]:
        self.groups.append([one.number for one in writes])
        (transaction,) = tx.execute("SELECT txid_current()").fetchone() or (0,)
        for one in writes:
            facts.put(tx, f"first {one.number}", str(transaction))
            if one.is_at_fault:
                raise AtFault(one.number)
            facts.put(tx, f"second {one.number}", str(transaction))
        return [f"answer {one.number}" for one in writes]

    async def together(self, writes: list[Write]) -> list[str | BaseException]:
        """Hand them in while the writer is at something else."""
        held = HeldWriter(self.database)
        waiting = [asyncio.ensure_future(self.write(one)) for one in writes]
        await asyncio.sleep(0)
        await held.release()
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def stored(self) -> dict[str, str]:
        def look(tx: Connection) -> dict[str, str]:
            return dict(tx.execute("SELECT name, value FROM fact WHERE name LIKE '% %'").fetchall())

        return await self.database.read(look)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


async def test_what_waits_together_shares_a_transaction_and_each_gets_its_own_answer(ledger: Ledger) -> None:
    first = asyncio.ensure_future(ledger.write(Write(0)))
    await asyncio.sleep(0)  # it is under way, and the others come meanwhile
    answers = await ledger.together([Write(number) for number in range(1, 6)])
    assert [await first, *answers] == [f"answer {number}" for number in range(6)]
    assert sum(len(group) for group in ledger.groups) == 6
    assert len(ledger.groups) <= 2
    transactions = await ledger.stored()
    assert len({transactions[f"first {number}"] for number in range(1, 6)}) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_each_is_written_whole_or_not_at_all_and_told_its_own_fate_in_its_turn(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    writes = [
        Write(
            number,
            key=chance.choice(["", "", "a", "b"]),
            weight=chance.choice([0, 0, HEAVIEST_GROUP // 3, 2 * HEAVIEST_GROUP]),
            is_at_fault=chance.random() < 0.15,
        )
        for number in range(chance.randrange(2, 3 * GROUP_LIMIT))
    ]
    answers = await ledger.together(writes)
    stored = await ledger.stored()
    for one, answer in zip(writes, answers, strict=True):
        if one.is_at_fault:
            assert isinstance(answer, AtFault)
            assert answer.args == (one.number,)
            assert f"first {one.number}" not in stored
        else:
            assert answer == f"answer {one.number}"
            assert stored[f"first {one.number}"] == stored[f"second {one.number}"]
    by_number = {one.number: one for one in writes}
    begun = list(dict.fromkeys(number for group in ledger.groups for number in group))  # what is undone comes again
    assert begun == [one.number for one in writes], "one went before another"
    for group in ledger.groups:
        keys = [by_number[number].key for number in group if by_number[number].key]
        assert len(keys) == len(set(keys))
        assert len(group) <= GROUP_LIMIT
        assert len(group) == 1 or sum(by_number[number].weight for number in group) <= HEAVIEST_GROUP


async def test_none_is_answered_before_it_is_committed(ledger: Ledger, database: Database) -> None:
    held = HeldWriter(database)
    waiting = [asyncio.ensure_future(ledger.write(Write(number))) for number in range(3)]
    done, _ = await asyncio.wait(waiting, timeout=0.05)
    assert not done
    assert await ledger.stored() == {}
    await held.release()
    for one in asyncio.as_completed(waiting):
        number = (await one).removeprefix("answer ")
        assert f"second {number}" in await ledger.stored()


async def test_one_that_comes_again_and_again_does_not_hold_up_what_came_before(ledger: Ledger) -> None:
    """Newer ones are never put before an older one, however they are grouped."""
    old = asyncio.ensure_future(ledger.write(Write(0, key="contended")))
    others = [asyncio.ensure_future(ledger.write(Write(number, key="contended"))) for number in range(1, 20)]
    waits = asyncio.ensure_future(ledger.write(Write(20, weight=HEAVIEST_GROUP)))
    newer = [asyncio.ensure_future(ledger.write(Write(number))) for number in range(21, 80)]
    await asyncio.gather(old, *others, waits, *newer)
    assert [number for group in ledger.groups for number in group] == list(range(80))


async def test_who_gives_up_waiting_harms_nobody(ledger: Ledger, database: Database) -> None:
    held = HeldWriter(database)
    waiting = [asyncio.ensure_future(ledger.write(Write(number, is_at_fault=number == 1))) for number in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.sleep(0)
    await held.release()
    given_up, *others = waiting[1], waiting[0], waiting[2]
    assert await asyncio.gather(*others) == ["answer 0", "answer 2"]
    assert given_up.cancelled()
    assert await ledger.write(Write(3)) == "answer 3"


@pytest.mark.parametrize("place", [0, 7, 19])
async def test_what_follows_is_told_in_the_order_of_the_commits_whoever_wrote(
    database: Database, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who writes beside goes on when his write is on disk: by then all that was written before him is told."""
    told: list[int] = []
    write = GroupedWrites(database, lambda _, items: items, lambda one: one, told=lambda number, _: told.append(number))
    held, writes, hand_in = HeldWriter(database), list[Future[object]](), database._hand_in
    await asyncio.sleep(0)

    def note(work: Callable[[Connection], object]) -> Future[object]:
        writes.append(hand_in(work))
        return writes[-1]

    monkeypatch.setattr(database, "_hand_in", note)

    async def write_beside(number: int) -> None:
        await database.write(lambda _: None)
        told.append(number)

    tasks: list[asyncio.Future[int | None]] = []
    for number in range(20):
        tasks.append(asyncio.ensure_future(write(number) if number == place else write_beside(number)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # each is handed to the writer before the next one comes
    held.release_until(writes)
    await asyncio.gather(*tasks)
    assert told == list(range(20))


async def test_whoever_clears_what_an_error_came_through_stops_no_other_write(ledger: Ledger) -> None:
    """As reports do, that let go of what they hold while they wait for the next try."""
    refused = asyncio.ensure_future(ledger.write(Write(0, is_at_fault=True)))
    others = [asyncio.ensure_future(ledger.write(Write(number, is_at_fault=number < 3))) for number in range(1, 5)]

    def clear(write: asyncio.Future[str]) -> None:
        one = write.exception()
        while one is not None:
            traceback.clear_frames(one.__traceback__)
            one = one.__context__

    for write in (refused, *others[:2]):
        write.add_done_callback(clear)
    async with asyncio.timeout(60):
        answers = await asyncio.gather(refused, *others, return_exceptions=True)

    assert [type(answer) for answer in answers] == [AtFault, AtFault, AtFault, str, str]


@pytest.mark.parametrize("others", [0, 2])
async def test_an_error_still_says_where_it_was_raised(ledger: Ledger, others: int) -> None:
    """The journal is read for that; also of one whose group was tried before it was."""
    writes = [Write(number, is_at_fault=number == 0) for number in range(1 + others)]
    refused = (await ledger.together(writes))[0]
    assert isinstance(refused, AtFault)
    one: BaseException | None = refused
    for _ in range(2 if others else 1):  # and the error of the group, during whose handling it was raised
        assert one is not None
        names = [frame.name for frame in traceback.extract_tb(one.__traceback__)]
        assert "_run" in names
        assert "_write_waiting" not in names, "it still writes for others, and whoever clears it would end it"
        one = one.__context__


async def test_what_follows_is_told_where_nobody_waits_for_it_any_more(database: Database) -> None:
    told: list[tuple[int, str]] = []
    write = GroupedWrites(
        database,
        lambda _, items: [f"answer {one}" for one in items],
        lambda one: one,
        told=lambda number, answer: told.append((number, answer)),
    )
    held = HeldWriter(database)
    given_up, other = asyncio.ensure_future(write(1)), asyncio.ensure_future(write(2))
    await asyncio.sleep(0)
    given_up.cancel()
    await held.release()
    assert await other == "answer 2"
    assert given_up.cancelled()
    assert told == [(1, "answer 1"), (2, "answer 2")]


async def test_whoever_cannot_be_told_harms_nobody_and_is_not_written_again(database: Database) -> None:
    written: list[int] = []

    def run(_: Connection, numbers: list[int]) -> list[int]:
        written.extend(numbers)
        return numbers

    def tell(number: int, _: int) -> None:
        if number == 1:
            raise AtFault(number)

    write = GroupedWrites(database, run, lambda one: one, told=tell)
    answers = await asyncio.gather(*(write(number) for number in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, AtFault, int]
    assert written == [0, 1, 2]


async def test_a_closed_database_refuses_all_that_wait(ledger: Ledger, database: Database) -> None:
    database.close()
    answers = await asyncio.gather(*(ledger.write(Write(number)) for number in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3


@pytest.mark.parametrize("spoil", [lambda answers: answers[1:], lambda answers: [*answers, "more"]])
async def test_answers_that_cannot_be_told_apart_are_none_and_nothing_is_kept(
    database: Database, spoil: Callable[[list[str]], list[str]]
) -> None:
    def run(tx: Connection, writes: list[Write]) -> list[str]:
        facts.put(tx, "kept anyhow", "")
        return spoil([f"answer {one.number}" for one in writes])

    write = GroupedWrites(database, run, lambda one: one.number)
    answers = await asyncio.gather(write(Write(1)), write(Write(2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [AssertionError] * 2
    assert await database.read(lambda tx: facts.get(tx, "kept anyhow")) is None
