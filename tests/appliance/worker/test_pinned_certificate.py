"""A worker on another machine knows the box by its key, through every renewal, and nothing else for it."""

from __future__ import annotations

import base64
import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from appliance.errors import ConfigurationError
from appliance.services.access.certificate import create_certificate, read_certificate, renew_certificate
from appliance.worker.pinned_certificate import PinnedCertificate, key_fingerprint

NOW = datetime(2026, 11, 27, tzinfo=UTC)


class Made:
    """A box's certificate."""

    def __init__(self, folder: Path) -> None:
        self.files = (folder / "certificate.pem", folder / "key.pem")
        create_certificate(*self.files, NOW, ["box"])

    @property
    def shown(self) -> bytes:
        return self._certificate.public_bytes(serialization.Encoding.DER)

    @property
    def of_key(self) -> str:
        return key_fingerprint(self._certificate)

    @property
    def of_certificate(self) -> str:
        return hashlib.sha256(self.shown).hexdigest()

    def renew(self) -> None:
        renew_certificate(*self.files, NOW, ["box", "box.lan"])

    @property
    def _certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificates(self.files[0].read_bytes())[0]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "box")


def test_the_key_is_the_same_after_a_renewal_and_is_what_certificate_show_prints(made: Made) -> None:
    before = made.of_certificate
    pins = [made.of_key, made.of_key.upper(), read_certificate(made.files[0]).public_key_pin]
    made.renew()
    assert made.of_certificate != before
    for pin in pins:
        PinnedCertificate(pin).check(made.shown)
    assert base64.b64decode(pins[-1].removeprefix("sha256//")).hex() == made.of_key


def test_who_was_told_the_certificate_knows_its_renewal_while_it_runs_and_not_in_its_next_life(made: Made) -> None:
    told = ":".join(made.of_certificate[at : at + 2] for at in range(0, 64, 2))
    pinned = PinnedCertificate(told)
    pinned.check(made.shown)
    made.renew()
    pinned.check(made.shown)
    with pytest.raises(ssl.SSLError, match=made.of_key):
        PinnedCertificate(told).check(made.shown)


def test_another_box_of_the_same_name_is_not_the_box(made: Made, tmp_path: Path) -> None:
    other = Made(tmp_path / "other")
    for pin in (made.of_key, made.of_certificate):
        pinned = PinnedCertificate(pin)
        with pytest.raises(ssl.SSLError, match=other.of_key):
            pinned.check(other.shown)
        pinned.check(made.shown)  # what was refused taught it nothing
        with pytest.raises(ssl.SSLError):
            pinned.check(other.shown)
    with pytest.raises(ssl.SSLError):
        PinnedCertificate(made.of_key).check(None)


@pytest.mark.parametrize("wrong", ["", "abc", "sha256//", "sha256//!!", "sha256//YWJj", "g" * 64, "a" * 63, "a" * 65])
def test_a_fingerprint_that_is_none_is_told_in_one_line(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="64 hexadecimal digits"):
        PinnedCertificate(wrong)
