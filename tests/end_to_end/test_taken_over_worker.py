"""A worker that was taken over attacks an appliance that runs, with its real user of the queue: the honest one goes on.

Production api, queue and worker; only the engine is a fake (tests/support/fake_worker.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.messages.bounds import MAX_WORKERS
from appliance.messages.call_result import SegmentResult
from tests.appliance.builders import a_result
from tests.support.fake_appliance import FakeAppliance
from tests.support.machine_time import MachineTime
from tests.support.processes import wait_until
from tests.support.spool import recording
from tests.support.taken_over_worker import TakenOverWorker

pytestmark = pytest.mark.slow


@pytest.fixture
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    """An appliance of this test's own, with its worker ready."""
    with FakeAppliance(tmp_path_factory.mktemp("taken_over")) as running:
        assert wait_until(lambda: running.health() == "healthy", 60, 0.2)
        yield running


@pytest.fixture
def evil(box: FakeAppliance) -> TakenOverWorker:
    return TakenOverWorker(box)


def system(box: FakeAppliance) -> dict[str, Any]:
    answer = box.admin("GET", "/api/system")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def call(box: FakeAppliance, call_id: str) -> dict[str, Any]:
    answer = box.admin("GET", f"/api/calls/{call_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@contextmanager
def all_the_while(what: Any) -> Iterator[None]:
    """Do it again and again beside what is done here."""
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            what()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.long
def test_a_call_stays_in_the_honest_workers_hands_whatever_is_said_in_its_name(
    box: FakeAppliance, evil: TakenOverWorker
) -> None:
    """Heartbeats with another boot were three crashes: the call failed for good."""
    key = box.new_customer()["api_key"]
    (honest,) = [one["name"] for one in system(box)["workers"]]
    heartbeat = evil.heartbeat_of(honest)
    call_id = box.accepted(key, recording(15.0))
    assert wait_until(lambda: call(box, call_id)["state"] == "processing", 60, 0.1)
    beats = iter(range(1, 1_000_000))

    def forge() -> None:
        evil.beats_as(honest, heartbeat, boot="evil", beat=next(beats), held=[])
        time.sleep(0.02)

    with all_the_while(forge):
        ended = box.final_call(call_id)

    assert (ended["state"], ended["error"]) == ("completed", None)
    assert "was lost with worker" not in box.log_tail(1000)


def test_a_call_in_honest_hands_is_nobody_elses_whatever_is_known_of_who_holds_it(
    box: FakeAppliance, evil: TakenOverWorker
) -> None:
    """Its message can be read while it waits, its holder's boot in the heartbeats: with both the claim was had."""
    key = box.new_customer()["api_key"]
    (honest,) = [one["name"] for one in system(box)["workers"]]
    seen: dict[str, dict[str, Any]] = {}

    def look() -> None:
        message = evil.looks_into_queue()
        if message is not None:
            seen[message["call_id"]] = message

    with all_the_while(look):
        calls = [box.accepted(key, recording(8.0)) for _ in range(4)]
        held: list[str] = []

        def is_one_held() -> bool:
            held[:] = [one for one in calls if one in seen and call(box, one)["state"] == "processing"]
            return bool(held)

        assert wait_until(is_one_held, 60, 0.1)
        answers = evil.claims_what_another_holds(seen[held[0]], honest)

    assert answers == [410, 410, 410]
    assert [box.final_call(one)["state"] for one in calls] == ["completed"] * 4


@pytest.mark.long
def test_a_report_that_is_nothing_but_brackets_costs_no_memory(box: FakeAppliance, evil: TakenOverWorker) -> None:
    """60 MB of empty lists were made into objects before anybody asked who reports: more than a gigabyte."""
    api = box.one("vbot api")
    before = api.peak_resident_bytes
    for _ in range(3):
        evil.puts_brackets(60_000_000)
    assert wait_until(lambda: sum(system(box)["dropped_reports"].values()) >= 3, 240, 0.2)
    assert api.peak_resident_bytes - before < 800_000_000
    assert box.final_call(box.accepted(box.new_customer()["api_key"], recording(0.1)))["state"] == "completed"


@pytest.mark.long
def test_results_that_no_recording_of_this_length_can_have_end_their_attempt(
    box: FakeAppliance, evil: TakenOverWorker, tmp_path: Path
) -> None:
    """57 MB of a recording of a second were stored, and each list that showed it took the api down."""
    customer = box.new_customer()
    gate = tmp_path / "held"
    gate.touch()
    for _ in range(2):  # the honest one has its hands full
        box.accepted(customer["api_key"], recording(0.1, held_by=gate))
    assert wait_until(lambda: len(box.admin("GET", "/api/calls?state=processing").json()["calls"]) == 2, 60, 0.1)
    turn = SegmentResult(start=0.0, end=1.0, channel=0, party="caller", text="", confidence=0.5)
    whole = a_result()
    stolen = []
    for result in (
        msgspec.structs.replace(whole, transcription="y" * 19_000_000),
        msgspec.structs.replace(whole, segments=[turn] * 200_000),
        msgspec.structs.replace(whole, segments=[turn] * 400, words=[[]] * 400_000),
    ):
        box.accepted(customer["api_key"], recording(0.1))
        stolen.append(evil.claims_one())
        evil.reports(stolen[-1], result)
    for one in stolen:
        assert wait_until(lambda one=one: call(box, one.call_id)["state"] != "processing", 240, 0.2), one  # type: ignore[misc]
    gate.unlink()

    for one in stolen:
        ended = box.final_call(one.call_id)
        assert (ended["state"], len(ended["transcription"])) == ("completed", 64), "another worker has analysed it"
    listed = box.admin("GET", "/api/calls?limit=500")
    assert (len(listed.content) < 100_000, "ETag" in listed.headers) == (True, False)
    assert system(box)["dropped_reports"]["unstorable"] == 3


@pytest.mark.long
def test_calls_are_analysed_and_health_is_told_while_the_queue_of_results_is_filled(
    box: FakeAppliance, evil: TakenOverWorker
) -> None:
    """7,000 ids without a message held the honest worker back for minutes, and /health said healthy."""
    key = box.new_customer()["api_key"]

    def fill() -> None:
        evil.names_reports(1000)
        evil.puts_rubbish(5)
        time.sleep(0.05)

    with all_the_while(fill):
        time.sleep(1)
        since = MachineTime(box.processes)
        ended = box.final_call(box.accepted(key, recording(0.1)))
        took = since.seconds

    assert ended["state"] == "completed"
    assert took < 15, f"{took:.1f} s"
    (component,) = [one for one in system(box)["components"] if one["name"] == "results"]
    assert component["state"] == "warning", component


@pytest.mark.long
def test_the_honest_worker_is_shown_however_many_others_are_made_up(box: FakeAppliance, evil: TakenOverWorker) -> None:
    """1,500 of them hid it for ever."""
    key = box.new_customer()["api_key"]
    box.final_call(box.accepted(key, recording(0.1)))
    (honest,) = [one["name"] for one in system(box)["workers"]]
    heartbeat = evil.heartbeat_of(honest)
    seen = []
    for beat in range(1, 6):
        for ghost in range(1500):
            evil.beats_as(f"ghost{ghost}", heartbeat, boot="evil", beat=beat)
        shown = system(box)["workers"]
        seen.append(honest in [one["name"] for one in shown])
        assert len(shown) <= MAX_WORKERS
        time.sleep(0.5)

    assert all(seen[1:]), seen
    assert system(box)["health"] == "healthy"
