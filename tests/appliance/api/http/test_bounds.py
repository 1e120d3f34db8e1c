"""What a stranger can hold: connections, heads, bodies and time are bounded, and whoever behaves notices nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
from collections.abc import Callable
from typing import Any

import pytest

from appliance.api.http import http_server
from appliance.api.http.files import FILE_CHUNK_BYTES
from appliance.api.http.handler import HEAD_LIMIT_BYTES, JSON_BODY_LIMIT_BYTES
from appliance.api.http.http_server import LONGEST_HEAD_BYTES, ConnectionLimits, raise_descriptor_limit
from appliance.api.http.json_body import DEEPEST_LEVEL
from tests.appliance.api.conftest import Api, serving
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form
from tests.appliance.api.raw_http import Wire, connected

# -- the head ------------------------------------------------------------------------------------------------


async def test_a_head_as_large_as_any_client_needs_is_read(api: Api) -> None:
    padding = {f"X-Padding-{number}": "y" * 1000 for number in range(12)}
    assert (await api.request("GET", "/health", headers=padding)).status == 200


@pytest.mark.parametrize("path", ["/health", "/api/customers", "/nowhere"])
async def test_a_larger_one_is_431_and_tells_no_more(api: Api, path: str) -> None:
    async with connected(api.port) as wire:
        await wire.head("GET", path, X_Padding="y" * HEAD_LIMIT_BYTES)
        answer = await wire.answer()
    assert answer.status == (431 if path != "/nowhere" else 404)


async def test_a_long_address_counts_as_well(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.head("GET", f"/health?{'y' * HEAD_LIMIT_BYTES}")
        assert (await wire.answer()).message == "Request header fields too large"


async def test_thousands_of_headers_are_refused(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.head("GET", "/health", **{f"X{number}": "" for number in range(3000)})
        assert (await wire.answer()).status == 431


async def test_an_endless_head_is_cut_off(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.send(b"GET /health HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(LONGEST_HEAD_BYTES // 1000 + 1):
                await wire.send(b"X-Padding: " + b"y" * 1000 + b"\r\n")
        assert await wire.ended()
    assert (await api.request("GET", "/health")).status != 500


@pytest.mark.parametrize("sent", [b"", b"GET /health HTTP/1.1\r\nHost: vbot\r\n"], ids=["silent", "half a head"])
async def test_a_head_that_does_not_come_ends_the_connection(api: Api, sent: bytes) -> None:
    async with serving(api, idle_seconds=0.2) as port, connected(port) as wire:
        await wire.send(sent)
        assert await wire.ended()


async def test_a_head_that_drips_ends_the_connection_too(api: Api) -> None:
    async with serving(api, idle_seconds=0.3) as port, connected(port) as wire:
        await wire.send(b"GET /health HTTP/1.1\r\n")
        ended = asyncio.create_task(wire.ended())
        with contextlib.suppress(ConnectionError):
            while not ended.done():
                await wire.send(b"X-Drip: y\r\n")
                await asyncio.sleep(0.02)
        assert await ended


# -- the body ------------------------------------------------------------------------------------------------


async def post(wire: Wire, token: str, length: int, path: str = "/api/customers") -> None:
    await wire.head("POST", path, Authorization=f"Bearer {token}", Content_Length=length)


async def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(api: Api) -> None:
    token = await api.token()
    for length in (JSON_BODY_LIMIT_BYTES + 1, 10**9, 10**30):
        async with connected(api.port) as wire:
            await post(wire, token, length)
            answer = await wire.answer()
            assert (answer.status, answer.message) == (413, "Request body too large")


async def test_chunks_without_end_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.api.http.handler.DRAIN_LIMIT_SECONDS", 60.0)  # a busy machine sends slowly
    async with connected(api.port) as wire:
        await wire.head(
            "POST", "/api/customers", Authorization=f"Bearer {await api.token()}", Transfer_Encoding="chunked"
        )
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(JSON_BODY_LIMIT_BYTES // 0x10000 + 1):
                await wire.send(chunk)
        assert (await wire.answer()).status == 413


@pytest.mark.slow
async def test_a_body_that_drips_ends_the_connection(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.api.http.handler.BODY_LIMIT_SECONDS", 0.3)
    async with connected(api.port) as wire:
        await post(wire, await api.token(), 1000)
        ended = asyncio.create_task(wire.ended())
        with contextlib.suppress(ConnectionError):
            while not ended.done():
                await wire.send(b" ")
                await asyncio.sleep(0.02)
        assert await ended


async def test_what_anybody_may_send_with_a_get_is_not_kept(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.head("GET", "/health", Content_Length=JSON_BODY_LIMIT_BYTES)
        await wire.send(bytes(JSON_BODY_LIMIT_BYTES))
        assert (await wire.answer()).status in (200, 503)
        await wire.head("GET", "/health", Content_Length=JSON_BODY_LIMIT_BYTES + 1)
        assert (await wire.answer()).status == 413


@pytest.mark.parametrize("bracket", ["[", '{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [DEEPEST_LEVEL + 1, 1000, 100_000])
async def test_json_that_is_nested_too_deep_is_400(api: Api, bracket: str, depth: int) -> None:
    closing = {"[": "]", '{"a":': "}"}[bracket]
    nested = bracket * depth + "1" + closing * depth
    token = await api.token()
    for path, body in (("/api/customers", nested), ("/api/tokens", f'{{"role":"viewer","name":{nested}}}')):
        answer = await api.request("POST", path, bearer=token, body=body.encode())
        assert (answer.status, answer.json()["message"]) == (400, "Invalid request parameters")


async def test_so_is_metadata_and_what_is_not_too_deep_is_taken(api: Api) -> None:
    _, key = await api.customer()
    for depth, status in ((DEEPEST_LEVEL, 200), (DEEPEST_LEVEL + 1, 400), (8000, 400)):
        metadata = "[" * depth + "]" * depth
        form = a_form(metadata=metadata)
        headers = {"Content-Type": CONTENT_TYPE}
        answer = await api.request("POST", "/api/process-call", key=key, body=form, headers=headers)
        assert answer.status == status, depth
        if status == 200:
            shown = await api.request("GET", f"/api/calls/{answer.json()['call_id']}", key=key)
            assert shown.status == 200


# -- the parts of a form -------------------------------------------------------------------------------------


def form_with(part: bytes) -> bytes:
    return b"--vbotboundary\r\n" + part + b"\r\n" + a_form()


PARTS = {
    "a long line": b"X-Padding: " + b"y" * 5000 + b"\r\n\r\nz",
    "a line without end": b"X-Padding: " + b"y" * 300_000,
    "many lines": b"".join(b"X%d: y\r\n" % number for number in range(9)) + b"\r\nz",
    "a long name": b'Content-Disposition: form-data; name="' + b"y" * 5000 + b'"\r\n\r\nz',
}


@pytest.mark.parametrize("name", PARTS)
async def test_the_head_of_a_part_is_bounded(api: Api, name: str) -> None:
    _, key = await api.customer()
    headers = {"Content-Type": CONTENT_TYPE}
    answer = await api.request("POST", "/api/process-call", key=key, body=form_with(PARTS[name]), headers=headers)
    assert answer.status == 400
    assert answer.json()["details"][0]["field"] == "body"


async def test_a_boundary_has_its_bound_too(api: Api) -> None:
    _, key = await api.customer()
    headers = {"Content-Type": f"multipart/form-data; boundary={'b' * 300}"}
    answer = await api.request("POST", "/api/process-call", key=key, body=b"x", headers=headers)
    assert answer.status == 400


# -- replies that nobody takes -------------------------------------------------------------------------------


async def test_a_client_that_does_not_take_its_replies_is_let_go(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.api.http.handler.UNREAD_LIMIT_SECONDS", 0.3)
    with socket.socket() as stubborn:
        stubborn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stubborn.settimeout(60)
        await asyncio.to_thread(stubborn.connect, ("127.0.0.1", api.port))
        head = b"GET /docs HTTP/1.1\r\nHost: vbot\r\n\r\n"

        def ask_until_cut_off() -> None:
            with contextlib.suppress(ConnectionError):
                while True:  # more and more of it is on its way, and none of it is read
                    stubborn.sendall(head)

        await asyncio.wait_for(asyncio.to_thread(ask_until_cut_off), 120)


async def test_requests_of_a_client_that_has_gone_are_not_answered(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="appliance.api.application")
    async with connected(api.port) as wire:
        await wire.send(b"GET /docs HTTP/1.1\r\nHost: vbot\r\n\r\n" * 1500)
        wire.abort()
    assert (await api.request("GET", "/api/openapi.json")).status == 200
    assert caplog.text.count("GET /docs") < 1000


# -- how many ------------------------------------------------------------------------------------------------


async def asks(wire: Wire) -> int:
    await wire.head("GET", "/docs")
    return (await wire.answer()).status


async def test_who_waits_the_longest_makes_place(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(3, 10)) as port:
        first, second, third = [await stack.enter_async_context(connected(port)) for _ in range(3)]
        for wire in (first, second, third, first):  # the first has asked again: the second waits the longest
            assert await asks(wire) == 200
        fourth = await stack.enter_async_context(connected(port))
        assert await asks(fourth) == 200
        assert await second.ended()
        for wire in (first, third, fourth):
            assert await asks(wire) == 200
    assert "too many connections: 3 of 127.0.0.1, 3 in all" in caplog.text


async def test_one_address_does_not_take_the_places_of_the_others(api: Api) -> None:
    async def from_address(stack: contextlib.AsyncExitStack, port: int, address: str) -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        stack.callback(writer.close)
        return Wire(reader, writer)

    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(10, 2)) as port:
        other = await from_address(stack, port, "127.0.0.9")
        assert await asks(other) == 200
        flood = [await from_address(stack, port, "127.0.0.8") for _ in range(3)]
        assert await flood[0].ended()
        for wire in (*flood[1:], other):
            assert await asks(wire) == 200


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> asyncio.Semaphore:
    """Released for each request of which it is known who sends it."""
    known = asyncio.Semaphore(0)
    real = http_server.set_on_proven

    def set_on_proven(connection: object, call: Callable[[], object]) -> None:
        def proven() -> None:
            call()
            known.release()

        real(connection, proven)

    monkeypatch.setattr(http_server, "set_on_proven", set_on_proven)
    return known


async def test_who_is_being_served_is_not_closed_for_a_newcomer(api: Api, proven: asyncio.Semaphore) -> None:
    token = await api.token()
    body = json.dumps({"role": "viewer"}).encode()
    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(2, 2)) as port:
        busy = [await stack.enter_async_context(connected(port)) for _ in range(2)]
        for wire in busy:
            await post(wire, token, len(body), "/api/tokens")
            await proven.acquire()
        newcomer = await stack.enter_async_context(connected(port))
        assert await newcomer.ended()
        for wire in busy:
            await wire.send(body)
            assert (await wire.answer()).status == 200
        # They wait again: now there is somebody who can make place.
        assert await asks(await stack.enter_async_context(connected(port))) == 200


async def test_a_customers_upload_is_not_closed_for_a_newcomer(api: Api, proven: asyncio.Semaphore) -> None:
    _, key = await api.customer()
    form = a_form()
    headers = {"X-API-Key": key, "Content-Type": CONTENT_TYPE, "Content-Length": str(len(form))}
    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(2, 2)) as port:
        uploads = [await stack.enter_async_context(connected(port)) for _ in range(2)]
        for wire in uploads:
            await wire.head("POST", "/api/process-call", **headers)
            await wire.send(form[:100])
            await proven.acquire()
        assert await (await stack.enter_async_context(connected(port))).ended()
        for wire in uploads:
            await wire.send(form[100:])
            assert (await wire.answer()).status == 200


async def test_who_keeps_us_waiting_for_a_body_and_shows_no_credential_makes_place(api: Api) -> None:
    """Four addresses of the LAN took every connection so, and no telephone system got through."""
    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(2, 2)) as port:
        held = [await stack.enter_async_context(connected(port)) for _ in range(2)]
        for wire in held:
            await wire.head("GET", "/health", **{"Content-Length": "1000000"})
            await wire.send(b"x")
        await asyncio.sleep(0.1)
        assert await asks(await stack.enter_async_context(connected(port))) == 200
        assert await held[0].ended()


@pytest.mark.parametrize("is_slow", [True, False])
async def test_who_takes_a_file_slowly_makes_place_and_who_takes_it_quickly_does_not(
    api: Api, monkeypatch: pytest.MonkeyPatch, is_slow: bool
) -> None:
    monkeypatch.setattr("appliance.api.http.files.SLOW_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("appliance.api.http.files.SLOW_BYTES_A_SECOND", 1e12 if is_slow else 0)
    _, key = await api.customer()
    audio = AUDIO + bytes(16 * 1024 * 1024)  # more than the sockets take by themselves
    headers = {"X-API-Key": key, "Content-Type": CONTENT_TYPE}
    stored = await api.request("POST", "/api/process-call", body=a_form(audio), headers=headers)
    path = f"/api/calls/{stored.json()['call_id']}/recording"
    async with contextlib.AsyncExitStack() as stack, serving(api, limits=ConnectionLimits(1, 1)) as port:
        taking = await stack.enter_async_context(connected(port, receive_buffer=64 * 1024))
        await taking.head("GET", path, Authorization=f"Bearer {await api.token()}", Connection="close")
        first = await taking.some_bytes()
        assert first.startswith(b"HTTP/1.1 200 ")
        while len(first) < 4 * FILE_CHUNK_BYTES:
            first += await taking.some_bytes()
        newcomer = await stack.enter_async_context(connected(port))
        if is_slow:
            assert await asks(newcomer) == 200
        else:
            assert await newcomer.ended()
        with contextlib.suppress(ConnectionError):
            first += await taking.rest()
        assert (len(first) < len(audio)) == is_slow


async def test_those_who_leave_give_their_places_back(api: Api) -> None:
    async with serving(api, limits=ConnectionLimits(2, 2)) as port:
        for _ in range(20):
            async with connected(port) as one, connected(port) as another:
                assert await asks(one) == 200
                another.abort()


@pytest.mark.parametrize(
    ("soft", "hard", "in_all", "with_joined", "raised_to"),
    [
        (1024, 524_288, 2048, 2048, 5120),
        (1024, resource.RLIM_INFINITY, 2048, 2048, 5120),
        (65_536, 65_536, 2048, 2048, 65_536),
        (4096, 4096, 1792, 1536, 4096),
        (1024, 1024, 256, 128, 1024),
        (256, 256, 16, 16, 256),
    ],
)
def test_as_many_connections_as_the_process_may_have_files(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, in_all: int, with_joined: int, raised_to: int
) -> None:
    now: dict[str, Any] = {"limit": (soft, hard)}
    monkeypatch.setattr(http_server.resource, "getrlimit", lambda _which: now["limit"])
    monkeypatch.setattr(http_server.resource, "setrlimit", lambda _which, limit: now.update(limit=limit))
    assert raise_descriptor_limit(joining=False).in_all == in_all
    assert raise_descriptor_limit(joining=True).in_all == with_joined
    assert now["limit"] == (raised_to, hard)
