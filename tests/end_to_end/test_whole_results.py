"""What an analysis found out, at the places where users look: the webhook and the call. The engine is a fake."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_moods import that_feels
from tests.support.fake_worker import EXPECTED, UNREADABLE, that_says
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

READY_SECONDS = 180.0  # on a machine where much else is going on
CUT_OFF = "The recording is cut off: its header tells of 8.0 s, 4.0 s are there."
TURNS: list[dict[str, Any]] = [
    {"start": 0.0, "end": 2.0, "channel": 0, "party": "unknown", "text": "Good morning.", "voice": 1},
    {"start": 2.5, "end": 5.0, "channel": 0, "party": "unknown", "text": "Hello, who is it?", "voice": 2},
]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    with contextlib.closing(FakeAppliance(tmp_path_factory.mktemp("box"))) as running:
        yield running.start(READY_SECONDS)


def test_voices_conversation_and_warnings_are_in_webhook_and_call(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url)
    call_id = box.accepted(customer["api_key"], that_says(silence(0.3), TURNS, [CUT_OFF]))

    body = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
    call = box.final_call(call_id)

    for shown in (body, call):
        assert [one["voice"] for one in shown["segments"]] == [1, 2]
        assert shown["voices_confidence"] == 0.8
        assert shown["warnings"] == [CUT_OFF]
        assert shown["conversation"]["longest_silence_seconds"] == 1.5
        assert shown["conversation"]["caller"]["turns"] == 0


def test_numbers_direction_and_what_was_found_in_the_recording_are_told(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url, country="DE", own_numbers=["+4930 901820..+4930 901829"])
    unfinished = bytearray(that_says(silence(0.3), TURNS, [CUT_OFF]))
    unfinished[40:44] = bytes(4)
    numbers = {"caller_number": "040 654321", "called_number": "201", "did": "030-901820"}

    call_id = box.accepted(customer["api_key"], bytes(unfinished), **numbers)

    body = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
    call = box.final_call(call_id)
    for shown in (body, call):
        assert (shown["direction"], shown["did"]) == ("inbound", "030-901820")
        assert [shown["parties"][who]["number_e164"] for who in ("caller", "called")] == ["+4940654321", None]
        assert (shown["caller_number"], shown["called_number"]) == ("040 654321", "201")
        assert len(shown["warnings"]) == 2
        assert "header is unfinished" in shown["warnings"][0]
        assert shown["announcement"] == ""


def test_of_a_failed_call_and_a_test_they_are_neutral(box: FakeAppliance, receiver: WebhookReceiver) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url)
    box.accepted(customer["api_key"], silence(0.3) + UNREADABLE)
    failed = endpoint.wait_for(1)[0].json
    assert box.admin("POST", f"/api/customers/{customer['id']}/test-webhook").status_code == 200
    tried = endpoint.wait_for(2)[1].json

    assert (failed["event"], tried["event"]) == ("call.failed", "webhook.test")
    for body in (failed, tried):
        assert (body["sentiment"], body["sentiment_basis"], body["call_started_at"]) == ("neutral", None, None)
        assert (body["voices_confidence"], body["conversation"], body["warnings"]) == (0.0, None, [])


def test_names_of_the_customer_and_of_the_call_reach_the_engine_and_stay_with_the_call(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url, vocabulary=["Kowalczyk", "Velodyne"])
    assert customer["vocabulary"] == ["Kowalczyk", "Velodyne"]

    call_id = box.accepted(customer["api_key"], silence(0.3), vocabulary="Zephyra, velodyne")

    body = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
    assert body["models"][EXPECTED] == "Zephyra, velodyne, Kowalczyk"
    assert box.final_call(call_id)["models"][EXPECTED] == "Zephyra, velodyne, Kowalczyk"
    # What is set since counts when it is analysed again; what came with the call stays.
    changed = box.admin("PUT", f"/api/customers/{customer['id']}", json={"vocabulary": ["Fynbos"]})
    assert changed.json()["vocabulary"] == ["Fynbos"]
    assert box.admin("POST", f"/api/calls/{call_id}/reprocess").status_code == 200
    again = endpoint.wait_for(2)[1].json
    assert (again["event"], again["models"][EXPECTED]) == ("call.updated", "Zephyra, velodyne, Fynbos")


def test_a_call_that_is_analysed_again_has_the_moods_that_its_customer_wants_by_then(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url, sentiment_of="both")
    assert customer["sentiment_of"] == "both"
    said = [{**turn, "party": party} for turn, party in zip(TURNS, ("caller", "called"), strict=True)]
    recording = that_feels(that_says(silence(0.3), said), ("negative", -0.7), ("positive", 0.6), tells_all=False)
    call_id = box.accepted(customer["api_key"], recording)
    seen = []
    for count, wanted in enumerate(("outside", "none", None), start=1):
        seen.append(endpoint.wait_for(count)[-1].json)
        changed = box.admin("PUT", f"/api/customers/{customer['id']}", json={"sentiment_of": wanted})
        assert changed.json()["sentiment_of"] == wanted
        assert box.admin("POST", f"/api/calls/{call_id}/reprocess").status_code == 200
    seen.append(endpoint.wait_for(4)[-1].json)

    assert [tuple(one["parties"][who]["sentiment_score"] for who in ("caller", "called")) for one in seen] == [
        (-0.7, 0.6),
        (-0.7, None),
        (None, None),
        (-0.7, None),  # the appliance's default again
    ]
    assert [one["sentiment"] for one in seen] == ["negative", "negative", "neutral", "negative"]
    assert seen[2]["models"]["sentiment"] == "off"
    assert box.final_call(call_id)["parties"] == seen[3]["parties"]


def test_when_each_word_was_said_is_told_to_who_asks_and_to_nobody_else(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer, stranger = box.new_customer(webhook_url=endpoint.url), box.new_customer()
    call_id = box.accepted(customer["api_key"], that_says(silence(0.3), TURNS))
    body = endpoint.wait_for(1)[0].json
    path = f"/api/calls/{call_id}/words"

    answer = box.request("GET", path, key=customer["api_key"])

    assert answer.status_code == 200, answer.text
    assert answer.json() == box.admin("GET", path).json()
    assert (answer.json()["call_id"], answer.json()["revision"]) == (call_id, 1)
    assert [(one["start"], one["end"]) for one in answer.json()["segments"]] == [(0.0, 2.0), (2.5, 5.0)]
    assert answer.json()["segments"][0]["words"] == [
        {"start": 0.0, "end": 1.0, "text": "Good", "confidence": 0.9},
        {"start": 1.0, "end": 2.0, "text": "morning.", "confidence": 0.9},
    ]
    assert box.request("GET", path, key=stranger["api_key"]).status_code == 404
    assert box.request("GET", path).status_code == 401
    for shown in (body, box.final_call(call_id)):
        assert "words" not in shown
        assert all("words" not in segment for segment in shown["segments"])
    assert box.admin("DELETE", f"/api/calls/{call_id}").status_code == 200
    assert box.admin("GET", path).status_code == 404
