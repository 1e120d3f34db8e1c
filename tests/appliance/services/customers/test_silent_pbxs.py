"""PBXs that fall silent: noticed once, in their working hours, and never where nothing could have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.customer import Customer
from appliance.domain.live_event import PUBLISHED_ONE_BY_ONE, LiveEvent, MuchChanged, PbxChanged
from appliance.services.customers.customers import Customers
from appliance.services.customers.silent_pbxs import FORGOTTEN_AFTER, LEARN_AT_ONCE, ORDINARY_RESTART, SilentPbxs
from appliance.services.upkeep.housekeeping import WriteProbe
from appliance.storage.database import Connection, Database
from appliance.storage.erasure import erase_call
from appliance.storage.tables import calls, customers
from tests.appliance.builders import KEYS, FakeClock, a_call, a_customer

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A Tuesday, on which calls came until ten.
TODAY = datetime(2026, 11, 24, tzinfo=BERLIN)
LAST_CALL = TODAY.replace(hour=10).astimezone(UTC)
# 20 calls are missing.
UNUSUAL = LAST_CALL + 2 * HOUR


class Box:
    """An appliance whose PBXs send ten calls an hour in the hours of an office, and of which somebody listens."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(LAST_CALL - 90 * DAY)
        self.told: list[LiveEvent | MuchChanged] = []
        self.customers = Customers(database, KEYS, self.clock, lambda: None)
        self.storable = True
        self.full = False

    async def boot(self) -> None:
        """A new life of the api."""
        probe = WriteProbe(self.database, 0, self.clock)

        async def writable() -> bool:
            return self.storable and await probe.commits()

        self.silent = SilentPbxs(
            self.database, writable, lambda _customer: self.full, self.clock, self.told.append, _wall
        )
        await self.silent.restore()

    async def customer(self, **fields: Any) -> Customer:
        named = {"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"}
        return await self.customers.create(OWNER, webhook_secret=None, **{**named, **fields})

    async def many_customers(self, count: int) -> list[Customer]:
        now = self.clock()

        def store(tx: Connection) -> list[Customer]:
            return [customers.insert(tx, a_customer(created_at=now, updated_at=now)) for _ in range(count)]

        return await self.database.write(store)

    async def send(self, senders: Sequence[Customer], hours: Iterable[datetime], *, per_hour: int = 10) -> None:
        """So many calls are accepted from each, at the beginning of each of these hours."""

        def store(tx: Connection) -> None:
            tx.execute(
                """INSERT INTO call BY NAME
                SELECT uuid()::VARCHAR AS call_id, customer_id, '1' AS caller_number, '2' AS called_number,
                       1 AS revision, 0 AS attempt, 0 AS crashes, 'failed' AS state, received_at
                FROM (SELECT unnest(?::INTEGER[]) AS customer_id), (SELECT unnest(?::TIMESTAMPTZ[]) AS received_at),
                     range(?)""",
                [[sender.id for sender in senders], list(hours), per_hour],
            )

        await self.database.write(store)

    async def calls(self, customer: Customer, at: datetime) -> str:
        """One call is accepted."""
        call = a_call(customer_id=customer.id, received_at=at)
        await self.database.write(lambda tx: calls.insert(tx, call))
        return call.call_id

    async def news(self, at: datetime | None = None) -> list[LiveEvent | MuchChanged]:
        """What one look tells, at this moment."""
        self.clock.now = at or self.clock.now
        self.told.clear()
        await self.silent.look()
        return list(self.told)

    async def lives_until(self, moment: datetime) -> None:
        """Looks now and then: in truth, every minute."""
        while self.clock.now < moment:
            self.clock.now = min(moment, self.clock.now + 3 * HOUR)
            await self.silent.look()


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(BERLIN)


def office_hours(until: datetime = LAST_CALL, *, weeks: int = 8) -> list[datetime]:
    """The hours of these weeks in which an office works."""
    days = [until.astimezone(BERLIN).replace(hour=0, minute=0) - back * DAY for back in range(weeks * 7 + 1)]
    hours = [day.replace(hour=hour) for day in days if day.weekday() < 5 for hour in range(9, 17)]
    return [hour.astimezone(UTC) for hour in hours if hour <= until]


def an_event(customer: Customer, *, heard: bool = False, **changes: Any) -> PbxChanged:
    told = PbxChanged(customer.id, customer.company_name, LAST_CALL, 7200, UNUSUAL, heard)
    return replace(told, **changes)


