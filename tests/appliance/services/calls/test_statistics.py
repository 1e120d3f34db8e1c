"""Statistics on demand: which time they are of, that none of it is missing, and who shares an answer."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliance.domain.statistics import Bucket
from appliance.services.calls.insights import ReadInsights
from appliance.services.calls.shared_answers import (
    HOLDS_TIMES_ITS_COST,
    MOST_AT_ONCE,
    MOST_REMEMBERED,
    MOST_WAITING,
    SharedAnswers,
)
from appliance.services.calls.statistics import COMPARE_EVERY, ReadStatistics, RollUp
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.storage.database import Database, rows
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls
from tests.appliance.builders import NOON, FakeClock, a_call

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FULL_HOUR = NOON.replace(microsecond=0)


class Seconds:
    """A monotonic clock that goes on by a second each time that it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


async def a_call_at(database: Database, at: datetime) -> None:
    await database.write(lambda tx: calls.insert(tx, a_call(received_at=at)))


@pytest.fixture
def read_statistics(database: Database, clock: FakeClock) -> ReadStatistics:
    return ReadStatistics(SharedAnswers(database), clock)


async def test_they_are_of_the_last_thirty_days_to_the_end_of_this_hour(read_statistics: ReadStatistics) -> None:
    found = await read_statistics()

    assert (found.wanted.since, found.wanted.until) == (FULL_HOUR - 30 * DAY, FULL_HOUR + HOUR)
    assert [row.start for row in found.rows] == [FULL_HOUR - 30 * DAY + number * HOUR for number in range(30 * 24 + 1)]
    assert {(row.bucket, row.figures.accepted) for row in found.rows} == {(Bucket.HOUR, 0)}


async def test_the_ends_are_rounded_outwards_to_whole_buckets(read_statistics: ReadStatistics) -> None:
    since, until = NOON - 2 * DAY, NOON - DAY
    for bucket, ends in {
        Bucket.HOUR: (FULL_HOUR - 2 * DAY, FULL_HOUR - DAY + HOUR),
        Bucket.DAY: (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)),
        Bucket.RANGE: (FULL_HOUR - 2 * DAY, FULL_HOUR - DAY + HOUR),
    }.items():
        found = await read_statistics(since, until, bucket)
        assert (found.wanted.since, found.wanted.until) == ends


async def test_ends_at_a_buckets_end_stay(read_statistics: ReadStatistics) -> None:
    found = await read_statistics(FULL_HOUR - HOUR, FULL_HOUR)

    assert [row.start for row in found.rows] == [FULL_HOUR - HOUR]


@pytest.mark.parametrize("bucket", Bucket)
async def test_any_moment_that_can_be_asked_for_is_answered(read_statistics: ReadStatistics, bucket: Bucket) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for since, until in ((first, last), (last, first), (None, first), (last, None), (first, first), (last, last)):
        found = await read_statistics(since, until, bucket)
        assert found.wanted.since <= found.wanted.until <= NOON + DAY
        assert found.totals.accepted == 0


async def test_of_old_days_rows_begin_with_the_first_that_is_known(
    read_statistics: ReadStatistics, database: Database
) -> None:
    await a_call_at(database, NOON - 34 * DAY)
    await a_call_at(database, NOON - 32 * DAY)

    rows = (await read_statistics(NOON - 900 * DAY)).rows

    assert [(row.bucket, row.figures.accepted) for row in rows[:5]] == [
        (Bucket.DAY, 1),
        (Bucket.DAY, 0),
        (Bucket.DAY, 1),
        (Bucket.DAY, 0),
        (Bucket.HOUR, 0),
    ]
    assert all(later.start - row.start == row.bucket.length for row, later in itertools.pairwise(rows))


async def test_a_range_is_one_row_with_nothing_in_it_too(read_statistics: ReadStatistics) -> None:
    (row,) = (await read_statistics(bucket=Bucket.RANGE)).rows

    assert (row.start, row.figures.accepted) == (FULL_HOUR - 30 * DAY, 0)


async def test_a_range_long_ago_with_nothing_in_it_begins_where_it_was_asked_for(
    read_statistics: ReadStatistics,
) -> None:
    found = await read_statistics(NOON - 900 * DAY, NOON - 800 * DAY, Bucket.RANGE)

    assert [row.start for row in found.rows] == [found.wanted.since]


async def test_those_who_ask_the_same_at_once_share_an_answer(
    read_statistics: ReadStatistics, database: Database
) -> None:
    found, same, other = await asyncio.gather(read_statistics(), read_statistics(), read_statistics(bucket=Bucket.DAY))

    assert same is found
    assert other is not found


