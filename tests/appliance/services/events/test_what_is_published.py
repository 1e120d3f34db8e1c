"""Who keeps what the events say has what the database has: nothing is left out or told in another order."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.actor import OWNER
from appliance.domain.call import Call, CallState
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.domain.live_event import (
    PUBLISHED_ONE_BY_ONE,
    CallChanged,
    CallErased,
    CustomerChange,
    CustomerChanged,
    DeliveryChanged,
    MuchChanged,
)
from appliance.errors import ApplianceError
from appliance.services.calls.erase_call import EraseCall
from appliance.services.calls.reprocess_call import ReprocessCall
from appliance.services.calls.submission import Submission, Upload
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.redeliver import Redeliver
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.storage.database import Connection
from appliance.storage.tables import customers, deliveries
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.calls import page
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.webhooks.sender import Outcome
from tests.appliance.builders import a_delivery
from tests.support.held_writer import HeldWriter
from tests.support.parts import Parts, analysed, crashed, failed, parts, released

EVERYTHING = 10_000


@dataclass
class Mirror:
    """What somebody knows who has listened from the beginning."""

    calls: dict[str, Call] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    sentiments: dict[str, str | None] = field(default_factory=dict)
    resets: int = 0

    def take(self, event: object) -> None:
        match event:
            case CallChanged():
                self.calls[event.call.call_id] = event.call
                self.sentiments[event.call.call_id] = event.sentiment
            case CallErased():
                del self.calls[event.call.call_id]
                self.deliveries = {
                    name: one for name, one in self.deliveries.items() if one.call_id != event.call.call_id
                }
            case DeliveryChanged():
                self.deliveries[event.delivery.id] = _without_body(event.delivery)
            case CustomerChanged(change=CustomerChange.DELETED):
                del self.customers[event.customer.id]
                self.deliveries = {
                    name: _without_addresses(one) if one.customer_id == event.customer.id else one
                    for name, one in self.deliveries.items()
                }
            case CustomerChanged():
                self.customers[event.customer.id] = event.customer
            case MuchChanged():
                self.resets += 1
            case _:
                raise AssertionError(f"{event} is no event of these")


def _without_body(delivery: Delivery) -> Delivery:
    return replace(delivery, body=b"", attempts=delivery.attempts[-1:])


def _without_addresses(delivery: Delivery) -> Delivery:
    """Where it went is forgotten with the customer."""
    attempts = tuple(replace(attempt, url=None) for attempt in delivery.attempts)
    return replace(delivery, url=None, attempts=attempts)


class AnyAnswer:
    """A receiver that answers what it is told."""

    def __init__(self, box: Parts) -> None:
        self.box = box
        self.status: int | None = 200

    async def send(self, *_arguments: Any) -> Outcome:
        return Outcome(self.box.clocks.now(), self.status, 3, None if self.status else "timed out", "", None)


class Office:
    """All use cases that change calls, deliveries and customers, and who listens to them."""

    def __init__(self, box: Parts) -> None:
        self.box = box
        self.mirror = Mirror()
        publish = box.published.append
        self.receiver = AnyAnswer(box)
        retry = RetryPolicy((10.0, 60.0, 300.0), timedelta(hours=1), jitter=lambda: 0.0)
        self.deliverer = Deliverer(box.database, box.keys, self.receiver, retry, box.clocks.now, publish)
        self.reprocess = ReprocessCall(
            box.database, box.open_calls, box.clocks.now, lambda: None, publish, prove=box.recordings.prove
        )
        self.erase = EraseCall(box.database, box.recordings, box.open_calls, box.clocks.now, box.leases.end, publish)
        self.redeliver = Redeliver(box.database, box.clocks.now, lambda: None, publish)
        self.housekeeping = Housekeeping(box.database, box.recordings, (30, 1), box.clocks.now, publish)

    async def act(self, what: str, number: int) -> None:
        """Do one thing, with whichever call, customer or delivery the number means."""
        call = _pick(list(self.mirror.calls.values()), number)
        customer = _pick(list(self.mirror.customers.values()), number)
        delivery = _pick(list(self.mirror.deliveries.values()), number)
        if what in self.with_a_call and call is not None:
            await self.with_a_call[what](call, number)
        elif what in self.with_a_customer and customer is not None:
            await self.with_a_customer[what](customer, number)
        elif what in self.otherwise:
            await self.otherwise[what](number)
        elif what == "redeliver" and delivery is not None:
            await self.redeliver.one(OWNER, delivery.id)

    @property
    def with_a_call(self) -> dict[str, Callable[[Call, int], Awaitable[object]]]:
        box = self.box
        lose, report = box.finish_call.lose, box.finish_call.report
        return {
            "claim": lambda call, _: box.claim_call(box.claim(call)),
            "analysed": lambda call, _: report(analysed(call)),
            "failed": lambda call, _: report(failed(call)),
            "crashed": lambda call, _: report(crashed(call)),
            "released": lambda call, _: report(released(call)),
            "lose": lambda call, number: lose(call.call_id, call.revision, call.attempt, in_hand=1 + number % 2),
            "reprocess": lambda call, _: self.reprocess(OWNER, call.call_id),
            "erase": lambda call, _: self.erase(OWNER, call.call_id),
        }

    @property
    def with_a_customer(self) -> dict[str, Callable[[Customer, int], Awaitable[object]]]:
        box = self.box
        urls = [None, "http://127.0.0.1/hook", "http://127.0.0.1/other"]
        update, rotate = box.customers.update, box.customers.rotate_key
        return {
            "submit": lambda customer, number: box.submitted(customer, external_id=str(number % 4)),
            "test": lambda customer, _: self.deliverer.send_test(OWNER, customer.id),
            "move": lambda customer, number: update(
                OWNER, customer.id, webhook_secret=None, webhook_url=urls[number % 3]
            ),
            "rotate": lambda customer, _: rotate(OWNER, customer.id, timedelta(0)),
            "enable": lambda customer, _: box.customers.enable_webhook(OWNER, customer.id),
            "delete": lambda customer, _: box.customers.delete(OWNER, customer.id),
        }

    @property
    def otherwise(self) -> dict[str, Callable[[int], Awaitable[object]]]:
        box = self.box
        states = list(DeliveryState)
        return {
            "new customer": lambda number: box.customer(webhook_url=None if number % 3 == 0 else "http://127.0.0.1/h"),
            "deliver": self._deliver,
            "redeliver all": lambda number: self.redeliver.all(OWNER, DeliveryFilter(state=states[number % 5])),
            "time": self._pass_time,
            "tidy": lambda _: self.housekeeping.erase_expired_texts(),
        }

    async def _deliver(self, number: int) -> None:
        self.receiver.status = [200, 500, 410, None][number % 4]
        await self.deliverer._start_due()
        await asyncio.gather(*self.deliverer._under_way.values())

    async def _pass_time(self, number: int) -> None:
        self.box.clocks.advance([1, 100, 4000, 100_000][number % 4])

    def listen(self) -> None:
        for event in self.box.published:
            self.mirror.take(event)
        self.box.published.clear()

    async def compare(self) -> None:
        """What is known from the events is what is stored."""

        def look(tx: Connection) -> tuple[list[Call], list[Delivery], list[Customer]]:
            found = page(tx, CallFilter(), before_seq=None, limit=EVERYTHING)
            sent = deliveries.page(tx, DeliveryFilter(), before_seq=None, limit=EVERYTHING)
            return [call for _, call in found], [one for _, one in sent], customers.page(tx)

        found, sent, known = await self.box.database.read(look)
        assert self.mirror.calls == {call.call_id: _shown(call, self.mirror) for call in found}
        assert self.mirror.deliveries == {one.id: _without_body(one) for one in sent}
        assert self.mirror.customers.keys() == {customer.id for customer in known}
        for customer in known:
            # How an endpoint fares is nobody's business until it is disabled.
            heard = replace(self.mirror.customers[customer.id], webhook_failing_since=customer.webhook_failing_since)
            assert heard == customer
        assert self.mirror.resets == 0


def _shown(call: Call, mirror: Mirror) -> Call:
    """A call as stored; that its texts were erased is not told."""
    known = mirror.calls.get(call.call_id)
    return call if known is None else replace(call, texts_erased=known.texts_erased, metadata=known.metadata)


def _pick(things: Sequence[Any], number: int) -> Any:
    return things[number % len(things)] if things else None


ACTS = [
    *("new customer", "submit", "submit", "submit", "claim", "claim", "claim", "analysed", "analysed", "failed"),
    *("crashed", "released", "lose", "reprocess", "erase", "deliver", "deliver", "deliver", "test", "redeliver"),
    *("redeliver all", "move", "rotate", "enable", "delete", "time", "tidy"),
]


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 11)), min_size=10, max_size=60))
def test_who_has_listened_from_the_beginning_knows_what_is_stored(steps: list[tuple[str, int]]) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with parts(Path(folder)) as box:
                office = Office(box)
                for what, number in [("new customer", 1), ("submit", 1), *steps]:
                    try:
                        await office.act(what, number)
                    except ApplianceError:
                        pass  # refused, as it should be: then nothing is told either
                    office.listen()
                    await office.compare()

    asyncio.run(play())


@pytest.fixture
async def office(tmp_path: Path) -> Any:
    async with parts(tmp_path / "data") as box:
        yield Office(box)


async def test_the_life_of_a_call_is_told_step_by_step(office: Office) -> None:
    call = await office.box.submitted()
    await office.box.claim_call(office.box.claim(call))
    held = await office.box.call(call.call_id)
    await office.box.claim_call(office.box.claim(held, attempt=1))  # a transfer that broke off: nothing new
    await office.box.finish_call.report(released(held))
    await office.box.finish_call.report(released(held))
    again = await office.box.call(call.call_id)
    await office.box.claim_call(office.box.claim(again))
    await office.box.finish_call.report(analysed(await office.box.call(call.call_id)))

    told = [event for event in office.box.published if isinstance(event, CallChanged)]
    assert [event.call.state for event in told] == [
        CallState.RECEIVED,
        CallState.PROCESSING,
        CallState.RECEIVED,
        CallState.PROCESSING,
        CallState.COMPLETED,
    ]
    assert [event.sentiment for event in told] == [None, None, None, None, "neutral"]
    (delivery,) = [event.delivery for event in office.box.published if isinstance(event, DeliveryChanged)]
    assert (delivery.call_id, delivery.state) == (call.call_id, DeliveryState.PENDING)


async def test_a_recording_that_is_known_is_no_news(office: Office) -> None:
    customer = await office.box.customer()
    call = await office.box.submitted(customer, external_id="4711")
    office.box.published.clear()

    upload_path, file = office.box.recordings.open_incoming()
    stored = (await office.box.table("recording"))[0]
    file.write(office.box.audio(stored["file"], stored["bytes"]))
    file.finish()
    upload = Upload(upload_path, stored["bytes"], stored["sha256"])
    again = await office.box.submit_call(customer, Submission("+1", "+2", external_id="4711"), upload)
    assert again.call_id == call.call_id
    assert office.box.published == []


async def test_more_deliveries_than_are_told_one_by_one_are_one_word(office: Office) -> None:
    customer = await office.box.customer()

    def fill(tx: Connection) -> None:
        for _ in range(PUBLISHED_ONE_BY_ONE + 1):
            deliveries.insert(tx, a_delivery(customer_id=customer.id, state=DeliveryState.FAILED))

    await office.box.database.write(fill)
    office.box.published.clear()
    assert await office.redeliver.all(OWNER, DeliveryFilter(state=DeliveryState.FAILED)) == PUBLISHED_ONE_BY_ONE + 1
    assert office.box.published == [MuchChanged()]


async def completed(office: Office, customer: Customer) -> str:
    """A call that has ended; its webhook is to be sent."""
    call = await office.box.submitted(customer)
    await office.box.claim_call(office.box.claim(call))
    await office.box.finish_call.report(analysed(await office.box.call(call.call_id)))
    return call.call_id


async def deliver(office: Office, status: int | None) -> None:
    office.receiver.status = status
    await office.deliverer._start_due()
    await asyncio.gather(*office.deliverer._under_way.values())


async def test_what_waits_for_an_endpoint_that_is_gone_is_told_to_rest(office: Office) -> None:
    customer = await office.box.customer()
    first = await completed(office, customer)
    await deliver(office, 500)
    second = await completed(office, customer)
    await deliver(office, 410)
    office.listen()

    states = {one.call_id: one.state for one in office.mirror.deliveries.values()}
    assert states == {first: DeliveryState.DISABLED, second: DeliveryState.DISABLED}
    assert office.mirror.customers[customer.id].webhook_disabled_reason is not None
    await office.compare()


async def test_what_is_due_to_an_endpoint_that_was_disabled_meanwhile_is_told_to_rest(office: Office) -> None:
    customer = await office.box.customer()
    await completed(office, customer)
    gone = replace(customer, webhook_disabled_reason="the receiver answered 410 Gone")
    await office.box.database.write(lambda tx: customers.update(tx, gone))
    await deliver(office, 200)
    office.listen()

    assert [one.state for one in office.mirror.deliveries.values()] == [DeliveryState.DISABLED]


async def test_what_can_never_be_sent_because_its_text_expired_is_told_as_failed(office: Office) -> None:
    customer = await office.box.customer(webhook_url=None)
    await completed(office, customer)
    office.box.clocks.advance(3 * 24 * 3600)
    await office.housekeeping.erase_expired_texts()
    office.listen()

    assert [one.state for one in office.mirror.deliveries.values()] == [DeliveryState.FAILED]
    await office.compare()


async def test_a_few_that_are_sent_again_together_are_told_one_by_one(office: Office) -> None:
    customer = await office.box.customer()
    for _ in range(2):
        await completed(office, customer)
    for _ in range(4):
        await deliver(office, 500)
        office.box.clocks.advance(301)
    office.listen()
    assert [one.state for one in office.mirror.deliveries.values()] == [DeliveryState.FAILED] * 2
    await office.redeliver.all(OWNER, DeliveryFilter(state=DeliveryState.FAILED))
    office.listen()

    assert [one.state for one in office.mirror.deliveries.values()] == [DeliveryState.PENDING] * 2
    await office.compare()


async def together(office: Office, monkeypatch: pytest.MonkeyPatch, *acts: Awaitable[object]) -> None:
    """All are in one commit, in this order, and the loop hears of them in the same moment."""
    database, writes = office.box.database, list[Future[Any]]()
    hand_in = database._hand_in

    def note(work: Any, instead: Any = None) -> Future[Any]:
        writes.append(hand_in(work, instead))
        return writes[-1]

    held = HeldWriter(database)
    await asyncio.sleep(0)
    monkeypatch.setattr(database, "_hand_in", note)
    waiting: list[asyncio.Future[object]] = []
    for number, act in enumerate(acts, 1):
        waiting.append(asyncio.ensure_future(act))
        async with asyncio.timeout(60):
            while len(writes) < number:
                await asyncio.sleep(0.001)
    held.release_until(writes)
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_call_that_is_erased_as_it_ends_is_told_of_no_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await office.box.held()
    office.listen()
    office.box.published.clear()
    await together(
        office, monkeypatch, office.box.finish_call.report(analysed(call)), office.erase(OWNER, call.call_id)
    )
    assert [type(event) for event in office.box.published] == [CallChanged, DeliveryChanged, CallErased]


async def test_a_call_that_is_erased_as_it_is_claimed_is_in_nobodys_hands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await office.box.submitted()
    office.box.published.clear()
    await together(
        office, monkeypatch, office.box.claim_call(office.box.claim(call)), office.erase(OWNER, call.call_id)
    )
    assert [type(event) for event in office.box.published] == [CallChanged, CallErased]
    assert office.box.leases.held() == set()


async def test_a_call_that_is_analysed_again_as_it_ends_counts_as_open(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await office.box.held()
    await together(
        office, monkeypatch, office.box.finish_call.report(analysed(call)), office.reprocess(OWNER, call.call_id)
    )
    assert (await office.box.call(call.call_id)).revision == 2
    assert office.box.open_calls.count(call.customer_id) == 1


async def test_a_call_that_is_erased_as_its_webhook_arrives_is_told_of_no_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await completed(office, await office.box.customer())
    office.box.published.clear()
    await office.deliverer._start_due()
    (attempt,) = office.deliverer._under_way.values()
    await together(office, monkeypatch, attempt, office.erase(OWNER, call_id))
    assert [type(event) for event in office.box.published] == [DeliveryChanged, CallErased]
