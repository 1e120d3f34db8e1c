"""Posting a recording: the published form, the published answer, and every refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.contract import UUID, assert_error
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.recordings import silence
from tests.support.running_folder import everything_below

pytestmark = pytest.mark.slow

NUMBERS = {"caller_number": "+4930123456", "called_number": "+4940654321"}


@pytest.fixture
def key(api_alone: RunningAppliance) -> str:
    """The key of a new customer of the api that has no worker."""
    return str(api_alone.new_customer()["api_key"])


def post(appliance: RunningAppliance, key: str, data: dict[str, str], file: bytes | None, name: str = "file") -> Any:
    files = {} if file is None else {name: ("call.wav", file, "audio/wav")}
    if not files:
        files = {"ignored-by-nobody": ("", b"", "application/octet-stream")}
    return appliance.request("POST", "/api/process-call", key=key, data=data, files=files)


def test_a_recording_is_accepted_with_exactly_the_published_answer(api_alone: RunningAppliance, key: str) -> None:
    answer = api_alone.submit(key, silence(0.5))

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["status", "message", "call_id"]
    assert (body["status"], body["message"]) == ("success", "Call processing started")
    assert UUID.match(body["call_id"])


def test_the_same_audio_without_an_id_of_the_pbx_is_another_call(api_alone: RunningAppliance, key: str) -> None:
    recording = silence(0.5)

    assert api_alone.accepted(key, recording) != api_alone.accepted(key, recording)


@pytest.mark.parametrize("missing", ["caller_number", "called_number"])
def test_both_numbers_are_needed(api_alone: RunningAppliance, key: str, missing: str) -> None:
    data = {name: number for name, number in NUMBERS.items() if name != missing}

    details = assert_error(post(api_alone, key, data, silence(0.2)), 400)["details"]

    assert [item["field"] for item in details] == [missing]


@pytest.mark.parametrize("empty", ["", "   "])
def test_a_number_that_is_there_and_empty_is_withheld(api_alone: RunningAppliance, key: str, empty: str) -> None:
    answer = post(api_alone, key, {**NUMBERS, "caller_number": empty}, silence(0.2))

    call_id = answer.json()["call_id"]
    assert api_alone.request("GET", f"/api/calls/{call_id}", key=key).json()["caller_number"] == "anonymous"


def test_a_withheld_number_is_sent_as_anonymous(api_alone: RunningAppliance, key: str) -> None:
    call_id = api_alone.accepted(key, silence(0.2), caller_number="anonymous")

    assert api_alone.admin("GET", f"/api/calls/{call_id}").json()["caller_number"] == "anonymous"


def test_a_missing_file_is_400(api_alone: RunningAppliance, key: str) -> None:
    answer = api_alone.request(
        "POST",
        "/api/process-call",
        key=key,
        files={name: (None, value) for name, value in NUMBERS.items()},
    )

    assert [item["field"] for item in assert_error(answer, 400)["details"]] == ["file"]


def test_an_empty_file_is_400(api_alone: RunningAppliance, key: str) -> None:
    answer = api_alone.submit(key, b"")

    assert [item["field"] for item in assert_error(answer, 400)["details"]] == ["file"]


@pytest.mark.parametrize(
    "content",
    [b"this is not audio, it is text" * 50, b"%PDF-1.7" + bytes(2000), b"<html></html>" * 100, b"MZ" + bytes(4000)],
)
def test_what_is_no_audio_at_all_is_415(api_alone: RunningAppliance, key: str, content: bytes) -> None:
    assert_error(api_alone.submit(key, content), 415, "Unsupported recording format")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"caller_number=1&called_number=2"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"not multipart at all"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut off'),
        ("", b"nothing said"),
    ],
)
def test_a_body_that_is_not_the_published_form_is_400(
    api_alone: RunningAppliance, key: str, content_type: str, body: bytes
) -> None:
    answer = api_alone.request("POST", "/api/process-call", key=key, data=body, headers={"Content-Type": content_type})

    assert_error(answer, 400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("direction", "sideways"),
        ("caller_channel", "middle"),
        ("metadata", "{not json"),
        ("started_at", "yesterday"),
        ("language", "no such language at all"),
        ("vocabulary", "x" * 41),
    ],
)
def test_an_optional_field_of_the_wrong_form_is_400(
    api_alone: RunningAppliance, key: str, name: str, value: str
) -> None:
    details = assert_error(post(api_alone, key, NUMBERS | {name: value}, silence(0.2)), 400)["details"]

    assert [item["field"] for item in details] == [name]


def test_all_optional_fields_are_accepted(api_alone: RunningAppliance, key: str) -> None:
    call_id = api_alone.accepted(
        key,
        silence(0.2),
        external_id="1732464000.17",
        language="en",
        started_at="2026-11-24T16:00:00Z",
        direction="outbound",
        caller_channel="right",
        vocabulary="Kowalczyk, Velodyne",
        metadata=json.dumps({"queue": "support", "agent": {"id": 7}}),
    )

    assert api_alone.admin("GET", f"/api/calls/{call_id}").json()["external_id"] == "1732464000.17"


def test_a_refused_upload_leaves_no_recording_behind(api_alone: RunningAppliance, key: str) -> None:
    def is_large(path: Path) -> bool:
        try:
            return path.is_file() and path.stat().st_size > 1_000_000
        except FileNotFoundError:  # it was there for a moment only
            return False

    def kept() -> set[str]:
        """But for the database and its backups, of which one is made soon after the start."""
        return {
            str(path)
            for path in everything_below(api_alone.data_dir)
            if ".duckdb" not in path.name and "backups" not in path.parts and is_large(path)
        }

    before = kept()

    assert_error(post(api_alone, key, {}, silence(65.0)), 400)  # 1 MB
    assert_error(api_alone.submit(key, b"text" * 300_000), 415)

    # The answer comes a moment before the file goes.
    assert wait_until(lambda: kept() <= before, 60), kept() - before


def test_the_same_id_of_the_pbx_with_the_same_audio_is_the_same_call(api_alone: RunningAppliance, key: str) -> None:
    recording = silence(0.5)

    first = api_alone.accepted(key, recording, external_id="pbx-1")
    second = api_alone.accepted(key, recording, external_id="pbx-1")

    assert first == second
    assert api_alone.admin("GET", f"/api/calls/{first}").json()["revision"] == 1
    assert len(api_alone.request("GET", "/api/calls", key=key).json()["calls"]) == 1


def test_an_idempotency_key_does_likewise(api_alone: RunningAppliance, key: str) -> None:
    recording = silence(0.5)
    headers = {"Idempotency-Key": "try-1"}

    first = api_alone.accepted(key, recording, headers=headers)

    assert api_alone.accepted(key, recording, headers=headers) == first
    assert api_alone.accepted(key, recording, headers={"Idempotency-Key": "try-2"}) != first


def test_ids_of_different_customers_do_not_meet(api_alone: RunningAppliance, key: str) -> None:
    recording = silence(0.5)
    other = str(api_alone.new_customer()["api_key"])

    assert api_alone.accepted(key, recording, external_id="pbx-2") != api_alone.accepted(
        other, recording, external_id="pbx-2"
    )


def test_the_same_id_with_other_audio_is_the_next_revision_of_the_same_call(
    api_alone: RunningAppliance, key: str
) -> None:
    first = api_alone.accepted(key, silence(0.5), external_id="pbx-3")
    second = api_alone.accepted(key, silence(0.7), external_id="pbx-3")

    assert first == second
    assert api_alone.admin("GET", f"/api/calls/{first}").json()["revision"] == 2
    assert len(api_alone.request("GET", "/api/calls", key=key).json()["calls"]) == 1


def test_a_call_of_a_deleted_customer_cannot_be_posted(appliance: RunningAppliance, customer: Customer) -> None:
    assert appliance.admin("DELETE", f"/api/customers/{customer.id}").status_code == 200

    assert_error(appliance.submit(customer.key, silence(0.2)), 401)
