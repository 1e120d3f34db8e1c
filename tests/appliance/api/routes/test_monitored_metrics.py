"""What alert rules and dashboard ask for is in the metrics of a real api, and moves with what it is about."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.domain.call import CallState
from appliance.storage.audit_chain import Broken, Verdict
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Api
from tests.appliance.builders import a_call
from tests.support.parts import heartbeat

MONITORING = Path(__file__).parents[4] / "packaging" / "monitoring"


async def samples(api: Api) -> dict[tuple[str, str], float]:
    """By the name and the values of the labels."""
    answer = await api.request("GET", "/metrics")
    assert answer.status == 200, answer.text
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.parametrize("file", ["vbot.rules.yml", "vbot.rules.test.yml", "vbot.dashboard.json"])
async def test_every_metric_that_is_asked_for_is_there(api: Api, file: str) -> None:
    await api.request("GET", "/health")  # a histogram is there from the first request on
    wanted = set(re.findall(r"\b(?:vbot|process)_[a-z0-9_]+\b", (MONITORING / file).read_text()))
    assert len(wanted) > 10
    assert wanted - {name for name, _ in await samples(api)} == set()


async def test_every_label_that_is_asked_for_is_there(api: Api) -> None:
    found = await samples(api)
    for name, label in (("vbot_health", "degraded"), ("vbot_component_state", "disk"), ("vbot_health", "unhealthy")):
        assert (name, label) in found


async def test_health_and_parts_are_told_as_they_are(api: Api) -> None:
    before = await samples(api)
    api.services.health.take_readings._leases.observe(heartbeat(1))
    api.appliance.relay.reachable = True
    behind = await samples(api)

    assert (before["vbot_health", "degraded"], before["vbot_health", "healthy"]) == (1, 0)
    assert (behind["vbot_health", "degraded"], behind["vbot_health", "healthy"]) == (0, 1)
    assert (before["vbot_component_state", "worker"], before["vbot_component_state", "queue"]) == (2, 2)
    assert (behind["vbot_component_state", "worker"], behind["vbot_component_state", "queue"]) == (0, 0)


async def test_how_long_a_call_waits_is_told(api: Api) -> None:
    assert (await samples(api))["vbot_oldest_call_waiting_seconds", ""] == 0
    await api.database.write(lambda tx: calls.insert(tx, a_call(state=CallState.RECEIVED)))
    assert (await samples(api))["vbot_oldest_call_waiting_seconds", ""] > 0


async def test_what_there_is_none_of_wakes_nobody(api: Api) -> None:
    found = await samples(api)
    assert math.isnan(found["vbot_certificate_not_after_timestamp_seconds", ""])
    assert math.isnan(found["vbot_audit_broken", ""])
    assert found["vbot_last_backup_timestamp_seconds", ""] == 0
    assert found["vbot_webhook_endpoints_disabled", ""] == 0


async def test_a_broken_audit_is_told_in_metrics_and_system(api: Api) -> None:
    await api.services.access.audit_log.verify()
    assert (await samples(api))["vbot_audit_broken", ""] == 0

    broken = Broken("line-7", "2026-11-27T12:00:00Z", "token.created", "its content was changed")
    api.services.access.audit_log.last_verdict = Verdict(3, "head", broken)

    found = await samples(api)
    assert found["vbot_audit_broken", ""] == 1
    assert found["vbot_component_state", "audit"] == 2
    system = (await api.request("GET", "/api/system", bearer=await api.token())).json()
    (component,) = (one for one in system["components"] if one["name"] == "audit")
    assert component["reason"].startswith("It is broken at line line-7 (token.created): its content was changed.")
