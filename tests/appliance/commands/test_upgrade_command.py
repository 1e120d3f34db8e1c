"""`vbot upgrade` of a version that was only unpacked: for the first release, and for no other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from appliance.cli import build_parser
from appliance.commands import upgrade
from appliance.errors import ConfigurationError
from appliance.services.upgrade import installation
from appliance.settings import load

KNOWS_NO_UPGRADE = "#!/bin/sh\nexit 2\n"
KNOWS_IT = "#!/bin/sh\nexit 0\n"


def run(root: Path, runs: str, monkeypatch: pytest.MonkeyPatch, here: Path) -> str:
    """Why it does not begin, on a machine where such a program runs; `here`: where ours was unpacked."""
    program = root / "1.0.0/bin/vbot"
    program.parent.mkdir(parents=True)
    program.write_text(runs)
    program.chmod(0o755)
    (root / "current").symlink_to("1.0.0")
    monkeypatch.setattr(installation, "USUAL_ROOT", root)
    monkeypatch.setattr(sys, "prefix", str(here))
    settings = load(None, {"VBOT_DATA_DIR": str(root / "data")})
    with pytest.raises(ConfigurationError) as refused:
        upgrade.run(build_parser().parse_args(["upgrade", "new.deb"]), settings)
    return str(refused.value)


def test_a_version_that_upgrades_itself_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(tmp_path / "opt", KNOWS_IT, monkeypatch, Path("/usr"))
    assert said == "1.0.0 runs here, which upgrades itself: sudo vbot upgrade …"


def test_what_the_data_folders_owner_cannot_run_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    said = run(tmp_path / "opt", KNOWS_NO_UPGRADE, monkeypatch, closed)
    assert said == f"{closed} is closed to the data folder's owner: unpack it as in /opt/vbot-new"


def test_it_goes_on_from_where_it_was_unpacked_also_by_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = tmp_path / "stick/opt/vbot/1.1.0"
    unpacked.mkdir(parents=True)
    (tmp_path / "vbot-new").symlink_to("stick")

    def executed(python: Path, arguments: list[str]) -> None:
        assert arguments[0] == str(python)
        raise ConfigurationError(f"runs {python}")

    monkeypatch.setattr(os, "execv", executed)
    said = run(tmp_path / "opt", KNOWS_NO_UPGRADE, monkeypatch, tmp_path / "vbot-new/opt/vbot/1.1.0")
    assert said == f"runs {unpacked.resolve()}/bin/python"


def test_a_box_of_the_first_release_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(tmp_path / "opt", KNOWS_NO_UPGRADE, monkeypatch, Path("/usr"))
    assert "is not set up: run `vbot init` first" in said
