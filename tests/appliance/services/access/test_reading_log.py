"""Who read what, and who was not let in: written down soon, together, and bounded."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.services.access import reading_log as module
from appliance.services.access.reading_log import ADDRESSES_TOLD, ELSEWHERE, ReadingLog
from appliance.storage.audit_chain import verify
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock

LISTED = (Action.CALLS_LISTED, Subject(SubjectKind.CALL))


def a_call(number: int) -> Subject:
    return Subject(SubjectKind.CALL, f"call-{number}")


@pytest.fixture
def log(database: Database, clock: FakeClock) -> ReadingLog:
    return ReadingLog(database, clock)


def told(line: AuditLine) -> tuple[Action, str | None, dict[str, object]]:
    return line.action, line.subject.id, dict(line.after)


async def test_what_was_read_is_one_line_with_who_and_from_where(log: ReadingLog, database: Database) -> None:
    log.note(AN_ADMIN, Action.CALL_READ, a_call(1), customer_id=7)
    await log.flush()
    (line,) = await written(database)
    assert (line.at, line.actor, line.action, line.subject) == (NOON, AN_ADMIN, Action.CALL_READ, a_call(1))
    assert line.customer_id == 7


async def test_a_list_asked_for_twenty_times_is_one_line_with_counts(log: ReadingLog, database: Database) -> None:
    for _ in range(20):
        log.note(AN_ADMIN, *LISTED, about={"state": "failed"}, count=500)
    log.note(replace(AN_ADMIN, address="192.0.2.8"), *LISTED, about={"state": "failed"}, count=3)
    await log.flush()
    assert [told(line) for line in await written(database)] == [
        (Action.CALLS_LISTED, None, {"state": "failed", "count": 10_000, "times": 20}),
        (Action.CALLS_LISTED, None, {"state": "failed", "count": 3}),
    ]


async def test_many_calls_read_at_once_are_one_line_that_names_them(log: ReadingLog, database: Database) -> None:
    for number in range(300):
        log.note(AN_ADMIN, Action.CALL_READ, a_call(number), customer_id=1)
    await log.flush()
    (line,) = await written(database)
    assert line.after == {"count": 300, "ids": [f"call-{number}" for number in range(300)]}


async def test_many_lists_with_other_filters_are_one_line_with_counts(log: ReadingLog, database: Database) -> None:
    for number in range(300):
        log.note(AN_ADMIN, *LISTED, about={"call_id": f"x{number}"}, count=2)
    await log.flush()
    (line,) = await written(database)
    assert line.after == {"filters": 300, "count": 600, "times": 300}


async def test_it_writes_by_itself_within_a_second(log: ReadingLog, database: Database) -> None:
    running = asyncio.create_task(log.run())
    log.note(AN_ADMIN, *LISTED, count=1)
    async with asyncio.timeout(60):
        while not await written(database):
            await asyncio.sleep(0.05)
    running.cancel()
    assert module.FLUSH_SECONDS <= 1


async def test_what_is_being_written_as_a_stop_comes_is_written_once(
    log: ReadingLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, add = threading.Event(), threading.Event(), audit.add

    def held(tx: Connection, *lines: AuditLine) -> None:
        begun.set()
        go_on.wait(60)
        add(tx, *lines)

    monkeypatch.setattr(audit, "add", held)
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0)
    log.note(AN_ADMIN, *LISTED, count=1)
    running = asyncio.create_task(log.run())
    try:
        assert await asyncio.to_thread(begun.wait, 60)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        at_the_end = asyncio.create_task(log.flush(at_the_end=True))
    finally:
        go_on.set()
    await at_the_end
    assert [told(line) for line in await written(database)] == [(Action.CALLS_LISTED, None, {"count": 1})]


async def test_what_a_closed_database_does_not_take_waits(
    log: ReadingLog, database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    database.close()
    for number in range(5):
        log.note(AN_ADMIN, Action.CALL_READ, a_call(number))
        await log.flush()
    assert "3 lines of the audit wait" in caplog.text
    assert (len(log._waiting.lines), log._waiting.lost) == (3, 2)


async def test_what_is_refused_while_nothing_can_be_written_is_counted_and_makes_no_more_lines(
    log: ReadingLog, database: Database, clock: FakeClock
) -> None:
    database.close()
    for _ in range(5):
        log.login_failed("192.0.2.66")
        log.refused(AN_ADMIN, "PUT /api/x")
        await log.flush()
        clock.advance(minutes=2)
    assert len(log._waiting.lines) == 2
    assert [one.count for one in (*log._logins.values(), *log._refusals.values())] == [4, 4]


# -- failed logins -------------------------------------------------------------------------------------------


async def test_an_address_that_guesses_makes_one_line_a_minute(
    log: ReadingLog, database: Database, clock: FakeClock
) -> None:
    for _ in range(6):
        for _ in range(100):
            log.login_failed("192.0.2.66")
        await log.flush()
        clock.advance(seconds=20)
    clock.advance(seconds=60)
    await log.flush()
    lines = await written(database)
    assert {line.actor for line in lines} == {Actor(ActorKind.UNKNOWN, "192.0.2.66")}
    assert [line.after["count"] for line in lines] == [100, 300, 200]


async def test_a_flood_from_many_addresses_makes_few_lines(
    log: ReadingLog, database: Database, clock: FakeClock
) -> None:
    for number in range(5000):
        log.login_failed(f"10.0.{number // 250}.{number % 250}")
    for number in range(1000):
        log.login_failed(f"2001:db8::{number:x}")
    await log.flush()
    lines = await written(database)
    assert len(lines) == ADDRESSES_TOLD + 1
    assert sum(int(str(line.after["count"])) for line in lines) == 6000
    assert lines[-1].actor.address == ELSEWHERE
    assert (await database.read(verify)).broken is None
    clock.advance(minutes=2)
    await log.flush()
    assert not log._logins


# -- refused changes -----------------------------------------------------------------------------------------


async def test_whoever_goes_on_asking_for_what_it_may_not_makes_one_line_a_minute(
    log: ReadingLog, database: Database, clock: FakeClock
) -> None:
    for number in range(6):
        for _ in range(100):
            log.refused(replace(AN_ADMIN, address=f"10.0.0.{number}"), f"PUT /api/{number}")
        await log.flush()
        clock.advance(seconds=20)
    clock.advance(seconds=60)
    await log.flush()
    lines = await written(database)
    assert [line.after for line in lines] == [
        {"count": 100, "tried": ["PUT /api/0"]},
        {"count": 300, "tried": ["PUT /api/1", "PUT /api/2", "PUT /api/3"]},
        {"count": 200, "tried": ["PUT /api/4", "PUT /api/5"]},
    ]
    assert {line.action for line in lines} == {Action.ACCESS_REFUSED}
    clock.advance(minutes=2)
    await log.flush()
    assert not log._refusals


async def test_each_who_is_refused_has_a_line(log: ReadingLog, database: Database) -> None:
    log.refused(AN_ADMIN, "PUT /api/x")
    log.refused(replace(AN_ADMIN, token_id=77), "PUT /api/x")
    for customer_id in (1, 2):
        log.refused(Actor(ActorKind.CUSTOMER, "192.0.2.1", name="Twins Ltd"), "PUT /api/x", customer_id=customer_id)
    await log.flush()
    assert [line.customer_id for line in await written(database)] == [None, None, 1, 2]


async def test_a_network_of_ipv6_is_one_address(log: ReadingLog, database: Database) -> None:
    for number in range(50):
        log.login_failed(f"2001:db8::{number:x}")
    await log.flush()
    (line,) = await written(database)
    assert (line.actor.address, line.after) == ("2001:db8::/64", {"count": 50})


async def test_at_the_end_no_minute_is_waited_for(log: ReadingLog, database: Database) -> None:
    log.login_failed("192.0.2.66")
    await log.flush()
    log.login_failed("192.0.2.66")
    await log.flush(at_the_end=True)
    assert [line.after["count"] for line in await written(database)] == [1, 1]
