"""GET /api/audit: pages, filters, and all of it as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from appliance.domain.actor import OWNER, VBOT, Actor
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.token import Role
from appliance.services.access import audit_log
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import audit
from appliance.storage.tables.audit import AuditFilter
from tests.appliance.api.changes import World, make_world
from tests.appliance.api.conftest import Api
from tests.appliance.api.raw_http import connected
from tests.appliance.builders import AN_ADMIN, NOON

FIELDS = ["id", "at", "actor", "request_id", "action", "subject", "before", "after", "hash"]


async def write(
    api: Api,
    after: Fields,
    actor: Actor = AN_ADMIN,
    action: Action = Action.CUSTOMER_UPDATED,
    subject: Subject = Subject(SubjectKind.CUSTOMER, "1"),  # noqa: B008 - frozen
) -> None:
    line = AuditLine(NOON, actor, action, subject, {}, after)
    await api.database.write(lambda tx: audit.add(tx, line))


async def asked(api: Api, query: str = "", role: Role = Role.VIEWER) -> dict[str, Any]:
    """A page, without what the tests' own tokens added."""
    answer = await api.request("GET", f"/api/audit{query}", bearer=await api.token(role))
    assert answer.status == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_line_tells_who_did_what_from_where(api: Api) -> None:
    await write(api, {"name": "Grace"})
    page = await asked(api, "?action=customer.updated")
    (line,) = page["audit"]
    assert list(line) == FIELDS
    assert {name: line[name] for name in FIELDS[1:]} == {
        "at": "2026-11-24T12:00:00Z",
        "actor": {"kind": "token", "token_id": 1, "name": "ada", "role": "admin", "address": "192.0.2.7"},
        "request_id": "request-1",
        "action": "customer.updated",
        "subject": {"kind": "customer", "id": "1"},
        "before": {},
        "after": {"name": "Grace"},
        "hash": (await api.services.access.audit_log.page(AuditFilter(), None, 2)).items[1].hash,
    }
    assert page["next_cursor"] is None


async def test_a_viewer_sees_the_same_as_an_admin(api: Api) -> None:
    await api.customer(webhook_url="https://crm.example.com/secret?x=y")
    query = "?action=customer.created"
    assert await asked(api, query, Role.VIEWER) == await asked(api, query, Role.ADMIN)


async def test_pages_follow_each_other_newest_first(api: Api) -> None:
    for number in range(5):
        await write(api, {"number": number})
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = await asked(api, f"?action=customer.updated&limit=2{cursor}")
        seen += [line["after"]["number"] for line in page["audit"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("actor=owner", [1]),
        ("actor=vbot", [2]),
        ("actor=token", [0, 3]),
        ("actor=token:1", [0]),
        ("actor=grace", [3]),
        ("subject=customer:1", [0]),
        ("subject=customer", [0, 3]),
        ("subject=call", [2]),
        ("action=recordings.expired", [2]),
        ("since=2026-11-24T13:00:00%2B01:00", [0, 1, 2, 3]),
        ("until=2026-11-24T12:00:00Z", []),
        ("actor=token&subject=customer:11", [3]),
    ],
)
async def test_filters_narrow_it(api: Api, query: str, numbers: list[int]) -> None:
    await write(api, {"number": 0})
    await write(api, {"number": 1}, OWNER, Action.TOKEN_CREATED, Subject(SubjectKind.TOKEN, "7"))
    await write(api, {"number": 2}, VBOT, Action.RECORDINGS_EXPIRED, Subject(SubjectKind.CALL))
    grace = replace(AN_ADMIN, token_id=2, name="grace")
    await write(api, {"number": 3}, grace, subject=Subject(SubjectKind.CUSTOMER, "11"))
    found = (await asked(api, f"?{query}"))["audit"]
    assert sorted(line["after"]["number"] for line in found if "number" in line["after"]) == numbers


@pytest.mark.parametrize(
    "query",
    [
        "action=unknown",
        "subject=unknown",
        "subject=customer:",
        "actor=",
        "since=x",
        "format=xml",
        "limit=0",
        "cursor=x",
    ],
)
async def test_what_makes_no_sense_is_named(api: Api, query: str) -> None:
    answer = await api.request("GET", f"/api/audit?{query}", bearer=await api.token())
    assert answer.status == 400
    assert [problem["field"] for problem in answer.json()["details"]] == [query.partition("=")[0]]


