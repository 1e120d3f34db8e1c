"""A worker that was taken over: nothing that it can put into the queue is stored, stops others or breaks a route."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import redis

from appliance.domain.call import CallState
from appliance.messages.call_result import Failure, TimedWord
from appliance.messages.queue_names import RESULTS_NAMESPACE, RESULTS_QUEUE
from appliance.messages.reports import CallAnalysed, CallCrashed, CallFailed, CallReleased, WorkerReport
from appliance.services.calls.claim_call import Claim
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.builders import a_recording, a_result
from tests.support.hostile_messages import BODIES, LIST, Garbage, envelope, hostile
from tests.support.parts import head_of, heartbeat
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

SEED = 20261126
RESULT = a_result(words=[[TimedWord(0.1, 0.5, "Hello.", 0.9)]])


class Office:
    """A whole api beside a real queue, whose reports it takes; two customers with calls, and the queue's other end."""

    def __init__(self, api: Api, keys: Keys, valkey: Valkey) -> None:
        self.api = api
        self.keys = keys
        self.valkey = valkey
        self._posted = itertools.count()

    async def waiting(self, key: str) -> str:
        """The id of a call that nobody has claimed."""
        audio = a_recording(next(self._posted).to_bytes(4) * 200)
        answer = await self.api.request(
            "POST", "/api/process-call", key=key, body=a_form(audio), headers={"Content-Type": CONTENT_TYPE}
        )
        assert answer.status == 200, answer.text
        call_id: str = answer.json()["call_id"]
        return call_id

    async def claimed(self, key: str, worker: str = "box/cpu") -> dict[str, Any]:
        """The head of what this worker may report about a call that it has claimed."""
        call_id = await self.waiting(key)
        signature = self.keys.sign_recording(call_id, 1, 1, 9_999_999_999)
        token = (
            await self.api.services.calls.claim_call(
                Claim(call_id, 1, 1, 9_999_999_999, signature, worker, "first life")
            )
        ).token
        call = await self.call(call_id)
        return {**head_of(call, self.keys), "claim_token": token}

    async def call(self, call_id: str) -> Any:
        return await self.api.database.read(lambda tx: calls.get(tx, call_id))

    def put(self, *messages: Garbage | WorkerReport) -> None:
        """Into the queue, as whoever has a worker's rights can. Blocks."""
        with redis.Redis.from_url(self.valkey.url) as client:
            pipe = client.pipeline()
            for one in messages:
                sent = one if isinstance(one, Garbage) else envelope(msgspec.to_builtins(one))
                if sent.data is not None:
                    pipe.hset(BODIES, sent.name, sent.data)
                pipe.rpush(LIST, sent.name)
            pipe.execute()

    async def all_done_with(self, seconds: float = 60) -> None:
        """Until the queue keeps no report any more, nor the id of one."""

        def left() -> int:
            with redis.Redis.from_url(self.valkey.url) as client:
                acks = client.keys(f"{RESULTS_NAMESPACE}:__acks__.*.{RESULTS_QUEUE}")
                return client.hlen(BODIES) + client.llen(LIST) + sum(client.scard(one) for one in acks)

        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(left):
                await asyncio.sleep(0.05)

    async def every_route_answers(self, bearer: str, key: str) -> None:
        listed = await self.get("/api/calls?limit=500", bearer=bearer)
        for call_id in [one["call_id"] for one in listed["calls"]][:50]:
            await self.get(f"/api/calls/{call_id}", bearer=bearer)
        for path in ("/api/deliveries", "/api/stats", "/api/system", "/api/audit"):
            await self.get(path, bearer=bearer)
        await self.get("/api/calls", key=key)
        metrics = await self.api.request("GET", "/metrics", bearer=bearer)
        assert (metrics.status, "vbot_reports_dropped_total" in metrics.text) == (200, True)

    async def get(self, path: str, **who: str) -> Any:
        answer = await self.api.request("GET", path, **who)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text}"
        assert not {"NaN", "Infinity"} & set(answer.text.split())
        return answer.json()

    async def results(self) -> set[str]:
        """The calls that have one."""
        return await self.api.database.read(
            lambda tx: {call_id for (call_id,) in tx.execute("SELECT call_id FROM result").fetchall()}
        )


@pytest.fixture
async def office(api: Api, folder: DataFolder, keys: Keys) -> AsyncIterator[Office]:
    with Valkey(folder.root) as valkey:
        api.appliance.reports.start()
        try:
            yield Office(api, keys, valkey)
        finally:
            await asyncio.to_thread(api.appliance.reports.stop)


async def test_a_result_with_a_number_without_end_is_not_stored_and_the_lists_go_on(office: Office) -> None:
    """H4: one such number was a 500 of every list that held its call, for good."""
    bearer, (_, key) = await office.api.token(), await office.api.customer()
    head = await office.claimed(key)
    segment = msgspec.structs.replace(RESULT.segments[0], end=math.inf)
    broken = msgspec.structs.replace(RESULT, segments=[segment], duration_seconds=math.inf)

    await asyncio.to_thread(office.put, CallAnalysed(**head, result=broken))
    await office.all_done_with()

    assert await office.results() == set()
    call = await office.call(head["call_id"])
    assert (call.state, call.crashes) == (CallState.RECEIVED, 1), "that attempt has failed at once"
    await office.every_route_answers(bearer, key)


