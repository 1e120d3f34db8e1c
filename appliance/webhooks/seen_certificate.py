"""What the certificate of a receiver says of itself, whoever signed it."""

from __future__ import annotations

import asyncio
import hashlib

import aiohttp
from cryptography import x509

from appliance.domain.endpoint import ReceiverCertificate


class CertificateLook(aiohttp.Fingerprint):
    """Nobody's certificate has this fingerprint: the connection ends before anything is sent, and keeps which came."""

    def __init__(self) -> None:
        super().__init__(bytes(32))
        self.der: bytes | None = None

    def check(self, transport: asyncio.Transport) -> None:
        if (tls := transport.get_extra_info("ssl_object")) is not None:
            self.der = tls.getpeercert(binary_form=True)
        super().check(transport)


def described(der: bytes) -> ReceiverCertificate:
    """Its fingerprint, and all else where it can be read: a receiver may show what is hardly a certificate."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        found = x509.load_der_x509_certificate(der)
        return ReceiverCertificate(
            fingerprint,
            found.subject.rfc4514_string(),
            found.issuer.rfc4514_string(),
            found.not_valid_before_utc,
            found.not_valid_after_utc,
        )
    except (ValueError, x509.InvalidVersion):
        return ReceiverCertificate(fingerprint)
