"""The appliance on the LAN, as somebody who looks for `_vbot._tcp` finds it. Spoken on the loopback interface only."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from zeroconf import IPVersion, ServiceInfo, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from appliance import __version__
from appliance.server.announcement import SERVICE_TYPE, announce, announced_addresses, service_of
from appliance.settings import Listen

# Waits for multicast DNS.
pytestmark = pytest.mark.slow

LOOPBACK = ["127.0.0.1"]
PATIENCE_SECONDS = 60.0
OURS = uuid4().hex[:8]  # others may announce themselves on this interface, too


@pytest.fixture(autouse=True)
def patient_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is cut off on a busy machine leaves its sockets open, and another test hears of it."""
    monkeypatch.setattr("appliance.server.announcement.GOODBYE_SECONDS", PATIENCE_SECONDS)


class Watcher:
    """Somebody on the LAN who looks for appliances."""

    def __init__(self, zeroconf: AsyncZeroconf) -> None:
        self.zeroconf = zeroconf
        self.seen: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def note(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            loop.call_soon_threadsafe(self.seen.put_nowait, (name, state_change))

        self.browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[note])

    async def wait_for(self, change: ServiceStateChange, name: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.seen.get() != (name, change):
                pass


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    zeroconf = AsyncZeroconf(interfaces=LOOPBACK, ip_version=IPVersion.V4Only)
    watching = Watcher(zeroconf)
    yield watching
    await watching.browser.async_cancel()
    await zeroconf.async_close()


def info(hostname: str = "announced-test", port: int = 8443) -> ServiceInfo:
    return service_of(Listen("127.0.0.1", port), tls=True, hostname=hostname, addresses=LOOPBACK)


async def test_an_appliance_is_found_with_address_port_and_version(watcher: Watcher) -> None:
    told = info(f"found-{OURS}.office.example", 18443)
    announcing = asyncio.create_task(announce(told, LOOPBACK))
    try:
        await watcher.wait_for(ServiceStateChange.Added, f"vBot on found-{OURS}.{SERVICE_TYPE}")
        found = AsyncServiceInfo(SERVICE_TYPE, told.name)
        assert await found.async_request(watcher.zeroconf.zeroconf, PATIENCE_SECONDS * 1000)
        assert found.port == 18443
        assert found.parsed_addresses() == LOOPBACK
        assert found.decoded_properties == {"version": __version__, "tls": "1", "path": "/"}
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing


async def test_an_appliance_that_stops_says_goodbye(watcher: Watcher) -> None:
    told = info(f"goodbye-{OURS}")
    announcing = asyncio.create_task(announce(told, LOOPBACK))
    await watcher.wait_for(ServiceStateChange.Added, told.name)
    announcing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await announcing
    await watcher.wait_for(ServiceStateChange.Removed, told.name)


async def test_two_appliances_of_one_name_are_both_found(watcher: Watcher) -> None:
    tasks = [asyncio.create_task(announce(info(f"twin-{OURS}"), LOOPBACK))]
    await watcher.wait_for(ServiceStateChange.Added, f"vBot on twin-{OURS}.{SERVICE_TYPE}")
    tasks.append(asyncio.create_task(announce(info(f"twin-{OURS}", 9443), LOOPBACK)))
    try:
        await watcher.wait_for(ServiceStateChange.Added, f"vBot on twin-{OURS}-2.{SERVICE_TYPE}")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# The library leaves a socket open when it cannot begin.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_network_without_multicast_is_logged_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await announce(info("nowhere-test"), ["192.0.2.1"])  # an address that this machine does not have
    assert "not announced on the network" in caplog.text


def test_names_fit_into_dns_whatever_the_machine_is_called() -> None:
    told = service_of(Listen("127.0.0.1", 1), tls=False, hostname="Büro_" + "x" * 90, addresses=LOOPBACK)
    label = told.name.removesuffix(f".{SERVICE_TYPE}")
    assert len(label.encode()) <= 63
    assert label.startswith("vBot on Büro_x")
    assert told.server is not None
    assert told.server.isascii()
    assert len(told.server.split(".")[0]) <= 63
    assert told.decoded_properties["tls"] == "0"


def test_an_address_that_is_listened_on_is_the_one_that_is_told() -> None:
    assert announced_addresses(Listen("127.0.0.1", 1)) == LOOPBACK
    assert "127.0.0.1" not in announced_addresses(Listen("0.0.0.0", 1))
