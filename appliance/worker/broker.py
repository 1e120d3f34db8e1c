"""How a worker takes calls out of the queue: one by one, and only what it begins with at once.

What it does not work on stays in the queue for others. Of several workers whoever holds least comes first; and a call
that is to be given out alone stays where it is until some worker has nothing else in hand.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import dramatiq
import redis

from appliance.messages.queue_names import GPU_QUEUE
from appliance.queue.broker import CALLS_LIST, WAIT_SECONDS, calls_broker, first_message, wait_for_message
from appliance.queue.dramatiq_internals import EmptyConsumer, GuardedBroker, UncountedConsumer

# A worker with nothing in hand takes a call when it comes; who holds calls looks so much later for each of them.
PAUSE_SECONDS = 0.02
# What an analysis changes of how long one is taken to last.
NEWEST_SHARE = 0.2


class CallsInHand:
    """The messages that a worker has taken and not yet done with; thread-safe."""

    def __init__(self, calls_at_once: int = 1) -> None:
        self.calls_at_once = calls_at_once
        self._changed = threading.Condition()
        self._taken: dict[str, bool] = {}  # message id → whether its call is alone
        self._usual_seconds: float | None = None  # that an analysis lasts
        self._closed = False

    def __len__(self) -> int:
        return len(self._taken)

    @property
    def pause_seconds(self) -> float:
        """How long to wait before taking another one, so that whoever holds less comes first.

        Where calls are done with quickly it is shorter, or so many would never be in hand as may be. So it compares
        only among workers that are about as fast: one that is much faster than another looks sooner with many calls in
        hand than that one with few, and one that has analysed nothing yet looks as late as the slowest.
        """
        pause = PAUSE_SECONDS
        if self._usual_seconds is not None:
            pause = min(pause, self._usual_seconds / self.calls_at_once**2)
        return len(self._taken) * pause

    def close(self) -> None:
        """Nothing more is taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self, message_id: str, *, alone: bool) -> bool:
        """Count a message in. False: we were closed meanwhile, and it is not ours."""
        with self._changed:
            if self._closed:
                return False
            self._taken[message_id] = alone
            return True

    def put_down(self, message_id: str) -> None:
        """We are done with a message."""
        with self._changed:
            self._taken.pop(message_id, None)
            self._changed.notify_all()

    def analysed(self, seconds: float) -> None:
        """An analysis has come to a result in so long: what came to none says nothing of how long one lasts."""
        with self._changed:
            usual = self._usual_seconds
            self._usual_seconds = seconds if usual is None else usual + NEWEST_SHARE * (seconds - usual)

    def wait_for_room(self, seconds: float) -> bool:
        """Wait until another message may be taken, at most so long; tell whether it may."""
        with self._changed:
            return self._changed.wait_for(self._has_room, seconds)

    def wait_until_alone(self) -> None:
        """Wait until one message is left in hand: the caller's."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._taken) <= 1)

    def _has_room(self) -> bool:
        return not self._closed and len(self._taken) < self.calls_at_once and not any(self._taken.values())


class WorkerBroker(GuardedBroker):
    """The worker's broker of the queue of calls; how much it takes and when, `hands` decide."""

    def __init__(self, hands: CallsInHand, **options: Any) -> None:
        super().__init__(**options)
        self._hands = hands

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> dramatiq.Consumer:
        """As Dramatiq's worker asks for it, after each loss of the queue again."""
        if queue_name == GPU_QUEUE:
            return OneByOneConsumer(self, self._hands)
        return EmptyConsumer(timeout)  # of messages that are to be delayed


class OneByOneConsumer(UncountedConsumer):
    """Takes one message when there is room for it; `hands` count those outstanding, and outlive a lost queue."""

    def __init__(self, broker: WorkerBroker, hands: CallsInHand) -> None:
        super().__init__(broker, GPU_QUEUE, prefetch=1, longest_sleep_milliseconds=round(PAUSE_SECONDS * 1000))
        self._hands = hands

    def __next__(self) -> Any:
        if not self._hands.wait_for_room(WAIT_SECONDS) or not self._wait_for_message():
            return None
        message = super().__next__()
        if message is not None and not self._hands.take(message.message_id, alone=_is_alone(message)):
            self.put_back(message)
            return None
        return message

    def _wait_for_message(self) -> bool:
        """Wait a while for a message to be there; tell whether it is, and may be taken by who holds what we hold."""
        if not wait_for_message(self.broker.client, CALLS_LIST, WAIT_SECONDS):
            return False
        pause = self._hands.pause_seconds
        if not pause:
            return True
        time.sleep(pause)
        message = first_message(self.broker.client)
        if message is None or _is_alone(message):
            time.sleep(PAUSE_SECONDS)  # nobody wakes us when it may be taken, or somebody else has
            return False
        return True

    def ack(self, message: Any) -> None:
        self._hands.put_down(message.message_id)
        super().ack(message)

    def nack(self, message: Any) -> None:
        self._hands.put_down(message.message_id)
        super().nack(message)


def worker_broker(client: redis.Redis, hands: CallsInHand) -> GuardedBroker:
    """The broker of the queue from the api to the workers, at a worker's end."""
    return calls_broker(client, partial(WorkerBroker, hands))


def _is_alone(message: Any) -> bool:
    return bool(message.kwargs.get("body", {}).get("alone", False))
