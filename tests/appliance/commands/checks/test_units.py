"""What `vbot doctor` learns from systemd: from programs that answer as systemctl and journalctl do."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.commands.checks.units import failing_units

ACTIVE = {
    "Id": "vbot-api.service",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "NRestarts": "12",
    "StatusText": "listening on 0.0.0.0:8443",
}
RESTARTING = {
    "Id": "vbot-worker@cpu.service",
    "ActiveState": "activating",
    "SubState": "auto-restart",
    "Result": "exit-code",
    "NRestarts": "7",
    "StatusText": "loading whisper-base",
}
FAILED = RESTARTING | {"Id": "vbot-api.service", "ActiveState": "failed", "SubState": "failed", "NRestarts": "0"}
JOURNAL = """Traceback (most recent call last):
RuntimeError: no device
vbot: RuntimeError: no device
"""


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
    return Systemd(tmp_path)


def test_units_that_run_are_not_spoken_of_however_often_they_died_once(systemd: Systemd) -> None:
    systemd.answers(ACTIVE, RESTARTING | {"NRestarts": "2"}, ACTIVE | {"Id": "vbot-valkey.service", "StatusText": ""})
    assert list(failing_units()) == []


@pytest.mark.parametrize("sub_state", ["auto-restart", "auto-restart-queued", "start", "start-pre"])
def test_one_that_is_started_again_and_again_is_told_with_its_last_error(systemd: Systemd, sub_state: str) -> None:
    systemd.answers(ACTIVE, RESTARTING | {"SubState": sub_state})
    (said,) = failing_units()
    assert said == "vbot-worker@cpu.service: it died and was started again 7 times: RuntimeError: no device"
    assert "_SYSTEMD_UNIT=vbot-worker@cpu.service" in systemd.asked


def test_one_that_is_not_started_again_is_told_as_well(systemd: Systemd) -> None:
    systemd.answers(FAILED)
    (said,) = failing_units()
    assert said == "vbot-api.service: it failed (exit-code), and is not started again: RuntimeError: no device"


def test_where_the_journal_may_not_be_read_it_is_told_what_it_was_doing(systemd: Systemd) -> None:
    systemd.answers(RESTARTING)
    systemd.program("journalctl", "exit 1\n")
    (said,) = failing_units()
    assert said == "vbot-worker@cpu.service: it died and was started again 7 times: loading whisper-base"


@pytest.mark.parametrize("script", ["echo 'System has not been booted' >&2; exit 1\n", "echo nonsense\n"])
def test_where_no_systemd_runs_nothing_is_said(systemd: Systemd, script: str) -> None:
    systemd.program("systemctl", script)
    assert list(failing_units()) == []


def test_where_there_is_no_systemctl_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(failing_units()) == []
