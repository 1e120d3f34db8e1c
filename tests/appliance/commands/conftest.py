"""What the tests of the commands share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nobody_came_by_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did is told to type `sudo` before each command."""
    monkeypatch.delenv("SUDO_USER", raising=False)
