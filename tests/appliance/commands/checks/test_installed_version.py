"""What dpkg has installed is what runs, or doctor says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.commands.checks.finding import Doubtful
from appliance.commands.upgrade.check import check_upgrade
from appliance.services.upgrade.installation import Installation

NO_BOX: Any = None


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """1.0.0 runs, and 1.1.0 lies beside it."""
    opt = tmp_path / "opt"
    for version in ("1.0.0", "1.1.0"):
        (opt / version / "bin").mkdir(parents=True)
        (opt / version / "bin/vbot").touch()
    (opt / "current").symlink_to("1.0.0")
    monkeypatch.setattr(Installation, "of_this_program", classmethod(lambda _: Installation(opt)))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return Installation(opt)


def dpkg_says(installation: Installation, shown: str) -> None:
    program = installation.root.parent / "dpkg-query"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{shown}'\n")
    program.chmod(0o755)


def test_a_version_that_was_installed_while_an_upgrade_watched_another_is_told(installation: Installation) -> None:
    dpkg_says(installation, "installed 1.1.0+deb13")
    with pytest.raises(Doubtful, match=r"1\.1\.0 is installed, and 1\.0\.0 runs") as told:
        check_upgrade(NO_BOX)
    assert told.value.command == "dpkg-reconfigure vbot-appliance"
    installation.turn_to("1.1.0")
    assert check_upgrade(NO_BOX)


@pytest.mark.parametrize("shown", ["installed 1.0.0+deb13", "unpacked 1.1.0+deb13", "installed 2.0.0+deb13", ""])
def test_nothing_is_said_of_what_runs_or_could_not(installation: Installation, shown: str) -> None:
    """While dpkg is at work, or where the program lies elsewhere than its package."""
    dpkg_says(installation, shown)
    assert check_upgrade(NO_BOX)
