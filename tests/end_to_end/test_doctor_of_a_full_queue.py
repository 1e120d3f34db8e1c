"""`vbot doctor` where more calls come than the workers do: a real queue, whose worker is held by its first calls."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance
from tests.support.broken_installation import BrokenInstallation
from tests.support.database_file import open_file
from tests.support.doctor import look_at
from tests.support.fake_appliance import CHECKOUT, SETTINGS, with_fake_engine
from tests.support.processes import wait_until
from tests.support.spool import recording

pytestmark = [pytest.mark.slow, pytest.mark.long]

HELD, WAITING = 2, 12  # the fake engine does two at once


class Queue:
    """A box whose worker works on two calls for as long as `held` is there; the others wait."""

    def __init__(self, folder: Path) -> None:
        broken = BrokenInstallation(folder)
        broken.breaks()  # so that doctor does not load a real one
        self.held = folder / "held"
        self.held.touch()
        self.box: RunningAppliance = with_fake_engine(folder / "box")
        self.box.settings |= SETTINGS
        self.box.settings["VBOT_DISK_FLOOR_MB"] = "1"
        self.looking = {**self.box.settings, "PYTHONPATH": f"{broken.environment['PYTHONPATH']}{os.pathsep}{CHECKOUT}"}

    def post(self, calls: int) -> None:
        key = self.box.new_customer()["api_key"]
        for _ in range(calls):
            self.box.accepted(key, recording(0.0, held_by=self.held))

    def wait_for(self, calls: int) -> None:
        assert wait_until(lambda: self.waiting() == calls, 120, 0.2), self.waiting()

    def waiting(self) -> int:
        return int(self.box.admin("GET", "/api/system").json()["queue"]["waiting"])

    def grow_older(self, minutes: int) -> None:
        """All that was accepted was so earlier."""
        with open_file(self.box.data_dir / "vbot.duckdb") as connection:
            connection.execute(f"UPDATE call SET received_at = received_at - INTERVAL {minutes} MINUTE")

    def told(self) -> tuple[str, str, str | None]:
        found = look_at(self.box, self.looking).about("waiting")
        return found["state"], found["reason"], found["command"]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    found = Queue(tmp_path)
    yield found
    found.held.unlink(missing_ok=True)
    found.box.destroy()


@pytest.mark.parametrize("minutes", [6, 20])
def test_a_queue_that_grows_is_told_before_anybody_has_waited_for_long(queue: Queue, minutes: int) -> None:
    with queue.box:
        queue.post(HELD + WAITING)
        queue.wait_for(WAITING)
        state, reason, _ = queue.told()
        assert state == "ok", reason  # a burst
        assert reason.startswith(f"{WAITING}, the oldest for "), reason
    queue.grow_older(minutes)
    with queue.box:
        queue.wait_for(WAITING)
        state, reason, command = queue.told()
        assert (state, command) == ("warning", "vbot doctor --sizing")
        assert re.fullmatch(
            rf"{WAITING}, the oldest for \d+ minutes: more come than the workers do \(in the last hour "
            rf"{HELD + WAITING} came and 0 were done\)\. Another worker, on a GPU or another box, takes its share",
            reason,
        ), reason
        queue.held.unlink()
        queue.wait_for(0)
        assert queue.told()[:2] == ("ok", "none")


def test_a_queue_that_does_not_grow_is_told_where_somebody_waits_for_long(queue: Queue) -> None:
    with queue.box:
        queue.post(HELD + WAITING)
        queue.wait_for(WAITING)
    queue.grow_older(90)
    with queue.box:
        queue.wait_for(WAITING)
        state, reason, command = queue.told()
        assert state == "warning"
        assert re.fullmatch(
            rf"{WAITING}, the oldest for \d+ minutes: in the last hour 0 came and 0 were done", reason
        ), reason
        assert re.match("(tail -n 20|ps -fp) ", str(command)), command
