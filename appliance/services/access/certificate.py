"""The api's own certificate: made at first boot, trusted by its fingerprint."""

from __future__ import annotations

import base64
import logging
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.domain.system import Certificate
from appliance.errors import ConfigurationError, PermanentFailure
from appliance.services.access.made_certificate import made_certificate
from appliance.storage.folder.data_folder import write_private, write_whole
from appliance.storage.folder.keys import RESTORE_SECRETS

logger = logging.getLogger(__name__)

OUR_NAME = "CN=vBot "
# So many times both sides of a handshake speak at most.
_FLIGHTS = 4


def create_certificate(certificate: Path, key: Path, now: datetime) -> None:
    """Make an EC P-256 key and a self-signed certificate for this machine's names and addresses."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    made = made_certificate(private_key, now)
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key, pem)
    write_private(certificate, made.public_bytes(serialization.Encoding.PEM))


def renew_certificate(certificate: Path, key: Path, now: datetime) -> None:
    """Make a certificate for the names that this machine has now, and keep the key: pins of it stay valid.

    Raises ConfigurationError where the key is none of ours, and PermanentFailure where it is damaged; then nothing
    is changed.
    """
    look_at_own(certificate, key)
    private_key = serialization.load_pem_private_key(_content(key), password=None)
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"{key} is none that vBot made: renew its certificate where it came from")
    write_private(certificate, made_certificate(private_key, now).public_bytes(serialization.Encoding.PEM))


def fingerprint(certificate: Path) -> str:
    """The SHA-256 of the certificate (DER), as colon-separated hex. Raises ConfigurationError."""
    return read_certificate(certificate).fingerprint_sha256


def read_certificate(certificate: Path) -> Certificate:
    """What the file's first certificate says of itself. Raises ConfigurationError."""
    try:
        return _seen(_first_certificate(certificate))
    except ValueError as error:
        raise ConfigurationError(f"{certificate} holds no certificate: {error}") from error


def _seen(pem: str) -> Certificate:
    found = x509.load_pem_x509_certificate(pem.encode())
    digest = found.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(
        fingerprint_sha256=":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
        public_key_pin=_pin_of(found),
        not_after=found.not_valid_after_utc,
        subject_alternative_names=_names_of(found),
        may_sign_others=_may_sign_others(found),
    )


def _pin_of(certificate: x509.Certificate) -> str:
    public_key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public_key)
    return f"sha256//{base64.b64encode(digest.finalize()).decode()}"


def _may_sign_others(certificate: x509.Certificate) -> bool:
    if OUR_NAME not in certificate.subject.rfc4514_string():
        return False  # somebody's own: we cannot make it anew
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in names)


def look_at(certificate: Path, key: Path) -> Certificate:
    """The certificate, seen to be one and to belong to its key. Raises ConfigurationError naming the file at fault."""
    server_context(certificate, key)
    return read_certificate(certificate)


def look_at_own(certificate: Path, key: Path) -> Certificate:
    """The one that we made ourselves, seen to be as we signed it. Raises PermanentFailure with the way out."""
    try:
        seen = look_at(certificate, key)
        made = x509.load_pem_x509_certificate(_first_certificate(certificate).encode())
        if OUR_NAME in made.subject.rfc4514_string() + made.issuer.rfc4514_string():  # else somebody's own is there
            made.verify_directly_issued_by(made)
    except (ConfigurationError, InvalidSignature, ValueError, TypeError) as error:
        reason = str(error) or "its signature is not ours"
        raise PermanentFailure(f"{certificate} or its key is damaged ({reason}): {RESTORE_SECRETS}") from error
    return seen


class ShownCertificate:
    """What the api identifies itself with. It is read again while connections are open: those keep what they have."""

    def __init__(self, certificate: Path, key: Path, published: Mapping[Path, int]) -> None:
        """`published` are the files, with their modes, from which workers learn what is shown.

        Raises ConfigurationError naming the file at fault.
        """
        self._certificate = certificate
        self._key = key
        self._published = published
        self.context, self.certificate = self._read()

    def read_again(self) -> None:
        """Take what the files hold now. Raises ConfigurationError; then everything stays as it was."""
        self.context, self.certificate = self._read()

    def _read(self) -> tuple[ssl.SSLContext, Certificate]:
        try:
            before = self._written()
            context = server_context(self._certificate, self._key)
            pem = _first_certificate(self._certificate)
            seen = _seen(pem)
            if self._written() != before:
                raise ConfigurationError(f"{self._certificate} or {self._key} was changed while they were read")
            for path, mode in self._published.items():
                write_whole(path, pem.encode() + b"\n", mode=mode)
        except ValueError as error:
            raise ConfigurationError(f"{self._certificate} holds no certificate: {error}") from error
        except OSError as error:
            raise ConfigurationError(f"cannot use {error.filename}: {error.strerror}") from error
        logger.info("the certificate that is shown has the SHA-256 %s", seen.fingerprint_sha256)
        return context, seen

    def _written(self) -> list[tuple[int, int]]:
        files = [path.stat() for path in (self._certificate, self._key) if path.exists()]
        return [(file.st_ino, file.st_mtime_ns) for file in files]


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS context of the api. Raises ConfigurationError naming the file at fault."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (certificate, key):
        if not path.is_file():
            raise ConfigurationError(f"there is no {path}: VBOT_TLS must name a certificate and its key")
    try:
        # A key under a password would have OpenSSL ask for it on the terminal, and wait.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        locked = "; the key is under a password" if b"ENCRYPTED" in _content(key) else ""
        raise ConfigurationError(f"cannot use {certificate} with {key}: {error}{locked}") from error
    try:
        _shake_hands_with_itself(context)
    except ssl.SSLError as error:
        raise ConfigurationError(f"cannot use {certificate} with {key}: the key signs wrongly ({error})") from error
    return context


def _shake_hands_with_itself(server: ssl.SSLContext) -> None:
    """As the first client would. OpenSSL compares public keys alone; a flipped bit in the private one shows here."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        anybody.wrap_bio(to_client, to_server, server_side=False),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(_FLIGHTS):
        for side in list(sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            sides.remove(side)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _first_certificate(path: Path) -> str:
    """The PEM block of the certificate itself, without its chain. Raises ConfigurationError, or ValueError."""
    try:
        pem = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    end = "-----END CERTIFICATE-----"
    start = pem.find("-----BEGIN CERTIFICATE-----")
    if start < 0 or end not in pem:
        raise ValueError("no PEM block")
    return pem[start : pem.index(end) + len(end)]
