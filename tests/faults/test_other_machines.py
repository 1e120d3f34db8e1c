"""Workers on other machines (network namespaces with host names of their own): how much two do, and one cut off.

Production api, queue and workers; the engine is a fake that sleeps (tests/support/fake_worker.py), so what is measured
is what vBot adds to an engine's work: the queue through the api, claims, recordings, reports.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.customer import Customer
from tests.support.joined_workers import LEASE_SECONDS, SHORT_LEASE_SECONDS, JoinableBox
from tests.support.ledger import Ledger, Measured
from tests.support.namespaces import Machine, why_none
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.spool import recording

pytestmark = [pytest.mark.slow, pytest.mark.long]

# Of a call's work; a busy machine's delays are small beside it.
CALL_SECONDS = 4.0
CALLS = 8
ENOUGH = 1.8


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    """Two of them."""
    if (reason := why_none()) is not None:
        pytest.skip(reason)
    with ExitStack() as stack:
        yield [stack.enter_context(Machine(number, f"gpu{number}")) for number in (1, 2)]


@pytest.fixture
def lease_seconds() -> int:
    return LEASE_SECONDS


@pytest.fixture
def box(tmp_path: Path, lease_seconds: int) -> Iterator[JoinableBox]:
    with JoinableBox(tmp_path, lease_seconds) as running:
        yield running


@pytest.fixture
def ledger(box: JoinableBox, receiver: WebhookReceiver) -> Ledger:
    return Ledger(box.api, receiver)


def seconds_for_calls(ledger: Ledger, customer: Customer) -> float:
    """How long so many calls take from the moment when the first of them is begun until the last is final."""
    waiting = [ledger.accept(customer, recording(CALL_SECONDS)) for _ in range(CALLS)]
    assert wait_until(lambda: any(ledger.state(one) == "processing" for one in waiting), 60, 0.02)
    began = time.monotonic()
    for call_id in waiting:
        ledger.final_within(call_id, 300)
    return time.monotonic() - began


def test_two_machines_do_almost_twice_as_much_as_one(
    box: JoinableBox, ledger: Ledger, machines: list[Machine], measured: Measured
) -> None:
    _, token, pin = box.token("gpu room")
    box.joins(token, pin, "cpu", machines[0])
    box.wait_for_ready(1)
    # Of two, one would be kept from taking the last place.
    customer = ledger.customer()
    alone = seconds_for_calls(ledger, customer)
    box.joins(token, pin, "cpu", machines[1])
    shown = box.wait_for_ready(2)
    assert {name: one["address"] for name, one in shown.items()} == {
        f"{one.host_name}/cpu": one.address for one in machines
    }
    together = seconds_for_calls(ledger, customer)
    measured("one machine", alone)
    measured("two machines", together)
    measured("times as much", alone / together)
    assert alone / together >= ENOUGH, f"{alone:.1f} s alone, {together:.1f} s together"
    ledger.check()
    box.api.stop()
    ledger.audit()


@pytest.mark.parametrize("lease_seconds", [SHORT_LEASE_SECONDS])
def test_the_books_are_right_when_a_machine_is_cut_off_in_mid_call(
    box: JoinableBox, ledger: Ledger, machines: list[Machine], measured: Measured, lease_seconds: int
) -> None:
    _, token, pin = box.token("gpu room")
    cut = box.joins(token, pin, "cpu", machines[0])
    box.wait_for_ready(1)
    customer = ledger.customer()
    call_id = ledger.accept(customer, recording(20.0), attempts=range(2, 3), crashes=1)
    assert wait_until(lambda: ledger.state(call_id) == "processing", 60, 0.02)

    machines[0].pull_cable()
    since = time.monotonic()
    assert wait_until(lambda: ledger.state(call_id) != "processing", lease_seconds + 60, 0.02), "it keeps its lease"
    measured("given back after", time.monotonic() - since)
    assert time.monotonic() - since >= lease_seconds - 2.5, "a lease is that long; its last renewal may be older"
    box.joins(token, pin, "cpu", machines[1])
    others = [ledger.accept(customer, recording(0.2)) for _ in range(4)]
    assert wait_until(lambda: ledger.state(call_id) == "processing", 120, 0.02)
    machines[0].plug_in()  # its late word about a call that another has by now counts for nothing
    for one in (call_id, *others):
        ledger.final_within(one, 300)
    shown = box.wait_for_ready(2)
    assert sorted(shown) == ["gpu1/cpu", "gpu2/cpu"]
    assert ledger.call(call_id)["state"] == "completed"
    after = [ledger.accept(customer, recording(2.0)) for _ in range(6)]
    for one in after:
        ledger.final_within(one, 300)
    assert wait_until(lambda: box.shown()["gpu1/cpu"]["calls_done"] > 0, 60, 0.1), f"it works again\n{cut.log}"
    ledger.check()
    box.api.stop()
    ledger.audit()
