"""Webhooks while the api is killed: at least once, always under the same id, and the schedule survives."""

from __future__ import annotations

import pytest

from tests.faults.test_kills_in_mid_call import API, await_back, kill
from tests.support.appliance import RunningAppliance
from tests.support.ledger import Ledger
from tests.support.processes import wait_until
from tests.support.receiver import Answer
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


def test_a_webhook_that_came_but_was_not_recorded_comes_again_under_the_same_id(
    ledger: Ledger, box: RunningAppliance
) -> None:
    # It is killed long before, and then nobody waits for this answer.
    customer = ledger.customer(Answer(delay_seconds=60), Answer())
    call_id = ledger.accept(customer, silence(1.0), webhooks=range(2, 3))
    customer.endpoint.wait_for(1)

    killed = kill(box, API)  # while the receiver has not answered yet
    await_back(box, API, not_these=killed)

    first, second = customer.endpoint.wait_for(2, 150)
    assert second.webhook_id == first.webhook_id
    assert second.body == first.body
    delivery = box.delivery_in_state(call_id, "delivered")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200]


def test_a_webhook_that_was_just_answered_comes_twice_at_most_when_the_api_is_killed(
    ledger: Ledger, box: RunningAppliance
) -> None:
    customer = ledger.customer()
    ledger.accept(customer, silence(1.0), webhooks=range(1, 3))
    assert wait_until(lambda: bool(customer.endpoint.received), 150, 0.001)

    killed = kill(box, API)
    await_back(box, API, not_these=killed)

    assert customer.endpoint.stays_at(2, 2)


@pytest.mark.long
def test_the_retry_schedule_survives_a_killed_api(ledger: Ledger, box: RunningAppliance) -> None:
    for _ in range(3):  # a busy machine may look when the retry is done
        customer = ledger.customer(Answer(500), Answer())
        call_id = ledger.accept(customer, silence(1.0), webhooks=range(2, 3))
        customer.endpoint.wait_for(1, 150)
        assert wait_until(lambda one=call_id: state(box, one) in ("retrying", "delivered"), 150)  # type: ignore[misc]
        planned = box.deliveries(call_id)[0]["next_attempt_at"]
        if planned is not None:
            break
    assert planned is not None, "there is nothing to be kept"
    killed = kill(box, API)
    await_back(box, API, not_these=killed)

    (now,) = box.deliveries(call_id)
    # Not anew; unless the api was away for longer than that.
    assert now["next_attempt_at"] == planned or now["state"] == "delivered"
    first, second = customer.endpoint.wait_for(2, 150)
    assert second.at - first.at >= 8.0  # not at once
    assert second.webhook_id == first.webhook_id
    delivery = box.delivery_in_state(call_id, "delivered")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 200]


def state(box: RunningAppliance, call_id: str) -> str:
    """Of the only delivery of that call."""
    (delivery,) = box.deliveries(call_id)
    return str(delivery["state"])
