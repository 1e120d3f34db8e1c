"""What each role may do in the queue: its work, and nothing else. On the Valkey of `vbot up`."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dramatiq
import msgspec
import pytest
import redis

from appliance.errors import Unavailable
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.bounds import MAX_NAME
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.messages.queue_names import (
    ANALYSE_ACTOR,
    CALLS_NAMESPACE,
    GPU_QUEUE,
    RESULTS_NAMESPACE,
    RESULTS_QUEUE,
    WORKERS_KEY,
)
from appliance.queue.access import Role, share_access, users
from appliance.queue.broker import (
    CALLS_LIST,
    LONGEST_HEARTBEAT,
    LONGEST_NAME_BYTES,
    REPORTS_LIST,
    CallQueue,
    calls_broker,
    connector,
)
from appliance.queue.report_queue import ReportQueue
from appliance.queue.reports_broker import reports_broker
from appliance.storage.folder.data_folder import DataFolder
from appliance.worker.broker import CallsInHand, worker_broker
from tests.support.own_records import own_messages
from tests.support.parts import analysed
from tests.support.processes import wait_until
from tests.support.queue_ends import QueueEnd
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow

CALL = AnalyseCall(call_id="call-1", revision=1, attempt=1, recording_path="/internal/recordings/call-1")
BEAT = WorkerHeartbeat(worker="box/cpu", boot="b", beat=1, device="cpu", model="m", ready=True, held=[])
WORKERS = [Role.WORKER, Role.JOINED]

As = Callable[[Role], redis.Redis]


@pytest.fixture
def access(tmp_path: Path, valkey: Valkey) -> Path:
    return DataFolder(tmp_path / "queue").queue_access


@pytest.fixture
def connected(valkey: Valkey, access: Path) -> As:
    """A client in a role; the api has left its mark, as it does within a second."""

    def connect(role: Role) -> redis.Redis:
        return connector(valkey.url, access, role)()

    CallQueue(connect(Role.API)).set_epoch("ours")
    return connect


@pytest.mark.parametrize("role", WORKERS)
def test_api_and_worker_do_all_their_work_as_these_users(connected: As, role: Role) -> None:
    calls, reports = CallQueue(connected(Role.API)), ReportQueue(connected(role))
    reports.beat(BEAT)
    assert calls.heartbeats() == {"box/cpu": BEAT}
    assert reports.last_heartbeat("box/cpu") == BEAT
    seen: list[str] = []

    def receive(body: dict[str, Any]) -> None:
        seen.append(body["call_id"])
        reports.report(analysed(CALL))

    broker = worker_broker(connected(role), CallsInHand(2))
    dramatiq.actor(broker=broker, actor_name=ANALYSE_ACTOR, queue_name=GPU_QUEUE)(receive)
    worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=50)
    worker.start()
    try:
        for _ in range(3):
            calls.put(CALL)
        assert wait_until(lambda: len(seen) == 3, 60)
    finally:
        worker.stop()
    api_end = QueueEnd(reports_broker(connected(Role.API)), RESULTS_QUEUE, 10)
    assert [body["call_id"] for body in api_end.bodies(3, acknowledge=True)] == ["call-1"] * 3
    reports.leave("box/cpu")
    assert (calls.heartbeats(), calls.depth(), calls.epoch()) == ({}, 0, "ours")


def test_the_api_takes_calls_back_as_its_user_whatever_a_worker_put_beside_them(connected: As) -> None:
    calls, worker = CallQueue(connected(Role.API)), connected(Role.WORKER)
    first, second = calls.put(CALL), calls.put(CALL)
    worker.rpush(CALLS_LIST, b"\xff", "none of ours", b"x" * 10_000_000)
    assert calls.lying([second, "never put in", first]) == [first, second]
    assert calls.take_back([second]) == {second}
    assert calls.take_all_back() == ["call-1"]
    assert calls.take_all_back() == []
    assert calls.depth() == 3  # a worker throws them away


def test_a_call_that_was_put_in_twice_is_taken_back_whole(connected: As) -> None:
    """Its client puts it in again when it has waited for the answer in vain."""
    client = connected(Role.API)
    calls = CallQueue(client)
    twice, other = calls.put(CALL), calls.put(CALL)
    client.rpush(CALLS_LIST, twice)
    assert calls.take_back([twice]) == {twice}
    assert (calls.lying([twice, other]), calls.depth()) == ([other], 1)


def test_a_report_goes_in_where_the_api_was_not_yet_there(valkey: Valkey, access: Path) -> None:
    """It needs no script, which the api alone may bring along."""
    ReportQueue(connector(valkey.url, access, Role.WORKER)()).report(analysed(CALL))
    assert CallQueue(connector(valkey.url, access, Role.API)()).reports_wait()


COMMANDS: dict[str, tuple[Any, ...]] = {
    "read the settings": ("CONFIG", "GET", "*"),
    "change the settings": ("CONFIG", "SET", "dir", "/tmp"),
    "empty the server": ("FLUSHALL",),
    "empty the database": ("FLUSHDB",),
    "see who may what": ("ACL", "LIST"),
    "make a user": ("ACL", "SETUSER", "mallory", "on", "nopass", "+@all"),
    "run a script": ("EVAL", "return 1", 0),
    "forget the scripts": ("SCRIPT", "FLUSH"),
    "load a module": ("MODULE", "LOAD", "/tmp/evil.so"),
    "load a library": ("FUNCTION", "LOAD", "#!lua name=x"),
    "stop the server": ("SHUTDOWN", "NOSAVE"),
    "become a replica": ("REPLICAOF", "192.0.2.1", "6379"),
    "watch all commands": ("MONITOR",),
    "see the server": ("INFO",),
    "see the clients": ("CLIENT", "LIST"),
    "end a client": ("CLIENT", "KILL", "TYPE", "normal"),
    "debug": ("DEBUG", "SLEEP", "0"),
    "save": ("SAVE",),
    "write elsewhere": ("SET", "elsewhere", "1"),
    "listen": ("SUBSCRIBE", "channel"),
}
OF_WORKERS: dict[str, tuple[Any, ...]] = {
    "see all keys": ("KEYS", "*"),
    "walk the keys": ("SCAN", "0"),
    "load a script": ("SCRIPT", "LOAD", "return 1"),
    "read the reports": ("HGETALL", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}.msgs"),
    "read one report": ("HGET", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}.msgs", "1"),
    "take a report": ("LPOP", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}"),
    "remove a report": ("HDEL", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}.msgs", "1"),
    "see how many reports wait": ("LLEN", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}"),
    "see which reports wait": ("LRANGE", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}", 0, -1),
    "make the reports' list another thing": ("ZADD", f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}", 1, "1"),
    "make up a call": ("HSET", f"{CALLS_NAMESPACE}:{GPU_QUEUE}.msgs", "1", "{}"),
    "remove the queue": ("UNLINK", f"{CALLS_NAMESPACE}:{GPU_QUEUE}"),
    "make the queue look new": ("SET", "vbot:epoch", "another"),
    "see the mark": ("GET", "vbot:epoch"),
    "make up consumers of the reports": ("ZADD", f"{RESULTS_NAMESPACE}:__heartbeats__", 0, "dead"),
}


CASES = [
    pytest.param(role, command, id=f"{role.value} cannot {name}")
    for role in Role
    for name, command in {**COMMANDS, **(OF_WORKERS if role in WORKERS else {})}.items()
]


@pytest.mark.parametrize(("role", "command"), CASES)
def test_nobody_may_do_what_its_work_does_not_need(connected: As, role: Role, command: tuple[Any, ...]) -> None:
    with pytest.raises(redis.ResponseError, match=r"permission|command not allowed"):
        connected(role).execute_command(*command)


@pytest.mark.parametrize("role", WORKERS)
def test_a_worker_chooses_no_database_and_there_is_but_one(connected: As, role: Role) -> None:
    with pytest.raises(redis.ResponseError, match="permission"):
        connected(role).execute_command("SELECT", "0")
    with pytest.raises(redis.ResponseError, match="out of range"):
        connected(Role.API).execute_command("SELECT", "1")


@pytest.mark.parametrize("role", WORKERS)
def test_the_script_that_a_worker_may_run_does_no_more_for_it_than_it_may(connected: As, role: Role) -> None:
    """Dramatiq's script can take any message out of any queue, for whoever may."""
    ReportQueue(connected(role)).report(analysed(CALL))
    broker = reports_broker(connected(role))
    for command in ("fetch", "purge", "qsize"):
        with pytest.raises(redis.ResponseError, match=r"permission|ACL"):
            getattr(broker, f"do_{command}")(RESULTS_QUEUE, 1)
    calls = calls_broker(connected(role))
    for work in (lambda: calls.do_purge(GPU_QUEUE), lambda: calls.do_qsize(GPU_QUEUE)):  # type: ignore[no-untyped-call]
        with pytest.raises(redis.ResponseError, match=r"permission|ACL"):
            work()
    with pytest.raises(redis.ResponseError, match=r"permission|ACL"):
        calls.do_enqueue(GPU_QUEUE, "made-up", b"{}")  # type: ignore[no-untyped-call]


