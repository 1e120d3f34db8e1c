"""Workers on other machines: `vbot worker --join` beside an api that knows them by their token alone.

Production api, queue and worker; only the engine is a fake, which sleeps (tests/support/fake_worker.py).
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from appliance.commands.checks import box as doctors
from appliance.commands.checks.finding import Wrong
from appliance.commands.checks.joined_box import ask_joined_box
from appliance.commands.checks.units import UnitState
from appliance.messages.claim_headers import WORKER_HEADER
from appliance.messages.joining import QUEUE_PATH, UPGRADE
from appliance.messages.queue_names import WORKERS_KEY
from appliance.queue.broker import CALLS_LIST, REPORTS_LIST
from appliance.queue.dramatiq_internals import bodies_of
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from appliance.worker.api_identity import ApiIdentity, known_by
from appliance.worker.joining import queue_tunnel
from appliance.worker.joining.box import Box
from appliance.worker.joining.queue_tunnel import connector
from tests.support.appliance import vbot
from tests.support.joined_workers import LEASE_SECONDS, SHORT_LEASE_SECONDS, JoinableBox
from tests.support.ledger import Ledger
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.spool import recording
from tests.support.valkey import PATIENCE_SECONDS, patient

pytestmark = pytest.mark.slow

HOST = socket.gethostname()
FIRST, SECOND = f"{HOST}/cuda:1", f"{HOST}/cuda:2"


@pytest.fixture
def lease_seconds() -> int:
    return LEASE_SECONDS


@pytest.fixture
def box(tmp_path: Path, lease_seconds: int) -> Iterator[JoinableBox]:
    with JoinableBox(tmp_path, lease_seconds) as running:
        yield running


@pytest.fixture
def ledger(box: JoinableBox, receiver: WebhookReceiver) -> Ledger:
    return Ledger(box.api, receiver)


def test_workers_join_and_leave_while_calls_run_and_each_is_shown(
    box: JoinableBox, ledger: Ledger, tmp_path: Path
) -> None:
    token_id, token, pin = box.token("gpu room")
    customer, gate = ledger.customer(), tmp_path / "held"
    gate.touch()
    held = ledger.accept(customer, recording(0.1, held_by=gate))
    first = box.joins(token, pin, "cuda:1")

    def holds(name: str) -> list[str]:
        shown = box.shown().get(name, {"calls_in_hand": []})
        return [one["call_id"] for one in shown["calls_in_hand"]]

    assert wait_until(lambda: holds(FIRST) == [held], 60, 0.1), first.log
    shown = box.shown()[FIRST]
    assert (shown["host"], shown["joined_by"], shown["address"]) == (HOST, "gpu room", "127.0.0.1")
    assert shown["since"] <= shown["last_heartbeat_at"]

    second = box.joins(token, pin, "cuda:2")
    box.wait_for_ready(2)
    others = [ledger.accept(customer, recording(0.3)) for _ in range(6)]
    for call_id in others:
        ledger.final_within(call_id)
    assert wait_until(lambda: holds(FIRST) == [held], 60, 0.1), "its heartbeats show what it holds"

    def measured() -> bool:
        return any(one["measured_speed"] for one in box.shown().values())

    assert wait_until(measured, 60, 0.1)
    asked = ("doctor", "--sizing", "--json", "--extensions", "30")
    sized = vbot(*asked, data_dir=box.api.data_dir, settings=box.api.settings)
    assert sized.returncode == 0, sized.stderr
    assert {one["name"] for one in json.loads(sized.stdout)["workers"]} <= {FIRST, SECOND}
    assert json.loads(sized.stdout)["offices"][0]["extensions"] == 30

    assert first.stop() == 0, "what it held is handed back"
    gate.unlink()
    ledger.final_within(held)
    assert second.stop() == 0
    assert wait_until(lambda: box.shown() == {}, 60, 0.1), "who leaves in order takes its name away"
    lines = box.api.admin("GET", "/api/audit", params={"action": "worker.joined"}).json()["audit"]
    assert [(one["actor"]["token_id"], one["after"]["worker"]) for one in reversed(lines)] == [
        (token_id, FIRST),
        (token_id, SECOND),
    ]
    ledger.check()


@pytest.mark.parametrize("lease_seconds", [SHORT_LEASE_SECONDS])
def test_revoking_the_token_ends_what_it_joined_and_its_calls_are_given_back(
    box: JoinableBox, ledger: Ledger, tmp_path: Path, lease_seconds: int
) -> None:
    bad_id, bad, pin = box.token("lost laptop")
    _, good, _ = box.token("gpu room")
    gate = tmp_path / "held"
    gate.touch()
    lost = box.joins(bad, pin, "cuda:1")
    box.wait_for_ready(1)
    call_id = ledger.accept(ledger.customer(), recording(0.1, held_by=gate), attempts=range(2, 9))
    assert wait_until(lambda: ledger.state(call_id) == "processing", 60, 0.05)

    box.revoke(bad_id)
    assert wait_until(lambda: box.shown()[FIRST]["state"] == "gone", 60, 0.1)
    assert wait_until(lambda: ledger.state(call_id) != "processing", lease_seconds + 60, 0.05), "it keeps its lease"
    box.joins(good, pin, "cuda:2")
    assert wait_until(lambda: ledger.state(call_id) == "processing", 60, 0.05)
    gate.unlink()
    ledger.final_within(call_id)
    assert wait_until(lambda: "does not accept the joining token" in lost.log, 60), lost.log
    again = box.joins(bad, pin, "cuda:3")
    assert again.process.wait(180) == 1
    assert again.log.splitlines()[-1].startswith("vbot: https://127.0.0.1:")
    assert "vbot token create --role worker" in again.log
    ledger.check()
    box.api.stop()
    ledger.audit()


def test_doctor_of_the_workers_machine_asks_the_box_whether_it_lets_them_in(
    box: JoinableBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_tunnel, "SOCKET_TIMEOUT_SECONDS", PATIENCE_SECONDS)
    token_id, token, pin = box.token()
    env, token_file, url = tmp_path / "join.env", tmp_path / "join.token", f"https://127.0.0.1:{box.api.port}"
    env.write_text(f"VBOT_API_URL={url}\nVBOT_API_FINGERPRINT={pin}\n")
    token_file.write_text(f"{token}\n")
    folder = DataFolder(tmp_path / "no box")
    worker = UnitState("vbot-worker-join@cpu.service", active_state="active")
    machine = doctors.Box(load(None, {"VBOT_DATA_DIR": str(folder.root)}), folder, units=(worker,))
    assert ask_joined_box(machine, env, token_file) == f"it works for {url}, which lets it in"
    box.revoke(token_id)
    with pytest.raises(Wrong, match="does not accept the joining token"):
        ask_joined_box(machine, env, token_file)


@pytest.mark.long
def test_a_certificate_that_is_renewed_is_nothing_to_a_worker_that_knows_the_key(
    box: JoinableBox, ledger: Ledger
) -> None:
    _, token, pin = box.token()
    box.joins(token, pin, "cuda:1")
    box.wait_for_ready(1)
    renewed = vbot("certificate", "renew", data_dir=box.api.data_dir, settings=box.api.settings)
    assert renewed.returncode == 0, renewed.stderr
    box.api.trust_certificate()
    ledger.final_within(ledger.accept(ledger.customer(), recording(0.1)))
    box.joins(token, pin, "cuda:2")
    box.wait_for_ready(2)
    another = box.joins(token, "a" * 64, "cuda:3")
    assert another.process.wait(180) == 1
    assert "shows another key than the expected one: compare --fingerprint" in another.log
    ledger.check()


def connected(box: JoinableBox, token: str, pin: str) -> redis.Redis:
    """The way to the queue, in the hands of whoever took a joined worker over."""
    box.folder.joinpath("stolen").write_text(token)
    url = f"https://127.0.0.1:{box.api.port}"
    return patient(connector(Box(url, box.folder / "stolen", ApiIdentity(known_by(pin))), "evil/cpu")())


def raw(box: JoinableBox, token: str, said: bytes) -> bytes:
    """What the queue answers to these very bytes, until the way is closed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    head = f"GET {QUEUE_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: {UPGRADE}\r\nConnection: Upgrade\r\n"
    head += f"{WORKER_HEADER}: evil/cpu\r\nAuthorization: Bearer {token}\r\n\r\n"
    with context.wrap_socket(socket.create_connection(("127.0.0.1", box.api.port), PATIENCE_SECONDS)) as way:
        way.sendall(head.encode())
        answer = way.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101 ")
        way.sendall(said)
        found = b""
        with contextlib.suppress(ConnectionError):  # a reset closes it as well
            while piece := way.recv(4096):
                found += piece
    return found


