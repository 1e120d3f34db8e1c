"""`vbot up` as a whole: stopped, killed, started twice.

Its parts are killed in every run: tests/end_to_end/test_processes.py; here its books are audited as well.
"""

from __future__ import annotations

import os
import re
import subprocess
import time

import pytest

from tests.faults.test_kills_in_mid_call import long_call
from tests.support.appliance import RunningAppliance, free_port, vbot
from tests.support.ledger import Ledger, Measured
from tests.support.processes import survivors
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_sigterm_hands_the_call_back_and_counts_no_crash(own_ledger: Ledger, measured: Measured) -> None:
    box = own_ledger.box
    call_id = own_ledger.begun(own_ledger.customer(), long_call(), crashes=0, attempts=range(2, 3))

    began = time.monotonic()
    box.stop()  # fails when any process is left after 15 s
    measured("gone after", time.monotonic() - began)
    (row,) = [one for one in own_ledger.rows("call") if one["call_id"] == call_id]
    assert row["state"] in ("received", "queued", "processing")
    assert row["crashes"] == 0
    assert [one for one in own_ledger.rows("delivery") if one["call_id"] == call_id] == []

    began = time.monotonic()
    box.start()
    own_ledger.final_within(call_id)
    measured("final after start", time.monotonic() - began)
    own_ledger.check()
    box.stop()
    own_ledger.audit()


@pytest.mark.long
def test_after_kill_9_of_vbot_up_nothing_is_left_and_the_next_one_finishes_the_call(
    own_ledger: Ledger, measured: Measured
) -> None:
    box = own_ledger.box
    call_id = own_ledger.begun(own_ledger.customer(), long_call(), attempts=range(2, 3), crashes=0)

    killed = time.monotonic()
    orphans = box.kill_parent()
    # At once, as systemd would: the old children may still be on their way out.
    heir = RunningAppliance(box.folder / "heir", box.settings, data_dir=box.data_dir)
    heir.admin_token = box.admin_token
    with heir:
        measured("ready after", time.monotonic() - killed)
        left = survivors(orphans, 15 - (time.monotonic() - killed))
        assert not left, f"children outlive their parent: {[(one.title, one.waits_for) for one in left]}"
        own_ledger.box = heir
        own_ledger.final_within(call_id)
        measured("final after", time.monotonic() - killed)
        own_ledger.check()
    own_ledger.audit()


@pytest.mark.parametrize("command", ["api", "up"])
def test_a_second_one_on_the_same_data_folder_is_refused_in_one_line_and_disturbs_nobody(
    ledger: Ledger, box: RunningAppliance, command: str
) -> None:
    titles = ("vbot api", "vbot worker", "valkey-server")
    before = [box.one(title) for title in titles]  # a child that looks at something comes and goes
    elsewhere = {**box.settings, "VBOT_LISTEN": f"127.0.0.1:{free_port()}"}

    try:
        refused = vbot(command, data_dir=box.data_dir, settings=elsewhere, seconds=90)
    except subprocess.TimeoutExpired as hanging:
        raise AssertionError(f"it runs beside the first one: {hanging.stderr!r}") from None

    assert refused.returncode not in (0, None)
    assert re.fullmatch(r"vbot: [^\n]*in use[^\n]*\n", refused.stderr), refused.stderr
    assert refused.stdout == ""
    assert [box.one(title) for title in titles] == before
    assert os.path.exists(box.data_dir / "run/valkey.sock")  # noqa: PTH110
    call_id = ledger.accept(ledger.customer(), silence(1.0))
    ledger.final_within(call_id)
