"""Calls that fail, seen from outside: in the system's state, in /health, as an event, and as a list of just these."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.call import Call, CallState
from appliance.messages.call_result import Failure
from appliance.messages.reports import CallAnalysed
from appliance.services.health import shared_look
from appliance.services.health.shared_look import LOOK_EVERY_SECONDS
from appliance.storage.database import Connection
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.api.watching import watching
from tests.appliance.builders import a_recording, a_result
from tests.support.parts import head_of, heartbeat

pytestmark = pytest.mark.slow  # many transactions on a real database

UNREADABLE = Failure(code="unreadable_recording", message="the bytes are no audio that can be decoded")
BROKEN = Failure(code="engine_error", message="the analysis broke: RuntimeError")


class Office:
    """A whole api whose queue and worker are there; calls are posted, and end as the test says."""

    def __init__(self, api: Api, bearer: str) -> None:
        self.api = api
        self.bearer = bearer
        self.posted = 0
        leases = api.services.health.take_readings._leases
        leases._monotonic = lambda: 0.0  # its one heartbeat is new, however long the posts take on a busy machine
        leases.observe(heartbeat(1))
        api.appliance.relay.reachable = True

    async def post(self, key: str, failure: Failure | None = None) -> str:
        """Post a recording as a PBX does, and let its analysis end."""
        self.posted += 1
        answer = await self.api.request(
            "POST",
            "/api/process-call",
            key=key,
            body=a_form(a_recording(self.posted.to_bytes(4) * 200)),
            headers={"Content-Type": CONTENT_TYPE},
        )
        assert answer.status == 200, answer.text
        call_id: str = answer.json()["call_id"]
        finish_call = self.api.services.calls.claim_call._finish_call
        if failure is not None:
            await finish_call.fail(call_id, failure)
        else:
            held = await self._claimed(call_id)
            head = head_of(held, self.api.services.calls.claim_call._keys)
            await finish_call.report(CallAnalysed(**head, result=a_result()))
        return call_id

    async def _claimed(self, call_id: str) -> Call:
        """The call, as some worker has it in its hands."""

        def claim(tx: Connection) -> Call:
            call = calls.get(tx, call_id)
            assert call is not None
            held = replace(call, state=CallState.PROCESSING, attempt=1, worker="box/cpu", worker_boot="first life")
            calls.update(tx, held)
            return held

        return await self.api.database.write(claim)

    async def look(self) -> dict[str, Any]:
        """GET /api/system, once the second in which the last call ended is over, and what was known is old."""
        now = datetime.now(UTC)
        await asyncio.sleep((now.replace(microsecond=0) + timedelta(seconds=1) - now).total_seconds())
        self.api.services.health.read_failures.look._holds_until = float("-inf")
        answer = await self.api.request("GET", "/api/system", bearer=self.bearer)
        assert answer.status == 200
        body: dict[str, Any] = answer.json()
        return body

    async def health(self) -> str:
        return str((await self.api.request("GET", "/health")).json()["status"])

    async def listed(self, failures: dict[str, Any], group: dict[str, Any], **more: Any) -> list[str]:
        """The ids that the link of a group shows, page by page."""
        wanted = {
            "error_code": group["error_code"],
            "customer_id": group["customer_id"],
            "finished_since": failures["since"],
            "finished_until": failures["until"],
            "limit": 2,
            **more,
        }
        found: list[str] = []
        while True:
            query = "&".join(f"{name}={value}" for name, value in wanted.items())
            page = (await self.api.request("GET", f"/api/calls?{query}", bearer=self.bearer)).json()
            found += [call["call_id"] for call in page["calls"]]
            if page["next_cursor"] is None:
                return found
            wanted["cursor"] = page["next_cursor"]


@pytest.fixture
async def office(api: Api) -> Office:
    return Office(api, await api.token())


def calls_component(system: dict[str, Any]) -> tuple[str, str]:
    (found,) = [one for one in system["components"] if one["name"] == "calls"]
    return found["state"], found["reason"]


async def test_without_calls_all_is_well(office: Office) -> None:
    system = await office.look()

    assert calls_component(system) == ("ok", "No call ended in the last hour.")
    failures = system["failures"]
    since, until = (datetime.fromisoformat(failures.pop(name)) for name in ("since", "until"))
    assert (until - since, system["time"] >= f"{until:%Y-%m-%dT%H:%M:%SZ}") == (timedelta(hours=1), True)
    assert failures == {"finished": 0, "failed": 0, "share": 0.0, "usual_share": None, "groups": []}


async def test_a_customer_whose_recordings_cannot_be_read_is_named_and_the_monitor_stays_green(office: Office) -> None:
    berger, berger_key = await office.api.customer(name="Berger")
    _, ada_key = await office.api.customer(name="Ada")
    good = [await office.post(ada_key) for _ in range(3)]
    bad = [await office.post(berger_key, UNREADABLE) for _ in range(7)]

    system = await office.look()

    assert calls_component(system) == (
        "failed",
        "7 of the 10 calls that ended in the last hour failed: mostly unreadable_recording of Berger (7). "
        "By customer: Berger 7 of 7.",
    )
    assert calls_component(system)[1] in system["reasons"]
    failures = system["failures"]
    (group,) = failures["groups"]
    assert (failures["finished"], failures["failed"], failures["share"]) == (10, 7, 0.7)
    assert group == {
        "error_code": "unreadable_recording",
        "customer_id": berger.id,
        "customer_name": "Berger",
        "count": 7,
        "example": UNREADABLE.message,
    }
    assert await office.listed(failures, group) == bad[::-1]
    assert await office.listed(failures, group, state="failed") == bad[::-1]
    assert await office.listed(failures, group, state="completed") == []
    assert not set(good) & set(bad)
    assert (system["health"], await office.health()) == ("healthy", "healthy")


async def test_a_quiet_office_with_one_bad_call_alarms_nobody(office: Office) -> None:
    _, key = await office.api.customer()
    for failure in (None, UNREADABLE, None):
        await office.post(key, failure)

    system = await office.look()

    assert calls_component(system) == ("ok", "1 of the 3 calls that ended in the last hour failed.")
    assert system["reasons"] == []
    assert [group["count"] for group in system["failures"]["groups"]] == [1]


@pytest.mark.slow
async def test_one_broken_pbx_among_others_is_a_warning_that_names_it(office: Office) -> None:
    _, berger_key = await office.api.customer(name="Berger")
    _, ada_key = await office.api.customer(name="Ada")
    for _ in range(5):
        await office.post(berger_key, UNREADABLE)
    for _ in range(20):
        await office.post(ada_key)

    state, reason = calls_component(await office.look())

    assert state == "warning"
    assert reason.endswith("mostly unreadable_recording of Berger (5). By customer: Berger 5 of 5.")


@pytest.mark.slow
async def test_own_faults_degrade_health_until_calls_are_worked_on_again(office: Office) -> None:
    _, key = await office.api.customer()
    for _ in range(5):
        await office.post(key, BROKEN)
    assert await office.health() == "healthy"  # nobody has looked yet

    system = await office.look()

    assert (system["health"], await office.health()) == ("degraded", "degraded")
    assert calls_component(system)[0] == "failed"
    for _ in range(5):
        await office.post(key)
    system = await office.look()
    assert (system["health"], await office.health()) == ("healthy", "healthy")


async def test_what_was_erased_and_whose_customer_was_deleted_breaks_nothing(office: Office) -> None:
    berger, key = await office.api.customer(name="Berger")
    bad = [await office.post(key, UNREADABLE) for _ in range(3)]
    await office.api.request("DELETE", f"/api/calls/{bad[0]}", bearer=office.bearer)
    await office.api.services.customers.delete(OWNER, berger.id)

    failures = (await office.look())["failures"]

    (group,) = failures["groups"]
    assert (group["customer_name"], group["count"], failures["failed"]) == ("Berger", 2, 2)
    assert await office.listed(failures, group) == [bad[2], bad[1]]


@pytest.mark.slow
async def test_a_reprocessed_call_is_in_no_group_until_it_has_failed_again(office: Office) -> None:
    _, key = await office.api.customer()
    call_id = await office.post(key, UNREADABLE)
    await office.api.request("POST", f"/api/calls/{call_id}/reprocess", bearer=office.bearer)
    assert (await office.look())["failures"]["finished"] == 0

    await office.api.services.calls.claim_call._finish_call.fail(call_id, BROKEN)
    failures = (await office.look())["failures"]

    assert (failures["finished"], failures["failed"]) == (1, 1)
    (group,) = failures["groups"]
    assert (group["error_code"], await office.listed(failures, group)) == ("engine_error", [call_id])


async def test_that_calls_fail_is_told_live(office: Office) -> None:
    _, key = await office.api.customer()
    await office.api.appliance.watch.look()
    async with watching(office.api, office.bearer, "?types=health") as watcher:
        for _ in range(5):
            await office.post(key, UNREADABLE)
        await office.look()
        await office.api.appliance.watch.look()

        event = await watcher.event()

    assert (event.type, event.data) == ("health", {"status": "healthy", "lacking": [], "calls": "failed"})


async def test_whoever_asks_often_shares_an_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_look, "LOOK_EVERY_SECONDS", 600.0)  # a post takes seconds on a busy machine
    _, key = await office.api.customer()
    await office.look()
    await office.post(key, UNREADABLE)

    asked = [await office.api.request("GET", "/api/system", bearer=office.bearer) for _ in range(3)]

    assert [answer.json()["failures"]["finished"] for answer in asked] == [0, 0, 0]
    assert LOOK_EVERY_SECONDS <= 5


async def test_a_customer_lists_its_own_failed_calls_alone(office: Office) -> None:
    _, berger_key = await office.api.customer(name="Berger")
    _, ada_key = await office.api.customer(name="Ada")
    mine = await office.post(berger_key, UNREADABLE)
    await office.post(ada_key, UNREADABLE)

    answer = await office.api.request("GET", "/api/calls?error_code=unreadable_recording", key=berger_key)

    assert [call["call_id"] for call in answer.json()["calls"]] == [mine]
