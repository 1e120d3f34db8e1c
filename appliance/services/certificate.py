"""The api's own certificate: made at first boot, trusted by its fingerprint."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.errors import ConfigurationError
from appliance.storage.data_folder import write_private

# Longer than the box is likely to live: whoever pinned the fingerprint must not be cut off on some day.
LIFETIME = timedelta(days=3650)


def create_certificate(certificate: Path, key: Path, now: datetime) -> None:
    """Make an EC P-256 key and a self-signed certificate for this machine's names and addresses."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    hostname = socket.gethostname() or "vbot"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vBot {hostname}"[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # PBX clocks run late
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(_alternative_names(hostname)), critical=False)
        # Its own authority, so that `curl --cacert` accepts it, but one that can sign no other certificate.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private_key, hashes.SHA256())
    )
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key, pem)
    write_private(certificate, made.public_bytes(serialization.Encoding.PEM))


def fingerprint(certificate: Path) -> str:
    """The SHA-256 of the certificate (DER), as colon-separated hex. Raises ConfigurationError."""
    try:
        found = x509.load_pem_x509_certificate(_first_certificate(certificate.read_text(encoding="ascii")).encode())
    except OSError as error:
        raise ConfigurationError(f"cannot read {certificate}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{certificate} holds no certificate: {error}") from error
    digest = found.fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS context of the api. Raises ConfigurationError naming the file at fault."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (certificate, key):
        if not path.is_file():
            raise ConfigurationError(f"there is no {path}: VBOT_TLS must name a certificate and its key")
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"cannot use {certificate} with {key}: {error}") from error
    return context


def _first_certificate(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    start = pem.find("-----BEGIN CERTIFICATE-----")
    if start < 0 or end not in pem:
        raise ValueError("no PEM block")
    return pem[start : pem.index(end) + len(end)]


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
