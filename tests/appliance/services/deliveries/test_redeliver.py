"""Sending webhooks again: what can be sent, under its old webhook id; what cannot says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryState
from appliance.errors import Conflict, NotFound
from appliance.services.deliveries.redeliver import Redeliver
from appliance.storage.database import Database
from appliance.storage.tables import calls, customers, deliveries
from appliance.storage.tables.delivery_filter import DeliveryFilter
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_call, a_customer, a_delivery

FAILED = DeliveryFilter(state=DeliveryState.FAILED)


class Counter:
    """The use case over one database."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.woken = 0
        self.redeliver = Redeliver(database, clock, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def customer(self, **changes: Any) -> Customer:
        return await self.database.write(lambda tx: customers.insert(tx, a_customer(**changes)))

    async def delivery(self, customer: Customer, **changes: Any) -> Delivery:
        failed = {"state": DeliveryState.FAILED, "next_attempt_at": None, "attempts_made": 4}
        made = a_delivery(customer_id=customer.id, **{**failed, **changes})
        await self.database.write(lambda tx: deliveries.insert(tx, made))
        return made

    async def stored(self, delivery: Delivery) -> Delivery | None:
        return await self.database.read(lambda tx: deliveries.get(tx, delivery.id))


@pytest.fixture
def counter(database: Database, clock: FakeClock) -> Counter:
    return Counter(database, clock)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.DELIVERED, DeliveryState.DISABLED])
async def test_a_delivery_is_due_at_once_with_a_new_round_under_its_old_id(
    counter: Counter, state: DeliveryState
) -> None:
    delivery = await counter.delivery(await counter.customer(), state=state)
    now = counter.clock.advance(hours=1)
    again = await counter.redeliver.one(AN_ADMIN, delivery.id)
    assert again == await counter.stored(delivery)
    assert (again.state, again.next_attempt_at, again.webhook_id) == (DeliveryState.PENDING, now, delivery.webhook_id)
    assert (again.attempts_made, again.round_began, again.body) == (4, 4, delivery.body)
    assert counter.woken == 1


@pytest.mark.parametrize(
    ("customer", "delivery", "reason"),
    [
        ({"webhook_url": None}, {}, "no webhook URL"),
        ({"webhook_disabled_reason": "the receiver answered 410 Gone"}, {}, "410 Gone"),
        ({"deleted_at": NOON}, {}, "was deleted"),
        ({}, {"body": b""}, "body was erased"),
    ],
)
async def test_what_cannot_be_sent_is_a_conflict_that_says_why(
    counter: Counter, customer: dict[str, Any], delivery: dict[str, Any], reason: str
) -> None:
    made = await counter.delivery(await counter.customer(**customer), **delivery)
    with pytest.raises(Conflict, match=reason):
        await counter.redeliver.one(AN_ADMIN, made.id)
    assert await counter.stored(made) == made
    assert (await counter.redeliver.count(FAILED), await counter.redeliver.all(AN_ADMIN, FAILED)) == (0, 0)
    assert await counter.stored(made) == made


async def test_a_delivery_that_is_not_there_is_not_found(counter: Counter) -> None:
    with pytest.raises(NotFound):
        await counter.redeliver.one(AN_ADMIN, "never-was")
    assert counter.woken == 0


async def test_all_that_match_are_sent_and_counting_sends_none(counter: Counter) -> None:
    ada, bob = await counter.customer(), await counter.customer()
    failed = [await counter.delivery(ada) for _ in range(3)]
    of_another = await counter.delivery(bob)
    delivered = await counter.delivery(ada, state=DeliveryState.DELIVERED)
    wanted = DeliveryFilter(customer_id=ada.id, state=DeliveryState.FAILED)
    assert await counter.redeliver.count(wanted) == 3
    assert [await counter.stored(one) for one in failed] == failed
    assert counter.woken == 0
    assert await counter.redeliver.all(AN_ADMIN, wanted) == 3
    for one in failed:
        again = await counter.stored(one)
        assert again is not None
        assert (again.state, again.webhook_id, again.round_began) == (DeliveryState.PENDING, one.webhook_id, 4)
    assert await counter.stored(of_another) == of_another
    assert await counter.stored(delivered) == delivered
    assert counter.woken == 1


