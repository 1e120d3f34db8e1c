"""One worker of a name on a queue."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from appliance.errors import ConfigurationError, Unavailable
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.storage.folder.data_folder import DataFolder
from appliance.worker.process import HAND_BACK_SECONDS
from appliance.worker.worker_lock import (
    LISTEN_SECONDS,
    RETRY_SECONDS,
    check_elsewhere,
    hold_worker_name,
    lock_folder,
)
from tests.support.parts import heartbeat

URL, NAME = "unix:///run/queue.sock", "box/cpu"
HOLDS = """
import sys
from pathlib import Path
from appliance.worker.worker_lock import hold_worker_name
lock = hold_worker_name(Path(sys.argv[1]), *sys.argv[2:])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another(folder: Path, url: str = URL, name: str = NAME) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDS, str(folder), url, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_one_of_the_same_name_is_told_who_was_first(tmp_path: Path) -> None:
    with another(tmp_path) as first:
        with pytest.raises(ConfigurationError) as refused:
            hold_worker_name(tmp_path, URL, NAME, seconds=0.2)
        said = f"worker box/cpu runs already (pid {first.pid}): there is one for each device"
        assert str(refused.value) == said


def test_another_device_and_another_queue_are_others(tmp_path: Path) -> None:
    with another(tmp_path):
        for url, name in ((URL, "box/cuda:0"), (f"{URL}x", NAME)):
            hold_worker_name(tmp_path, url, name, 0).release()


def test_the_name_is_free_as_soon_as_its_worker_is_gone_however_it_went(tmp_path: Path) -> None:
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        with another(tmp_path) as process:
            process.send_signal(number)  # and not waited for
            hold_worker_name(tmp_path, URL, NAME, seconds=120).release()


@pytest.mark.slow
def test_a_stopped_one_is_waited_for_while_it_hands_back(tmp_path: Path) -> None:
    with another(tmp_path) as leaving:
        ends = subprocess.Popen(["sh", "-c", f"sleep 1; kill -9 {leaving.pid}"])
        hold_worker_name(tmp_path, URL, NAME, seconds=120).release()  # however busy the machine is
        ends.wait(60)
    assert hold_worker_name.__defaults__ == (RETRY_SECONDS,)
    assert RETRY_SECONDS > HAND_BACK_SECONDS


# -- where nobody else can hold it -----------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a worker that cannot look into the data folder has its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / "state" / "vbot"


def test_it_lies_in_the_data_folder_of_whoever_owns_that(home: Path, folder: DataFolder) -> None:
    assert lock_folder(folder.root) == folder.root / "run"


def test_it_lies_in_the_units_folder_where_there_is_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{tmp_path / 'runtime'}:{tmp_path / 'another'}")
    assert lock_folder(tmp_path / "none") == tmp_path / "runtime"


def test_a_joined_one_has_it_at_home_and_nobody_else_can_write_there(home: Path, tmp_path: Path) -> None:
    assert lock_folder(tmp_path / "none") == home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_folder_that_others_can_write_to_or_own_is_not_taken(home: Path, tmp_path: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o777)
    assert lock_folder(tmp_path / "none") == tmp_path / f"vbot-{os.geteuid()}"
    (tmp_path / f"vbot-{os.geteuid()}").chmod(0o770)
    with pytest.raises(ConfigurationError, match="set XDG_STATE_HOME"):
        lock_folder(tmp_path / "none")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_cannot_hold_the_name(home: Path, tmp_path: Path) -> None:
    """He knows how it is computed, and is there first."""
    for open_to_all in (tmp_path, tmp_path.parent):
        open_to_all.chmod(0o755)
    hold_worker_name(lock_folder(tmp_path / "none"), URL, NAME).release()
    (lock,) = home.iterdir()
    squatting = ["sh", "-c", 'exec 9<>"$1"; flock 9; echo held; exec sleep 60', "-", str(lock)]
    with subprocess.Popen(squatting, user=65534, group=65534, extra_groups=[], stdout=subprocess.PIPE) as squatter:
        assert squatter.stdout is not None
        said = squatter.stdout.readline()
        try:
            hold_worker_name(lock_folder(tmp_path / "none"), URL, NAME, seconds=0).release()
        finally:
            squatter.kill()
    assert said == b""


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
        check_elsewhere(NAME, "here", self.last_heartbeat, self.sleep)


def beat(number: int, boot: str = "its life", **changes: object) -> WorkerHeartbeat:
    return msgspec.structs.replace(heartbeat(number, worker=NAME, boot=boot)[NAME], machine="elsewhere", **changes)


def test_one_that_goes_on_beating_elsewhere_keeps_us_out() -> None:
    queue = Queue(beat(7), beat(9))
    with pytest.raises(
        ConfigurationError, match="a worker box/cpu runs already, as another user or on another machine"
    ):
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
    queue = Queue(msgspec.structs.replace(beat(7), machine="here"))
    queue.check()
    assert queue.waited == 0


def test_without_a_queue_nobody_is_there() -> None:
    def unreachable() -> WorkerHeartbeat | None:
        raise Unavailable("no queue")

    check_elsewhere(NAME, "here", unreachable, lambda _: None)


def test_where_the_lock_reaches_is_the_same_for_the_next_one_and_another_for_another_user(tmp_path: Path) -> None:
    places = [tmp_path / "one", tmp_path / "one", tmp_path / "another's"]
    held = []
    for place in places:
        name = hold_worker_name(place, URL, NAME)
        name.release()
        held.append(name.machine)
    assert held[0] == held[1] != ""
    assert held[2] != held[0]
