"""A viewer of one customer sees what is that customer's; whether there are others it cannot even tell."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tornado.web import RequestHandler

from appliance.api.application import ROUTES
from appliance.domain.actor import OWNER
from appliance.domain.call import CallState
from appliance.domain.clock import utc_now
from appliance.domain.live_event import BackupChanged, CallChanged, HealthChanged, WorkerChanged, WorkerState
from appliance.domain.token import DEFAULT_LIFE, Role
from appliance.messages.joining import QUEUE_PATH
from appliance.storage.database import Connection
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, deliveries, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.api.changes import A_BACKUP, World, make_world
from tests.appliance.api.conftest import Api
from tests.appliance.api.watching import watching
from tests.appliance.builders import NOON, a_call, a_delivery, a_recording

pytestmark = pytest.mark.slow

OPEN_TO_ALL = {"/health", "/docs", "/docs/data-protection", "/docs/data-protection/de", "/api/openapi.json", "/metrics"}
# What a viewer of some customers may ask at all.
SHOWN = {
    "/api/calls",
    "/api/calls/([^/]+)",
    "/api/calls/([^/]+)/recording",
    "/api/calls/([^/]+)/words",
    "/api/calls/([^/]+)/revisions",
    "/api/calls/([^/]+)/revisions/([^/]+)",
    "/api/customers",
    "/api/customers/([^/]+)",
    "/api/deliveries",
    "/api/deliveries/([^/]+)",
    "/api/stats",
    "/api/stats/insights",
    "/api/stats/endpoints",
    "/api/tags",
    "/api/audit",
    "/api/events",
}
MARK = "Mallory"
NUMBERS = ("caller_number", "called_number")


@pytest.fixture
async def world(api: Api, folder: DataFolder, keys: Keys) -> World:
    """Beside the world's customer there is another one, all of whose things bear a mark."""
    made = await make_world(api, folder, keys)
    other, _ = await api.customer(name=MARK, company_name=f"{MARK} Ltd", webhook_url=f"http://127.0.0.1:9/{MARK}")
    (folder.recordings / "day/call-2").write_bytes(a_recording())
    call = a_call(
        "call-2",
        customer_id=other.id,
        external_id=f"{MARK}-1",
        state=CallState.COMPLETED,
        received_at=utc_now(),
        finished_at=utc_now(),
    )
    delivery = a_delivery("delivery-2", call_id="call-2", customer_id=other.id)

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        stored_recordings.insert(tx, StoredRecording("call-2", 1, "day/call-2", len(a_recording()), "sha", NOON))
        deliveries.insert(tx, delivery)

    await api.database.write(store)
    return made


async def a_viewer(world: World, *customers: int) -> str:
    _, text = await world.api.services.access.tokens.create(
        OWNER, Role.VIEWER, "ward 3", None, frozenset(customers or {world.customer_id})
    )
    return text


async def asked(world: World, path: str, token: str) -> Any:
    answer = await world.api.request("GET", path, bearer=token)
    assert answer.status == 200, (path, answer.text)
    return answer.json()


async def test_every_route_that_shows_more_than_one_customers_things_is_closed(world: World) -> None:
    viewer = await a_viewer(world)
    names = {"calls": "call-1", "customers": "1", "deliveries": "delivery-1", "backups": A_BACKUP, "tokens": "1"}
    for route, handler in ROUTES:
        if handler.get is RequestHandler.get or route in OPEN_TO_ALL or route in SHOWN:
            continue
        path = route.replace("([^/]+)", names.get(route.split("/")[2], "x"))
        refused = 401 if route == QUEUE_PATH else 403  # a way for workers alone, who have tokens of their own
        assert (await world.api.request("GET", path, bearer=viewer)).status == refused, route
    assert {route for route, _ in ROUTES} >= SHOWN


