"""Trust by fingerprint: which certificate an appliance shows, and how a person compares it."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl

from admin_gui.client.transport.errors import UnexpectedAnswer, Unreachable
from admin_gui.client.transport.tls import PinningContext

SHA256_HEX_DIGITS = 64
CONNECT_SECONDS = 5.0


def normalised(fingerprint: str) -> str:
    """A SHA-256 fingerprint as 64 lower-case hex digits, however it was written. Raises ValueError."""
    digits = re.sub(r"[\s:]", "", fingerprint.strip().removeprefix("sha256:")).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHA256_HEX_DIGITS}}}", digits):
        raise ValueError("a SHA-256 fingerprint has 64 hex digits")
    return digits


def grouped(fingerprint: str) -> str:
    """The fingerprint as `vbot certificate show` prints it: AB:CD:…, on two lines of 16 bytes."""
    digits = normalised(fingerprint).upper()
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    return ":".join(pairs[:16]) + ":\n" + ":".join(pairs[16:])


def fetch_fingerprint(host: str, port: int, timeout_seconds: float = CONNECT_SECONDS) -> str:
    """The SHA-256 (hex) of the certificate shown at that address, for a first use. Nothing secret is sent.

    Raises Unreachable, or UnexpectedAnswer when what listens there speaks no TLS.
    """
    address = f"{host}:{port}"
    try:
        with (
            socket.create_connection((host, port), timeout_seconds) as plain,
            PinningContext().wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert(binary_form=True)
    except ssl.SSLError as error:
        raise UnexpectedAnswer(f"no TLS at {address}") from error
    except OSError as error:
        raise Unreachable(address, told_by_socket(error)) from error
    if certificate is None:
        raise UnexpectedAnswer(f"no certificate at {address}")
    return hashlib.sha256(certificate).hexdigest()


def told_by_socket(error: OSError) -> str:
    """A socket's error in words."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, socket.gaierror):
        return "no machine of that name is known"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return error.strerror or str(error) or type(error).__name__