def test_a_joined_worker_that_was_taken_over_reads_and_changes_nothing_that_is_not_its_own(
    box: JoinableBox, ledger: Ledger
) -> None:
    _, token, pin = box.token()
    call_id = ledger.accept(ledger.customer(), recording(0.1))
    queue = connected(box, token, pin)
    assert wait_until(lambda: queue.lindex(CALLS_LIST, 0) is not None, 60)
    assert queue.hget(bodies_of(CALLS_LIST), queue.lindex(CALLS_LIST, 0)) is not None  # type: ignore[arg-type]

    refused = {
        "read what others report": lambda: queue.hget(bodies_of(REPORTS_LIST), "x"),
        "take a report away": lambda: queue.lpop(REPORTS_LIST),
        "make a call up": lambda: queue.hset(bodies_of(CALLS_LIST), "x", "y"),
        "write elsewhere": lambda: queue.hset("elsewhere", "x", "y"),
        "the list of the workers' names": lambda: queue.hgetall(WORKERS_KEY),
        "every key": lambda: queue.keys("*"),
        "any key": lambda: queue.get("vbot:epoch"),
        "the users": queue.acl_list,
        "empty the queue": queue.flushall,
        "stop the server": lambda: queue.execute_command("SHUTDOWN", "NOSAVE"),
        "a script": lambda: queue.script_load("return 1"),
        "another user": lambda: queue.execute_command("AUTH", "default", "x"),
        "no user": lambda: queue.execute_command("RESET"),
    }
    for what, attempt in refused.items():
        try:
            attempt()
        except redis.TimeoutError:
            raise  # no answer is no refusal
        except redis.RedisError:
            continue
        raise AssertionError(f"it can: {what}")
    for said in (
        b"*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$0\r\n\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        b"*1\r\n$5\r\nRESET\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        b"*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$1\r\nx\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        b"FLUSHALL\r\n",
        b"*2\r\n$4\r\nPING\r\n$2\r\nabXX*1\r\n$8\r\nFLUSHALL\r\n",
    ):
        assert b"OK" not in raw(box, token, said), said
    assert queue.lindex(CALLS_LIST, 0) is not None, "the call lies there still"
    queue.connection_pool.disconnect()
    assert not box.shown(), "who has only a connection is no worker"

    box.joins(token, pin, "cuda:1")
    ledger.final_within(call_id)
    ledger.check()
