"""A certificate for this machine, signed by an authority of its own that can vouch for this machine alone.

The authority is what a client may keep (`curl --cacert`, a trust store): the certificate below it is made anew for
other names or another ten years, and the client needs nothing. Its key lies on the box beside the other one, so it is
bound: by its name constraints it vouches for the names that the box had when it was made, and for addresses of the
networks in which the box was. A client that checks takes nothing else from it. Tried: curl and Python's ssl (also with
VERIFY_X509_STRICT). OpenSSL before 1.1.0 (CentOS 7) knows no constraint of addresses, and refuses: it has the pin.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# How the names of both begin; nobody else's do.
OUR_NAME = "vBot "
# Longer than the box is likely to live: whoever knows it by its SHA-256 has to be told of the next one.
LIFETIME = timedelta(days=3650)
AUTHORITY_LIFETIME = 2 * LIFETIME
CLOCKS_RUN_LATE = timedelta(days=1)  # those of PBXs
# A box that is given another address by DHCP mostly stays within it.
_NETWORK_BITS = {4: 24, 6: 64}
_LOOPBACK = {4: ipaddress.ip_network("127.0.0.0/8"), 6: ipaddress.ip_network("::1/128")}


@dataclass(frozen=True, slots=True)
class Authority:
    """The box's own: what it is known by, and what it signs with."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def may_vouch_for(self, name: str) -> bool:
        """Whether its constraints permit this name or address."""
        permitted = _constraints(self.certificate).permitted_subtrees or []
        wanted = general_name(name)
        return any(_is_within(wanted, subtree) for subtree in permitted)

    def is_valid_until(self, now: datetime, moment: datetime) -> bool:
        """Whether clients take it from now until then; made by a clock that ran ahead, it begins only later."""
        return self.certificate.not_valid_before_utc <= now and moment <= self.certificate.not_valid_after_utc


def new_authority(names: Iterable[str], now: datetime) -> Authority:
    """For these names and addresses, and their networks; the first name that is one is in its own."""
    names = list(names)
    key = ec.generate_private_key(ec.SECP256R1())
    host = next((name for name in names if _address(name) is None and name != "localhost"), "box")
    # A part of its key: whoever trusts two boxes of one name, or an older authority of this one, can tell them apart.
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    name = _named(f"{OUR_NAME}authority {identifier.digest.hex()[:8]} of {host}")
    made = (
        _builder(name, name, key.public_key(), now)
        .not_valid_after(now + AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.NameConstraints(permitted_subtrees=_subtrees(names), excluded_subtrees=None),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return Authority(made, key)


def made_certificate(
    key: ec.EllipticCurvePrivateKey, authority: Authority, names: Iterable[str], now: datetime
) -> x509.Certificate:
    """For these names and addresses, all of which the authority must permit; never longer than that one's life."""
    names = list(names)
    host = next((name for name in names if _address(name) is None and name != "localhost"), "box")
    identifier = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _builder(_named(f"{OUR_NAME}{host}"), authority.certificate.subject, key.public_key(), now)
        .not_valid_after(min(now + LIFETIME, authority.certificate.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def is_named_like_ours(certificate: x509.Certificate) -> bool:
    """Whether its subject or its issuer is called as those that a box makes."""
    return any(f"CN={OUR_NAME}" in name.rfc4514_string() for name in (certificate.subject, certificate.issuer))


def general_name(name: str) -> x509.DNSName | x509.IPAddress:
    """As certificates have it."""
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(now - CLOCKS_RUN_LATE)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _subtrees(names: list[str]) -> list[x509.GeneralName]:
    """Both kinds of addresses must be there, for a kind that is not named is not bound; loopback's always are."""
    hosts = [x509.DNSName(name) for name in names if _address(name) is None]
    networks = dict.fromkeys(_network(address) for name in names if (address := _address(name)) is not None)
    return [*hosts, *map(x509.IPAddress, dict.fromkeys((*_LOOPBACK.values(), *networks)))]


def _network(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if address.is_loopback:
        return _LOOPBACK[address.version]
    return ipaddress.ip_network(f"{address}/{_NETWORK_BITS[address.version]}", strict=False)


def _constraints(certificate: x509.Certificate) -> x509.NameConstraints:
    return certificate.extensions.get_extension_for_class(x509.NameConstraints).value


def _is_within(name: x509.DNSName | x509.IPAddress, subtree: x509.GeneralName) -> bool:
    if isinstance(name, x509.IPAddress) and isinstance(subtree, x509.IPAddress):
        network = subtree.value
        is_network = isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
        return is_network and name.value in network  # type: ignore[operator]
    if isinstance(name, x509.DNSName) and isinstance(subtree, x509.DNSName):
        wanted, permitted = name.value.lower(), subtree.value.lower()
        return wanted == permitted or wanted.endswith(f".{permitted}")
    return False
