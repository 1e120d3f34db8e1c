"""A certificate from the office's authority: the request that is carried there, and what comes back.

The box keeps its key: who knows it by the key's pin notices nothing, and no private key travels.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID

from appliance.errors import ConfigurationError
from appliance.services.access.certificate import NO_CERTIFICATE, locked, look_at_own
from appliance.services.access.made_certificate import OUR_NAME, general_name, is_named_like_ours
from appliance.services.access.own_names import is_address
from appliance.storage.folder.data_folder import write_private

LONGEST_BYTES = 256 * 1024  # a chain has some kilobytes
_END = b"-----END CERTIFICATE-----"


def certificate_request(certificate: Path, key: Path, names: Iterable[str]) -> bytes:
    """A request (CSR, PEM) for these names, signed with the box's own key.

    Loopback is left out, for which no authority signs. Raises PermanentFailure where the key is damaged.
    """
    look_at_own(certificate, key)
    names = [name for name in names if not _is_loopback(name)]
    host = next((name for name in names if not is_address(name)), None) or next(iter(names), None)
    if host is None:
        raise ConfigurationError("this box has no name to ask a certificate for: set `names` in vbot.toml")
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]))
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
        .sign(_private_key(key), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def signed_chain(signed: bytes, key: Path, now: datetime) -> bytes:
    """What an authority sent back, as the api shows it: the box's certificate, then those that vouch for it.

    PEM in any order, or one certificate as DER. Raises ConfigurationError that says why it cannot be used.
    """
    found = _certificates(signed)
    public = _private_key(key).public_key()
    own = next((one for one in found if one.public_key() == public), None)
    if own is None:
        raise ConfigurationError("it is for another key: have the request signed that `vbot certificate request` wrote")
    if now < own.not_valid_before_utc or now >= own.not_valid_after_utc:
        valid = f"from {own.not_valid_before_utc:%Y-%m-%d} to {own.not_valid_after_utc:%Y-%m-%d}"
        raise ConfigurationError(f"it is valid {valid}, and not now: look at this machine's clock, or ask for another")
    if not _alternative_names(own):
        raise ConfigurationError("it names no host (subjectAltName), so no client takes it: ask for one with names")
    chain = _in_order(own, found)
    if any(is_named_like_ours(one) for one in chain):
        raise ConfigurationError(
            f"its subject or issuer begins with CN={OUR_NAME}, by which a box knows its own: ask for another name"
        )
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)


def install_certificate(certificate: Path, key: Path, signed: bytes, now: datetime) -> None:
    """Put what an authority sent back in the place of the box's own. Raises as `signed_chain` does."""
    with locked(certificate):
        write_private(certificate, signed_chain(signed, key, now))


def _in_order(own: x509.Certificate, found: list[x509.Certificate]) -> list[x509.Certificate]:
    """As TLS wants it: each is signed by the one behind it."""
    chain, rest = [own], [one for one in found if one != own]
    while (signer := next((one for one in rest if one.subject == chain[-1].issuer), None)) is not None:
        rest.remove(signer)
        chain.append(signer)
    return chain


def _certificates(signed: bytes) -> list[x509.Certificate]:
    try:
        if _END in signed:
            return x509.load_pem_x509_certificates(signed)
        return [x509.load_der_x509_certificate(signed)]
    except NO_CERTIFICATE as error:
        raise ConfigurationError("it holds no certificate, neither as PEM nor as DER") from error


def _private_key(key: Path) -> CertificateIssuerPrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(key.read_bytes(), None)  # type: ignore[return-value]
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"cannot use {key}: {error}") from error


def _alternative_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (is_address(name) and (name == "::1" or name.startswith("127.")))
