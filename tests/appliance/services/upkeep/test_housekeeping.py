"""Tidying: recordings and texts past their time, orphans, and whether a call could be accepted at all."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.actor import VBOT
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call, CallState
from appliance.domain.customer import Customer
from appliance.domain.delivery import DeliveryAttempt, DeliveryState
from appliance.domain.system import Postponed
from appliance.errors import Unavailable
from appliance.services.clock_jumps import ClockJumps
from appliance.services.upkeep.housekeeping import PROBE_EVERY_SECONDS, RESTS_TIMES_ITS_COST, Housekeeping, WriteProbe
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import calls, customers, deliveries, results, stored_recordings
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.audited import written
from tests.appliance.builders import NOON, FakeClock, a_call, a_customer, a_delivery, every_field_set

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class House:
    """Housekeeping over a few calls, each with its recording on disk."""

    def __init__(self, database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> None:
        self.database = database
        self.folder = folder
        self.recordings = recordings
        self.clock = clock
        self.housekeeping = self.with_retention(30, 365)

    def with_retention(self, recording_days: int, text_days: int = 365) -> Housekeeping:
        return Housekeeping(self.database, self.recordings, (recording_days, text_days), self.clock)

    async def customer(self, **changes: Any) -> Customer:
        return await self.database.write(lambda tx: customers.insert(tx, a_customer(**changes)))

    def write_file(self, name: str, *, age_seconds: float = 0) -> Path:
        path = self.folder.recordings / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF")
        os.utime(path, (time.time() - age_seconds,) * 2)
        return path

    async def call(self, customer: Customer, finished_ago: timedelta, state: CallState = CallState.COMPLETED) -> Call:
        call = a_call(customer_id=customer.id, state=state, finished_at=NOON - finished_ago, metadata='{"a":1}')
        recording = StoredRecording(call.call_id, 1, f"day/{call.call_id}", 4, "sha", NOON)
        self.write_file(recording.file)

        def store(tx: Connection) -> None:
            calls.insert(tx, call)
            stored_recordings.insert(tx, recording)
            results.insert(tx, every_field_set(StoredResult, call_id=call.call_id, revision=1))

        await self.database.write(store)
        return call

    def has_audio(self, call: Call) -> bool:
        return (self.folder.recordings / f"day/{call.call_id}").exists()

    async def has_texts(self, call: Call) -> bool:
        return bool(await self.database.read(lambda tx: [*results.bodies(tx, [(call.call_id, 1)])]))


@pytest.fixture
def house(database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> House:
    return House(database, recordings, folder, clock)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


# -- recordings ----------------------------------------------------------------------------------------------


async def test_a_recording_is_erased_when_its_time_is_over_and_its_row_tells_when(house: House) -> None:
    customer = await house.customer()
    over, in_time = await house.call(customer, 30 * DAY), await house.call(customer, 29 * DAY)
    await house.housekeeping.erase_expired()
    assert (house.has_audio(over), house.has_audio(in_time)) == (False, True)
    row = await house.database.read(lambda tx: stored_recordings.get(tx, over.call_id, 1))
    assert row is not None
    assert row.erased_at == NOON
    assert await house.has_texts(over)


async def test_a_customers_own_days_count_before_the_appliances(house: House) -> None:
    long, short = await house.customer(retention_days=90), await house.customer(retention_days=1)
    kept, erased = await house.call(long, 89 * DAY), await house.call(short, DAY)
    await house.housekeeping.erase_expired()
    assert (house.has_audio(kept), house.has_audio(erased)) == (True, False)


@pytest.mark.slow
async def test_however_many_calls_become_final_it_rests_longer_than_it_works(house: House) -> None:
    began: list[float] = []
    loop = asyncio.get_running_loop()

    class Counted(Housekeeping):
        async def erase_expired(self) -> None:
            began.append(loop.time())
            await asyncio.sleep(0.02)
            self.wake()

    task = asyncio.create_task(Counted(house.database, house.recordings, (30, 365), house.clock).run())
    try:
        await until(lambda: len(began) == 2)
        assert began[1] - began[0] >= 0.02 * RESTS_TIMES_ITS_COST
    finally:
        task.cancel()


@pytest.mark.slow
async def test_with_zero_days_the_audio_goes_as_soon_as_the_call_is_final(house: House) -> None:
    customer = await house.customer(retention_days=0)
    working = await house.call(customer, timedelta(0), CallState.PROCESSING)
    task = asyncio.create_task(house.housekeeping.run())
    try:
        done = await house.call(customer, timedelta(0))
        house.housekeeping.wake()
        await until(lambda: not house.has_audio(done))
        assert house.has_audio(working)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_while_an_upgrade_is_on_trial_nothing_is_erased_and_once_it_has_ended_it_is_caught_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version before has to take in again what this one has accepted, also of whoever keeps nothing."""
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.LOOK_AT_TRIAL_EVERY_SECONDS", 0.001)
    customer = await house.customer(retention_days=0)
    looked, on_trial = 0, True

    def is_on_trial() -> bool:
        nonlocal looked
        looked += 1
        return on_trial

    over, orphan = await house.call(customer, 400 * DAY), house.write_file("day/orphan", age_seconds=400)
    housekeeping = Housekeeping(house.database, house.recordings, (30, 365), house.clock, is_on_trial=is_on_trial)
    task = asyncio.create_task(housekeeping.run())
    try:
        await until(lambda: looked > 2)
        assert house.has_audio(over)
        assert orphan.exists()
        assert await house.has_texts(over)
        on_trial = False
        await until(lambda: not house.has_audio(over) and not orphan.exists())
        async with asyncio.timeout(60):
            while await house.has_texts(over):
                await asyncio.sleep(0.002)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# -- a clock that cannot be believed --------------------------------------------------------------------------


