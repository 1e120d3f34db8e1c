"""The certificate authority of an office, as the administrator of its domain has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance.services.access.made_certificate import general_name


class OfficeAuthority:
    """A root and what it issues by; signs what a request asks for."""

    def __init__(self) -> None:
        self._key, self._issuing_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = self._signed("Example Ltd Root", "Example Ltd Root", self._key, self._key.public_key(), ca=True)
        self.issuing = self._signed(
            "Example Ltd Root", "Example Ltd Issuing", self._key, self._issuing_key.public_key(), ca=True
        )

    @property
    def root_pem(self) -> str:
        return pem(self.root).decode()

    def sign(self, request: bytes, *, names: bool = True, days: int = 90, begins: datetime | None = None) -> bytes:
        """The certificate and the one that vouches for it, in the order in which some offices send them: wrong."""
        asked = x509.load_pem_x509_csr(request)
        assert asked.is_signature_valid
        begins = begins or datetime.now(UTC) - timedelta(hours=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(asked.subject)
            .issuer_name(self.issuing.subject)
            .public_key(asked.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=days))
            .add_extension(_identifier_of_issuer(self._issuing_key.public_key()), critical=False)
        )
        if names:
            wanted = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            builder = builder.add_extension(wanted, critical=False)
        return pem(self.issuing) + pem(builder.sign(self._issuing_key, hashes.SHA256()))

    @staticmethod
    def _signed(
        issuer: str, subject: str, key: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey, *, ca: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return (
            x509.CertificateBuilder()
            .subject_name(_named(subject))
            .issuer_name(_named(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(_identifier_of_issuer(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def own_pair(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate with its key, as an administrator brings one."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_named("own"))
        .issuer_name(_named("own"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "own.pem", folder / "own.key"
    files[0].write_bytes(pem(made))
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return files


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _identifier_of_issuer(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)
