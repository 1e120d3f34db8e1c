"""The api's own certificate: accepted by clients, pinned by its fingerprint, and faults named by file."""

from __future__ import annotations

import base64
import ipaddress
import shutil
import socket
import ssl
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.errors import ConfigurationError
from appliance.server import shown_certificate
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.certificate import (
    create_certificate,
    fingerprint,
    look_at_own,
    read_certificate,
    renew_certificate,
    server_context,
)
from tests.appliance.builders import NOON


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, NOON)
    return certificate, key


@pytest.fixture
def parsed(pair: tuple[Path, Path]) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair[0].read_bytes())


def test_it_names_this_machine_in_every_way_in_which_it_is_called(parsed: x509.Certificate) -> None:
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", socket.gethostname()} <= set(names.get_values_for_type(x509.DNSName))
    addresses = set(names.get_values_for_type(x509.IPAddress))
    assert {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")} <= addresses


def test_it_holds_for_ten_years_also_where_clocks_run_late(parsed: x509.Certificate) -> None:
    assert parsed.not_valid_before_utc <= NOON - timedelta(hours=23)
    assert parsed.not_valid_after_utc >= NOON + timedelta(days=3649)


def test_it_can_identify_a_server_and_sign_no_other_certificate(parsed: x509.Certificate) -> None:
    usage = parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    key_usage = parsed.extensions.get_extension_for_class(x509.KeyUsage)
    assert key_usage.critical
    assert key_usage.value.digital_signature
    assert not key_usage.value.key_cert_sign


class Handshakes:
    """A server with one certificate, for any number of clients."""

    def __init__(self, certificate: Path, key: Path, requests: int) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate, key)
        self._requests = requests
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Handshakes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(60)
        self._listener.close()

    def _serve(self) -> None:
        for _ in range(self._requests):
            accepted, _address = self._listener.accept()
            accepted.settimeout(60)
            try:
                with self._context.wrap_socket(accepted, server_side=True) as connection:
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")
                    connection.unwrap()
            except OSError:
                accepted.close()


def handshake(port: int, trusting: ssl.SSLContext, name: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", port), 60) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as connection,
    ):
        connection.sendall(b"x")
        connection.recv(1000)


