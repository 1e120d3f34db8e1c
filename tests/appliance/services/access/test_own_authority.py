"""The box's own authority: real TLS clients keep it while the certificate changes, and it vouches for nobody else."""

from __future__ import annotations

import base64
import ipaddress
import shutil
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance.errors import PermanentFailure
from appliance.services.access.certificate import (
    authority_pem,
    complete_pair,
    create_certificate,
    is_made_by_us,
    look_at_own,
    own_authority,
    read_certificate,
    renew_certificate,
    renew_if_it_ends,
)
from tests.appliance.builders import NOON
from tests.appliance.services.access.test_certificate import Handshakes, as_an_older_vbot_made_it, handshake

NOW = datetime.now(UTC)
NAMES = ("localhost", "vbot.example.lan", "127.0.0.1", "::1", "192.168.7.9")
STRICT = ssl.VERIFY_X509_STRICT

# Put together here, so that this file holds no key.
BEGIN_OF_KEY, END_OF_KEY = (f"-----{edge} PRIVATE ".encode() + b"KEY-----\n" for edge in ("BEGIN", "END"))


class Pair:
    """Certificate and key of a box, as its data folder has them."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES, now: datetime = NOW) -> None:
        self.files = folder / "certificate.pem", folder / "key.pem"
        create_certificate(*self.files, now, names)

    @property
    def pin(self) -> str:
        return read_certificate(self.files[0]).public_key_pin

    @property
    def authority(self) -> str:
        found = authority_pem(self.files[0])
        assert found is not None
        return found

    def is_taken(self, trusting: ssl.SSLContext, name: str) -> bool:
        """Whether this client shakes hands with it, and takes this name."""
        with Handshakes(*self.files, 1) as server:
            try:
                handshake(server.port, trusting, name)
            except ssl.SSLCertVerificationError:
                return False
        return True


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def trusting(pem: str, flags: int = STRICT) -> ssl.SSLContext:
    """A client that trusts this and nothing else; without PARTIAL_CHAIN, as Python before 3.13 and old curls."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags = ssl.VerifyFlags(flags)
    context.load_verify_locations(cadata=pem)
    return context


@pytest.mark.parametrize("flags", [0, STRICT, STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN])
@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_keeps_the_authority_takes_every_name_of_the_box(pair: Pair, name: str, flags: int) -> None:
    assert pair.is_taken(trusting(pair.authority, flags), name)


def test_it_keeps_the_client_when_the_box_gets_another_address_of_its_network(pair: Pair) -> None:
    client, pin = trusting(pair.authority), pair.pin
    assert not pair.is_taken(client, "192.168.7.200")
    assert renew_certificate(*pair.files, NOW, (*NAMES, "192.168.7.200"))
    assert pair.is_taken(client, "192.168.7.200")
    assert pair.pin == pin


def test_one_that_was_made_by_a_clock_that_ran_ahead_is_made_anew_with_its_authority(tmp_path: Path) -> None:
    pair = Pair(tmp_path, now=NOW + timedelta(days=100))
    pin = pair.pin
    assert not pair.is_taken(trusting(pair.authority), NAMES[1])
    assert not renew_certificate(*pair.files, NOW, NAMES)
    assert pair.is_taken(trusting(pair.authority), NAMES[1])
    assert pair.pin == pin


@pytest.mark.parametrize("new", ["10.1.2.3", "crm.example.lan"])
def test_for_what_it_may_not_vouch_there_is_another_authority_and_the_pin_stays(pair: Pair, new: str) -> None:
    old, pin = pair.authority, pair.pin
    assert not renew_certificate(*pair.files, NOW, (*NAMES, new))
    assert not pair.is_taken(trusting(old), new)
    assert pair.is_taken(trusting(pair.authority), new)
    assert pair.pin == pin
    look_at_own(*pair.files)


def forged(pair: Pair, name: str, folder: Path) -> Pair:
    """What a thief of the authority's key signs for this name."""
    authority = own_authority(*pair.files)
    assert authority is not None
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        general: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        general = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "thief")]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([general]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    thief = Pair(folder)
    thief.files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM) + pair.authority.encode())
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    thief.files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return thief


