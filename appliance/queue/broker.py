"""The two Dramatiq brokers and the few keys beside them.

Dramatiq hands messages of a dead consumer out again when it gave no sign of life for `heartbeat_timeout`. Calls: only
our lease queues a call again, so nobody looks after them. Reports: whoever consumes them again costs nothing (they are
judged by their attempt), so there it is short.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dramatiq
import msgspec
import redis

from appliance.errors import Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.bounds import MAX_MESSAGE_BYTES, MAX_NAME, MAX_WORKERS
from appliance.messages.heartbeat import WorkerHeartbeat, read_heartbeat
from appliance.messages.queue_names import (
    ANALYSE_ACTOR,
    CALLS_NAMESPACE,
    EPOCH_KEY,
    GPU_QUEUE,
    RESULTS_NAMESPACE,
    RESULTS_QUEUE,
    WORKERS_KEY,
)
from appliance.queue.access import Credentials, Role
from appliance.queue.dramatiq_internals import (
    GuardedBroker,
    bodies_of,
    id_in_queue,
    list_of,
    with_id_in_queue,
)

logger = logging.getLogger(__name__)

CALLS_LIST = list_of(CALLS_NAMESPACE, GPU_QUEUE)
REPORTS_LIST = list_of(RESULTS_NAMESPACE, RESULTS_QUEUE)
ROOM_KEY = f"{CALLS_NAMESPACE}:room"
SOCKET_TIMEOUT_SECONDS = 5.0
# Who waits for a message looks so often whether it is to end.
WAIT_SECONDS = 0.5
# More lets nobody in who keeps to it: calls wait in the database as well as here. The relay puts in far fewer; it looks
# through no longer list. Of reports no more are about than there are calls in workers' hands.
MOST_CALLS_WAITING = 20_000
# It names the calls in hand and the languages of its model, both bounded.
LONGEST_HEARTBEAT = 512 * 1024
LONGEST_NAME_BYTES = 4 * MAX_NAME  # a character of UTF-8 has four at most
# In the server, for the names are not to be sent here either. Where there are too many, all are thrown away later.
_DROP_OVERSIZED = """
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then return 0 end
local dropped = 0
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
    if #name > tonumber(ARGV[2]) or redis.call('HSTRLEN', KEYS[1], name) > tonumber(ARGV[3]) then
        dropped = dropped + redis.call('HDEL', KEYS[1], name)
    end
end
return dropped
"""

RIGHTS_OF_ANOTHER_VERSION = (
    "the queue's users have the rights of another version: restart vbot-valkey, or make them anew in a queue of your "
    "own (python -m appliance.queue.access --show)"
)


class QueueUnavailable(Unavailable):
    """The queue cannot be reached, or takes nothing of us."""


def connect(url: str, credentials: Credentials | None = None) -> redis.Redis:
    """A client of the queue; nothing is sent before its first use. Without credentials, as the address says."""
    return redis.Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        **({} if credentials is None else {"credential_provider": credentials}),
    )


def connector(url: str, access: Path | None, role: Role) -> Callable[[], redis.Redis]:
    """Makes clients in this role, where there is a folder with its password."""
    return partial(connect, url, None if access is None else Credentials(access, role))


def calls_broker(client: redis.Redis, make: Callable[..., GuardedBroker] = GuardedBroker) -> GuardedBroker:
    """The broker of the queue from the api to the workers; a worker's takes what it can carry (worker/broker.py).

    Nobody looks after what dead consumers held: their leases end, and the calls are sent anew. Workers may name as many
    consumers as they like, and a look at each took the server hours.
    """
    broker = make(
        actor=ANALYSE_ACTOR,
        longest_bytes=MAX_MESSAGE_BYTES,
        client=client,
        middleware=[],
        namespace=CALLS_NAMESPACE,
        maintenance_chance=0,
    )
    broker.declare_queue(GPU_QUEUE)
    return broker


def wait_for_message(client: redis.Redis, queue: str, seconds: float) -> bool:
    """Wait until a message is in one of Dramatiq's queues, at most so long; tell whether one is. It stays there."""
    # From the list's head to the list's head: all that wait are woken, and nothing has moved.
    try:
        return client.blmove(queue, queue, seconds, "LEFT", "LEFT") is not None  # type: ignore[arg-type]
    except redis.ConnectionError as error:
        raise dramatiq.errors.ConnectionClosed(error) from None  # type: ignore[no-untyped-call]


