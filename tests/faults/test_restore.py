"""A backup made while calls come in: restored, every call that it holds ends as the ledger asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.appliance import vbot
from tests.support.fake_appliance import FakeAppliance
from tests.support.ledger import Ledger
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.spool import Post, Spool, recording

pytestmark = pytest.mark.slow

BEFORE, AFTER = 12, 12


@pytest.mark.long
def test_a_backup_made_under_load_is_restored_with_every_call_it_holds_and_the_ledger_holds_on_it(
    tmp_path: Path, receiver: WebhookReceiver
) -> None:
    with FakeAppliance(tmp_path / "fake") as box:
        ledger = Ledger(box, receiver)
        customer = ledger.customer()
        posts = [Post(recording(0.3), external_id=f"call-{number}") for number in range(BEFORE + AFTER)]
        spool = Spool(box, customer.key, posts[:BEFORE], posts[BEFORE:])
        spool.start()
        assert wait_until(lambda: len(spool.said) == BEFORE, 150, 0.02)
        spool.gate.set()  # the rest comes in while the backup is made

        made = vbot("backup", "create", data_dir=box.data_dir)

        assert made.returncode == 0, made.stderr
        assert spool.join(150)
        assert wait_until(lambda: len(customer.endpoint.received) > BEFORE // 2, 150)
        box.stop()
        key = tmp_path / "recovery.key"
        key.write_text(vbot("backup", "recovery-key", data_dir=box.data_dir).stdout)
        restored = vbot("restore", made.stdout.strip(), "--recovery-key-file", key, data_dir=box.data_dir)
        assert restored.returncode == 0, restored.stderr

        box.start()
        known = {call["call_id"] for call in box.admin("GET", "/api/calls").json()["calls"]}
        assert {said.call_id for said in spool.said[:BEFORE]} <= known, "accepted before the backup, and not in it"
        held = [said for said in spool.said if said.call_id in known]
        assert f"{len(held)} calls" in restored.stdout
        entries = [ledger.enter(customer, said) for said in held]
        # Some had ended after the backup was made: analysed again, they are told under the id that is known.
        assert ledger.check(entries) >= len(entries)
        box.stop()
        ledger.audit()
