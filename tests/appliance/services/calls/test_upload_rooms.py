"""What uploads in progress hold of the disk: each byte once, and nothing when they are over."""

from __future__ import annotations

import asyncio

import pytest

from appliance.domain.customer import Customer
from appliance.errors import StorageQuotaExceeded, Unavailable
from appliance.services.calls.customer_quotas import GIGABYTE, CustomerQuotas
from appliance.services.calls.upload_rooms import UploadRooms
from appliance.storage.database import Database
from appliance.storage.tables import customers
from tests.appliance.builders import FakeClock, a_customer


class Disk:
    """A disk that answers when it is let."""

    def __init__(self, room: int) -> None:
        self.room, self.held = room, 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def room_bytes(self) -> int:
        await self.answers.wait()
        return self.room - self.held

    async def hold(self, more_bytes: int) -> bool:
        if more_bytes > self.room - self.held:
            return False
        self.held += more_bytes
        return True

    def arrived(self, count: int) -> None:
        self.held -= count
        self.room -= count

    def let_go(self, count: int) -> None:
        self.held -= count


class Box:
    """Two customers on a disk with room for 1000 bytes."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.disk = Disk(1000)
        self.rooms = UploadRooms(self.disk, CustomerQuotas(database, GIGABYTE, 500, clock))
        self.ada, self.bob = (self._customer(database) for _ in range(2))

    @staticmethod
    def _customer(database: Database) -> Customer:
        return database.write_blocking(lambda tx: customers.insert(tx, a_customer()))


@pytest.fixture
async def box(database: Database, clock: FakeClock) -> Box:
    return Box(database, clock)


async def test_one_customers_uploads_together_hold_half_of_the_room_and_another_has_half_of_the_rest(box: Box) -> None:
    first, second = box.rooms.begin(box.ada), box.rooms.begin(box.ada)
    await first.hold(400)
    with pytest.raises(Unavailable):
        await second.hold(200)
    await second.hold(100)
    await box.rooms.begin(box.bob).hold(250)
    assert box.disk.held == 750


async def test_uploads_that_ask_at_the_same_moment_do_not_get_more_together(box: Box) -> None:
    rooms = [box.rooms.begin(box.ada) for _ in range(4)]
    found = await asyncio.gather(*(room.hold(300) for room in rooms), return_exceptions=True)
    assert sum(answer is None for answer in found) <= 1
    assert box.disk.held <= 300


async def test_what_has_come_is_not_held_any_more_and_the_rest_goes_when_it_ends(box: Box) -> None:
    room = box.rooms.begin(box.ada)
    await room.hold(400)
    room.arrived(150)
    assert (box.disk.held, box.disk.room) == (250, 850)
    room.end()
    assert box.disk.held == 0
    assert box.rooms.of_customer(box.ada.id) == []


@pytest.mark.parametrize("wanted", [300, 900])
async def test_a_client_that_hangs_up_while_room_is_asked_for_holds_nothing(box: Box, wanted: int) -> None:
    room = box.rooms.begin(box.ada)
    await room.hold(100)
    box.disk.answers.clear()
    asking = asyncio.create_task(room.hold(wanted))
    await asyncio.sleep(0.05)
    room.end()
    box.disk.answers.set()
    await asyncio.gather(asking, return_exceptions=True)
    assert box.disk.held == 0


async def test_what_a_customer_may_have_stored_holds_for_what_it_uploads_as_well(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.calls.customer_quotas.GIGABYTE", 100)
    box.rooms.quotas = CustomerQuotas(box.rooms.quotas._database, 300, 500, FakeClock())
    first = box.rooms.begin(box.ada)
    await first.hold(200)
    first.end(stored_bytes=200)
    with pytest.raises(StorageQuotaExceeded):
        await box.rooms.begin(box.ada).hold(101)
    await box.rooms.begin(box.bob).hold(300)