async def test_a_forged_result_of_a_call_that_waits_is_neither_stored_nor_sent(office: Office) -> None:
    """H5: its id and an invented worker were enough for a signed webhook."""
    bearer, (_, key) = await office.api.token(), await office.api.customer()
    call_id = await office.waiting(key)
    forged = msgspec.structs.replace(RESULT, transcription="FORGED: patient consents to the transfer of 9000 EUR")
    head = {"call_id": call_id, "revision": 1}

    await asyncio.to_thread(
        office.put,
        CallAnalysed(**head, attempt=0, result=forged),
        CallAnalysed(**head, attempt=1, worker="evil", boot="b", claim_token="0" * 64, result=forged),
        CallFailed(**head, attempt=0, failure=Failure(code="empty_recording", message="nothing to see")),
    )
    await office.all_done_with()

    assert (await office.call(call_id)).state is CallState.RECEIVED
    assert await office.results() == set()
    assert (await office.get("/api/deliveries", bearer=bearer))["deliveries"] == []
    system = await office.get("/api/system", bearer=bearer)
    assert system["dropped_reports"]["unproven"] == 3
    (component,) = [one for one in system["components"] if one["name"] == "results"]
    assert (component["state"], "3 without the token" in component["reason"]) == ("warning", True)


async def test_reports_that_can_never_be_stored_stop_nobody_elses(office: Office) -> None:
    """H6: four halves of a character held all four threads for ever, and /health said healthy."""
    _, key = await office.api.customer()
    evil = [await office.claimed(key, "evil/cpu") for _ in range(5)]
    honest = await office.claimed(key)
    broken = msgspec.structs.replace(RESULT, transcription="half a \ud800", summary="\ud800")

    await asyncio.to_thread(office.put, *(CallAnalysed(**head, result=broken) for head in evil))
    await asyncio.to_thread(office.put, CallAnalysed(**honest, result=RESULT))
    await office.all_done_with(20)

    assert await office.results() == {honest["call_id"]}
    assert {(await office.call(head["call_id"])).state for head in evil} == {CallState.RECEIVED}


async def test_what_is_no_message_at_all_stops_nobodys_report(office: Office) -> None:
    """Dramatiq's threads end with messages that name another queue, and lose those that they took with garbage."""
    _, key = await office.api.customer()
    honest = await office.claimed(key)
    whole = envelope({})

    await asyncio.to_thread(
        office.put,
        Garbage(b"1", b"garbage"),
        Garbage(b"2", None),
        Garbage(b"3", json.dumps({"queue_name": "another"}).encode()),
        *(envelope({}, queue_name="another") for _ in range(8)),
        *(envelope({}, options={"redis_message_id": whole.name.decode()}) for _ in range(8)),
        CallAnalysed(**honest, result=RESULT),
    )
    await office.all_done_with(20)

    assert await office.results() == {honest["call_id"]}


async def _withstood(office: Office, count: int) -> None:
    """So many messages made from the seed, among them what honest workers report."""
    print(f"seed {SEED}, {count} messages")
    bearer, (_, key) = await office.api.token(), await office.api.customer(max_concurrent_calls=1000)
    honest = [await office.claimed(key) for _ in range(20)]
    waiting = [await office.waiting(key) for _ in range(5)]
    evil = [await office.claimed(key, "evil/cpu") for _ in range(30)]
    failure = Failure(code="engine_error", message="it broke")
    claimed: list[WorkerReport] = [
        report
        for head in evil
        for report in (
            CallAnalysed(**head, result=RESULT),
            CallFailed(**head, failure=failure),
            CallCrashed(**head, failure=failure),
            CallReleased(**head, reason="stopped"),
        )
    ]
    others: list[WorkerReport] = [
        CallAnalysed(**{**head, "claim_token": "", "worker": "evil"}, result=RESULT) for head in honest
    ]
    others += [CallAnalysed(call_id=call_id, revision=1, attempt=0, result=RESULT) for call_id in waiting]

    made = hostile(SEED, claimed, others)
    for head in honest:
        await asyncio.to_thread(office.put, *itertools.islice(made, count // len(honest)))
        await asyncio.to_thread(office.put, CallAnalysed(**head, result=RESULT))
    await office.all_done_with(400)

    assert await office.results() == {head["call_id"] for head in honest}
    for call_id in waiting:
        call = await office.call(call_id)
        assert (call.state, call.attempt, call.error) == (CallState.RECEIVED, 0, None)
    ends = [await office.call(head["call_id"]) for head in evil]
    assert {(one.state, one.crashes) for one in ends} <= {(CallState.RECEIVED, 1), (CallState.PROCESSING, 0)}
    await office.every_route_answers(bearer, key)
    assert (await office.get("/api/system", bearer=bearer))["health"] != "unhealthy"
    dropped = (await office.get("/api/system", bearer=bearer))["dropped_reports"]
    assert sum(dropped.values()) == count, dropped


async def test_of_five_hundred_hostile_messages_none_is_taken(office: Office) -> None:
    await _withstood(office, 500)


@pytest.mark.long
async def test_of_ten_thousand_hostile_messages_none_is_taken(office: Office) -> None:
    await _withstood(office, 10_000)


async def test_while_results_cannot_be_stored_health_is_degraded_and_the_reason_is_told(office: Office) -> None:
    """H6: nothing was stored any more, and /health said healthy."""
    bearer = await office.api.token()
    office.api.appliance.relay.reachable = True
    office.api.services.health.take_readings._leases.observe(heartbeat(1))
    assert (await office.get("/health"))["status"] == "healthy"

    office.api.appliance.reports._waiting[0] = "the database cannot be written: No space left on device"

    assert (await office.get("/health"))["status"] == "degraded"
    system = await office.get("/api/system", bearer=bearer)
    told = "Results cannot be stored: the database cannot be written: No space left on device. They wait in the queue."
    assert (system["health"], system["reasons"]) == ("degraded", [told])
