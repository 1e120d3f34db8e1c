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
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.errors import ConfigurationError
from appliance.services.access import certificate as certificates
from appliance.services.access.certificate import ShownCertificate, create_certificate, fingerprint, server_context
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
    assert parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


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

    monkeypatch.setattr(certificates, "server_context", slow)
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
