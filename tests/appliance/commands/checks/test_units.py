"""What `vbot doctor` learns from systemd: from programs that answer as systemctl and journalctl do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.commands.checks.finding import State
from appliance.commands.checks.units import SHIPPED, findings, look_at_units

ACTIVE = {
    "Id": "vbot-api.service",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "NRestarts": "12",
    "StatusText": "listening on 0.0.0.0:8443",
    "LoadState": "loaded",
    "UnitFileState": "static",
    "FragmentPath": "",
    "NeedDaemonReload": "no",
}
WORKER = "vbot-worker@cpu.service"
RESTARTING = {
    **ACTIVE,
    "Id": WORKER,
    "ActiveState": "activating",
    "SubState": "auto-restart",
    "Result": "exit-code",
    "NRestarts": "7",
    "StatusText": "loading whisper-base",
}
FAILED = RESTARTING | {"Id": "vbot-api.service", "ActiveState": "failed", "SubState": "failed", "NRestarts": "0"}
# A target has no restarts and no status.
TARGET = {"Id": "vbot.target", "ActiveState": "active", "LoadState": "loaded", "UnitFileState": "enabled"}
NOT_THERE = {"Id": "vbot-api.service", "ActiveState": "inactive", "LoadState": "not-found"}
JOURNAL = """Traceback (most recent call last):
RuntimeError: no device
vbot: RuntimeError: no device
"""
OK = [(State.OK, "2 units are as they are shipped", None)]


class Systemd:
    """Programs in the place of systemctl and journalctl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answers(self, *units: dict[str, str], journal: str = JOURNAL) -> None:
        blocks = "\n".join("".join(f"{name}={value}\n" for name, value in unit.items()) for unit in units)
        self.program("systemctl", f"cat <<'END'\n{blocks}END\n")
        self.program("journalctl", f"cat <<'END'\n{journal}END\n")

    def program(self, name: str, script: str) -> None:
        (self.folder / name).write_text(f'#!/bin/sh\necho "$@" >> {self.folder}/asked\n{script}')
        (self.folder / name).chmod(0o755)

    @property
    def asked(self) -> str:
        return (self.folder / "asked").read_text()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return Systemd(tmp_path)


def found() -> list[tuple[State, str, str | None]]:
    return [(one.state, one.reason, one.command) for one in findings(look_at_units())]


def test_a_worker_that_is_masked_is_told_though_no_pattern_finds_it(systemd: Systemd) -> None:
    """As systemd does: an instance that is masked is not loaded, so that it is shown by its name alone."""
    masked = {"Id": WORKER, "ActiveState": "inactive", "LoadState": "masked", "UnitFileState": "masked"}
    shown = {
        name: "".join(f"{key}={value}\\n" for key, value in unit.items())
        for name, unit in (("target", TARGET), ("worker", masked))
    }
    systemd.program(
        "systemctl",
        f"""case "$*" in
        list-unit-files*) echo '{WORKER} masked enabled' ;;
        *" {WORKER}") printf '{shown["target"]}\\n{shown["worker"]}' ;;
        *) printf '{shown["target"]}' ;;
        esac
        """,
    )
    assert found() == [(State.FAILED, f"{WORKER}: it is masked: never started", f"systemctl unmask {WORKER}")]


def test_units_that_run_are_well_however_often_they_died_once(systemd: Systemd) -> None:
    systemd.answers(TARGET, ACTIVE)
    assert found() == OK
    systemd.answers(ACTIVE, RESTARTING | {"NRestarts": "2"})
    assert found() == OK


@pytest.mark.parametrize("sub_state", ["auto-restart", "auto-restart-queued", "start", "start-pre"])
def test_one_that_is_started_again_and_again_is_told_with_its_last_error(systemd: Systemd, sub_state: str) -> None:
    systemd.answers(ACTIVE, RESTARTING | {"SubState": sub_state})
    said = f"{WORKER}: it died and was started again 7 times: RuntimeError: no device"
    assert found() == [(State.FAILED, said, f"systemctl restart {WORKER}")]
    assert f"_SYSTEMD_UNIT={WORKER}" in systemd.asked


def test_one_that_refuses_to_start_is_told_with_its_reason(systemd: Systemd) -> None:
    systemd.answers(FAILED)
    said = "vbot-api.service: it failed (exit-code), and is not started again: RuntimeError: no device"
    assert found() == [(State.FAILED, said, "systemctl restart vbot-api.service")]


