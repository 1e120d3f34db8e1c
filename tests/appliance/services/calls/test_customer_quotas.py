"""What a customer has stored and had analysed: each revision counts, and erasing a call gives no time back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.errors import AudioQuotaExceeded, StorageQuotaExceeded
from appliance.services.calls.customer_quotas import GIGABYTE, CustomerQuotas
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.storage.tables import calls, usage
from appliance.storage.tables.usage import Usage
from tests.appliance.builders import AN_ADMIN
from tests.support.parts import Parts, analysed, parts

ANALYSED_SECONDS = 2.0  # what the worker tells of each call


class Box:
    """A customer, and what is known of its usage."""

    def __init__(self, appliance: Parts, customer: Customer) -> None:
        self.appliance = appliance
        self.customer = customer

    async def usage(self) -> Usage:
        since = self.appliance.clocks.now() - timedelta(days=1)
        return await self.appliance.database.read(lambda tx: usage.of_customer(tx, self.customer.id, since))

    async def analysed(self, call: Call) -> Call:
        await self.appliance.claim_call(self.appliance.claim(call))
        call = await self.appliance.call(call.call_id)
        await self.appliance.finish_call.report(analysed(call))
        return await self.appliance.call(call.call_id)

    def quotas(self, storage_bytes: int = GIGABYTE, hours: int = 500) -> CustomerQuotas:
        clocks = self.appliance.clocks
        return CustomerQuotas(self.appliance.database, storage_bytes, hours, clocks.now, clocks.monotonic)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with parts(tmp_path / "data") as appliance:
        yield Box(appliance, await appliance.customer())


async def test_each_revision_is_stored_in_hand_and_analysed(box: Box) -> None:
    first = await box.appliance.submitted(box.customer, audio=bytes(1000), external_id="pbx-1")
    await box.appliance.submitted(box.customer, audio=bytes(500), external_id="pbx-1")
    found = await box.usage()
    assert (found.stored_bytes, sorted(found.in_hand), found.analysed) == (1500, [500, 1000], ())

    await box.analysed(await box.appliance.call(first.call_id))
    again = await box.appliance.submitted(box.customer, audio=bytes(100), external_id="pbx-1")
    await box.analysed(again)
    found = await box.usage()
    assert (found.stored_bytes, found.in_hand) == (1600, ())
    assert [seconds for _, seconds in found.analysed] == [ANALYSED_SECONDS] * 2


async def test_a_call_that_is_reprocessed_is_stored_once_and_analysed_twice(box: Box) -> None:
    call = await box.analysed(await box.appliance.submitted(box.customer, audio=bytes(1000)))
    parts = box.appliance
    again = ReprocessCall(
        parts.database, parts.open_calls, parts.clocks.now, lambda: None, prove=parts.recordings.prove
    )
    await again(AN_ADMIN, call.call_id)
    await box.analysed(await box.appliance.call(call.call_id))
    found = await box.usage()
    assert (found.stored_bytes, len(found.analysed)) == (1000, 2)


async def test_what_was_erased_takes_no_room_and_was_analysed_all_the_same_for_a_day(box: Box) -> None:
    call = await box.analysed(await box.appliance.submitted(box.customer, audio=bytes(1000)))
    now = box.appliance.clocks.now()
    await box.appliance.database.write(lambda tx: calls.erase(tx, call.call_id, now))
    found = await box.usage()
    assert (found.stored_bytes, len(found.analysed)) == (0, 1)
    await box.appliance.database.write(lambda tx: usage.forget_analysed(tx, now + timedelta(seconds=1)))
    assert (await box.usage()).analysed == ()


async def test_what_is_accepted_and_analysed_counts_at_once_without_another_look(box: Box) -> None:
    quotas = box.quotas(storage_bytes=1000, hours=1)
    await quotas.check(box.customer, [600])
    quotas.accepted(box.customer.id, 600)
    with pytest.raises(StorageQuotaExceeded, match="would be stored"):
        await quotas.check(box.customer, [600])

    hours = box.quotas(hours=1)
    await hours.check(box.customer, [16_000 * 3600])
    call = await box.analysed(await box.appliance.submitted(box.customer, audio=bytes(100)))
    hours.finished(call)
    with pytest.raises(AudioQuotaExceeded, match="more than 1 h"):
        await hours.check(box.customer, [16_000 * 3600])


async def test_what_was_analysed_more_than_a_day_ago_is_forgotten_and_no_sum_of_it_stays(box: Box) -> None:
    hours = box.quotas(hours=1)
    call = await box.analysed(await box.appliance.submitted(box.customer, audio=bytes(100)))
    await hours.check(box.customer, [])
    hours.finished(call)  # beside what the look has found: twice its seconds
    room = int(16_000 * (3600 - 2 * ANALYSED_SECONDS))
    await hours.check(box.customer, [room])
    with pytest.raises(AudioQuotaExceeded):
        await hours.check(box.customer, [room + 1])
    box.appliance.clocks.advance(timedelta(days=1, seconds=1).total_seconds())
    await hours.check(box.customer, [16_000 * 3600])


async def test_a_customers_own_limits_count_before_the_appliances(box: Box) -> None:
    generous = await box.appliance.customer(max_storage_gb=2, max_audio_hours_per_day=100)
    size = 16_000 * 3600 * 2
    with pytest.raises(AudioQuotaExceeded):
        await box.quotas(hours=1).check(box.customer, [size])
    with pytest.raises(StorageQuotaExceeded):
        await box.quotas(storage_bytes=1000).check(box.customer, [size])
    await box.quotas(storage_bytes=1000, hours=1).check(generous, [size])