@pytest.mark.parametrize("name", ["www.mybank.example", "example.lan", "10.0.0.1", "192.168.8.1", "2001:db8::7"])
def test_its_stolen_key_passes_for_no_other_site(pair: Pair, tmp_path: Path, name: str) -> None:
    (tmp_path / "thief").mkdir()
    thief = forged(pair, name, tmp_path / "thief")
    assert not thief.is_taken(trusting(pair.authority, 0), name)


def test_the_forger_of_these_tests_can_forge(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "thief").mkdir()
    thief = forged(pair, "vbot.example.lan", tmp_path / "thief")
    assert thief.is_taken(trusting(pair.authority, 0), "vbot.example.lan")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_keeps_authority_and_pin_across_a_renewal(pair: Pair, tmp_path: Path) -> None:
    kept = tmp_path / "authority.pem"
    kept.write_text(pair.authority)
    pin = pair.pin
    renew_certificate(*pair.files, NOW, NAMES)
    asked = (["--cacert", str(kept)], ["--insecure", "--pinnedpubkey", pin])
    with Handshakes(*pair.files, len(asked)) as server:
        command = ["curl", "--silent", "--noproxy", "*", f"https://127.0.0.1:{server.port}/"]
        codes = [subprocess.run([*command, *how], timeout=60, check=False).returncode for how in asked]
    assert codes == [0, 0]


def test_one_of_an_older_vbot_keeps_its_pin_and_gets_an_authority(pair: Pair) -> None:
    pair.files[1].write_bytes(b"".join(pair.files[1].read_bytes().partition(END_OF_KEY)[:2]))
    as_an_older_vbot_made_it(*pair.files)
    pin = pair.pin
    assert own_authority(*pair.files) is None
    assert pair.authority.count("BEGIN CERTIFICATE") == 1
    assert not renew_certificate(*pair.files, NOW, NAMES)
    assert pair.pin == pin
    assert pair.is_taken(trusting(pair.authority), "vbot.example.lan")


def test_cut_off_between_key_and_certificate_the_pair_works_and_the_next_renewal_mends_it(
    pair: Pair, tmp_path: Path
) -> None:
    certificate = pair.files[0].read_bytes()
    renew_certificate(*pair.files, NOW, (*NAMES, "10.1.2.3"))  # another authority, behind the same key
    pair.files[0].write_bytes(certificate)
    look_at_own(*pair.files)
    assert own_authority(*pair.files) is None
    renew_certificate(*pair.files, NOW, NAMES)
    assert pair.is_taken(trusting(pair.authority), "vbot.example.lan")


def test_a_flipped_bit_in_the_authority_is_found(pair: Pair) -> None:
    own, authority = x509.load_pem_x509_certificates(pair.files[0].read_bytes())
    der = bytearray(authority.public_bytes(serialization.Encoding.DER))
    der[-3] ^= 1
    damaged = ssl.DER_cert_to_PEM_cert(bytes(der)).encode()
    pair.files[0].write_bytes(own.public_bytes(serialization.Encoding.PEM) + damaged)
    with pytest.raises(PermanentFailure, match="is damaged"):
        look_at_own(*pair.files)


@pytest.mark.parametrize("damage", ["cut off", "letters", "gone"])
def test_damage_to_the_authoritys_key_is_found_before_it_is_needed(pair: Pair, damage: str) -> None:
    key, begin, authoritys = pair.files[1].read_bytes().rpartition(BEGIN_OF_KEY)
    spoilt = {"cut off": begin + authoritys[:60], "letters": begin + b"AAAA" + authoritys[4:], "gone": b""}
    pair.files[1].write_bytes(key + spoilt[damage])
    with pytest.raises(PermanentFailure, match="is damaged"):
        look_at_own(*pair.files)


def test_a_flipped_bit_in_the_authoritys_private_key_is_found(pair: Pair) -> None:
    key, begin, authoritys = pair.files[1].read_bytes().rpartition(BEGIN_OF_KEY)
    lines = authoritys.splitlines()
    der = bytearray(base64.b64decode(b"".join(lines[:-1])))
    der[der.index(b"\x04\x20") + 12] ^= 1  # within the number that is the private key
    pair.files[1].write_bytes(b"\n".join((key + begin + base64.b64encode(bytes(der)), lines[-1], b"")))
    with pytest.raises(PermanentFailure, match="is damaged"):
        look_at_own(*pair.files)