def test_rights_of_another_version_are_told_with_the_way_out(connected: As) -> None:
    calls = CallQueue(connected(Role.WORKER))
    for work in (calls.depth, lambda: calls.lying(["1"])):
        with pytest.raises(Unavailable, match=r"rights of another version.*appliance\.queue\.access --show"):
            work()


def test_without_the_right_password_nobody_is_let_in(valkey: Valkey, access: Path, connected: As) -> None:
    (access / "worker.password").write_text("guessed")
    with pytest.raises(redis.AuthenticationError):
        connected(Role.WORKER).ping()
    (access / "worker.password").unlink()
    with pytest.raises(redis.ConnectionError, match=r"worker\.password"):
        connected(Role.WORKER).ping()


def test_the_data_folders_owner_needs_no_password_on_the_private_socket(valkey: Valkey, access: Path) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        assert client.flushall()
    for file in access.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_under_systemd_nobody_is_let_in_without_one() -> None:
    written = users({Role.API: "a", Role.WORKER: "b"}, owner_needs_none=False).splitlines()
    assert written[0] == "user default off"
    assert not any("nopass" in line or "allkeys" in line or "+@all" in line for line in written)


def test_each_group_reads_its_own_file_and_a_password_stays_as_it_is(tmp_path: Path) -> None:
    folder, group = tmp_path / "queue", grp.getgrgid(os.getegid()).gr_name
    readers = {"api.password": group, "worker.password": group, "users.acl": group}
    share_access(folder, readers)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {"api.password": 0o640, "worker.password": 0o640, "users.acl": 0o640, "joined.password": 0o600}
    before = (folder / "api.password").read_text()

    share_access(folder, readers)

    assert (folder / "api.password").read_text() == before


