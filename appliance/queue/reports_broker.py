"""The api's end of the queue of reports: whoever takes them is woken by them."""

from __future__ import annotations

from typing import Any

import dramatiq
import redis

from appliance.messages.bounds import MAX_MESSAGE_BYTES
from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_NAMESPACE, RESULTS_QUEUE
from appliance.queue.broker import WAIT_SECONDS, wait_for_message
from appliance.queue.dramatiq_internals import GuardedBroker, QueueConsumer, list_of

# After a wait in vain Dramatiq sleeps so long at most before the next.
AFTER_A_WAIT_MILLISECONDS = 20
REPORTS_HEARTBEAT_TIMEOUT_SECONDS = 10
# Taken out of the queue and not yet stored. Each may be as long as any message.
MOST_REPORTS_TAKEN = 8
# Of a million: every command. Dramatiq's default (0.1 % of them) leaves what a dead consumer held lying for minutes.
REPORTS_MAINTENANCE_CHANCE = 1_000_000


class WakingBroker(GuardedBroker):
    """A broker whose consumers are woken by messages, where Dramatiq's look for them again and again."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> dramatiq.Consumer:
        """As Dramatiq's worker asks for it."""
        most = min(prefetch, MOST_REPORTS_TAKEN)
        return _Woken(self, queue_name, prefetch=most, longest_sleep_milliseconds=AFTER_A_WAIT_MILLISECONDS)


class _Woken(QueueConsumer):
    broker: GuardedBroker

    def __next__(self) -> Any:
        if not self.has_messages:
            wait_for_message(self.broker.client, list_of(RESULTS_NAMESPACE, self.queue_name), WAIT_SECONDS)
            self._sweep()
        # Without a message as well: by this Dramatiq knows that we live.
        return super().__next__()

    def _sweep(self) -> None:
        try:
            self.broker.sweep(self.queue_name)
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