@pytest.mark.parametrize("name", ["www.mybank.example", "127.0.0.1"])
def test_whoever_trusts_it_trusts_its_key_for_no_other_site(pair: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    """What the box's key could be made to sign, once it was stolen."""
    create_certificate(*pair, datetime.now(UTC))
    own = x509.load_pem_x509_certificate(pair[0].read_bytes())
    signing = serialization.load_pem_private_key(pair[1].read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(own.subject)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(own.not_valid_before_utc)
        .not_valid_after(own.not_valid_after_utc)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("www.mybank.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(signing, hashes.SHA256())
    )
    chain, chain_key = tmp_path / "forged.pem", tmp_path / "forged.key"
    chain.write_bytes(forged.public_bytes(serialization.Encoding.PEM) + pair[0].read_bytes())
    chain_key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the most lenient of those who look at all

    with Handshakes(chain, chain_key, 1) as server, pytest.raises(ssl.SSLCertVerificationError):
        handshake(server.port, trusting, name)


@pytest.mark.parametrize("flags", [0, ssl.VERIFY_X509_STRICT, ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN])
def test_python_takes_a_copy_of_it_also_where_it_is_strict(pair: tuple[Path, Path], flags: int) -> None:
    create_certificate(*pair, datetime.now(UTC))
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.verify_flags = ssl.VerifyFlags(flags)
    trusting.load_verify_locations(pair[0])
    with Handshakes(*pair, 1) as server:
        handshake(server.port, trusting, "127.0.0.1")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_takes_a_copy_of_it_and_the_pin_of_its_key(pair: tuple[Path, Path]) -> None:
    create_certificate(*pair, datetime.now(UTC))
    pin = read_certificate(pair[0]).public_key_pin
    wrong = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    asked = (["--cacert", str(pair[0])], ["--insecure", "--pinnedpubkey", pin], ["--insecure", "--pinnedpubkey", wrong])
    with Handshakes(*pair, len(asked)) as server:
        command = ["curl", "--silent", "--noproxy", "*", f"https://127.0.0.1:{server.port}/"]
        codes = [subprocess.run([*command, *how], timeout=60, check=False).returncode for how in asked]
    assert codes == [0, 0, 90]  # CURLE_SSL_PINNEDPUBKEYNOTMATCH


def test_a_renewal_keeps_the_key_and_so_its_pin(pair: tuple[Path, Path]) -> None:
    before, key = read_certificate(pair[0]), pair[1].read_bytes()
    renew_certificate(*pair, NOON + timedelta(days=3000))
    after = read_certificate(pair[0])
    assert pair[1].read_bytes() == key
    assert after.public_key_pin == before.public_key_pin
    assert after.fingerprint_sha256 != before.fingerprint_sha256
    assert after.not_after == before.not_after + timedelta(days=3000)
    server_context(*pair)


def as_an_older_vbot_made_it(certificate: Path, key: Path) -> None:
    """Put an authority's certificate beside the key that is there."""
    signing = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vBot office")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signing.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(signing, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def test_one_of_an_older_vbot_works_on_and_is_known_as_an_authority_s_until_it_is_renewed(
    pair: tuple[Path, Path],
) -> None:
    as_an_older_vbot_made_it(*pair)
    before = look_at_own(*pair)
    renew_certificate(*pair, NOON)
    after = look_at_own(*pair)
    assert (before.may_sign_others, after.may_sign_others) == (True, False)
    assert after.public_key_pin == before.public_key_pin


def test_each_one_is_another(pair: tuple[Path, Path], tmp_path: Path) -> None:
    create_certificate(tmp_path / "other.pem", tmp_path / "other.key", NOON)
    assert fingerprint(tmp_path / "other.pem") != fingerprint(pair[0])
    assert (tmp_path / "other.key").read_bytes() != pair[1].read_bytes()


def test_both_files_are_private(pair: tuple[Path, Path]) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in pair} == {0o600}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_fingerprint_is_the_one_that_openssl_shows(pair: tuple[Path, Path]) -> None:
    shown = subprocess.run(
        ["openssl", "x509", "-in", pair[0], "-noout", "-fingerprint", "-sha256"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip().partition("=")[2] == fingerprint(pair[0])


def test_the_fingerprint_is_that_of_the_first_certificate_in_the_file(pair: tuple[Path, Path], tmp_path: Path) -> None:
    create_certificate(tmp_path / "other.pem", tmp_path / "other.key", NOON)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"Subject: CN=leaf\n" + pair[0].read_bytes() + (tmp_path / "other.pem").read_bytes())
    assert fingerprint(chain) == fingerprint(pair[0])


def test_a_client_that_trusts_it_can_connect_by_name_and_by_address(pair: tuple[Path, Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                accepted, _address = listener.accept()
                with server_context(*pair).wrap_socket(accepted, server_side=True) as connection:
                    connection.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        trusting = ssl.create_default_context(cafile=str(pair[0]))
        for name in ("localhost", "127.0.0.1"):
            with (
                socket.create_connection(listener.getsockname()) as plain,
                trusting.wrap_socket(plain, server_hostname=name) as connection,
            ):
                assert connection.version() in ("TLSv1.2", "TLSv1.3")
                connection.sendall(b"x")
        thread.join(5)


def test_older_protocols_than_tls_1_2_are_refused(pair: tuple[Path, Path]) -> None:
    assert server_context(*pair).minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_file_is_named(pair: tuple[Path, Path], missing: int) -> None:
    pair[missing].unlink()
    with pytest.raises(ConfigurationError, match=f"there is no {pair[missing]}"):
        server_context(*pair)


@pytest.mark.parametrize("broken", [0, 1])
def test_a_file_that_holds_something_else_is_named(pair: tuple[Path, Path], broken: int) -> None:
    pair[broken].write_text("a letter to my aunt")
    with pytest.raises(ConfigurationError, match=r"cannot use .* with "):
        server_context(*pair)


def test_a_key_of_another_certificate_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    create_certificate(tmp_path / "other.pem", tmp_path / "other.key", NOON)
    with pytest.raises(ConfigurationError, match="cannot use"):
        server_context(pair[0], tmp_path / "other.key")


def test_a_flipped_bit_in_the_private_key_is_found_before_a_client_meets_it(pair: tuple[Path, Path]) -> None:
    """OpenSSL loads it: the public key, which it compares, lies beside the private one."""
    certificate, key = pair
    head, body, foot = (
        key.read_text().partition("\n")[0],
        key.read_text().splitlines()[1:-1],
        "-----END PRIVATE KEY-----\n",
    )
    der = bytearray(base64.b64decode("".join(body)))
    der[der.index(b"\x04\x20") + 12] ^= 1  # within the number that is the private key
    key.write_text(f"{head}\n{base64.b64encode(bytes(der)).decode()}\n{foot}\n")
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)

    with pytest.raises(ConfigurationError, match=r"certificate\.pem with .*key\.pem: the key signs wrongly"):
        server_context(certificate, key)


def test_what_is_no_certificate_has_no_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        fingerprint(tmp_path / "nowhere.pem")
    path = tmp_path / "letter.pem"
    for content in (b"a letter", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"):
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match="holds no certificate"):
            fingerprint(path)


def test_a_pair_that_is_refused_leaves_all_as_it_was(pair: tuple[Path, Path], tmp_path: Path) -> None:
    published = tmp_path / "published.pem"
    shown = ShownCertificate(*pair, {published: 0o644})
    context, pem = shown.context, published.read_bytes()
    create_certificate(tmp_path / "other.pem", pair[1], NOON)

    with pytest.raises(ConfigurationError, match="cannot use"):
        shown.read_again()

    assert shown.context is context
    assert published.read_bytes() == pem


def test_a_pair_that_is_replaced_while_it_is_read_is_refused(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ShownCertificate(*pair, {})

    def slow(certificate: Path, key: Path) -> ssl.SSLContext:
        context = server_context(certificate, key)
        create_certificate(certificate, key, NOON)
        return context

    monkeypatch.setattr(shown_certificate, "server_context", slow)
    with pytest.raises(ConfigurationError, match="changed while they were read"):
        shown.read_again()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_key_under_a_password_is_refused_and_not_asked_for(pair: tuple[Path, Path]) -> None:
    locked = subprocess.run(
        ["openssl", "pkey", "-in", pair[1], "-aes256", "-passout", "pass:secret"], capture_output=True, check=True
    )
    pair[1].write_bytes(locked.stdout)
    with pytest.raises(ConfigurationError, match="the key is under a password"):
        server_context(*pair)


def test_what_it_says_of_itself_can_be_read(pair: tuple[Path, Path], parsed: x509.Certificate) -> None:
    seen = ShownCertificate(*pair, {}).certificate

    assert seen.fingerprint_sha256 == fingerprint(pair[0])
    assert seen.not_after == parsed.not_valid_after_utc
    assert {"localhost", "127.0.0.1", "::1"} <= set(seen.subject_alternative_names)
    assert seen.days_left(seen.not_after - timedelta(days=2, hours=5)) == 2
    assert seen.days_left(seen.not_after + timedelta(hours=1)) == -1


def test_one_without_alternative_names_has_none(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old.lan")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate, key_file = tmp_path / "old.pem", tmp_path / "old.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

    assert ShownCertificate(certificate, key_file, {}).certificate.subject_alternative_names == ()
