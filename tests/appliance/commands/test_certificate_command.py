"""`vbot certificate`: what it says, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance import cli
from appliance.services.access.certificate import create_certificate, read_certificate
from appliance.services.upkeep.first_boot import initialise
from appliance.storage.folder.data_folder import DataFolder


@pytest.fixture
def box(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A stopped appliance that was set up."""
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    initialise(folder, None, note=False)
    return folder


def run(*arguments: str) -> int:
    return cli.main(["certificate", *arguments])


def test_a_renewal_keeps_the_pin_and_says_who_must_know(box: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    before, key = read_certificate(box.certificate), box.certificate_key.read_bytes()
    assert run("renew") == 0
    after, told = read_certificate(box.certificate), capsys.readouterr().out
    assert box.certificate_key.read_bytes() == key
    assert after.public_key_pin == before.public_key_pin
    assert after.fingerprint_sha256 != before.fingerprint_sha256
    assert after.fingerprint_sha256 in told
    assert "need nothing: the key, and so its pin, is the same" in told
    assert "VBOT_API_FINGERPRINT" in told
    assert "from its next start on" in told


def test_a_new_key_has_another_pin(box: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_certificate(box.certificate)
    assert run("renew", "--new-key") == 0
    assert read_certificate(box.certificate).public_key_pin != before.public_key_pin
    assert "must be given the new pin" in capsys.readouterr().out


def test_a_damaged_key_is_named_and_nothing_is_changed(box: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    box.certificate_key.write_text("a letter")
    before = box.certificate.read_bytes()
    assert run("renew") != 0
    assert box.certificate.read_bytes() == before
    assert "is damaged" in capsys.readouterr().err


def test_the_administrators_own_is_left_to_him(
    box: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.pem"
    create_certificate(own, tmp_path / "own.key", datetime.now(UTC))
    monkeypatch.setenv("VBOT_TLS", f"{own},{tmp_path / 'own.key'}")
    before = own.read_bytes(), box.certificate.read_bytes()
    assert run("renew") == 1
    assert "is your own: renew it where it came from" in capsys.readouterr().err
    assert (own.read_bytes(), box.certificate.read_bytes()) == before
    assert run("show") == 0
    assert read_certificate(own).public_key_pin in capsys.readouterr().out


def test_what_a_pbx_sends_can_be_read_again(box: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show") == 0
    pin = read_certificate(box.certificate).public_key_pin
    assert f"--pinnedpubkey '{pin}'" in capsys.readouterr().out


def test_without_tls_there_is_none(
    box: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VBOT_TLS", "off")
    assert run("renew") == 1
    assert "no certificate is shown: VBOT_TLS is off" in capsys.readouterr().err
