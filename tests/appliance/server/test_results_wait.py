"""Results that cannot be stored: no lease ends while the disk is full, and leases end as usual otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.call import Call, CallState
from appliance.domain.clock import utc_now
from appliance.queue.broker import connect
from appliance.queue.report_queue import ReportQueue
from appliance.server.assembly import Appliance, assemble
from appliance.server.basis import open_basis
from appliance.services.calls.leases import Leases
from appliance.settings import Settings
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from tests.support.parts import KEYS, LEASE_SECONDS, Clocks, Parts, analysed
from tests.support.valkey import Valkey

DISK_MB = 64
# Longer than it takes on a busy machine until a result was tried: from then on it is known that none can be stored.
SHORT_LEASE_SECONDS = 20.0
NO_DISK_HAS_SO_MUCH_MB = 2**40


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "none", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@contextlib.asynccontextmanager
async def running(folder: DataFolder, database: Database, queue: Valkey) -> AsyncIterator[Appliance]:
    """An api's relay and reports, on the real disk and queue."""
    settings = Settings(
        data_dir=folder.root,
        models_dir=folder.root / "models",
        tls="off",
        redis_url=queue.url,
        lease_seconds=SHORT_LEASE_SECONDS,
        disk_floor_mb=1,
    )
    appliance = await assemble(settings, folder, KEYS, database)
    relay = asyncio.create_task(appliance.relay.run())
    appliance.reports.start()
    try:
        yield appliance
    finally:
        await asyncio.to_thread(appliance.reports.stop)
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        await appliance.sender.close()


async def held(appliance: Appliance, box: Parts) -> Call:
    """A call that a worker has just claimed; it is not heard of again."""
    call = await box.submitted()
    expires = int(utc_now().timestamp()) + 3600
    signature = KEYS.sign_recording(call.call_id, call.revision, 1, expires)
    await appliance.services.calls.claim_call(replace(box.claim(call), expires=expires, signature=signature))
    return await box.call(call.call_id)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    return filler


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
@pytest.mark.long
async def test_no_lease_ends_while_the_disk_is_full_and_soon_after_they_end_again(
    small_disk: Path, migrated_file: Path, valkey: Valkey
) -> None:
    folder = DataFolder(small_disk / "data")
    folder.create()
    shutil.copyfile(migrated_file, folder.database)
    database = Database.open(folder.database)
    box = Parts(folder, database, Clocks())
    try:
        async with running(folder, database, valkey) as appliance:
            async with asyncio.timeout(60):
                while not appliance.relay.reachable:
                    await asyncio.sleep(0.05)
            done, lost = await held(appliance, box), await held(appliance, box)
            filler = fill(small_disk)
            ReportQueue(connect(valkey.url)).report(analysed(done))
            await asyncio.sleep(SHORT_LEASE_SECONDS + 4)
            assert appliance.reports.obstacle is not None
            assert (await box.call(lost.call_id)).crashes == 0, "its result may wait, too"

            filler.unlink()
            async with asyncio.timeout(60):
                while (await box.call(lost.call_id)).crashes == 0:
                    await asyncio.sleep(0.2)
            assert (await box.call(done.call_id)).state is CallState.COMPLETED
    finally:
        database.close()


@pytest.mark.parametrize(("disk_floor_mb", "is_lost"), [(0, True), (NO_DISK_HAS_SO_MUCH_MB, False)])
async def test_leases_are_held_only_while_no_result_can_be_stored(
    folder: DataFolder, database: Database, disk_floor_mb: int, is_lost: bool
) -> None:
    box = Parts(folder, database, Clocks())
    settings = Settings(data_dir=folder.root, models_dir=folder.root, tls="off", disk_floor_mb=disk_floor_mb)
    opened = await open_basis(settings, folder, KEYS, database)
    basis = replace(opened, leases=Leases(LEASE_SECONDS, box.clocks.monotonic))
    call = await box.held()
    basis.leases.begin(call)

    assert await basis.result_waits() is is_lost
    box.clocks.advance(LEASE_SECONDS + 1)
    await basis.result_waits()
    await basis.leases.expire(box.finish_call.lose)

    assert (await box.call(call.call_id)).crashes == int(is_lost)
