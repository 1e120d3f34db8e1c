"""Whom a webhook's TLS connection trusts: the machine's authorities, or what the customer pinned for a LAN receiver."""

from __future__ import annotations

import re
import ssl
from functools import lru_cache

import aiohttp

Trust = ssl.SSLContext | aiohttp.Fingerprint

_SHA256_HEX = re.compile(r"([0-9a-f]{2}:?){31}[0-9a-f]{2}", re.IGNORECASE)
# An authority's certificate or a short chain; more is no certificate.
LONGEST_PEM = 64 * 1024


def check_ca(pem: str) -> None:
    """Raise ValueError unless this is PEM with at least one certificate."""
    if len(pem) > LONGEST_PEM:
        raise ValueError("is too long for a certificate")
    try:
        _context(pem)
    except (ssl.SSLError, ValueError):
        raise ValueError("must be a certificate in PEM form") from None


def check_fingerprint(text: str) -> None:
    """Raise ValueError unless this is a SHA-256 in hex, with or without colons."""
    if not _SHA256_HEX.fullmatch(text.strip()):
        raise ValueError("must be the SHA-256 of the certificate: 64 hex digits")


def trust_of(ca: str | None, fingerprint: str | None) -> Trust | None:
    """What to trust for one customer; None = the authorities that this machine trusts. Blocks for milliseconds."""
    if fingerprint is not None:
        return aiohttp.Fingerprint(bytes.fromhex(_plain(fingerprint)))
    return _context(ca) if ca is not None else None


def _plain(fingerprint: str) -> str:
    return fingerprint.replace(":", "").strip().lower()


@lru_cache(maxsize=64)
def _context(pem: str) -> ssl.SSLContext:
    # Asked first: without any `cadata` Python would load the machine's own authorities.
    if "-----BEGIN CERTIFICATE-----" not in pem:
        raise ValueError("no certificate in it")
    context = ssl.create_default_context(cadata=pem)
    # Not get_ca_certs: a receiver's own self-signed certificate is no authority's, and may be trusted as well.
    if not context.cert_store_stats()["x509"]:
        raise ValueError("no certificate in it")
    return context
