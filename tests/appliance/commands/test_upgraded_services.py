"""What `vbot upgrade` asks of systemd."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.commands.upgrade.services import SystemdServices


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