async def test_what_is_no_tokens_number_is_nobodys(api: Api) -> None:
    token = await api.token()
    for number in ("9" * 10, "9" * 5000, "%C2%B2", "-1"):
        answer = await api.request("GET", f"/api/audit?actor=token:{number}", bearer=token)
        assert (answer.status, answer.json()["audit"]) == (200, []), number


# -- names ---------------------------------------------------------------------------------------------------


async def test_what_is_known_by_its_id_is_named(api: Api, folder: DataFolder, keys: Keys) -> None:
    world = await make_world(api, folder, keys)
    company = (await api.request("GET", f"/api/customers/{world.customer_id}", bearer=await api.token())).json()
    for kind, number in (
        (SubjectKind.CUSTOMER, str(world.customer_id)),
        (SubjectKind.CALL, world.call_id),
        (SubjectKind.DELIVERY, world.delivery_id),
        (SubjectKind.TOKEN, str(world.token_id)),
        (SubjectKind.BACKUP, "vbot-1.tar"),
    ):
        await write(api, {}, subject=Subject(kind, number))
    names = {(one["kind"], one["id"]): one for one in (await asked(api))["names"]}
    assert names["customer", str(world.customer_id)]["name"] == company["company_name"]
    call = (await api.request("GET", f"/api/calls/{world.call_id}", bearer=await api.token())).json()
    assert names["call", world.call_id] == {
        "kind": "call",
        "id": world.call_id,
        "name": company["company_name"],  # and no number: the audit tells nobody who called whom
        "at": call["call_started_at"] or call["received_at"],
    }
    assert names["delivery", world.delivery_id]["name"] == company["company_name"]
    assert names["delivery", world.delivery_id]["at"] is not None
    assert names["token", str(world.token_id)]["name"]
    assert {kind for kind, _ in names} == {"customer", "call", "delivery", "token"}


async def test_what_a_line_mentions_is_named_too(api: Api) -> None:
    customer, _ = await api.customer(company_name="Mentioned Ltd")
    subject = Subject(SubjectKind.TOKEN, "999")
    await write(api, {"customer_ids": [customer.id, 10**12]}, action=Action.TOKEN_CREATED, subject=subject)
    names = (await asked(api, "?action=token.created&subject=token:999"))["names"]
    assert names == [{"kind": "customer", "id": str(customer.id), "name": "Mentioned Ltd", "at": None}]


async def test_an_erased_call_has_no_name(api: Api, folder: DataFolder, keys: Keys) -> None:
    world = await make_world(api, folder, keys)
    await write(api, {"ids": [world.call_id]}, action=Action.CALL_READ, subject=Subject(SubjectKind.CALL))
    assert [one["id"] for one in (await asked(api, "?action=call.read"))["names"]] == [world.call_id]
    await api.request("DELETE", f"/api/calls/{world.call_id}", bearer=await api.token())
    assert (await asked(api, "?action=call.read"))["names"] == []
    erased = await asked(api, "?action=call.erased")
    assert [one["kind"] for one in erased["names"]] == ["customer"]
    assert erased["audit"][0]["subject"]["id"] == world.call_id


async def test_a_viewer_of_some_customers_is_told_no_other_names(api: Api, folder: DataFolder, keys: Keys) -> None:
    world = await make_world(api, folder, keys)
    mine, _ = await api.customer(company_name="Mine Ltd")
    after: Fields = {"customer_ids": [world.customer_id], "call_id": world.call_id}
    await write(api, after, subject=Subject(SubjectKind.CUSTOMER, str(mine.id)))
    of_mine = frozenset({mine.id})
    _, token = await api.services.access.tokens.create(OWNER, Role.VIEWER, "mine", None, of_customers=of_mine)
    page = (await api.request("GET", "/api/audit?action=customer.updated", bearer=token)).json()
    assert len(page["audit"]) == 1
    assert [one["name"] for one in page["names"]] == ["Mine Ltd"]


# -- as a file -----------------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "EXPORT_PAGE_ROWS", 2)


async def test_all_lines_come_as_json_lines(api: Api, small_pages: None) -> None:
    for number in range(5):
        await write(api, {"number": number})
    answer = await api.request("GET", "/api/audit?format=jsonl&action=customer.updated", bearer=await api.token())
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="vbot-audit-')
    assert answer.headers["Content-Disposition"].endswith('Z.jsonl"')
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["after"]["number"] for line in lines] == [4, 3, 2, 1, 0]
    assert lines == (await asked(api, "?action=customer.updated"))["audit"]


