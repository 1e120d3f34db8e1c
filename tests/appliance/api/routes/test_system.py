"""GET /api/system and GET /api/log."""

from __future__ import annotations

import logging

import msgspec
import pytest

from appliance import __version__
from appliance.domain.token import Role
from appliance.messages.heartbeat import Held
from appliance.storage.database_keys import DatabaseKeys
from tests.appliance.api.conftest import Api
from tests.appliance.builders import KEYS
from tests.support.parts import heartbeat


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_it_tells_how_the_appliance_stands(api: Api, role: Role) -> None:
    held = [Held(call_id=call_id, revision=1, attempt=2, progress=0.5) for call_id in ("first", "second")]
    beat = msgspec.structs.replace(heartbeat(1)["box/cpu"], held=held)
    api.services.health.take_readings._leases.observe({"box/cpu": beat})
    api.appliance.relay.reachable = True

    answer = await api.request("GET", "/api/system", bearer=await api.token(role))

    assert answer.status == 200
    body = answer.json()
    assert (body["version"], body["health"], body["reasons"]) == (__version__, "healthy", [])
    assert body["queue"] == {"waiting": 0, "oldest_age_seconds": None, "came_last_hour": 0, "done_last_hour": 0}
    (worker,) = body["workers"]
    assert (worker["name"], worker["state"]) == ("box/cpu", "ready")
    assert worker["current_call"] == {"call_id": "first", "revision": 1, "attempt": 2, "progress": 0.5}
    assert [call["call_id"] for call in worker["calls_in_hand"]] == ["first", "second"]
    assert body["certificate"] is None
    assert body["silent_pbxs"] == []
    assert body["retention"] == {"recordings_days": 30, "texts_days": 365}
    assert body["disk"]["data_folder"]["database_bytes"] > 0


async def test_its_word_for_health_is_that_of_health(api: Api) -> None:
    for reachable in (True, False):
        api.appliance.relay.reachable = reachable
        told = (await api.request("GET", "/api/system", bearer=await api.token())).json()["health"]
        assert told == (await api.request("GET", "/health")).json()["status"] == "degraded"


async def test_a_database_that_an_earlier_version_left_plain_is_told_until_it_is_encrypted(api: Api) -> None:
    async def told() -> tuple[str, str]:
        body = (await api.request("GET", "/api/system", bearer=await api.token())).json()
        (database,) = [one for one in body["components"] if one["name"] == "database"]
        return database["state"], database["reason"]

    assert await told() == ("ok", "It takes what is written.")
    api.database._keys = DatabaseKeys(KEYS)
    state, reason = await told()
    assert (state, "Its file is not encrypted yet" in reason) == ("warning", True)


async def test_an_admin_reads_the_newest_lines_of_the_log(api: Api) -> None:
    logger = logging.getLogger("appliance.tests")
    logger.addHandler(api.services.health.log)
    try:
        for number in range(3):
            logger.warning("line %d", number)
    finally:
        logger.removeHandler(api.services.health.log)

    answer = await api.request("GET", "/api/log?lines=2&level=warning", bearer=await api.token())

    assert answer.status == 200
    lines = answer.json()["lines"]
    assert [(line["message"], line["level"], line["logger"]) for line in lines] == [
        ("line 2", "warning", "appliance.tests"),
        ("line 1", "warning", "appliance.tests"),
    ]
    assert (await api.request("GET", "/api/log?level=error", bearer=await api.token())).json() == {"lines": []}


async def test_the_log_is_read_without_what_others_read(api: Api) -> None:
    token, call_id = await api.token(), "6e0c1d0e-3f3a-4a57-9d3e-9f4d0a8c6f11"
    logger = logging.getLogger("appliance.api")
    logger.addHandler(api.services.health.log)
    level, _ = logger.level, logger.setLevel(logging.INFO)
    try:
        await api.request("GET", "/api/customers", bearer=token)
        await api.request("GET", f"/api/calls/{call_id}", bearer=token)
        await api.request("POST", "/api/customers", bearer=token, body=b"{}")
        everything = (await api.request("GET", "/api/log", bearer=token)).json()["lines"]
        answer = await api.request("GET", "/api/log?reads=false", bearer=token)
    finally:
        logger.removeHandler(api.services.health.log)
        logger.setLevel(level)
    assert [line["message"].split()[:2] for line in everything][::-1] == [
        ["GET", "/api/customers"],
        ["GET", "/api/calls/{call_id}"],
        ["POST", "/api/customers"],
    ]
    refused = answer.json()["lines"]
    assert [line["message"].split()[0] for line in refused] == ["POST", "GET"]
    assert [line["call_id"] for line in refused] == [None, call_id]
    assert {line["customer_id"] for line in refused} == {None}


@pytest.mark.parametrize(
    "query", ["lines=0", "lines=1001", "lines=x", "level=loud", "level=WARNING", "reads=no", "unheard=1"]
)
async def test_what_cannot_be_asked_of_the_log_is_named(api: Api, query: str) -> None:
    answer = await api.request("GET", f"/api/log?{query}", bearer=await api.token())

    assert answer.status == 400
    assert [item["field"] for item in answer.json()["details"]] == [query.partition("=")[0]]
