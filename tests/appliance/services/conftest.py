"""What the tests of services share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _a_slow_disk_is_no_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that a busy machine holds up for some seconds is not what these tests ask for."""
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.PROBE_TIMEOUT_SECONDS", 60.0)
