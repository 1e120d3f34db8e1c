"""How a worker on another machine knows the box: by its key, or by the SHA-256 of its certificate."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from appliance.errors import ConfigurationError

logger = logging.getLogger(__name__)

_HEX = re.compile("[0-9a-f]{64}")
# As curl writes it, and `vbot certificate show`.
_PIN = "sha256//"


def key_fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 (hex) of a certificate's public key, which stays through renewals."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(key).hexdigest()


class PinnedCertificate:
    """What the box's certificate must be; several threads may ask.

    Given the certificate's own fingerprint it goes on to know the box by the key of the first one that fits, so that
    a renewal while we run is none of our business; our next life has to be told the new one, and we say so.
    """

    def __init__(self, expected: str) -> None:
        """`expected`: hex of the key's or the certificate's SHA-256, or `sha256//…`. Raises ConfigurationError."""
        self._expected = _hex_of(expected)
        self._key: str | None = None
        self._lock = threading.Lock()

    def check(self, shown: bytes | None) -> None:
        """Raise ssl.SSLError unless this certificate (DER) is the box's."""
        if not shown:
            raise ssl.SSLError("the box shows no certificate")
        key = key_fingerprint(x509.load_der_x509_certificate(shown))
        with self._lock:
            if key in (self._expected, self._key):
                return
            if hashlib.sha256(shown).hexdigest() != self._expected:
                raise ssl.SSLError(f"another certificate is shown than the one expected: its key has SHA-256 {key}")
            self._key = key
        logger.info("the box's certificate is as expected; `--fingerprint %s`, of its key, outlives renewals", key)


def _hex_of(expected: str) -> str:
    text = expected.strip()
    if text.startswith(_PIN):
        try:
            text = base64.b64decode(text.removeprefix(_PIN), validate=True).hex()
        except binascii.Error:
            text = ""
    text = text.replace(":", "").lower()
    if not _HEX.fullmatch(text):
        raise ConfigurationError(
            "the fingerprint must be the 64 hexadecimal digits, or the sha256//…, that `vbot certificate show` prints"
        )
    return text
