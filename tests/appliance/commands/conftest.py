"""What the tests of the commands share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nobody_came_by_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did is told to type `sudo` before each command."""
    monkeypatch.delenv("SUDO_USER", raising=False)


@pytest.fixture(autouse=True)
def patient_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in for systemctl and its like, or for an api, may take its time on a busy machine."""
    monkeypatch.setattr("appliance.commands.checks.units.ASK_SECONDS", 60.0)
    monkeypatch.setattr("appliance.commands.setup.running.CONNECT_SECONDS", 60.0)
