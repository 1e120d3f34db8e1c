"""Each unit killed, stopped and hung while a telephone system posts: it is back, and no call is lost."""

from __future__ import annotations

import time

import pytest

from tests.nspawn.box import API, QUEUE, WORKER, Box, all_delivered, speech
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.upgraded_box import Sender

# A worker loads its models once more; a watchdog waits for a minute before.
BACK_SECONDS = 600.0
EVERY_SECONDS = 1.5


def sends(box: Box, customer: Customer) -> Sender:
    return Sender(box, customer.key, speech(), EVERY_SECONDS)


def back_after(box: Box, unit: str, former: int) -> float:
    began = time.monotonic()
    assert wait_until(lambda: box.has_come_back(unit, former), BACK_SECONDS, 0.2), box.logs()
    return time.monotonic() - began


@pytest.mark.parametrize("unit", [QUEUE, API, WORKER])
def test_a_unit_that_is_killed_comes_back_and_no_call_is_lost(box: Box, customer: Customer, unit: str) -> None:
    former = box.main_pid(unit)
    with sends(box, customer) as sender:
        sender.goes_on(3)
        box.signal(unit, "KILL")
        seconds = back_after(box, unit, former)
        sender.goes_on(3)
    assert sender.wrong == []
    all_delivered(sender, customer, box)
    print(f"{unit} was back after {seconds:.1f} s")


@pytest.mark.parametrize("unit", [QUEUE, API, WORKER])
def test_a_unit_that_is_stopped_and_started_again_loses_no_call(box: Box, customer: Customer, unit: str) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        box.container.run("systemctl", "stop", unit)
        if unit != API:
            sender.goes_on(3)  # without queue or worker calls are accepted, and wait
        box.container.run("systemctl", "start", unit)
        sender.goes_on(3)
    assert sender.wrong == []
    all_delivered(sender, customer, box)


@pytest.mark.parametrize("unit", [API, WORKER])
def test_a_unit_that_hangs_is_aborted_by_its_watchdog_and_the_journal_has_its_stacks(
    box: Box, customer: Customer, unit: str
) -> None:
    former = box.main_pid(unit)
    with sends(box, customer) as sender:
        sender.goes_on(3)
        box.signal(unit, "STOP")
        seconds = back_after(box, unit, former)
        sender.goes_on(3)
    assert sender.wrong == []
    all_delivered(sender, customer, box)
    journal = box.container.run("journalctl", "--no-pager", "--output=cat", f"_PID={former}").stdout
    assert "Current thread" in journal or "Thread 0x" in journal, journal[-2000:]
    print(f"{unit} was back after {seconds:.1f} s")