def first_message(client: redis.Redis) -> dramatiq.Message[Any] | None:
    """The message about a call that would be taken out of the queue next; it stays there. None of ours: None."""
    try:
        name: bytes | None = client.lindex(CALLS_LIST, 0)  # type: ignore[assignment]
        if name is None:
            return None
        body: bytes | None = client.hget(bodies_of(CALLS_LIST), name)  # type: ignore[assignment]
    except redis.ConnectionError as error:
        raise dramatiq.errors.ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
    try:
        return None if body is None else dramatiq.Message.decode(body)
    except dramatiq.errors.DecodeError:
        return None  # whoever takes it throws it away


def new_message(queue: str, actor: str, body: Any) -> dramatiq.Message[Any]:
    """A Dramatiq message that needs no actor imported here: so the api need not load what the worker runs."""
    return dramatiq.Message(
        queue_name=queue, actor_name=actor, args=(), kwargs={"body": msgspec.to_builtins(body)}, options={}
    )


class _OfCall(msgspec.Struct, frozen=True):
    """A message that the api has put in, of which no more is wanted."""

    call_id: str = ""


def _call_in(body: str | None) -> str:
    """Its id; of a message that is not one of ours nothing is known: then ""."""
    try:
        return "" if body is None else msgspec.json.decode(body, type=_OfCall).call_id
    except msgspec.DecodeError:
        return ""


@contextlib.contextmanager
def reaching_queue() -> Iterator[None]:
    """Turn what the client raises into QueueUnavailable."""
    try:
        yield
    except redis.exceptions.NoPermissionError as error:
        raise QueueUnavailable(f"{RIGHTS_OF_ANOTHER_VERSION}: {error}") from error
    except (redis.RedisError, dramatiq.errors.BrokerConnectionError) as error:
        raise QueueUnavailable(f"the queue is not reachable: {error}") from error


