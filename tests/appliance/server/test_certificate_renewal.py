"""A certificate is made anew by a clock that is set: by a wrong one it would be made for other years."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.server import certificate_renewal
from appliance.server.certificate_renewal import clock_is_awaited, renew_before_it_ends
from appliance.services.access.certificate import create_certificate, read_certificate
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.builders import NOON


async def test_nothing_is_renewed_before_the_clock_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_renewal, "LOOK_AT_CLOCK_EVERY_SECONDS", 0.001)
    folder = DataFolder(tmp_path)
    create_certificate(folder.certificate, folder.certificate_key, NOON - timedelta(days=3640))
    before, awaited = read_certificate(folder.certificate), [True, True, True, False]
    looks: list[bool] = []
    shown_again = asyncio.Event()

    def is_awaited() -> bool:
        looks.append(read_certificate(folder.certificate) == before)
        return awaited.pop(0)

    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    task = asyncio.create_task(renew_before_it_ends(settings, folder, lambda: NOON, shown_again.set, is_awaited))
    try:
        async with asyncio.timeout(60):
            await shown_again.wait()
    finally:
        task.cancel()
    assert looks == [True] * 4
    assert read_certificate(folder.certificate).not_after > NOON + timedelta(days=3000)


@pytest.mark.parametrize(
    ("says", "awaited"),
    [
        ("echo NTP=yes; echo NTPSynchronized=no", True),
        ("echo NTP=yes; echo NTPSynchronized=yes", False),
        ("echo NTP=no; echo NTPSynchronized=no", False),
        ("exit 1", False),
    ],
)
def test_systemd_says_whether_a_time_server_is_to_set_it(
    says: str, awaited: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "timedatectl").write_text(f"#!/bin/sh\n{says}\n")
    (tmp_path / "timedatectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("appliance.process.time_server.ASK_SECONDS", 60.0)  # a busy machine starts it late
    assert clock_is_awaited() is awaited
