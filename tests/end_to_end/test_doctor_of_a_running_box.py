"""`vbot doctor` of a box that runs: each fault is made for real and named; where all is well, none is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance, vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.database_file import open_file
from tests.support.doctor import ALWAYS, UNTRIED, Case, Looked, component, each, heard, look, look_at
from tests.support.fake_appliance import MIB, FakeAppliance
from tests.support.processes import wait_until
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> BrokenInstallation:
    broken = BrokenInstallation(tmp_path_factory.mktemp("installation"))
    broken.breaks()
    return broken


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    """Api, queue and a worker at work; each fault is mended again by who makes it."""
    box = FakeAppliance(tmp_path_factory.mktemp("running"), clock=True)
    box.settings["VBOT_BACKUP_EVERY_HOURS"] = "24"
    with box:
        yield box


@contextmanager
def worker_frozen(box: FakeAppliance, _receiver: WebhookReceiver) -> Iterator[None]:
    """With who looks after it: that one would start it again after a minute."""
    frozen = [box.pid, box.one("vbot worker").pid]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert wait_until(lambda: component(box, "worker") == "failed", 60, 0.2)
        yield
    finally:
        for pid in reversed(frozen):
            os.kill(pid, signal.SIGCONT)
        assert wait_until(lambda: component(box, "worker") == "ok", 120, 0.2)


@contextmanager
def queue_frozen(box: FakeAppliance, _receiver: WebhookReceiver) -> Iterator[None]:
    valkey = box.one("valkey-server")
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        assert wait_until(lambda: component(box, "queue") == "failed", 60, 0.2)
        yield
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
        assert wait_until(lambda: (component(box, "queue"), component(box, "worker")) == ("ok", "ok"), 90, 0.2)


@contextmanager
def disk_filled(box: FakeAppliance, _receiver: WebhookReceiver) -> Iterator[None]:
    if not box.has_disk:
        pytest.skip("no disk of its own without root")
    box.fill_disk(leave_bytes=8 * MIB)
    try:
        assert wait_until(lambda: component(box, "database") == "failed", 60, 0.2)
        yield
    finally:
        box.free_disk()
        assert wait_until(lambda: component(box, "database") == "ok", 60, 0.2)


@contextmanager
def endpoint_disabled(box: FakeAppliance, receiver: WebhookReceiver) -> Iterator[None]:
    """It answers that it wants no more."""
    customer = box.new_customer(webhook_url=receiver.endpoint(Answer(410)).url)
    call_id = box.accepted(customer["api_key"], silence(0.2))
    box.delivery_in_state(call_id, "disabled")
    try:
        yield
    finally:
        assert box.admin("DELETE", f"/api/customers/{customer['id']}").status_code == 200


@contextmanager
def endpoint_failing(box: FakeAppliance, receiver: WebhookReceiver) -> Iterator[None]:
    customer = box.new_customer(webhook_url=receiver.endpoint(Answer(500)).url)
    call_id = box.accepted(customer["api_key"], silence(0.2))
    box.delivery_in_state(call_id, "retrying")
    try:
        yield
    finally:
        assert box.admin("DELETE", f"/api/customers/{customer['id']}").status_code == 200


@contextmanager
def clock_ahead(box: FakeAppliance, receiver: WebhookReceiver) -> Iterator[None]:
    """The box's own is set an hour ahead; two receivers tell the time in their replies, one under two names."""
    if not box.has_clock:
        pytest.skip("no libfaketime")
    with WebhookReceiver(address="127.0.0.2") as another:
        one = receiver.endpoint().url
        urls = (one, one.replace("127.0.0.1", "localhost"), another.endpoint().url)
        customers = [box.new_customer(webhook_url=url) for url in urls]
        box.set_clock("+1h")
        try:
            for customer, state in zip(customers, ("warning", "warning", "failed"), strict=True):
                tested = box.admin("POST", f"/api/customers/{customer['id']}/test-webhook")
                assert tested.json()["status"] == 200, tested.text
                assert wait_until(lambda state=state: component(box, "clock") == state, 30, 0.2), state
            yield
        finally:
            box.set_clock("+0")
            for customer in customers:
                assert box.admin("DELETE", f"/api/customers/{customer['id']}").status_code == 200
    assert wait_until(lambda: component(box, "clock") == "ok", 30, 0.2)  # without another reply


# `vbot up` runs, and another would be refused.
AGAIN = r"^kill (\d+) && tail --pid=\1 -f /dev/null && vbot up$"

RUNNING = [
    Case(worker_frozen, "worker", "failed", "No worker is there: calls are accepted and wait", AGAIN),
    Case(queue_frozen, "queue", "failed", "the queue is not reachable", AGAIN, later={"worker"}, long=True),
    Case(disk_filled, "disk", "failed", "less than the floor of 0.0 GB", "du -xh ", {"database"}),
    Case(
        endpoint_disabled,
        "webhooks",
        "warning",
        "their endpoints were disabled: of Ada Example",
        r"^curl --unix-socket \S+/api\.sock -X POST 'http://localhost/api/customers/\d+/enable-webhook'$",
    ),
    Case(
        endpoint_failing,
        "webhooks",
        "warning",
        "could not be delivered|tried again",
        r"""-d '{"state": "(failed", "since": "[-0-9T:]+Z|retrying)"}' 'http://localhost/api/deliveries/redeliver'$""",
        long=True,
    ),
    Case(
        clock_ahead,
        "clock",
        "failed",
        "60 minutes ahead of that of localhost, 127.0.0.2",
        "timedatectl set-ntp true",
        long=True,
    ),
]


