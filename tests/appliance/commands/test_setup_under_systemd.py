"""`vbot setup` where systemd runs the appliance: what it does not start with is taken back."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path

import pytest

from appliance import cli
from appliance.services.access.certificate import create_certificate
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON
from tests.appliance.services.access.test_certificate import Handshakes
from tests.support.appliance import free_port

pytestmark = pytest.mark.slow  # systemctl and the look at the files are processes


@pytest.fixture
def installed(folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A box with units, none of which runs; its systemctl starts nothing, and says what the file `result` says."""
    folder.create()
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    folder.master_key.touch(mode=0o600)
    programs = tmp_path / "bin"
    programs.mkdir()
    systemctl = programs / "systemctl"
    systemctl.write_text(
        f"""#!{sys.executable}
import pathlib, sys
here = pathlib.Path({str(tmp_path)!r})
with (here / "asked").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "show":
    print("LoadState=loaded")
elif "9443" in (here / "vbot.toml").read_text():
    sys.exit("Job for vbot-api.service failed.")
"""
    )
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    monkeypatch.delenv("VBOT_LISTEN", raising=False)
    return folder


def test_settings_with_which_it_does_not_start_are_taken_back(
    installed: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, answers = tmp_path / "vbot.toml", tmp_path / "answers.toml"
    answers.write_text('listen = "127.0.0.1:9443"\n')
    with Handshakes(installed.certificate, installed.certificate_key, 1) as server:  # for the look whether it is back
        before = f'# ours\nlisten = "127.0.0.1:{server.port}"\n'
        config.write_text(before)
        assert cli.main(["--config", str(config), "setup", "--answers", str(answers)]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("vbot: nothing was changed: with the new settings vbot-api.service does not start (Job ")
    assert said.err.count("\n") == 1
    assert "the settings of before are back" in said.out
    assert config.read_text() == before
    restarts = [line for line in (tmp_path / "asked").read_text().splitlines() if line.startswith("restart")]
    assert restarts == ["restart vbot.target vbot-api.service"] * 2


def test_a_port_that_another_program_has_is_refused_before_anything_is_written(
    installed: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, answers = tmp_path / "vbot.toml", tmp_path / "answers.toml"
    config.write_text(f'listen = "127.0.0.1:{free_port()}"\n')
    before = config.read_bytes()
    with Handshakes(installed.certificate, installed.certificate_key, 1) as other:
        answers.write_text(f'listen = "127.0.0.1:{other.port}"\n')
        assert cli.main(["--config", str(config), "setup", "--answers", str(answers)]) == 1
        ssl.get_server_certificate(("127.0.0.1", other.port), timeout=60)
    assert "is in use by another program" in capsys.readouterr().err
    assert config.read_bytes() == before


@pytest.mark.parametrize("edited", [True, False], ids=["after its start", "before"])
def test_settings_that_somebody_has_edited_since_the_start_are_brought_into_service(
    edited: bool, installed: DataFolder, tmp_path: Path
) -> None:
    config, answers = tmp_path / "vbot.toml", tmp_path / "answers.toml"
    answers.write_text('certificate = "made"\n')
    with Handshakes(installed.certificate, installed.certificate_key, 1) as server:
        config.write_text(f'listen = "127.0.0.1:{server.port}"\nwebhook_allow = ["127.0.0.0/8"]\n')
        installed.api_socket.touch()
        began = config.stat().st_mtime + (-10 if edited else 10)
        os.utime(installed.api_socket, (began, began))
        cli.main(["--config", str(config), "setup", "--answers", str(answers)])
    asked = (tmp_path / "asked").read_text() if (tmp_path / "asked").exists() else ""
    assert ("restart vbot.target vbot-api.service" in asked) is edited
