"""`vbot worker`: which certificate it expects the api to show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.commands.worker import expected_identity
from appliance.errors import ConfigurationError
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.certificate import create_certificate, read_certificate, renew_certificate
from appliance.settings import Settings, TlsFiles
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON

A_PIN = f"sha256//{'q83v' * 10}q80="


@pytest.fixture
def box(folder: DataFolder) -> ShownCertificate:
    """An api on a data folder, showing what was made at first boot."""
    folder.master_key.touch()
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    return ShownCertificate(folder.certificate, folder.certificate_key, {folder.shown_certificate: 0o600})


def pin(folder: DataFolder) -> str:
    return read_certificate(folder.certificate).public_key_pin


def settings(folder: DataFolder, **given: object) -> Settings:
    return Settings(**{"data_dir": folder.root, "models_dir": folder.root, **given})  # type: ignore[arg-type]


def test_on_the_appliance_itself_it_is_what_the_api_shows_now(folder: DataFolder, box: ShownCertificate) -> None:
    expected = expected_identity(settings(folder))
    first = expected()
    assert first == pin(folder)

    renew_certificate(folder.certificate, folder.certificate_key, NOON)
    box.read_again()
    assert expected() == first  # the key is the same

    create_certificate(folder.certificate, folder.certificate_key, NOON)
    assert expected() == first  # nobody shows that yet
    box.read_again()
    assert expected() == pin(folder) != first


def test_certificates_of_the_administrators_own_are_no_exception(folder: DataFolder, box: ShownCertificate) -> None:
    own = TlsFiles(folder.root / "not/even/readable.pem", folder.root / "not/even/readable.key")
    assert expected_identity(settings(folder, tls=own))() == pin(folder)


def test_a_worker_of_another_user_reads_what_the_api_publishes(folder: DataFolder, tmp_path: Path) -> None:
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    published = tmp_path / "certificate.pem"
    before = os.umask(0o077)
    try:
        ShownCertificate(folder.certificate, folder.certificate_key, {published: 0o644})
    finally:
        os.umask(before)

    assert published.stat().st_mode & 0o777 == 0o644
    assert b"PRIVATE KEY" not in published.read_bytes()
    there = settings(DataFolder(tmp_path / "elsewhere"), api_certificate=published)
    assert expected_identity(there)() == pin(folder)


def test_an_api_that_has_not_published_yet_is_waited_for(tmp_path: Path) -> None:
    expected = expected_identity(settings(DataFolder(tmp_path), api_certificate=tmp_path / "not yet"))
    with pytest.raises(ConfigurationError, match=r"cannot read .*not yet: No such file"):
        expected()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"api_fingerprint": ":".join(["AB"] * 32), "api_url": "https://box:8443"}, "ab" * 32),
        ({"api_fingerprint": f" {A_PIN}", "api_url": "https://box:8443"}, A_PIN),
        ({"api_url": "https://box:8443"}, None),  # verified by its chain
        ({"tls": "off"}, None),
    ],
)
def test_elsewhere_it_is_what_was_given(tmp_path: Path, given: dict[str, str], expected: str | None) -> None:
    assert expected_identity(settings(DataFolder(tmp_path), **given))() == expected


@pytest.mark.parametrize("given", ["AA:BB", "sha256//", "sha256//AAAA", "sha256//?", "sha1//AAAA", "AB" * 33])
def test_what_names_no_key_and_no_certificate_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigurationError, match="must be the pin of the api's key"):
        expected_identity(settings(DataFolder(tmp_path), api_fingerprint=given))


def test_a_folder_that_was_never_set_up_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not set up: run `vbot init` first"):
        expected_identity(settings(DataFolder(tmp_path)))
