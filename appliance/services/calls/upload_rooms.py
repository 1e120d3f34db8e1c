"""The room on the disk that uploads in progress hold: what was announced and has not come yet counts as used."""

from __future__ import annotations

from typing import Protocol

from appliance.domain.customer import Customer
from appliance.errors import Unavailable
from appliance.services.calls.customer_quotas import CustomerQuotas

# While an upload comes the disk is looked at again after so much of it: others fill it, too.
LOOK_EVERY_BYTES = 1024 * 1024


class Disk(Protocol):
    """What the disk has room for, as WriteProbe knows it."""

    async def room_bytes(self) -> int: ...
    async def hold(self, more_bytes: int) -> bool: ...
    def arrived(self, count: int) -> None: ...
    def let_go(self, count: int) -> None: ...
    def refused(self, needed_bytes: int) -> None: ...


class UploadRooms:
    """The uploads in progress. All on the event loop."""

    def __init__(self, disk: Disk, quotas: CustomerQuotas) -> None:
        self.disk = disk
        self.quotas = quotas
        self._of_customer: dict[int, set[UploadRoom]] = {}

    def begin(self, customer: Customer) -> UploadRoom:
        """An upload that holds nothing yet; it is to be ended."""
        room = UploadRoom(self, customer)
        self._of_customer.setdefault(customer.id, set()).add(room)
        return room

    def end(self, room: UploadRoom) -> None:
        """The upload holds nothing any more."""
        self._of_customer.get(room.customer.id, set()).discard(room)

    def of_customer(self, customer_id: int) -> list[int]:
        """How many bytes each of a customer's uploads holds."""
        return [room.held_bytes for room in self._of_customer.get(customer_id, ())]

    def on_disk_bytes(self, customer_id: int) -> int:
        """What the disk holds, or has already got, for a customer's uploads."""
        return sum(room.on_disk_bytes for room in self._of_customer.get(customer_id, ()))


class UploadRoom:
    """What one upload holds: bytes that it announced, or of which we said that they may come."""

    def __init__(self, rooms: UploadRooms, customer: Customer) -> None:
        self._rooms = rooms
        self.customer = customer
        self.held_bytes = 0
        self.on_disk_bytes = 0  # those of them that the disk has said yes to
        self._arrived_bytes = 0
        self._looked_at_bytes = 0
        self._is_over = False

    async def hold(self, total_bytes: int) -> None:
        """Hold room for so many bytes in all; what is held already stays.

        Raises StorageQuotaExceeded, AudioQuotaExceeded, or Unavailable where the disk has no such room: what one
        customer uploads takes no more than half of it, so that the others can go on.
        """
        more = total_bytes - self.held_bytes
        if more <= 0:
            return
        self.held_bytes += more  # before we wait for anything: another upload of this customer does not
        try:
            await self._ask_for(more)
        except BaseException:
            self.held_bytes -= more
            raise
        self.on_disk_bytes += more
        if self._is_over:  # the client hung up while we asked
            self._let_go()

    async def _ask_for(self, more: int) -> None:
        rooms = self._rooms
        theirs = rooms.of_customer(self.customer.id)
        await rooms.quotas.check(self.customer, theirs)
        # Others of theirs may be asking as well: they count, but the disk knows only of those that it has said yes to.
        room_bytes = await rooms.disk.room_bytes()
        half = (room_bytes + rooms.on_disk_bytes(self.customer.id)) / 2
        if sum(theirs) > half:
            if self.held_bytes > half:  # whoever else of theirs uploads
                rooms.disk.refused(2 * self.held_bytes)
            raise Unavailable("the uploads of this customer would take more than half of the disk's room")
        if not await rooms.disk.hold(more):
            raise Unavailable("the disk is full")

    async def look_again(self) -> None:
        """See now and then whether what was promised still fits above the floor. Raises Unavailable."""
        if self._arrived_bytes - self._looked_at_bytes < LOOK_EVERY_BYTES:
            return
        self._looked_at_bytes = self._arrived_bytes
        if await self._rooms.disk.room_bytes() < 0:
            self.refused(self.held_bytes)
            raise Unavailable("the disk is full")

    def refused(self, needed_bytes: int) -> None:
        """It was turned away for want of so much room."""
        self._rooms.disk.refused(needed_bytes)

    def arrived(self, count: int) -> None:
        """So many of its bytes have come."""
        count = min(count, self.on_disk_bytes - self._arrived_bytes)
        self._arrived_bytes += count
        self._rooms.disk.arrived(count)

    def end(self, stored_bytes: int = 0) -> None:
        """The upload is over; so much of it is stored."""
        self._is_over = True
        self._let_go()
        self._rooms.end(self)
        if stored_bytes:
            self._rooms.quotas.accepted(self.customer.id, stored_bytes)

    def _let_go(self) -> None:
        self._rooms.disk.let_go(self.on_disk_bytes - self._arrived_bytes)
        self.on_disk_bytes = self._arrived_bytes = 0
