"""How the api stops listening while an upload is under way."""

from __future__ import annotations

import asyncio
import contextlib
import os

import pytest

from appliance.server import listening as module
from appliance.server.listening import listening
from appliance.settings import Settings
from appliance.settings.values import Listen
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.api.conftest import Api
from tests.appliance.api.conftest import api as api  # noqa: PLC0414 - a fixture
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.api.raw_http import Wire, connected
from tests.support.appliance import free_port
from tests.support.held_writer import HeldWriter
from tests.support.ipv6 import needs_ipv6
from tests.support.machine_time import MachineTime
from tests.support.processes import family

UPLOAD = a_form()


async def announce(wire: Wire, key: str) -> None:
    await wire.head("POST", "/api/process-call", X_API_Key=key, Content_Type=CONTENT_TYPE, Content_Length=len(UPLOAD))


async def listening_to_all(api: Api, folder: DataFolder) -> tuple[int, contextlib.AsyncExitStack]:
    """Its port, and what closes it."""
    port = free_port()
    settings = Settings(data_dir=folder.root, tls="off", listen=Listen("127.0.0.1", port))
    stack = contextlib.AsyncExitStack()
    await stack.enter_async_context(listening(settings, folder, api.services, None))
    return port, stack


async def test_who_comes_while_an_upload_ends_is_told_when_to_come_again(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAIN_SECONDS", 120.0)  # this one ends in time, on a busy machine, too
    _, key = await api.customer()
    open_calls = api.services.calls.open_calls
    port, stack = await listening_to_all(api, folder)
    async with connected(port) as uploading:
        await announce(uploading, key)
        await uploading.send(UPLOAD[:100])
        async with asyncio.timeout(60):
            while not open_calls.uploads_in_progress:
                await asyncio.sleep(0.01)
        open_calls.close()  # as the process does when it is to end
        leaving = asyncio.create_task(stack.aclose())
        await asyncio.sleep(0.2)

        async with connected(port) as wire:
            await announce(wire, key)
            answer = await wire.answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "10")
            assert answer.message == "Service unavailable"
        async with connected(port) as wire:
            await wire.head("GET", "/health")
            answer = await wire.answer()
            assert (answer.status, answer.json()["status"]) == (503, "unhealthy")
        async with connected(port) as wire:
            await wire.head("GET", "/api/system", Authorization=f"Bearer {await api.token()}")
            assert (await wire.answer()).status == 503

        await uploading.send(UPLOAD[100:])
        assert (await uploading.answer()).status == 200
    await leaving
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_an_upload_that_does_not_end_holds_nobody_up_for_long(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "DRAIN_SECONDS", 0.2)
    _, key = await api.customer()
    port, stack = await listening_to_all(api, folder)
    async with connected(port) as uploading:
        await announce(uploading, key)
        async with asyncio.timeout(60):
            while not api.services.calls.open_calls.uploads_in_progress:
                await asyncio.sleep(0.01)
        api.services.calls.open_calls.close()
        since = MachineTime(lambda: family(os.getpid()))
        async with asyncio.timeout(60):
            await stack.aclose()
        assert since.seconds < 15  # as systemd allows, and not the 30 s after which an idle upload ends
        assert await uploading.ended()
    assert "0 of" in caplog.text
    assert "the api stopped" in caplog.text


async def test_who_changes_something_as_the_api_stops_is_answered(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAIN_SECONDS", 120.0)
    monkeypatch.setattr(module, "CHANGES_SECONDS", 120.0)
    customer, key = await api.customer()
    port, stack = await listening_to_all(api, folder)
    async with connected(port) as wire:
        token, path = await api.token(), f"/api/customers/{customer.id}"
        await api.request("GET", path, bearer=token)  # its first use is noted
        writer = HeldWriter(api.database)
        await wire.head("POST", f"{path}/rotate-key", Authorization=f"Bearer {token}", Content_Length=0)
        async with asyncio.timeout(60):
            while not api.services.changes_under_way:
                await asyncio.sleep(0.01)
        leaving = asyncio.create_task(stack.aclose())
        await asyncio.sleep(0.2)
        await writer.release()
        answer = await wire.answer()
    await leaving
    assert answer.status == 200
    assert answer.json()["api_key"] != key


async def test_a_change_that_does_not_end_holds_nobody_up_for_long(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAIN_SECONDS", 120.0)
    monkeypatch.setattr(module, "CHANGES_SECONDS", 0.2)
    bearer = await api.token()
    port, stack = await listening_to_all(api, folder)
    async with connected(port) as wire:
        await wire.head("POST", "/api/tokens", Authorization=f"Bearer {bearer}", Content_Length=10)  # and nothing more
        async with asyncio.timeout(60):
            while not api.services.changes_under_way:
                await asyncio.sleep(0.01)
        async with asyncio.timeout(60):
            await stack.aclose()
        assert await wire.ended()
    assert not api.services.changes_under_way


@needs_ipv6
async def test_the_address_of_all_of_ipv6_is_that_of_all_of_ipv4_too(api: Api, folder: DataFolder) -> None:
    """Whoever typed it for an office's IPv6 cut off every PBX that has IPv4 alone."""
    port = free_port()
    settings = Settings(data_dir=folder.root, tls="off", listen=Listen("::", port))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(listening(settings, folder, api.services, None))
        for host in ("127.0.0.1", "::1"):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /health HTTP/1.1\r\nHost: vbot\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 ")
            writer.close()