class Guarded:
    """Lives of housekeeping, whose clock a time server may have set."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.is_set = False

    async def live(self) -> Postponed | None:
        """One life, until it has erased for the first time; why nothing was erased by its age in it."""
        house, erased = self.house, asyncio.Event()

        async def comes_after_erasing() -> None:
            erased.set()

        jumps = ClockJumps(house.database, house.clock, lambda: self.is_set)
        days = (30, 365)
        living = Housekeeping(
            house.database, house.recordings, days, house.clock, reingest=comes_after_erasing, clock_jumps=jumps
        )
        task = asyncio.create_task(living.run())
        try:
            async with asyncio.timeout(60):
                await erased.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return living.erasing_postponed

    async def has_all(self, call: Call) -> bool:
        return self.house.has_audio(call) and await self.house.has_texts(call)


async def test_a_clock_that_is_a_year_ahead_at_a_start_erases_nothing_by_its_age(house: House) -> None:
    """Its battery was empty; no time server has set it. What goes at once goes at once, whatever the clock shows."""
    guarded = Guarded(house)
    call = await house.call(await house.customer(), DAY)
    assert await guarded.live() is None
    house.clock.now += 400 * DAY
    at_once = await house.customer(retention_days=0)
    gone = await house.call(at_once, DAY)
    for _ in range(2):  # the second start sees the same clock go on
        postponed = await guarded.live()
        assert postponed is not None
        assert postponed.since == NOON + 400 * DAY
        assert "it is believed from 2028-01-05T12:00:00Z on" in postponed.reason
    assert await guarded.has_all(call)
    assert not house.has_audio(gone)
    house.clock.now = NOON + DAY / 24  # and somebody sets it right
    assert await guarded.live() is None
    house.clock.now += DAY
    assert await guarded.live() is None
    assert await guarded.has_all(call)


async def test_what_an_earlier_version_left_is_guarded_by_its_last_call(house: House) -> None:
    call = await house.call(await house.customer(), DAY)
    house.clock.now += 400 * DAY
    assert await Guarded(house).live() is not None
    assert await Guarded(house).has_all(call)


async def test_a_box_that_was_off_for_a_year_goes_on_once_a_time_server_has_set_its_clock(house: House) -> None:
    guarded = Guarded(house)
    call = await house.call(await house.customer(), DAY)
    await guarded.live()
    house.clock.now += 400 * DAY
    assert await guarded.live() is not None
    guarded.is_set = True
    assert await guarded.live() is None
    assert not house.has_audio(call)
    assert not await house.has_texts(call)


async def test_a_box_without_a_time_server_goes_on_a_week_after_it_was_off_for_a_year(house: House) -> None:
    guarded = Guarded(house)
    call = await house.call(await house.customer(), DAY)
    await guarded.live()
    house.clock.now += 400 * DAY
    for _ in range(7):
        assert await guarded.live() is not None
        assert await guarded.has_all(call)
        house.clock.now += DAY
    assert await guarded.live() is None
    assert not house.has_audio(call)
    assert not await house.has_texts(call)


async def test_a_clock_that_jumps_while_it_is_doubted_is_doubted_from_there_on(house: House) -> None:
    guarded = Guarded(house)
    await house.call(await house.customer(), DAY)
    await guarded.live()
    for _ in range(2):
        house.clock.now += 400 * DAY
        postponed = await guarded.live()
        assert postponed is not None
        assert postponed.since == house.clock.now


async def test_a_box_without_a_time_server_that_is_off_for_half_of_each_week_erases_all_the_same(house: House) -> None:
    """From Thursday 17:00 to Monday 08:00: each Monday its clock seems to have jumped."""
    guarded = Guarded(house)
    call = await house.call(await house.customer(), 31 * DAY)
    await guarded.live()  # a box that has just begun believes its clock
    late = await house.call(await house.customer(), 25 * DAY)
    assert not house.has_audio(call)
    days = 0.0
    while house.has_audio(late):
        assert days < 28
        house.clock.now += 87 * HOUR
        days += 87 / 24
        for _ in range(27):  # until Thursday, looked at each three hours
            await guarded.live()
            house.clock.now += 3 * HOUR
            days += 3 / 24
    assert days > 14, "what ran while it was doubted was less than a week"


async def test_a_clock_set_back_from_a_jump_while_it_is_doubted_is_believed(house: House) -> None:
    guarded = Guarded(house)
    await house.call(await house.customer(), DAY)
    await guarded.live()
    house.clock.now += 4 * DAY
    assert await guarded.live() is not None
    house.clock.now += DAY
    assert await guarded.live() is not None
    right = house.clock.now
    house.clock.now += 400 * DAY
    assert await guarded.live() is not None
    house.clock.now = right
    assert await guarded.live() is None


async def test_a_box_that_is_off_on_a_long_weekend_erases_as_ever(house: House) -> None:
    guarded = Guarded(house)
    call = await house.call(await house.customer(), 28 * DAY)
    assert await guarded.live() is None
    house.clock.now += 2.9 * DAY
    assert await guarded.live() is None
    assert not house.has_audio(call)


async def test_more_than_one_batch_is_erased_in_one_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.ERASE_BATCH", 2)
    customer = await house.customer()
    over = [await house.call(customer, 31 * DAY) for _ in range(5)]
    await house.housekeeping.erase_expired()
    assert not any(house.has_audio(call) for call in over)


async def test_a_recording_that_is_wanted_again_meanwhile_is_not_erased(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await house.call(await house.customer(), 31 * DAY)
    real = house.database.read

    async def read_then_reprocess(work: Any) -> Any:
        found = await real(work)
        query = "UPDATE call SET state = 'received', finished_at = NULL WHERE call_id = ?"
        await house.database.write(lambda tx: tx.execute(query, [call.call_id]))
        return found

    monkeypatch.setattr(house.database, "read", read_then_reprocess)
    await house.housekeeping.erase_expired()
    assert house.has_audio(call)


# -- texts ---------------------------------------------------------------------------------------------------


async def test_texts_and_webhook_bodies_go_when_their_time_is_over_and_the_call_stays(house: House) -> None:
    customer, brief = await house.customer(), await house.customer(text_retention_days=2)
    over, in_time = await house.call(customer, 365 * DAY), await house.call(customer, 364 * DAY)
    of_brief = await house.call(brief, 2 * DAY)
    delivery = a_delivery(call_id=over.call_id, state=DeliveryState.DELIVERED)

    def store(tx: Connection) -> None:
        deliveries.insert(tx, delivery)
        deliveries.record_attempt(tx, delivery, every_field_set(DeliveryAttempt, number=1, url=None))

    await house.database.write(store)
    await house.housekeeping.erase_expired_texts()
    assert [await house.has_texts(call) for call in (over, in_time, of_brief)] == [False, True, False]
    call = await house.database.read(lambda tx: calls.get(tx, over.call_id))
    assert call is not None
    assert (call.metadata, call.texts_erased, call.caller_number) == (None, True, over.caller_number)
    assert call.vocabulary == ()
    sent = await house.database.read(lambda tx: deliveries.get(tx, delivery.id))
    assert sent is not None
    assert (sent.body, sent.state, sent.attempts[0].reply) == (b"", DeliveryState.DELIVERED, "")


@pytest.mark.parametrize("killed", [False, True], ids=["at once", "after a kill between the two"])
async def test_what_the_pbx_said_of_a_call_goes_from_behind_its_recording_as_well(house: House, killed: bool) -> None:
    customer = await house.customer(text_retention_days=1)
    over, in_time = await house.call(customer, DAY), await house.call(customer, timedelta(0))
    for call in (over, in_time):
        with (house.folder.recordings / f"day/{call.call_id}").open("ab") as file:
            file.write(b"facts, sealed")
    if killed:
        await house.database.write(lambda tx: calls.erase_texts(tx, [over.call_id]))
        await house.housekeeping.first_of_all()
    else:
        await house.housekeeping.erase_expired_texts()

    kept = [(house.folder.recordings / f"day/{call.call_id}").read_bytes() for call in (over, in_time)]
    assert kept == [b"RIFF", b"RIFFfacts, sealed"]


async def test_texts_that_a_waiting_webhook_needs_stay_until_it_is_sent(house: House) -> None:
    call = await house.call(await house.customer(), 400 * DAY)
    delivery = a_delivery(call_id=call.call_id, state=DeliveryState.RETRYING)
    await house.database.write(lambda tx: deliveries.insert(tx, delivery))
    await house.housekeeping.erase_expired_texts()
    assert await house.has_texts(call)
    await house.database.write(lambda tx: tx.execute("UPDATE delivery SET state = 'delivered'"))
    await house.housekeeping.erase_expired_texts()
    assert not await house.has_texts(call)


# -- orphans -------------------------------------------------------------------------------------------------


async def test_files_that_belong_to_no_call_are_swept_at_the_start(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    known = await house.call(await house.customer(), DAY)
    orphan = house.write_file("day/orphan", age_seconds=400)
    cut_off = house.folder.incoming / "upload.part"
    cut_off.write_bytes(b"")
    os.utime(cut_off, (time.time() - 400,) * 2)
    task = asyncio.create_task(house.housekeeping.run())
    try:
        await until(lambda: "removed 2 files that belong to no call" in caplog.text)
        assert not orphan.exists()
        assert not cut_off.exists()
        assert house.has_audio(known)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_goes_on_after_an_error(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    customer = await house.customer(retention_days=0)
    broken = asyncio.Event()

    async def broken_erasing() -> None:
        broken.set()
        raise OSError("the disk coughed")

    with monkeypatch.context() as patched:
        patched.setattr(house.housekeeping, "erase_expired", broken_erasing)
        task = asyncio.create_task(house.housekeeping.run())
        await broken.wait()
        await asyncio.sleep(0)
    try:
        done = await house.call(customer, timedelta(0))
        house.housekeeping.wake()
        await until(lambda: not house.has_audio(done))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "housekeeping stumbled" in caplog.text


async def test_it_ends_when_it_is_cancelled_at_the_moment_at_which_it_is_woken(house: House) -> None:
    task = asyncio.create_task(house.housekeeping.run())
    await asyncio.sleep(0.1)
    house.housekeeping.wake()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)


# -- whether a call could be accepted ------------------------------------------------------------------------

Usage = namedtuple("Usage", "total used free")
FLOOR = 200 * 1024 * 1024


class Disk:
    """A disk with as much room as we say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = 10 * FLOOR
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * FLOOR, 0, self.free))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def probe(database: Database, clock: FakeClock) -> WriteProbe:
    return WriteProbe(database, FLOOR, clock)


