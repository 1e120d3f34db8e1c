"""`vbot worker`: which certificate it expects the api to show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.commands.worker import expected_fingerprint
from appliance.errors import ConfigurationError
from appliance.server.shown_certificate import ShownCertificate
from appliance.services.access.certificate import create_certificate, fingerprint
from appliance.settings import Settings, TlsFiles
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON


@pytest.fixture
def box(folder: DataFolder) -> ShownCertificate:
    """An api on a data folder, showing what was made at first boot."""
    folder.master_key.touch()
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    return ShownCertificate(folder.certificate, folder.certificate_key, {folder.shown_certificate: 0o600})


def settings(folder: DataFolder, **given: object) -> Settings:
    return Settings(**{"data_dir": folder.root, "models_dir": folder.root, **given})  # type: ignore[arg-type]


def test_on_the_appliance_itself_it_is_what_the_api_shows_now(folder: DataFolder, box: ShownCertificate) -> None:
    expected = expected_fingerprint(settings(folder))
    first = expected()
    assert first == fingerprint(folder.certificate)

    create_certificate(folder.certificate, folder.certificate_key, NOON)
    assert expected() == first  # nobody shows that yet
    box.read_again()
    assert expected() == fingerprint(folder.certificate) != first


def test_certificates_of_the_administrators_own_are_no_exception(folder: DataFolder, box: ShownCertificate) -> None:
    own = TlsFiles(folder.root / "not/even/readable.pem", folder.root / "not/even/readable.key")
    assert expected_fingerprint(settings(folder, tls=own))() == fingerprint(folder.certificate)


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
    assert expected_fingerprint(there)() == fingerprint(folder.certificate)


def test_an_api_that_has_not_published_yet_is_waited_for(tmp_path: Path) -> None:
    expected = expected_fingerprint(settings(DataFolder(tmp_path), api_certificate=tmp_path / "not yet"))
    with pytest.raises(ConfigurationError, match=r"cannot read .*not yet: No such file"):
        expected()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"api_fingerprint": "AA:BB", "api_url": "https://box:8443"}, "AA:BB"),
        ({"api_url": "https://box:8443"}, None),  # verified by its chain
        ({"tls": "off"}, None),
    ],
)
def test_elsewhere_it_is_what_was_given(tmp_path: Path, given: dict[str, str], expected: str | None) -> None:
    assert expected_fingerprint(settings(DataFolder(tmp_path), **given))() == expected


def test_a_folder_that_was_never_set_up_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not set up: run `vbot init` first"):
        expected_fingerprint(settings(DataFolder(tmp_path)))
