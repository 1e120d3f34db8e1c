"""One webhook attempt against real servers on this machine, good ones and hostile ones."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import ipaddress
import itertools
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks.webhooks import Webhook

from appliance.domain.endpoint import ReceiverCertificate
from appliance.errors import Conflict
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.lookup import system_lookup
from appliance.webhooks.seen_certificate import described
from appliance.webhooks.sender import WebhookSender
from appliance.webhooks.signing import new_secret

BODY = json.dumps({"event": "call.completed", "transcription": "Grüß Gott"}).encode()
SECRET = new_secret()
LOOPBACK = AddressPolicy((ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")))

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def sender(
    *,
    policy: AddressPolicy = LOOPBACK,
    timeout_seconds: float = 60,
    lookup: Callable[[str, int], list[str]] = lambda host, port: ["127.0.0.1"],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[WebhookSender]:
    webhooks = WebhookSender(policy, timeout_seconds, lookup=lookup, tls=tls)
    try:
        yield webhooks
    finally:
        await webhooks.close()


@dataclass
class Receiver:
    """A customer's server: answers as told, keeps what it got."""

    answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, headers, await request.read()))
        return await self.answer(request)


@contextlib.asynccontextmanager
async def receiving(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[str, Receiver]]:
    receiver = Receiver(answer)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.handle)
    server = TestServer(application)
    await server.start_server(ssl=tls)
    try:
        yield str(server.make_url("/hook?token=geheim")), receiver
    finally:
        await server.close()


