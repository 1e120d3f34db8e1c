"""A rewriting that cannot end well is not begun, and one that failed not again and again."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.services.upkeep import rewrite_database as module
from appliance.services.upkeep.rewrite_database import DUE_AFTER, QUIET, RESTS, RewriteDatabase
from appliance.storage import memory, rewriting
from appliance.storage.database import Database, opened_database
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.erasure import erase_call
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.opening import written_anew
from tests.appliance.builders import KEYS
from tests.support.cases import long_but
from tests.support.parts import Clocks, Parts

pytestmark = pytest.mark.slow

MINUTES_5 = timedelta(minutes=5).total_seconds()


async def no_backup(_: timedelta) -> None:
    """For a test that is not about it."""


def use_case(box: Parts, allowed_mb: int = 10**6) -> RewriteDatabase:
    return RewriteDatabase(box.database, 0, box.clocks.now, no_backup, lambda: allowed_mb)


async def made(box: Parts, rewriter: RewriteDatabase) -> bool:
    """Whether it is now, or was refused."""
    before = box.database.path.stat().st_ino
    await rewriter.if_due()
    return box.database.path.stat().st_ino != before


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Parts]:
    """With an erased call whose traces are to go."""
    folder = DataFolder(tmp_path / "data")
    folder.create()
    with opened_database(folder.database, beside=[tmp_path]) as database:
        box = Parts(folder, database, Clocks())
        call = await box.submitted()
        await box.database.write(lambda tx: erase_call(tx, call.call_id, box.clocks.now()))
        box.clocks.advance(DUE_AFTER.total_seconds())
        yield box


@contextlib.contextmanager
def it_fails() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewriting, "_advance_sequences", lambda tx, _: tx.execute("DELETE FROM rewritten.main.customer"))
        yield


async def test_one_that_failed_rests_for_longer_each_time(box: Parts) -> None:
    rewriter = use_case(box)
    with it_fails():
        for rest in (*RESTS, RESTS[-1]):
            assert not await made(box, rewriter)
            assert rewriter.postponed is not None
            assert "did not come out the same" in rewriter.postponed.reason
            since = rewriter.postponed.since
            box.clocks.advance(rest.total_seconds() - 1)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Database, "rewrite_blocking", None)  # nothing tries
                await rewriter.if_due()
            assert rewriter.postponed.since == since
            box.clocks.advance(1)
    assert await made(box, rewriter)
    assert rewriter.postponed is None


async def test_once_it_was_done_the_next_fault_rests_as_the_first(box: Parts) -> None:
    rewriter = use_case(box)
    with it_fails():
        await rewriter.if_due()
    box.clocks.advance(RESTS[0].total_seconds())
    assert await made(box, rewriter)
    call = await box.submitted()
    await box.database.write(lambda tx: erase_call(tx, call.call_id, box.clocks.now()))
    box.clocks.advance(DUE_AFTER.total_seconds())
    with it_fails():
        await rewriter.if_due()
    box.clocks.advance(RESTS[0].total_seconds())
    assert await made(box, rewriter)


DIES_IN_IT = """
import asyncio, os, sys
from pathlib import Path
from appliance.storage import rewriting
from appliance.storage.database import opened_database
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.services.upkeep.test_rewriting_postponed import DUE_AFTER, use_case
from tests.support.parts import Clocks, Parts

folder = DataFolder(Path(sys.argv[1]))
rewriting.copy_all = lambda *_: os._exit(70)
with opened_database(folder.database, existing=True, beside=[folder.root]) as database:
    box = Parts(folder, database, Clocks())
    box.clocks.advance(float(sys.argv[2]))
    asyncio.run(use_case(box).if_due())
