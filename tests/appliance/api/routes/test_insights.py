"""GET /api/stats/insights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.call import Call, CallState
from appliance.domain.token import Role
from appliance.storage.database import Connection
from appliance.storage.tables import calls, results
from appliance.storage.tables.results import StoredResult
from tests.appliance.api.conftest import Api
from tests.appliance.builders import a_call

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = "since=2026-03-02T00:00:00Z&until=2026-03-09T00:00:00Z"


def done(at: datetime, **changes: Any) -> Call:
    return a_call(
        **{
            "received_at": at,
            "state": CallState.COMPLETED,
            "duration_seconds": 100.0,
            "speech_seconds": 80.0,
            "sentiment": "negative",
            **changes,
        }
    )


async def keep(api: Api, *made: tuple[Call, str]) -> None:
    """Store calls with their keywords; of each the caller speaks 60 s, the called party 20, and nobody 25."""

    def store(tx: Connection) -> None:
        for call, keywords in made:
            calls.insert(tx, call)
            stored_at = call.received_at + timedelta(seconds=30)
            columns: dict[str, Any] = {
                "keywords": keywords,
                "caller_talk_seconds": 60.0,
                "called_talk_seconds": 20.0,
                "silence_seconds": 25.0,
            }
            results.insert(tx, StoredResult(call.call_id, 1, 1, stored_at, "negative", 80.0, "", "{}", **columns))

    await api.database.write(store)


async def asked(api: Api, query: str = WEEK, token: str | None = None) -> Any:
    answer = await api.request("GET", f"/api/stats/insights?{query}", bearer=token or await api.token())
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_it_tells_what_there_was_and_what_was_before(api: Api, role: Role) -> None:
    await keep(
        api,
        (done(MONDAY + timedelta(hours=9)), "Invoice, boiler"),
        (done(MONDAY + timedelta(hours=9, minutes=59), direction="outbound", sentiment="positive"), "invoice"),
        (done(MONDAY - timedelta(days=7)), "boiler"),
    )

    found = await asked(api, token=await api.token(role))

    assert found["totals"]["now"] == {
        "calls": 2,
        "completed": 2,
        "audio_seconds": 200.0,
        "speech_seconds": 160.0,
        "mood": {"satisfied": 1, "neutral": 0, "dissatisfied": 1},
        "outside_talk_share": 0.5,  # the caller's 60 s of the one call, the called party's 20 s of the other
        "silence_share": 0.25,
    }
    assert found["totals"]["before"]["calls"] == 1
    assert found["totals"]["before"]["outside_talk_share"] == 0.75
    assert found["compared"] == {"since": "2026-02-23T00:00:00Z", "until": "2026-03-02T00:00:00Z"}
    assert [day["calls"] for day in found["days"]] == [2, 0, 0, 0, 0, 0, 0]
    assert found["days"][0]["mood"] == {"satisfied": 1, "neutral": 0, "dissatisfied": 1}
    assert found["hours"][0][9] == sum(map(sum, found["hours"])) == 2


async def test_days_and_hours_are_the_offices(api: Api) -> None:
    await keep(api, (done(MONDAY - timedelta(minutes=30)), ""))  # on Monday already, where people are an hour ahead

    found = await asked(api, "since=2026-03-01T00:00:00Z&until=2026-03-03T00:00:00Z&timezone=Europe/Berlin")

    assert [(day["day"], day["since"], day["calls"]) for day in found["days"]] == [
        ("2026-03-01", "2026-03-01T00:00:00Z", 0),
        ("2026-03-02", "2026-03-01T23:00:00Z", 1),
        ("2026-03-03", "2026-03-02T23:00:00Z", 0),
    ]
    assert found["hours"][0][0] == 1
    by_offset = await asked(api, "since=2026-03-01T00:00:00Z&until=2026-03-03T00:00:00Z&timezone=%2B05:30")
    assert by_offset["hours"][0][5] == 1


async def test_moods_that_nobody_computed_and_those_of_internal_calls_are_not_counted(api: Api) -> None:
    await keep(
        api,
        (done(MONDAY, sentiment=None), ""),
        (done(MONDAY, direction="internal"), ""),
        (done(MONDAY, direction="inbound"), ""),
    )
    erased = done(MONDAY)
    await keep(api, (erased, ""))
    await api.database.write(lambda tx: calls.erase_texts(tx, [erased.call_id]))

    found = await asked(api)
    assert found["totals"]["now"]["calls"] == 4

    assert found["totals"]["now"]["mood"] == {"satisfied": 0, "neutral": 0, "dissatisfied": 1}
    assert found["days"][0]["mood"] == {"satisfied": 0, "neutral": 0, "dissatisfied": 1}
    assert found["totals"]["now"]["outside_talk_share"] == 0.75  # in the internal call both are inside


async def test_nothing_is_told_of_an_agent_and_none_can_be_asked_for(api: Api) -> None:
    await keep(api, (done(MONDAY, agent="Ada"), ""))

    answer = await api.request("GET", "/api/stats/insights?agent=Ada", bearer=await api.token())

    assert answer.status == 400
    assert "Ada" not in (await api.request("GET", f"/api/stats/insights?{WEEK}", bearer=await api.token())).text


async def test_keywords_come_with_how_many_calls_they_had_before(api: Api) -> None:
    before = MONDAY - timedelta(days=3)
    await keep(
        api,
        *((done(MONDAY), "Boiler, invoice") for _ in range(2)),
        (done(MONDAY), "boiler, BOILER, secret of one call, Secret of one call"),
        *((done(before), "holidays, boiler") for _ in range(2)),
    )

    def told(found: Any) -> list[tuple[str, int, int | None]]:
        return [(one["keyword"], one["calls"], one["before"]) for one in found["keywords"]]

    assert told(await asked(api)) == [("Boiler", 3, 2), ("invoice", 2, 0), ("holidays", 0, 2)]
    alone = await asked(api, f"{WEEK}&compare=none")
    assert told(alone) == [("Boiler", 3, None), ("invoice", 2, None)]
    assert (alone["compared"], alone["totals"]["before"]) == (None, None)


async def test_it_is_compared_with_the_time_that_is_asked_for(api: Api) -> None:
    await keep(api, (done(MONDAY), ""), *((done(MONDAY - timedelta(days=365)), "") for _ in range(3)))

    for query in ("compared_since=2025-03-01T00:00:00Z", "compared_until=2025-03-08T00:00:00Z"):
        found = await asked(api, f"{WEEK}&{query}")
        assert found["compared"] == {"since": "2025-03-01T00:00:00Z", "until": "2025-03-08T00:00:00Z"}
        assert (found["totals"]["now"]["calls"], found["totals"]["before"]["calls"]) == (1, 3)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("name", ["since", "until", "compared_since", "compared_until"])
async def test_the_ends_of_the_calendar_are_moments_like_others(api: Api, name: str, moment: str) -> None:
    answer = await api.request("GET", f"/api/stats/insights?{name}={moment}", bearer=await api.token())
    assert answer.status in (200, 400), answer.text
    if answer.status == 200:
        compared = answer.json()["compared"]
        assert compared["since"] <= compared["until"]


async def test_rows_are_of_customers_and_queues_the_busiest_first(api: Api) -> None:
    await keep(
        api,
        *((done(MONDAY, customer_id=2, queue="support"), "") for _ in range(2)),
        (done(MONDAY, customer_id=1, queue="sales"), ""),
        (done(MONDAY - timedelta(days=1), customer_id=1, queue="sales"), ""),
        (done(MONDAY, customer_id=1), ""),
        (done(MONDAY, customer_id=1), ""),
    )

    found = await asked(api)

    assert [(row["customer_id"], row["now"]["calls"], row["before"]["calls"]) for row in found["customers"]] == [
        (1, 3, 1),
        (2, 2, 0),
    ]
    assert [(row["queue"], row["now"]["calls"], row["before"]["calls"]) for row in found["queues"]] == [
        ("support", 2, 0),
        ("sales", 1, 1),
    ]
    for query, expected in {"queue=sales": 1, "customer_id=2": 2, "direction=outbound": 0, "did=%2B49": 0}.items():
        assert (await asked(api, f"{WEEK}&{query}"))["totals"]["now"]["calls"] == expected


async def test_a_viewer_of_some_customers_is_told_of_theirs(api: Api) -> None:
    for customer_id in (1, 2):
        await api.customer()
        await keep(api, *((done(MONDAY, customer_id=customer_id), f"of {customer_id}") for _ in range(2)))
    _, viewer = await api.services.access.tokens.create(OWNER, Role.VIEWER, "of 2", None, frozenset({2}))

    found = await asked(api, token=viewer)

    assert [row["customer_id"] for row in found["customers"]] == [2]
    assert [one["keyword"] for one in found["keywords"]] == ["of 2"]
    assert sum(map(sum, found["hours"])) == found["totals"]["now"]["calls"] == found["days"][0]["calls"] == 2


async def test_a_time_is_a_year_at_most_and_its_ends_are_quarters(api: Api) -> None:
    found = await asked(api, "since=2020-01-01T00:00:00Z&until=2026-03-01T09:07:30Z")
    assert (found["since"], found["until"]) == ("2025-02-28T09:00:00Z", "2026-03-01T09:15:00Z")
    assert len(found["days"]) == 367


async def test_what_is_wrong_in_the_question_is_named(api: Api) -> None:
    query = "since=soon&compare=yesterday&compared_since=x&timezone=Mars/Olympus&direction=up&customer_id=x"
    answer = await api.request("GET", f"/api/stats/insights?{query}", bearer=await api.token())
    assert answer.status == 400
    assert {item["field"] for item in answer.json()["details"]} == {
        *("since", "compare", "compared_since", "timezone", "direction", "customer_id"),
    }


@pytest.mark.parametrize("page", ["stats", "stats/insights"])
async def test_a_time_that_has_not_begun_or_ends_before_it_begins_is_refused(api: Api, page: str) -> None:
    future = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    soon = f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"  # by a clock that is fast
    backwards, early = "must not be after `{}`", "must not be in the future: nothing has happened there yet"
    refused = {
        "since=2026-03-09T00:00:00Z&until=2026-03-02T00:00:00Z": ("since", backwards.format("until")),
        f"since={future}": ("since", early),
    }
    if page == "stats/insights":
        compared = "compared_since=2026-03-09T00:00:00Z&compared_until=2026-03-02T00:00:00Z"
        refused |= {
            compared: ("compared_since", backwards.format("compared_until")),
            f"compared_since={future}": ("compared_since", early),
        }
    bearer = await api.token()
    for query, problem in refused.items():
        answer = await api.request("GET", f"/api/{page}?{query}", bearer=bearer)
        assert answer.status == 400, query
        assert [(item["field"], item["problem"]) for item in answer.json()["details"]] == [problem]
    for query in (f"since={soon}", f"until={future}", "since=2026-03-02T00:00:00Z&until=2026-03-02T00:00:00Z"):
        assert (await api.request("GET", f"/api/{page}?{query}", bearer=bearer)).status == 200, query


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Europe/", "25:00", "+05:20", "%00"])
async def test_only_a_zone_is_a_zone(api: Api, zone: str) -> None:
    answer = await api.request("GET", f"/api/stats/insights?timezone={zone}", bearer=await api.token())
    assert answer.status == 400
