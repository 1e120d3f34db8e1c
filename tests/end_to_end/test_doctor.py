"""`vbot doctor` is never wrong: each fault is made for real, and it names that one and no other, with what mends it.

Made elsewhere: a worker that dies while loading (test_cannot_load), each damaged file (test_damaged_files), a damaged
recording (test_damaged_recordings), a user who is not the owner (test_one_appliance). By fakes at our seams, for want
of the thing: cards and drivers, units (tests/appliance/commands/checks).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.services.access.certificate import create_certificate
from appliance.services.access.made_certificate import LIFETIME
from tests.support.appliance import VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.database_file import open_file
from tests.support.fake_appliance import MIB, FakeAppliance
from tests.support.processes import wait_until
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import silence
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what is done to the machine takes root")
# What is true of every test box, and no fault: its disk is the build machine's, and holds data and backups alike.
ALWAYS = {"at rest", "backup disk", "note", "decoders", "protections", "disk", "clock"}
# `import torch` fails at once there: what takes a minute on a busy machine is tried where it is what is looked at.
UNTRIED = "engine"


@dataclass
class Looked:
    """What `vbot doctor --json` says."""

    code: int
    findings: list[dict[str, Any]]

    def about(self, name: str) -> dict[str, Any]:
        """The one finding of that name."""
        (found,) = [one for one in self.findings if one["name"] == name]
        return found

    def named(self, state: str) -> set[str]:
        """The parts that are so."""
        return {one["name"] for one in self.findings if one["state"] == state}


def look(data_dir: Path, settings: dict[str, str | None], *before: str, config: Path | None = None) -> Looked:
    arguments = [*before, str(VBOT), "doctor", "--json", *(["--config", str(config)] if config is not None else [])]
    done = subprocess.run(
        arguments,
        env=environment(data_dir, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["healthy"] is (done.returncode == 0)
    for one in report["findings"]:
        assert "\n" not in one["reason"]
        assert one["command"] or one["state"] in ("ok", "skipped"), one
    return Looked(done.returncode, report["findings"])


@dataclass(frozen=True)
class Case:
    """A fault: who makes it, which part it is found at, how bad it is, what is said of it, what mends it."""

    fault: Callable[..., AbstractContextManager[dict[str, Any] | None]]
    part: str
    state: str
    says: str
    command: str
    besides: set[str] = field(default_factory=set)  # other parts of which something is truly wrong then
    later: set[str] = field(default_factory=set)  # parts that suffer from it after a while

    def check(self, looked: Looked) -> None:
        found = looked.about(self.part)
        assert found["state"] == self.state, found
        assert re.search(self.says, found["reason"]), found
        assert re.search(self.command, found["command"]), found
        wrong = self.besides | ({self.part} if self.state == "failed" else set())
        assert (looked.named("failed") - self.later) | {UNTRIED} == wrong | {UNTRIED}, looked.findings
        assert looked.named("skipped") == set(), looked.findings
        assert looked.named("warning") <= ALWAYS | self.besides | self.later | {self.part}, looked.findings


def ids(case: Case) -> str:
    return case.fault.__name__


# -- a box that is set up, and stopped -----------------------------------------------------------------------------


@dataclass
class Stopped:
    """A data folder with a backup, of which nothing runs."""

    data_dir: Path
    settings: dict[str, str | None]
    port: int


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("set-up") / "data"
    assert vbot("init", data_dir=data_dir).returncode == 0
    assert vbot("backup", "recovery-key", "--kept", data_dir=data_dir).returncode == 0
    assert vbot("backup", "create", data_dir=data_dir).returncode == 0
    return data_dir


@pytest.fixture
def stopped(set_up: Path, tmp_path: Path) -> Stopped:
    data_dir, port = tmp_path / "data", free_port()
    shutil.copytree(set_up, data_dir)
    installation = BrokenInstallation(tmp_path)
    installation.breaks()
    settings = {"VBOT_LISTEN": f"127.0.0.1:{port}", "VBOT_DISK_FLOOR_MB": "1", **installation.environment}
    return Stopped(data_dir, settings, port)


@contextmanager
def api_stopped(_box: Stopped) -> Iterator[None]:
    yield


@contextmanager
def port_taken(box: Stopped) -> Iterator[None]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", box.port))
        other.listen()
        yield


@contextmanager
def database_newer(box: Stopped) -> Iterator[None]:
    """So that the api refuses to start."""
    with open_file(box.data_dir / "vbot.duckdb") as connection:
        connection.execute("INSERT INTO schema_migration VALUES (9999, 'of tomorrow', now())")
    refused = vbot("api", data_dir=box.data_dir, settings=box.settings)
    assert refused.returncode == 78
    assert "written by a newer vBot (schema 9999)" in refused.stderr
    yield


@contextmanager
def database_damaged(box: Stopped) -> Iterator[None]:
    with (box.data_dir / "vbot.duckdb").open("r+b") as file:
        file.truncate(6000)
    yield


@contextmanager
def setting_misspelt(box: Stopped) -> Iterator[dict[str, Any]]:
    config = box.data_dir.parent / "vbot.toml"
    config.write_text('listen = "127.0.0.1:8443"\nwebhook_alow = ["10.0.0.0/8"]\n')
    yield {"config": config}


@contextmanager
def variable_misspelt(box: Stopped) -> Iterator[None]:
    box.settings["VBOT_WEBHOOK_ALOW"] = "10.0.0.0/8"
    yield


@contextmanager
def torch_not_importable(_box: Stopped) -> Iterator[None]:
    yield


@contextmanager
def pack_missing(box: Stopped) -> Iterator[None]:
    box.settings["VBOT_MODELS_DIR"] = str(box.data_dir.parent / "no-models")
    yield


@contextmanager
def pack_damaged(box: Stopped) -> Iterator[None]:
    models = box.data_dir.parent / "models"
    shutil.copytree(os.environ.get("VBOT_MODELS_DIR", "/var/lib/vbot-models"), models, copy_function=os.link)
    tokenizer = models / "whisper-tiny.en" / "tokenizer.json"
    content = tokenizer.read_bytes()
    tokenizer.unlink()
    tokenizer.write_bytes(content[:-1] + b" ")
    box.settings["VBOT_MODELS_DIR"] = str(models)
    yield


@contextmanager
def disk_under_the_floor(box: Stopped) -> Iterator[None]:
    """By the setting: more than this disk has."""
    box.settings["VBOT_DISK_FLOOR_MB"] = str(shutil.disk_usage(box.data_dir).total // MIB + 1)
    yield


@contextmanager
def disk_slow(box: Stopped) -> Iterator[None]:
    """Each wait for it takes a third of a second longer, as on a dying one."""
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    source, library = box.data_dir.parent / "slow.c", box.data_dir.parent / "slow.so"
    source.write_text("#include <unistd.h>\nint fdatasync(int file) { usleep(333000); return fsync(file); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    box.settings["LD_PRELOAD"] = str(library)
    yield


def replace_certificate(box: Stopped, *, made: datetime) -> None:
    create_certificate(box.data_dir / "tls/certificate.pem", box.data_dir / "tls/key.pem", made)


@contextmanager
def certificate_ends(box: Stopped) -> Iterator[None]:
    replace_certificate(box, made=datetime.now(UTC) - LIFETIME + timedelta(days=9, hours=1))
    yield


@contextmanager
def certificate_has_ended(box: Stopped) -> Iterator[None]:
    replace_certificate(box, made=datetime.now(UTC) - LIFETIME - timedelta(days=2))
    yield


@contextmanager
def machine_renamed(_box: Stopped) -> Iterator[dict[str, Any]]:
    yield {"before": ("unshare", "--uts", "sh", "-c", 'hostname renamed-box; exec "$@"', "sh")}


@contextmanager
def backups_old(box: Stopped) -> Iterator[None]:
    (newest,) = (box.data_dir / "backups").glob("*.tar")
    newest.rename(newest.with_name(f"vbot-{datetime.now(UTC) - timedelta(days=9):%Y%m%dT%H%M%SZ}.tar"))
    yield


@contextmanager
def backups_on_the_same_disk(_box: Stopped) -> Iterator[None]:
    yield


STOPPED = [
    Case(api_stopped, "api", "failed", r"nothing listens on 127\.0\.0\.1:\d+: no call is accepted", "^vbot up$"),
    Case(
        port_taken, "api", "failed", r"\(pid \d+\) listens on .*, so that this api cannot", r"(kill|systemctl stop) \S"
    ),
    Case(database_newer, "database", "failed", "newer vBot .schema 9999.: install that version", "vbot", {"api"}),
    Case(database_damaged, "database", "failed", "is cut off|is damaged|is no", "^vbot repair", {"api"}),
    Case(variable_misspelt, "settings", "warning", "VBOT_WEBHOOK_ALOW .is VBOT_WEBHOOK_ALLOW", "^unset VBOT_", {"api"}),
    Case(torch_not_importable, "engine", "failed", "cannot be imported: RuntimeError: .*CUDA", "reinstall", {"api"}),
    Case(pack_missing, "model packs", "failed", "whisper-tiny.en", "^vbot models install", {"api"}),
    Case(pack_damaged, "model packs", "failed", "tokenizer.json", "^vbot models install", {"api"}),
    Case(disk_under_the_floor, "disk", "failed", "less than the floor of", r"du -xh .*/data$", {"api"}),
    Case(
        disk_slow,
        "disk speed",
        "warning",
        r"a write takes (3[3-9]\d|[4-9]\d\d|\d{4,})\.\d ms .* slow, busy or",
        "journalctl -k",
        {"api"},
    ),
    Case(certificate_ends, "certificate", "warning", "expires on 20.*, in 9 days", "^vbot certificate renew$", {"api"}),
    Case(certificate_has_ended, "certificate", "failed", "it has expired on 20", "^vbot certificate renew$", {"api"}),
    Case(backups_old, "backups", "failed", "the newest is 9 days old, and one is to be made", "backup create", {"api"}),
    Case(backups_on_the_same_disk, "backup disk", "warning", "on the disk of the data, and dies", "rsync", {"api"}),
]


@pytest.mark.parametrize("case", STOPPED, ids=ids)
def test_what_is_wrong_with_a_stopped_box_is_named(case: Case, stopped: Stopped) -> None:
    with case.fault(stopped):
        case.check(look(stopped.data_dir, stopped.settings))


def test_a_setting_that_nobody_knows_is_named_and_nothing_else_is_said(stopped: Stopped) -> None:
    with setting_misspelt(stopped) as more:
        looked = look(stopped.data_dir, stopped.settings, **more)
    assert looked.code == 1
    found = looked.about("settings")
    assert found["reason"].endswith("vbot.toml: unknown setting 'webhook_alow' (is webhook_allow meant?)")
    assert re.search(r"editor /.*/vbot\.toml$", found["command"])
    assert looked.named("skipped") == {"the rest"}


@as_root
def test_a_certificate_that_does_not_name_the_machine_as_it_is_called_now_is_named(stopped: Stopped) -> None:
    with machine_renamed(stopped) as more:
        found = look(stopped.data_dir, stopped.settings, *more["before"]).about("certificate")
    assert found["state"] == "warning"
    assert re.search("this machine is renamed-box.*, which the certificate does not name", found["reason"])
    assert found["command"] == "vbot certificate renew"


# -- a box whose api runs ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> BrokenInstallation:
    broken = BrokenInstallation(tmp_path_factory.mktemp("installation"))
    broken.breaks()
    return broken


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    """Api, queue and a worker at work; each fault is mended again by who makes it."""
    box = FakeAppliance(tmp_path_factory.mktemp("running"))
    box.settings["VBOT_BACKUP_EVERY_HOURS"] = "24"
    with box:
        yield box


def component(box: RunningAppliance, name: str) -> str:
    answer = box.admin("GET", "/api/system")
    return next(str(one["state"]) for one in answer.json()["components"] if one["name"] == name)


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
    """The box's own is set an hour ahead; two receivers tell the time in their replies."""
    if not box.has_clock:
        pytest.skip("no libfaketime")
    by_address = receiver.endpoint()
    urls = (by_address.url, by_address.url.replace("127.0.0.1", "localhost"))
    customers = [box.new_customer(webhook_url=url) for url in urls]
    box.set_clock("+1h")
    try:
        for customer in customers:
            tested = box.admin("POST", f"/api/customers/{customer['id']}/test-webhook")
            assert tested.json()["status"] == 200, tested.text
        assert wait_until(lambda: component(box, "clock") == "failed", 30, 0.2)
        yield
    finally:
        box.set_clock("+0")
        for customer in customers:
            assert box.admin("DELETE", f"/api/customers/{customer['id']}").status_code == 200
    assert wait_until(lambda: component(box, "clock") == "ok", 30, 0.2)  # without another reply


