"""All that we rely on in Dramatiq and that it does not promise: an upgrade that breaks it is to break here alone.

tests/appliance/queue/test_dramatiq_internals.py says what it is.
"""

from __future__ import annotations

import threading
from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.worker import ConsumerThread


def list_of(namespace: str, queue: str) -> str:
    """The Redis list in which the ids of a queue's messages lie, the next one first."""
    return f"{namespace}:{queue}"


def bodies_of(message_list: str) -> str:
    """The Redis hash beside such a list: what the messages say, by their ids."""
    return f"{message_list}.msgs"


def id_in_queue(enqueued: dramatiq.Message[Any]) -> str:
    """The id under which a message that was enqueued lies in the list: it is not the message's own."""
    return str(enqueued.options["redis_message_id"])


class QueueConsumer(_RedisConsumer):
    """Dramatiq's consumer of a queue, to be made another by its methods. It is iterated by a thread of Dramatiq's."""

    broker: RedisBroker
    queue_name: str
    message_cache: list[bytes]

    def __init__(self, broker: RedisBroker, queue: str, *, prefetch: int, longest_sleep_milliseconds: int) -> None:
        """After a look in vain it sleeps for at most so long."""
        super().__init__(broker, queue, prefetch, timeout=longest_sleep_milliseconds)  # type: ignore[no-untyped-call]

    def __next__(self) -> Any:
        """A message, or None. Also without one it tells Dramatiq that we live."""
        return super().__next__()  # type: ignore[no-untyped-call]

    def ack(self, message: Any) -> None:
        super().ack(message)  # type: ignore[no-untyped-call]

    def nack(self, message: Any) -> None:
        super().nack(message)  # type: ignore[no-untyped-call]

    def put_back(self, message: Any) -> None:
        """Let others take a message that was taken out of the queue."""
        self.requeue([message])  # type: ignore[no-untyped-call]

    @property
    def has_messages(self) -> bool:
        """Whether some were taken out of the queue and not yet handed on."""
        return bool(self.message_cache)


class UncountedConsumer(QueueConsumer):
    """One that takes a message whenever it is asked for one: whoever asks counts those that are in hand."""

    # Dramatiq fetches `prefetch` messages less these.
    outstanding_message_count = 0


def all_threads_alive(worker: dramatiq.Worker) -> bool:
    """Whether all threads of a worker that was started are there, which take messages and work on them."""
    return all(thread.is_alive() for thread in (*worker.consumers.values(), *worker.workers))


def consuming_threads() -> list[threading.Thread]:
    """The threads of this process in which Dramatiq looks for messages."""
    return [thread for thread in threading.enumerate() if isinstance(thread, ConsumerThread)]
