"""`vbot worker`: which certificate it expects the api to show, and which box it joins."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from appliance.commands import worker
from appliance.commands.worker import box_to_join, expected_identity, joining
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


# -- another machine's box -------------------------------------------------------------------------------------------


def told(*arguments: str) -> argparse.Namespace:
    """What was typed behind `vbot worker`."""
    parser = argparse.ArgumentParser()
    worker.add_parser(parser.add_subparsers())
    return parser.parse_args(["worker", *arguments])


def test_the_command_line_and_the_settings_say_the_same_of_a_box(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("vbt_secret\n")
    typed = told("--join", "https://box:8443/", "--token-file", str(tmp_path / "token"), "--fingerprint", "ab" * 32)
    given = {"api_url": "https://box:8443", "join_token_file": tmp_path / "token", "api_fingerprint": A_PIN}
    for chosen in (joining(typed, settings(folder)), settings(folder, **given)):
        box = box_to_join(chosen)
        assert box is not None
        assert (box.url, box.host, box.port) == ("https://box:8443", "box", 8443)
        assert box.identity is not None
        assert box.credentials() == {"Authorization": "Bearer vbt_secret"}
    (tmp_path / "token").write_text("vbt_another")
    assert box.token() == "vbt_another", "it is read anew"
    assert box_to_join(joining(told(), settings(folder))) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--token-file", "/t"], "are for --join URL"),
        (["--join", "https://box"], "--join needs --token-file"),
        (["--join", "http://box", "--token-file", "/t"], "must be https://HOST:PORT"),
        (["--join", "https://u@box", "--token-file", "/t"], "must be https://HOST:PORT"),
        (["--join", "https://box/x", "--token-file", "/t"], "must be https://HOST:PORT"),
        (["--join", "https://box", "--token-file", "/t", "--fingerprint", "abc"], "must be the pin of the api's key"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_one_line(folder: DataFolder, arguments: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        box_to_join(joining(told(*arguments), settings(folder)))


def test_a_token_without_a_box_and_a_file_without_a_token_are_told(folder: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="VBOT_JOIN_TOKEN_FILE needs VBOT_API_URL"):
        box_to_join(settings(folder, join_token_file=tmp_path / "token"))
    box = box_to_join(settings(folder, join_token_file=tmp_path / "token", api_url="https://box"))
    assert box is not None
    with pytest.raises(ConfigurationError, match="cannot read the joining token: No such file"):
        box.token()
    for text in ("", "two words", "a\nb"):
        (tmp_path / "token").write_text(text)
        with pytest.raises(ConfigurationError, match="holds no joining token"):
            box.token()
