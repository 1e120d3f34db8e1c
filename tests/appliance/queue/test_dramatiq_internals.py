"""What we rely on in Dramatiq and that it does not promise: an upgrade that breaks it is to be seen here."""

from __future__ import annotations

import logging
import time

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker

from appliance.queue.broker import connect
from appliance.queue.dramatiq_internals import (
    QueueConsumer,
    UncountedConsumer,
    all_threads_alive,
    bodies_of,
    consuming_threads,
    list_of,
    silent_actor,
)
from tests.support.own_records import own_messages
from tests.support.valkey import Valkey

NAMESPACE, QUEUE = "test", "work"


@pytest.fixture
def broker(valkey: Valkey) -> RedisBroker:
    broker = RedisBroker(client=connect(valkey.url), middleware=[], namespace=NAMESPACE)
    broker.declare_queue(QUEUE)
    return broker


def put(broker: RedisBroker, *numbers: int) -> None:
    for number in numbers:
        broker.enqueue(dramatiq.Message(queue_name=QUEUE, actor_name="act", args=(number,), kwargs={}, options={}))


def length(broker: RedisBroker) -> int:
    return int(broker.client.llen(list_of(NAMESPACE, QUEUE)))


def test_messages_lie_in_a_list_and_what_they_say_in_a_hash_beside_it(broker: RedisBroker) -> None:
    put(broker, 1, 2)
    names = broker.client.lrange(list_of(NAMESPACE, QUEUE), 0, -1)
    bodies = [broker.client.hget(bodies_of(list_of(NAMESPACE, QUEUE)), name) for name in names]
    assert [dramatiq.Message.decode(body).args for body in bodies] == [(1,), (2,)]


def test_a_consumer_counts_what_it_has_given_out(broker: RedisBroker) -> None:
    put(broker, 1, 2, 3)
    consumer = QueueConsumer(broker, QUEUE, prefetch=2, longest_sleep_milliseconds=1)
    first = next(consumer)
    assert consumer.has_messages  # the second: fetched with the first
    assert (first.args, next(consumer).args, next(consumer)) == ((1,), (2,), None)
    assert length(broker) == 1
    consumer.ack(first)
    assert next(consumer).args == (3,)


def test_one_that_does_not_count_takes_a_message_whenever_it_is_asked(broker: RedisBroker) -> None:
    put(broker, 1, 2)
    consumer = UncountedConsumer(broker, QUEUE, prefetch=1, longest_sleep_milliseconds=1)
    assert (next(consumer).args, next(consumer).args, next(consumer)) == ((1,), (2,), None)


def test_what_was_taken_can_be_put_back(broker: RedisBroker) -> None:
    put(broker, 1)
    consumer = UncountedConsumer(broker, QUEUE, prefetch=1, longest_sleep_milliseconds=1)
    consumer.put_back(next(consumer))
    assert length(broker) == 1
    assert next(consumer).args == (1,)


def test_a_worker_shows_its_threads(broker: RedisBroker) -> None:
    worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=10)
    worker.start()
    try:
        assert all_threads_alive(worker)
        assert {id(thread) for thread in consuming_threads()} >= {id(thread) for thread in worker.consumers.values()}
    finally:
        worker.stop()
    until = time.monotonic() + 60
    while all_threads_alive(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not all_threads_alive(worker)


def test_an_actor_writes_no_arguments_where_all_is_logged(
    broker: RedisBroker, caplog: pytest.LogCaptureFixture
) -> None:
    """Its logger is named after the function's module, so it is one of ours: a whole transcript stood in the log."""

    def work(body: str) -> None:
        logging.getLogger("appliance.somewhere").debug("took %d letters", len(body))

    work.__module__ = "appliance.somewhere"
    silent_actor(broker, "quiet", "quiet", work)
    with caplog.at_level(logging.DEBUG):
        broker.get_actor("quiet")(body="what was said")
    assert own_messages(caplog) == ["took 13 letters"]
    assert "what was said" not in caplog.text
