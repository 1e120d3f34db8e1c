"""A worker on another machine is let in by its token alone, and that token opens nothing else."""

from __future__ import annotations

import asyncio
import time
from http.client import HTTPConnection

import msgspec
import pytest
from tornado.iostream import StreamClosedError

from appliance.api.http.admission import AdmittingHandler
from appliance.api.routes.workers import queue_tunnel
from appliance.domain.actor import OWNER
from appliance.domain.call import CallState
from appliance.domain.token import Role
from appliance.messages.claim_headers import (
    CLAIM_TOKEN_HEADER,
    PROTOCOL,
    PROTOCOL_HEADER,
    SECRET_HEADER,
    WORKER_HEADER,
    boot_of,
)
from appliance.messages.joining import QUEUE_PATH, UPGRADE
from appliance.messages.lease_renewal import LEASES_PATH, ClaimedCall, LeaseRenewal
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Answer, Api, serving
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form
from tests.appliance.api.raw_http import connected

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
WORKER = {WORKER_HEADER: "gpu/cuda:0", SECRET_HEADER: "first life", PROTOCOL_HEADER: str(PROTOCOL)}
EXPIRES = 9_999_999_999


@pytest.fixture(autouse=True)
def _one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all loopback addresses, which are this machine's, the others stand for other machines'."""
    for module in ("admission", "headers"):
        monkeypatch.setattr(f"appliance.api.http.{module}.is_own_address", lambda address: address.strip() == HERE)


async def ask(
    port: int, method: str, path: str, *, source: str, bearer: str | None = None, **options: object
) -> Answer:
    """A request from this address."""
    headers: dict[str, str] = {**options.get("headers", {})}  # type: ignore[dict-item]
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"

    def request() -> Answer:
        connection = HTTPConnection(HERE, port, timeout=60, source_address=(source, 0))
        try:
            connection.request(method, path, options.get("body"), headers)  # type: ignore[arg-type]
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    return await asyncio.to_thread(request)


@pytest.fixture
async def call_id(api: Api) -> str:
    """A call that waits for a worker."""
    _, key = await api.customer()
    form = {"Content-Type": CONTENT_TYPE}
    answer = await api.request("POST", "/api/process-call", key=key, body=a_form(), headers=form)
    accepted: str = answer.json()["call_id"]
    return accepted


def address(call_id: str, keys: Keys, expires: int = EXPIRES) -> str:
    signature = keys.sign_recording(call_id, 1, 1, expires)
    return f"/internal/recordings/{call_id}?revision=1&attempt=1&expires={expires}&signature={signature}"


async def state_of(api: Api, call_id: str) -> CallState | None:
    call = await api.database.read(lambda tx: calls.get(tx, call_id))
    return call.state if call else None


async def test_from_another_machine_a_signed_address_is_not_enough(api: Api, call_id: str, keys: Keys) -> None:
    """So a worker whose token was revoked claims nothing by the addresses that it has read."""
    where = address(call_id, keys)
    token, revoked = await api.token(Role.WORKER), await api.services.access.tokens.create(OWNER, Role.WORKER, "x")
    await api.services.access.tokens.revoke(OWNER, revoked[0].id)
    for bearer in (None, "unknown", revoked[1], await api.token(Role.ADMIN)):
        answer = await ask(api.port, "POST", where, source=ELSEWHERE, bearer=bearer, headers=WORKER)
        assert (answer.status, AUDIO in answer.body) == (401, False)
    proxied = {**WORKER, "X-Forwarded-For": "10.0.0.7"}
    assert (await ask(api.port, "POST", where, source=HERE, headers=proxied)).status == 401, "by a proxy on the box"
    assert await state_of(api, call_id) is CallState.RECEIVED
    answer = await ask(api.port, "POST", where, source=ELSEWHERE, bearer=token, headers=WORKER)
    assert (answer.status, answer.body) == (200, AUDIO)


async def test_a_worker_of_this_machine_needs_no_token(api: Api, call_id: str, keys: Keys) -> None:
    assert (await ask(api.port, "POST", address(call_id, keys), source=HERE, headers=WORKER)).status == 200


async def test_one_that_comes_by_a_proxy_on_this_machine_needs_none_either(api: Api, call_id: str, keys: Keys) -> None:
    async def status(**by_proxy: str) -> int:
        headers = {**WORKER, **{name.replace("_", "-"): text for name, text in by_proxy.items()}}
        return (await ask(api.port, "POST", address(call_id, keys), source=HERE, headers=headers)).status

    assert await status(X_Forwarded_For=f"{HERE}, 10.0.0.7") == 401, "the last one is what the proxy saw"
    assert await status(X_Forwarded_For=HERE, X_Real_IP="10.0.0.7") == 401, "a stranger may send the other"
    assert await status(X_Forwarded_For="") == 401
    assert await status(Via="1.1 box") == 401, "it does not say from where"
    assert await status(X_Forwarded_For=HERE, Forwarded="for=10.0.0.7") == 401
    assert await status(X_Forwarded_For=HERE, Via="1.1 box") == 200


async def test_a_queue_of_ones_own_lets_in_by_its_own_passwords(api: Api, call_id: str, keys: Keys) -> None:
    where = address(call_id, keys)
    async with serving(api, queue_is_private=False) as port:
        assert (await ask(port, "POST", where, source=ELSEWHERE, headers=WORKER)).status == 200
        answer = await ask(port, "POST", where, source=ELSEWHERE, bearer="wrong", headers=WORKER)
        assert answer.status == 401, "what is shown is looked at"


async def test_with_its_token_revoked_a_worker_can_neither_keep_a_call_nor_claim_another(
    api: Api, call_id: str, keys: Keys
) -> None:
    made, token = await api.services.access.tokens.create(OWNER, Role.WORKER, "gpu room")
    claimed = await ask(api.port, "POST", address(call_id, keys), source=ELSEWHERE, bearer=token, headers=WORKER)
    proof = claimed.headers[CLAIM_TOKEN_HEADER.title()]
    held = ClaimedCall(call_id=call_id, revision=1, attempt=1, claim_token=proof)
    body = msgspec.json.encode(LeaseRenewal(worker="gpu/cuda:0", boot=boot_of("first life"), held=[held]))
    kind = {"Content-Type": "application/json"}

    async def renews() -> int:
        answer = await ask(api.port, "POST", LEASES_PATH, source=ELSEWHERE, bearer=token, body=body, headers=kind)
        return answer.status

    assert await renews() == 204
    await api.services.access.tokens.revoke(OWNER, made.id)
    assert await renews() == 401
    without = await ask(api.port, "POST", LEASES_PATH, source=ELSEWHERE, body=body, headers=kind)
    assert without.status == 401
    again = await ask(api.port, "POST", address(call_id, keys), source=ELSEWHERE, bearer=token, headers=WORKER)
    assert again.status == 401


@pytest.mark.parametrize("kind", ["claim", "renewal"])
async def test_a_token_that_is_revoked_while_the_body_comes_is_worth_nothing(
    api: Api, call_id: str, keys: Keys, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    made, token = await api.services.access.tokens.create(OWNER, Role.WORKER, "gpu room")
    admitted, admit = asyncio.Event(), AdmittingHandler.admit_worker

    async def seen(handler: AdmittingHandler) -> None:
        await admit(handler)
        admitted.set()

    monkeypatch.setattr(AdmittingHandler, "admit_worker", seen)
    body = msgspec.json.encode(LeaseRenewal(worker="gpu/cuda:0", boot=boot_of("first life"), held=[]))
    path = address(call_id, keys) if kind == "claim" else LEASES_PATH
    async with connected(api.port) as wire:
        sent = {**WORKER, "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        await wire.head("POST", path, **sent, **{"Content-Length": str(len(body))})
        await asyncio.wait_for(admitted.wait(), 60)
        await api.services.access.tokens.revoke(OWNER, made.id)
        await wire.send(body)
        assert (await wire.answer()).status == 401
    assert await state_of(api, call_id) is CallState.RECEIVED


async def test_expired_forged_and_replayed_addresses_are_worth_nothing_with_a_token_either(
    api: Api, call_id: str, keys: Keys
) -> None:
    token = await api.token(Role.WORKER)

    async def claims(where: str, **headers: str) -> Answer:
        return await ask(api.port, "POST", where, source=ELSEWHERE, bearer=token, headers={**WORKER, **headers})

    good = address(call_id, keys)
    assert (await claims(address(call_id, keys, int(time.time()) - 1))).status == 410
    assert (await claims(good.replace("attempt=1", "attempt=2"))).status == 401
    assert (await claims(good.replace(f"expires={EXPIRES}", f"expires={EXPIRES + 1}"))).status == 401
    assert (await claims("/internal/recordings/another?" + good.partition("?")[2])).status == 401
    assert (await claims(good)).status == 200
    replayed = await claims(good, **{SECRET_HEADER: "another life"})
    assert (replayed.status, AUDIO in replayed.body) == (410, False)
    other = await claims(good, **{WORKER_HEADER: "evil/cpu"})
    assert (other.status, AUDIO in other.body) == (410, False)


async def test_a_workers_token_opens_nothing_of_the_administrators_side(api: Api, call_id: str) -> None:
    token = await api.token(Role.WORKER)
    paths = ["customers", "calls", f"calls/{call_id}", f"calls/{call_id}/recording", "tokens", "system", "audit"]
    for path in (*paths, "deliveries", "stats", "events", "backups", "log"):
        assert (await api.request("GET", f"/api/{path}", bearer=token)).status == 403, path
    assert (await api.request("POST", "/api/tokens", bearer=token, body=b'{"role": "admin"}')).status == 403
    assert (await api.request("POST", "/api/process-call", key=token)).status == 401
    proxied = {"X-Forwarded-For": "10.0.0.7"}  # from this machine itself it is open
    assert (await api.request("GET", "/metrics", bearer=token, headers=proxied)).status == 403


async def test_the_way_to_the_queue_is_open_to_a_workers_token_alone(api: Api) -> None:
    _, key = await api.customer()
    upgrade = {"Upgrade": UPGRADE, "Connection": "Upgrade", WORKER_HEADER: "gpu/cuda:0"}
    for bearer in (None, "unknown", await api.token(Role.ADMIN), await api.token(Role.VIEWER), key):
        for source in (HERE, ELSEWHERE):
            answer = await ask(api.port, "GET", QUEUE_PATH, source=source, bearer=bearer, headers=upgrade)
            assert answer.status == 401
    token = await api.token(Role.WORKER)
    bad = [{WORKER_HEADER: "x"}, {**upgrade, "Upgrade": "websocket"}, {**upgrade, WORKER_HEADER: "x" * 5000}]
    for headers in (*bad, {name: value for name, value in upgrade.items() if name != WORKER_HEADER}):
        assert (await ask(api.port, "GET", QUEUE_PATH, source=HERE, bearer=token, headers=headers)).status == 400
    answer = await ask(api.port, "GET", QUEUE_PATH, source=HERE, bearer=token, headers=upgrade)
    assert answer.status == 503, "there is no queue in this test"
    assert api.services.access.joined_workers.of("gpu/cuda:0") is None


async def test_a_token_that_is_revoked_while_the_way_is_opened_opens_none(api: Api) -> None:
    made, token = await api.services.access.tokens.create(OWNER, Role.WORKER, "gpu room")
    gone = asyncio.Event()

    async def queue(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    async def open_queue() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await api.services.access.tokens.revoke(OWNER, made.id)
        return await asyncio.open_connection(HERE, port_of_queue)

    async with await asyncio.start_server(queue, HERE, 0) as server:
        port_of_queue = server.sockets[0].getsockname()[1]
        async with serving(api, open_queue=open_queue) as port:
            upgrade = {"Upgrade": UPGRADE, "Connection": "Upgrade", WORKER_HEADER: "gpu/cuda:0"}
            answer = await ask(port, "GET", QUEUE_PATH, source=HERE, bearer=token, headers=upgrade)
            assert answer.status == 401
            await asyncio.wait_for(gone.wait(), 60)


async def test_who_sends_what_no_worker_sends_is_cut_off_and_named_once_a_while(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    made, token = await api.services.access.tokens.create(OWNER, Role.WORKER, "gpu room")
    ended = asyncio.Semaphore(0)

    async def queue(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.release()

    async with await asyncio.start_server(queue, HERE, 0) as server:
        port_of_queue = server.sockets[0].getsockname()[1]

        async def open_queue() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            return await asyncio.open_connection(HERE, port_of_queue)

        async with serving(api, open_queue=open_queue) as port:
            for _ in range(2):
                async with connected(port) as wire:
                    upgrade = {"Upgrade": UPGRADE, "Connection": "Upgrade", WORKER_HEADER: "gpu/cuda:0"}
                    await wire.head("GET", QUEUE_PATH, Authorization=f"Bearer {token}", **upgrade)
                    await wire.send(b"*1\r\n$8\r\nFLUSHALL\r\n")
                    assert (await wire.rest()).startswith(b"HTTP/1.1 101 ")
                    await asyncio.wait_for(ended.acquire(), 60)
    (told,) = [line.getMessage() for line in caplog.records if "cut off" in line.getMessage()]
    for part in ("gpu/cuda:0", HERE, "'gpu room'", "FLUSHALL", f"vbot token revoke {made.id}"):
        assert part in told


@pytest.mark.parametrize("direction", ["to the queue", "to the worker"])
async def test_what_lies_ready_is_carried_piece_by_piece_and_others_have_their_turn(direction: str) -> None:
    """Megabytes that have come already would be carried without a pause otherwise."""
    much, out, turns = 4 * 1024 * 1024, bytearray(), 0
    here, there = asyncio.StreamReader(limit=2 * much), Ready(much, out)
    here.feed_data(bytes(much))
    here.feed_eof()
    carry = (
        queue_tunnel._to_worker(here, there) if direction == "to the worker" else queue_tunnel._to_queue(there, there)
    )  # type: ignore[arg-type]
    carrying = asyncio.create_task(carry)
    while not carrying.done():
        turns += 1
        await asyncio.sleep(0)
    assert len(out) >= much
    assert turns >= much // (32 * 1024)


class Ready:
    """A stream, and a writer, that never make anybody wait."""

    def __init__(self, much: int, out: bytearray) -> None:
        self._left = b"*4\r\n$4\r\nHSET\r\n$1\r\na\r\n$1\r\nb\r\n$%d\r\n" % much + bytes(much) + b"\r\n"
        self._out = out

    async def read_bytes(self, most: int, *, partial: bool) -> bytes:
        if not self._left or not partial:
            raise StreamClosedError
        piece, self._left = self._left[:most], self._left[most:]
        return piece

    def write(self, data: bytes) -> asyncio.Future[None]:
        self._out += data
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def drain(self) -> None:
        """It takes everything."""