async def test_many_are_begun_by_few_statements(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 by one each took 17 seconds, and nobody else could write: no call was accepted."""
    monkeypatch.setattr(deliveries, "ROUNDS_AT_ONCE", 3)
    customer = await counter.customer()
    made = [await counter.delivery(customer) for _ in range(7)]
    statements = []

    def listen(real: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def write(work: Callable[[Any], Any]) -> Any:
            def heard(tx: Any) -> Any:
                execute = tx.execute
                spy = SimpleNamespace(
                    execute=lambda query, *given: (statements.append(query), execute(query, *given))[1]
                )
                return work(spy)

            return await real(heard)

        return write

    with monkeypatch.context() as patched:
        patched.setattr(counter.database, "write", listen(counter.database.write))
        assert await counter.redeliver.all(AN_ADMIN, FAILED) == 7
    assert len([query for query in statements if query.startswith("UPDATE delivery ")]) == 3
    again = [await counter.stored(one) for one in made]
    assert {one.state for one in again if one is not None} == {DeliveryState.PENDING}


async def test_what_matches_and_rests_with_its_endpoint_is_counted(counter: Counter) -> None:
    open_one = await counter.customer()
    disabled = await counter.customer(webhook_disabled_reason="the receiver answered 410 Gone")
    without = await counter.customer(webhook_url=None)
    for customer in (open_one, disabled, disabled, without):
        await counter.delivery(customer)
    await counter.delivery(disabled, body=b"")  # erased
    await counter.delivery(disabled, state=DeliveryState.DELIVERED)
    assert (await counter.redeliver.count(FAILED), await counter.redeliver.count_resting(FAILED)) == (1, 3)
    assert await counter.redeliver.all(AN_ADMIN, FAILED) == 1
    assert await counter.redeliver.count_resting(FAILED) == 3


async def test_what_waits_already_is_not_begun_again(counter: Counter) -> None:
    ada = await counter.customer()
    retrying = await counter.delivery(ada, state=DeliveryState.RETRYING, next_attempt_at=NOON + timedelta(minutes=5))
    assert await counter.redeliver.all(AN_ADMIN, DeliveryFilter(state=DeliveryState.RETRYING)) == 0
    assert await counter.redeliver.all(AN_ADMIN, DeliveryFilter()) == 0
    assert await counter.stored(retrying) == retrying


async def test_a_filter_narrows_by_call_and_moment(counter: Counter) -> None:
    ada = await counter.customer()
    early = await counter.delivery(ada, created_at=NOON - timedelta(days=2))
    late = await counter.delivery(ada, call_id="other")
    assert await counter.redeliver.count(DeliveryFilter(call_id=late.call_id)) == 1
    assert await counter.redeliver.count(DeliveryFilter(since=NOON)) == 1
    assert await counter.redeliver.count(DeliveryFilter(until=NOON)) == 1
    assert await counter.redeliver.count(DeliveryFilter(call_id=early.call_id, since=NOON)) == 0


# -- the audit -----------------------------------------------------------------------------------------------


async def test_a_redelivery_is_written_down(counter: Counter) -> None:
    customer = await counter.customer()
    delivery = await counter.delivery(customer)
    await counter.redeliver.one(AN_ADMIN, delivery.id)
    (line,) = await written(counter.database)
    assert (line.actor, line.action, line.subject) == (
        AN_ADMIN,
        Action.REDELIVERED,
        Subject(SubjectKind.DELIVERY, delivery.id),
    )
    assert (line.before, line.after) == ({"state": "failed"}, {"state": "pending"})


async def test_a_bulk_is_one_line_that_tells_how_many_and_of_which(counter: Counter) -> None:
    customer = await counter.customer()
    for _ in range(3):
        await counter.delivery(customer)
    wanted = DeliveryFilter(customer_id=customer.id, state=DeliveryState.FAILED, since=NOON - timedelta(days=1))
    assert await counter.redeliver.count(wanted) == 3
    assert await written(counter.database) == []
    await counter.redeliver.all(AN_ADMIN, wanted)
    await counter.redeliver.all(AN_ADMIN, wanted)  # nothing is left to be sent: nothing is changed
    (line,) = await written(counter.database)
    assert (line.action, line.subject) == (Action.ALL_REDELIVERED, Subject(SubjectKind.DELIVERY))
    assert line.after == {
        "count": 3,
        "customer_id": customer.id,
        "state": "failed",
        "since": "2026-11-23T12:00:00Z",
    }


async def test_what_was_searched_for_is_sent_again_alone_and_is_not_written_down(counter: Counter) -> None:
    customer = await counter.customer()
    wanted, other = [await counter.delivery(customer, call_id=f"call-{number}") for number in (1, 2)]
    await counter.database.write(lambda tx: calls.insert(tx, a_call("call-1", caller_number="+4915177")))
    searched = DeliveryFilter(search="15177")
    assert await counter.redeliver.count(searched) == 1
    assert await counter.redeliver.all(AN_ADMIN, searched) == 1
    sent = await counter.stored(wanted)
    assert sent is not None
    assert sent.state is DeliveryState.PENDING
    assert await counter.stored(other) == other
    (line,) = await written(counter.database)
    assert line.after == {"count": 1, "search": "given"}