@each(RUNNING)
def test_what_is_wrong_with_a_running_box_is_named(
    case: Case, running: FakeAppliance, installation: BrokenInstallation
) -> None:
    settings = {**running.settings, "PYTHONPATH": path_to(running, installation)}
    with WebhookReceiver() as receiver, case.fault(running, receiver):
        case.check(look_at(running, settings, but=case.wrong | case.later))


@pytest.mark.long
def test_what_a_failing_endpoint_did_not_take_is_sent_by_the_command_once_that_is_mended(
    running: FakeAppliance, installation: BrokenInstallation
) -> None:
    with WebhookReceiver() as receiver:
        endpoint = receiver.endpoint(Answer(500))
        customer = running.new_customer(webhook_url=endpoint.url)
        try:
            call_id = running.accepted(customer["api_key"], silence(0.2))
            running.delivery_in_state(call_id, "failed")
            settings = {**running.settings, "PYTHONPATH": path_to(running, installation)}
            command = look_at(running, settings).about("webhooks")["command"]
            endpoint.answers[:] = [Answer(200)]
            done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
            assert '"count": 1' in done.stdout.replace('":1', '": 1'), done
            running.delivery_in_state(call_id, "delivered")
            assert wait_until(lambda: component(running, "webhooks") == "ok", 60, 0.2)
        finally:
            assert running.admin("DELETE", f"/api/customers/{customer['id']}").status_code == 200


def path_to(running: FakeAppliance, installation: BrokenInstallation) -> str:
    """Of a torch that fails at once, where it is not what is looked at, before the checkout."""
    return f"{installation.environment['PYTHONPATH']}:{running.settings['PYTHONPATH']}"


def test_where_no_worker_is_installed_and_others_work_nothing_is_wrong(running: FakeAppliance, tmp_path: Path) -> None:
    base = BrokenInstallation(tmp_path)
    base.is_missing()
    path = f"{base.environment['PYTHONPATH']}:{running.settings['PYTHONPATH']}"
    looked = look_at(running, {**running.settings, "PYTHONPATH": path})
    assert looked.named("failed") == looked.named("skipped") == set(), looked.findings
    assert looked.about("engine")["reason"] == "none is installed here: the workers are on other machines"


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path / "queue") as running:
        yield running


@pytest.mark.long
def test_an_api_alone_lacks_queue_and_worker_and_what_waits_too_long_is_told(
    tmp_path: Path, queue: Valkey, installation: BrokenInstallation
) -> None:
    more = {"VBOT_REDIS_URL": queue.url, "VBOT_DISK_FLOOR_MB": "1", **installation.environment}
    box = RunningAppliance(tmp_path, more, command="api")
    with box:
        box.accepted(box.new_customer()["api_key"], silence(0.2))
    with open_file(box.data_dir / "vbot.duckdb") as connection:
        connection.execute("UPDATE call SET received_at = received_at - INTERVAL 1 HOUR")
    with box:
        looked = look(box.data_dir, box.settings)
        assert looked.named("failed") - {UNTRIED} == {"worker"}, looked.findings
        waiting = looked.about("waiting")
        assert waiting["state"] == "warning"
        assert re.match(r"(tail -n 20|ps -fp) ", waiting["command"]), waiting  # what the api writes
        assert waiting["reason"] == "1, the oldest for 60 minutes, because no worker is ready"

        queue.kill()
        looked = look(box.data_dir, box.settings)
        assert looked.named("failed") - {UNTRIED} == {"worker", "queue"}, looked.findings
        assert "is not reachable" in looked.about("queue")["reason"]

        os.kill(box.pid, signal.SIGSTOP)
        try:
            looked = look(box.data_dir, box.settings)
        finally:
            os.kill(box.pid, signal.SIGCONT)
        found = looked.about("api")
        assert found["state"] == "failed"
        assert re.search(AGAIN, found["command"]), found
        assert "the running api does not answer" in found["reason"]
        assert looked.about("database")["state"] == "skipped"


def test_an_api_that_was_killed_is_waited_for_and_no_fault_is_found_beside_it(
    tmp_path: Path, installation: BrokenInstallation
) -> None:
    with FakeAppliance(tmp_path) as box:
        settings = {**box.settings, "PATH": installation.environment.get("PATH", os.environ["PATH"])}

        def look_after_a_kill() -> Looked:
            os.kill(box.one("vbot api").pid, signal.SIGKILL)
            return look(box.data_dir, settings)

        def faults(looked: Looked) -> set[str]:
            return looked.named("failed") - {UNTRIED, "model packs"}

        def was_waited_for(looked: Looked) -> bool:
            return bool(looked.about("database")["reason"].startswith("in the hands of "))

        looked = heard(box, look_after_a_kill, lambda looked: bool(faults(looked)) or not was_waited_for(looked))
        assert faults(looked) == set(), looked.findings
        assert was_waited_for(looked), looked.findings


@pytest.mark.long
def test_nothing_is_found_on_a_whole_box_that_is_well(tmp_path: Path) -> None:
    """As an office has it: TLS, a real worker with its models, a customer, a call, a webhook, a backup."""
    with WebhookReceiver() as receiver, RunningAppliance(tmp_path, {"VBOT_TLS": "auto"}) as box:
        box.trust_certificate()
        endpoint = receiver.endpoint()
        customer = box.new_customer(webhook_url=endpoint.url)
        assert box.final_call(box.accepted(customer["api_key"], silence(1.0)))["state"] == "completed"
        endpoint.wait_for(1)
        assert vbot("backup", "create", data_dir=box.data_dir, settings=box.settings).returncode == 0
        looked = look_at(box)
    assert looked.code == 0, looked.findings
    assert looked.named("failed") == set()
    assert looked.named("skipped") == set()
    assert looked.named("warning") <= ALWAYS, looked.findings
    assert looked.about("clock")["state"] == "ok"
    assert looked.about("backups")["reason"].startswith("all ")
