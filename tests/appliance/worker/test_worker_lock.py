"""One worker of a name on a queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from appliance.errors import ConfigurationError, Unavailable
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.worker.worker_lock import LISTEN_SECONDS, check_elsewhere, hold_worker_name, machine
from tests.support.parts import heartbeat

URL, NAME = "unix:///run/queue.sock", "box/cpu"
HOLDS = """
import sys
from appliance.worker.worker_lock import hold_worker_name
lock = hold_worker_name(*sys.argv[1:])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another(url: str = URL, name: str = NAME) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDS, url, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """A queue of this test's own: the names are this machine's."""
    return f"{URL}?{os.getpid()}-{request.node.name}"


def test_a_second_one_of_the_same_name_is_told_who_was_first(url: str) -> None:
    with another(url) as first:
        with pytest.raises(ConfigurationError) as refused:
            hold_worker_name(url, NAME, seconds=0.2)
        said = f"worker box/cpu runs already (pid {first.pid}): there is one for each device"
        assert str(refused.value) == said


def test_another_device_and_another_queue_are_others(url: str) -> None:
    with another(url), hold_worker_name(url, "box/cuda:0", 0), hold_worker_name(f"{url}x", NAME, 0):
        pass


def test_the_name_is_free_as_soon_as_its_worker_is_gone_however_it_went(url: str) -> None:
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        with another(url) as process:
            process.send_signal(number)  # and not waited for
            hold_worker_name(url, NAME).close()


def test_a_stopped_one_is_waited_for_while_it_hands_back(url: str) -> None:
    with another(url) as leaving:
        ends = subprocess.Popen(["sh", "-c", f"sleep 1; kill -9 {leaving.pid}"])
        hold_worker_name(url, NAME).close()
        ends.wait(10)


# -- on another machine --------------------------------------------------------------------------------------------


class Queue:
    """What is left of a worker of our name, now and after a while."""

    def __init__(self, *left: WorkerHeartbeat | None) -> None:
        self._left = list(left)
        self.waited = 0.0

    def last_heartbeat(self) -> WorkerHeartbeat | None:
        return self._left.pop(0)

    def sleep(self, seconds: float) -> None:
        self.waited += seconds

    def check(self) -> None:
        check_elsewhere(NAME, self.last_heartbeat, self.sleep)


def beat(number: int, boot: str = "its life", **changes: object) -> WorkerHeartbeat:
    return msgspec.structs.replace(heartbeat(number, worker=NAME, boot=boot)[NAME], machine="elsewhere", **changes)


def test_one_that_goes_on_beating_elsewhere_keeps_us_out() -> None:
    queue = Queue(beat(7), beat(9))
    with pytest.raises(ConfigurationError, match="a worker box/cpu runs already, on another machine of the same name"):
        queue.check()
    assert queue.waited == LISTEN_SECONDS


@pytest.mark.parametrize("after", [beat(7), None])
def test_one_that_died_elsewhere_does_not(after: WorkerHeartbeat | None) -> None:
    Queue(beat(7), after).check()


@pytest.mark.parametrize("left", [None, beat(7, ended=True)])
def test_where_nobody_is_left_nothing_is_waited_for(left: WorkerHeartbeat | None) -> None:
    queue = Queue(left)
    queue.check()
    assert queue.waited == 0


def test_one_that_died_on_this_machine_is_not_waited_for_since_we_hold_its_name() -> None:
    queue = Queue(msgspec.structs.replace(beat(7), machine=machine()))
    queue.check()
    assert queue.waited == 0


def test_without_a_queue_nobody_is_there() -> None:
    def unreachable() -> WorkerHeartbeat | None:
        raise Unavailable("no queue")

    check_elsewhere(NAME, unreachable, lambda _: None)


def test_a_machine_is_known_from_its_next_life() -> None:
    assert machine() == machine() != ""
