"""The processes of an appliance: their names, what they load, and what happens when they die."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.support.appliance import STOP_SECONDS, RunningAppliance
from tests.support.cases import long_but
from tests.support.machine_time import MachineTime
from tests.support.processes import Process, wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import conversation, silence

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sturdy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAppliance]:
    """An appliance to be ill-treated; the last test ends it."""
    running = RunningAppliance(tmp_path_factory.mktemp("sturdy"))
    running.start()
    yield running
    running.destroy()


def test_up_prints_ready_and_its_url_alone_on_stdout(sturdy: RunningAppliance) -> None:
    assert sturdy.ready_line == f"ready http://127.0.0.1:{sturdy.port}"
    assert re.findall(r"(?m)^stdout: (.*)$", sturdy.log_file.read_text()) == [sturdy.ready_line]


def test_up_says_that_it_loads_the_models_and_how_long_that_took(sturdy: RunningAppliance) -> None:
    said = [line for line in sturdy.log_file.read_text().splitlines() if line.startswith("vbot: ") and "models" in line]
    assert re.match(r"vbot: loading the models \(whisper-\S+.*\) \.\.\.$", said[0])
    assert re.match(r"vbot: the models are loaded, after \d+ s$", said[1])


def test_the_parts_show_under_their_names_in_ps(sturdy: RunningAppliance) -> None:
    shown = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, timeout=20, check=True).stdout
    ours = {str(one.pid) for one in sturdy.processes()}
    titles = [line.split(None, 1)[1] for line in shown.splitlines() if line.split(None, 1)[0] in ours]

    assert sum(title.startswith("vbot api") for title in titles) == 1, titles
    assert sum(title.startswith("vbot worker") for title in titles) == 1, titles
    assert not any(sturdy.admin_token in title for title in titles)


def test_the_api_has_no_torch_in_its_memory_and_the_worker_has(sturdy: RunningAppliance) -> None:
    assert not sturdy.one("vbot api").maps("libtorch")
    assert sturdy.one("vbot worker").maps("libtorch")
    assert not sturdy.one("vbot worker").maps("duckdb")


def test_nobody_but_ourselves_speaks_while_it_starts(sturdy: RunningAppliance) -> None:
    """What libraries tell while they are loaded is of no use to an operator."""
    ours = re.compile(
        r"--- |stdout: ready |vbot: \S+ is set up; |vbot: (?:loading the models \(|the models are loaded, after \d+ s$)"
        r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ appliance\.[\w.]+: "
        r"|\d+:(?:[MCX] |signal-handler)"  # Valkey's own
    )
    assert [line for line in sturdy.log_file.read_text().splitlines() if not ours.match(line)] == []
    assert "appliance.worker.process: worker" in sturdy.log_file.read_text()


@pytest.mark.parametrize("part", long_but(["vbot api", "queue server"], ["vbot worker", "vbot api", "queue server"]))
def test_a_part_that_is_killed_is_back_within_10_s_and_healthy_within_30_s(sturdy: RunningAppliance, part: str) -> None:
    def alive() -> list[Process]:
        if part == "queue server":
            return [one for one in sturdy.processes() if re.search(r"\b(valkey|redis)-server\b", one.title)]
        return sturdy.named(part)

    assert wait_until(lambda: sturdy.health() == "healthy", 30)
    (victim,) = alive()

    victim.kill()
    since = MachineTime(sturdy.processes)

    assert since.wait_until(lambda: any(one != victim for one in alive()), 10), sturdy.log_tail()
    time.sleep(0.5)  # the old one's last word must not count as health
    assert since.wait_until(lambda: sturdy.health() == "healthy", 30), sturdy.log_tail()
    customer = sturdy.new_customer()
    call_id = sturdy.accepted(customer["api_key"], silence(0.5))

    def is_done() -> bool:
        return bool(sturdy.admin("GET", f"/api/calls/{call_id}").json()["state"] == "completed")

    # An old heartbeat may still have counted as health: then the worker is yet to load its models.
    assert since.wait_until(is_done, 90), sturdy.log_tail()


@pytest.mark.long
def test_sigterm_gives_work_in_hand_back_and_the_next_start_finishes_it(
    sturdy: RunningAppliance, receiver: WebhookReceiver
) -> None:
    endpoint = receiver.endpoint()
    customer = sturdy.new_customer(webhook_url=endpoint.url)
    call_id = sturdy.accepted(customer["api_key"], conversation(), language="en")
    working = wait_until(lambda: sturdy.admin("GET", f"/api/calls/{call_id}").json()["state"] == "processing", 60, 0.02)
    assert working

    sturdy.stop()  # fails when anything is left after 15 s
    sturdy.start()

    assert sturdy.final_call(call_id)["state"] == "completed"
    bodies = [one.verified(customer["webhook_secret"]) for one in endpoint.wait_for(1)]
    assert [one["call_id"] for one in bodies] == [call_id]


@pytest.mark.long
def test_after_the_parent_was_killed_it_can_be_started_again_and_loses_no_call(sturdy: RunningAppliance) -> None:
    customer = sturdy.new_customer()
    call_id = sturdy.accepted(customer["api_key"], conversation(5.0, 15.0), language="en")

    before = sturdy.kill_parent()
    since = MachineTime(lambda: before)

    try:
        since.wait_until(lambda: not any(one.alive for one in before), STOP_SECONDS)
        left = [one.title for one in before if one.alive]
        assert not left, f"nobody watches these any more: {left}"
        sturdy.start()
        assert sturdy.final_call(call_id)["state"] == "completed"
        sturdy.stop()
    finally:
        for one in before:
            one.kill()