def test_a_queue_that_somebody_filled_is_emptied_and_is_a_new_one(valkey: Valkey, connected: As) -> None:
    calls, reports = CallQueue(connected(Role.API)), ReportQueue(connected(Role.WORKER))
    with redis.Redis.from_url(valkey.url) as owner:
        owner.config_set("maxmemory", int(owner.info("memory")["used_memory"]) + 4_000_000)
    taken_over = connected(Role.WORKER)
    for size in (20_000, 1_000, 50, 20_000, 1_000, 50):  # to the brim
        with contextlib.suppress(redis.OutOfMemoryError):
            for number in range(100_000):
                taken_over.hset(f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}.msgs", f"{size} {number}", "x" * size)
    for work in (partial(calls.put, CALL), partial(reports.report, analysed(CALL))):
        with pytest.raises(Unavailable, match=r"OOM|maxmemory"):
            work()

    assert not calls.keep_room()

    assert wait_until(calls.keep_room, 60)  # the server frees what it forgot beside its work
    assert calls.epoch() is None, "so all that is not final is queued again"
    calls.put(CALL)
    calls.set_epoch("another")
    reports.report(analysed(CALL))


def test_the_api_puts_no_more_calls_in_where_many_lie(connected: As) -> None:
    calls = CallQueue(connected(Role.API), 2)
    for _ in range(2):
        assert calls.has_room()
        calls.put(CALL)
    assert not calls.has_room()


