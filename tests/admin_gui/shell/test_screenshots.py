"""`vbot-admin --screenshots`: a picture of every page, or one line that says why not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from admin_gui.pages.registry import pictures as all_pictures
from tests.admin_gui.conftest import TlsAppliance
from tests.support.appliance import free_port
from tests.support.recordings import silence

VBOT_ADMIN = Path(sys.executable).with_name("vbot-admin")


def shoot(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VBOT_ADMIN, "--screenshots", folder / "pictures", *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*.debug=false;qt.qpa.*=false"},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )


@pytest.fixture
def token_file(tmp_path: Path, appliance: TlsAppliance) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{appliance.admin_token}\n")
    return file


def complaint(answer: subprocess.CompletedProcess[str]) -> str:
    """The one line that it says; Qt's remarks about its own screen in memory are not it."""
    (line,) = [one for one in answer.stderr.splitlines() if not one.startswith("This plugin does not support")]
    return line


@pytest.mark.slow
@pytest.mark.long
def test_there_is_a_picture_of_every_page(tmp_path: Path, appliance: TlsAppliance, token_file: Path) -> None:
    """Dark and twice as large; tests/packaging/test_bundle.py takes them light and in their own size."""
    appliance.final_call(appliance.accepted(appliance.new_customer()["api_key"], silence(0.5)))
    size = ("--theme", "dark", "--size", "1280x800", "--scale", "2")
    server = ("--server", appliance.url, "--token-file", token_file, "--fingerprint", appliance.fingerprint)
    answer = shoot(tmp_path, *server, *size)
    assert answer.returncode == 0, answer.stderr
    pictures = {file.stem: QImage(str(file)) for file in (tmp_path / "pictures").glob("*.png")}
    assert sorted(pictures) == sorted(one.name for one in all_pictures())
    for picture in pictures.values():
        assert (picture.width(), picture.height()) == (2560, 1600)
        assert picture.pixelColor(4, 4).lightness() < 60
    different = {bytes(picture.constBits()) for picture in pictures.values()}
    assert len(different) == len(pictures)


def test_an_appliance_that_is_not_there_is_one_line(tmp_path: Path, token_file: Path, appliance: TlsAppliance) -> None:
    address = f"https://127.0.0.1:{free_port()}"
    answer = shoot(tmp_path, "--server", address, "--token-file", token_file, "--fingerprint", appliance.fingerprint)
    assert answer.returncode == 1
    assert (
        complaint(answer) == f"vbot-admin: {address.removeprefix('https://')} cannot be reached: nothing listens there."
    )
    assert not list((tmp_path / "pictures").glob("*.png"))


def test_another_certificate_is_one_line(tmp_path: Path, token_file: Path, appliance: TlsAppliance) -> None:
    answer = shoot(tmp_path, "--server", appliance.url, "--token-file", token_file, "--fingerprint", "ab" * 32)
    assert answer.returncode == 1
    assert "another certificate" in complaint(answer)


def test_a_wrong_token_is_one_line(tmp_path: Path, appliance: TlsAppliance) -> None:
    (tmp_path / "token").write_text("no-such-token-at-all")
    answer = shoot(
        tmp_path,
        "--server",
        appliance.url,
        "--token-file",
        tmp_path / "token",
        "--fingerprint",
        appliance.fingerprint,
    )
    assert answer.returncode == 1
    assert "token is not accepted" in complaint(answer)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--server", "https://127.0.0.1:1", "--token-file", "/no/such/file"), "cannot read /no/such/file"),
        (("--server", "https://127.0.0.1:1", "--token-file", "{token}"), "needs --fingerprint"),
        (("--server", "vbot.lan", "--token-file", "{token}", "--fingerprint", "ab" * 32), "an address begins with"),
        (("--server", "https://a", "--token-file", "{token}", "--fingerprint", "abc"), "64 hex digits"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_one_line(
    tmp_path: Path, token_file: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = shoot(tmp_path, *(one.replace("{token}", str(token_file)) for one in arguments))
    assert answer.returncode == 2
    assert words in complaint(answer)


def test_pictures_need_a_server(tmp_path: Path) -> None:
    answer = shoot(tmp_path)
    assert answer.returncode == 2
    assert "--screenshots needs --server" in answer.stderr
