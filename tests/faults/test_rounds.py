"""Rounds of posting while something is killed, wiped, filled, hung or set off; each ends with the books in order.

The whole appliance but for the recognizer: see fake_up.py. 10 rounds in every run, 200 with `packaging/check --all`,
each fault equally often in an order of its own; FAULTS_SEED chooses another order.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.injected import (
    FAULTS,
    HOLDS,
    Round,
    disk_has_little_room,
    disk_is_full,
)
from tests.faults.summary import SUMS
from tests.support.customer import Customer
from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_worker import BESIDE
from tests.support.ledger import Ledger
from tests.support.receiver import WebhookReceiver
from tests.support.spool import Post, Spool, recording

pytestmark = pytest.mark.slow

SEED = os.environ.get("FAULTS_SEED", "1")
ROUNDS_OF_ONE_APPLIANCE = 20
USUAL, LONG = 1, 10  # appliances

Fault = Callable[[Round], None]


def order(appliance: int) -> list[Fault]:
    """The faults of one appliance's rounds: each twice, the disk once with little room and once with none.

    Its first half is of each fault one, for those runs that end there.
    """
    halves = [*FAULTS, disk_has_little_room], [*FAULTS, disk_is_full]
    assert all(len(half) == ROUNDS_OF_ONE_APPLIANCE // 2 for half in halves)
    chance = random.Random(f"{SEED} {appliance}")
    return [fault for half in halves for fault in chance.sample(half, len(half))]


@pytest.fixture
def fake_box(tmp_path: Path) -> Iterator[FakeAppliance]:
    """An appliance that only this test has."""
    with FakeAppliance(tmp_path / "fake") as box:
        yield box


@pytest.fixture(
    scope="module",
    params=[pytest.param(number, marks=[pytest.mark.long] * (number > USUAL)) for number in range(1, LONG + 1)],
    ids=lambda number: f"appliance {number}",
)
def season(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, receiver: WebhookReceiver
) -> Iterator[tuple[Ledger, list[Fault], tuple[Customer, Customer]]]:
    """One appliance for some rounds, their faults, and two customers; it is stopped and audited at the end."""
    folder = tmp_path_factory.mktemp("rounds")
    box = FakeAppliance(folder, clock=True)
    box.settings["VBOT_WEBHOOK_TIMEOUT_SECONDS"] = "5"  # one of the faults is a receiver that hangs
    # The last attempt is not before a fault has ended on a busy machine, and well within SETTLE_SECONDS.
    box.settings["VBOT_WEBHOOK_RETRY_SECONDS"] = "1,8,30"
    with box:
        ledger = Ledger(box, receiver)
        customers = ledger.customer(), ledger.customer()
        yield ledger, order(request.param), customers
        try:
            box.stop()
        finally:
            request.config.stash.setdefault(SUMS, []).append(ledger.sums())
        ledger.audit()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=[pytest.mark.long] * (number > ROUNDS_OF_ONE_APPLIANCE // 2), id=f"round {number}")
        for number in range(1, ROUNDS_OF_ONE_APPLIANCE + 1)
    ],
)
def test_nothing_is_lost_in_a_round(
    season: tuple[Ledger, list[Fault], tuple[Customer, Customer]], number: int, request: pytest.FixtureRequest
) -> None:
    ledger, faults, customers = season
    fault = faults[number - 1]
    now = Round(ledger, customers, random.Random(f"{SEED} {request.node.callspec.id}"), fault in HOLDS)
    now.begin()
    try:
        try:
            fault(now)
        finally:
            now.go_on()
            now.let_go()
        now.finish()
    except AssertionError as error:
        error.add_note(f"fault: {fault.__name__}")
        now.note_what_was_accepted()
        raise
    ledger.rounds[fault.__name__] += 1


@pytest.mark.long
def test_a_recording_that_kills_its_worker_is_tried_three_times_and_its_neighbours_do_not_suffer(
    fake_box: FakeAppliance, receiver: WebhookReceiver, request: pytest.FixtureRequest
) -> None:
    ledger = Ledger(fake_box, receiver)
    customer = ledger.customer()
    killer = Post(recording(0.2, kills=True))
    posts = [Post(recording(1.2)), killer, *(Post(recording(0.2)) for _ in range(4))]
    spool = Spool(fake_box, customer.key, posts, [])
    spool.gate.set()
    spool.start()
    assert spool.join(150)
    entries = [ledger.enter(customer, said) for said in spool.said]
    (bad,) = (entry for entry in entries if entry.recordings == [killer.sha256])
    bad.state = "failed"

    ledger.check(entries)

    assert ledger.call(bad.call_id)["error"]["code"] == "worker_crashed"
    (webhook,) = customer.received_about(bad.call_id)
    assert (webhook.json["event"], webhook.json["error"]["code"]) == ("call.failed", "worker_crashed")
    fake_box.stop()
    ledger.audit()
    rows = {row["call_id"]: row for row in ledger.rows("call")}
    beside = {row["call_id"]: json.loads(row["body"])["keyword_scores"][BESIDE] for row in ledger.rows("result")}
    # Three times alone, and before that once beside the long call: that counts for neither.
    assert (rows[bad.call_id]["attempt"], rows[bad.call_id]["crashes"]) in ((4, 3), (3, 3))
    for entry in entries:
        if entry is not bad:
            attempt, crashes = rows[entry.call_id]["attempt"], rows[entry.call_id]["crashes"]
            assert (attempt, crashes) in ((1, 0), (2, 0)), rows[entry.call_id]
            assert attempt == 1 or beside[entry.call_id] == 0, "it was to be alone"
