"""The ring: whoever reads it reads each event once and in order, or is told that it did not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.live_event import (
    BackupChanged,
    CallChanged,
    CallErased,
    DeliveryChanged,
    EventType,
    LiveEvent,
    MuchChanged,
)
from appliance.errors import Unavailable
from appliance.services.events.live_events import (
    BATCH_BYTES,
    LiveEvents,
    ResetReason,
    StreamEnded,
    Subscription,
    Wanted,
)
from tests.appliance.builders import NOON, a_call, a_delivery

T = TypeVar("T")


class Written:
    """An encoder whose frames are `id|type|text;` and that counts what it writes."""

    def __init__(self) -> None:
        self.events = 0
        self.broken = False

    def event(self, event_id: str, event: LiveEvent) -> bytes:
        if self.broken:
            raise ValueError("this cannot be written")
        self.events += 1
        number = getattr(getattr(event, "call", None), "caller_number", "")
        return f"{event_id}|{event.type}|{number};".encode()

    def reset(self, event_id: str, reason: ResetReason) -> bytes:
        return f"{event_id}|reset|{reason};".encode()


def a_ring(
    encoder: Written | None = None, *, ring_events: int = 100, ring_bytes: int = 1_000_000, most_subscribers: int = 64
) -> LiveEvents:
    return LiveEvents(
        encoder or Written(),
        boot="b",
        ring_events=ring_events,
        ring_bytes=ring_bytes,
        most_subscribers=most_subscribers,
        gather_seconds=0,
    )


async def at_once(work: Awaitable[T]) -> T | None:
    """What this gives without anything else happening, or None."""
    task = asyncio.ensure_future(work)
    for _ in range(10):
        await asyncio.sleep(0)
    if task.done():
        return task.result()
    task.cancel()
    return None


async def read(subscription: Subscription) -> list[tuple[int, str, str]]:
    """What is there to read: (number, type, text)."""
    frames = await at_once(subscription.read(60)) or b""
    found = [one.split("|") for one in frames.decode().split(";") if one]
    return [(int(event_id.removeprefix("b-")), kind, text) for event_id, kind, text in found]


def a_call_of(customer_id: int, **fields: str) -> CallChanged:
    return CallChanged(a_call(customer_id=customer_id, **fields))


def a_backup() -> BackupChanged:
    return BackupChanged("vbot-1.tar", NOON, "running")


async def test_what_happens_after_the_subscription_is_read_in_order() -> None:
    ring = a_ring()
    ring.publish(a_backup())
    with ring.subscribe() as subscription:
        assert await read(subscription) == []
        ring.publish(a_call_of(1, caller_number="one"))
        ring.publish(a_call_of(1, caller_number="two"))
        assert await read(subscription) == [(2, "call", "one"), (3, "call", "two")]
        assert await read(subscription) == []


async def test_a_reader_that_waits_is_woken() -> None:
    ring = a_ring()
    with ring.subscribe() as subscription:
        reading = asyncio.create_task(subscription.read(60))
        await asyncio.sleep(0)
        ring.publish(a_backup())
        assert await reading == b"b-1|backup|;"


async def test_after_its_patience_a_reader_gets_nothing_and_its_place_has_moved_on() -> None:
    ring = a_ring()
    with ring.subscribe(wanted=Wanted(frozenset({EventType.CALL}))) as subscription:
        ring.publish(a_backup())
        assert await subscription.read(0.01) == b""
        assert subscription.position == "b-1"


async def test_who_comes_back_is_told_what_it_missed() -> None:
    ring = a_ring()
    for name in ("one", "two", "three"):
        ring.publish(a_call_of(1, caller_number=name))
    with ring.subscribe("b-1") as subscription:
        assert await read(subscription) == [(2, "call", "two"), (3, "call", "three")]
    with ring.subscribe("b-0") as subscription:
        assert len(await read(subscription)) == 3
    with ring.subscribe("b-3") as subscription:
        assert await read(subscription) == []


@pytest.mark.parametrize(
    ("last_event_id", "reason"),
    [
        ("b-0", ResetReason.MISSED),
        ("b-4", ResetReason.MISSED),
        ("b-99999999999999999999999", ResetReason.RESTARTED),
        ("a-2", ResetReason.RESTARTED),
        ("b-", ResetReason.RESTARTED),
        ("b--2", ResetReason.RESTARTED),
        ("b-²", ResetReason.RESTARTED),
        ("2", ResetReason.RESTARTED),
        ("nonsense", ResetReason.RESTARTED),
        ("", ResetReason.RESTARTED),
    ],
)
async def test_an_id_from_which_nothing_follows_is_answered_with_a_reset(
    last_event_id: str, reason: ResetReason
) -> None:
    ring = a_ring(ring_events=2)
    for _ in range(3):
        ring.publish(a_backup())
    with ring.subscribe(last_event_id) as subscription:
        assert subscription.position is None
        assert await read(subscription) == [(3, "reset", reason)]
        ring.publish(a_backup())
        assert await read(subscription) == [(4, "backup", "")]


async def test_more_than_is_told_one_by_one_is_a_reset_for_everybody() -> None:
    ring = a_ring()
    ring.publish(a_backup())
    with ring.subscribe() as waiting, ring.subscribe("b-0") as behind:
        ring.publish(MuchChanged())
        ring.publish(a_backup())
        for subscription in (waiting, behind):
            assert await read(subscription) == [(3, "reset", ResetReason.MISSED)]
    with ring.subscribe("b-1") as subscription:
        assert await read(subscription) == [(3, "reset", ResetReason.MISSED)]


async def test_an_event_that_cannot_be_written_harms_nobody_and_is_a_reset() -> None:
    encoder = Written()
    ring = a_ring(encoder)
    with ring.subscribe() as subscription:
        encoder.broken = True
        ring.publish(a_backup())
        encoder.broken = False
        assert await read(subscription) == [(1, "reset", ResetReason.MISSED)]


async def test_many_readers_cost_one_writing() -> None:
    encoder = Written()
    ring = a_ring(encoder)
    subscriptions = [ring.subscribe() for _ in range(64)]
    ring.publish(a_backup())
    assert [await read(one) for one in subscriptions] == [[(1, "backup", "")]] * 64
    assert encoder.events == 1


async def test_an_erased_calls_numbers_are_erased_from_the_ring_too() -> None:
    ring = a_ring()
    call = a_call("gone", customer_id=1, caller_number="+49301234")
    ring.publish(CallChanged(call))
    ring.publish(a_call_of(1, caller_number="another"))
    ring.publish(DeliveryChanged(a_delivery(call_id="gone")))
    ring.publish(CallErased(a_call("gone", caller_number="")))
    with ring.subscribe("b-0") as subscription:
        assert await read(subscription) == [(2, "call", "another"), (3, "delivery", ""), (4, "call", "")]


async def test_the_ring_holds_no_more_bytes_than_it_may() -> None:
    ring = a_ring(ring_bytes=100)
    with ring.subscribe() as slow:
        for _ in range(20):
            ring.publish(a_call_of(1, caller_number="x" * 20))
            assert sum(len(entry.frame) for entry in ring._entries.values()) <= 100
        ring.publish(a_call_of(1, caller_number="x" * 200))
        assert ring._entries == {}
        assert await read(slow) == [(21, "reset", ResetReason.MISSED)]


async def test_much_is_handed_out_in_bounded_parts() -> None:
    ring = a_ring(ring_events=1000)
    with ring.subscribe() as subscription:
        for _ in range(1000):
            ring.publish(a_call_of(1, caller_number="x" * 80))
        found: list[int] = []
        while frames := await at_once(subscription.read(60)):
            assert len(frames) < BATCH_BYTES + 1000
            found += [int(one.partition("|")[0].removeprefix("b-")) for one in frames.decode().split(";") if one]
    assert found == list(range(1, 1001))


async def test_what_was_erased_weighs_nothing() -> None:
    ring = a_ring(ring_bytes=300)
    for _ in range(50):
        ring.publish(CallChanged(a_call("gone", caller_number="x" * 30)))
        ring.publish(CallErased(a_call("gone", caller_number="")))
    assert ring._bytes == sum(len(entry.frame) for entry in ring._entries.values())


async def test_one_more_than_may_watch_is_refused_until_somebody_leaves() -> None:
    ring = a_ring(most_subscribers=2)
    with ring.subscribe():
        with ring.subscribe():
            with pytest.raises(Unavailable):
                ring.subscribe()
            assert ring.subscribers == 2
        with ring.subscribe():
            pass
    assert ring.subscribers == 0


async def test_when_the_appliance_stops_all_streams_end_and_none_begins() -> None:
    ring = a_ring()
    with ring.subscribe() as waiting:
        reading = asyncio.create_task(waiting.read(60))
        await asyncio.sleep(0)
        ring.close()
        with pytest.raises(StreamEnded):
            await reading
    with pytest.raises(Unavailable):
        ring.subscribe()
    ring.publish(a_backup())


# -- any interleaving ----------------------------------------------------------------------------------------


@dataclass
class Reader:
    """One reader in the model: where it stands, and what it wants."""

    subscription: Subscription
    wanted: Wanted
    stands_at: int | None  # None: the next that it must read is a reset


@dataclass
class Model:
    """What was published, by number; None for what is told by a reset alone."""

    ring: LiveEvents
    published: list[LiveEvent | None] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    left_at: list[int] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.ring._first

    def publish(self, event: LiveEvent | MuchChanged) -> None:
        self.published.append(None if isinstance(event, MuchChanged) else event)
        self.ring.publish(event)

    def wants(self, reader: Reader, number: int) -> bool:
        event = self.published[number - 1]
        assert event is not None
        wanted = reader.wanted
        in_types = wanted.types is None or event.type in wanted.types
        return in_types and wanted.customer_id in (None, event.customer_id)

    async def read(self, reader: Reader) -> bool:
        """Read once and compare with what is right; returns whether there was anything."""
        got = await read(reader.subscription)
        stood_at, last = reader.stands_at, len(self.published)
        if stood_at is None or stood_at + 1 < self.first:
            assert [kind for _, kind, _ in got] == ["reset"]
            assert got[0][0] == last
            reader.stands_at = last
            return True
        expected = [number for number in range(stood_at + 1, last + 1) if self.wants(reader, number)]
        assert [number for number, _, _ in got] == expected[: len(got)]
        assert got or not expected
        # Past what it does not want, too: what of that falls out of the ring is not missed.
        reader.stands_at = last if len(got) == len(expected) else got[-1][0]
        return bool(got)


operations = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from(["call", "delivery", "backup", "much"]), st.integers(1, 2)),
    st.tuples(
        st.just("subscribe"),
        st.sampled_from(["now", "back", "nonsense"]),
        st.sampled_from([None, EventType.CALL, EventType.DELIVERY]),
    ),
    st.tuples(st.just("read"), st.integers(0, 5), st.none()),
    st.tuples(st.just("leave"), st.integers(0, 5), st.none()),
)


@given(st.lists(operations, max_size=60), st.integers(1, 8), st.integers(30, 400), st.sampled_from([None, 1]))
def test_each_reader_reads_every_event_once_and_in_order_or_is_told_that_it_did_not(
    steps: list[tuple[str, object, object]], ring_events: int, ring_bytes: int, customer_id: int | None
) -> None:
    async def play() -> None:
        model = Model(a_ring(ring_events=ring_events, ring_bytes=ring_bytes))
        for kind, what, more in steps:
            match kind:
                case "publish":
                    model.publish(_event(str(what), int(str(more))))
                case "subscribe":
                    _subscribe(model, str(what), Wanted(None if more is None else frozenset({more}), customer_id))  # type: ignore[arg-type]
                case "read" if model.readers:
                    await model.read(model.readers[int(str(what)) % len(model.readers)])
                case "leave" if model.readers:
                    reader = model.readers.pop(int(str(what)) % len(model.readers))
                    reader.subscription.__exit__(None, None, None)
                    if reader.stands_at is not None:
                        model.left_at.append(reader.stands_at)
        for reader in model.readers:
            while await model.read(reader):
                pass
            assert reader.subscription.position == f"b-{len(model.published)}"

    asyncio.run(play())


def _event(kind: str, customer_id: int) -> LiveEvent | MuchChanged:
    made: dict[str, LiveEvent | MuchChanged] = {
        "call": a_call_of(customer_id),
        "delivery": DeliveryChanged(a_delivery(customer_id=customer_id)),
        "backup": a_backup(),
        "much": MuchChanged(),
    }
    return made[kind]


def _subscribe(model: Model, how: str, wanted: Wanted) -> None:
    last_event_id, stands_at = None, len(model.published)
    if how == "nonsense":
        last_event_id, stands_at = "nonsense", None
    elif how == "back" and model.left_at:
        stands_at = model.left_at[-1]
        last_event_id = f"b-{stands_at}"
    model.readers.append(Reader(model.ring.subscribe(last_event_id, wanted), wanted, stands_at))