"""


async def test_one_in_which_the_process_died_is_not_begun_again_by_the_next_life(box: Parts, tmp_path: Path) -> None:
    box.database.close()
    seconds = box.clocks.seconds - 1000.0
    command = [sys.executable, "-c", DIES_IN_IT, str(box.data.root), str(seconds)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 70

    with opened_database(box.data.database, existing=True, beside=[tmp_path]) as database:
        again = Parts(box.data, database, box.clocks)
        began = again.clocks.now()
        again.clocks.advance(MINUTES_5)
        rewriter = use_case(again)
        assert not await made(again, rewriter)
        assert rewriter.postponed is not None
        assert rewriter.postponed.since == began
        assert "did not come to its end; it is tried again after 2026-11-25T07:00:00" in rewriter.postponed.reason
        again.clocks.advance(RESTS[0].total_seconds() - MINUTES_5)
        assert await made(again, rewriter)


async def stopped_in_it(box: Parts, rewriter: RewriteDatabase) -> None:
    """As `vbot api` ends: what works by itself is cancelled, and then the database is closed."""
    copying, go_on = threading.Event(), threading.Event()
    real = rewriting.read_back

    def read_back(*values: Any) -> None:
        copying.set()
        go_on.wait(60)
        real(*values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewriting, "read_back", read_back)
        patch.setattr("appliance.storage.database.INTERRUPT_FOR_SECONDS", 60.0)  # a busy machine hears it late
        working = asyncio.create_task(rewriter.run())
        assert await asyncio.to_thread(copying.wait, 60)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        threading.Timer(0.2, go_on.set).start()
        assert box.database.close()


@pytest.mark.parametrize("failed_before", long_but([2], [0, 2]))
async def test_one_that_a_stop_ended_is_begun_by_the_next_life_as_if_it_had_not_been(
    box: Parts, tmp_path: Path, failed_before: int
) -> None:
    for rest in RESTS[:failed_before]:
        with it_fails():
            assert not await made(box, use_case(box))
        box.clocks.advance(rest.total_seconds())
    await stopped_in_it(box, use_case(box))

    with opened_database(box.data.database, existing=True, beside=[tmp_path]) as database:
        again = Parts(box.data, database, box.clocks)
        rewriter = use_case(again)
        with it_fails():
            assert not await made(again, rewriter)
        assert rewriter.postponed is not None
        assert "did not come out the same" in rewriter.postponed.reason  # it was begun, and this fault counts
        again.clocks.advance(RESTS[failed_before].total_seconds() - 1)
        assert not await made(again, rewriter)
        again.clocks.advance(1)
        assert await made(again, rewriter)


async def test_where_the_memory_for_it_is_not_there_it_is_not_begun_and_not_blamed(
    box: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "INDEX_BYTES_A_CALL", 10**9)
    await box.submitted()
    rewriter = use_case(box, allowed_mb=2000)
    assert not await made(box, rewriter)
    assert rewriter.postponed is not None
    assert rewriter.postponed.reason.endswith("MB of memory, and the api's database may have 2000 MB")
    monkeypatch.setattr(memory, "INDEX_BYTES_A_CALL", 650)  # some calls have gone
    assert await made(box, rewriter)


async def test_half_as_much_disk_again_as_it_has_is_to_be_free(box: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    size = box.database.path.stat().st_size
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, size * 3 // 2 - 1))
    assert not await made(box, use_case(box))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, size * 3 // 2))
    assert await made(box, use_case(box))


@pytest.fixture
async def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parts]:
    """A box with a large database of an earlier version."""
    monkeypatch.setattr(module, "SMALL_BYTES", 0)
    folder = DataFolder(tmp_path / "data")
    folder.create()
    with opened_database(folder.database):
        pass
    beside = [written_anew(folder.database)]
    with opened_database(folder.database, existing=True, beside=beside, keys=DatabaseKeys(KEYS)) as database:
        yield Parts(folder, database, Clocks())


async def test_a_large_plain_one_is_encrypted_in_a_quiet_moment(plain: Parts) -> None:
    await plain.submitted()
    plain.clocks.advance(QUIET.total_seconds() - 1)
    assert not await made(plain, use_case(plain))
    plain.clocks.advance(1)
    assert await made(plain, use_case(plain))
    assert not plain.database.is_to_be_encrypted


async def test_where_there_is_no_quiet_moment_it_is_encrypted_all_the_same_whatever_was_started_again(
    plain: Parts,
) -> None:
    for _ in range(19):
        await plain.submitted()
        await use_case(plain).if_due()  # a new life each time
        plain.clocks.advance(3600)
    assert not plain.database.is_to_be_encrypted


async def test_a_small_plain_one_is_encrypted_at_once(plain: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL_BYTES", 64 * 1024**2)
    await plain.submitted()
    assert await made(plain, use_case(plain))
