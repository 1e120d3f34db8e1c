"""Lists in other orders than their own: whole, in pages, while rows come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from appliance.domain.actor import OWNER, VBOT
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.call import Call, CallState
from appliance.domain.customer import Customer
from appliance.domain.delivery import Delivery, DeliveryAttempt, DeliveryState
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit, calls, customers, deliveries, results, sorted_calls
from appliance.storage.tables.audit import AUDIT_SORTS, AuditFilter
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.customers import CUSTOMER_SORTS
from appliance.storage.tables.deliveries import DELIVERY_SORTS
from appliance.storage.tables.delivery_filter import DeliveryFilter
from appliance.storage.tables.keyset import Place, Sorting
from appliance.storage.tables.results import StoredResult
from appliance.storage.tables.sorted_calls import CALL_SORTS
from tests.appliance.builders import AN_ADMIN, NOON, a_call, a_customer, a_delivery

pytestmark = pytest.mark.slow  # many transactions on a real database

SECOND = timedelta(seconds=1)
COMPANIES = ["beta", "Alpha", "Äther", "alpha"]
Key = Callable[[Any], Any]


async def with_customers(database: Database) -> dict[int, str]:
    """Their companies, by id."""

    def insert(tx: Connection) -> dict[int, str]:
        made = [
            customers.insert(tx, a_customer(company_name=name, email=f"{name[0]}@x.org", is_active=name != "beta"))
            for name in COMPANIES
        ]
        disabled = a_customer(name="Zoe", webhook_url=None, created_at=NOON - SECOND)
        customers.insert(tx, disabled)
        customers.insert(tx, a_customer(name="bo", webhook_disabled_reason="410"))
        return {customer.id: customer.company_name for customer in made}

    return await database.write(insert)


def some_calls() -> list[Call]:
    """Several of each value, and of each value that may be absent some without it."""
    made = []
    for number in range(40):
        finished = NOON + (number * 7 % 11) * SECOND / 3 if number % 3 else None
        made.append(
            a_call(
                str(number),
                received_at=NOON + (number * 13 % 17) * SECOND / 10,
                customer_id=number % 5 + 1,
                caller_number=("+49", "anonymous", "Anonymous", "+1", "é")[number % 5],
                called_number=str(number * 17 % 7),
                state=tuple(CallState)[number % 5],
                finished_at=finished,
                duration_seconds=None if number % 4 == 0 else number * 31 % 9 / 7,
                sentiment=(None, "positive", "negative")[number % 3],
                texts_erased=number % 6 == 1,
                direction=(None, "inbound", "outbound", "internal")[number % 4],
                speech_seconds=None if number % 5 == 0 else number * 11 % 6 / 3,
            )
        )
    return made


def some_results(of: Sequence[Call]) -> list[StoredResult]:
    """Of two calls of three; one in five does not tell who spoke or how long nobody did, as older ones do not."""
    made = []
    for number, call in enumerate(of):
        told = [None, None, None] if number % 5 == 2 else [float(number * part % 7) for part in (3, 5, 11)]
        if number % 3:
            made.append(StoredResult(call.call_id, 1, 1, NOON, "neutral", 1.0, "", "{}", None, "", *told))
            # Of an earlier revision, which is not asked.
            made.append(StoredResult(call.call_id, 0, 1, NOON, "neutral", 1.0, "", "{}", None, "", 99.0, 1.0, 99.0))
    return made


def outside_talk_share(call: Call, result: StoredResult | None) -> float | None:
    """As insights count it."""
    if result is None or result.caller_talk_seconds is None or result.called_talk_seconds is None:
        return None
    caller, called = result.caller_talk_seconds, result.called_talk_seconds
    if call.direction == "internal" or not caller + called:
        return None
    return (called if call.direction == "outbound" else caller) / (caller + called)


def whole_seconds(call: Call) -> int | None:
    if call.finished_at is None:
        return None
    return int(call.finished_at.timestamp() // 1) - int(call.received_at.timestamp() // 1)


def in_order(rows: Sequence[Any], key: Key, *, descending: bool) -> list[Any]:
    """As a sorted list is promised to be: `rows` stand in the order of their numbers."""
    known = sorted((row for row in rows if key(row) is not None), key=key)
    if descending:
        known = sorted((row for row in rows[::-1] if key(row) is not None), key=key, reverse=True)
    unknown = [row for row in rows if key(row) is None]
    return known + (unknown[::-1] if descending else unknown)


async def walked(page: Callable[[Sorting], Any], sorting: Sorting) -> list[Any]:
    """All rows, page after page."""
    seen: list[Any] = []
    while found := await page(sorting):
        seen += [row for _, row in found]
        sorting = replace(sorting, after=found[-1][0])
    return seen


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", CALL_SORTS)
async def test_pages_of_sorted_calls_show_each_once_in_order(database: Database, field: str, descending: bool) -> None:
    names = await with_customers(database)
    made = some_calls()
    await database.write(lambda tx: calls.insert_many(tx, made))
    stored = some_results(made)
    await database.write(lambda tx: results.insert_many(tx, stored))
    told = {one.call_id: one for one in stored if one.revision == 1}
    keys: dict[str, Key] = {
        "caller_number": lambda call: call.caller_number.lower(),
        "sentiment": lambda call: None if call.texts_erased else call.sentiment,
        "company_name": lambda call: names.get(call.customer_id, "Ada Ltd").lower(),
        "time_to_result": whole_seconds,
        "speech_seconds": lambda call: None if call.texts_erased else call.speech_seconds,
        "silence_seconds": lambda call: told[call.call_id].silence_seconds if call.call_id in told else None,
        "outside_talk_share": lambda call: outside_talk_share(call, told.get(call.call_id)),
    }

    def page(sorting: Sorting) -> Any:
        return database.read(lambda tx: sorted_calls.page(tx, CallFilter(), sorting, 7))

    seen = await walked(page, Sorting(field, descending))

    key = keys.get(field, lambda call: getattr(call, field))
    assert [one.call_id for one in seen] == [one.call_id for one in in_order(made, key, descending=descending)]


async def test_what_comes_while_one_reads_shifts_nothing_and_is_seen_if_it_is_behind(database: Database) -> None:
    made = [a_call(f"old {number}", duration_seconds=float(number)) for number in range(6)]
    await database.write(lambda tx: calls.insert_many(tx, made))

    async def page(sorting: Sorting) -> Any:
        found = await database.read(lambda tx: sorted_calls.page(tx, CallFilter(), sorting, 2))
        if sorting.after is not None and sorting.after.value == 3.0:
            late = [a_call("before", duration_seconds=0.5), a_call("same", duration_seconds=5.0), a_call("unknown")]
            await database.write(lambda tx: calls.insert_many(tx, late))
        return found

    seen = await walked(page, Sorting("duration_seconds"))
    assert [call.call_id for call in seen] == [*(f"old {number}" for number in range(6)), "same", "unknown"]


async def test_sorted_calls_are_narrowed_like_others(database: Database) -> None:
    made = some_calls()
    await database.write(lambda tx: calls.insert_many(tx, made))
    wanted = CallFilter(customer_id=2, number="anony")
    found = await database.read(lambda tx: sorted_calls.page(tx, wanted, Sorting("called_number", True), 99))
    theirs = [call for call in made if call.customer_id == 2 and "anony" in call.caller_number]
    assert theirs
    assert [call for _, call in found] == in_order(theirs, lambda call: call.called_number, descending=True)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", DELIVERY_SORTS)
async def test_pages_of_sorted_deliveries_show_each_once_in_order(
    database: Database, field: str, descending: bool
) -> None:
    names = await with_customers(database)
    made = []
    for number in range(15):
        one = a_delivery(
            str(number),
            customer_id=number % 4 + 1,
            state=DeliveryState.RETRYING if number % 2 else DeliveryState.DELIVERED,
            next_attempt_at=NOON + (number % 3) * SECOND if number % 2 else None,
            attempts_made=number % 3,
        )
        tried = [DeliveryAttempt(count, NOON - number % 5 * SECOND, 200, 5, None, "") for count in (1, 2)]
        made.append(replace(one, attempts=tuple(tried[: number % 3])))

    def insert(tx: Connection) -> None:
        for one in made:
            deliveries.insert(tx, one)
            for attempt in one.attempts:
                deliveries.record_attempt(tx, one, attempt)

    await database.write(insert)
    keys: dict[str, Key] = {
        "company_name": lambda one: names[one.customer_id].lower(),
        "attempts": lambda one: one.attempts_made,
        "last_attempt_at": lambda one: one.attempts[-1].at if one.attempts else None,
    }

    def page(sorting: Sorting) -> Any:
        return database.read(lambda tx: deliveries.sorted_page(tx, DeliveryFilter(), sorting, 4))

    seen: list[Delivery] = await walked(page, Sorting(field, descending))

    key = keys.get(field, lambda one: getattr(one, field))
    assert [one.id for one in seen] == [one.id for one in in_order(made, key, descending=descending)]
    assert {one.id: one.attempts for one in seen} == {one.id: one.attempts for one in made}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", CUSTOMER_SORTS)
async def test_sorted_customers_come_in_pages_or_all_at_once(database: Database, field: str, descending: bool) -> None:
    await with_customers(database)
    made = await database.read(customers.page)

    def webhook(one: Customer) -> str:
        return "disabled" if one.webhook_disabled_reason else "none" if one.webhook_url is None else "set"

    def key(one: Customer) -> Any:
        value = webhook(one) if field == "webhook" else getattr(one, field)
        return value.lower() if isinstance(value, str) else value

    expected = [one.id for one in in_order(made, key, descending=descending)]

    def page(sorting: Sorting) -> Any:
        return database.read(lambda tx: customers.sorted_page(tx, sorting, 2))

    assert [one.id for one in await walked(page, Sorting(field, descending))] == expected
    everyone = await database.read(lambda tx: customers.sorted_page(tx, Sorting(field, descending), None))
    assert [one.id for _, one in everyone] == expected


async def test_a_deleted_customer_is_in_no_order(database: Database) -> None:
    gone, *_ = await with_customers(database)
    await database.write(lambda tx: customers.mark_deleted(tx, gone, NOON))
    found = await database.read(lambda tx: customers.sorted_page(tx, Sorting("name"), None))
    assert gone not in [one.id for _, one in found]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", AUDIT_SORTS)
async def test_pages_of_the_sorted_audit_show_each_line_once_in_order(
    database: Database, field: str, descending: bool
) -> None:
    subjects = [Subject(SubjectKind.CUSTOMER, "10"), Subject(SubjectKind.CUSTOMER, "9"), Subject(SubjectKind.CALL)]
    made = [
        AuditLine(
            NOON - number % 4 * SECOND,
            (OWNER, VBOT, AN_ADMIN, replace(AN_ADMIN, name="Bea"))[number % 4],
            (Action.CUSTOMER_UPDATED, Action.CALL_ERASED)[number % 2],
            subjects[number % 3],
            after={"number": number},
        )
        for number in range(14)
    ]
    await database.write(lambda tx: audit.add(tx, *made))
    keys: dict[str, Key] = {
        "actor": lambda line: (line.actor.name or line.actor.kind.value).lower(),
        "action": lambda line: line.action.value,
        "subject": lambda line: (line.subject.kind.value, int(line.subject.id or 0)),
        "address": lambda line: line.actor.address,
    }

    def page(sorting: Sorting) -> Any:
        return database.read(lambda tx: audit.sorted_page(tx, AuditFilter(), sorting, 3))

    seen = await walked(page, Sorting(field, descending))

    expected = in_order(made, keys.get(field, lambda line: line.at), descending=descending)
    assert [line.after["number"] for line in seen] == [line.after["number"] for line in expected]


async def test_behind_an_unknown_value_only_unknown_ones_follow(database: Database) -> None:
    made = [a_call("a"), a_call("b", duration_seconds=1.0), a_call("c")]
    await database.write(lambda tx: calls.insert_many(tx, made))
    found = await database.read(lambda tx: sorted_calls.page(tx, CallFilter(), Sorting("duration_seconds"), 2))
    place = found[1][0]
    assert place == Place(None, place.number)
    rest = Sorting("duration_seconds", after=place)
    behind = await database.read(lambda tx: sorted_calls.page(tx, CallFilter(), rest, 9))
    assert [call.call_id for _, call in behind] == ["c"]
