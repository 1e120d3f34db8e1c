"""A disk that loses bits of recordings: everybody who looks is told, and the appliance works on with the others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appliance import VBOT, environment, vbot
from tests.support.fake_appliance import FakeAppliance
from tests.support.file_faults import flip
from tests.support.processes import wait_until
from tests.support.spool import recording
from tests.support.terminal import TerminalSession

pytestmark = pytest.mark.slow


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FakeAppliance]:
    with FakeAppliance(tmp_path / "box") as running:
        yield running


@pytest.mark.long
def test_a_damaged_recording_alarms_everybody_and_holds_no_start_up(box: FakeAppliance, tmp_path: Path) -> None:
    key = box.new_customer()["api_key"]
    calls = [box.accepted(key, recording(0.01)) for _ in range(3)]
    for call_id in calls:
        assert box.final_call(call_id)["state"] == "completed"
    box.wait_until_healthy()
    files = [path for path in (box.data_dir / "recordings").rglob("*") if path.is_file()]
    for path in files:
        flip(path, 200, 3)

    refused = box.admin("POST", f"/api/calls/{calls[0]}/reprocess")
    assert refused.status_code == 409
    assert "the appliance's disk does not give it back" in refused.text
    assert box.final_call(calls[0])["state"] == "completed", "what it came to stays"

    gate = tmp_path / "held"
    gate.touch()
    # As many as the worker has places for.
    busy = [box.accepted(key, recording(0.01, held_by=gate)) for _ in range(2)]
    before = {path for path in (box.data_dir / "recordings").rglob("*") if path.is_file()}
    waiting = box.accepted(key, recording(0.01))
    (path,) = {path for path in (box.data_dir / "recordings").rglob("*") if path.is_file()} - before
    flip(path, 200, 3)
    gate.unlink()
    failed = box.final_call(waiting)
    assert failed["error"]["code"] == "recording_damaged"
    assert "the recording cannot be read from the appliance's disk: " in failed["error"]["message"]
    for call_id in busy:
        box.final_call(call_id)

    assert wait_until(lambda: box.health() == "degraded", 60, 0.2)
    reasons = "\n".join(box.admin("GET", "/api/system").json()["reasons"])
    assert "The recording of 1 call was found damaged on the disk since 20" in reasons
    assert f": of call {waiting}. " in reasons
    # It tries the engine as well, which a busy machine loads for minutes.
    done = vbot("doctor", data_dir=box.data_dir, settings=box.settings, seconds=400)
    (told,) = [line for line in done.stdout.splitlines() if " recordings: " in line]
    assert done.returncode == 1
    assert told.startswith("WRONG recordings: all 6 were read (0.0 MB), 4 damaged: ")
    assert all(str(path) in told for path in files)

    box.stop()
    box.start()  # which waits for `ready`
    assert wait_until(lambda: box.health() == "degraded", 60, 0.2)
    later = box.accepted(key, recording(0.01))
    assert box.final_call(later)["state"] == "completed"


def test_repair_tells_at_a_terminal_what_it_is_doing_and_nothing_more_elsewhere(box: FakeAppliance) -> None:
    box.new_customer()
    box.stop()
    elsewhere = vbot("repair", data_dir=box.data_dir, settings=box.settings)
    assert (elsewhere.returncode, elsewhere.stderr) == (0, "")

    flip(box.data_dir / "vbot.duckdb", 9000)
    shown = at_a_terminal(box, "repair").splitlines()

    assert shown[0].startswith("looking through vbot.duckdb, ")
    assert shown[0].endswith(" MB, and its log ...")
    assert "it is damaged: copying what the disk gives of it ..." in shown
    assert "opening the database ..." in shown


def at_a_terminal(box: FakeAppliance, command: str) -> str:
    """What a command shows there on stderr; its stdout goes elsewhere."""
    around = environment(box.data_dir, box.settings)
    with TerminalSession([VBOT, command], around, box.folder, stdout=subprocess.DEVNULL) as session:
        assert session.ends_with() == 0, session.shown
        return session.shown
