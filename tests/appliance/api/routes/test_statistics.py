"""GET /api/stats."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryAttempt, DeliveryState, WebhookEvent, address_cell
from appliance.domain.token import Role
from appliance.storage.database import Connection
from appliance.storage.figures import by_field
from appliance.storage.tables import calls, deliveries
from tests.appliance.api.conftest import Api
from tests.appliance.builders import a_call, a_delivery


async def a_finished_call(api: Api, customer_id: int = 1) -> None:
    now = datetime.now(UTC)
    call = a_call(
        customer_id=customer_id,
        received_at=now,
        state=CallState.COMPLETED,
        duration_seconds=61.25,
        speech_seconds=40.0,
        sentiment="positive",
        time_to_result_seconds=12.3456,
    )

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        deliveries.insert(tx, a_delivery(call_id=call.call_id, customer_id=customer_id, created_at=now))

    await api.database.write(store)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_it_tells_what_happened_in_each_hour_and_in_all(api: Api, role: Role) -> None:
    await a_finished_call(api)

    answer = await api.request("GET", "/api/stats", bearer=await api.token(role))

    assert answer.status == 200
    body = answer.json()
    figures = {
        "calls": {"accepted": 1, "completed": 1, "empty": 0, "failed": 0},
        "audio_seconds": 61.2,
        "speech_seconds": 40.0,
        "time_to_result_p50_seconds": 12.346,
        "time_to_result_p95_seconds": 12.346,
        "sentiment": {"positive": 1, "neutral": 0, "negative": 0},
        "deliveries": {"pending": 1, "retrying": 0, "delivered": 0, "failed": 0, "disabled": 0},
    }
    assert body["totals"] == figures
    assert body["bucket"] == "hour"
    assert len(body["rows"]) >= 30 * 24
    assert body["rows"][0]["start"] == body["since"]
    (busy,) = (row for row in body["rows"] if row["calls"]["accepted"])
    assert busy == {**figures, "start": busy["start"], "bucket": "hour", "customer_id": None}
    assert busy["start"].endswith(":00:00Z")


async def test_by_customer_there_is_a_row_for_each(api: Api) -> None:
    for customer_id in (1, 2, 2):
        await a_finished_call(api, customer_id)
    admin = await api.token()

    body = (await api.request("GET", "/api/stats?by=customer&bucket=range", bearer=admin)).json()

    assert {row["customer_id"]: row["calls"]["accepted"] for row in body["rows"]} == {1: 1, 2: 2}
    assert body["totals"]["calls"]["accepted"] == 3
    only = (await api.request("GET", "/api/stats?customer_id=2&bucket=day", bearer=admin)).json()
    assert only["totals"]["calls"]["accepted"] == 2
    assert {row["customer_id"] for row in only["rows"]} == {2}


async def test_a_time_can_be_asked_for(api: Api) -> None:
    today = datetime.now(UTC)
    await a_finished_call(api)
    yesterday = today - timedelta(days=1)
    query = f"since={yesterday:%Y-%m-%d}&until={today:%Y-%m-%d}&bucket=day"

    body = (await api.request("GET", f"/api/stats?{query}", bearer=await api.token())).json()

    assert body["since"] == f"{yesterday:%Y-%m-%d}T00:00:00Z"
    assert [row["bucket"] for row in body["rows"]] == ["day"]
    assert body["totals"]["calls"]["accepted"] == 0


async def test_what_is_wrong_in_the_question_is_named(api: Api) -> None:
    query = "bucket=week&by=number&since=yesterday&until=soon&customer_id=x"

    answer = await api.request("GET", f"/api/stats?{query}", bearer=await api.token())

    assert answer.status == 400
    assert {item["field"] for item in answer.json()["details"]} == {"bucket", "by", "since", "until", "customer_id"}


async def told_calls(api: Api) -> None:
    now = datetime.now(UTC)
    done = {"received_at": now, "state": CallState.COMPLETED, "duration_seconds": 10.0, "sentiment": "negative"}
    made = [
        a_call(agent="Ada", queue="support", did="+4930", direction="inbound", **done),
        a_call(agent="Ada", queue="support", direction="internal", **done),
        a_call(agent="Zoë", queue="sales", direction="outbound", customer_id=2, **done),
        a_call(**done),
    ]

    def store(tx: Connection) -> None:
        for call in made:
            calls.insert(tx, call)
        deliveries.insert(tx, a_delivery(call_id=made[0].call_id, created_at=now))

    await api.database.write(store)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("agent", [("Ada", 2, 20.0, 0, 1), ("Zoë", 1, 10.0, 0, 0)]),
        ("queue", [("support", 2, 20.0, 1, 1), ("sales", 1, 10.0, 1, 0)]),
        ("did", [("+4930", 1, 10.0, 1, 1)]),
    ],
)
async def test_rows_of_each_agent_queue_or_number_without_moods_of_employees(
    api: Api, by: str, expected: list[tuple[str, int, float, int, int]]
) -> None:
    await told_calls(api)

    body = (await api.request("GET", f"/api/stats?by={by}", bearer=await api.token())).json()

    assert [
        (
            row[by],
            row["calls"]["completed"],
            row["audio_seconds"],
            row["sentiment"]["negative"],
            row["deliveries"]["pending"],
        )
        for row in body["rows"]
    ] == expected
    assert body["bucket"] == "range"
    assert body["totals"]["calls"]["accepted"] == sum(row[1] for row in expected)


async def test_the_busiest_have_the_rows_and_the_total_is_of_all(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await told_calls(api)
    monkeypatch.setattr(by_field, "MOST_ROWS", 1)
    body = (await api.request("GET", "/api/stats?by=agent", bearer=await api.token())).json()
    assert [row["agent"] for row in body["rows"]] == ["Ada"]
    assert body["totals"]["calls"]["accepted"] == 3


async def test_rows_of_agents_are_of_one_customer_where_one_is_asked_for(api: Api) -> None:
    await told_calls(api)
    body = (await api.request("GET", "/api/stats?by=agent&customer_id=2", bearer=await api.token())).json()
    assert [row["agent"] for row in body["rows"]] == ["Zoë"]
    empty = (await api.request("GET", "/api/stats?by=agent&customer_id=3", bearer=await api.token())).json()
    assert (empty["rows"], empty["totals"]["calls"]["accepted"]) == ([], 0)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_how_each_endpoint_fares_is_told_with_its_newest_test(api: Api, role: Role) -> None:
    url = "https://crm.example.com/hook?key=1"
    customer, _ = await api.customer(webhook_url=url)
    quiet, _ = await api.customer()
    at = datetime.now(UTC).replace(microsecond=0)
    taken = DeliveryAttempt(1, at, 200, 87, None, "ok")

    def store(tx: Connection) -> None:
        for delivery_id, event in (("told", WebhookEvent.COMPLETED), ("tried", WebhookEvent.TEST)):
            sealed = api.services.customers._keys.seal_url(url, address_cell(delivery_id))
            made = a_delivery(delivery_id, customer_id=customer.id, event=event, url=sealed, created_at=at)
            deliveries.insert(tx, made)
            deliveries.record_attempt(tx, replace(made, state=DeliveryState.DELIVERED, attempts_made=1), taken)

    await api.database.write(store)

    body = (await api.request("GET", "/api/stats/endpoints", bearer=await api.token(role))).json()

    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    shown = url if role is Role.ADMIN else "https://crm.example.com/****"
    test = {"delivery_id": "tried", "at": moment, "status": 200, "latency_ms": 87, "error": None, "url": shown}
    assert body["endpoints"] == [
        {
            "customer_id": customer.id,
            "failing_since": None,
            "last_success_at": moment,
            "attempts": 1,
            "succeeded": 1,
            "latency_p50_ms": 87,
            "latency_p95_ms": 87,
            "last_failure": None,
            "last_test": test,
        },
        {
            "customer_id": quiet.id,
            "failing_since": None,
            "last_success_at": None,
            "attempts": 0,
            "succeeded": 0,
            "latency_p50_ms": None,
            "latency_p95_ms": None,
            "last_failure": None,
            "last_test": None,
        },
    ]
    one = (
        await api.request("GET", f"/api/stats/endpoints?customer_id={quiet.id}", bearer=await api.token(role))
    ).json()
    assert [found["customer_id"] for found in one["endpoints"]] == [quiet.id]
