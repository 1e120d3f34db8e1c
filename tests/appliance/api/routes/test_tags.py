"""Tags of calls: written by administrators, found by operators, told to no customer, erased with the call."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from appliance.domain.token import Role
from appliance.messages.call_result import Failure
from appliance.storage.database import Connection
from appliance.storage.tables import call_tags, calls
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.api.watching import watching


async def submit(api: Api, key: str) -> str:
    """The id of a new call."""
    headers = {"Content-Type": CONTENT_TYPE}
    answer = await api.request("POST", "/api/process-call", key=key, body=a_form(), headers=headers)
    return str(answer.json()["call_id"])


class Office:
    """An administrator, and a customer with a call."""

    def __init__(self, api: Api, admin: str, key: str, call_id: str) -> None:
        self.api, self.admin, self.key, self.call_id = api, admin, key, call_id

    async def tag(self, *tags: Any, call_id: str = "", bearer: str = "") -> Answer:
        body = json.dumps({"tags": tags}).encode()
        path = f"/api/calls/{call_id or self.call_id}/tags"
        return await self.api.request("PUT", path, bearer=bearer or self.admin, body=body)

    async def get(self, path: str, *, bearer: str = "", key: str = "") -> Any:
        token = bearer or (None if key else self.admin)
        answer = await self.api.request("GET", path, bearer=token, key=key or None)
        assert answer.status == 200, answer.text
        return answer.json()

    async def found(self, tag: str) -> list[str]:
        return [call["call_id"] for call in (await self.get(f"/api/calls?tag={tag}"))["calls"]]


@pytest.fixture
async def office(api: Api) -> Office:
    _, key = await api.customer()
    return Office(api, await api.token(), key, await submit(api, key))


async def test_a_call_is_tagged_and_found_by_it(office: Office) -> None:
    answer = await office.tag(" Call back ", "urgent", "URGENT")
    assert (answer.status, answer.json()) == (200, {"call_id": office.call_id, "tags": ["Call back", "urgent"]})
    assert (await office.get(f"/api/calls/{office.call_id}"))["tags"] == ["Call back", "urgent"]
    assert await office.found("call%20BACK") == [office.call_id]
    assert await office.found("call") == [], "a part of one is another"
    await office.tag("done")
    assert await office.found("urgent") == []
    await office.tag()
    assert (await office.get("/api/calls"))["calls"][0]["tags"] == []


async def test_no_customer_is_told_and_no_webhook(office: Office) -> None:
    await office.tag("difficult")
    for path in (f"/api/calls/{office.call_id}", "/api/calls"):
        assert "difficult" not in json.dumps(await office.get(path, key=office.key))
    refused = await office.api.request("GET", "/api/calls?tag=difficult", key=office.key)
    assert (refused.status, refused.json()["details"][0]["field"]) == (400, "tag")
    assert (await office.api.request("GET", "/api/tags", key=office.key)).status == 403
    finish = office.api.services.calls.claim_call._finish_call
    await finish.fail(office.call_id, Failure(code="engine_error", message="it broke"))
    ((body,),) = await office.api.database.read(lambda tx: tx.execute("SELECT body FROM delivery").fetchall())
    assert b"difficult" not in body


async def test_a_viewer_reads_tags_and_writes_none(office: Office) -> None:
    viewer = await office.api.token(Role.VIEWER)
    assert (await office.tag("mine", bearer=viewer)).status == 403
    await office.tag("theirs")
    assert (await office.get(f"/api/calls/{office.call_id}", bearer=viewer))["tags"] == ["theirs"]


@pytest.mark.parametrize(
    "tags",
    [[str(number) for number in range(21)], ["x" * 41], [""], [" "], ["two\nlines"], ["a\tb"], ["\u202eturned"], [7]],
)
async def test_tags_that_are_none_are_refused_by_their_name(office: Office, tags: list[Any]) -> None:
    answer = await office.tag(*tags)
    assert answer.status == 400
    assert answer.json()["details"][0]["field"].startswith("tags")
    assert (await office.get(f"/api/calls/{office.call_id}"))["tags"] == []


async def test_an_unknown_call_has_no_tags(office: Office) -> None:
    assert (await office.tag("x", call_id="unknown")).status == 404


async def test_the_known_tags_come_with_the_most_frequent_first_and_only_of_calls_that_one_sees(office: Office) -> None:
    other, key = await office.api.customer()
    theirs = [await submit(office.api, key) for _ in range(2)]
    await office.tag("rare", "both")
    for call_id in theirs:
        await office.tag("both", call_id=call_id)
    assert (await office.get("/api/tags"))["tags"] == [{"tag": "both", "calls": 3}, {"tag": "rare", "calls": 1}]
    body = json.dumps({"role": "viewer", "customer_ids": [other.id]}).encode()
    made = await office.api.request("POST", "/api/tokens", bearer=office.admin, body=body)
    told = await office.get("/api/tags", bearer=made.json()["token"])
    assert told["tags"] == [{"tag": "both", "calls": 2}]


COMPOSED, APART = "Geb\u00fchr", "GEBU\u0308HR"  # the same umlaut, in one character and in two


async def test_a_tag_is_the_same_however_its_capitals_and_umlauts_are_written(office: Office) -> None:
    second, third = [await submit(office.api, office.key) for _ in range(2)]
    for call_id, written, shown in (
        (office.call_id, ["Reklamation", COMPOSED, "Straße"], ["Reklamation", COMPOSED, "Straße"]),
        (second, ["reklamation", APART, "STRASSE"], ["Reklamation", COMPOSED, "Straße"]),
        (third, [APART, "gebu\u0308hr", "x"], [COMPOSED, "x"]),
    ):
        assert (await office.tag(*written, call_id=call_id)).json()["tags"] == shown
    assert (await office.get("/api/tags"))["tags"] == [
        {"tag": COMPOSED, "calls": 3},
        {"tag": "Reklamation", "calls": 2},
        {"tag": "Straße", "calls": 2},
        {"tag": "x", "calls": 1},
    ]
    assert sorted(await office.found("GEBU%CC%88HR")) == sorted([office.call_id, second, third])
    assert sorted(await office.found("strasse")) == sorted([office.call_id, second])
    # What one call alone has can be written otherwise.
    assert (await office.tag("X", call_id=third)).json()["tags"] == ["X"]


async def test_tags_that_an_earlier_version_wrote_apart_are_one(office: Office) -> None:
    others = [await submit(office.api, office.key) for _ in range(2)]
    for call_id, tag in zip([office.call_id, *others], ["gebu\u0308hr", COMPOSED, COMPOSED], strict=True):
        await office.api.database.write(lambda tx, call_id=call_id, tag=tag: call_tags.put(tx, call_id, [tag]))  # type: ignore[misc]
    assert (await office.get("/api/tags"))["tags"] == [{"tag": COMPOSED, "calls": 3}]
    assert len(await office.found(COMPOSED.replace("\u00fc", "%C3%BC"))) == 3


async def test_a_spelling_that_all_calls_have_is_mended_call_by_call(office: Office) -> None:
    calls = [office.call_id, *[await submit(office.api, office.key) for _ in range(2)]]
    for call_id in calls:
        await office.tag("reklamation", call_id=call_id)
    for call_id in calls:
        assert (await office.tag("Reklamation", call_id=call_id)).json()["tags"] == ["Reklamation"]
    assert (await office.get("/api/tags"))["tags"] == [{"tag": "Reklamation", "calls": 3}]


async def test_a_call_that_has_one_tag_in_two_ways_counts_once(office: Office) -> None:
    both = ["Gebu\u0308hr", COMPOSED]
    await office.api.database.write(lambda tx: call_tags.put(tx, office.call_id, both))
    assert (await office.get("/api/tags"))["tags"] == [{"tag": COMPOSED, "calls": 1}]


async def test_a_tag_that_may_be_written_may_be_looked_for(office: Office) -> None:
    await office.tag("u\u0308" * 21 + "  x")
    assert await office.found("u%CC%88" * 21 + "%20%20x") == [office.call_id]


async def test_a_tag_at_fault_is_named_by_its_place(office: Office) -> None:
    answer = await office.tag("good", " ", "x" * 41, "u\u0308" * 40)
    assert [(item["field"], item["problem"]) for item in answer.json()["details"]] == [
        ("tags[1]", "must not be empty"),
        ("tags[2]", "must have at most 40 characters"),
    ]


async def test_who_watches_is_told_of_new_tags_and_the_audit_of_how_many(office: Office) -> None:
    async with watching(office.api, office.admin) as watcher:
        await office.tag("Mrs Doe", "urgent")
        await office.tag("mrs doe", "urgent")
        changed, again = await watcher.events(2)
    assert (changed.type, changed.data["tags"]) == ("call", ["Mrs Doe", "urgent"])
    assert again.data["tags"] == ["mrs doe", "urgent"]
    lines = (await office.get(f"/api/audit?action=call.tagged&subject=call:{office.call_id}"))["audit"]
    assert [(line["before"], line["after"]) for line in lines[::-1]] == [
        ({"tags": 0}, {"tags": 2}), ({"tags": 2}, {"tags": 2}),
    ]  # fmt: skip
    assert "Doe" not in json.dumps(lines)


async def test_tags_stay_when_a_call_moves_on_and_go_with_its_texts(office: Office) -> None:
    await office.tag("kept")
    finish = office.api.services.calls.claim_call._finish_call
    await finish.fail(office.call_id, Failure(code="engine_error", message="it broke"))
    assert (await office.get(f"/api/calls/{office.call_id}"))["tags"] == ["kept"]
    await office.api.database.write(lambda tx: calls.erase_texts(tx, [office.call_id]))
    assert (await office.get("/api/tags"))["tags"] == []
    refused = await office.tag("too late")
    assert (refused.status, refused.json()["details"][0]["field"]) == (409, "tags")
    assert (await office.get("/api/tags"))["tags"] == []
    assert (await office.tag()).status == 200


async def test_tags_that_an_earlier_version_let_be_written_after_its_texts_were_erased_go_as_well(
    office: Office,
) -> None:
    def as_it_was(tx: Connection) -> None:
        tx.execute("UPDATE call SET state = 'completed', finished_at = '2000-01-01', sentiment = 'negative'")
        calls.erase_texts(tx, [office.call_id])
        call_tags.put(tx, office.call_id, ("late", "later"))

    await office.api.database.write(as_it_was)
    async with watching(office.api, office.admin) as watcher:
        await office.tag()
        (changed,) = await watcher.events(1)
    assert changed.data.get("sentiment") is None, "the mood of erased texts is told nobody"

    await office.api.database.write(as_it_was)
    housekeeping = office.api.appliance.housekeeping
    await asyncio.wait_for(housekeeping.erase_expired_texts(), 60)
    assert (await office.get("/api/tags"))["tags"] == []
    lines = (await office.get("/api/audit?action=texts.expired"))["audit"]
    await housekeeping.erase_expired_texts()
    assert (await office.get("/api/audit?action=texts.expired"))["audit"] == lines, "once is enough"


async def test_tags_go_with_the_call_itself(office: Office) -> None:
    await office.tag("kept again")
    answer = await office.api.request("DELETE", f"/api/calls/{office.call_id}", bearer=office.admin)
    assert answer.status == 200

    def everything(tx: Connection) -> str:
        tables = tx.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return "".join(str(tx.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables)

    assert "kept again" not in await office.api.database.read(everything)
