"""How often in a row a worker died while it loaded: known from what each life leaves in the queue."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.messages.queue_names import WORKERS_KEY
from appliance.process.exit_reason import KILLED
from appliance.queue.broker import CallQueue, connect
from appliance.queue.report_queue import ReportQueue
from appliance.worker.broker import CallsInHand
from appliance.worker.consumer import CallConsumer
from appliance.worker.failed_starts import FailedStarts
from appliance.worker.recording_fetch import RecordingFetcher
from tests.appliance.worker.test_consumer import Engine
from tests.support.valkey import Valkey


def worker(valkey: Valkey) -> CallConsumer:
    """A new life of the same worker."""
    queue = ReportQueue(connect(valkey.url))
    return CallConsumer("box/cpu", queue, RecordingFetcher("http://127.0.0.1:1"), "auto", "test", CallsInHand())


def left(valkey: Valkey) -> WorkerHeartbeat:
    return CallQueue(connect(valkey.url)).heartbeats()["box/cpu"]


def counted(valkey: Valkey) -> tuple[int, str]:
    return left(valkey).deaths_while_loading, left(valkey).last_error


def test_each_life_that_dies_while_loading_counts_one_more_and_tells_its_reason(valkey: Valkey) -> None:
    for number, reason in enumerate(("no memory", "no device"), start=1):
        life = worker(valkey)
        life.beat()
        assert counted(valkey)[0] == number - 1
        life.end(reason)
        assert counted(valkey) == (number, reason)
        life.beat()  # too late: it has ended
        assert left(valkey).ended

    worker(valkey).beat()
    assert counted(valkey) == (2, "no device")
    assert not left(valkey).ended


def test_a_life_that_left_no_reason_was_killed(valkey: Valkey) -> None:
    worker(valkey).beat()
    worker(valkey).beat()
    assert counted(valkey) == (1, KILLED)


def test_who_was_ready_has_loaded_however_it_ends(valkey: Valkey) -> None:
    worker(valkey).end("no memory")
    life = worker(valkey)
    life.beat()
    life.ready(Engine())
    assert counted(valkey) == (0, "")

    worker(valkey).beat()
    assert counted(valkey) == (0, "")


def test_what_a_worker_that_was_ready_lacked_is_not_told_by_its_next_life(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = worker(valkey)
    with monkeypatch.context() as full:
        full.setattr(RecordingFetcher, "obstacle", "/var/tmp has no room for a recording of 900 MB")
        life.ready(Engine())
        life.beat()
    assert counted(valkey) == (0, "/var/tmp has no room for a recording of 900 MB")
    worker(valkey).beat()
    assert counted(valkey) == (0, "")


def test_who_is_stopped_while_loading_has_not_died(valkey: Valkey) -> None:
    life = worker(valkey)
    life.beat()
    life.hand_back()
    life.beat()  # the thread that beats was about to
    assert CallQueue(connect(valkey.url)).heartbeats() == {}

    worker(valkey).beat()
    assert counted(valkey) == (0, "")


def test_a_queue_that_is_reached_later_is_asked_then(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "late")
    life = worker(valkey)
    life.beat()
    with valkey:
        worker(valkey).end("no memory")
        life.beat()
        assert counted(valkey) == (1, "no memory")


def test_a_queue_that_is_not_there_keeps_nobody_from_dying(tmp_path: Path) -> None:
    worker(Valkey(tmp_path / "none")).end("no memory")


def test_a_heartbeat_of_a_version_that_counted_nothing_is_understood(valkey: Valkey) -> None:
    worker(valkey).beat()
    fields = msgspec.to_builtins(left(valkey))
    for name in ("deaths_while_loading", "last_error", "ended"):
        del fields[name]
    connect(valkey.url).hset(WORKERS_KEY, "box/cpu", msgspec.json.encode(fields))

    assert counted(valkey) == (0, "")
    assert FailedStarts.known_from(left(valkey)) == FailedStarts(1, KILLED)


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff"])
def test_what_is_no_heartbeat_tells_nothing(valkey: Valkey, rubbish: bytes) -> None:
    connect(valkey.url).hset(WORKERS_KEY, "box/cpu", rubbish)
    worker(valkey).beat()
    assert counted(valkey) == (0, "")
