"""A call as the PBX knows it: sent with the recording, told in every reply, and found again by it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from appliance.messages.call_result import Failure
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.builders import a_recording

SAID = {
    "external_id": "1710417600.42",
    "direction": "inbound",
    "linked_id": "1710417600.40",
    "agent": "Zoë",
    "extension": "201",
    "queue": "support",
    "did": "+4930123456",
    "disposition": "answered",
    "started_at": "2026-11-20T11:00:00+01:00",
    "answered_at": "2026-11-20T10:00:04Z",
    "bridged_at": "2026-11-20T10:00:21Z",
}
TOLD = {name: text for name, text in SAID.items() if name != "started_at"} | {"call_started_at": "2026-11-20T10:00:00Z"}


async def post(api: Api, key: str, audio: bytes | None = None, **said: bytes | str) -> Answer:
    body = a_form(**said) if audio is None else a_form(audio, **said)
    return await api.request("POST", "/api/process-call", key=key, body=body, headers={"Content-Type": CONTENT_TYPE})


async def accepted(api: Api, key: str, audio: bytes | None = None, **said: bytes | str) -> str:
    answer = await post(api, key, audio, **said)
    assert answer.status == 200, answer.text
    return str(answer.json()["call_id"])


async def listed(api: Api, key: str, query: str) -> list[str]:
    answer = await api.request("GET", f"/api/calls?{query}", key=key)
    assert answer.status == 200, answer.text
    return [call["call_id"] for call in answer.json()["calls"]]


async def test_what_the_pbx_says_of_a_call_is_in_reply_list_and_webhook(api: Api) -> None:
    customer, key = await api.customer()
    call_id = await accepted(api, key, **SAID)

    shown = (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()
    (in_list,) = (await api.request("GET", "/api/calls", key=key)).json()["calls"]
    failure = Failure(code="recording_missing", message="it is gone")
    await api.services.calls.claim_call._finish_call.fail(call_id, failure)
    ((body,),) = await api.database.read(lambda tx: tx.execute("SELECT body FROM delivery").fetchall())
    webhook = json.loads(body)
    links = {"call": f"/api/calls/{call_id}", "recording": f"/api/calls/{call_id}/recording"}
    for told in (shown, in_list, webhook):
        assert {name: told[name] for name in TOLD} == TOLD
        assert told["links"] == links
    assert shown["started_at"] is None  # our own work has not begun
    assert customer.id == webhook["customer_id"]


async def test_a_recording_sent_once_more_brings_what_the_pbx_has_learnt_of_the_call(api: Api) -> None:
    """As a CDR is written after the recording, and a queue's agent after that."""
    _, key = await api.customer()
    early = {"external_id": SAID["external_id"], "started_at": SAID["started_at"], "agent": "nobody yet"}
    call_id = await accepted(api, key, **early)
    assert await accepted(api, key, **SAID) == call_id

    shown = (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()
    assert {name: shown[name] for name in TOLD} == TOLD | {"direction": None}, "its moods were read without"
    token = await api.token()
    lines = (await api.request("GET", f"/api/audit?subject=call:{call_id}", bearer=token)).json()["audit"]
    (told,) = [line for line in lines if line["action"] == "call.described_anew"]
    assert told["actor"]["kind"] == "customer"
    assert "agent" in told["after"]["fields"]
    assert "Zoë" not in json.dumps(lines, ensure_ascii=False)


async def test_only_a_recording_that_is_said_to_hold_it_has_a_lead_in(api: Api) -> None:
    """MixMonitor's option `b` begins at the bridge, whatever the call's start was."""
    _, key = await api.customer()
    without = await accepted(api, key, **SAID)
    with_it = await accepted(api, key, **{**SAID, "external_id": "2"}, recording_started_at="2026-11-20T10:00:04Z")

    found = [await api.database.read(lambda tx, call_id=one: calls.get(tx, call_id)) for one in (without, with_it)]

    assert [call.announcement_seconds for call in found if call is not None] == [0.0, 17.0]


async def test_what_the_pbx_does_not_say_is_null(api: Api) -> None:
    _, key = await api.customer()
    call_id = await accepted(api, key)

    shown = (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()

    assert {name: shown[name] for name in TOLD} == dict.fromkeys(TOLD)


@pytest.mark.parametrize("name", [name for name in TOLD if not name.endswith("_at")])
async def test_a_list_is_narrowed_to_each_of_them(api: Api, name: str) -> None:
    _, key = await api.customer()
    _, other_key = await api.customer()
    wanted = await accepted(api, key, **SAID)
    others = {"direction": "outbound", "disposition": "busy"}
    await accepted(api, key, **{**SAID, "external_id": "another", name: others.get(name, "another")})
    await accepted(api, other_key, **SAID)
    value = SAID[name].replace("+", "%2B").replace("ë", "%C3%AB")

    assert await listed(api, key, f"{name}={value}&external_id=1710417600.42") == [wanted]
    assert wanted not in await listed(api, key, f"{name}={others.get(name, 'another')}")


async def test_a_query_name_that_nobody_knows_is_refused(api: Api) -> None:
    _, key = await api.customer()
    await accepted(api, key, **SAID)

    answer = await api.request("GET", "/api/calls?externalid=1710417600.42", key=key)

    assert answer.status == 400
    assert answer.json()["details"] == [{"field": "externalid", "problem": "is not known here"}]


@pytest.mark.parametrize("path", ["calls", "customers", "deliveries", "audit", "stats"])
async def test_no_list_ignores_what_it_does_not_know(api: Api, path: str) -> None:
    answer = await api.request("GET", f"/api/{path}?limits=3", bearer=await api.token())
    assert (answer.status, [item["field"] for item in answer.json()["details"]]) == (400, ["limits"])


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
async def test_a_number_that_is_there_and_empty_is_withheld(api: Api, empty: str) -> None:
    _, key = await api.customer()
    call_id = await accepted(api, key, caller_number=empty)

    shown = (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()

    assert (shown["caller_number"], shown["called_number"]) == ("anonymous", "+15550199")


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("NO ANSWER", "no_answer"),
        ("no-answer", "no_answer"),
        ("Busy", "busy"),
        ("NOANSWER", "no_answer"),
        ("ANSWER", "answered"),
        ("CANCEL", "cancelled"),
        ("CHANUNAVAIL", "failed"),
    ],
)
async def test_what_came_of_a_call_is_read_as_systems_write_it(api: Api, said: str, stored: str) -> None:
    _, key = await api.customer()
    call_id = await accepted(api, key, disposition=said)
    assert (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()["disposition"] == stored


STRANGE = [
    ("disposition", "maybe"),
    ("disposition", "\x00" * 9000),
    ("answered_at", "0000-00-00 00:00:00"),
    ("answered_at", b"\xff"),
    ("bridged_at", "2026-13-01T00:00:00Z"),
    ("recording_started_at", "yesterday"),
    ("sample_rate", "8k"),
    ("encoding", "opus"),
    ("channels", "5"),
]


@pytest.mark.parametrize(("name", "value"), STRANGE)
async def test_no_call_is_lost_for_what_only_describes_it(api: Api, name: str, value: str | bytes) -> None:
    _, key = await api.customer()

    answer = await post(api, key, **{name: value})

    assert answer.status == 200, answer.text
    (warning,) = answer.json()["warnings"]
    assert warning.startswith(f"`{name}` was sent as ")
    assert len(warning) < 250
    shown = (await api.request("GET", f"/api/calls/{answer.json()['call_id']}", key=key)).json()
    assert shown.get(name) is None


async def test_a_misspelt_field_is_told_in_the_answer_and_in_the_webhook(api: Api) -> None:
    _, key = await api.customer()
    answer = await post(api, key, **{"external-id": "typo.1"})
    assert answer.status == 200
    told = ["`external-id` is no field of this form and is left out (is `external_id` meant?)."]
    assert answer.json()["warnings"] == told

    failure = Failure(code="recording_missing", message="it is gone")
    await api.services.calls.claim_call._finish_call.fail(answer.json()["call_id"], failure)
    ((body,),) = await api.database.read(lambda tx: tx.execute("SELECT body FROM delivery").fetchall())
    assert json.loads(body)["warnings"] == told


WRONG: list[tuple[str, str]] = [
    ("linked_id", "a\x00b"),
    ("linked_id", "x" * 201),
    ("started_at", "yesterday"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_each_field_at_fault_is_named(api: Api, name: str, value: str) -> None:
    _, key = await api.customer()

    answer = await post(api, key, **{name: value})

    assert (answer.status, [item["field"] for item in answer.json()["details"]]) == (400, [name])


async def test_no_call_is_lost_for_a_strange_name(api: Api) -> None:
    _, key = await api.customer()
    call_id = await accepted(api, key, agent=b"Zo\xeb\x1b[31m\xe2\x80\xae", queue="q" * 5000, did="\x00")

    shown = (await api.request("GET", f"/api/calls/{call_id}", key=key)).json()

    assert shown["agent"] == "Zo\ufffd\ufffd[31m\ufffd"
    assert (len(shown["queue"]), shown["did"]) == (200, "\ufffd")


async def test_nothing_of_it_is_left_of_an_erased_call(api: Api) -> None:
    _, key = await api.customer()
    call_id = await accepted(api, key, **SAID)

    assert (await api.request("DELETE", f"/api/calls/{call_id}", bearer=await api.token())).status == 200

    def everything(tx: Any) -> str:
        names = [name for (name,) in tx.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return "".join(str(tx.execute(f"SELECT * FROM {name}").fetchall()) for name in names)

    left = await api.database.read(everything)
    assert not [text for text in ("Zoë", "1710417600", "support", "+4930123456") if text in left]


HERE = {"external_id": "1710417600.42", "started_at": "2026-11-20T10:00:00Z"}
OTHER_AUDIO = a_recording(b"\x05\x00" * 100)


@pytest.mark.parametrize(
    "other",
    [
        {"caller_number": "+4911111"},
        {"called_number": "+4922222"},
        {"started_at": "2026-11-20T10:05:00Z"},
        {"called_number": "+4922222", "linked_id": "1710417600.40"},
    ],
    ids=["caller", "called", "start", "linked to what nobody knows"],
)
async def test_another_call_under_a_known_id_is_refused_and_both_are_named(api: Api, other: dict[str, str]) -> None:
    _, key = await api.customer()
    first = await accepted(api, key, **HERE)

    answer = await post(api, key, OTHER_AUDIO, **{**HERE, **other})

    assert answer.status == 409
    (detail,) = answer.json()["details"]
    assert detail["field"] == "external_id"
    value = next(iter(other.values()))
    assert all(text in detail["problem"] for text in (first, "+15550100", "+15550199", HERE["started_at"], value))
    shown = (await api.request("GET", f"/api/calls/{first}", key=key)).json()
    assert (shown["revision"], shown["caller_number"]) == (1, "+15550100")
    assert await listed(api, key, "external_id=1710417600.42") == [first]


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"started_at": ""},
        {"started_at": "2026-11-20T10:00:01Z"},
        {"linked_id": "1710417600.42", "called_number": "+4922222"},
    ],
    ids=["the same", "no start", "rounded", "linked to the first"],
)
async def test_more_of_the_same_call_is_its_next_revision(api: Api, later: dict[str, str]) -> None:
    _, key = await api.customer()
    first = await accepted(api, key, **HERE)

    assert await accepted(api, key, OTHER_AUDIO, **{**HERE, **later}) == first

    shown = (await api.request("GET", f"/api/calls/{first}", key=key)).json()
    assert (shown["revision"], shown["called_number"]) == (2, later.get("called_number", "+15550199"))


async def test_what_has_the_linked_id_of_a_known_call_is_its_next_revision(api: Api) -> None:
    _, key = await api.customer()
    first = await accepted(api, key, linked_id="1710417600.40", **HERE)
    later = {"called_number": "+4922222", "started_at": "2026-11-20T10:05:00Z", "linked_id": "1710417600.40"}
    assert await accepted(api, key, OTHER_AUDIO, **{**HERE, **later}) == first


async def test_a_call_that_is_linked_to_another_one_is_not_this_one(api: Api) -> None:
    _, key = await api.customer()
    await accepted(api, key, linked_id="1.1", **HERE)
    answer = await post(api, key, OTHER_AUDIO, **{**HERE, "linked_id": "2.1", "caller_number": "+4911111"})
    assert answer.status == 409


async def test_a_refused_recording_is_not_kept(api: Api, folder: DataFolder) -> None:
    _, key = await api.customer()
    await accepted(api, key, **HERE)
    answers = await asyncio.gather(
        *(post(api, key, OTHER_AUDIO, **{**HERE, "caller_number": str(number)}) for number in range(3)),
        post(api, key, OTHER_AUDIO, external_id="good"),
    )
    assert [answer.status for answer in answers] == [409, 409, 409, 200]
    assert len([path for path in folder.recordings.rglob("*") if path.is_file()]) == 2
