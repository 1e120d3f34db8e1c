"""The power goes in the middle of a call, twice, and comes back."""

from __future__ import annotations

import time

from tests.nspawn.box import Box, all_delivered, speech
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.upgraded_box import Sender

BEGINS_SECONDS = 300.0


def test_a_power_cut_in_the_middle_of_a_call_loses_none_and_sends_no_webhook_twice(
    box: Box, customer: Customer
) -> None:
    with Sender(box, customer.key, speech(), 1.5) as sender:
        for _ in range(2):
            long = box.http.accepted(customer.key, speech(20)())
            sender.accepted.append(long)
            assert wait_until(lambda: is_worked_on(box), BEGINS_SECONDS, 0.05), box.logs()
            box.container.cut_power()
            began = time.monotonic()
            box.container.boot()
            box.wait_until_ready()
            print(f"ready {time.monotonic() - began:.1f} s after the power was back")
            sender.goes_on(3)
    assert sender.wrong == []
    all_delivered(sender, customer, box)


def is_worked_on(box: Box) -> bool:
    """Whether a worker has a call in its hands."""
    workers = box.http.admin("GET", "/api/system").json()["workers"]
    return any(one["calls_in_hand"] for one in workers)