RUNNING = [
    Case(worker_frozen, "worker", "failed", "No worker is there: calls are accepted and wait", "^vbot up$"),
    Case(queue_frozen, "queue", "failed", "the queue is not reachable", "^vbot up$", later={"worker"}),
    Case(disk_filled, "disk", "failed", "less than the floor of 0.0 GB", "du -xh ", {"database"}),
    Case(
        endpoint_disabled,
        "webhooks",
        "warning",
        "their endpoints were disabled: of Ada Example",
        r"^curl --unix-socket \S+/api\.sock -X POST 'http://localhost/api/customers/\d+/enable-webhook'$",
    ),
    Case(endpoint_failing, "webhooks", "warning", "could not be delivered|tried again", "^curl .*/api/deliveries"),
    Case(
        clock_ahead, "clock", "failed", "60 minutes ahead of that of 127.0.0.1, localhost", "timedatectl set-ntp true"
    ),
]


@pytest.mark.parametrize("case", RUNNING, ids=ids)
def test_what_is_wrong_with_a_running_box_is_named(
    case: Case, running: FakeAppliance, installation: BrokenInstallation
) -> None:
    settings = {**running.settings, **installation.environment}
    del settings["PYTHONPATH"]
    settings |= {"PYTHONPATH": f"{installation.environment['PYTHONPATH']}:{running.settings['PYTHONPATH']}"}
    with WebhookReceiver() as receiver, case.fault(running, receiver):
        case.check(look(running.data_dir, settings))


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path / "queue") as running:
        yield running


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
        assert (waiting["state"], waiting["command"]) == ("warning", "vbot up")
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
        assert (found["state"], found["command"]) == ("failed", "vbot up")
        assert "the running api does not answer" in found["reason"]
        assert looked.about("database")["state"] == "skipped"


# -- a box that is well --------------------------------------------------------------------------------------------


def test_nothing_is_found_on_a_whole_box_that_is_well(tmp_path: Path) -> None:
    """As an office has it: TLS, a real worker with its models, a customer, a call, a webhook, a backup."""
    with WebhookReceiver() as receiver, RunningAppliance(tmp_path, {"VBOT_TLS": "auto"}) as box:
        box.trust_certificate()
        endpoint = receiver.endpoint()
        customer = box.new_customer(webhook_url=endpoint.url)
        assert box.final_call(box.accepted(customer["api_key"], silence(1.0)))["state"] == "completed"
        endpoint.wait_for(1)
        assert vbot("backup", "create", data_dir=box.data_dir, settings=box.settings).returncode == 0
        looked = look(box.data_dir, box.settings)
    assert looked.code == 0, looked.findings
    assert looked.named("failed") == set()
    assert looked.named("skipped") == set()
    assert looked.named("warning") <= ALWAYS, looked.findings
    assert looked.about("clock")["state"] == "ok"
    assert looked.about("backups")["reason"].startswith("all ")