@pytest.fixture
async def box(database: Database) -> Box:
    box = Box(database)
    await box.boot()
    await box.silent.look()
    return box


@pytest.fixture
async def ada(box: Box) -> Customer:
    """A customer of long standing; the last call came just now."""
    ada = await box.customer()
    await box.send([ada], office_hours())
    box.clock.now = LAST_CALL
    return ada


async def test_a_pbx_that_falls_silent_is_told_once(box: Box, ada: Customer) -> None:
    assert await box.news(UNUSUAL - timedelta(seconds=1)) == []
    assert box.silent.current() == ()

    assert await box.news(UNUSUAL + timedelta(seconds=30)) == [an_event(ada)]
    assert await box.news(UNUSUAL + HOUR) == []

    (found,) = box.silent.current()
    assert (found.customer_id, found.customer_name) == (ada.id, "Ada")
    assert (found.last_call_at, found.silent_since) == (LAST_CALL, UNUSUAL)
    assert found.reason == "No call for 3 hours; about 10 an hour are usual at its working times."


async def test_the_next_call_ends_it(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    await box.calls(ada, UNUSUAL + HOUR)

    assert await box.news(UNUSUAL + HOUR) == [an_event(ada, heard=True)]
    assert box.silent.current() == ()
    assert await box.news(UNUSUAL + HOUR) == []


async def test_it_lasts_over_night_and_days_until_then(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)

    assert await box.news(UNUSUAL + 20 * DAY) == []
    assert box.silent.current()[0].reason.startswith("No call for 20 days; ")


async def test_a_second_silence_is_told_anew(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    await box.calls(ada, UNUSUAL)
    await box.news(UNUSUAL)

    again = an_event(ada, last_call_at=UNUSUAL, silent_since=UNUSUAL + 2 * HOUR)
    assert await box.news(UNUSUAL + 2 * HOUR) == [again]


async def test_who_goes_on_sending_is_not_silent_nor_who_sleeps(box: Box, ada: Customer) -> None:
    await box.send([ada], [LAST_CALL + number * HOUR for number in range(7)])
    await box.lives_until(LAST_CALL + 23 * HOUR)

    assert box.told == []


async def test_a_new_customer_is_never_silent(box: Box) -> None:
    new = await box.customer()
    await box.send([new], office_hours(weeks=3))

    assert await box.news(LAST_CALL + DAY) == []


async def test_a_restart_tells_nothing_twice(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    await box.boot()

    assert [one.customer_id for one in box.silent.current()] == [ada.id]
    assert await box.news(UNUSUAL + HOUR) == []

    await box.boot()
    await box.calls(ada, UNUSUAL + HOUR)
    assert await box.news(UNUSUAL + HOUR) == [an_event(ada, heard=True)]


async def test_a_silence_that_ended_while_nobody_looked_has_ended(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    await box.calls(ada, UNUSUAL + HOUR)
    box.clock.now = UNUSUAL + 3 * DAY
    await box.boot()

    assert await box.news() == [an_event(ada, heard=True)]


async def test_an_ordinary_restart_begins_nothing_anew(box: Box, ada: Customer) -> None:
    await box.lives_until(LAST_CALL + HOUR)
    box.clock.advance(seconds=ORDINARY_RESTART.total_seconds() - 60)
    await box.boot()

    assert await box.news(UNUSUAL) == [an_event(ada)]


@pytest.mark.slow
@pytest.mark.parametrize("hours", [1, 100])
async def test_that_the_appliance_was_off_is_not_the_pbxs_silence(box: Box, ada: Customer, hours: int) -> None:
    await box.lives_until(LAST_CALL + HOUR / 2)
    on_again = box.clock.advance(hours=hours)
    await box.boot()
    await box.boot()  # what it remembers of the first time does not make it forget the second

    assert await box.news(UNUSUAL) == []
    await box.lives_until(on_again + 3 * DAY)
    assert [one.customer_id for one in box.silent.current()] == [ada.id]


async def test_while_nothing_can_be_stored_nobody_is_silent(box: Box, ada: Customer) -> None:
    box.storable = False
    assert await box.news(UNUSUAL + HOUR) == []
    box.storable = True

    assert await box.news(UNUSUAL + 2 * HOUR) == []
    assert await box.news(UNUSUAL + 3 * HOUR) == [an_event(ada, silent_since=UNUSUAL + 3 * HOUR)]


async def test_whose_calls_all_wait_for_a_worker_is_not_silent(box: Box, ada: Customer) -> None:
    await box.news()
    box.full = True
    assert await box.news(UNUSUAL + HOUR) == []
    box.full = False

    assert await box.news(UNUSUAL + 2 * HOUR) == []
    assert await box.news(UNUSUAL + 3 * HOUR) == [an_event(ada, silent_since=UNUSUAL + 3 * HOUR)]


async def test_who_may_not_send_is_not_silent(box: Box, ada: Customer) -> None:
    await box.customers.update(OWNER, ada.id, webhook_secret=None, is_active=False)
    assert await box.news(UNUSUAL + HOUR) == []

    box.clock.now = TODAY.replace(hour=13).astimezone(UTC)
    await box.customers.update(OWNER, ada.id, webhook_secret=None, is_active=True)
    assert await box.news() == []
    assert await box.news(box.clock.now + 2 * HOUR - timedelta(seconds=1)) == []
    assert await box.news(box.clock.now + timedelta(seconds=1)) == [an_event(ada, silent_since=box.clock.now)]


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
async def test_a_customer_that_is_taken_out_takes_its_silence_along(box: Box, ada: Customer, how: str) -> None:
    await box.news(UNUSUAL)
    if how == "deleted":
        await box.customers.delete(OWNER, ada.id)
    else:
        await box.customers.update(OWNER, ada.id, webhook_secret=None, is_active=False)

    assert await box.news() == []
    assert box.silent.current() == ()
    await box.boot()
    assert box.silent.current() == ()


async def test_a_pbx_that_was_not_given_its_new_key_is_missed(box: Box, ada: Customer) -> None:
    rotated = LAST_CALL + HOUR
    box.clock.now = rotated
    await box.customers.rotate_key(OWNER, ada.id, timedelta())

    assert await box.news(UNUSUAL) == []
    assert await box.news(rotated + 2 * HOUR) == [an_event(ada, silent_since=rotated + 2 * HOUR)]


async def test_a_change_of_the_customer_is_no_call(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    await box.customers.update(OWNER, ada.id, webhook_secret=None, name="Ada Lovelace")

    assert await box.news(UNUSUAL + HOUR) == []
    assert [one.customer_name for one in box.silent.current()] == ["Ada Lovelace"]


async def test_who_was_not_heard_of_for_weeks_was_taken_away(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)

    assert await box.news(LAST_CALL + FORGOTTEN_AFTER) == []
    assert len(box.silent.current()) == 1
    assert await box.news(LAST_CALL + FORGOTTEN_AFTER + HOUR) == []
    assert box.silent.current() == ()


async def test_erasing_calls_takes_nothing_from_what_is_known(box: Box, ada: Customer) -> None:
    last = await box.calls(ada, LAST_CALL + HOUR)
    await box.database.write(lambda tx: erase_call(tx, last, LAST_CALL + HOUR))

    assert await box.news(UNUSUAL) == []
    found = await box.news(UNUSUAL + HOUR)
    assert found == [an_event(ada, last_call_at=LAST_CALL + HOUR, silent_since=UNUSUAL + HOUR)]


async def test_a_clock_set_back_makes_nobody_silent(box: Box, ada: Customer) -> None:
    await box.calls(ada, LAST_CALL + 5 * DAY)

    assert await box.news(UNUSUAL + HOUR) == []


async def test_when_many_fall_silent_together_all_are_found(box: Box) -> None:
    many = await box.many_customers(LEARN_AT_ONCE + 5)
    await box.send(many, office_hours(weeks=5))
    box.clock.now = LAST_CALL

    first, then = await box.news(UNUSUAL), await box.news(UNUSUAL)

    assert (len(first), len(then)) == (LEARN_AT_ONCE, 5)
    assert {event.customer_id for event in [*first, *then] if isinstance(event, PbxChanged)} == {
        customer.id for customer in many
    }


@pytest.mark.slow
async def test_of_more_than_can_be_told_one_by_one_it_is_told_to_look_anew(box: Box, ada: Customer) -> None:
    await box.news(UNUSUAL)
    found = box.silent._silences
    others = await box.many_customers(PUBLISHED_ONE_BY_ONE)
    for customer in others:
        found[customer.id] = replace(found[ada.id], customer_id=customer.id)
    await box.send([ada, *others], [UNUSUAL], per_hour=1)

    assert await box.news() == [MuchChanged()]
