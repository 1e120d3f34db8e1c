"""A telephone system whose posts are refused is seen where an administrator looks: in the log, in the state."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.appliance.api.conftest import Answer, Api
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form, closing, part

SECRET = "+48600700800"


async def post(api: Api, key: str, body: bytes, path: str = "/api/process-call", **headers: str) -> Answer:
    sent = {"Content-Type": CONTENT_TYPE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.request("POST", path, key=key, body=body, headers=sent)


async def seen(api: Api) -> tuple[list[dict[str, Any]], list[str]]:
    """What the system's state says of refused posts, and what of them is a reason to look."""
    state = (await api.request("GET", "/api/system", bearer=await api.token())).json()
    reasons = [one["reason"] for one in state["components"] if one["name"] == "intake"]
    assert [one for one in reasons if one not in state["reasons"]] == []
    return state["refused_posts"], reasons


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


async def test_it_is_told_once_in_the_log_and_shown_until_a_post_is_accepted(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    customer, key = await api.customer()
    other, others_key = await api.customer()
    without_number = part("caller_numbr", SECRET) + part("called_number", SECRET) + part("file", AUDIO, file=True)
    for number in range(3):
        answer = await post(api, key, without_number + closing(), X_Request_ID=f"request-{number}")
        assert answer.status == 400
    assert told(caplog) == [
        f"a post of customer {customer.id} was refused (request request-0): caller_number is required"
    ]
    posts, reasons = await seen(api)
    assert [(one["customer_id"], one["count"], one["last_problem"]) for one in posts] == [
        (customer.id, 3, "caller_number is required")
    ]
    sentence = f"Customer {customer.id}: 3 posts were refused in the last hour, the last: caller_number is required."
    assert reasons == [sentence]
    assert SECRET not in caplog.text

    assert (await post(api, others_key, a_form())).status == 200
    assert (await seen(api))[1] == [sentence]
    assert (await post(api, key, a_form())).status == 200
    assert await seen(api) == ([], [])
    assert other.id != customer.id


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (400, a_form(), {"Content-Type": "application/json"}, "body must be multipart/form-data"),
        (400, a_form(direction=SECRET), {}, "direction must be one of inbound, outbound, internal"),
        (400, part(SECRET, "x" * 20_000), {}, "a field of another name is longer than 16384 bytes"),
        (400, b"no form at all", {}, "body is not well-formed multipart"),
        (415, a_form(b"%PDF-1.7 " + bytes(100)), {}, "file: the first bytes are no audio that we can read"),
    ],
)
async def test_each_is_told_with_its_field_and_never_with_what_was_sent(
    api: Api, caplog: pytest.LogCaptureFixture, status: int, body: bytes, headers: dict[str, str], words: str
) -> None:
    _, key = await api.customer()
    assert (await post(api, key, body, **headers)).status == status
    (posts, _) = await seen(api)
    assert [one["last_problem"] for one in posts] == [words]
    (line,) = [one for one in told(caplog) if "was refused" in one]
    assert line.endswith(f": {words}")
    assert SECRET not in caplog.text


async def test_a_conflict_is_told_without_the_numbers_of_the_calls(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    _, key = await api.customer()
    assert (await post(api, key, a_form(external_id="pbx-1"))).status == 200
    other = a_form(AUDIO + bytes(2), external_id="pbx-1", caller_number=SECRET)
    assert (await post(api, key, other)).status == 409
    (posts, _) = await seen(api)
    assert [one["last_problem"] for one in posts] == ["external_id is that of another call"]
    assert SECRET not in caplog.text
    assert "pbx-1" not in caplog.text


async def test_what_is_nobodys_fault_or_nobodys_at_all_is_not_held_against_a_customer(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    _, key = await api.customer(max_concurrent_calls=1)
    assert (await post(api, "wrong", a_form())).status == 401
    assert (await post(api, key, a_form())).status == 200
    assert (await post(api, key, a_form())).status == 429
    assert await seen(api) == ([], [])
    assert told(caplog) == []


async def test_the_other_door_for_calls_is_watched_too(api: Api) -> None:
    customer, key = await api.customer()
    answer = await post(api, key, part("uniqueid", "1.2") + closing(), "/api/get_transcription")
    assert answer.status == 400
    (posts, _) = await seen(api)
    assert [(one["customer_id"], one["last_problem"]) for one in posts] == [(customer.id, "file is required")]


async def test_a_recording_that_is_too_large_is_told(api: Api) -> None:
    _, key = await api.customer()
    length = str(api.services.limits.max_recording_bytes * 2)
    answer = await post(api, key, b"x", Content_Length=length)
    assert answer.status == 413
    (posts, _) = await seen(api)
    assert [one["last_problem"] for one in posts] == ["the recording is too large"]
