"""sd_notify: what is told, to whom, and that a stuck loop pings no more."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from appliance.process.service_manager import ServiceManager
from appliance.server import process as server
from appliance.settings import Settings
from tests.support.own_records import own_messages
from tests.support.service_manager import Ear

WATCHDOG_SECONDS = 0.4


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with Ear(tmp_path, WATCHDOG_SECONDS) as listening:
        yield listening


@pytest.fixture
def manager(ear: Ear) -> ServiceManager:
    return told_to(ear)


def told_to(ear: Ear) -> ServiceManager:
    return ServiceManager({name: str(value) for name, value in ear.environment.items()})


@contextlib.asynccontextmanager
async def fed(manager: ServiceManager) -> AsyncIterator[None]:
    task = asyncio.create_task(manager.feed_watchdog())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_each_state_is_told_in_the_words_of_sd_notify(ear: Ear, manager: ServiceManager) -> None:
    before = time.monotonic_ns() // 1000
    manager.status("loading")
    manager.starting("the disk is full", more_seconds=2.5)
    manager.ready("listening")
    manager.reloading()
    manager.stopping()

    assert ear.wait_for("STATUS").assignments == {"STATUS": "loading"}
    assert ear.wait_for("STATUS").assignments == {"STATUS": "the disk is full", "EXTEND_TIMEOUT_USEC": "2500000"}
    assert ear.wait_for("READY").assignments == {"READY": "1", "STATUS": "listening"}
    reloading = ear.wait_for("RELOADING").assignments
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert ear.wait_for("STOPPING").assignments == {"STOPPING": "1", "STATUS": "stopping"}


def test_an_abstract_socket_is_reached_as_well() -> None:
    name = f"vbot-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(60)
        ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).ready("there")
        assert listening.recv(4096) == b"READY=1\nSTATUS=there"


def test_where_nobody_listens_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    ServiceManager({}).ready("there")
    assert own_messages(caplog) == []


def test_a_manager_that_is_gone_is_a_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("there")
    assert own_messages(caplog) == ["the service manager did not take READY=1: [Errno 2] No such file or directory"]


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_only_the_process_that_is_watched_pings(variables: dict[str, str], seconds: float | None) -> None:
    assert ServiceManager(variables).watchdog_seconds == seconds


async def test_a_loop_that_runs_pings_twice_in_the_watchdogs_time(ear: Ear, manager: ServiceManager) -> None:
    began = time.monotonic()
    async with fed(manager):
        times = [(await asyncio.to_thread(ear.wait_for, "WATCHDOG")).at for _ in range(4)]
    # Since it began: the first may be heard late. A busy machine makes pauses longer, never shorter.
    assert times[-1] - began >= 3 * WATCHDOG_SECONDS / 2


@pytest.mark.slow
async def test_a_loop_that_is_stuck_pings_no_more_and_again_once_it_runs(ear: Ear, manager: ServiceManager) -> None:
    async with fed(manager):
        await asyncio.to_thread(ear.wait_for, "WATCHDOG")
        ear.forget()  # while it waits the loop is stuck already
        time.sleep(3 * WATCHDOG_SECONDS)
        assert ear.heard() == []
        await asyncio.to_thread(ear.wait_for, "WATCHDOG")


async def test_without_a_watchdog_the_feeder_ends_at_once(tmp_path: Path) -> None:
    with Ear(tmp_path) as ear:
        await asyncio.wait_for(told_to(ear).feed_watchdog(), 60)
        assert ear.heard() == []


async def test_an_api_whose_database_cannot_be_written_is_not_ready_but_asks_for_patience(
    ear: Ear, manager: ServiceManager, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "TRY_WRITING_EVERY_SECONDS", 0.01)
    answers = [False, False, True]

    async def commits() -> bool:
        return answers.pop(0)

    await server.tell_when_ready(manager, Settings(data_dir=tmp_path, models_dir=tmp_path), commits)

    ready = await asyncio.to_thread(ear.wait_for, "READY")
    assert answers == []
    assert ready.assignments["STATUS"] == "listening on 0.0.0.0:8443"


async def test_a_disk_that_is_full_is_told_as_the_reason(ear: Ear, manager: ServiceManager, tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    task = asyncio.create_task(server.tell_when_ready(manager, Settings(data_dir=tmp_path, models_dir=tmp_path), never))
    told = await asyncio.to_thread(ear.wait_for, "EXTEND_TIMEOUT_USEC")
    task.cancel()
    assert told.assignments["STATUS"] == "the database cannot be written"
    assert int(told.assignments["EXTEND_TIMEOUT_USEC"]) > server.TRY_WRITING_EVERY_SECONDS * 1_000_000