class CallQueue:
    """The api's side. Every method blocks and raises QueueUnavailable when the queue cannot be reached."""

    def __init__(self, client: redis.Redis, most_waiting: int = MOST_CALLS_WAITING) -> None:
        self._client = client
        self._most_waiting = most_waiting
        self._broker = calls_broker(client)
        self._drop = client.register_script(_DROP_OVERSIZED)

    def put(self, message: AnalyseCall) -> str:
        """Hand a call out to whichever worker is free first; returns the id under which its message lies there."""
        return self.put_all([message])[0]

    def put_all(self, messages: Sequence[AnalyseCall]) -> list[str]:
        """Hand calls out in this order, all or none; returns the ids under which their messages lie there."""
        if not messages:
            return []
        # As Dramatiq puts them there, but in one go.
        put = [with_id_in_queue(new_message(GPU_QUEUE, ANALYSE_ACTOR, message)) for message in messages]
        ids = [id_in_queue(message) for message in put]
        with reaching_queue(), self._client.pipeline() as pipeline:
            bodies = {name: message.encode() for name, message in zip(ids, put, strict=True)}
            pipeline.hset(bodies_of(CALLS_LIST), mapping=bodies)  # type: ignore[arg-type]
            pipeline.rpush(CALLS_LIST, *ids)
            pipeline.execute()
        return ids

    def lying(self, ids: Sequence[str]) -> list[str]:
        """Those of these messages that no worker has taken, the next one first.

        The list itself is not read: a worker that was taken over can put an id of half a gigabyte in.
        """
        with reaching_queue(), self._client.pipeline(transaction=False) as pipeline:
            for one in ids:
                pipeline.lpos(CALLS_LIST, one)
            places: list[int | None] = pipeline.execute()
        found = sorted((place, one) for place, one in zip(places, ids, strict=True) if place is not None)
        return [one for _, one in found]

    def take_back(self, ids: Sequence[str]) -> set[str]:
        """Take these messages out again; returns those that no worker was quicker to take."""
        with reaching_queue(), self._client.pipeline() as pipeline:
            for one in ids:
                pipeline.lrem(CALLS_LIST, 0, one)  # each: one that was put there anew after a time-out lies there twice
            taken = {one for one, removed in zip(ids, pipeline.execute(), strict=True) if removed}
            if taken:
                self._client.hdel(bodies_of(CALLS_LIST), *taken)
        return taken

    def take_all_back(self) -> list[str]:
        """Take out what an earlier life of the api put in and no worker has taken; returns the ids of the calls.

        Which these are is told by the messages, which the api alone writes. What else lies in the list stays there:
        workers throw it away.
        """
        with reaching_queue():
            known: list[bytes] = self._client.hkeys(bodies_of(CALLS_LIST))  # type: ignore[assignment]
            ids = self.lying([one.decode(errors="replace") for one in known])
            if not ids:
                return []
            bodies: list[bytes | None] = self._client.hmget(bodies_of(CALLS_LIST), ids)  # type: ignore[assignment]
        taken = self.take_back(ids)
        said = (self._broker.body_in(body, GPU_QUEUE) for one, body in zip(ids, bodies, strict=True) if one in taken)
        return [_call_in(body) for body in said]

    def has_room(self) -> bool:
        """Whether it is to be given more calls."""
        return self.depth() < self._most_waiting

    def keep_room(self) -> bool:
        """Empty a queue that takes nothing any more, both ways; False: it was emptied, and is a new one.

        Then not even what is in it could be taken out. Nobody who keeps to the bounds can fill it.
        """
        with reaching_queue():
            try:
                self._client.set(ROOM_KEY, b"")
            except redis.OutOfMemoryError:
                for namespace in (CALLS_NAMESPACE, RESULTS_NAMESPACE):
                    if keys := self._client.keys(f"{namespace}:*"):
                        self._client.delete(*keys)
                return False
        return True

    def depth(self) -> int:
        """How many messages lie in the queue, not counting those in workers' hands."""
        with reaching_queue():
            return int(self._client.llen(CALLS_LIST))

    def reports_wait(self) -> bool:
        """Whether something lies in the queue of reports that nobody has taken yet."""
        with reaching_queue():
            return int(self._client.llen(REPORTS_LIST)) > 0

    def epoch(self) -> str | None:
        """The mark that we left in the queue; it is gone when the queue was wiped."""
        with reaching_queue():
            value = self._client.get(EPOCH_KEY)
        return value.decode() if isinstance(value, bytes) else None

    def set_epoch(self, epoch: str) -> None:
        """Leave a mark, and the scripts that workers may run and not bring along."""
        with reaching_queue():
            for script in self._broker.scripts.values():
                self._client.script_load(script.script)
            self._client.set(EPOCH_KEY, epoch)

    def heartbeats(self, known: Sequence[str] = ()) -> dict[str, WorkerHeartbeat]:
        """The last heartbeat of each worker, by its name; whether it is fresh is for the reader to judge.

        Where more names are there than any office has workers, all but these known ones are thrown away: whoever lives
        is back with its next heartbeat.
        """
        raw: dict[bytes, bytes] = {}
        with reaching_queue():
            too_many = int(self._client.hlen(WORKERS_KEY)) > MAX_WORKERS
            if not too_many:  # nobody is to make us read a million; a few may have come since
                self._drop_oversized()
                raw = self._client.hgetall(WORKERS_KEY)  # type: ignore[assignment]
            if too_many or len(raw) > MAX_WORKERS:
                raw = self._throw_away_strangers(known)
        found, unreadable = {}, []
        for raw_name, body in raw.items():
            name = raw_name.decode(errors="replace")
            try:
                found[name] = read_heartbeat(name, body)
            except msgspec.DecodeError:
                unreadable.append(raw_name)
        if unreadable:
            one = unreadable[0][:MAX_NAME]
            logger.warning("%d workers speak another version, %r among them; ignored", len(unreadable), one)
            self.forget(unreadable)
        return found

    def forget(self, workers: Sequence[str | bytes]) -> None:
        """Take these names away."""
        with reaching_queue():
            self._client.hdel(WORKERS_KEY, *workers)

    def _drop_oversized(self) -> None:
        """Take away what no worker says of itself: 200 heartbeats, or names, of a megabyte would be read on and on."""
        dropped = int(self._drop(keys=[WORKERS_KEY], args=[MAX_WORKERS, LONGEST_NAME_BYTES, LONGEST_HEARTBEAT]))
        if dropped:
            logger.warning("%d workers say more than any of ours, and were forgotten", dropped)

    def _throw_away_strangers(self, known: Sequence[str]) -> dict[bytes, bytes]:
        """Returns those that stay."""
        bodies: list[bytes | None] = self._client.hmget(WORKERS_KEY, list(known)) if known else []  # type: ignore[assignment]
        kept = {name.encode(): body for name, body in zip(known, bodies, strict=True) if body is not None}
        with self._client.pipeline() as pipeline:
            pipeline.delete(WORKERS_KEY)
            if kept:
                pipeline.hset(WORKERS_KEY, mapping=kept)  # type: ignore[arg-type]
            pipeline.execute()
        logger.error("more than %d workers were named, and were forgotten but for %d", MAX_WORKERS, len(kept))
        return kept
