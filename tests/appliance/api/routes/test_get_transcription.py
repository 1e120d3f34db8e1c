"""POST /api/get_transcription where no worker is: how long it waits, and how that ends."""

from __future__ import annotations

import asyncio

import pytest

from appliance.domain.actor import OWNER
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Answer, Api, serving
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.builders import a_recording

LONG_SECONDS = 60.0


async def post(api: Api, port: int, key: str, uniqueid: str = "1764144900.7", **fields: str) -> Answer:
    headers = {"X-API-Token": key, "Content-Type": CONTENT_TYPE}
    body = a_form(uniqueid=uniqueid, **fields)
    return await Api(api.appliance, api.database, port).request(
        "POST", "/api/get_transcription", headers=headers, body=body
    )


async def accepted(api: Api, customer_id: int, uniqueid: str = "1764144900.7") -> None:
    """Wait until the call is there."""
    async with asyncio.timeout(LONG_SECONDS):
        while await api.database.read(lambda tx: calls.by_external_id(tx, customer_id, uniqueid)) is None:
            await asyncio.sleep(0.02)


async def test_a_result_that_takes_too_long_is_504_and_its_call_goes_on(api: Api) -> None:
    customer, key = await api.customer()
    async with serving(api, transcription_wait_seconds=0.5) as port:
        answer = await post(api, port, key)

    assert (answer.status, answer.json()["message"]) == (504, "Result not ready")
    assert answer.json()["detail"] == "Transcription request timed out"
    await accepted(api, customer.id)
    assert api.services.calls.open_calls.count(customer.id) == 1, "and it holds one place, not one more for its upload"


async def test_who_gets_no_turn_in_time_is_told_to_come_again(api: Api) -> None:
    _, key = await api.customer(max_concurrent_calls=1)
    async with serving(api, transcription_wait_seconds=0.5) as port:
        await post(api, port, key)
        answer = await post(api, port, key, "1764144900.8")

    assert (answer.status, answer.json()["message"]) == (429, "Too many concurrent calls")
    assert answer.json()["detail"] == "1 calls are not final yet, as many as this customer may have at a time"
    assert answer.headers["Retry-After"]


async def test_conversations_of_one_channel_sent_together_are_calls_of_their_own(api: Api) -> None:
    """Whichever is committed first has the plain id, and each of them once."""
    _, key = await api.customer()
    headers = {"X-API-Token": key, "Content-Type": CONTENT_TYPE}
    async with serving(api, transcription_wait_seconds=0.5) as port:
        one = Api(api.appliance, api.database, port)
        bodies = [
            a_form(a_recording(bytes([number]) * 200), uniqueid="7.1", src_number="+15550100", dst_number=str(number))
            for number in (201, 202, 203)
        ]
        for _ in range(2):
            answers = await asyncio.gather(
                *(one.request("POST", "/api/get_transcription", headers=headers, body=body) for body in bodies)
            )
            assert [answer.status for answer in answers] == [504] * 3

    rows = await api.database.read(
        lambda tx: tx.execute("SELECT external_id, called_number, revision FROM call ORDER BY called_number").fetchall()
    )
    assert [(number, revision) for _, number, revision in rows] == [("201", 1), ("202", 1), ("203", 1)]
    plain = [number for name, number, _ in rows if name == "7.1"]
    assert len(plain) == 1
    assert {name for name, _, _ in rows} == {"7.1"} | {
        f"7.1 +15550100 {number}" for _, number, _ in rows if number not in plain
    }


async def test_who_waits_for_a_call_that_is_erased_is_told_so_at_once(api: Api) -> None:
    """Told that the call goes on, the client sent again what had just been erased."""
    customer, key = await api.customer()
    async with serving(api, transcription_wait_seconds=LONG_SECONDS) as port:
        waiting = asyncio.create_task(post(api, port, key))
        await accepted(api, customer.id)
        call = await api.database.read(lambda tx: calls.by_external_id(tx, customer.id, "1764144900.7"))
        assert call is not None
        await api.services.calls.erase_call(OWNER, call.call_id)
        answer = await waiting

    assert (answer.status, answer.json()["message"]) == (404, "Resource not found")


async def test_who_waits_for_a_recording_that_another_took_the_place_of_is_told_so_at_once(api: Api) -> None:
    customer, key = await api.customer()
    headers = {"X-API-Token": key, "Content-Type": CONTENT_TYPE}
    numbers = {"caller_number": "+15550100", "called_number": "+15550199"}
    other = a_form(a_recording(b"another " * 30), external_id="1764144900.7", **numbers)
    async with serving(api, transcription_wait_seconds=LONG_SECONDS) as port:
        waiting = asyncio.create_task(post(api, port, key, src_number="+15550100", dst_number="+15550199"))
        await accepted(api, customer.id)
        again = await api.request("POST", "/api/process-call", key=key, headers=headers, body=other)
        assert again.status == 200
        async with asyncio.timeout(LONG_SECONDS / 2):
            answer = await waiting

    assert (answer.status, answer.json()["message"]) == (504, "Result not ready")


@pytest.mark.slow
async def test_who_waits_when_the_api_stops_is_told_so(api: Api) -> None:
    customer, key = await api.customer()
    async with serving(api, transcription_wait_seconds=LONG_SECONDS) as port:
        waiting = asyncio.create_task(post(api, port, key))
        await accepted(api, customer.id)
        api.services.calls.await_result.close()
        answer = await waiting

    assert (answer.status, answer.json()["message"]) == (503, "Service unavailable")
