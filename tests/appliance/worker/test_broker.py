"""How a worker takes calls out of the queue: what it leaves for others, and calls that it takes alone."""

from __future__ import annotations

import threading
from typing import Any

import dramatiq
import pytest

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.queue_names import ANALYSE_ACTOR, GPU_QUEUE
from appliance.queue.broker import CallQueue, connect
from appliance.worker.broker import PAUSE_SECONDS, CallsInHand, worker_broker
from tests.support.processes import wait_until
from tests.support.valkey import Valkey


class WorkersEnd:
    """A worker's end of the queue: it takes when a test says so."""

    def __init__(self, url: str, calls_at_once: int = 2) -> None:
        self.hands = CallsInHand(calls_at_once)
        self.queue = CallQueue(connect(url))
        self.broker = worker_broker(connect(url), self.hands)
        self.consumer: Any = self.broker.consume(GPU_QUEUE)
        self.taken: dict[str, Any] = {}

    def take(self) -> list[str]:
        """All that it would take now, and what it holds after that."""
        for _ in range(4):
            if self.hands.wait_for_room(0) and self.queue.depth() and (message := next(self.consumer)) is not None:
                self.taken[message.kwargs["body"]["call_id"]] = message
        return list(self.taken)

    def done(self, call_id: str) -> None:
        self.consumer.ack(self.taken.pop(call_id))


@pytest.fixture
def queue(valkey: Valkey) -> CallQueue:
    return CallQueue(connect(valkey.url))


def put(queue: CallQueue, *call_ids: str, alone: bool = False) -> None:
    for call_id in call_ids:
        queue.put(AnalyseCall(call_id=call_id, revision=1, attempt=1, recording_path="/", alone=alone))


def test_a_worker_takes_what_it_can_work_on_and_leaves_the_rest_to_others(queue: CallQueue, valkey: Valkey) -> None:
    put(queue, "1", "2", "3")
    full, idle = WorkersEnd(valkey.url), WorkersEnd(valkey.url)

    assert full.take() == ["1", "2"]
    assert queue.depth() == 1
    assert idle.take() == ["3"]


def test_what_is_done_makes_room(queue: CallQueue, valkey: Valkey) -> None:
    put(queue, "1", "2", "3", "4")
    worker = WorkersEnd(valkey.url)
    worker.take()

    worker.done("1")

    assert worker.take() == ["2", "3"]
    assert queue.depth() == 1


@pytest.mark.parametrize("call_seconds", [60.0, 0.01])
def test_whoever_holds_less_looks_sooner(call_seconds: float) -> None:
    hands = CallsInHand(16)
    assert hands.pause_seconds == 0
    for number in range(40):
        hands.take(f"{number}", alone=False)
        hands.analysed(call_seconds)
        hands.put_down(f"{number}")
    assert hands.pause_seconds == 0
    pauses = []
    for number in range(16):
        hands.take(f"{number}", alone=False)
        pauses.append(hands.pause_seconds)
    assert pauses == sorted(set(pauses))
    if call_seconds > 1:
        assert pauses[0] >= PAUSE_SECONDS
    else:
        # One of sixteen ends every sixteenth of that time: as often another can be taken.
        assert pauses[-1] <= call_seconds / 16 * 1.01


def test_one_call_that_is_done_with_at_once_makes_no_hurry() -> None:
    hands = CallsInHand(4)
    for seconds in (60.0, 60.0, 0.0, 0.0, 0.0):
        hands.analysed(seconds)
    hands.take("next", alone=False)
    assert hands.pause_seconds == PAUSE_SECONDS


def test_what_was_taken_and_came_to_no_result_makes_no_hurry() -> None:
    """It was not ours, a copy, or its recording could not be fetched: that is over at once."""
    hands = CallsInHand(16)
    for number in range(40):
        hands.take(f"{number}", alone=False)
        hands.put_down(f"{number}")
    hands.take("next", alone=False)
    assert hands.pause_seconds == PAUSE_SECONDS


