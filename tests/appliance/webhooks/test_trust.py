"""Whom a webhook's TLS connection trusts, against a real HTTPS server with a certificate that signs itself."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.services.access.certificate import create_certificate, fingerprint
from appliance.webhooks.guard import AddressPolicy
from appliance.webhooks.sender import Outcome, WebhookSender
from appliance.webhooks.signing import new_secret
from appliance.webhooks.trust import check_ca, check_fingerprint, trust_of

OTHER = "ab" * 32


@dataclass
class LanReceiver:
    """A customer's server on the LAN."""

    url: str
    pem: str
    fingerprint: str

    async def attempt(self, *, ca: str | None = None, pinned: str | None = None) -> Outcome:
        sender = WebhookSender(AddressPolicy((ipaddress.ip_network("127.0.0.0/8"),)), 60)
        try:
            return await sender.send(self.url, "msg_1", b"{}", [new_secret()], trust_of(ca, pinned))
        finally:
            await sender.close()


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[LanReceiver]:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, datetime.now(UTC))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def take(_request: web.Request) -> web.Response:
        return web.Response(text="thank you")

    application = web.Application()
    application.add_routes([web.post("/hook", take)])
    server = TestServer(application, scheme="https")
    await server.start_server(ssl=context)
    try:
        yield LanReceiver(f"https://127.0.0.1:{server.port}/hook", certificate.read_text(), fingerprint(certificate))
    finally:
        await server.close()


async def test_a_certificate_that_signs_itself_is_not_trusted_by_itself(receiver: LanReceiver) -> None:
    outcome = await receiver.attempt()
    assert outcome.status is None
    assert "certificate not trusted" in (outcome.error or "")


async def test_its_fingerprint_is_trusted_in_any_spelling(receiver: LanReceiver) -> None:
    assert (await receiver.attempt(pinned=receiver.fingerprint)).status == 200
    assert (await receiver.attempt(pinned=receiver.fingerprint.replace(":", "").lower())).status == 200


async def test_another_fingerprint_is_not(receiver: LanReceiver) -> None:
    outcome = await receiver.attempt(pinned=OTHER)
    assert outcome.status is None
    assert outcome.error


async def test_its_own_authority_is_trusted(receiver: LanReceiver) -> None:
    assert (await receiver.attempt(ca=receiver.pem)).status == 200


@pytest.mark.parametrize(
    "pem", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused_when_it_is_saved(pem: str) -> None:
    with pytest.raises(ValueError, match="PEM"):
        check_ca(pem)


@pytest.mark.parametrize("text", ["", "ab", "xy" * 32, OTHER + "00"])
def test_what_is_no_fingerprint_is_refused_when_it_is_saved(text: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        check_fingerprint(text)
