"""Appliances on the network are found and go again; spoken on the loopback interface only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import zeroconf
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot
from zeroconf import EventLoopBlocked, ServiceStateChange

from admin_gui.discovery import SERVICE_TYPE, Discovery
from appliance.server.announcement import announce, service_of
from appliance.settings import Listen

LOOPBACK = ["127.0.0.1"]
WAIT_MS = 60_000
OURS = uuid4().hex[:8]  # others may announce themselves on this interface, too


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
        return [one.url for one in discovery.found if f"desk-{OURS}" in one.name]

    with announced(f"desk-{OURS}", 18443):
        qtbot.waitUntil(lambda: urls() == ["https://127.0.0.1:18443"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: urls() == [], timeout=WAIT_MS)
    discovery.close()


@pytest.mark.slow
def test_one_without_tls_is_never_offered_whoever_says_so(qtbot: QtBot) -> None:
    discovery = Discovery(interfaces=LOOPBACK)
    discovery.start()
    with announced(f"plain-{OURS}", 18445, tls=False), announced(f"safe-{OURS}", 18446):
        qtbot.waitUntil(lambda: any(f"safe-{OURS}" in one.name for one in discovery.found), timeout=WAIT_MS)
        qtbot.wait(1000)
        found = [one.url for one in discovery.found if OURS in one.name]
    discovery.close()
    assert found == ["https://127.0.0.1:18446"]


@pytest.mark.slow
def test_after_close_nothing_is_told(qtbot: QtBot) -> None:
    discovery = Discovery(interfaces=LOOPBACK)
    told: list[None] = []
    discovery.changed.connect(lambda: told.append(None))
    discovery.start()
    discovery.close()
    with announced(f"late-{OURS}", 18444, tls=False):
        qtbot.wait(1500)
    assert told == []


class SlowNetwork:
    """One on which an appliance answers when the test lets it."""

    def __init__(self, hostname: str) -> None:
        self.info = service_of(Listen("127.0.0.1", 18447), tls=True, hostname=hostname, addresses=LOOPBACK)
        self.asked, self.answers = threading.Event(), threading.Event()

    def get_service_info(self, *_asked: object) -> object:
        self.thread = threading.current_thread()
        self.asked.set()
        assert self.answers.wait(WAIT_MS / 1000)
        return self.info


def test_one_that_went_while_it_was_asked_stays_away(qtbot: QtBot) -> None:
    discovery, network, told = Discovery(), SlowNetwork("gone"), []
    discovery.changed.connect(lambda: told.append(discovery.found))
    noticed: Any = discovery._noticed
    noticed(network, SERVICE_TYPE, network.info.name, ServiceStateChange.Added)
    assert network.asked.wait(WAIT_MS / 1000)
    noticed(network, SERVICE_TYPE, network.info.name, ServiceStateChange.Removed)
    qtbot.waitUntil(lambda: told == [[]], timeout=WAIT_MS)
    network.answers.set()
    network.thread.join(WAIT_MS / 1000)
    QCoreApplication.processEvents()
    assert discovery.found == []
    noticed(network, SERVICE_TYPE, network.info.name, ServiceStateChange.Added)
    qtbot.waitUntil(lambda: [one.url for one in discovery.found] == ["https://127.0.0.1:18447"], timeout=WAIT_MS)


class Library:
    """In the place of zeroconf."""

    def __init__(self, *_: object, error: Exception | None = None, **__: object) -> None:
        self._error = error
        self.closed = threading.Event()

    def close(self) -> None:
        assert not self.closed.is_set()
        self.closed.set()
        if self._error is not None:
            raise self._error


def test_what_is_closed_while_it_begins_is_not_closed_beneath_it(monkeypatch: pytest.MonkeyPatch) -> None:
    discovery, library, seen = Discovery(), Library(), []

    def browser(used: object, *_: object, **__: object) -> None:
        discovery.close()
        seen.append((used, library.closed.wait(0.3)))

    monkeypatch.setattr(zeroconf, "Zeroconf", lambda **_: library)
    monkeypatch.setattr(zeroconf, "ServiceBrowser", browser)
    discovery.start()
    assert library.closed.wait(WAIT_MS / 1000), "it is closed all the same"
    assert seen == [(library, False)]


@pytest.mark.parametrize(
    "error", [OSError(), RuntimeError(), EventLoopBlocked()], ids=lambda error: type(error).__name__
)
def test_a_library_that_does_not_close_is_left_to_itself(error: Exception) -> None:
    library: Any = Library(error=error)
    discovery = Discovery()
    discovery._zeroconf = library
    discovery._end()
    assert library.closed.is_set()
