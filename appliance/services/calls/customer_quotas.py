"""How much a customer may have stored, and have analysed in a day: so that no customer takes it all from the others.

Audio is counted by its true length once it was analysed, and by its size before: what is in hand is little, for there
is a limit to it, and is counted anew when it is final.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.domain.call import Call
from appliance.domain.clock import Clock
from appliance.domain.customer import Customer
from appliance.errors import AudioQuotaExceeded, StorageQuotaExceeded
from appliance.services.calls.audio_length import assumed_seconds
from appliance.storage.database import Database
from appliance.storage.tables import usage

GIGABYTE = 1024**3
DAY = timedelta(days=1)
# With a million calls a look takes 0.2 s. In between what was accepted, and analysed, is added; what was erased shows
# at the next.
MEASURE_EVERY_SECONDS = 300.0
# Before somebody is refused we look again, but not for each that asks.
MEASURE_AGAIN_SECONDS = 1.0
RETRY_AFTER_SECONDS = 60


@dataclass(slots=True)
class _Measured:
    """What a look found, and what came since, as sums: each upload asks, and an office's day is thousands of them."""

    at: float
    stored_bytes: int
    in_hand_seconds: float
    added_bytes: int  # of what was accepted since
    added_seconds: float
    analysed: deque[tuple[datetime, float]]  # within the last day, the oldest first
    analysed_seconds: float

    def forget_analysed(self, before: datetime) -> None:
        while self.analysed and self.analysed[0][0] <= before:
            self.analysed_seconds -= self.analysed.popleft()[1]


class CustomerQuotas:
    """The limits; a customer may have its own. All on the event loop."""

    def __init__(
        self,
        database: Database,
        storage_bytes: int,
        audio_hours: int,
        now: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._storage_bytes = storage_bytes
        self._audio_hours = audio_hours
        self._now = now
        self._monotonic = monotonic
        self._measured: dict[int, _Measured] = {}
        self._measuring: asyncio.Task[_Measured] | None = None

    async def check(self, customer: Customer, uploading: list[int]) -> None:
        """Whether what is being uploaded (bytes of each, as far as they are known) may come to what is there.

        Raises StorageQuotaExceeded or AudioQuotaExceeded.
        """
        measured = self._measured.get(customer.id)
        if measured is None:
            measured = await self._measure(customer.id)
        elif self._monotonic() - measured.at >= MEASURE_EVERY_SECONDS:
            measured.at = self._monotonic()
            self._measuring = asyncio.create_task(self._measure(customer.id))  # who uploads does not wait for it
        try:
            self._check(customer, measured, uploading)
        except (StorageQuotaExceeded, AudioQuotaExceeded):
            if self._monotonic() - measured.at < MEASURE_AGAIN_SECONDS:
                raise
            self._check(customer, await self._measure(customer.id), uploading)

    def accepted(self, customer_id: int, size: int) -> None:
        """A recording of so many bytes is stored."""
        if customer_id in self._measured:
            measured = self._measured[customer_id]
            measured.added_bytes += size
            measured.added_seconds += assumed_seconds(size)

    def finished(self, call: Call) -> None:
        """A call is final; if it was analysed, so much of the day's audio is spent."""
        measured = self._measured.get(call.customer_id)
        if measured is not None and call.finished_at is not None and call.duration_seconds is not None:
            measured.analysed.append((call.finished_at, call.duration_seconds))
            measured.analysed_seconds += call.duration_seconds

    async def _measure(self, customer_id: int) -> _Measured:
        since, before = self._now() - DAY, self._measured.get(customer_id)
        known_bytes = 0 if before is None else before.added_bytes
        known_seconds = 0.0 if before is None else before.added_seconds
        found = await self._database.read(lambda tx: usage.of_customer(tx, customer_id, since))
        measured = self._measured[customer_id] = _Measured(
            at=self._monotonic(),
            stored_bytes=found.stored_bytes,
            in_hand_seconds=sum(map(assumed_seconds, found.in_hand)),
            # What was accepted meanwhile may be counted twice, until the next look.
            added_bytes=0 if before is None else before.added_bytes - known_bytes,
            added_seconds=0.0 if before is None else before.added_seconds - known_seconds,
            analysed=deque(found.analysed),
            analysed_seconds=sum(seconds for _, seconds in found.analysed),
        )
        return measured

    def _check(self, customer: Customer, measured: _Measured, uploading: list[int]) -> None:
        most_bytes = self._storage_bytes
        if customer.max_storage_gb is not None:
            most_bytes = customer.max_storage_gb * GIGABYTE
        if measured.stored_bytes + measured.added_bytes + sum(uploading) > most_bytes:
            raise StorageQuotaExceeded(most_bytes)
        hours = customer.max_audio_hours_per_day or self._audio_hours
        measured.forget_analysed(self._now() - DAY)
        in_hand = measured.in_hand_seconds + measured.added_seconds + sum(map(assumed_seconds, uploading))
        beyond = measured.analysed_seconds + in_hand - hours * 3600
        if beyond > 0:
            raise AudioQuotaExceeded(hours, self._seconds_until_room(measured.analysed, beyond))

    def _seconds_until_room(self, analysed: Iterable[tuple[datetime, float]], beyond: float) -> int:
        """Until so much of what was analysed is a day ago."""
        for at, seconds in analysed:
            beyond -= seconds
            if beyond <= 0:
                return max(1, round((at + DAY - self._now()).total_seconds()) + 1)
        return RETRY_AFTER_SECONDS  # what is in hand has to become final