@pytest.mark.parametrize("rubbish", [None, b"{}"])
def test_whatever_a_worker_puts_there_an_honest_report_goes_in_and_is_taken_out_soon(
    connected: As, rubbish: bytes | None
) -> None:
    """7,000 ids without a message held all others back for minutes."""
    evil, names = connected(Role.WORKER), [str(number) for number in range(7_000)]
    if rubbish is not None:
        names = names[:700]
        evil.hset(f"{REPORTS_LIST}.msgs", mapping=dict.fromkeys(names, rubbish))
    evil.rpush(REPORTS_LIST, *names)
    ReportQueue(connected(Role.JOINED)).report(analysed(CALL))
    thrown_away: list[int] = []
    broker = reports_broker(connected(Role.API))
    broker.on_thrown_away = thrown_away.append

    consumer = broker.consume(RESULTS_QUEUE, prefetch=8)
    found = (next(consumer) for _ in range(3 if rubbish is None else 6))
    (message,) = [one for one in found if one is not None]

    assert json.loads(message.kwargs["body"])["call_id"] == "call-1"
    assert sum(thrown_away) == len(names)
    assert not CallQueue(connected(Role.API)).reports_wait()


def test_made_up_workers_displace_nobody_that_is_known(connected: As) -> None:
    """1,500 of them hid the real one for ever."""
    calls, evil = CallQueue(connected(Role.API)), connected(Role.WORKER)
    ReportQueue(evil).beat(BEAT)
    for number in range(1_500):
        ghost = msgspec.structs.replace(BEAT, worker=f"ghost{number}")
        evil.hset(WORKERS_KEY, ghost.worker, msgspec.json.encode(ghost))
    evil.hset(WORKERS_KEY, "rubbish", "{" * 100_000)

    assert calls.heartbeats(["box/cpu", "box/cuda"]) == {"box/cpu": BEAT}

    padded = msgspec.structs.replace(BEAT, worker="padded")
    evil.hset(WORKERS_KEY, "padded", b" " * LONGEST_HEARTBEAT + msgspec.json.encode(padded))
    assert calls.heartbeats() == {"box/cpu": BEAT}
    assert evil.hget(WORKERS_KEY, "padded") is None
    evil.hset(WORKERS_KEY, "rubbish", "{" * 100_000)
    assert calls.heartbeats() == {"box/cpu": BEAT}
    assert evil.hget(WORKERS_KEY, "rubbish") is None
    calls.forget(["box/cpu"])
    assert calls.heartbeats() == {}


def test_names_that_no_worker_has_are_forgotten_unread_and_told_in_short(
    connected: As, caplog: pytest.LogCaptureFixture
) -> None:
    calls, evil = CallQueue(connected(Role.API)), connected(Role.JOINED)
    ReportQueue(evil).beat(BEAT)
    longest = msgspec.structs.replace(BEAT, worker="\U0001f5a5" * MAX_NAME)
    ReportQueue(evil).beat(longest)
    evil.hset(WORKERS_KEY, b"x" * 10_000_000, b"{}")
    assert calls.heartbeats() == {"box/cpu": BEAT, longest.worker: longest}
    evil.hset(WORKERS_KEY, "y" * LONGEST_NAME_BYTES, b"{}")
    assert calls.heartbeats() == {"box/cpu": BEAT, longest.worker: longest}
    assert connected(Role.API).hlen(WORKERS_KEY) == 2
    assert max(len(message) for message in own_messages(caplog)) < 2 * MAX_NAME
