"""The live events of a whole appliance: real calls go through while somebody watches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import RunningAppliance, vbot
from tests.support.customer import Customer
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import conversation, silence
from tests.support.server_sent_events import Event
from tests.support.watcher import Watcher

pytestmark = pytest.mark.slow

SHOWN = ("state", "revision", "started_at", "finished_at", "duration_seconds", "error", "caller_number", "external_id")


def states(events: list[Event]) -> list[Any]:
    return [event.data["state"] for event in events]


def test_a_call_is_seen_from_its_upload_to_its_delivery(
    appliance: RunningAppliance, customer: Customer, viewer_token: str
) -> None:
    with Watcher(appliance, bearer=viewer_token) as watcher:
        call_id = appliance.accepted(customer.key, conversation(0, 8), external_id="4711")
        watcher.wait(lambda seen: seen.of("delivery", call_id=call_id, state="delivered"))
    call = appliance.final_call(call_id)

    seen = watcher.of("call", call_id=call_id)
    assert states(seen) in (
        ["received", "queued", "processing", "completed"],
        ["received", "processing", "completed"],  # claimed before it was noted that it lies in the queue
    )
    assert {name: seen[-1].data[name] for name in SHOWN} == {name: call[name] for name in SHOWN}
    assert seen[-1].data["sentiment"] == (call["sentiment"] if call["sentiment_basis"] else None)
    assert states(watcher.of("delivery", call_id=call_id)) == ["pending", "delivered"]
    (delivered,) = watcher.of("delivery", call_id=call_id, state="delivered")
    assert delivered.data["last_attempt"]["status"] == 200
    assert delivered.data["url"].endswith("/****")


@pytest.mark.long
def test_a_worker_is_seen_at_work_and_at_rest(appliance: RunningAppliance, customer: Customer) -> None:
    with Watcher(appliance, query="?types=worker") as watcher:
        # Workers are looked at every second: one short call may come and go between two looks.
        ours = {appliance.accepted(customer.key, conversation(0, 20 + number)) for number in range(5)}
        watcher.wait(lambda seen: any(one.data["call_id"] in ours for one in seen.of("worker", state="ready")))
        for call_id in ours:
            appliance.final_call(call_id)
        watcher.wait(lambda seen: seen.of("worker")[-1].data["call_id"] is None)


def test_who_was_away_reads_on_where_it_broke_off(
    appliance: RunningAppliance, customer: Customer, receiver: WebhookReceiver
) -> None:
    with Watcher(appliance) as always:
        kept: list[Event] = []
        last_id = always.first_id
        for _ in range(3):
            with Watcher(appliance, last_event_id=last_id) as now_and_then:
                call_id = appliance.accepted(customer.key, silence(1))
                now_and_then.wait(lambda seen, call_id=call_id: seen.of("call", call_id=call_id))  # type: ignore[misc]
            last_id = now_and_then.last_id
            kept += now_and_then.events
            appliance.final_call(call_id)
        with Watcher(appliance, last_event_id=last_id) as now_and_then:  # it may have been delivered before
            now_and_then.wait(lambda seen: any(_is_delivery(one, call_id) for one in [*kept, *seen.events]))
        kept += now_and_then.events
        always.wait(lambda seen: kept[-1] in seen.events)
        assert kept == always.events[: len(kept)]
        assert not always.of("reset")


def _is_delivery(event: Event, call_id: str) -> bool:
    return event.type == "delivery" and (event.data["call_id"], event.data["state"]) == (call_id, "delivered")


@pytest.fixture
def api(tmp_path: Path) -> RunningAppliance:
    """Only `vbot api`, with the certificate of the first boot."""
    api = RunningAppliance(tmp_path / "api", {"VBOT_TLS": "auto"}, command="api")
    made = vbot("init", data_dir=api.data_dir, settings=api.settings)
    assert made.returncode == 0, made.stderr
    return api


@pytest.mark.long
def test_a_restart_ends_streams_as_they_should_end_and_is_told_by_reset(api: RunningAppliance) -> None:
    with api:
        key = str(api.new_customer()["api_key"])
        with Watcher(api, query="?types=call") as watcher:
            call_id = api.accepted(key, silence(1))
            watcher.wait(lambda seen: seen.of("call", call_id=call_id))
            api.stop()
            assert watcher.ended()
            assert watcher.broken is None
        api.start()
        with Watcher(api, last_event_id=watcher.last_id) as after:
            after.wait(lambda seen: seen.events)
            assert after.events[0].type == "reset"
            assert after.events[0].data == {"reason": "restarted"}
            another = api.accepted(key, silence(1))
            after.wait(lambda seen: seen.of("call", call_id=another))


def test_streams_that_nobody_reads_do_not_hold_up_the_end(api: RunningAppliance) -> None:
    with api:
        streams = [api.admin("GET", "/api/events", stream=True) for _ in range(8)]
        assert {stream.status_code for stream in streams} == {200}
        api.stop()
        for stream in streams:
            stream.close()


@pytest.mark.long
def test_a_revoked_token_sees_nothing_more_within_a_minute(api: RunningAppliance) -> None:
    with api:
        made = api.admin("POST", "/api/tokens", json={"role": "viewer", "name": "short"}).json()
        with Watcher(api, bearer=made["token"]) as watcher:
            assert api.admin("DELETE", f"/api/tokens/{made['id']}").status_code == 200
            assert watcher.ended(seconds=60)
            assert watcher.broken is None
