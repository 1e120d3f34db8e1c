"""A certificate for this machine, signed by its own key and good for nothing else.

It is a leaf: whoever imports it trusts this box under its own names, and no other certificate that its key might sign.
There is no authority beside it, so there is no key of one to be stolen. Tried: curl, Python's ssl (also with
VERIFY_X509_STRICT), wget (GnuTLS), Node and Java take such a certificate as its own anchor. Windows was not tried.
"""

from __future__ import annotations

import ipaddress
import socket
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Longer than the box is likely to live: whoever pinned the fingerprint must not be cut off on some day.
LIFETIME = timedelta(days=3650)
_SIGNS_HANDSHAKES_ALONE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def made_certificate(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """For the names and addresses that this machine has now."""
    hostname = socket.gethostname() or "vbot"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vBot {hostname}"[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # PBX clocks run late
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(_alternative_names(hostname)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SIGNS_HANDSHAKES_ALONE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def names_of_this_machine() -> list[str]:
    """The names and addresses that a certificate made now would have."""
    return [str(name.value) for name in _alternative_names(socket.gethostname() or "vbot")]


def _alternative_names(hostname: str) -> list[x509.GeneralName]:
    """Every name and address under which a PBX on the LAN may call this machine."""
    names = {"localhost", hostname, socket.getfqdn()}
    addresses = {"127.0.0.1", "::1"} | _own_addresses(hostname)
    dns = [x509.DNSName(name) for name in sorted(names) if name and _is_dns_name(name)]
    return [*dns, *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses))]


def _is_dns_name(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.isascii()
    return False


def _own_addresses(hostname: str) -> set[str]:
    found = set()
    try:
        for *_, address in socket.getaddrinfo(hostname, None):
            found.add(str(address[0]).split("%")[0])
    except OSError:
        pass
    # The address that packets to the LAN leave from: asking for a route sends nothing.
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.add(str(probe.getsockname()[0]).split("%")[0])
        except OSError:
            continue
    return found
