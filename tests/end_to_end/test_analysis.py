"""From recording to result: what the webhook says, and what the api shows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from engine.diarization.roles import LEAST_CONFIDENCE
from tests.end_to_end.contract import (
    CALL_KEYS,
    MOMENT,
    RESULT_KEYS,
    SEGMENT_KEYS,
    TIMESTAMP,
    WEBHOOK_EXTRAS,
    WEBHOOK_KEYS,
    assert_error,
)
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.receiver import Received, WebhookReceiver
from tests.support.recordings import broken, conversation, interrupted, silence, stereo_conversation, two_voices

pytestmark = pytest.mark.slow

METADATA = {"ticket": 4711, "labels": ["a", "ü"], "nested": {"yes": True, "none": None}}


class Analysed:
    """One real conversation that went all the way, for several tests to look at."""

    def __init__(self, appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
        endpoint = receiver.endpoint()
        self.customer = appliance.new_customer(webhook_url=endpoint.url)
        self.sent_at = datetime.now(UTC)
        self.call_id = appliance.accepted(
            self.customer["api_key"],
            conversation(),
            external_id="pbx-conversation",
            language="en",
            metadata=json.dumps(METADATA),
        )
        self.call = appliance.final_call(self.call_id)
        self.received: Received = endpoint.wait_for(1)[0]
        self.body = self.received.json
        # The official library refuses what is older than five minutes, and the tests that look take longer together.
        self.verified = self.received.verified(self.customer["webhook_secret"])


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAppliance]:
    """With the real recognizer, which the one of the session has not."""
    with RunningAppliance(tmp_path_factory.mktemp("up")) as running:
        yield running


@pytest.fixture(scope="module")
def analysed(appliance: RunningAppliance, receiver: WebhookReceiver) -> Analysed:
    return Analysed(appliance, receiver)


def test_the_webhook_has_the_nine_published_fields_with_their_types(analysed: Analysed) -> None:
    body = analysed.body

    assert list(body)[:9] == WEBHOOK_KEYS
    assert body["call_id"] == analysed.call_id
    assert (body["caller_number"], body["called_number"]) == ("+4930123456", "+4940654321")
    assert type(body["customer_id"]) is int
    assert body["customer_id"] == analysed.customer["id"]
    for name in ("transcription", "summary", "keywords"):
        assert type(body[name]) is str
        assert body[name].strip()
    assert body["sentiment"] in ("positive", "neutral", "negative")
    assert TIMESTAMP.match(body["timestamp"])
    age = datetime.fromisoformat(body["timestamp"]) - analysed.sent_at
    assert timedelta(seconds=-5) < age < timedelta(minutes=10)


def test_the_webhook_has_our_fields_with_their_types(analysed: Analysed) -> None:
    body = analysed.body

    assert set(body) - set(WEBHOOK_KEYS) - {"error"} == WEBHOOK_EXTRAS
    assert body.get("error") is None
    assert (body["event"], body["revision"], body["language"]) == ("call.completed", 1, "en")
    assert body["duration_seconds"] == pytest.approx(30, abs=0.1)
    assert 5 < body["speech_seconds"] <= 30.1
    assert body["metadata"] == METADATA
    assert body["no_speech"] is False
    assert body["models"]
    assert all(type(value) is str for value in body["models"].values())
    assert all(isinstance(value, int | float) for value in body["keyword_scores"].values())


def test_the_segments_are_turns_in_time_order_and_make_up_the_transcription(analysed: Analysed) -> None:
    segments = analysed.body["segments"]

    assert segments
    for segment in segments:
        assert set(segment) == SEGMENT_KEYS
        assert 0 <= segment["start"] < segment["end"] <= 30.5
        assert segment["channel"] == 0
        assert segment["party"] in ("caller", "called", "unknown")
        assert 0 <= segment["confidence"] <= 1
    assert [one["start"] for one in segments] == sorted(one["start"] for one in segments)
    lines = analysed.body["transcription"].splitlines()
    assert lines
    assert "".join("".join(lines).split()) == "".join("".join(one["text"] for one in segments).split())


def test_the_parties_have_their_talk_time_and_sentiment(analysed: Analysed) -> None:
    parties = analysed.body["parties"]

    assert set(parties) == {"caller", "called"}
    for party in parties.values():
        assert set(party) == {"talk_seconds", "sentiment", "sentiment_score", "number_e164"}
        assert party["talk_seconds"] >= 0
        assert party["sentiment"] in ("positive", "neutral", "negative", None)
        assert party["sentiment_score"] is None or -1 <= party["sentiment_score"] <= 1
    assert (parties["called"]["sentiment"], parties["called"]["sentiment_score"]) == (None, None)  # the office
    if analysed.body["sentiment_basis"] == "text":
        assert parties["caller"]["sentiment"] == analysed.body["sentiment"]
    else:
        assert (parties["caller"]["sentiment"], analysed.body["sentiment"]) == (None, "neutral")
        assert analysed.body["models"]["sentiment"] == "not done: which party is outside is not known"


def test_the_webhook_tells_how_the_conversation_went(analysed: Analysed) -> None:
    told = analysed.body["conversation"]

    assert told["silence_seconds"] == pytest.approx(30 - analysed.body["speech_seconds"], abs=0.2)
    assert 0 < told["longest_silence_seconds"] <= told["silence_seconds"]
    for side in ("caller", "called"):
        own = [one for one in analysed.body["segments"] if one["party"] == side]
        assert told[side]["turns"] == len(own)
        assert told[side]["talk_seconds"] == analysed.body["parties"][side]["talk_seconds"]


def test_where_the_voices_of_a_mono_recording_may_be_one_none_is_named_and_a_warning_says_so(
    analysed: Analysed,
) -> None:
    assert {one["voice"] for one in analysed.body["segments"]} == {0}
    assert 0 < analysed.body["voices_confidence"] < 0.3
    assert [warning[:43] for warning in analysed.body["warnings"]] == ["It is not certain that two people speak in "]


def test_two_voices_that_differ_are_kept_apart_on_one_channel(appliance: RunningAppliance, customer: Customer) -> None:
    call = appliance.final_call(appliance.accepted(customer.key, two_voices(), language="en"))

    assert call["voices_confidence"] >= LEAST_CONFIDENCE
    assert [voice for voice, _ in groupby(one["voice"] for one in call["segments"])] == [1, 2, 1, 2]
    said = {voice: " ".join(one["text"] for one in call["segments"] if one["voice"] == voice) for voice in (1, 2)}
    assert ("Dashwood" in said[1], "spades" in said[1]) == (True, False), said
    assert ("Dashwood" in said[2], "spades" in said[2]) == (False, True), said
    assert not [warning for warning in call["warnings"] if "not certain that two people speak" in warning]


def test_the_keywords_are_one_comma_separated_string(analysed: Analysed) -> None:
    keywords = analysed.body["keywords"].split(", ")

    assert all(word and word == word.strip() for word in keywords)
    assert set(keywords) <= set(analysed.body["keyword_scores"])


def test_the_webhook_is_signed_as_standard_webhooks_say(analysed: Analysed) -> None:
    assert analysed.verified == analysed.body
    assert analysed.received.headers["user-agent"] == "vBot/1.0.0"
    assert analysed.received.headers["content-type"] == "application/json"


def test_the_call_shows_the_result_fields_of_its_webhook(appliance: RunningAppliance, analysed: Analysed) -> None:
    call = analysed.call

    assert set(call) >= CALL_KEYS | RESULT_KEYS
    assert call["state"] == "completed"
    for name in RESULT_KEYS:
        assert call[name] == analysed.body[name], name
    moments = [call[name] for name in ("received_at", "started_at", "finished_at")]
    assert all(MOMENT.match(moment) for moment in moments)
    assert [datetime.fromisoformat(moment) for moment in moments] == sorted(map(datetime.fromisoformat, moments))
    own = appliance.request("GET", f"/api/calls/{analysed.call_id}", key=analysed.customer["api_key"])
    assert own.json() == {name: value for name, value in call.items() if name != "tags"}  # the office's own words


def test_a_call_is_found_by_a_word_that_was_said(appliance: RunningAppliance, analysed: Analysed) -> None:
    word = max(analysed.body["transcription"].replace(".", " ").replace(",", " ").split(), key=len)
    parameters = {"q": word.lower(), "customer_id": str(analysed.customer["id"])}

    answer = appliance.admin("GET", "/api/calls", params=parameters)

    assert [call["call_id"] for call in answer.json()["calls"]] == [analysed.call_id]
    parameters["q"] = "xyzzyplugh"
    assert appliance.admin("GET", "/api/calls", params=parameters).json()["calls"] == []


def test_two_channels_are_two_parties(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = appliance.accepted(customer.key, stereo_conversation(), language="en")

    call = appliance.final_call(call_id)

    assert call["state"] == "completed"
    parties = {(one["channel"], one["party"]) for one in call["segments"]}
    assert parties == {(0, "caller"), (1, "called")}
    assert max(one["end"] for one in call["segments"] if one["channel"] == 0) <= 10.5
    assert min(one["start"] for one in call["segments"] if one["channel"] == 1) >= 9.5
    assert call["parties"]["caller"]["talk_seconds"] > 1
    assert call["parties"]["called"]["talk_seconds"] > 1


def test_the_caller_can_be_on_the_right(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = appliance.accepted(customer.key, stereo_conversation(), language="en", caller_channel="right")

    parties = {(one["channel"], one["party"]) for one in appliance.final_call(call_id)["segments"]}

    assert parties == {(0, "called"), (1, "caller")}


def test_silence_is_completed_without_speech(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = appliance.accepted(customer.key, silence(3.0))

    body = customer.endpoint.wait_for(1)[0].verified(customer.secret)

    assert (body["call_id"], body["event"], body["no_speech"]) == (call_id, "call.completed", True)
    assert (body["transcription"], body["summary"], body["keywords"]) == ("", "", "")
    assert (body["sentiment"], body["segments"], body["speech_seconds"]) == ("neutral", [], 0)
    assert body["duration_seconds"] == pytest.approx(3.0, abs=0.05)


def test_a_recording_without_samples_is_completed_and_its_customer_is_told_only_on_request(
    appliance: RunningAppliance, customer: Customer
) -> None:
    unasked = appliance.final_call(appliance.accepted(customer.key, silence(0.0)))
    appliance.admin("PUT", f"/api/customers/{customer.id}", json={"send_empty": True})
    asked = appliance.accepted(customer.key, silence(0.0), caller_number="+4930")

    body = customer.endpoint.wait_for(1)[0].verified(customer.secret)

    assert (unasked["state"], unasked["empty"], unasked["error"]) == ("completed", True, None)
    assert unasked["no_speech"] is True
    assert (body["call_id"], body["event"], body["no_speech"]) == (asked, "call.empty", True)
    assert body["duration_seconds"] == 0
    assert (body["transcription"], body["summary"], body["keywords"], body["sentiment"]) == ("", "", "", "neutral")


def test_a_broken_recording_fails_with_a_named_error_and_a_webhook(
    appliance: RunningAppliance, customer: Customer
) -> None:
    call_id = appliance.accepted(customer.key, broken())

    call = appliance.final_call(call_id)
    body = customer.endpoint.wait_for(1)[0].verified(customer.secret)

    assert call["state"] == "failed"
    assert set(call["error"]) == {"code", "message"}
    assert (body["call_id"], body["event"]) == (call_id, "call.failed")
    assert body["error"] == call["error"]
    assert list(body)[:9] == WEBHOOK_KEYS
    assert all(type(body["error"][name]) is str and body["error"][name] for name in ("code", "message"))


def test_a_recording_of_which_the_header_was_never_finished_is_analysed(
    appliance: RunningAppliance, customer: Customer
) -> None:
    call = appliance.final_call(appliance.accepted(customer.key, interrupted(), language="en"))

    assert call["state"] == "completed"
    assert call["duration_seconds"] == pytest.approx(5.0, abs=0.1)


def test_other_audio_under_the_same_id_is_delivered_as_an_update(
    appliance: RunningAppliance, customer: Customer
) -> None:
    first = appliance.accepted(customer.key, silence(1.0), external_id="transfer-1")
    customer.endpoint.wait_for(1)
    second = appliance.accepted(customer.key, silence(2.0), external_id="transfer-1")

    assert first == second
    bodies = [one.verified(customer.secret) for one in customer.endpoint.wait_for(2)]
    assert [(one["event"], one["revision"]) for one in bodies] == [("call.completed", 1), ("call.updated", 2)]
    assert bodies[1]["call_id"] == first
    assert bodies[1]["duration_seconds"] == pytest.approx(2.0, abs=0.05)


def test_a_call_that_is_processed_again_is_delivered_again(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = appliance.accepted(customer.key, silence(1.0))
    customer.endpoint.wait_for(1)

    assert_error(appliance.request("POST", f"/api/calls/{call_id}/reprocess", key=customer.key), 403)
    answer = appliance.admin("POST", f"/api/calls/{call_id}/reprocess")

    assert answer.status_code == 200, answer.text
    again: dict[str, Any] = customer.endpoint.wait_for(2)[1].verified(customer.secret)
    assert again["call_id"] == call_id


def test_erasing_a_finished_call_erases_its_texts_everywhere(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = appliance.accepted(customer.key, conversation(6.0, 14.0), language="en", caller_number="+4930777888")
    text = appliance.final_call(call_id)["transcription"]
    customer.endpoint.wait_for(1)
    assert text

    assert appliance.admin("DELETE", f"/api/calls/{call_id}").status_code == 200

    for path in (f"/api/calls/{call_id}", f"/api/deliveries?call_id={call_id}", "/api/calls"):
        shown = appliance.admin("GET", path, params={"customer_id": str(customer.id)}).text
        assert text.splitlines()[0] not in shown
    assert_error(appliance.admin("GET", f"/api/calls/{call_id}/recording"), 404)
