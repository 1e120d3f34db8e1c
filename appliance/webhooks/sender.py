"""One webhook attempt: a signed POST to an address that the guard permits, and what came of it.

Runs on the api's event loop and blocks nothing. It makes one attempt and never raises for what a receiver
does; whether there is another attempt is `schedule`'s business.
"""

from __future__ import annotations

import asyncio
import codecs
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from appliance import __version__
from appliance.domain.endpoint import ReceiverCertificate
from appliance.errors import Conflict, TargetRefused
from appliance.webhooks.failures import describe
from appliance.webhooks.guard import AddressPolicy, check_url
from appliance.webhooks.lookup import AddressRefused, GuardedResolver, Lookup, system_lookup
from appliance.webhooks.schedule import parse_date, parse_retry_after
from appliance.webhooks.seen_certificate import CertificateLook, described
from appliance.webhooks.signing import sign
from appliance.webhooks.trust import Trust

_FIXED_HEADERS = {"User-Agent": f"vBot/{__version__}", "Content-Type": "application/json"}
REPLY_LIMIT_BYTES = 2048  # what an attempt keeps of the reply; no more than that is read


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    `status` is None when no answer came; `error` then says why in a few words, without secrets.
    An answer other than 2xx needs no sentence: its status says it (only a redirect has one).
    """

    at: datetime
    status: int | None
    latency_ms: int
    error: str | None
    reply: str
    retry_after_seconds: float | None

    @property
    def succeeded(self) -> bool:
        """The receiver took it: 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more webhooks at this address: 410."""
        return self.status == HTTPStatus.GONE


@dataclass(slots=True)
class _Answer:
    """What has been read of an answer so far."""

    status: int | None = None
    retry_after: str | None = None
    reply: bytes = b""


class _Response(aiohttp.ClientResponse):
    """Remembers who answered: a short reply has let go of its connection before anybody could ask."""

    peer = ""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None and (name := connection.transport.get_extra_info("peername")):
            self.peer = str(name[0])
        return await super().start(connection)


class WebhookSender:
    """Sends signed webhooks. Make it anywhere, use it on one event loop, close it there."""

    def __init__(
        self,
        policy: AddressPolicy,
        timeout_seconds: float,
        *,
        tls: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        saw_clock: Callable[[str, str, datetime], None] = lambda _host, _address, _date: None,
    ) -> None:
        """`tls` None means: the authorities that this machine trusts.

        `saw_clock` is told from which host and address an answer comes, and what time it is there, as it says itself.
        """
        self._policy = policy
        self._timeout_seconds = timeout_seconds
        self._tls: ssl.SSLContext | bool = tls if tls is not None else True
        self._lookup = lookup
        self._clock = clock
        self._saw_clock = saw_clock
        # One for each scheme: what may be connected to depends on whether it can be read on its way.
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def send(
        self, url: str, webhook_id: str, body: bytes, secrets: Sequence[str], trust: Trust | None = None
    ) -> Outcome:
        """Make one attempt to deliver this UTF-8 JSON body. The timeout covers all of it, reply included.

        `trust` replaces whom the TLS connection trusts, for this attempt.
        """
        at = self._clock()
        started = time.monotonic()
        answer = _Answer()
        error: str | None = None
        try:
            check_url(url)
            async with asyncio.timeout(self._timeout_seconds):
                # In a thread: the signature of a long call's transcript takes milliseconds.
                headers = await asyncio.to_thread(sign, webhook_id, body, secrets, at)
                await self._post(url, headers, body, answer, trust or self._tls)
        except TargetRefused as refusal:
            error = str(refusal)
        except TimeoutError:
            error = f"timed out after {self._timeout_seconds:g} s"
        except (aiohttp.ClientError, OSError) as failure:
            error = describe(failure)
        return Outcome(
            at=at,
            status=answer.status,
            latency_ms=round((time.monotonic() - started) * 1000),
            error=_error_of(answer.status, error),
            reply=_readable(answer.reply),
            retry_after_seconds=parse_retry_after(answer.retry_after, self._clock()),
        )

    async def certificate(self, url: str) -> ReceiverCertificate:
        """The certificate that is shown there, whoever signed it. No request is sent.

        Raises Conflict where no certificate came.
        """
        look = CertificateLook()
        try:
            check_url(url)
            async with asyncio.timeout(self._timeout_seconds):
                await self._post(url, {}, b"", _Answer(), look)
        except aiohttp.ServerFingerprintMismatch:
            if look.der is not None:
                return described(look.der)
        except TargetRefused as refusal:
            raise Conflict("webhook_url", str(refusal)) from refusal
        except TimeoutError:
            raise Conflict("webhook_url", f"timed out after {self._timeout_seconds:g} s") from None
        except (aiohttp.ClientError, OSError) as failure:
            raise Conflict("webhook_url", describe(failure)) from failure
        raise Conflict("webhook_url", "no certificate came")

    async def close(self) -> None:
        """Close what is open; the next send would open it again."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    async def _post(self, url: str, headers: dict[str, str], body: bytes, answer: _Answer, tls: Trust | bool) -> None:
        async with self._opened(urlsplit(url).scheme).post(
            url,
            data=io.BytesIO(body),
            headers=headers,
            allow_redirects=False,
            ssl=tls,
        ) as response:
            answer.status = response.status
            if (date := parse_date(response.headers.get("Date"))) is not None:
                host = urlsplit(url).hostname or ""
                self._saw_clock(host, response.peer if isinstance(response, _Response) else host, date)
            answer.retry_after = response.headers.get("Retry-After")
            while missing := REPLY_LIMIT_BYTES - len(answer.reply):
                chunk = await response.content.read(missing)
                if not chunk:
                    break
                answer.reply += chunk
            response.close()  # not release: that would read on for the rest

    def _opened(self, scheme: str) -> aiohttp.ClientSession:
        if scheme not in self._sessions:
            policy = self._policy.over(scheme)
            self._sessions[scheme] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=GuardedResolver(policy, self._lookup),
                    socket_factory=partial(_guarded_socket, policy),
                    use_dns_cache=False,
                    force_close=True,  # each attempt connects, and is judged, anew
                    limit=0,  # ConcurrencyLimit counts
                ),
                response_class=_Response,
                headers=_FIXED_HEADERS,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(),  # ours is around all of it
                read_bufsize=REPLY_LIMIT_BYTES,
            )
        return self._sessions[scheme]


def request_headers(webhook_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """All headers of an attempt that is made now, but those that HTTP itself needs."""
    return {**_FIXED_HEADERS, **sign(webhook_id, body, secrets, now)}


def _guarded_socket(policy: AddressPolicy, target: aiohttp.AddrInfoType) -> socket.socket:
    """Judge the very address that is about to be connected to.

    The resolver has judged names; addresses written as numbers never pass through it.
    """
    family, kind, protocol, _, address = target
    reason = policy.refusal(str(address[0]))
    if reason is not None:
        raise AddressRefused(str(address[0]), reason)
    return socket.socket(family=family, type=kind, proto=protocol)


def _error_of(status: int | None, error: str | None) -> str | None:
    if status is None:
        return error
    if 300 <= status < 400:
        return "redirect refused"
    # The status has come; that the rest of the reply dripped or broke off changes nothing about it.
    return None


def _readable(reply: bytes) -> str:
    """Decode what was kept of a reply, so that every database and window can show it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    # A character that our limit cut in two is left out.
    text = decoder.decode(reply, final=len(reply) < REPLY_LIMIT_BYTES)
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
