"""Whether who answers is the api: known by the SHA-256 of its key, which a renewal keeps, or of its certificate.

Pinned, not chained: the appliance signs its own certificate, for whatever names it had when that was made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
from typing import Any

import urllib3
from cryptography import x509
from urllib3.connection import HTTPSConnection

from appliance.errors import ConfigurationError
from appliance.services.access.certificate import pin_of

_PIN = "sha256//"
_SHA256_BYTES = hashlib.sha256().digest_size


def known_by(text: str) -> str:
    """A key's pin (`sha256//` and base64) or a SHA-256 (hex, colons or none) of key or certificate, in one notation.

    Raises ConfigurationError.
    """
    text = text.strip()
    try:
        if text.startswith(_PIN):
            digest = base64.b64decode(text.removeprefix(_PIN), validate=True)
            if len(digest) == _SHA256_BYTES:
                return text
        elif re.fullmatch(r"(?:[0-9A-Fa-f]{2}:?){32}", text):
            return text.replace(":", "").lower()
    except binascii.Error:
        pass
    raise ConfigurationError(
        f"VBOT_API_FINGERPRINT must be the pin of the api's key ({_PIN}…) or its certificate's SHA-256, as `vbot "
        f"certificate show` prints them on the box, not {text!r}"
    )


class ApiIdentity:
    """Who was seen under a certificate's SHA-256 is known by its key from then on: a renewal keeps that one."""

    def __init__(self, expected: str) -> None:
        """`expected` as `known_by` returns it."""
        self._expected = expected
        digits = "" if expected.startswith(_PIN) else expected
        # In hexadecimal digits it may be the key's as well: no certificate has the same.
        self._pins = {_PIN + base64.b64encode(bytes.fromhex(digits)).decode() if digits else expected}

    def is_shown_by(self, certificate: bytes) -> bool:
        """Whether this certificate (DER), whose key the other side has proven to hold, is the api's."""
        pin = pin_of(x509.load_der_x509_certificate(certificate))
        if hashlib.sha256(certificate).hexdigest() == self._expected:
            self._pins.add(pin)
        return pin in self._pins


class _PinnedConnection(HTTPSConnection):
    """Nothing is sent to who is not the api."""

    def __init__(self, *arguments: Any, identity: ApiIdentity, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._identity = identity

    def connect(self) -> None:
        super().connect()
        shown = self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None
        try:
            is_the_api = shown is not None and self._identity.is_shown_by(shown)
        except ValueError:
            is_the_api = False
        if not is_the_api:
            self.close()
            raise urllib3.exceptions.SSLError("who answers is not the api: it shows another key than the expected one")
        self.is_verified = True


class PinnedPool(urllib3.HTTPSConnectionPool):
    """Connections to the api of this identity and to nobody else."""

    ConnectionCls = _PinnedConnection

    def __init__(self, host: str, port: int | None, identity: ApiIdentity, **options: Any) -> None:
        super().__init__(host, port, cert_reqs=ssl.CERT_NONE.name, assert_hostname=False, identity=identity, **options)
