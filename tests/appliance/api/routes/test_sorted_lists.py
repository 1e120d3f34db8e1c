"""Lists that are asked for in an order: `sort`, `order`, and cursors that belong to one order alone."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tornado.testing import bind_unused_port

from appliance.api.application import make_application
from appliance.api.http.http_server import BoundedServer
from appliance.server.assembly import assemble
from appliance.settings import Settings
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls, deliveries
from appliance.storage.tables.audit import AUDIT_SORTS
from appliance.storage.tables.customers import CUSTOMER_SORTS
from appliance.storage.tables.deliveries import DELIVERY_SORTS
from appliance.storage.tables.sorted_calls import CALL_SORTS
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import a_call, a_delivery

# Each list with the field that identifies its rows, and what it is sorted by.
LISTS = {
    "calls": ("call_id", CALL_SORTS),
    "deliveries": ("id", DELIVERY_SORTS),
    "customers": ("id", CUSTOMER_SORTS),
    "audit": ("id", AUDIT_SORTS),
}
EVERY_ORDER = [(name, field) for name, (_, sorts) in LISTS.items() for field in sorts]


class Lists:
    """What one who may read all gets to see."""

    def __init__(self, api: Api, token: str) -> None:
        self._api = api
        self.token = token

    async def answer(self, name: str, query: str) -> Answer:
        return await self._api.request("GET", f"/api/{name}?{query}", bearer=self.token)

    async def page(self, name: str, query: str) -> dict[str, Any]:
        answer = await self.answer(name, query)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, name: str, query: str) -> list[tuple[str, str]]:
        """The fields at fault, and why."""
        answer = await self.answer(name, query)
        assert (answer.status, answer.json()["message"]) == (400, "Invalid request parameters"), query
        return [(item["field"], item["problem"]) for item in answer.json()["details"]]

    async def walk(self, name: str, query: str) -> list[Any]:
        """What identifies the rows of all pages."""
        seen: list[Any] = []
        more = ""
        while True:
            page = await self.page(name, f"{query}&limit=2{more}")
            seen += [row[LISTS[name][0]] for row in page[name]]
            if page["next_cursor"] is None:
                return seen
            more = f"&cursor={page['next_cursor']}"


@pytest.fixture
async def lists(api: Api) -> Lists:
    token = await api.token()
    for name in ("Beta", "alpha", "Gamma"):
        await api.customer(company_name=name)
    made = [
        a_call(f"call {number}", customer_id=number % 3 + 1, duration_seconds=None if number == 2 else 5.0 - number)
        for number in range(5)
    ]
    await api.database.write(lambda tx: calls.insert_many(tx, made))
    sent = [a_delivery(f"delivery {n}", customer_id=n % 3 + 1, attempts_made=n % 2) for n in range(5)]

    def insert(tx: Connection) -> None:
        for one in sent:
            deliveries.insert(tx, one)

    await api.database.write(insert)
    return Lists(api, token)


@pytest.mark.slow
async def test_every_order_goes_both_ways_and_shows_each_row_once(lists: Lists) -> None:
    for name, field in EVERY_ORDER:
        whole = [row[LISTS[name][0]] for row in (await lists.page(name, "limit=500"))[name]]
        for order in ("asc", "desc"):
            seen = await lists.walk(name, f"sort={field}&order={order}")
            assert sorted(seen) == sorted(whole), (name, field, order)


async def test_calls_are_sorted_by_what_is_asked_for_unknown_values_last(lists: Lists) -> None:
    assert await lists.walk("calls", "sort=duration_seconds") == [f"call {number}" for number in (4, 3, 1, 0, 2)]
    assert await lists.walk("calls", "sort=duration_seconds&order=desc") == [f"call {n}" for n in (0, 1, 3, 4, 2)]
    assert await lists.walk("calls", "sort=company_name") == [f"call {number}" for number in (1, 4, 0, 3, 2)]
    assert await lists.walk("calls", "sort=state&order=desc&customer_id=1") == ["call 3", "call 0"]


async def test_a_customer_sorts_its_own_calls_only(api: Api, lists: Lists) -> None:
    customer, key = await api.customer()
    await api.database.write(lambda tx: calls.insert(tx, a_call("own", customer_id=customer.id)))
    answer = await api.request("GET", "/api/calls?sort=company_name&customer_id=1", key=key)
    assert [call["call_id"] for call in answer.json()["calls"]] == ["own"]


async def test_customers_come_sorted_in_one_answer_unless_a_page_is_asked_for(lists: Lists) -> None:
    everyone = await lists.page("customers", "sort=company_name")
    assert [one["company_name"] for one in everyone["customers"]] == ["alpha", "Beta", "Gamma"]
    assert "next_cursor" not in everyone
    assert await lists.walk("customers", "sort=company_name&order=desc") == [3, 1, 2]


async def test_an_order_alone_changes_nothing(lists: Lists) -> None:
    for name in LISTS:
        assert (await lists.answer(name, "limit=2&order=asc")).body == (await lists.answer(name, "limit=2")).body


async def test_what_no_list_is_sorted_by_is_named(lists: Lists) -> None:
    for name, (_, sorts) in LISTS.items():
        for query in ("sort=", "sort=seq", "sort=id%20DESC", "sort=%00", "sort=call_id&cursor=1"):
            assert await lists.refused(name, query) == [("sort", f"must be one of {', '.join(sorts)}")]
        assert await lists.refused(name, "order=up") == [("order", "must be one of asc, desc")]
        field = next(iter(sorts))
        assert await lists.refused(name, f"sort={field}&order=ASC&limit=0") == [
            ("limit", "must be from 1 to 500"),
            ("order", "must be one of asc, desc"),
        ]


async def test_of_a_parameter_that_is_given_twice_the_last_one_counts(lists: Lists) -> None:
    assert await lists.walk("calls", "sort=nothing&sort=duration_seconds&order=asc&order=desc") == [
        f"call {number}" for number in (0, 1, 3, 4, 2)
    ]


async def test_a_cursor_belongs_to_one_order(lists: Lists) -> None:
    refused = [("cursor", "is not a cursor that we gave out for this order")]
    own = (await lists.page("calls", "limit=1"))["next_cursor"]
    cursor = (await lists.page("calls", "sort=state&limit=1"))["next_cursor"]
    assert len((await lists.page("calls", f"sort=state&order=asc&cursor={cursor}"))["calls"]) == 4
    assert await lists.refused("calls", f"cursor={cursor}") == [("cursor", "is not a cursor that we gave out")]
    for query in (
        f"sort=state&order=desc&cursor={cursor}",
        f"sort=caller_number&cursor={cursor}",
        f"sort=state&cursor={own}",
    ):
        assert await lists.refused("calls", query) == refused
    # Each list counts its rows for itself: one's cursor, taken by another, would compare the two.
    assert await lists.refused("deliveries", f"sort=state&cursor={cursor}") == refused
    assert await lists.refused("deliveries", f"cursor={own}") == [("cursor", "is not a cursor that we gave out")]
    for plain in ("1", "3", "999999999"):
        assert await lists.refused("calls", f"cursor={plain}") == [("cursor", "is not a cursor that we gave out")]


async def test_a_cursor_goes_on_where_it_was_after_a_restart(
    lists: Lists, folder: DataFolder, database: Database, keys: Keys, tmp_path: Path
) -> None:
    cursors = {
        query: (await lists.page("calls", f"{query}limit=2"))["next_cursor"] for query in ("", "sort=state&order=desc&")
    }
    assert all(len(cursor) < 60 for cursor in cursors.values())
    expected = {query: await lists.page("calls", f"{query}cursor={cursors[query]}") for query in cursors}
    settings = Settings(data_dir=folder.root, models_dir=tmp_path / "models", tls="off", disk_floor_mb=0)
    appliance = await assemble(settings, folder, keys, database)
    socket, port = bind_unused_port()
    server = BoundedServer(make_application(appliance.services))
    server.add_socket(socket)
    restarted = Lists(Api(appliance, database, port), lists.token)
    for query, cursor in cursors.items():
        assert await restarted.page("calls", f"{query}cursor={cursor}") == expected[query]
    server.stop()
    await server.close_all_connections()
    await appliance.sender.close()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_seconds", b'"5"'),
        ("duration_seconds", b"1e999"),
        ("duration_seconds", b"NaN"),
        ("time_to_result", b"1" + b"0" * 40),
        ("time_to_result", b"1.5"),
        ("time_to_result", b"true"),
        ("received_at", b"1"),
        ("received_at", b'"2026-11-24"'),
        ("received_at", b'"0001-01-01T00:00:00+14:00"'),
        ("state", b"{}"),
        ("state", b'"\\ud800"'),
        ("state", b"[" * 1500),
    ],
)
async def test_a_cursor_that_somebody_made_up_is_refused(api: Api, field: str, value: bytes) -> None:
    told = b'["%b","asc",%b,7]' % (field.encode(), value)
    cursor = base64.urlsafe_b64encode(told).decode().rstrip("=")
    answer = await api.request("GET", f"/api/calls?sort={field}&cursor={cursor}", bearer=await api.token())
    assert answer.status == 400, answer.text
    assert answer.json()["details"][0]["field"] == "cursor"


async def test_what_only_looks_like_a_cursor_is_refused(lists: Lists) -> None:
    good = (await lists.page("calls", "sort=state&limit=1"))["next_cursor"]
    texts = [
        "",
        "x",
        "WyJ",
        good[:-1],
        good + "A",
        good + "=",
        "é",
        "\x00",
        "W" * 5000,
        "null",
    ]
    texts += [
        base64.urlsafe_b64encode(told).decode().rstrip("=")
        for told in (b"\xff", b"{}", b'["state","asc",null,0]', b"\0" * 24, b"\0" * 36)
    ]
    for text in texts:
        found = await lists.refused("calls", f"sort=state&cursor={quote(text, safe='')}")
        assert [field for field, _ in found] == ["cursor"], text


async def test_any_text_may_stand_in_a_cursor(api: Api, lists: Lists) -> None:
    odd = ["'; DROP TABLE call", "\x00", "ä€😀", "%_\\", "x" * 200]
    made = [a_call(f"odd {number}", caller_number=text) for number, text in enumerate(odd)]
    await api.database.write(lambda tx: calls.insert_many(tx, made))
    assert len(set(await lists.walk("calls", "sort=caller_number"))) == 10


async def test_texts_are_searched_from_the_newest_call_on_only(lists: Lists) -> None:
    why = "cannot be given with q, keyword or warnings: calls are searched from the newest on"
    for query in ("q=hello", "keyword=hello", "warnings=true"):
        assert await lists.refused("calls", f"{query}&sort=state") == [("sort", why)]
    assert len((await lists.page("calls", "q=&sort=state"))["calls"]) == 5


async def test_a_file_of_the_audit_is_in_no_other_order(lists: Lists) -> None:
    for form in ("csv", "jsonl"):
        sorted_file = await lists.answer("audit", f"format={form}&sort=actor&order=desc")
        assert sorted_file.body == (await lists.answer("audit", f"format={form}")).body
