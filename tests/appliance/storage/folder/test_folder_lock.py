"""One api and one `vbot up` at a time on a data folder; who comes too late is told who was first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from appliance.errors import ConfigurationError
from appliance.process.lock_holder import UNKNOWN, LockHolder, own_unit, this_process, unit_of
from appliance.storage.folder import folder_lock
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import (
    RETRY_EVERY_SECONDS,
    RETRY_SECONDS,
    FolderLock,
    folder_holder,
    hold_as_owner,
    hold_as_supervisor,
    owner_lock,
    supervisor_lock,
)

# Each starts processes.
pytestmark = pytest.mark.slow

HOLDS = """
import sys, time
from pathlib import Path
from appliance.storage.folder import folder_lock
from appliance.storage.folder.data_folder import DataFolder
lock = getattr(folder_lock, sys.argv[1])(DataFolder(Path(sys.argv[2])), *sys.argv[3:])
print("held", flush=True)
sys.stdin.read()
"""
UNIT = LockHolder(pid=812, command="vbot api", unit="vbot-api.service")


@contextmanager
def another(folder: DataFolder, how: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds it; ends with the test."""
    command = [sys.executable, "-c", HOLDS, how, str(folder.root), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_two_owners_of_a_folder_are_one_too_many(folder: DataFolder) -> None:
    with another(folder, "hold_as_owner", "vbot api") as first:
        with pytest.raises(ConfigurationError) as refused:
            hold_as_owner(folder, "vbot api")
        assert str(refused.value) == f"{folder.root} is in use by `vbot api` (pid {first.pid}): stop it first"
        assert folder_holder(folder) == LockHolder(pid=first.pid, command="vbot api")


def test_up_does_not_begin_beside_an_api_that_it_has_not_started(folder: DataFolder) -> None:
    with another(folder, "hold_as_owner", "vbot api") as first:
        began = time.monotonic()
        with pytest.raises(ConfigurationError, match=rf"is in use by `vbot api` \(pid {first.pid}\)"):
            hold_as_supervisor(folder)
        assert time.monotonic() - began < 200  # not as long as one waits for an orphan
        assert supervisor_lock(folder).holder() is None  # it does not keep others out for nothing


@pytest.mark.parametrize("second", ["up", "api"])
def test_beside_an_up_begins_neither_another_nor_a_foreign_api(folder: DataFolder, second: str) -> None:
    with another(folder, "hold_as_supervisor") as first:
        with pytest.raises(ConfigurationError, match=rf"is in use by `vbot up` \(pid {first.pid}\): stop it first"):
            hold_as_supervisor(folder) if second == "up" else hold_as_owner(folder, "vbot api")
        assert folder_holder(folder) == LockHolder(pid=first.pid, command="vbot up")


def test_the_api_that_an_up_started_gets_in_and_is_known_as_its(folder: DataFolder) -> None:
    up = hold_as_supervisor(folder)
    try:
        with another(folder, "hold_as_owner", "vbot api") as api:  # our child
            assert owner_lock(folder).holder() == LockHolder(pid=api.pid, command="vbot api", supervised=True)
    finally:
        up.release()


def test_an_up_that_was_killed_is_followed_by_the_next_as_soon_as_its_api_has_ended(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder_lock.ORPHANS_STOP_SECONDS >= 15, "as published"
    monkeypatch.setattr(folder_lock, "ORPHANS_STOP_SECONDS", 120.0)  # however busy the machine is
    up = hold_as_supervisor(folder)
    with another(folder, "hold_as_owner", "vbot api") as orphan:
        up.release()  # killed; what it started stops in order
        killer = subprocess.Popen(["sh", "-c", f"sleep 2; kill -9 {orphan.pid}"])
        heir = hold_as_supervisor(folder)
        assert orphan.wait(60) == -signal.SIGKILL
        heir.release()
        killer.wait(60)


@pytest.mark.parametrize("how", ["hold_as_owner", "hold_as_supervisor"])
def test_a_lock_ends_with_its_process_and_the_next_one_gets_it_at_once(
    folder: DataFolder, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert FolderLock.take.__defaults__ == (RETRY_SECONDS,)
    assert RETRY_SECONDS > RETRY_EVERY_SECONDS, "it is tried again"
    monkeypatch.setattr(FolderLock.take, "__defaults__", (60.0,))  # a busy machine is late to end who was killed
    for _ in range(5):
        with another(folder, how, *(["vbot api"] if how == "hold_as_owner" else [])) as process:
            process.kill()  # and not waited for
            lock = hold_as_owner(folder, "vbot api") if how == "hold_as_owner" else hold_as_supervisor(folder)
            lock.release()


def test_what_a_dead_one_wrote_means_nothing(folder: DataFolder) -> None:
    owner_lock(folder).take(UNIT)
    lock = owner_lock(folder)
    path = folder.root / "run" / "api.lock"
    path.unlink()
    path.write_bytes(msgspec.json.encode(UNIT))
    assert owner_lock(folder).holder() is None
    assert lock.take(this_process("vbot api"))
    assert owner_lock(folder).holder() == this_process("vbot api")
    lock.release()


@pytest.mark.parametrize(
    ("holder", "said"),
    [
        (UNIT, "vbot-api.service (pid 812): systemctl stop vbot.target"),
        (
            LockHolder(pid=9, command="vbot up", unit="phone.service"),
            "phone.service (pid 9): systemctl stop phone.service",
        ),
        (LockHolder(pid=9, command="vbot up"), "`vbot up` (pid 9): stop it first"),
        (UNKNOWN, "another process: stop it first"),
    ],
)
def test_the_one_who_is_refused_says_who_has_it_and_what_stops_it(
    folder: DataFolder, holder: LockHolder, said: str
) -> None:
    first = owner_lock(folder)
    assert first.take(holder)
    with pytest.raises(ConfigurationError) as refused:
        hold_as_supervisor(folder)
    assert str(refused.value) == f"{folder.root} is in use by {said}"
    first.release()


def test_a_lock_file_that_cannot_be_read_still_locks(folder: DataFolder) -> None:
    first = owner_lock(folder)
    assert first.take(this_process("vbot api"))
    (folder.root / "run" / "api.lock").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="is in use by another process"):
        hold_as_owner(folder, "vbot api")
    first.release()


def test_a_place_where_no_lock_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"cannot open .*file/run/api.lock: Not a directory"):
        owner_lock(DataFolder(tmp_path / "file")).take(UNIT)


def test_looking_makes_no_file(folder: DataFolder) -> None:
    assert folder_holder(folder) is None
    assert not list((folder.root / "run").iterdir())


def test_the_file_is_its_owners_alone(folder: DataFolder) -> None:
    before = os.umask(0)
    try:
        lock = owner_lock(folder)
        lock.take(UNIT)
        lock.release()
    finally:
        os.umask(before)
    assert (folder.root / "run" / "api.lock").stat().st_mode & 0o777 == 0o600
    assert isinstance(lock, FolderLock)


# -- which unit a process is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/vbot-api.service\n", "vbot-api.service"),
        (
            "0::/system.slice/system-vbot\\x2dworker.slice/vbot-worker@cuda:0.service\n",
            "vbot-worker@cuda:0.service",
        ),
        ("12:pids:/x\n1:name=systemd:/system.slice/vbot-api.service\n0::/\n", "vbot-api.service"),
        ("9:name=systemd:/\n8:pids:/\n0::/payload/system.slice/vbot-api.service\n", "vbot-api.service"),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", ""),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope\n", ""),
        ("0::/\n", ""),
        ("", ""),
    ],
)
def test_the_service_of_a_process_is_known_by_its_control_group(tmp_path: Path, cgroup: str, unit: str) -> None:
    (tmp_path / "812").mkdir()
    (tmp_path / "812" / "cgroup").write_text(cgroup)
    assert unit_of(812, tmp_path) == unit
    assert unit_of(813, tmp_path) == ""


def test_who_was_not_started_by_systemd_itself_is_no_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid() + 1))  # of the shell, say, or the cron that started us
    assert own_unit() == ""
    monkeypatch.delenv("SYSTEMD_EXEC_PID")
    assert own_unit() == ""
