"""What is written down of an upgrade: whoever comes next knows how far it is, and everybody how it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import (
    TOLD_FOR,
    Ending,
    Step,
    UpgradeOutcome,
    UpgradeRecord,
    end,
    is_at_work,
    may_be_on_trial,
    only_upgrade,
    read_outcome,
    read_record,
    what_to_know,
    write_record,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
RECORD = UpgradeRecord(step=Step.WATCHING, old="1.0.0", new="1.1.0", began_at=NOW)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    for version in ("1.0.0", "1.1.0"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin/vbot").touch()
    made = Installation(tmp_path)
    made.turn_to("1.0.0")
    return made


def test_the_link_is_turned_and_back(installation: Installation) -> None:
    installation.turn_to("1.1.0")
    assert installation.current == "1.1.0"
    installation.turn_to("1.0.0")
    assert (installation.current, installation.has("1.1.0"), installation.has("1.2.0")) == ("1.0.0", True, False)
    assert Installation.of_this_program(str(installation.link)) == installation


def test_a_checkout_is_no_installation(tmp_path: Path) -> None:
    assert Installation.of_this_program(str(tmp_path / ".venv")) is None
    assert what_to_know(None, NOW) is None


def test_an_upgrade_is_told_of_while_nobody_is_at_it(installation: Installation) -> None:
    assert what_to_know(installation, NOW) is None
    with only_upgrade(installation):
        write_record(installation, RECORD)
        assert is_at_work(installation)
        assert what_to_know(installation, NOW) is None
    told = what_to_know(installation, NOW)
    assert told is not None
    assert "from 1.0.0 to 1.1.0 was interrupted while watching: `vbot upgrade --resume`" in told
    assert read_record(installation) == RECORD


def test_one_that_was_taken_back_is_told_of_for_a_week(installation: Installation) -> None:
    write_record(installation, RECORD)
    outcome = UpgradeOutcome(ending=Ending.WENT_BACK, old="1.0.0", new="1.1.0", at=NOW, reason="api died: why")
    end(installation, outcome)
    assert (read_record(installation), read_outcome(installation)) == (None, outcome)
    assert what_to_know(installation, NOW) == "the upgrade to 1.1.0 was taken back and 1.0.0 runs: api died: why"
    assert what_to_know(installation, NOW + TOLD_FOR + timedelta(seconds=1)) is None


def test_one_that_came_to_pass_is_nothing_to_look_at(installation: Installation) -> None:
    end(installation, UpgradeOutcome(ending=Ending.DONE, old="1.0.0", new="1.1.0", at=NOW))
    assert what_to_know(installation, NOW) is None


def test_a_second_upgrade_has_to_wait(installation: Installation) -> None:
    second = only_upgrade(installation)
    with only_upgrade(installation), pytest.raises(ConfigurationError, match="another `vbot upgrade`"), second:
        pass
    assert not is_at_work(installation)


def test_a_record_of_a_newer_version_with_more_in_it_is_read(installation: Installation) -> None:
    write_record(installation, RECORD)
    installation.record.write_text(installation.record.read_text().replace("{", '{"more": [1, 2],', 1))
    assert read_record(installation) == RECORD


def test_while_the_new_version_is_only_prepared_nothing_is_on_trial(installation: Installation) -> None:
    assert not may_be_on_trial(None)
    assert not may_be_on_trial(installation)
    for step in Step:
        write_record(installation, RECORD.at(step))
        assert may_be_on_trial(installation) == (step is not Step.PREPARING), step


def test_a_record_that_cannot_be_read_may_be_of_one_on_trial(installation: Installation) -> None:
    installation.record.write_text('{"step": "preparing"}')
    assert may_be_on_trial(installation)


def test_a_record_that_cannot_be_read_is_told_of(installation: Installation) -> None:
    installation.record.write_text("{}")
    told = what_to_know(installation, NOW)
    assert told is not None
    assert told.startswith(f"cannot read {installation.record}: ")
