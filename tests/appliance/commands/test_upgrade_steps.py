"""Whatever happens once something that runs is touched, one of the two versions runs at the end."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.commands.upgrade.first_release import BESIDE
from appliance.commands.upgrade.packages import Staged
from appliance.commands.upgrade.services import SystemdServices
from appliance.commands.upgrade.steps import Upgrade
from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import Ending, Step, UpgradeOutcome, end
from tests.appliance.builders import NOON
from tests.appliance.commands.upgrade_parts import NEW, OLD, Steps, a_version, api_of
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow  # what stands in for the api is a process


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    made = Steps(tmp_path)
    with api_of(made):
        yield made


def begin_by_hand(steps: Steps) -> str:
    """Why a box of the first release is not upgraded."""
    with pytest.raises(ConfigurationError) as refused:
        Upgrade(replace(steps.box, runs_first_release=True)).begin([])
    assert steps.services.done == []
    assert not steps.installation.record.exists()
    return str(refused.value)


def test_where_the_link_leads_to_no_version_of_its_own_nothing_is_begun(steps: Steps) -> None:
    """As the first release's README had it: the environment is the folder of all versions itself."""
    steps.installation.link.unlink()
    steps.installation.link.symlink_to(".")
    assert begin_by_hand(steps) == (
        f"this vBot was installed by hand ({steps.installation.link} leads to no folder of a version): "
        "systemd/README.md, By hand, without packages"
    )
    steps.installation.link.unlink()
    steps.installation.link.symlink_to("0.9.0")
    assert "leads to no folder of a version" in begin_by_hand(steps)


def test_where_units_by_hand_would_go_before_those_that_come_back_nothing_is_begun(steps: Steps) -> None:
    steps.services.by_hand = ["vbot-api.service"]
    assert "was installed by hand (vbot-api.service in /etc/systemd/system): " in begin_by_hand(steps)