def test_a_call_alone_waits_in_the_queue_until_some_worker_has_nothing_else(queue: CallQueue, valkey: Valkey) -> None:
    put(queue, "usual")
    busy, other = WorkersEnd(valkey.url), WorkersEnd(valkey.url)
    busy.take()
    put(queue, "alone", alone=True)
    put(queue, "after it")

    assert busy.take() == ["usual"], "taken beside another call, or passed over"
    assert other.take() == ["alone"], "nothing is taken beside it"
    assert busy.take() == ["usual", "after it"], "the others go on"

    other.done("alone")
    assert (other.take(), queue.depth()) == ([], 0)


def test_two_calls_alone_follow_each_other_and_starve_nobody(queue: CallQueue, valkey: Valkey) -> None:
    put(queue, "first")
    worker = WorkersEnd(valkey.url)
    worker.take()
    put(queue, "second", "third", alone=True)
    put(queue, "fourth", "fifth")

    came = []
    for done in ("first", "second", "third"):
        worker.done(done)
        came.append(worker.take())

    assert came == [["second"], ["third"], ["fourth", "fifth"]]


def test_a_call_alone_that_came_all_the_same_waits_for_those_in_hand(valkey: Valkey) -> None:
    """Between the look and the taking, another worker may take what was looked at."""
    hands = CallsInHand(3)
    hands.take("usual", alone=False)
    hands.take("alone", alone=True)
    assert not hands.wait_for_room(0)
    waiting = threading.Thread(target=hands.wait_until_alone)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()

    hands.put_down("usual")

    waiting.join(60)
    assert not waiting.is_alive()
    assert not hands.wait_for_room(0)


def test_a_worker_that_ends_puts_back_what_it_was_just_taking(queue: CallQueue, valkey: Valkey) -> None:
    worker = WorkersEnd(valkey.url)
    put(queue, "1")
    worker.hands.close()
    assert worker.take() == []

    worker.hands.wait_for_room = lambda seconds: True  # type: ignore[method-assign]  # it looked before it was closed
    assert next(worker.consumer) is None

    assert queue.depth() == 1


def test_what_is_in_hand_counts_on_when_the_queue_was_away(queue: CallQueue, valkey: Valkey) -> None:
    put(queue, "1", "2")
    worker = WorkersEnd(valkey.url)
    worker.take()
    valkey.kill()
    valkey.start()
    put(queue, "3", "4")

    worker.consumer = worker.broker.consume(GPU_QUEUE)  # as Dramatiq does
    assert worker.take() == ["1", "2"]
    worker.done("1")
    assert worker.take() == ["2", "3"]


def test_dramatiqs_worker_brings_calls_on_threads_of_their_own(queue: CallQueue, valkey: Valkey) -> None:
    together, free = threading.Barrier(2), threading.Event()
    brought = []

    def work(body: dict[str, Any]) -> None:
        brought.append(body["call_id"])
        together.wait(60)
        free.wait(60)

    hands = CallsInHand(2)
    broker = worker_broker(connect(valkey.url), hands)
    dramatiq.actor(broker=broker, actor_name=ANALYSE_ACTOR, queue_name=GPU_QUEUE)(work)
    worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=100)
    put(queue, "1", "2")
    worker.start()
    try:
        assert wait_until(lambda: together.n_waiting == 0 and len(brought) == 2, 60)
        free.set()
        assert wait_until(lambda: len(hands) == 0, 60)
    finally:
        worker.stop()
    assert sorted(brought) == ["1", "2"]


def test_an_idle_worker_is_woken_by_a_call_and_loses_it_to_nobody(queue: CallQueue, valkey: Valkey) -> None:
    workers = [WorkersEnd(valkey.url) for _ in range(3)]
    came: list[Any] = []

    def wait(worker: WorkersEnd) -> None:
        while not came:
            if (message := next(worker.consumer)) is not None:
                came.append(message)

    threads = [threading.Thread(target=wait, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    put(queue, "1")
    for thread in threads:
        thread.join(60)

    assert [message.kwargs["body"]["call_id"] for message in came] == ["1"]
    assert queue.depth() == 0
