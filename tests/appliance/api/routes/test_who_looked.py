"""Who reads what, takes what away, or is not let in: all of it stands in the audit, in few lines."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.domain.token import Role
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from tests.appliance.api.changes import A_BACKUP, World, make_world
from tests.appliance.api.conftest import Api


@pytest.fixture
async def world(api: Api, folder: DataFolder, keys: Keys) -> World:
    return await make_world(api, folder, keys)


async def told(world: World, action: str) -> list[dict[str, Any]]:
    """The audit's lines of an action, oldest first, once what waits is written."""
    await world.api.services.access.reading_log.flush()
    answer = await world.api.request("GET", f"/api/audit?action={action}", bearer=await world.api.token())
    lines: list[dict[str, Any]] = answer.json()["audit"][::-1]
    return lines


@pytest.mark.parametrize(
    ("path", "action", "subject", "after"),
    [
        ("/api/calls/call-1", "call.read", {"kind": "call", "id": "call-1"}, {}),
        ("/api/calls?limit=500", "calls.listed", {"kind": "call", "id": None}, {"count": 1}),
        (
            "/api/calls?state=completed&number=0100",
            "calls.listed",
            {"kind": "call", "id": None},
            {"state": "completed", "number": "given", "count": 1},
        ),
        *(
            (f"/api/calls?{name}=mrs%20doe", "calls.listed", {"kind": "call", "id": None}, {name: "given", "count": 0})
            for name in ("error_code", "queue", "agent")
        ),
        ("/api/calls?q=mrs%20doe", "calls.searched", {"kind": "call", "id": None}, {"count": 0}),
        ("/api/calls/call-1/recording", "call.recording_downloaded", {"kind": "call", "id": "call-1"}, {}),
    ],
)
@pytest.mark.parametrize("who", ["viewer", "customer"])
async def test_who_reads_what_was_said_is_written_down(
    world: World, who: str, path: str, action: str, subject: dict[str, Any], after: dict[str, Any]
) -> None:
    viewer = await world.api.token(Role.VIEWER)
    credential: dict[str, Any] = {"bearer": viewer} if who == "viewer" else {"key": world.key}
    answer = await world.api.request("GET", path, headers={"X-Request-ID": "find-me"}, **credential)
    assert answer.status == 200, answer.text
    (line,) = await told(world, action)
    assert (line["subject"], line["after"], line["request_id"]) == (subject, after, "find-me")
    actor = line["actor"]
    assert (actor["kind"], actor["address"]) == ("token" if who == "viewer" else "customer", "127.0.0.1")
    assert actor["name"] == ("viewer" if who == "viewer" else "Example Ltd")


@pytest.mark.parametrize(
    ("path", "action", "subject"),
    [
        ("/api/deliveries?limit=500", "deliveries.listed", {"kind": "delivery", "id": None}),
        ("/api/audit?format=jsonl", "audit.exported", {"kind": "audit", "id": None}),
        ("/api/audit?format=csv&limit=1", "audit.exported", {"kind": "audit", "id": None}),
    ],
)
async def test_who_lists_webhooks_or_takes_the_audit_away_is_written_down(
    world: World, path: str, action: str, subject: dict[str, Any]
) -> None:
    answer = await world.api.request("GET", path, bearer=await world.api.token(Role.VIEWER))
    assert answer.status == 200, answer.text
    (line,) = await told(world, action)
    assert (line["subject"], line["actor"]["name"]) == (subject, "viewer")