def answering(
    status: int, text: str = "", headers: dict[str, str] | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return answer


@contextlib.asynccontextmanager
async def raw_server(connection: Connection) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that speaks as `connection` does; yields its URL and a list with one entry per connection."""
    connections: list[int] = []
    serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        try:
            with contextlib.suppress(ConnectionError):
                await connection(reader, writer)
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[asyncio.create_task(serve(reader, writer))] = writer

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=geheim", connections
    finally:
        server.close()
        for task, writer in serving.items():
            task.cancel()
            writer.transport.abort()  # one that is cancelled before its first step does not come to its end
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next turn of the loop


async def test_a_webhook_arrives_signed_and_as_it_was_given() -> None:
    async with receiving(answering(200, "thank you")) as (url, receiver), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    ((method, headers, body),) = receiver.requests
    assert method == "POST"
    assert body == BODY
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(BODY))
    assert headers["user-agent"] == "vBot/1.0.0"
    assert headers["webhook-id"] == "msg_1"
    assert Webhook(SECRET).verify(body, headers) == json.loads(BODY)
    assert outcome.succeeded
    assert (outcome.status, outcome.error, outcome.reply) == (200, None, "thank you")
    assert outcome.latency_ms >= 0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_success(status: int) -> None:
    async with receiving(answering(status)) as (url, _), sender() as webhooks:
        assert (await webhooks.send(url, "msg_1", BODY, [SECRET])).succeeded


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
async def test_any_other_answer_is_a_failure_with_its_status_and_reply(status: int) -> None:
    async with receiving(answering(status, "no")) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert not outcome.succeeded
    assert (outcome.status, outcome.reply, outcome.error) == (status, "no", None)
    assert outcome.gone == (status == 410)


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
async def test_a_redirect_is_refused_and_not_followed(status: int) -> None:
    answer = answering(status, headers={"Location": "/elsewhere"})
    async with receiving(answer) as (url, receiver), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert not outcome.succeeded
    assert (outcome.status, outcome.error) == (status, "redirect refused")
    assert len(receiver.requests) == 1


async def test_retry_after_is_handed_on() -> None:
    answer = answering(503, headers={"Retry-After": "42"})
    async with receiving(answer) as (url, _), sender() as webhooks:
        assert (await webhooks.send(url, "msg_1", BODY, [SECRET])).retry_after_seconds == 42.0


async def test_a_cookie_is_not_sent_back() -> None:
    answer = answering(200, headers={"Set-Cookie": "session=1; Path=/"})
    async with receiving(answer) as (url, receiver), sender() as webhooks:
        for _ in range(2):
            await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert len(receiver.requests) == 2
    assert all("cookie" not in headers for _, headers, _ in receiver.requests)


async def test_a_proxy_from_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with receiving(answering(200)) as (url, _), sender() as webhooks:
        assert (await webhooks.send(url, "msg_1", BODY, [SECRET])).succeeded


async def test_of_an_endless_reply_only_two_kilobytes_are_read() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while sent < 500_000_000:
            writer.write(b"x" * 65536)
            sent += 65536
            await writer.drain()

    async with raw_server(endless) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])
        await asyncio.sleep(0.1)

    assert outcome.succeeded
    assert outcome.reply == "x" * 2048
    assert sent < 50_000_000  # what the sockets of both sides hold, not what it wanted to send


@pytest.mark.slow
async def test_a_reply_that_drips_holds_no_longer_than_the_timeout_and_its_status_counts() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:  # for ever, if nobody hangs up
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    for seconds in (1, 10):  # the longer one where the status came too late, on a busy machine
        async with raw_server(drip) as (url, _), sender(timeout_seconds=seconds) as webhooks:
            outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])
        assert outcome.latency_ms >= seconds * 1000 - 50
        if outcome.status is not None:
            break

    assert (outcome.status, outcome.error, outcome.succeeded) == (200, None, True)
    assert set(outcome.reply) == {"x"}


async def test_headers_that_drip_time_out() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in itertools.count():  # for ever, if nobody hangs up
            writer.write(f"X-{number}: y\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_server(drip) as (url, _), sender(timeout_seconds=0.4) as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert (outcome.status, outcome.error) == (None, "timed out after 0.4 s")
    assert outcome.latency_ms >= 350


async def test_a_receiver_that_reads_nothing_times_out() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with raw_server(deaf) as (url, _), sender(timeout_seconds=0.3) as webhooks:
        outcome = await webhooks.send(url, "msg_1", b'"' + b"x" * 20_000_000 + b'"', [SECRET])

    assert outcome.error == "timed out after 0.3 s"


async def test_a_silent_name_server_times_out_and_holds_nothing_up() -> None:
    over = threading.Event()

    def silent(host: str, port: int) -> list[str]:
        over.wait()
        return ["127.0.0.1"]

    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        for _ in range(20):
            await asyncio.sleep(0.01)
            ticks += 1

    async with sender(timeout_seconds=0.3, lookup=silent) as webhooks:
        try:
            outcome, _ = await asyncio.gather(webhooks.send("http://crm.example/", "m", BODY, [SECRET]), tick())
        finally:
            over.set()

    assert outcome.error == "timed out after 0.3 s"
    assert ticks == 20


async def test_a_refused_connection_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        async with sender() as webhooks:
            outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert (outcome.status, outcome.error) == (None, "connection refused")


async def test_an_unknown_name_is_named() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with sender(lookup=unknown) as webhooks:
        outcome = await webhooks.send("http://crm.invalid/hook?token=geheim", "msg_1", BODY, [SECRET])

    assert outcome.error == "name not known: crm.invalid"


async def test_a_name_server_that_is_away_is_told_from_an_unknown_name() -> None:
    def away(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async with sender(lookup=away) as webhooks:
        outcome = await webhooks.send("http://crm.example/", "msg_1", BODY, [SECRET])

    assert outcome.error == "name cannot be looked up now: crm.example"


async def test_a_connection_closed_without_an_answer_is_named() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(BODY))

    async with raw_server(rude) as (url, connections), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.error == "connection closed without an answer"
    assert len(connections) == 1


async def test_an_answer_that_is_not_http_is_named() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_10.0\r\n")
        await writer.drain()
        await reader.read(100_000)

    async with raw_server(ssh) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.error == "the answer is not HTTP"


async def test_a_reply_with_nuls_and_broken_utf8_becomes_plain_text() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, body=b"a\x00b\xff\xc3\xa4" + b"x" * 2041 + "ä".encode())

    async with receiving(answer) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.reply == "a�b�ä" + "x" * 2041  # the last ä is cut in two by the limit and left out


async def test_a_compressed_reply_is_not_unpacked() -> None:
    async def bomb(request: web.Request) -> web.StreamResponse:
        return web.Response(status=200, body=b"\x1f\x8b not gzip", headers={"Content-Encoding": "gzip"})

    async with receiving(bomb) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.succeeded
    assert outcome.reply.endswith("not gzip")


async def test_loopback_is_refused_when_it_is_not_listed() -> None:
    async with receiving(answering(200)) as (url, receiver), sender(policy=AddressPolicy()) as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert (outcome.status, outcome.error) == (None, "address 127.0.0.1 is refused: loopback")
    assert receiver.requests == []


@pytest.mark.parametrize("url", ["http://crm.example.com/phi", "http://93.184.216.34/phi"])
async def test_nothing_goes_in_plain_to_a_public_address(url: str) -> None:
    async with sender(policy=AddressPolicy(), lookup=lambda host, port: ["93.184.216.34"]) as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.status is None
    assert str(outcome.error).startswith("address 93.184.216.34 is refused: plain HTTP to a public address")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://169.254.1.1/", "address 169.254.1.1 is refused: link-local"),
        ("http://169.254.169.254/latest", "address 169.254.169.254 is refused: cloud metadata"),
        ("http://0.0.0.0:8443/", "address 0.0.0.0 is refused: unspecified"),
        ("http://[::]/", "address :: is refused: unspecified"),
        ("http://[::ffff:169.254.169.254]/", "address ::ffff:169.254.169.254 is refused: cloud metadata"),
        ("http://8.8.8.8/", "address 8.8.8.8 is refused: not in the list of permitted networks"),
    ],
)
async def test_an_address_written_in_the_url_is_judged_at_the_connection(url: str, error: str) -> None:
    async with sender() as webhooks:
        outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.error == error


async def test_a_url_with_a_password_is_never_requested() -> None:
    async with receiving(answering(200)) as (url, receiver), sender() as webhooks:
        outcome = await webhooks.send(url.replace("http://", "http://u:p@"), "msg_1", BODY, [SECRET])

    assert outcome.error == "a webhook URL carries no user name or password"
    assert receiver.requests == []


async def test_a_name_that_changes_its_address_is_judged_anew_at_each_attempt() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async with receiving(answering(200)) as (base, receiver):
        url = base.replace("127.0.0.1", "rebinding.example")
        async with sender(lookup=lambda host, port: answers.pop(0)) as webhooks:
            first = await webhooks.send(url, "msg_1", BODY, [SECRET])
            second = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert first.succeeded
    assert second.error == "address 169.254.169.254 is refused: cloud metadata"
    assert len(receiver.requests) == 1
    assert answers == []  # one look-up an attempt: what was judged is what was connected to


async def test_of_several_addresses_only_permitted_ones_are_tried() -> None:
    async with receiving(answering(200)) as (base, receiver):
        url = base.replace("127.0.0.1", "many.example")
        async with sender(lookup=lambda host, port: ["169.254.169.254", "8.8.8.8", "127.0.0.1"]) as webhooks:
            outcome = await webhooks.send(url, "msg_1", BODY, [SECRET])

    assert outcome.succeeded
    assert len(receiver.requests) == 1


async def test_a_name_with_only_refused_addresses_is_refused_with_the_reason_of_the_first() -> None:
    async with sender(lookup=lambda host, port: ["169.254.1.1", "224.0.0.1"]) as webhooks:
        outcome = await webhooks.send("http://many.example/", "msg_1", BODY, [SECRET])

    assert outcome.error == "address 169.254.1.1 is refused: link-local"


async def test_the_system_looks_up_localhost() -> None:
    async with receiving(answering(200)) as (url, _), sender(lookup=system_lookup) as webhooks:
        outcome = await webhooks.send(url.replace("127.0.0.1", "localhost"), "msg_1", BODY, [SECRET])

    assert outcome.succeeded


async def test_no_error_names_the_path_or_query_of_the_url() -> None:
    errors = []
    for lookup in (lambda host, port: ["8.8.8.8"], lambda host, port: []):
        async with sender(lookup=lookup) as webhooks:
            outcome = await webhooks.send("https://crm.example/pfad?token=geheim", "m", BODY, [SECRET])
            errors.append(str(outcome.error))

    assert all("geheim" not in error and "pfad" not in error for error in errors)


async def test_after_close_a_sender_can_be_used_again() -> None:
    async with receiving(answering(200)) as (url, _), sender() as webhooks:
        await webhooks.close()
        assert (await webhooks.send(url, "msg_1", BODY, [SECRET])).succeeded
        await webhooks.close()
        assert (await webhooks.send(url, "msg_1", BODY, [SECRET])).succeeded


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for localhost, for both sides."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Certificate(server, ssl.create_default_context(cafile=folder / "cert.pem"))


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Certificate) -> None:
    async with receiving(answering(200), certificate.server) as (url, receiver), sender() as webhooks:
        outcome = await webhooks.send(url.replace("127.0.0.1", "localhost"), "msg_1", BODY, [SECRET])

    assert outcome.error is not None
    assert outcome.error.startswith("certificate not trusted: self")
    assert receiver.requests == []


async def test_a_certificate_for_another_name_is_not_trusted(certificate: Certificate) -> None:
    async with receiving(answering(200), certificate.server) as (url, _), sender(tls=certificate.client) as webhooks:
        outcome = await webhooks.send(url.replace("127.0.0.1", "crm.example"), "msg_1", BODY, [SECRET])

    assert outcome.error is not None
    assert outcome.error.startswith("certificate not trusted: Hostname mismatch")


async def test_a_trusted_certificate_is_accepted(certificate: Certificate) -> None:
    async with receiving(answering(200), certificate.server) as (url, _), sender(tls=certificate.client) as webhooks:
        outcome = await webhooks.send(url.replace("127.0.0.1", "localhost"), "msg_1", BODY, [SECRET])

    assert outcome.succeeded


async def test_https_to_a_server_without_tls_is_named() -> None:
    async with receiving(answering(200)) as (url, _), sender() as webhooks:
        outcome = await webhooks.send(url.replace("http:", "https:"), "msg_1", BODY, [SECRET])

    assert outcome.error is not None
    assert outcome.error.startswith("no TLS connection: ")


async def test_it_tells_from_which_address_a_server_says_what_time_it_is() -> None:
    said: list[tuple[str, str]] = []
    webhooks = WebhookSender(
        LOOPBACK,
        60.0,
        lookup=lambda host, port: ["127.0.0.1"],
        saw_clock=lambda host, address, _date: said.append((host, address)),
    )
    async with receiving(answering(200)) as (url, _):
        for one in (url, url.replace("127.0.0.1", "crm.example")):
            assert (await webhooks.send(one, "msg_1", b"{}", [SECRET])).status == 200
    await webhooks.close()
    assert said == [("127.0.0.1", "127.0.0.1"), ("crm.example", "127.0.0.1")]


async def test_the_certificate_of_a_receiver_is_looked_at_and_nothing_is_sent_to_it(certificate: Certificate) -> None:
    async with receiving(answering(200), certificate.server) as (url, receiver), sender() as webhooks:
        shown = await webhooks.certificate(url.replace("127.0.0.1", "localhost"))
        found = shown.fingerprint_sha256
        pinned = await webhooks.send(url, "msg_1", BODY, [SECRET], aiohttp.Fingerprint(bytes.fromhex(found)))

    assert len(found) == 64
    assert (shown.subject, shown.issuer) == ("CN=localhost", "CN=localhost")
    assert shown.not_before is not None
    assert shown.not_after is not None
    assert shown.not_after - shown.not_before == dt.timedelta(days=2)
    assert pinned.succeeded, "what was shown is what an administrator pins"
    assert len(receiver.requests) == 1, "the webhook alone"


@pytest.mark.parametrize(
    ("url", "problem"),
    [("https://127.0.0.1:1/hook", "connection refused"), ("https://169.254.169.254/hook", "is refused")],
)
async def test_where_no_certificate_comes_it_is_said_why(url: str, problem: str) -> None:
    async with sender(lookup=lambda host, port: [host]) as webhooks:
        with pytest.raises(Conflict) as caught:
            await webhooks.certificate(url)

    assert problem in str(caught.value)
    assert "hook" not in str(caught.value)


def test_of_what_is_hardly_a_certificate_the_fingerprint_is_told_all_the_same() -> None:
    found = described(b"no certificate")
    assert found == ReceiverCertificate(hashlib.sha256(b"no certificate").hexdigest())