def test_where_the_first_release_runs_the_way_on_is_by_a_program_that_knows_it(steps: Steps) -> None:
    steps.packages.broken, steps.packages.half = "`apt-get install …` fails: no room", ["vbot-appliance"]
    upgrade = steps.at(Step.INSTALLING, old_is_first=True)
    program = Path(sys.prefix) / "bin/vbot"
    ways = f"`{program} upgrade --resume` or `{program} upgrade --back`"
    with pytest.raises(ConfigurationError, match=re.escape(f"mend that, then {ways}")):
        upgrade.resume()
    with pytest.raises(ConfigurationError, match=re.escape(f"was interrupted: {ways} first")):
        upgrade.begin([])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyboardInterrupt(), "it was broken off with ^C"),
        (OSError(errno.ENOSPC, "No space left on device"), "[Errno 28] No space left on device"),
    ],
    ids=["^C", "a full disk"],
)
def test_what_is_broken_off_while_it_is_prepared_is_refused_and_leaves_nothing_begun(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    def stage(installation: Installation, _files: list[Path]) -> Staged:
        return Staged(NEW, a_version(installation.staging, NEW), [])

    def make_backup() -> str:
        assert steps.step is Step.PREPARING
        raise error

    monkeypatch.setattr("appliance.commands.upgrade.steps.stage", stage)
    try:
        outcome = Upgrade(replace(steps.box, make_backup=make_backup)).begin([])
    except KeyboardInterrupt:  # it would end the tests themselves
        pytest.fail("it ends without a word, and stays begun")

    assert outcome.sentence == f"the upgrade to {NEW} was refused and {OLD} runs on: {reason}"
    assert steps.step is None
    assert not steps.installation.staging.exists()
    assert steps.services.done == []


@pytest.fixture
def told_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What systemd is told, where vbot.target is disabled, not active from its stop on, and a join.env was left."""
    told, program, stopped = tmp_path / "told", tmp_path / "systemctl", tmp_path / "stopped"
    told.touch()
    state = "Id=vbot.target\\nActiveState=$active\\nLoadState=loaded\\nUnitFileState=disabled\\n"
    program.write_text(
        f'#!/bin/sh\nactive=active; [ ! -e {stopped} ] || active=inactive\n[ "$1" != stop ] || touch {stopped}\n'
        f'[ "$1" != show ] || {{ printf "{state}"; exit; }}\necho "$*" >>{told}\n'
    )
    program.chmod(0o755)
    guard = tmp_path / "systemd-run"  # this machine's own would be asked to start one
    guard.write_text("#!/bin/sh\n")
    guard.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "join.env").touch()
    monkeypatch.setattr("appliance.commands.checks.units.JOIN_ENV", tmp_path / "join.env")
    return told


@pytest.mark.parametrize("way", ["resume", "back"])
def test_a_box_that_was_started_by_hand_is_started_again_by_who_comes_after_the_power_cut(
    steps: Steps, way: str, told_systemd: Path
) -> None:
    """It was taken for no box."""
    (told_systemd.parent / "stopped").touch()
    steps.at(Step.SWITCHING, was_a_box=True, workers=[])
    steps.services.running = NEW if way == "resume" else OLD
    outcome = getattr(Upgrade(replace(steps.box, services=SystemdServices())), way)()
    assert outcome.ending is (Ending.DONE if way == "resume" else Ending.WENT_BACK)
    assert "start --no-block vbot.target" in told_systemd.read_text().splitlines()


class PowerCut(BaseException):
    """After which nothing of the process goes on."""


class CutOff(SystemdServices):
    """The power goes when all is stopped."""

    def stop(self) -> None:
        super().stop()
        raise PowerCut


def test_so_it_is_where_a_finished_upgrade_was_being_undone(steps: Steps, told_systemd: Path) -> None:
    """The record that the way back begins said nothing of it: "taken back", and no api ran."""
    a_version(steps.installation.root, NEW)
    steps.installation.turn_to(NEW)
    end(steps.installation, UpgradeOutcome(ending=Ending.DONE, old=OLD, new=NEW, at=NOON))
    with pytest.raises(PowerCut):
        Upgrade(replace(steps.box, services=CutOff())).back()
    assert steps.step is Step.GOING_BACK
    outcome = Upgrade(replace(steps.box, services=SystemdServices())).resume()
    assert outcome is not None
    assert outcome.ending is Ending.WENT_BACK
    assert "start --no-block vbot.target" in told_systemd.read_text().splitlines()


def test_whoever_presses_control_c_while_nothing_runs_is_not_heard(steps: Steps) -> None:
    def interrupted() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    steps.services.on_stop = steps.services.on_start = interrupted
    outcome = steps.at(Step.STOPPING).resume()
    assert outcome is not None
    assert (outcome.ending, steps.services.running, steps.step) == (Ending.DONE, NEW, None)
    assert sum("are ignored" in line for line in steps.told) == 1
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_before_anything_is_stopped_somebody_is_there_who_would_finish_it(steps: Steps) -> None:
    guarded: list[Path | None] = []
    steps.services.on_stop = lambda: guarded.append(steps.services.guarded)
    steps.at(Step.STOPPING).resume()
    assert guarded[0] == steps.installation.lock


def test_what_nobody_foresaw_leads_back_too(steps: Steps) -> None:
    def stumble() -> None:
        steps.services.on_start = lambda: None
        raise KeyError("workers")

    steps.services.on_start = stumble
    outcome = steps.at(Step.STOPPING).resume()
    assert outcome is not None
    assert (outcome.ending, outcome.reason) == (Ending.WENT_BACK, "KeyError: 'workers'")
    assert steps.services.running == OLD


def test_where_the_way_back_fails_what_there_is_runs_and_it_can_be_tried_again(steps: Steps) -> None:
    upgrade = steps.at(Step.GOING_BACK, kept_database=str(steps.folder.root / "no-such"), switched=True, reason="why")
    steps.installation.turn_to(NEW)
    with pytest.raises(ConfigurationError, match=r"1\.0\.0 does not come back: .*had failed: why"):
        upgrade.back()
    assert (steps.services.running, steps.step) == (NEW, Step.GOING_BACK)


def test_before_the_new_version_ran_no_database_is_put_back(steps: Steps) -> None:
    upgrade = steps.at(Step.STOPPING, kept_database=str(steps.folder.root / "half-a-copy"))
    (steps.folder.root / "half-a-copy").mkdir()
    assert upgrade.back().ending is Ending.WENT_BACK
    assert steps.services.running == OLD


def test_while_dpkg_is_half_way_the_record_stays_and_then_it_is_finished(steps: Steps) -> None:
    steps.packages.broken, steps.packages.half = "`apt-get install …` fails: no room", ["vbot-appliance"]
    upgrade = steps.at(Step.INSTALLING)
    with pytest.raises(ConfigurationError, match=r"no room; dpkg is half way with vbot-appliance, and 1\.0\.0 runs on"):
        upgrade.resume()
    assert (steps.step, steps.services.done) == (Step.INSTALLING, [])
    steps.packages.broken = None
    outcome = upgrade.resume()
    assert outcome is not None
    assert (outcome.ending, steps.services.running) == (Ending.DONE, NEW)


def test_back_brings_dpkg_to_its_end_first(steps: Steps) -> None:
    upgrade = steps.at(Step.INSTALLING)
    steps.half_replaced_by_dpkg()
    steps.packages.half = ["vbot-appliance"]
    assert upgrade.back().ending is Ending.REFUSED
    assert (steps.packages.half, steps.services.done, steps.installation.current) == ([], [], OLD)


def test_a_version_that_dpkg_had_begun_to_remove_is_whole_before_the_link_leads_there(steps: Steps) -> None:
    upgrade = steps.at(Step.INSTALLING)
    steps.half_replaced_by_dpkg()
    steps.packages.broken = "`apt-get install …` fails: it was rolled back"
    outcome = upgrade.resume()
    assert outcome is not None
    assert (outcome.ending, steps.installation.current) == (Ending.REFUSED, OLD)
    assert (steps.installation.link / "lib/module.py").read_text() == OLD
    assert sorted(path.name for path in steps.installation.root.iterdir()) == [OLD, "current", "upgraded.json"]


def test_whoever_resumes_from_the_kept_copy_runs_from_it_until_the_end(steps: Steps) -> None:
    upgrade = steps.at(Step.INSTALLING)
    steps.half_replaced_by_dpkg()
    kept = steps.installation.folder(f"{OLD}.kept")
    steps.services.on_start = lambda: None if kept.exists() else pytest.fail("the kept copy is gone")
    outcome = upgrade.resume()
    assert outcome is not None
    assert (outcome.ending, kept.exists()) == (Ending.DONE, False)
    assert (steps.installation.folder(OLD) / "lib/module.py").read_text() == OLD


def test_the_first_release_comes_back_under_its_own_units_and_somebody_answers_until_then(steps: Steps) -> None:
    """By itself it listens beside nobody; so it is made to, for as long as it is."""
    upgrade = steps.at(Step.WATCHING, old_is_first=True)
    (steps.installation.staging / "units").mkdir()
    libraries = steps.installation.folder(OLD) / "lib/python3.11/site-packages"
    libraries.mkdir(parents=True)
    listen = steps.box.settings.listen

    def answers() -> bool:
        with contextlib.suppress(OSError), socket.create_connection((listen.host, listen.port), 60):
            return True
        return False

    def starts() -> None:
        assert wait_until(answers, 60)
        assert (libraries / BESIDE).is_file()

    steps.services.on_start = starts
    assert upgrade.back().ending is Ending.WENT_BACK
    assert steps.services.done == ["stop", "bring units back", f"start {OLD}"]
    assert list(libraries.iterdir()) == []


def test_an_upgrade_has_succeeded_only_where_the_new_version_answers(steps: Steps) -> None:
    steps.without_patience()
    steps.answers["/health"] = {"status": "healthy", "version": OLD}
    upgrade = steps.at(Step.SWITCHING)
    outcome = upgrade.resume()
    assert outcome is not None
    assert outcome.ending is Ending.WENT_BACK
    assert f"it is version {OLD} that answers" in str(outcome.reason)


def test_who_resumes_in_the_switch_stops_first(steps: Steps) -> None:
    outcome = steps.at(Step.SWITCHING).resume()
    assert outcome is not None
    assert outcome.ending is Ending.DONE
    assert steps.services.done == ["stop", f"start {NEW}"]


def test_an_upgrade_has_succeeded_only_where_each_worker_is_ready_again(steps: Steps) -> None:
    steps.without_patience()
    steps.services.loads = ["worker"]
    outcome = steps.at(Step.WATCHING).resume()
    assert outcome is not None
    assert (outcome.ending, steps.services.running) == (Ending.WENT_BACK, OLD)
    assert "(worker is not ready)" in str(outcome.reason)


def test_a_worker_that_was_not_well_before_is_not_waited_for(steps: Steps) -> None:
    steps.services.running = NEW
    steps.services.loads = ["worker"]
    outcome = steps.at(Step.WATCHING, ailed_before=["worker"]).resume()
    assert outcome is not None
    assert outcome.ending is Ending.DONE


@pytest.mark.parametrize("answer", [[], "healthy", {}, {"status": "splendid"}, {"status": 7}])
def test_whatever_another_version_answers_nobody_stumbles_over_it(steps: Steps, answer: Any) -> None:
    steps.answers |= {"/health": answer, "/api/system": {"workers": [{"name": 1}, 2], "components": "all"}}
    watch = steps.box.watch()
    assert (watch.health(), watch.ailing()) == ("unhealthy", {})