@pytest.mark.parametrize("damaged", [0, 1])
def test_a_flipped_bit_anywhere_is_told_or_changes_nothing(pair: Pair, damaged: int) -> None:
    """Whatever cryptography makes of it: some of its errors are no ValueError."""

    def content() -> list[bytes]:
        certificates = x509.load_pem_x509_certificates(pair.files[0].read_bytes())
        return [one.public_bytes(serialization.Encoding.DER) for one in certificates]

    whole, file = content(), pair.files[damaged]
    good = file.read_bytes()
    for at in range(0, len(good), 11):
        file.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
        try:
            look_at_own(*pair.files)
        except PermanentFailure:
            continue
        assert content() == whole


def test_it_is_made_anew_before_it_ends_and_not_earlier(tmp_path: Path) -> None:
    pair = Pair(tmp_path, now=NOON)
    ends, pin, kept = read_certificate(pair.files[0]).not_after, pair.pin, pair.authority
    assert not renew_if_it_ends(*pair.files, ends - timedelta(days=60), NAMES, 60)
    assert renew_if_it_ends(*pair.files, ends - timedelta(days=59), NAMES, 60)
    assert read_certificate(pair.files[0]).not_after > ends
    assert (pair.pin, pair.authority) == (pin, kept)


def test_one_that_a_clock_made_which_ran_ahead_is_made_anew_once_the_clock_is_set(tmp_path: Path) -> None:
    pair = Pair(tmp_path, now=NOON + timedelta(days=800))
    assert not renew_if_it_ends(*pair.files, NOON, NAMES, 60, clock_is_set=False)
    pin = pair.pin
    assert renew_if_it_ends(*pair.files, NOON, NAMES, 60)
    made = read_certificate(pair.files[0])
    assert made.not_before <= NOON < made.not_after
    assert pair.pin == pin
    assert not renew_if_it_ends(*pair.files, NOON, NAMES, 60)


def test_a_new_key_whose_certificate_was_cut_off_gets_one(tmp_path: Path, pair: Pair) -> None:
    (tmp_path / "other").mkdir()
    other = Pair(tmp_path / "other")
    pair.files[1].write_bytes(other.files[1].read_bytes())
    with pytest.raises(PermanentFailure):
        look_at_own(*pair.files)
    assert complete_pair(*pair.files, NOW, lambda: NAMES)
    look_at_own(*pair.files)
    assert pair.pin == other.pin
    assert set(NAMES) <= set(read_certificate(pair.files[0]).subject_alternative_names)
    assert not complete_pair(*pair.files, NOW, lambda: NAMES)


@pytest.mark.parametrize("damage", [lambda key: key[:-40], lambda key: b"", lambda key: key + b"more"])
def test_what_is_damaged_is_not_taken_for_one_that_was_cut_off(
    tmp_path: Path, pair: Pair, damage: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "other").mkdir()
    pair.files[1].write_bytes(damage(Pair(tmp_path / "other").files[1].read_bytes()))
    before = [file.read_bytes() for file in pair.files]
    assert not complete_pair(*pair.files, NOW, lambda: NAMES)
    assert [file.read_bytes() for file in pair.files] == before


def test_by_itself_it_takes_no_name_for_which_the_authority_may_not_vouch(tmp_path: Path) -> None:
    """Else whoever trusts that one would be cut off on a day on which nobody did anything."""
    pair = Pair(tmp_path, now=NOON)
    kept, ends = pair.authority, read_certificate(pair.files[0]).not_after
    assert renew_if_it_ends(*pair.files, ends, (*NAMES, "10.1.2.3"), 60)
    assert pair.authority == kept
    assert "10.1.2.3" not in read_certificate(pair.files[0]).subject_alternative_names


def test_one_from_elsewhere_is_never_made_anew_by_itself(pair: Pair) -> None:
    key = serialization.load_pem_private_key(pair.files[1].read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    office = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Ltd")])
    made = (
        x509.CertificateBuilder()
        .subject_name(office)
        .issuer_name(office)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pair.files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    assert not is_made_by_us(pair.files[0])
    assert authority_pem(pair.files[0]) is None
    assert not renew_if_it_ends(*pair.files, NOON, NAMES, 60)