async def test_it_reads_its_own_and_of_the_others_nothing(world: World) -> None:
    viewer = await a_viewer(world)
    admin = await world.api.token()
    assert MARK in json.dumps(await asked(world, "/api/customers", admin))
    assert [one["call_id"] for one in (await asked(world, "/api/calls", viewer))["calls"]] == ["call-1"]
    assert [one["id"] for one in (await asked(world, "/api/customers", viewer))["customers"]] == [world.customer_id]
    assert [one["id"] for one in (await asked(world, "/api/deliveries", viewer))["deliveries"]] == ["delivery-1"]
    call = await asked(world, "/api/calls/call-1", viewer)
    for told in (
        (await asked(world, "/api/deliveries", viewer))["deliveries"][0],
        await asked(world, "/api/deliveries/delivery-1", viewer),
    ):
        assert [told[name] for name in NUMBERS] == [call[name] for name in NUMBERS]
    assert call["customer_id"] == world.customer_id
    assert (await world.api.request("GET", "/api/calls/call-1/recording", bearer=viewer)).status == 200
    for path in (
        "/api/calls?sort=received_at",
        "/api/calls?customer_id=2",
        "/api/calls?q=the",
        "/api/calls?number=0",
        "/api/customers?sort=name",
        "/api/customers?limit=5",
        "/api/deliveries?sort=at",
        "/api/deliveries?customer_id=2",
        "/api/audit?limit=500",
        "/api/audit?sort=at",
        "/api/stats?by=customer&since=2026-01-01T00:00:00Z",
        "/api/stats/insights?since=2026-01-01T00:00:00Z",
        "/api/stats/endpoints",
        "/api/stats/endpoints?customer_id=2",
    ):
        answer = await world.api.request("GET", path, bearer=viewer)
        for mark in (MARK, "call-2", "delivery-2", '"customer_id":2'):
            assert mark not in answer.text, path