async def test_an_answer_holds_as_long_as_it_was_dear(database: Database, clock: FakeClock) -> None:
    seconds = Seconds()
    read_statistics = ReadStatistics(SharedAnswers(database, seconds), clock)
    assert (await read_statistics()).totals.accepted == 0  # takes a second, as this clock goes
    await asyncio.sleep(0)
    await a_call_at(database, NOON)

    assert (await read_statistics()).totals.accepted == 0
    seconds.now += HOLDS_TIMES_ITS_COST
    assert (await read_statistics()).totals.accepted == 1


async def test_who_stops_waiting_takes_the_answer_from_nobody(read_statistics: ReadStatistics) -> None:
    impatient = asyncio.create_task(read_statistics())
    patient = asyncio.create_task(read_statistics())
    await asyncio.sleep(0)
    impatient.cancel()

    assert (await patient).totals.accepted == 0


async def test_many_questions_at_once_keep_one_reader_busy_and_who_comes_too_late_is_told_so(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, at_once, most = SharedAnswers(database), 0, 0
    read_statistics, read_insights = ReadStatistics(answers, clock), ReadInsights(answers, clock)
    read = database.read

    async def counted(work: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await read(work)
        finally:
            at_once -= 1

    monkeypatch.setattr(database, "read", counted)
    asked: list[Any] = [read_statistics(NOON - number * HOUR) for number in range(1, MOST_WAITING)]
    asked += [read_insights(NOON - number * HOUR) for number in range(1, 12)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one for one in found if isinstance(one, BaseException)]

    assert (most, len(refused)) == (MOST_AT_ONCE, 10)
    assert {str(one) for one in refused} == {"too many statistics are asked for at once"}
    assert (await read_statistics(NOON - 50 * HOUR)).totals.accepted == 0  # they are through


async def test_what_could_not_be_read_is_asked_again(database: Database, clock: FakeClock) -> None:
    read_statistics = ReadStatistics(SharedAnswers(database), clock)
    await database.write(lambda tx: tx.execute("ALTER TABLE daily_figures RENAME TO away"))
    await database.write(lambda tx: tx.execute("INSERT INTO fact VALUES ('statistics_rolled_until', '2026-01-01')"))
    with pytest.raises(Exception, match="daily_figures"):
        await read_statistics(NOON - 900 * DAY)
    await asyncio.sleep(0)
    await database.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO daily_figures"))

    assert (await read_statistics(NOON - 900 * DAY)).totals.accepted == 0


@pytest.mark.slow
async def test_so_many_different_answers_are_remembered_and_no_more(database: Database, clock: FakeClock) -> None:
    answers = SharedAnswers(database)
    read_statistics = ReadStatistics(answers, clock)
    for customer_id in range(MOST_REMEMBERED + 5):
        await read_statistics(customer_id=customer_id, bucket=Bucket.RANGE)

    assert len(answers._answers) <= MOST_REMEMBERED


async def test_housekeeping_rolls_up_what_is_over_for_long(
    database: Database, recordings: RecordingStore, clock: FakeClock
) -> None:
    for days in (31, 32, 33):
        await a_call_at(database, NOON - days * DAY)
    housekeeping = asyncio.create_task(Housekeeping(database, recordings, (30, 365), clock).run())
    try:
        async with asyncio.timeout(60):
            while len(await _rolled_days(database)) < 3:
                await asyncio.sleep(0.01)
    finally:
        housekeeping.cancel()
    assert len(await _rolled_days(database)) == 3


async def test_rolling_up_that_was_cut_off_goes_on_where_it_was(database: Database, clock: FakeClock) -> None:
    for days in (31, 32, 33):
        await a_call_at(database, NOON - days * DAY)
    first_life = asyncio.create_task(RollUp(database, clock)())
    while not await _rolled_days(database):
        await asyncio.sleep(0)
    first_life.cancel()
    await asyncio.gather(first_life, return_exceptions=True)

    await RollUp(database, clock)()

    assert len(await _rolled_days(database)) == 3
    assert (await ReadStatistics(SharedAnswers(database), clock)(NOON - 40 * DAY)).totals.accepted == 3


async def test_a_call_that_was_reprocessed_after_its_day_was_rolled_up_is_counted_as_it_is_now_within_an_hour(
    database: Database, clock: FakeClock
) -> None:
    roll_up = RollUp(database, clock)
    await a_call_at(database, NOON - 40 * DAY)
    await roll_up()

    async def completed() -> int:
        found = await ReadStatistics(SharedAnswers(database), clock)(NOON - 60 * DAY)
        return found.totals.completed

    await database.write(lambda tx: tx.execute("UPDATE call SET state = 'completed'"))
    clock.now += COMPARE_EVERY - timedelta(seconds=1)
    await roll_up()
    assert await completed() == 0
    clock.now += timedelta(seconds=1)
    await roll_up()
    assert await completed() == 1


async def _rolled_days(database: Database) -> list[dict[str, object]]:
    query = "SELECT day FROM daily_figures WHERE customer_id = -1"
    return await database.read(lambda tx: list(rows(tx.execute(query))))
