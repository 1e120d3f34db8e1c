"""Calls as they are listed, found, shown and erased."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.end_to_end.contract import CALL_KEYS, MOMENT, assert_error
from tests.support.appliance import RunningAppliance
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def owner(api_alone: RunningAppliance) -> dict[str, Any]:
    """A customer with seven calls, none of which a worker will ever take."""
    customer = api_alone.new_customer()
    customer["recordings"] = [silence(0.2) for _ in range(7)]
    customer["calls"] = []
    for number, recording in enumerate(customer["recordings"]):
        fields = {"caller_number": f"+4930555{number}", "external_id": f"list-{number}"}
        customer["calls"].append(api_alone.accepted(customer["api_key"], recording, **fields))
        if number == 3:
            time.sleep(1.1)  # so that `since` can tell the later ones
    return customer


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [call["call_id"] for call in answer.json()["calls"]]


def test_a_call_has_exactly_the_documented_fields(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    answer = api_alone.admin("GET", f"/api/calls/{owner['calls'][0]}")

    assert answer.status_code == 200
    call = answer.json()
    assert set(call) >= CALL_KEYS
    assert call["call_id"] == owner["calls"][0]
    assert call["customer_id"] == owner["id"]
    assert (call["caller_number"], call["called_number"]) == ("+49305550", "+4940654321")
    assert (call["external_id"], call["revision"]) == ("list-0", 1)
    assert call["state"] in ("received", "queued")
    assert MOMENT.match(call["received_at"])
    assert (call["started_at"], call["finished_at"], call["error"]) == (None, None, None)
    assert not call.get("transcription")


def test_the_list_is_newest_first(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    answer = api_alone.request("GET", "/api/calls", key=owner["api_key"])

    assert ids(answer) == owner["calls"][::-1]
    assert set(answer.json()) == {"calls", "next_cursor"}
    assert answer.json()["next_cursor"] is None
    assert all(set(call) >= CALL_KEYS for call in answer.json()["calls"])


def test_pages_follow_each_other_without_gap_or_repetition(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        parameters = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer = api_alone.request("GET", "/api/calls", key=owner["api_key"], params=parameters)
        assert len(ids(answer)) <= 3
        seen += ids(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break

    assert seen == owner["calls"][::-1]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "limit=-1",
        "cursor=nonsense",
        "since=yesterday",
        "state=lost",
        "customer_id=x",
    ],
)
def test_a_list_refuses_what_it_does_not_understand(api_alone: RunningAppliance, query: str) -> None:
    assert_error(api_alone.admin("GET", f"/api/calls?{query}"), 400)


def test_a_customer_sees_only_its_own_calls(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    other = api_alone.new_customer()
    own = api_alone.accepted(other["api_key"], silence(0.2))
    key = other["api_key"]

    assert ids(api_alone.request("GET", "/api/calls", key=key)) == [own]
    assert ids(api_alone.request("GET", f"/api/calls?customer_id={owner['id']}", key=key)) in ([], [own])
    assert_error(api_alone.request("GET", f"/api/calls/{owner['calls'][0]}", key=key), 404)
    assert_error(api_alone.request("GET", f"/api/calls/{owner['calls'][0]}/recording", key=key), 404)
    assert api_alone.request("GET", f"/api/calls/{own}", key=key).json()["call_id"] == own


def test_calls_are_found_by_customer_number_state_and_time(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    calls = owner["calls"]

    def found(**parameters: str) -> list[str]:
        return ids(api_alone.admin("GET", "/api/calls", params={"customer_id": str(owner["id"])} | parameters))

    fifth = api_alone.admin("GET", f"/api/calls/{calls[4]}").json()["received_at"]
    assert found() == calls[::-1]
    assert found(number="+49305552") == [calls[2]]
    assert found(state="completed") == []
    assert sorted(found(state="received") + found(state="queued")) == sorted(calls)
    assert found(since=fifth) == calls[:3:-1]
    assert set(found(until=fifth)) >= set(calls[:4])
    assert found(since="2099-01-01T00:00:00Z") == []


@pytest.mark.parametrize("call_id", ["unknown", "00000000-0000-0000-0000-000000000000", "%00", "1"])
def test_an_unknown_call_is_not_found(api_alone: RunningAppliance, call_id: str) -> None:
    assert_error(api_alone.admin("GET", f"/api/calls/{call_id}"), 404)
    assert_error(api_alone.admin("DELETE", f"/api/calls/{call_id}"), 404)


def test_the_recording_comes_back_byte_for_byte(api_alone: RunningAppliance, owner: dict[str, Any]) -> None:
    path = f"/api/calls/{owner['calls'][0]}/recording"

    for answer in (api_alone.request("GET", path, key=owner["api_key"]), api_alone.admin("GET", path)):
        assert answer.status_code == 200
        assert answer.content == owner["recordings"][0]
    assert_error(api_alone.request("GET", path), 401)


def test_an_erased_call_is_gone_with_its_recording(api_alone: RunningAppliance) -> None:
    customer = api_alone.new_customer()
    call_id = api_alone.accepted(customer["api_key"], silence(0.2), caller_number="+49301234999")

    assert_error(api_alone.request("DELETE", f"/api/calls/{call_id}", key=customer["api_key"]), 403)
    answer = api_alone.admin("DELETE", f"/api/calls/{call_id}")

    assert answer.status_code == 200
    assert isinstance(answer.json(), dict)
    assert_error(api_alone.admin("GET", f"/api/calls/{call_id}/recording"), 404)
    shown = api_alone.admin("GET", f"/api/calls/{call_id}")
    assert shown.status_code == 404 or "+49301234999" not in shown.text
