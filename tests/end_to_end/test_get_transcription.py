"""nethesis/satellite's door: its clients, unchanged, get from this appliance what they get there. The engine is a fake.

What they send and look at is from the sources: `post_segment_to_satellite` of nethesis/ns8-nethvoice (PHP's curl) and
the README of nethesis/satellite (the curl line).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_worker import BREAKS, EMPTY, UNREADABLE, that_says
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence
from tests.support.spool import recording as work_of

pytestmark = pytest.mark.slow

READY_SECONDS = 180.0  # on a machine where much else is going on
ANSWER_SECONDS = 280.0  # what PHP's helper has, and a little less
TURNS: list[dict[str, Any]] = [
    {"start": 0.0, "end": 2.0, "channel": 0, "party": "called", "text": "Good morning."},
    {"start": 2.2, "end": 3.0, "channel": 0, "party": "called", "text": "Foo Two speaking."},
    {"start": 3.5, "end": 5.0, "channel": 1, "party": "caller", "text": "Hello, it is about my order."},
]
NETHVOICE = {
    "multichannel": "true",
    "encoding": "linear16",
    "sample_rate": "8000",
    "channels": "2",
    "channel0_name": "Foo Two (202)",
    "channel1_name": "Foo One (201)",
    "persist": "true",
    "uniqueid": "1777277927.999",
    "linkedid": "1777277927.998",
    "src_number": "201",
    "dst_number": "202",
    "summary": "true",
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    with contextlib.closing(FakeAppliance(tmp_path_factory.mktemp("box"))) as running:
        yield running.start(READY_SECONDS)


def transcription(
    box: FakeAppliance,
    key: str,
    audio: bytes,
    fields: dict[str, str] | None = None,
    *,
    headers: dict[str, str] | None = None,
    kind: str = "audio/wav",
    **options: Any,
) -> requests.Response:
    """Post as the clients do: the key as a bearer token, unless headers say otherwise. A connection of its own each."""
    with requests.Session() as http:
        http.trust_env = False
        return http.post(
            f"{box.url}/api/get_transcription",
            data=fields or {},
            files={"file": ("satellite-s001.wav", audio, kind)},
            headers={"Authorization": f"Bearer {key}"} if headers is None else headers,
            timeout=ANSWER_SECONDS,
            **options,
        )


def calls_of(box: FakeAppliance, customer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = box.admin("GET", f"/api/calls?customer_id={customer['id']}").json()["calls"]
    return found


def test_what_nethvoice_sends_is_answered_as_satellite_does_and_is_a_call_as_any_other(
    box: FakeAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url)

    answer = transcription(box, customer["api_key"], that_says(silence(0.3), TURNS), NETHVOICE)

    assert answer.status_code == 200
    assert answer.json() == {
        "transcript": "Foo Two (202): Good morning. Foo Two speaking.\n\nFoo One (201): Hello, it is about my order.",
        "detected_language": "en",
    }
    told = endpoint.wait_for(1)[0].verified(customer["webhook_secret"])
    assert (told["event"], told["caller_number"], told["called_number"]) == ("call.completed", "201", "202")
    assert told["metadata"] == {
        "uniqueid": "1777277927.999",
        "linkedid": "1777277927.998",
        "channel0_name": "Foo Two (202)",
        "channel1_name": "Foo One (201)",
    }
    (call,) = calls_of(box, customer)
    assert (call["external_id"], call["state"]) == ("1777277927.999", "completed")


def test_the_line_of_its_readme_works_and_the_query_does_as_well_as_the_form(box: FakeAppliance) -> None:
    customer = box.new_customer()
    readme = {"uniqueid": "1234567890.1234", "persist": "true", "summary": "true"}
    told = that_says(silence(0.3), TURNS)

    plain = transcription(box, customer["api_key"], told, readme)
    by_query = transcription(box, customer["api_key"], told, params={**readme, "channel1_name": "Ada"})

    assert plain.json()["transcript"].startswith("Channel 0: Good morning. Foo Two speaking.\n\nChannel 1: Hello")
    assert by_query.json()["transcript"].endswith("\n\nAda: Hello, it is about my order.")


def test_two_voices_of_a_mono_recording_are_speakers_and_one_is_nobody(box: FakeAppliance) -> None:
    key = box.new_customer()["api_key"]
    told = {"start": 0.0, "end": 1.0, "channel": 0, "party": "unknown"}
    two = [{**told, "text": "Yes?", "voice": 1}, {**told, "start": 2.0, "end": 3.0, "text": "It is me.", "voice": 2}]

    both = transcription(box, key, that_says(silence(0.3), two), {"channel0_name": "Ada"})
    alone = transcription(box, key, that_says(silence(0.4), [{**told, "text": "Please call back."}]))

    assert both.json()["transcript"] == "Ada: Yes?\n\nSpeaker 1: It is me."
    assert alone.json()["transcript"] == "Please call back."


@pytest.mark.parametrize("header", ["X-API-Token", "X-API-Key"])
def test_the_key_is_taken_where_clients_have_it(box: FakeAppliance, header: str) -> None:
    key = box.new_customer()["api_key"]

    answer = transcription(box, key, that_says(silence(0.3), TURNS), headers={header: key})

    assert answer.status_code == 200


def test_who_may_not_is_told_so_where_its_clients_look(box: FakeAppliance) -> None:
    unknown = transcription(box, "wrong", silence(0.3))
    nobody = transcription(box, "", silence(0.3), headers={})
    admin = transcription(box, box.admin_token, silence(0.3))

    assert [answer.status_code for answer in (unknown, nobody, admin)] == [401, 401, 403]
    assert unknown.json() == {"status": "error", "message": "Invalid API key", "detail": "Unauthorized"}
    assert unknown.headers["WWW-Authenticate"].startswith("Bearer")
    assert admin.json()["detail"] == "Insufficient permissions"


def test_what_is_wrong_with_a_recording_is_said_in_detail(box: FakeAppliance) -> None:
    customer = box.new_customer()
    key = customer["api_key"]

    no_audio = transcription(box, key, b"ID of nothing that is sound", kind="audio/mp3")
    undecodable = transcription(box, key, silence(0.3) + UNREADABLE)
    no_id = transcription(box, key, silence(0.3), {"persist": "true"})
    no_file = box.request("POST", "/api/get_transcription", bearer=key, files={"uniqueid": (None, "1.2")})

    assert {answer.status_code for answer in (no_audio, undecodable, no_id, no_file)} == {400}
    assert no_audio.json()["detail"] == "Invalid file type. Only WAV files are supported."
    assert undecodable.json()["detail"] == "the bytes are no audio"
    assert no_id.json()["detail"] == "Missing required form field 'uniqueid'"
    assert no_file.json()["detail"] == "file is required"
    assert [call["state"] for call in calls_of(box, customer)] == ["failed"]


def test_an_analysis_that_breaks_is_no_fault_of_the_clients(box: FakeAppliance) -> None:
    answer = transcription(box, box.new_customer()["api_key"], silence(0.3) + BREAKS)

    assert (answer.status_code, answer.json()["message"]) == (500, "Internal server error")
    assert answer.json()["detail"]


def test_where_nothing_was_recorded_the_transcript_is_empty(box: FakeAppliance) -> None:
    answer = transcription(box, box.new_customer()["api_key"], silence(0.3) + EMPTY)

    assert (answer.status_code, answer.json()) == (200, {"transcript": "", "detected_language": None})


def test_a_repetition_is_answered_with_what_is_there_and_another_conversation_is_another_call(
    box: FakeAppliance,
) -> None:
    customer = box.new_customer()
    audio, other = that_says(silence(0.3), TURNS), that_says(silence(0.3), TURNS[2:])

    first = transcription(box, customer["api_key"], audio, NETHVOICE)
    again = transcription(box, customer["api_key"], audio, NETHVOICE)
    passed_on = transcription(box, customer["api_key"], other, {**NETHVOICE, "dst_number": "203"})

    assert first.json() == again.json() != passed_on.json()
    found = {(call["external_id"], call["called_number"], call["revision"]) for call in calls_of(box, customer)}
    assert found == {("1777277927.999", "202", 1), ("1777277927.999 201 203", "203", 1)}


def test_many_at_once_wait_for_their_turn_and_others_are_served_meanwhile(box: FakeAppliance, tmp_path: Path) -> None:
    customer, neighbour = box.new_customer(max_concurrent_calls=3), box.new_customer()
    held = tmp_path / "held"
    held.touch()
    audios = [that_says(work_of(0.01, held_by=held), TURNS[:1]) for _ in range(12)]

    with ThreadPoolExecutor(len(audios)) as clients:
        answers = [clients.submit(transcription, box, customer["api_key"], audio) for audio in audios]
        assert wait_until(lambda: len(calls_of(box, customer)) == 3, 60)
        box.wait_until_healthy()
        assert box.submit(neighbour["api_key"], silence(0.3)).status_code == 200
        assert box.submit(customer["api_key"], silence(0.3)).status_code == 429
        assert len(calls_of(box, customer)) == 3
        held.unlink()
        codes = [answer.result(ANSWER_SECONDS).status_code for answer in answers]

    assert codes == [200] * len(audios)
    assert len(calls_of(box, customer)) == len(audios)
