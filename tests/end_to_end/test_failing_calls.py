"""The overview tells the truth when calls fail: a whole appliance whose engine finds recordings at fault, or breaks.

Production api, queue and worker; only the engine is a fake (tests/support/fake_worker.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.fake_appliance import FakeAppliance
from tests.support.fake_worker import BREAKS, UNREADABLE
from tests.support.processes import wait_until
from tests.support.recordings import wav

pytestmark = pytest.mark.slow


@pytest.fixture
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    """An appliance of this test's own: what it says of the last hour is of this test's calls."""
    with FakeAppliance(tmp_path_factory.mktemp("failing")) as running:
        yield running


def recording(word: bytes = b"") -> bytes:
    """One unlike any other, analysed at once, with a word to the fake engine."""
    said = b" takes 0.01 seconds " + word
    return wav(said + random.randbytes(800 - len(said)), rate=8000)


def post(box: FakeAppliance, key: str, count: int, word: bytes = b"") -> list[str]:
    """Post so many as a PBX does, and wait until each has ended."""
    accepted = [box.accepted(key, recording(word)) for _ in range(count)]
    for call_id in accepted:
        box.final_call(call_id)
    return accepted


def system(box: FakeAppliance) -> dict[str, Any]:
    answer = box.admin("GET", "/api/system")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def system_with(box: FakeAppliance, finished: int) -> dict[str, Any]:
    """How it stands once it has noticed that so many calls ended."""
    found: dict[str, Any] = {}

    def noticed() -> bool:
        found.update(system(box))
        return bool(found["failures"]["finished"] == finished)

    assert wait_until(noticed, 120, 0.2), found["failures"]
    return found


def component(found: dict[str, Any]) -> dict[str, str]:
    (calls,) = [one for one in found["components"] if one["name"] == "calls"]
    return dict(calls)


def listed(box: FakeAppliance, failures: dict[str, Any], group: dict[str, Any]) -> list[str]:
    """The ids that the link of a group shows, ten a page."""
    query = {
        "error_code": group["error_code"],
        "customer_id": group["customer_id"],
        "finished_since": failures["since"],
        "finished_until": failures["until"],
        "limit": 10,
    }
    found: list[str] = []
    while True:
        page = box.admin("GET", "/api/calls", params=query).json()
        found += [call["call_id"] for call in page["calls"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@pytest.mark.long
def test_many_recordings_that_cannot_be_read_are_told_with_whose_they_are_and_which(box: FakeAppliance) -> None:
    berger, ada = box.new_customer(name="Berger"), box.new_customer(name="Ada")
    good = post(box, ada["api_key"], 12)
    bad = post(box, berger["api_key"], 33, UNREADABLE)

    found = system_with(box, len(good) + len(bad))

    failures = found["failures"]
    assert (failures["failed"], failures["share"], failures["usual_share"]) == (33, 0.7333, None)
    assert failures["groups"] == [
        {
            "error_code": "unreadable_recording",
            "customer_id": berger["id"],
            "customer_name": "Berger",
            "count": 33,
            "example": "the bytes are no audio",
        }
    ]
    assert component(found)["state"] == "failed"
    assert component(found)["reason"] == (
        "33 of the 45 calls that ended in the last hour failed: mostly unreadable_recording of Berger (33). "
        "By customer: Berger 33 of 33."
    )
    assert component(found)["reason"] in found["reasons"]
    assert listed(box, failures, failures["groups"][0]) == bad[::-1]
    # The customer's PBX is at fault: nobody is called out of bed.
    assert wait_until(lambda: (system(box)["health"], box.health()) == ("healthy", "healthy"), 60, 0.2)
    counted = 'vbot_calls_failed_total{error="unreadable_recording"} 33.0\n'
    assert wait_until(lambda: counted in box.request("GET", "/metrics").text, 60)


@pytest.mark.long
def test_calls_that_fail_through_own_fault_degrade_health_until_the_appliance_is_started_anew(
    box: FakeAppliance,
) -> None:
    customer = box.new_customer(name="Berger")
    good = post(box, customer["api_key"], 2)
    broken = post(box, customer["api_key"], 6, BREAKS)

    found = system_with(box, len(good) + len(broken))

    assert [(group["error_code"], group["count"]) for group in found["failures"]["groups"]] == [("engine_error", 6)]
    assert found["health"] == "degraded"
    assert "The fault is the appliance's own: 6 of the 8 calls" in component(found)["reason"]
    assert wait_until(lambda: box.health() == "degraded", 120, 0.2)
    assert listed(box, found["failures"], found["failures"]["groups"][0]) == broken[::-1]

    # What was wrong may be mended by now: it is ready, and not held back by what was.
    box.stop()
    box.start()
    box.wait_until_healthy()
    assert component(system(box))["state"] == "failed"