async def test_all_lines_come_as_a_table(api: Api, small_pages: None) -> None:
    for text in ('Grace, "Ö"', "two\nlines", "plain"):
        await write(api, {"name": text})
    answer = await api.request("GET", "/api/audit?format=csv&action=customer.updated", bearer=await api.token())
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.body.decode(), newline=""))
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert [json.loads(row["after"])["name"] for row in table] == ["plain", "two\nlines", 'Grace, "Ö"']
    assert (table[0]["actor"], table[0]["token_id"], table[0]["subject_id"]) == ("token", "1", "1")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_a_file_has_as_many_lines_as_are_asked_for(api: Api, small_pages: None, form: str) -> None:
    for number in range(5):
        await write(api, {"number": number})
    query = f"format={form}&action=customer.updated&limit=3"
    answer = await api.request("GET", f"/api/audit?{query}", bearer=await api.token())
    lines = answer.text.splitlines()[form == "csv" :]
    assert [number for line in lines for number in range(5) if re.search(rf'"+number"+:{number}', line)] == [4, 3, 2]


async def test_an_empty_table_has_its_header(api: Api) -> None:
    answer = await api.request("GET", "/api/audit?format=csv&actor=nobody", bearer=await api.token())
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize("before", ["", " ", "\u200b", "\ufeff"])
async def test_a_spreadsheet_takes_no_name_for_a_formula(api: Api, before: str) -> None:
    await write(api, {}, replace(AN_ADMIN, name=f'{before}=HYPERLINK("http://evil")'))
    answer = await api.request("GET", "/api/audit?format=csv&action=customer.updated", bearer=await api.token())
    header, row = csv.reader(io.StringIO(answer.body.decode(), newline=""))
    assert dict(zip(header, row, strict=True))["name"] == f'\'{before}=HYPERLINK("http://evil")'


async def test_a_file_that_broke_off_does_not_end_like_a_whole_one(
    api: Api, small_pages: None, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        await write(api, {"number": number})
    # A line that no version of the program writes, below the first page.
    await api.database.write(
        lambda tx: tx.execute("UPDATE audit SET action = 'unheard of' WHERE \"after\" = '{\"number\":0}'") and None
    )
    token = await api.token()
    async with connected(api.port) as wire:
        await wire.head("GET", "/api/audit?format=jsonl", Authorization=f"Bearer {token}")
        received = await wire.rest()
    assert b"Transfer-Encoding: chunked" in received
    assert b'"number":2' in received
    assert not received.endswith(b"0\r\n\r\n")
    assert "the audit could not be sent to its end" in caplog.text


# -- downloads -----------------------------------------------------------------------------------------------


async def test_who_took_a_recording_or_a_backup_away_is_written_down(api: Api, folder: DataFolder, keys: Keys) -> None:
    world: World = await make_world(api, folder, keys)
    admin, viewer = await api.token(), await api.token(Role.VIEWER)
    name = (await api.request("POST", "/api/backups", bearer=admin)).json()["name"]
    await world.backups_are_made()
    recording = f"/api/calls/{world.call_id}/recording"
    for credential in ({"bearer": viewer}, {"key": world.key}):
        assert (await api.request("HEAD", recording, **credential)).status == 200  # type: ignore[arg-type]
        for part in ("bytes=0-9", "bytes=10-"):
            answer = await api.request("GET", recording, headers={"Range": part}, **credential)  # type: ignore[arg-type]
            assert answer.status == 206
    assert (await api.request("GET", f"/api/backups/{name}", bearer=admin)).status == 200
    assert (await api.request("GET", "/api/calls/none/recording", bearer=admin)).status == 404

    told = [line for line in (await asked(api))["audit"] if line["action"].endswith("downloaded")]

    assert [(line["action"], line["actor"]["role"], line["subject"]) for line in told] == [
        ("backup.downloaded", "admin", {"kind": "backup", "id": name}),
        ("call.recording_downloaded", None, {"kind": "call", "id": world.call_id}),
        ("call.recording_downloaded", "viewer", {"kind": "call", "id": world.call_id}),
    ]
