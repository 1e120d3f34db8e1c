"""All that we rely on in Dramatiq and that it does not promise: an upgrade that breaks it is to break here alone.

tests/appliance/queue/test_dramatiq_internals.py says what it is.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import dramatiq
import msgspec
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.worker import ConsumerThread

from appliance.messages.bounds import MOST_READ_LENIENTLY


def silent_actor(broker: dramatiq.Broker, name: str, queue: str, work: Callable[..., Any]) -> None:
    """Declare an actor that logs nothing itself.

    An actor's logger is named after its function's module, so it is one of ours: at `debug` it writes each message's
    arguments, and with them what was said in the call.
    """
    dramatiq.actor(broker=broker, actor_name=name, queue_name=queue)(work).logger.disabled = True


def list_of(namespace: str, queue: str) -> str:
    """The Redis list in which the ids of a queue's messages lie, the next one first."""
    return f"{namespace}:{queue}"


def bodies_of(message_list: str) -> str:
    """The Redis hash beside such a list: what the messages say, by their ids."""
    return f"{message_list}.msgs"


def id_in_queue(enqueued: dramatiq.Message[Any]) -> str:
    """The id under which a message that was enqueued lies in the list: it is not the message's own."""
    return str(enqueued.options["redis_message_id"])


def with_id_in_queue(message: dramatiq.Message[Any]) -> dramatiq.Message[Any]:
    """A message that can be put into the list by hand."""
    return message.copy(options={"redis_message_id": str(uuid4())})


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    redis_message_id: str


class _Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    body: msgspec.Raw  # not read here: it may be large, and whoever put it there has proven nothing yet


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Dramatiq message as ours are: it runs one actor, now, with one body, and nothing after it."""

    queue_name: str
    actor_name: str
    args: tuple[()]
    kwargs: _Arguments
    options: _Options
    message_id: str
    message_timestamp: int


@dataclass(frozen=True, slots=True)
class _Message:
    """One of our form: as it lies in the queue, and what it says, as JSON."""

    data: bytes
    envelope: _Envelope
    body: str

    @property
    def name(self) -> str:
        """The id that it says it has in the queue."""
        return self.envelope.options.redis_message_id


def _read(data: bytes) -> tuple[_Envelope, str]:
    """A message and what it says; raises ValueError, RecursionError, LookupError or TypeError where it is none."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, ValueError, RecursionError):
        if len(data) > MOST_READ_LENIENTLY:
            raise
    else:
        return envelope, bytes(envelope.kwargs.body).decode()
    # As Dramatiq itself reads it, with all that Python's JSON takes beside JSON: whoever reports that is told why not.
    message = json.loads(data)
    body, message["kwargs"]["body"] = message["kwargs"]["body"], {}
    return msgspec.json.decode(msgspec.json.encode(message), type=_Envelope), json.dumps(body)


# Of the first ids in a list, throws away those without a message: in one go, so that nothing is lost by a kill -9.
# What is kept stays before all that comes meanwhile.
_SWEEP = """
local ids, kept = redis.call('LPOP', KEYS[1], ARGV[1]) or {}, {}
for _, id in ipairs(ids) do
    if redis.call('HEXISTS', KEYS[2], id) == 1 then
        table.insert(kept, id)
    end
end
for place = #kept, 1, -1 do
    redis.call('LPUSH', KEYS[1], kept[place])
end
return #ids - #kept
"""
SWEPT_AT_ONCE = 5_000  # some milliseconds of the server's
FEW = 50  # are looked at one by one
# Looks in a row that found nothing but what is thrown away, before others have their turn.
LOOKS_AT_ONCE = 50