async def test_nothing_is_accepted_that_would_take_the_disk_below_its_floor(
    disk: Disk, probe: WriteProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.MEASURE_DISK_EVERY_SECONDS", 0.0)
    disk.free = FLOOR
    assert await probe.writable()
    assert not await probe.writable(1)
    disk.free = FLOOR + 1000
    assert await probe.writable(1000)
    assert not await probe.writable(1001)
    disk.free = FLOOR - 1
    assert not await probe.writable()


async def test_what_was_announced_since_the_disk_was_measured_counts_as_used(disk: Disk, probe: WriteProbe) -> None:
    disk.free = FLOOR + 1000
    assert await probe.hold(600)
    assert not await probe.hold(600)
    assert await probe.hold(400)


async def test_what_uploads_hold_counts_as_used_until_it_is_on_the_disk_or_let_go(
    disk: Disk, probe: WriteProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.MEASURE_DISK_EVERY_SECONDS", 0.0)
    disk.free = FLOOR + 1000
    assert await probe.hold(600)
    assert not await probe.writable(500), "measured again, and still held"
    probe.arrived(300)
    disk.free = FLOOR + 700
    assert (await probe.writable(400), await probe.writable(401)) == (True, False)
    probe.let_go(300)
    assert await probe.room_bytes() == 700


@pytest.mark.usefixtures("disk")
async def test_a_database_that_takes_no_commit_makes_us_refuse_until_it_does(
    probe: WriteProbe, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(work: Any) -> Any:
        raise Unavailable("the database cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", broken)
        assert not await probe.writable()
    assert await probe.writable()
    assert "the database cannot be written" in caplog.text


@pytest.mark.usefixtures("disk")
async def test_not_every_request_costs_a_commit(
    probe: WriteProbe, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    real = database.write

    async def counted(work: Any) -> Any:
        nonlocal commits
        commits += 1
        return await real(work)

    monkeypatch.setattr(database, "write", counted)
    assert all(await asyncio.gather(*(probe.writable() for _ in range(20))))
    assert commits == 1
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now + PROBE_EVERY_SECONDS)
    assert await probe.writable()
    assert commits == 2


# -- the audit -----------------------------------------------------------------------------------------------


async def test_a_pass_of_the_retention_is_a_line_and_a_pass_that_found_nothing_is_none(house: House) -> None:
    customer = await house.customer()
    for _ in range(3):
        await house.call(customer, 400 * DAY)
    for _ in range(2):
        await house.housekeeping.erase_expired()
        await house.housekeeping.erase_expired_texts()
    lines = await written(house.database)
    assert [(line.at, line.actor, line.subject) for line in lines] == [(NOON, VBOT, Subject(SubjectKind.CALL))] * 2
    assert [(line.action, line.before) for line in lines] == [
        (Action.RECORDINGS_EXPIRED, {"recordings": 3}),
        (Action.TEXTS_EXPIRED, {"calls": 3}),
    ]