async def test_who_reads_one_webhook_is_written_down_with_its_customer(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    listed = (await world.api.request("GET", "/api/deliveries", bearer=viewer)).json()["deliveries"]
    await world.api.request("GET", f"/api/deliveries/{listed[0]['id']}", bearer=viewer)
    (line,) = await told(world, "delivery.read")
    assert line["subject"] == {"kind": "delivery", "id": listed[0]["id"]}


async def test_who_is_refused_or_finds_nothing_has_read_nothing(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    for path in ("/api/calls/other", "/api/calls/call-1/words", "/api/calls/other/recording", "/api/calls?limit=x"):
        assert (await world.api.request("GET", path, bearer=viewer)).status in (400, 404)
    assert (await world.api.request("HEAD", "/api/calls/call-1/recording", bearer=viewer)).status == 200
    for action in ("call.read", "call.words_read", "calls.listed", "call.recording_downloaded"):
        assert await told(world, action) == []


async def test_an_administrator_who_sees_keys_is_written_down_and_a_viewer_sees_none(world: World) -> None:
    admin, viewer = await world.api.token(), await world.api.token(Role.VIEWER)
    for token in (viewer, admin):
        for path in ("/api/customers", f"/api/customers/{world.customer_id}"):
            assert (await world.api.request("GET", path, bearer=token)).status == 200
    lines = await told(world, "customer.keys_shown")
    assert [(line["actor"]["role"], line["subject"]["id"], line["after"]) for line in lines] == [
        ("admin", None, {"count": 1}),
        ("admin", str(world.customer_id), {}),
    ]


async def test_who_asks_for_no_keys_gets_none_and_has_seen_none(world: World) -> None:
    admin = await world.api.token()
    path = f"/api/customers/{world.customer_id}"
    whole = (await world.api.request("GET", path, bearer=admin)).json()
    shown_once = await told(world, "customer.keys_shown")
    (listed,) = (await world.api.request("GET", "/api/customers?keys=masked", bearer=admin)).json()["customers"]
    one = (await world.api.request("GET", f"{path}?keys=masked", bearer=admin)).json()
    for customer in (listed, one):
        assert customer["api_key"].startswith("****")
        assert customer["webhook_secret"].startswith("****")
        assert customer["webhook_url"] == whole["webhook_url"]
    assert await told(world, "customer.keys_shown") == shown_once
    assert (await world.api.request("GET", f"{path}?keys=all", bearer=admin)).status == 400


async def test_who_takes_a_backup_away_is_written_down(world: World) -> None:
    assert (await world.api.request("GET", f"/api/backups/{A_BACKUP}", bearer=await world.api.token())).status == 200
    (line,) = await told(world, "backup.downloaded")
    assert (line["subject"]["id"], line["actor"]["address"]) == (A_BACKUP, "127.0.0.1")


async def test_guesses_are_written_down_with_their_address(world: World) -> None:
    for guess in ("guess-1", "guess-2", "guess-3"):
        assert (await world.api.request("GET", "/api/calls", bearer=guess)).status == 401
    (line,) = await told(world, "login.failed")
    assert (line["actor"]["kind"], line["actor"]["address"], line["after"]) == ("unknown", "127.0.0.1", {"count": 3})
    assert "guess" not in str(line)


async def test_who_wants_to_change_what_it_may_not_is_written_down(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    for path in ("/api/calls/secret-4711", "/api/calls/call-1", "/api/customers/1"):
        assert (await world.api.request("DELETE", path, bearer=viewer)).status == 403
    (line,) = await told(world, "access.refused")
    assert (line["actor"]["kind"], line["actor"]["name"], line["actor"]["role"]) == ("token", "viewer", "viewer")
    assert (line["actor"]["address"], line["subject"]) == ("127.0.0.1", {"kind": "appliance", "id": None})
    wanted = ["DELETE /api/calls/{call_id}", "DELETE /api/customers/{customer_id}"]
    assert line["after"] == {"count": 3, "tried": wanted}
    assert "4711" not in str(line)


async def test_a_customers_key_that_wants_to_change_the_appliance_is_written_down(world: World) -> None:
    assert (await world.api.request("POST", "/api/system/restart", key=world.key)).status == 403
    assert (await world.api.request("GET", "/api/system", key=world.key)).status == 403  # changes nothing
    (line,) = await told(world, "access.refused")
    assert (line["actor"]["kind"], line["actor"]["name"]) == ("customer", "Example Ltd")
    assert line["after"] == {"count": 1, "tried": ["POST /api/system/restart"]}


async def test_who_only_reads_what_is_for_administrators_alone_wanted_to_change_nothing(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    assert (await world.api.request("GET", "/api/log/level", bearer=viewer)).status == 403
    assert (await world.api.request("POST", "/api/process-call", bearer=viewer)).status == 403
    (line,) = await told(world, "access.refused")
    assert line["after"] == {"count": 1, "tried": ["POST /api/process-call"]}


async def test_what_was_searched_for_is_nowhere_in_the_audit(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    await world.api.request("GET", "/api/calls?q=needle-4711&number=0049301234", bearer=viewer)
    await world.api.services.access.reading_log.flush()
    answer = await world.api.request("GET", "/api/audit?format=jsonl", bearer=await world.api.token())
    assert "calls.searched" in answer.text
    assert "needle" not in answer.text
    assert "0049301234" not in answer.text


# -- the chain over http -------------------------------------------------------------------------------------


async def test_the_chain_is_proved_and_a_line_that_was_touched_is_named(world: World) -> None:
    viewer = await world.api.token(Role.VIEWER)
    lines = (await world.api.request("GET", "/api/audit", bearer=viewer)).json()["audit"]
    asked = f"/api/audit/verification?head={lines[0]['hash']}"
    found = (await world.api.request("GET", asked, bearer=viewer)).json()
    assert (found["whole"], found["lines"], found["head"]) == (True, len(lines), lines[0]["hash"])
    assert (found["head_known"], found["broken"]) == (True, None)
    assert (await world.api.request("GET", "/api/audit/verification?head=x", bearer=viewer)).status == 400

    await world.api.database.write(lambda tx: tx.execute("DELETE FROM audit WHERE seq = 1") and None)
    found = (await world.api.request("GET", asked, bearer=viewer)).json()
    assert (found["whole"], found["broken"]["id"]) == (False, lines[-2]["id"])
