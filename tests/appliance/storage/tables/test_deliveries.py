"""The deliveries' tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.delivery import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    WebhookEvent,
    address_cell,
    attempt_address_cell,
)
from appliance.domain.sealed_url import SealedUrl
from appliance.storage.database import Connection, Database
from appliance.storage.tables import calls, customers, deliveries
from appliance.storage.tables.delivery_filter import NO_ANSWER, DeliveryFilter
from appliance.storage.tables.keyset import Sorting
from tests.appliance.builders import KEYS, NOON, a_call, a_customer, a_delivery, every_field_set

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


async def store(database: Database, *found: Delivery) -> None:
    def insert(tx: Connection) -> None:
        for delivery in found:
            deliveries.insert(tx, delivery)

    await database.write(insert)


async def get(database: Database, delivery_id: str) -> Delivery:
    found = await database.read(lambda tx: deliveries.get(tx, delivery_id))
    assert found is not None
    return found


def whole_delivery(**given: Any) -> Delivery:
    delivery: Delivery = every_field_set(
        Delivery, **{"event": WebhookEvent.UPDATED, "state": DeliveryState.RETRYING, "attempts": (), **given}
    )
    return delivery


def address_of_attempt(delivery_id: str, number: int) -> SealedUrl:
    return KEYS.seal_url(f"https://{number}.example.com/hook", attempt_address_cell(delivery_id, number))


def attempt_of(delivery_id: str) -> DeliveryAttempt:
    attempt: DeliveryAttempt = every_field_set(DeliveryAttempt, number=1, url=address_of_attempt(delivery_id, 1))
    return attempt


async def test_every_field_of_a_delivery_comes_back(database: Database) -> None:
    delivery = whole_delivery()
    await store(database, delivery)
    assert await get(database, delivery.id) == delivery


async def test_a_delivery_with_nothing_optional_comes_back(database: Database) -> None:
    delivery = a_delivery(next_attempt_at=None)
    await store(database, delivery)
    assert await get(database, delivery.id) == delivery
    assert await database.read(lambda tx: deliveries.get(tx, "nowhere")) is None


async def test_every_attempt_is_kept_with_what_came_of_it(database: Database) -> None:
    delivery, other = a_delivery(), a_delivery()
    await store(database, delivery, other)
    attempts = [
        every_field_set(DeliveryAttempt, number=1, url=address_of_attempt(delivery.id, 1)),
        every_field_set(DeliveryAttempt, number=2, status=None, error=None, reply="", url=None),
    ]
    for attempt in attempts:
        after = replace(
            delivery,
            state=DeliveryState.RETRYING,
            url=KEYS.seal_url("https://new.example.com/hook", address_cell(delivery.id)),
            next_attempt_at=NOON + HOUR,
            attempts_made=attempt.number,
        )
        await database.write(lambda tx, after=after, attempt=attempt: deliveries.record_attempt(tx, after, attempt))
    assert await get(database, delivery.id) == replace(after, attempts=tuple(attempts))
    assert await get(database, other.id) == other


async def test_attempts_that_are_noted_together_are_each_noted_with_their_own(database: Database) -> None:
    made = [a_delivery(f"d{number}", body=f"{number}".encode()) for number in range(4)]
    other = a_delivery("another")
    await database.write(lambda tx: deliveries.insert_many(tx, [*made[:2], *made[3:], other]))  # one was erased
    attempts = [replace(attempt_of(one.id), status=200 + number) for number, one in enumerate(made)]
    attempts[0] = replace(attempts[0], url=None)
    after = [
        replace(
            one,
            state=(DeliveryState.DELIVERED, DeliveryState.RETRYING)[number % 2],
            url=None if number == 0 else KEYS.seal_url(f"https://ada.example.com/{number}", address_cell(one.id)),
            next_attempt_at=None if number < 2 else NOON + HOUR,
            attempts_made=attempts[number].number,
        )
        for number, one in enumerate(made)
    ]
    pairs = list(zip(after, attempts, strict=True))
    assert await database.write(lambda tx: deliveries.record_attempts(tx, pairs)) == {"d0", "d1", "d3"}
    for number in (0, 1, 3):
        assert await get(database, f"d{number}") == replace(after[number], attempts=(attempts[number],))
    assert await database.read(lambda tx: deliveries.get(tx, "d2")) is None
    assert await get(database, other.id) == other
    noted = await database.read(lambda tx: tx.execute("SELECT delivery_id FROM delivery_attempt").fetchall())
    assert sorted(noted) == [("d0",), ("d1",), ("d3",)]


async def test_an_attempt_at_a_delivery_that_was_erased_leaves_nothing(database: Database) -> None:
    erased = a_delivery()
    await database.write(lambda tx: deliveries.record_attempt(tx, erased, attempt_of(erased.id)))
    for table in ("delivery_attempt", "attempt_address"):
        query = f"SELECT * FROM {table}"
        assert await database.read(lambda tx, query=query: tx.execute(query).fetchall()) == []


# -- what is due ---------------------------------------------------------------------------------------------


async def due(database: Database, per_customer: int = 100, limit: int = 100, but: Collection[str] = ()) -> list[str]:
    found = await database.read(lambda tx: deliveries.due(tx, NOON, per_customer, limit, but=but))
    return [delivery_id for _, delivery_id in found]


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_only_what_waits_is_due(database: Database, state: DeliveryState) -> None:
    await store(database, a_delivery("delivery", state=state))
    waits = state in (DeliveryState.PENDING, DeliveryState.RETRYING)
    assert await due(database) == (["delivery"] if waits else [])


async def test_what_has_waited_longest_comes_first_and_what_is_to_come_not_yet(database: Database) -> None:
    await store(
        database,
        a_delivery("now", next_attempt_at=NOON),
        a_delivery("later", next_attempt_at=NOON + timedelta(microseconds=1)),
        a_delivery("overdue", next_attempt_at=NOON - HOUR),
        a_delivery("now too", next_attempt_at=NOON),
    )
    assert await due(database) == ["overdue", "now", "now too"]
    assert await due(database, limit=2) == ["overdue", "now"]


async def test_what_is_under_way_takes_nobodys_place(database: Database) -> None:
    await store(database, *(a_delivery(str(number), next_attempt_at=NOON - number * SECOND) for number in range(4)))
    assert await due(database, per_customer=2) == ["3", "2"]
    assert await due(database, per_customer=2, but={"3", "1"}) == ["2", "0"]


async def test_these_come_in_the_order_in_which_they_were_asked_for(database: Database) -> None:
    stored = [a_delivery(name) for name in ("a", "b", "c")]
    await store(database, *stored)
    found = await database.read(lambda tx: deliveries.these(tx, ["c", "gone", "a"]))
    assert found == [stored[2], stored[0]]


async def test_one_customers_backlog_does_not_hide_the_others(database: Database) -> None:
    backlog = [a_delivery(f"ada {number}", next_attempt_at=NOON - (9 - number) * SECOND) for number in range(9)]
    await store(database, *backlog, a_delivery("bob", customer_id=2, next_attempt_at=NOON))
    assert await due(database, per_customer=2, limit=5) == ["ada 0", "ada 1", "bob"]


# -- endpoints that rest -------------------------------------------------------------------------------------


async def test_disabling_lets_only_that_customers_waiting_deliveries_rest(database: Database) -> None:
    await store(database, *(a_delivery(state.value, state=state) for state in DeliveryState))
    await store(database, a_delivery("of another", customer_id=2))
    await database.write(lambda tx: deliveries.disable_waiting(tx, 1))
    states = {state.value: (await get(database, state.value)).state for state in DeliveryState}
    assert states == {
        "pending": DeliveryState.DISABLED,
        "retrying": DeliveryState.DISABLED,
        "delivered": DeliveryState.DELIVERED,
        "failed": DeliveryState.FAILED,
        "disabled": DeliveryState.DISABLED,
    }
    assert (await get(database, "pending")).next_attempt_at is None
    assert (await get(database, "of another")).state is DeliveryState.PENDING


async def test_enabling_makes_what_rested_due_at_once(database: Database) -> None:
    await store(database, *(a_delivery(state.value, state=state, next_attempt_at=None) for state in DeliveryState))
    await store(database, a_delivery("of another", customer_id=2, state=DeliveryState.DISABLED))
    assert await database.write(lambda tx: deliveries.enable_disabled(tx, 1, NOON)) == ["disabled"]
    assert await due(database) == ["disabled"]
    assert (await get(database, "failed")).state is DeliveryState.FAILED
    assert (await get(database, "of another")).state is DeliveryState.DISABLED


async def test_a_new_round_is_due_at_once_and_counts_its_retries_from_here(database: Database) -> None:
    await store(database, a_delivery("delivery", state=DeliveryState.FAILED, next_attempt_at=None, attempts_made=4))
    await database.write(lambda tx: deliveries.begin_round(tx, "delivery", NOON))
    assert await due(database) == ["delivery"]
    again = await get(database, "delivery")
    assert (again.attempts_made, again.round_began) == (4, 4)


async def test_only_deliveries_whose_endpoint_takes_webhooks_are_sent_again(database: Database) -> None:
    def insert(tx: Connection) -> None:
        for number, changes in enumerate(
            ({}, {"webhook_url": None}, {"webhook_disabled_reason": "410"}, {"deleted_at": NOON}), start=1
        ):
            customer = customers.insert(tx, a_customer(**changes))
            assert customer.id == number
            deliveries.insert(tx, a_delivery(f"of {number}", customer_id=number, state=DeliveryState.FAILED))
        for state in DeliveryState:
            deliveries.insert(tx, a_delivery(f"{state} of 1", state=state))
        deliveries.insert(tx, a_delivery("of nobody", customer_id=99, state=DeliveryState.FAILED))

    await database.write(insert)

    async def wanted(**filters: Any) -> set[str]:
        return set(await database.read(lambda tx: deliveries.ids_to_redeliver(tx, DeliveryFilter(**filters))))

    assert await wanted(state=DeliveryState.FAILED) == {"of 1", "failed of 1"}
    assert await wanted() == {"of 1", "failed of 1", "delivered of 1", "disabled of 1"}
    assert await wanted(state=DeliveryState.PENDING) == set()


async def test_nothing_of_a_calls_deliveries_is_left_when_they_are_erased(database: Database) -> None:
    for delivery_id, call_id in (("a", "gone"), ("b", "gone"), ("c", "kept")):
        delivery = a_delivery(delivery_id, call_id=call_id)
        await store(database, delivery)
        attempt = attempt_of(delivery_id)
        await database.write(
            lambda tx, delivery=delivery, attempt=attempt: deliveries.record_attempt(tx, delivery, attempt)
        )
    assert await database.write(lambda tx: deliveries.erase_of_call(tx, "gone")) == 2
    assert await database.read(lambda tx: tx.execute("SELECT id FROM delivery").fetchall()) == [("c",)]
    for table in ("delivery_attempt", "attempt_address"):
        query = f"SELECT delivery_id FROM {table}"
        assert await database.read(lambda tx, query=query: tx.execute(query).fetchall()) == [("c",)]


# -- lists ---------------------------------------------------------------------------------------------------


async def test_pages_show_every_delivery_once_newest_first_with_its_attempts(database: Database) -> None:
    found = [a_delivery() for _ in range(5)]
    await store(database, *found)
    attempt = every_field_set(DeliveryAttempt, number=1, url=None)
    await database.write(lambda tx: deliveries.record_attempt(tx, found[0], attempt))
    shown: list[Delivery] = []
    before = None
    while some := await database.read(
        lambda tx, before=before: deliveries.page(tx, DeliveryFilter(), before_seq=before, limit=2)
    ):
        shown += [delivery for _, delivery in some]
        before = some[-1][0]
    said = [*found[:0:-1], replace(found[0], attempts=(attempt,))]
    assert shown == [replace(delivery, body=b"") for delivery in said]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DeliveryFilter(), {"a", "b", "c"}),
        (DeliveryFilter(customer_id=2), {"c"}),
        (DeliveryFilter(call_id="call-1"), {"a", "b"}),
        (DeliveryFilter(state=DeliveryState.DELIVERED), {"b"}),
        (DeliveryFilter(since=NOON + HOUR), {"b", "c"}),
        (DeliveryFilter(until=NOON + HOUR), {"a"}),
        (DeliveryFilter(call_id="call-1", state=DeliveryState.FAILED), set()),
    ],
)
async def test_a_list_can_be_narrowed(database: Database, wanted: DeliveryFilter, expected: set[str]) -> None:
    await store(
        database,
        a_delivery("a"),
        a_delivery("b", state=DeliveryState.DELIVERED, created_at=NOON + HOUR),
        a_delivery("c", customer_id=2, call_id="call-2", created_at=NOON + 2 * HOUR),
    )
    found = await database.read(lambda tx: deliveries.page(tx, wanted, before_seq=None, limit=10))
    assert {delivery.id for _, delivery in found} == expected


@pytest.mark.parametrize(
    ("status", "expected"), [(500, {"a"}), (200, {"b"}), (NO_ANSWER, {"c"}), (404, set())], ids=str
)
async def test_a_list_can_be_narrowed_to_what_the_last_attempt_was_answered_with(
    database: Database, status: int, expected: set[str]
) -> None:
    for name, answers in (("a", (None, 500)), ("b", (500, 200)), ("c", (200, None)), ("d", ())):
        delivery = a_delivery(name)
        await store(database, delivery)
        for number, answered in enumerate(answers, 1):
            attempt = every_field_set(DeliveryAttempt, number=number, status=answered, url=None)
            after = replace(delivery, attempts_made=number)
            await database.write(lambda tx, after=after, attempt=attempt: deliveries.record_attempt(tx, after, attempt))
    wanted = DeliveryFilter(status=status)
    found = await database.read(lambda tx: deliveries.page(tx, wanted, before_seq=None, limit=10))
    assert {delivery.id for _, delivery in found} == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("5550100", {"own", "other"}),
        ("+1555019", {"own"}),
        ("5550107", {"other"}),
        ("own", {"own"}),
        ("wh-own", {"own"}),
        ("call-own", {"own"}),
        ("pbx-7", {"own"}),
        ("pbx", set()),
        ("call", set()),
        ("", {"own", "other", "test"}),
        ("%", set()),
        ("' OR true --", set()),
    ],
)
async def test_a_webhook_is_found_by_a_part_of_a_number_and_by_a_whole_id(
    database: Database, search: str, expected: set[str]
) -> None:
    own = a_call("call-own", external_id="pbx-7", caller_number="+15550100", called_number="+15550199")
    other = a_call("call-other", customer_id=2, caller_number="15550107", called_number="+15550100")
    await database.write(lambda tx: [calls.insert(tx, call) for call in (own, other)])
    await store(
        database,
        a_delivery("own", call_id="call-own", webhook_id="wh-own"),
        a_delivery("other", call_id="call-other", customer_id=2),
        a_delivery("test", call_id="of no call"),
    )
    wanted = DeliveryFilter(search=search)
    newest = await database.read(lambda tx: deliveries.page(tx, wanted, before_seq=None, limit=10))
    by_state = await database.read(lambda tx: deliveries.sorted_page(tx, wanted, Sorting("state"), 10))
    assert {one.id for _, one in newest} == {one.id for _, one in by_state} == expected
    of_ada = replace(wanted, only=frozenset({1}))
    seen = await database.read(lambda tx: deliveries.page(tx, of_ada, before_seq=None, limit=10))
    assert {one.id for _, one in seen} == expected - {"other"}


LARGE = 1024 * 1024  # DuckDB empties its log when it has sixteen of these


async def written_by(database: Database, work: Callable[[Connection], object]) -> int:
    """How many bytes its log grows by."""
    log = Path(f"{database.path}.wal")

    def size() -> int:
        return log.stat().st_size if log.exists() else 0

    before = size()
    await database.write(work)
    return size() - before


@pytest.mark.parametrize(
    "change",
    [
        lambda tx, one: deliveries.record_attempt(tx, replace(one, attempts_made=1), attempt_of(one.id)),
        lambda tx, one: deliveries.disable_waiting(tx, one.customer_id),
        lambda tx, one: [
            deliveries.disable_waiting(tx, one.customer_id),
            deliveries.enable_disabled(tx, one.customer_id, NOON),
        ],
    ],
    ids=["attempt", "rest", "sent again"],
)
async def test_what_a_webhook_says_is_not_written_again_with_what_changes_of_it(
    database: Database, change: Callable[[Connection, Delivery], object]
) -> None:
    """It would stay in the file in a copy more, and its erased words with it."""
    said = a_delivery(body=os.urandom(LARGE))
    assert await written_by(database, lambda tx: deliveries.insert(tx, said)) > LARGE
    assert 0 < await written_by(database, lambda tx: change(tx, said)) < LARGE / 100


async def test_attempts_that_are_recorded_together_write_no_body_again(database: Database) -> None:
    several = [a_delivery(id=f"d{number}", body=os.urandom(LARGE)) for number in range(3)]
    await store(database, *several)
    made = [
        (
            replace(one, attempts_made=1, url=KEYS.seal_url(f"https://{one.id}.example.com", address_cell(one.id))),
            attempt_of(one.id),
        )
        for one in several
    ]
    assert 0 < await written_by(database, lambda tx: deliveries.record_attempts(tx, made)) < LARGE / 100
