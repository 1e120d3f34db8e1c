"""What holds the api itself, and says where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.services.health.own_protections import OwnProtections

pytestmark = pytest.mark.slow  # each starts a process

SHARED = "unix:///run/vbot-valkey/valkey.sock"


@pytest.mark.parametrize(
    ("url", "access", "told"),
    [
        (None, None, 0),  # the private one of `vbot up`
        (SHARED, Path("/run/vbot-queue"), 0),
        ("redis://vbot-api:password@queue.lan:6379/0", None, 0),
        (SHARED, None, 1),  # as vbot.toml of an older version has it
    ],
)
async def test_a_queue_that_is_shared_without_users_is_told_once_with_what_mends_it(
    url: str | None, access: Path | None, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    protections = OwnProtections(url, access)
    await protections.look()
    about_the_queue = [one for one in protections.missing() if "queue_access = " in one and "systemctl" in one]
    assert len(about_the_queue) == told
    assert [one.getMessage() for one in caplog.records if "queue" in one.getMessage()] == about_the_queue
