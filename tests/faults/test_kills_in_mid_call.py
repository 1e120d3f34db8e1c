"""kill -9 of one part or several while a call is being transcribed: it still becomes final, once.

With the real recognizer; in every run the worker, which holds the call; test_rounds.py, with a fake one, does the rest.
"""

from __future__ import annotations

import time

import pytest
import redis

from tests.support.appliance import RunningAppliance
from tests.support.ledger import TOO_SHORT, Ledger, Measured
from tests.support.machine_time import MachineTime
from tests.support.processes import Process, wait_until
from tests.support.recordings import conversation_samples, wav

pytestmark = pytest.mark.slow

WORKER, API, VALKEY = "vbot worker", "vbot api", "valkey-server"
BACK_SECONDS = 10.0  # published: a child that is killed is restarted within 10 s …
HEALTHY_SECONDS = 30.0  # … and healthy within 30 s


def long_call() -> bytes:
    """A minute of real speech: several seconds of work."""
    return wav(conversation_samples() * 2)


def kill(box: RunningAppliance, *titles: str) -> list[Process]:
    """kill -9 these parts, all at once."""
    victims = [box.one(title) for title in titles]
    for victim in victims:
        victim.kill()
    return victims


def wipe_queue(box: RunningAppliance) -> None:
    with redis.Redis(unix_socket_path=str(box.data_dir / "run/valkey.sock")) as queue:
        queue.flushall()


def await_back(box: RunningAppliance, *titles: str, not_these: list[Process]) -> None:
    """Wait until each part lives again, as another process, and the whole is healthy."""
    since = MachineTime(box.processes)
    for title in titles:
        back = since.wait_until(lambda title=title: any(one not in not_these for one in box.named(title)), BACK_SECONDS)
        assert back, f"{title} is not back\n{box.log_tail()}"
    time.sleep(0.5)  # the old one's last word must not count as health
    healthy = since.wait_until(lambda: box.health() == "healthy", HEALTHY_SECONDS, 0.1)
    assert healthy, f"{box.health()}\n{box.log_tail()}"


@pytest.mark.parametrize(
    ("victims", "crashes", "attempts"),
    [
        pytest.param((WORKER,), 1, range(2, 3), id="worker"),
        pytest.param((API,), 0, range(1, 2), id="api", marks=pytest.mark.long),
        # The worker goes on, but its call is queued again: it may claim that before its report is stored.
        pytest.param((VALKEY,), 0, range(1, 3), id="valkey", marks=pytest.mark.long),
        pytest.param((WORKER, API), 1, range(2, 3), id="worker and api", marks=pytest.mark.long),
        # Who loses the queue cannot tell any more who died: nothing is counted.
        pytest.param((WORKER, API, VALKEY), 0, range(2, 3), id="all three", marks=pytest.mark.long),
    ],
)
def test_a_call_in_the_works_becomes_final_once_after_kill_9(
    ledger: Ledger,
    box: RunningAppliance,
    measured: Measured,
    victims: tuple[str, ...],
    crashes: int,
    attempts: range,
) -> None:
    call_id = ledger.begun(ledger.customer(), long_call(), crashes=crashes, attempts=attempts)

    killed = kill(box, *victims)
    since = MachineTime(box.processes)
    await_back(box, *victims, not_these=killed)
    measured("healthy after", since.seconds)

    ledger.final_within(call_id)
    measured("final after", since.seconds)
    assert since.seconds < 60


@pytest.mark.long
def test_a_call_in_the_works_becomes_final_once_after_the_queue_was_wiped(
    ledger: Ledger, box: RunningAppliance, measured: Measured
) -> None:
    call_id = ledger.begun(ledger.customer(), long_call(), crashes=0, attempts=range(1, 3))

    wipe_queue(box)

    measured("final after", ledger.final_within(call_id))


@pytest.mark.long
def test_calls_that_wait_survive_a_wiped_queue(ledger: Ledger, box: RunningAppliance) -> None:
    customer = ledger.customer()
    first = ledger.accept(customer, long_call())
    waiting = [
        ledger.accept(customer, wav(conversation_samples(0, 2 + number)), attempts=range(1, 2)) for number in range(3)
    ]
    assert ledger.in_mid_call(first), TOO_SHORT

    wipe_queue(box)

    for call_id in (first, *waiting):
        ledger.final_within(call_id)


@pytest.mark.long
def test_a_wiped_queue_and_a_killed_worker_together_lose_nothing(ledger: Ledger, box: RunningAppliance) -> None:
    call_id = ledger.begun(ledger.customer(), long_call(), attempts=range(2, 3))

    wipe_queue(box)
    killed = kill(box, WORKER)
    await_back(box, WORKER, not_these=killed)

    ledger.final_within(call_id)


@pytest.mark.long
def test_a_recording_that_crashes_the_worker_three_times_fails_and_says_so_once(
    ledger: Ledger, box: RunningAppliance, measured: Measured
) -> None:
    customer = ledger.customer()
    call_id = ledger.accept(customer, long_call(), state="failed", crashes=3, attempts=range(3, 4))
    began = time.monotonic()
    for _ in range(3):
        assert ledger.in_mid_call(call_id), TOO_SHORT
        killed = kill(box, WORKER)
        # Until the next one is heard of, the call is in the dead one's hands.
        moved_on = wait_until(lambda: ledger.state(call_id) in ("received", "queued", "failed"), 90)
        assert moved_on, box.log_tail()
        await_back(box, WORKER, not_these=killed)
    ledger.final_within(call_id, 60)
    measured("failed after", time.monotonic() - began)

    call = box.admin("GET", f"/api/calls/{call_id}").json()
    assert call["error"]["code"] == "worker_crashed"
    (webhook,) = customer.endpoint.wait_for(1)
    body = webhook.verified(customer.secret)
    assert (body["event"], body["error"]["code"]) == ("call.failed", "worker_crashed")
    assert customer.endpoint.stays_at(1, 2)
