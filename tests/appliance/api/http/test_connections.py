"""Connections that end in the wrong moment, and what is left of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from appliance.storage.database import Connection
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import open_recording
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form
from tests.appliance.api.raw_http import BEFORE_IDLE_SECONDS
from tests.appliance.builders import KEYS

FORM = a_form()


@dataclass
class Line:
    """One connection, spoken by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], Any]:
        """The next whole answer: status, headers (names in lower case), JSON."""
        async with asyncio.timeout(60):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(first.split()[1]), headers, msgspec.json.decode(body) if body else None

    async def closed(self) -> bool:
        """Whether the other side ends the connection, within the time that a test may take."""
        try:
            async with asyncio.timeout(BEFORE_IDLE_SECONDS):
                while await self.reader.read(65536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def hang_up(self, *, abruptly: bool = False) -> None:
        if abruptly:
            opened = self.writer.get_extra_info("socket")
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()


@contextlib.asynccontextmanager
async def connected(api: Api) -> AsyncIterator[Line]:
    line = Line(*await asyncio.open_connection("127.0.0.1", api.port))
    try:
        yield line
    finally:
        line.writer.close()
        with contextlib.suppress(ConnectionError):
            await line.writer.wait_closed()


def head(method: str, path: str, **headers: str | int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def upload(key: str, length: int = len(FORM), **headers: str | int) -> bytes:
    options = {"X_API_Key": key, "Content_Type": CONTENT_TYPE, "Content_Length": length, **headers}
    return head("POST", "/api/process-call", **options)


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def files(folder: DataFolder) -> list[bytes]:
    """Unfinished uploads, and recordings without the facts that lie behind each."""
    kept = []
    for path in folder.recordings.rglob("*"):
        if path.is_file():
            with open_recording(path, KEYS, len(AUDIO)) as file:
                kept.append(file.read())
    unfinished = []
    for path in folder.incoming.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # removed, or taken, on another thread
            if path.is_file():
                unfinished.append(path.read_bytes())
    return unfinished + kept


async def stored_calls(api: Api) -> int:
    def count(tx: Connection) -> int:
        return sum(len(found) for found in calls.unfinished_by_customer(tx).values())

    return await api.database.read(count)


async def test_a_connection_goes_on_after_a_refusal_and_after_an_upload(api: Api) -> None:
    _, key = await api.customer()
    async with connected(api) as line:
        await line.send(head("GET", "/api/customers"))
        status, headers, body = await line.answer()
        assert (status, body["message"]) == (401, "Invalid API key")
        assert headers.get("connection", "keep-alive").lower() != "close"
        await line.send(head("GET", "/nowhere"))
        assert (await line.answer())[0] == 404
        await line.send(upload(key) + FORM)
        status, _, body = await line.answer()
        assert (status, body["status"], body["message"]) == (200, "success", "Call processing started")
        await line.send(head("GET", "/health"))
        assert (await line.answer())[0] == 200


async def test_a_refused_client_that_stops_sending_is_not_waited_for_long(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.api.http.handler.DRAIN_LIMIT_SECONDS", 0.1)
    async with connected(api) as line:
        await line.send(upload("vbk_wrong", 1_000_000) + bytes(1000))
        assert (await line.answer())[0] == 401
        assert await line.closed()


async def test_what_came_under_a_key_that_was_withdrawn_meanwhile_is_not_taken(api: Api, folder: DataFolder) -> None:
    """An upload may take hours."""
    customer, key = await api.customer()
    async with connected(api) as line:
        await line.send(upload(key) + FORM[:-10])
        await until(lambda: api.services.calls.open_calls.count(customer.id) == 1)
        gone = await api.request("DELETE", f"/api/customers/{customer.id}", bearer=await api.token())
        assert gone.status == 200
        await line.send(FORM[-10:])
        status, _, body = await line.answer()
        assert (status, body["message"]) == (401, "Invalid API key")
    await until(lambda: files(folder) == [])
    assert await stored_calls(api) == 0


@pytest.mark.parametrize("abruptly", [False, True], ids=["politely", "abruptly"])
@pytest.mark.parametrize("sent", [0, 300, len(FORM) - 1])
async def test_who_hangs_up_in_mid_upload_leaves_no_file_and_frees_its_place(
    api: Api, folder: DataFolder, abruptly: bool, sent: int
) -> None:
    customer, key = await api.customer(max_concurrent_calls=1)
    async with connected(api) as line:
        await line.send(upload(key) + FORM[:sent])
        await until(lambda: api.services.calls.open_calls.count(customer.id) == 1)
        refused = await api.request(
            "POST", "/api/process-call", key=key, body=FORM, headers={"Content-Type": CONTENT_TYPE}
        )
        assert (refused.status, refused.json()["message"]) == (429, "Too many concurrent calls")
        assert int(refused.headers["Retry-After"]) > 0
        line.hang_up(abruptly=abruptly)
        await until(lambda: api.services.calls.open_calls.count(customer.id) == 0)
    await until(lambda: files(folder) == [])
    accepted = await api.request(
        "POST", "/api/process-call", key=key, body=FORM, headers={"Content-Type": CONTENT_TYPE}
    )
    assert accepted.status == 200


async def test_who_hangs_up_after_the_last_byte_has_handed_in_its_call_and_harms_no_other(
    api: Api, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.PROBE_EVERY_SECONDS", 3600.0)
    customer, key = await api.customer()
    begun, go_on = threading.Event(), threading.Event()

    def hold(_tx: Connection) -> None:
        begun.set()
        assert go_on.wait(60)

    assert (await api.request("GET", "/health")).status == 200  # so that nobody tries a commit any more
    holding = asyncio.create_task(api.database.write(hold))
    await until(begun.is_set)
    try:
        async with connected(api) as first, connected(api) as leaving, connected(api) as staying:
            await first.send(upload(key) + FORM)
            await until(lambda: len(list(folder.incoming.iterdir())) == 0 and files(folder))
            # The first is being committed: these two wait together for the next turn.
            await leaving.send(upload(key) + FORM)
            await staying.send(upload(key) + FORM)
            await until(lambda: len(list(folder.incoming.iterdir())) == 2)
            await asyncio.sleep(0.1)
            leaving.hang_up()
            await asyncio.sleep(0.1)
            go_on.set()
            assert (await first.answer())[0] == 200
            assert (await staying.answer())[0] == 200
    finally:
        go_on.set()
    await holding
    await until(lambda: api.services.calls.open_calls.uploads_in_progress == 0)
    assert await stored_calls(api) == 3
    assert files(folder) == [AUDIO] * 3
    assert api.services.calls.open_calls.count(customer.id) == 3


async def test_a_number_beyond_every_id_is_a_bad_request_and_no_fault_of_ours(api: Api) -> None:
    admin = await api.token()
    for customer_id in (2**31, 2**70, 10**50):
        body = msgspec.json.encode({"dry_run": True}).replace(b"}", b',"customer_id":%d}' % customer_id)
        answer = await api.request("POST", "/api/deliveries/redeliver", bearer=admin, body=body)
        assert answer.status in (200, 400), customer_id
        listed = await api.request("GET", f"/api/calls?customer_id={customer_id}", bearer=admin)
        assert listed.status == 400
