"""How the calls of the last hour ended, from what is stored: each counts once, as it is now."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from appliance.domain.call import Call, CallError, CallState, next_revision
from appliance.domain.failures import Ended, Judgement
from appliance.errors import Unavailable
from appliance.services.health.failures import ReadFailures
from appliance.services.health.shared_look import LOOK_EVERY_SECONDS
from appliance.storage.database import Connection, Database
from appliance.storage.erasure import erase_call
from appliance.storage.tables import calls, customers
from appliance.storage.tables.call_filter import CallFilter
from tests.appliance.builders import NOON, FakeClock, a_call, a_customer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Moments are written in whole seconds.
UNTIL = NOON.replace(microsecond=0)


class Box:
    """A database with calls that ended, and who looks at them; time goes on when a test says so."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.seconds = 1000.0
        self.read = ReadFailures(database, NOON - 30 * MINUTE, clock, lambda: self.seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.advance(seconds=seconds)

    async def customer(self, **fields: Any) -> int:
        return (await self.database.write(lambda tx: customers.insert(tx, a_customer(**fields)))).id

    async def store(self, *found: Call) -> None:
        await self.database.write(lambda tx: calls.insert_many(tx, found))

    async def change(self, call: Call) -> None:
        await self.database.write(lambda tx: calls.update(tx, call))


@pytest.fixture
def box(database: Database, clock: FakeClock) -> Box:
    return Box(database, clock)


def ended(at: datetime, code: str | None = None, **fields: Any) -> Call:
    """A call that ended then, and was accepted long before."""
    return a_call(
        **{
            "received_at": at - 5 * HOUR,
            "finished_at": at,
            "state": CallState.FAILED if code else CallState.COMPLETED,
            "error": CallError(code, f"{code} at {at:%H:%M}") if code else None,
            **fields,
        }
    )


async def test_without_any_call_there_is_nothing_to_say(box: Box) -> None:
    found = await box.read()

    assert (found.since, found.until) == (UNTIL - HOUR, UNTIL)
    assert (found.ended, found.usual, found.own, found.groups, found.affected) == (Ended(), Ended(), Ended(), (), ())


async def test_the_calls_that_ended_in_the_last_hour_count_whenever_they_were_accepted(box: Box) -> None:
    await box.store(
        ended(UNTIL - HOUR - timedelta(microseconds=1), "empty_recording"),
        ended(UNTIL - HOUR, "empty_recording"),
        ended(UNTIL - timedelta(microseconds=1), "empty_recording"),
        ended(UNTIL, "empty_recording"),
        ended(UNTIL - MINUTE),
        a_call(state=CallState.PROCESSING),
        a_call(state=CallState.RECEIVED),
    )

    found = await box.read()

    assert found.ended == Ended(3, 2)
    assert [(group.error_code, group.count) for group in found.groups] == [("empty_recording", 2)]


async def test_calls_in_which_nothing_was_recorded_neither_failed_nor_make_failures_rarer(box: Box) -> None:
    await box.store(
        *(ended(NOON - MINUTE, "engine_error") for _ in range(5)),
        *(ended(NOON - MINUTE, empty=True) for _ in range(500)),
        *(ended(NOON - DAY, empty=True) for _ in range(500)),
    )

    found = await box.read()

    assert (found.ended, found.usual, found.own) == (Ended(5, 5), Ended(), Ended(5, 5))
    assert found.judged is Judgement.MOST


async def test_failures_are_grouped_by_error_and_customer_with_the_words_of_the_last(box: Box) -> None:
    ada, bob = await box.customer(name="Ada"), await box.customer(name="Bob")
    await box.store(
        *(ended(NOON - number * MINUTE, "empty_recording", customer_id=ada) for number in (3, 1, 2)),
        *(ended(NOON - number * MINUTE, "engine_error", customer_id=ada) for number in (5, 4)),
        ended(NOON - 6 * MINUTE, "empty_recording", customer_id=bob),
        ended(NOON - 6 * MINUTE, customer_id=bob),
    )

    assert [
        (group.customer_id, group.customer_name, group.error_code, group.count, group.example)
        for group in (await box.read()).groups
    ] == [
        (ada, "Ada", "empty_recording", 3, "empty_recording at 11:59"),
        (ada, "Ada", "engine_error", 2, "engine_error at 11:56"),
        (bob, "Bob", "empty_recording", 1, "empty_recording at 11:54"),
    ]


async def test_a_customer_that_was_deleted_has_its_last_name_and_one_nobody_knows_has_none(box: Box) -> None:
    gone = await box.customer(name="Gone", deleted_at=NOON)
    await box.store(
        ended(NOON - MINUTE, "empty_recording", customer_id=gone),
        ended(NOON - MINUTE, "empty_recording", customer_id=gone),
        ended(NOON - MINUTE, "empty_recording", customer_id=987),
    )

    assert [(group.customer_id, group.customer_name) for group in (await box.read()).groups] == [
        (gone, "Gone"),
        (987, None),
    ]


async def test_the_words_of_an_error_are_cut_where_they_are_long(box: Box) -> None:
    await box.store(ended(NOON - MINUTE, "empty_recording", error=CallError("empty_recording", "x" * 100_000)))

    assert (await box.read()).groups[0].example == "x" * 300


async def test_a_call_that_failed_without_a_word_counts_and_breaks_nothing(box: Box) -> None:
    await box.store(ended(NOON - MINUTE, state=CallState.FAILED))

    found = await box.read()

    assert (found.ended, found.groups) == (Ended(1, 1), ())


async def test_a_call_that_is_analysed_again_counts_once_and_when_it_is_done(box: Box) -> None:
    call = ended(NOON - 3 * HOUR, "engine_error")
    await box.store(call)
    assert (await box.read()).ended == Ended(0, 0)

    again = next_revision(call)
    await box.change(again)
    box.advance(LOOK_EVERY_SECONDS)
    assert (await box.read()).ended == Ended(0, 0)

    await box.change(ended(NOON, "empty_recording", call_id=call.call_id, revision=2))
    box.advance(LOOK_EVERY_SECONDS)
    found = await box.read()
    assert (found.ended, [group.error_code for group in found.groups]) == (Ended(1, 1), ["empty_recording"])

    await box.change(ended(NOON + MINUTE, call_id=call.call_id, revision=3))
    box.advance(120)
    found = await box.read()
    assert (found.ended, found.groups) == (Ended(1, 0), ())


async def test_a_call_that_was_erased_does_not_count(box: Box) -> None:
    call = ended(NOON - MINUTE, "empty_recording")
    await box.store(call, ended(NOON - MINUTE))
    await box.database.write(lambda tx: erase_call(tx, call.call_id, NOON))

    assert (await box.read()).ended == Ended(1, 0)


async def test_what_is_usual_is_learned_from_the_two_weeks_before_the_hour(box: Box) -> None:
    await box.store(
        *(ended(UNTIL - HOUR - 14 * DAY + number * MINUTE) for number in range(90)),
        *(ended(UNTIL - HOUR - MINUTE, "empty_recording") for _ in range(10)),
        ended(UNTIL - HOUR - 14 * DAY - MINUTE, "empty_recording"),
        ended(UNTIL - HOUR, "empty_recording"),
    )

    assert ((await box.read()).usual, (await box.read()).usual.usual_share) == (Ended(100, 10), 0.1)


async def test_own_faults_count_since_the_api_started_without_recordings_at_fault(box: Box) -> None:
    await box.store(
        *(ended(NOON - 31 * MINUTE, "engine_error") for _ in range(20)),
        *(ended(NOON - 29 * MINUTE, "worker_crashed") for _ in range(5)),
        *(ended(NOON - 29 * MINUTE, "empty_recording") for _ in range(50)),
        ended(NOON - 31 * MINUTE),
        ended(NOON - 29 * MINUTE),
    )

    found = await box.read()

    assert (found.ended, found.own, found.through_own_fault) == (Ended(77, 75), Ended(6, 5), False)
    await box.store(*(ended(NOON - MINUTE, "worker_crashed") for _ in range(2)))
    box.advance(LOOK_EVERY_SECONDS)
    assert (await box.read()).through_own_fault


async def test_an_answer_holds_for_a_few_seconds(box: Box) -> None:
    first = await box.read()
    await box.store(ended(UNTIL - MINUTE))
    box.advance(LOOK_EVERY_SECONDS / 2)
    assert await box.read() is first
    assert box.read.last is first

    box.advance(LOOK_EVERY_SECONDS / 2)
    assert (await box.read()).ended == Ended(1, 0)


async def test_while_the_database_cannot_be_read_the_last_answer_stands(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await box.store(ended(UNTIL - MINUTE, "empty_recording"))
    known = await box.read()

    async def refuses(_work: Any) -> Any:
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(box.database, "read", refuses)
    box.advance(LOOK_EVERY_SECONDS)
    with caplog.at_level(logging.WARNING):
        assert await box.read() is known
    assert "the disk is gone" in caplog.text


@pytest.mark.parametrize("seed", range(5))
async def test_each_group_is_exactly_what_the_list_of_its_calls_shows(box: Box, seed: int) -> None:
    names = [await box.customer(name=name) for name in ("Ada", "Bob")]

    def fill(tx: Connection) -> None:
        tx.execute("SELECT setseed(?)", [seed / 10])
        tx.execute(
            """INSERT INTO call BY NAME
            SELECT uuid()::VARCHAR AS call_id, (1 + i % 2)::INTEGER AS customer_id, '1' AS caller_number,
                   '2' AS called_number, 1 AS revision, 1 AS attempt, 0 AS crashes,
                   CASE WHEN i % 3 = 0 THEN 'completed' ELSE 'failed' END AS state,
                   CASE WHEN i % 3 <> 0 THEN ['empty_recording', 'engine_error'][1 + i % 2] END AS error_code,
                   CASE WHEN i % 3 <> 0 THEN 'words' END AS error_message,
                   $noon - INTERVAL 9 HOUR AS received_at,
                   $noon - to_microseconds((random() * 7200e6)::BIGINT) AS finished_at
            FROM range(3000) AS numbers(i)""",
            {"noon": UNTIL + MINUTE},
        )

    await box.database.write(fill)
    found = await box.read()

    assert sum(group.count for group in found.groups) == found.ended.failed > 500
    for group in found.groups:
        assert group.customer_id in names
        wanted = CallFilter(
            customer_id=group.customer_id,
            error_code=group.error_code,
            finished_since=found.since,
            finished_until=found.until,
        )
        listed = await box.database.read(lambda tx, wanted=wanted: calls.page(tx, wanted, before_seq=None, limit=9999))
        assert len(listed) == group.count