class GuardedBroker(RedisBroker):
    """A broker that hands on only messages of our form, and throws away whatever else lies in its queues.

    Dramatiq's threads end with messages that are none, or that name another queue. `bodies_as_text`: the actor is given
    what a message says as JSON, for Dramatiq makes objects of all of it, which for some is more than there is memory.
    """

    def __init__(self, *, actor: str, longest_bytes: int, bodies_as_text: bool = False, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._actor = actor
        self._longest_bytes = longest_bytes
        self._bodies_as_text = bodies_as_text
        self.on_thrown_away: Callable[[int], None] = lambda _count: None
        self._sweep = self.client.register_script(_SWEEP)

    def sweep(self, queue_name: str) -> None:
        """Throw away the ids that stand for no message, however many: each costs a look otherwise."""
        names = list_of(self.namespace, queue_name)
        for _ in range(LOOKS_AT_ONCE):
            if int(self.client.llen(names)) < FEW:
                return
            gone = int(self._sweep(keys=[names, bodies_of(names)], args=[SWEPT_AT_ONCE]))
            if not gone:
                return
            self.on_thrown_away(gone)

    def do_fetch(self, queue_name: str, count: int) -> list[bytes]:
        """What Dramatiq's consumers take messages out of the queue with."""
        looks, at_once = LOOKS_AT_ONCE, count
        if self._bodies_as_text:  # they may be large, and each is there three times while it is looked at
            looks, at_once = LOOKS_AT_ONCE * count, 1
        for _ in range(looks):
            good, is_over = self._fetch(queue_name, at_once)
            if good or is_over:
                return good
        return []

    def _fetch(self, queue_name: str, count: int) -> tuple[list[bytes], bool]:
        """Messages of our form, and whether there were no others."""
        fetched: list[bytes | None] = self._dispatch("fetch")(queue_name, count)  # type: ignore[no-untyped-call]
        if not fetched:
            return [], True
        messages = [self._message_in(data, queue_name) for data in fetched]
        taken = self._taken(queue_name)
        # One that has the name of another would never be done with.
        is_taken = self.client.smismember(taken, ["" if one is None else one.name for one in messages])
        good = [one for one, yes in zip(messages, is_taken, strict=True) if one is not None and yes]
        if len(good) < len(fetched):
            wanted = {one.data for one in good}
            self._throw_away(queue_name, taken, {data for data in fetched if data not in wanted})
            self.on_thrown_away(len(fetched) - len(good))
        return [self._handed_on(one) for one in good], len(good) == len(fetched)

    def put_back_all_but(self, queue_name: str, in_hand: Collection[str]) -> None:
        """Put back what we have taken out of the queue and nobody here has: its fetch, or the answer to it, broke off.

        To all others it is in our hands, and we live.
        """
        names: set[bytes | str] = self.client.smembers(self._taken(queue_name))
        lost = names - {name.encode() for name in in_hand}
        if lost:
            self._dispatch("requeue")(queue_name, *lost)  # type: ignore[no-untyped-call]

    def _taken(self, queue_name: str) -> str:
        """The Redis set of what this broker has fetched and not acknowledged."""
        return f"{self.namespace}:__acks__.{self.broker_id}.{queue_name}"

    def _handed_on(self, message: _Message) -> bytes:
        """A message as Dramatiq is given it, which makes objects of all that is in it."""
        if not self._bodies_as_text:
            return message.data
        envelope = message.envelope
        return msgspec.json.encode(
            {
                "queue_name": envelope.queue_name,
                "actor_name": envelope.actor_name,
                "args": [],
                "kwargs": {"body": message.body},
                "options": {"redis_message_id": message.name},
                "message_id": envelope.message_id,
                "message_timestamp": envelope.message_timestamp,
            }
        )

    def body_in(self, data: bytes | None, queue_name: str) -> str | None:
        """What a message of our form says, as JSON."""
        message = self._message_in(data, queue_name)
        return None if message is None else message.body

    def _message_in(self, data: bytes | None, queue_name: str) -> _Message | None:
        if data is None or len(data) > self._longest_bytes:
            return None
        if self._bodies_as_text and not data.isascii():
            return None  # Dramatiq writes nothing else, and a single such character makes a text four times as large
        try:
            envelope, body = _read(data)
        except (msgspec.DecodeError, ValueError, RecursionError, LookupError, TypeError):
            return None
        if not body.startswith("{"):
            return None
        is_ours = (envelope.queue_name, envelope.actor_name) == (queue_name, self._actor)
        return _Message(data, envelope, body) if is_ours and envelope.options.redis_message_id.isascii() else None

    def _throw_away(self, queue_name: str, taken: str, unwanted: Collection[bytes | None]) -> None:
        """As Dramatiq acknowledges, all at once: there may be very many."""
        names, bodies = list(self.client.smembers(taken)), bodies_of(list_of(self.namespace, queue_name))
        found = self.client.hmget(bodies, names) if names else []
        gone = [name for name, body in zip(names, found, strict=True) if body in unwanted]
        if gone:
            with self.client.pipeline(transaction=False) as pipeline:
                pipeline.srem(taken, *gone)
                pipeline.hdel(bodies, *gone)
                pipeline.execute()


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


class EmptyConsumer(dramatiq.Consumer):
    """Of a queue into which nothing is ever put."""

    def __init__(self, longest_sleep_milliseconds: int) -> None:
        self._seconds = longest_sleep_milliseconds / 1000

    def __next__(self) -> None:
        time.sleep(self._seconds)

    def requeue(self, messages: Any) -> None:
        """There is none."""


def all_threads_alive(worker: dramatiq.Worker) -> bool:
    """Whether all threads of a worker that was started are there, which take messages and work on them."""
    return all(thread.is_alive() for thread in (*worker.consumers.values(), *worker.workers))


def consuming_threads() -> list[threading.Thread]:
    """The threads of this process in which Dramatiq looks for messages."""
    return [thread for thread in threading.enumerate() if isinstance(thread, ConsumerThread)]
