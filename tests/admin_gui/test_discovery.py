"""Appliances on the network are found and go again; spoken on the loopback interface only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.discovery import Discovery
from appliance.server.announcement import announce, service_of
from appliance.settings import Listen

LOOPBACK = ["127.0.0.1"]
WAIT_MS = 20_000


@contextmanager
def announced(hostname: str, port: int, *, tls: bool = True) -> Iterator[None]:
    """An appliance of that name says that it is there."""
    loop = asyncio.new_event_loop()
    info = service_of(Listen("127.0.0.1", port), tls=tls, hostname=hostname, addresses=LOOPBACK)
    task = loop.create_task(announce(info, LOOPBACK))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(WAIT_MS / 1000)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.slow
def test_an_appliance_is_found_and_goes_again(qtbot: QtBot) -> None:
    discovery = Discovery(interfaces=LOOPBACK)
    discovery.start()

    def urls() -> list[str]:
        return [one.url for one in discovery.found if "desk-test" in one.name]

    with announced("desk-test", 18443):
        qtbot.waitUntil(lambda: urls() == ["https://127.0.0.1:18443"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: urls() == [], timeout=WAIT_MS)
    discovery.close()


@pytest.mark.slow
def test_one_without_tls_is_never_offered_whoever_says_so(qtbot: QtBot) -> None:
    discovery = Discovery(interfaces=LOOPBACK)
    discovery.start()
    with announced("plain-test", 18445, tls=False), announced("safe-test", 18446):
        qtbot.waitUntil(lambda: any("safe-test" in one.name for one in discovery.found), timeout=WAIT_MS)
        qtbot.wait(1000)
        found = [one.url for one in discovery.found if "-test" in one.name]
    discovery.close()
    assert found == ["https://127.0.0.1:18446"]


@pytest.mark.slow
def test_after_close_nothing_is_told(qtbot: QtBot) -> None:
    discovery = Discovery(interfaces=LOOPBACK)
    told: list[None] = []
    discovery.changed.connect(lambda: told.append(None))
    discovery.start()
    discovery.close()
    with announced("late-test", 18444, tls=False):
        qtbot.wait(1500)
    assert told == []
