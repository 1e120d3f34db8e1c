"""The api's end of the queue of reports: whoever takes them is woken by them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import dramatiq
import redis

from appliance.messages.bounds import MAX_MESSAGE_BYTES
from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_NAMESPACE, RESULTS_QUEUE
from appliance.queue.broker import WAIT_SECONDS, wait_for_message
from appliance.queue.dramatiq_internals import GuardedBroker, QueueConsumer, id_in_queue, list_of

# After a wait in vain Dramatiq sleeps so long at most before the next.
AFTER_A_WAIT_MILLISECONDS = 20
REPORTS_HEARTBEAT_TIMEOUT_SECONDS = 10
# Taken out of the queue and not yet stored. Each may be as long as any message.
MOST_REPORTS_TAKEN = 8
# Of a million: every command. Dramatiq's default (0.1 % of them) leaves what a dead consumer held lying for minutes.
REPORTS_MAINTENANCE_CHANCE = 1_000_000


class WakingBroker(GuardedBroker):
    """A broker whose consumers are woken by messages, where Dramatiq's look for them again and again."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.in_hand: set[str] = set()  # what was handed on and is not acknowledged yet, by its id in the queue

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> dramatiq.Consumer:
        """As Dramatiq's worker asks for it: at its start, and again after each connection that failed."""
        with _closed_is_told():
            self.put_back_all_but(queue_name, tuple(self.in_hand))  # it changes on other threads
        most = min(prefetch, MOST_REPORTS_TAKEN)
        return _Woken(self, queue_name, prefetch=most, longest_sleep_milliseconds=AFTER_A_WAIT_MILLISECONDS)


class _Woken(QueueConsumer):
    broker: WakingBroker

    def __next__(self) -> Any:
        if not self.has_messages:
            wait_for_message(self.broker.client, list_of(RESULTS_NAMESPACE, self.queue_name), WAIT_SECONDS)
            self._sweep()
        # Without a message as well: by this Dramatiq knows that we live.
        message = super().__next__()
        if message is not None:
            self.broker.in_hand.add(id_in_queue(message))
        return message

    def ack(self, message: Any) -> None:
        super().ack(message)
        self.broker.in_hand.discard(id_in_queue(message))

    def nack(self, message: Any) -> None:
        super().nack(message)
        self.broker.in_hand.discard(id_in_queue(message))

    def _sweep(self) -> None:
        with _closed_is_told():
            self.broker.sweep(self.queue_name)


@contextlib.contextmanager
def _closed_is_told() -> Iterator[None]:
    """A connection that failed, told as Dramatiq's threads await it."""
    try:
        yield
    except redis.ConnectionError as error:
        raise dramatiq.errors.ConnectionClosed(error) from None  # type: ignore[no-untyped-call]


def reports_broker(client: redis.Redis) -> GuardedBroker:
    """The api's broker of the queue from the workers."""
    broker = WakingBroker(
        actor=REPORT_ACTOR,
        longest_bytes=MAX_MESSAGE_BYTES,
        bodies_as_text=True,
        client=client,
        middleware=[],
        namespace=RESULTS_NAMESPACE,
        heartbeat_timeout=REPORTS_HEARTBEAT_TIMEOUT_SECONDS * 1000,
        maintenance_chance=REPORTS_MAINTENANCE_CHANCE,
    )
    broker.declare_queue(RESULTS_QUEUE)
    return broker