@pytest.mark.parametrize(
    "path",
    [
        "/api/calls/{}",
        "/api/calls/{}/recording",
        "/api/calls/{}/words",
        "/api/calls/{}/revisions",
        "/api/calls/{}/revisions/1",
        "/api/deliveries/{}",
        "/api/customers/{}",
    ],
)
async def test_what_is_anothers_is_answered_as_what_never_was(world: World, path: str) -> None:
    viewer = await a_viewer(world)
    names = {"calls": ("call-2", "call-9"), "deliveries": ("delivery-2", "delivery-9"), "customers": ("2", "9")}
    theirs, nobodys = names[path.split("/")[2]]
    answers = [await world.api.request("GET", path.format(name), bearer=viewer) for name in (theirs, nobodys)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body


async def test_figures_are_of_its_customers_alone(world: World) -> None:
    async def accepted(token: str, more: str = "") -> int:
        found = await asked(world, f"/api/stats?bucket=range&since=2026-01-01T00:00:00Z{more}", token)
        return int(found["totals"]["calls"]["accepted"])

    assert await accepted(await a_viewer(world)) == await accepted(await world.api.token(), "&customer_id=1")
    assert await accepted(await a_viewer(world), "&customer_id=2") == 0
    both = await a_viewer(world, 1, 2)
    assert await accepted(both) == await accepted(await world.api.token())


async def test_events_are_of_its_customers_and_of_health_alone(world: World) -> None:
    async with watching(world.api, await a_viewer(world)) as watcher:
        publish = world.api.services.health.live_events.publish
        publish(CallChanged(a_call("theirs", customer_id=2)))
        publish(BackupChanged("a-backup", NOON, "running"))
        publish(WorkerChanged("box/cpu", WorkerState.READY, "cpu", "whisper", "theirs"))
        publish(CallChanged(a_call("ours", customer_id=world.customer_id)))
        publish(HealthChanged("healthy", ()))
        found = await watcher.events(2)
    assert [one.type for one in found] == ["call", "health"]
    assert found[0].data["call_id"] == "ours"


async def test_ids_of_events_tell_nothing_of_others_traffic(world: World) -> None:
    publish = world.api.services.health.live_events.publish

    def ours(call_id: str) -> CallChanged:
        return CallChanged(a_call(call_id, customer_id=world.customer_id))

    viewer = await a_viewer(world)
    async with watching(world.api, viewer) as watcher:
        publish(ours("first"))
        (first,) = await watcher.events(1)
        for _ in range(3):
            publish(CallChanged(a_call("theirs", customer_id=2)))
        await watcher.comment()  # a sign of life bears an id as well
        assert watcher.last_id == first.id
        publish(ours("second"))
        (second,) = await watcher.events(1)
    numbers = [int(one.id.rpartition("-")[2]) for one in (first, second)]
    assert abs(numbers[1] - numbers[0]) > 1_000_000
    async with watching(world.api, viewer, headers={"Last-Event-ID": first.id}) as watcher:
        (again,) = await watcher.events(1)
    assert (again.id, again.data["call_id"]) == (second.id, "second")


async def test_cursors_of_lists_tell_nothing_of_others_traffic(world: World) -> None:
    viewer = await a_viewer(world)

    async def cursors_after(others: int, name: str) -> dict[str, str]:
        """Of each list's first page, when others have so much traffic and then the viewer's customer a little."""

        def store(tx: Connection) -> None:
            for number in range(others):
                calls.insert(tx, a_call(f"theirs {name} {number}", customer_id=2))
                deliveries.insert(tx, a_delivery(f"theirs {name} {number}", customer_id=2))
            calls.insert(tx, a_call(f"ours {name}", customer_id=world.customer_id))
            deliveries.insert(tx, a_delivery(f"ours {name}", customer_id=world.customer_id))

        await world.api.database.write(store)
        for call_id in (*["call-2"] * others, "call-1"):
            await asked(world, f"/api/calls/{call_id}", await world.api.token())
            await world.api.services.access.reading_log.flush()
        lists = {"calls": "state", "deliveries": "state", "audit": "actor"}
        queries = [
            f"{name}?limit=1{order}" for name, field in lists.items() for order in ("", f"&sort={field}&order=desc")
        ]
        return {query: (await asked(world, f"/api/{query}", viewer))["next_cursor"] for query in queries}

    await cursors_after(0, "at first")
    few, many = await cursors_after(1, "with few"), await cursors_after(5, "with many")
    for query, first in few.items():
        then = many[query]
        assert len(first) == len(then), query
        distance = bits(first) ^ bits(then)
        assert distance.bit_count() > 32, query  # of a good cipher's bits half are others


def bits(cursor: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


async def test_it_sees_who_looked_at_its_customers_calls(world: World) -> None:
    for call_id in ("call-1", "call-2"):
        await asked(world, f"/api/calls/{call_id}", await world.api.token())
    await world.api.services.access.reading_log.flush()
    lines = (await asked(world, "/api/audit?action=call.read", await a_viewer(world)))["audit"]
    assert [line["subject"]["id"] for line in lines] == ["call-1"]


# -- made over http ------------------------------------------------------------------------------------------


async def created(world: World, **body: Any) -> Any:
    return await world.api.request(
        "POST", "/api/tokens", bearer=await world.api.token(), body=json.dumps(body).encode()
    )


async def test_a_token_is_made_for_customers_and_says_so(world: World) -> None:
    answer = await created(world, role="viewer", name="ward 3", customer_ids=[2, 1])
    assert (answer.status, answer.json()["customer_ids"]) == (200, [1, 2])
    listed = (await asked(world, "/api/tokens", await world.api.token()))["tokens"]
    assert [one["customer_ids"] for one in listed if one["name"] == "ward 3"] == [[1, 2]]
    (line, *_) = (
        await asked(
            world, "/api/audit?action=token.created&subject=token:" + str(answer.json()["id"]), await world.api.token()
        )
    )["audit"]
    assert line["after"]["customer_ids"] == [1, 2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "admin", "customer_ids": [1]}, "customer_ids"),
        ({"role": "viewer", "customer_ids": [1, 99]}, "customer_ids"),
        ({"role": "viewer", "customer_ids": []}, "customer_ids"),
        ({"role": "viewer", "customer_ids": ["1"]}, "customer_ids"),
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    answer = await created(world, **body)
    assert answer.status == 400
    assert field in answer.json()["details"][0]["field"]


async def test_a_limit_that_cannot_be_read_opens_nothing(world: World) -> None:
    viewer = await a_viewer(world)
    for damaged in ("NULL", "'[1'", "''"):
        await world.api.database.write(
            lambda tx, damaged=damaged: (
                tx.execute(f"UPDATE token SET customers = {damaged} WHERE name = 'ward 3'") and None
            )  # type: ignore[misc]
        )
        assert (await asked(world, "/api/calls", viewer))["calls"] == []
        assert (await world.api.request("GET", "/api/system", bearer=viewer)).status == 403


async def test_a_token_ends_after_a_year_unless_never_is_said(world: World) -> None:
    before = utc_now()
    soon = (await created(world, role="viewer")).json()["expires_at"]
    assert soon[:10] in {(now + DEFAULT_LIFE).isoformat()[:10] for now in (before, utc_now())}
    assert (await created(world, role="viewer", expires_at=None)).json()["expires_at"] is None