def test_where_the_journal_may_not_be_read_it_is_told_what_it_was_doing(systemd: Systemd) -> None:
    systemd.answers(RESTARTING)
    systemd.program("journalctl", "exit 1\n")
    assert found()[0][1] == f"{WORKER}: it died and was started again 7 times: loading whisper-base"


def test_a_masked_unit_is_never_started(systemd: Systemd) -> None:
    systemd.answers(TARGET, NOT_THERE | {"LoadState": "masked", "UnitFileState": "masked"})
    said = "vbot-api.service: it is masked: never started"
    assert found() == [(State.FAILED, said, "systemctl unmask vbot-api.service")]


def test_what_was_changed_and_not_read_again_has_no_effect_yet(systemd: Systemd) -> None:
    systemd.answers(ACTIVE | {"NeedDaemonReload": "yes"})
    said = "vbot-api.service: its file was changed since systemd read it"
    assert found() == [(State.WARNING, said, "systemctl daemon-reload")]


def test_a_box_that_does_not_start_vbot_after_a_power_cut_is_told(systemd: Systemd) -> None:
    systemd.answers(TARGET | {"UnitFileState": "disabled"})
    said = "vbot.target: it is not started with the machine"
    assert found() == [(State.WARNING, said, "systemctl enable vbot.target")]


def test_a_unit_that_is_not_as_it_is_shipped_is_told_and_one_of_a_package_is(systemd: Systemd, tmp_path: Path) -> None:
    original = next(folder for folder in SHIPPED if folder.is_dir()) / "vbot-api.service"
    there = tmp_path / original.name
    shutil.copy(original, there)
    systemd.answers(TARGET, ACTIVE | {"FragmentPath": str(there)})
    assert found() == OK
    text = original.read_text()
    there.write_text("# Of a package.\n" + text.replace("/opt/vbot/bin/", "/opt/vbot/current/bin/"))
    assert found() == OK
    there.write_text(text.replace("NoNewPrivileges=yes", "NoNewPrivileges=no"))
    said = f"vbot-api.service: {there} is not as this version ships it (own lines belong into a drop-in)"
    assert found() == [(State.WARNING, said, f"install -m 644 {original} {there}")]


def test_a_drop_in_that_undoes_confinement_is_told_once_with_what_sets_it_aside(
    systemd: Systemd, tmp_path: Path
) -> None:
    original = next(folder for folder in SHIPPED if folder.is_dir()) / "vbot-worker@.service"
    there, drop_in = tmp_path / original.name, tmp_path / "override.conf"
    shutil.copy(original, there)
    known = {**ACTIVE, "FragmentPath": str(there), "DropInPaths": str(drop_in)}
    second = WORKER.replace("cpu", "cuda:0")
    systemd.answers(TARGET, known | {"Id": WORKER}, known | {"Id": second})
    drop_in.write_text("[Service]\nMemoryMax=80%\n")
    assert found() == [(State.OK, "3 units are as they are shipped", None)]
    drop_in.write_text("[Service]\nUser=root\nProtectSystem=no\n")
    said = f"{drop_in} undoes what confines {WORKER}, {second}: ProtectSystem=no, User=root"
    script = (
        f"mv {drop_in} {drop_in}.off && systemctl daemon-reload && systemctl try-restart --no-block {WORKER} {second}"
    )
    assert found() == [(State.WARNING, said, f"sh -c '{script}'")]
    # What the box needs stands in the same file: it is not taken away with the rest.
    drop_in.write_text("[Unit]\nAfter=srv.mount\n[Service]\n# Why.\nUser=root\nProtectSystem=no\n")
    assert found() == [
        (State.WARNING, said, f"sh -c '{script.replace(f'mv {drop_in} {drop_in}.off', f'editor {drop_in}')}'")
    ]


@pytest.mark.parametrize("script", ["echo 'System has not been booted' >&2; exit 1\n", "echo nonsense\n"])
def test_where_no_systemd_runs_nothing_is_said(systemd: Systemd, script: str) -> None:
    systemd.program("systemctl", script)
    assert found() == []


def test_where_the_units_are_not_installed_nothing_is_said(systemd: Systemd) -> None:
    systemd.answers(NOT_THERE)
    assert found() == []


def test_where_there_is_no_systemctl_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found() == []
