"""What `vbot upgrade` asks of systemd."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from appliance.commands.upgrade.services import SystemdServices
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import only_upgrade
from tests.support.processes import wait_until


def test_workers_for_another_box_are_renewed_with_the_link_and_their_absence_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, program = tmp_path / "told", tmp_path / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$*" >>{told}\n[ "$1" != try-restart ]\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    SystemdServices().start(["vbot-worker@cpu.service"])
    assert told.read_text().splitlines()[-2:] == [
        "start --no-block vbot.target vbot-worker@cpu.service",
        "try-restart --no-block vbot-worker-join@*",
    ]


def test_a_guard_waits_for_the_upgrade_s_end_and_then_starts_who_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard itself, run without systemd: it starts nothing while somebody holds the lock."""
    lock, told = tmp_path / "upgrade.lock", tmp_path / "told"
    for name, body in (("systemctl", f'echo "$*" >{told}'), ("systemd-run", 'shift 3; "$@" >/dev/null 2>&1 &')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with only_upgrade(Installation(tmp_path)):
        SystemdServices().start_guard(lock)
        time.sleep(0.1)
        assert not told.exists()
    assert wait_until(told.exists, 30)
    assert wait_until(lambda: told.read_text() == "start --no-block vbot-upgrade.service\n", 30)
    SystemdServices().stop_guard()
    assert told.read_text() == "stop vbot-upgrade-guard.service\n"
