"""What dpkg has installed is what runs, or doctor says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.commands.checks.finding import Doubtful
from appliance.commands.upgrade.check import check_upgrade
from appliance.domain.clock import utc_now
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import TOLD_FOR, Ending, UpgradeOutcome, end

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


def ended(installation: Installation, ending: Ending, new: str) -> None:
    """Of an upgrade to this version that is no more told of."""
    at = utc_now() - TOLD_FOR - timedelta(days=1)
    end(installation, UpgradeOutcome(ending=ending, old="1.0.0", new=new, at=at, reason="it was not well"))


@pytest.mark.parametrize(("ending", "said"), [(Ending.WENT_BACK, "taken back"), (Ending.REFUSED, "refused")])
def test_a_version_whose_upgrade_failed_is_not_to_be_started_unwatched(
    installation: Installation, ending: Ending, said: str
) -> None:
    """dpkg has it installed for ever, and its script would have started it without a trial and without a way back."""
    dpkg_says(installation, "installed 1.1.0+deb13")
    ended(installation, ending, "1.1.0")
    assert f"the upgrade to 1.1.0 was {said}: `vbot upgrade FILE ...` tries it again" in check_upgrade(NO_BOX)


@pytest.mark.parametrize(("ending", "new"), [(Ending.DONE, "1.0.0"), (Ending.WENT_BACK, "1.0.1")])
def test_another_version_than_the_one_that_failed_is_still_told(
    installation: Installation, ending: Ending, new: str
) -> None:
    dpkg_says(installation, "installed 1.1.0+deb13")
    ended(installation, ending, new)
    with pytest.raises(Doubtful, match=r"1\.1\.0 is installed, and 1\.0\.0 runs"):
        check_upgrade(NO_BOX)


@pytest.mark.parametrize("shown", ["installed 1.0.0+deb13", "unpacked 1.1.0+deb13", "installed 2.0.0+deb13", ""])
def test_nothing_is_said_of_what_runs_or_could_not(installation: Installation, shown: str) -> None:
    """While dpkg is at work, or where the program lies elsewhere than its package."""
    dpkg_says(installation, shown)
    assert check_upgrade(NO_BOX)
