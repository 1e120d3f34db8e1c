"""What `vbot doctor` says of a box whose data folder somebody has just in hand, and with what it is mended then."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

import pytest

from appliance.commands.checks.box import Box
from appliance.commands.checks.database import check_database
from appliance.commands.checks.finding import Doubtful, NotLookedAt, Wrong
from appliance.commands.checks.running_api import RunningApi, await_running_api, check_api, commands
from appliance.process.lock_holder import UNKNOWN, this_process
from appliance.settings import Settings
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import owner_lock

HOLDS = """
import sys
from pathlib import Path
from appliance.process.lock_holder import this_process
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import owner_lock, supervisor_lock
folder = DataFolder(Path(sys.argv[1]))
up, api = supervisor_lock(folder), owner_lock(folder)
assert up.take(this_process("vbot up")) and api.take(this_process("vbot api", supervised=True))
database = Database.open(folder.database)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(folder: DataFolder, log: Path) -> Iterator[subprocess.Popen[str]]:
    """By a `vbot up` whose api has opened the database and does not answer yet."""
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(folder.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n", log.read_text()
            yield process
        finally:
            process.kill()


def a_box(folder: DataFolder, *components: tuple[str, str, str], worker: str = "ready") -> Box:
    told = [{"name": name, "state": state, "reason": reason} for name, state, reason in components]
    system = {"components": told, "workers": [{"state": worker}], "deliveries": {"disabled_endpoints": []}}
    return Box(Settings(data_dir=folder.root), folder, RunningApi(system if components else None))


@pytest.mark.slow
def test_an_api_that_is_starting_and_its_database_are_no_fault_of_each_other(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.open(folder.database).close()
    with held(folder, tmp_path / "up.log") as process:
        with pytest.raises(
            NotLookedAt, match=rf"in the hands of `vbot up` \(pid {process.pid}\), whose api is starting"
        ):
            check_database(a_box(folder))
        loading = ("worker", "warning", "a is still loading, since 5 s")
        shown = commands(a_box(folder, loading, worker="loading"))["worker"]
        assert shown == f"tail -n 20 {tmp_path / 'up.log'}"
        again = commands(a_box(folder, ("queue", "failed", "the queue is not reachable")))["queue"]
        assert again == f"kill {process.pid} && tail --pid={process.pid} -f /dev/null && vbot up"
        with_others = replace(a_box(folder), differing=("listen (0.0.0.0:8443 here, 127.0.0.1:9000 there)",))
        assert with_others.restart("vbot-valkey") == shown  # started from here it would listen elsewhere
        monkeypatch.setattr("os.geteuid", lambda: 4711)
        assert a_box(folder).restart("vbot-valkey") == shown  # who started it does so again
        monkeypatch.undo()
    assert commands(a_box(folder, loading))["queue"] == "vbot up"


def test_who_has_the_folder_and_is_no_api_is_not_ended(folder: DataFolder) -> None:
    lock = owner_lock(folder)
    assert lock.take(this_process("vbot restore"))
    try:
        box = a_box(folder, ("queue", "failed", "the queue is not reachable"))
        assert str(os.getpid()) in box.restart("vbot-valkey")
        assert "kill" not in box.restart("vbot-valkey")
    finally:
        lock.release()


def test_who_could_not_say_who_he_is_may_be_an_api_and_is_looked_for(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`vbot up` that is started on a full disk cannot write into its lock."""
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr("appliance.commands.checks.running_api.STARTING_SECONDS", 1.0)
    Database.open(folder.database).close()
    lock = owner_lock(folder)
    assert lock.take(UNKNOWN)
    try:
        box = a_box(folder, ("queue", "failed", "the queue is not reachable"))
        began = time.monotonic()
        assert await_running_api(folder) == RunningApi()
        assert time.monotonic() - began >= 1.0  # one may come
        with pytest.raises(Doubtful, match="another process has the data folder, and no api answers yet") as found:
            check_api(replace(box, api=RunningApi()))
        assert str(found.value).endswith("it could not write down who it is, as on a full disk")
        for command in (str(found.value.command), commands(box)["queue"], commands(box)["worker"]):
            shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
            assert (shown.returncode, shown.stderr) == (0, ""), command
            assert re.search(rf"(?m)^ *{os.getpid()} .*/run/api\.lock$", shown.stdout), shown.stdout
    finally:
        lock.release()


def test_a_full_disk_is_mended_by_what_shows_who_fills_it(folder: DataFolder) -> None:
    Database.open(folder.database).close()
    full = ("disk", "failed", "0.0 GB of 0.1 GB are free, less than the floor of 0.2 GB.")
    refused = ("database", "failed", "No call can be stored: less than 200 MB are free on the disk.")
    with pytest.raises(Wrong, match="less than 200 MB") as found:
        check_database(a_box(folder, refused, full))
    assert str(found.value.command).endswith(f"du -xh --max-depth=2 {folder.root}")


class Answers(BaseHTTPRequestHandler):
    """As an api that has come up, and at first has not heard yet of the queue."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        queue = [{"name": "queue", "state": "failed", "reason": "The queue does not answer."}]
        body = json.dumps({"components": queue if self.asked < 3 else []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local"

    def log_message(self, *_: object) -> None: ...


def test_an_api_that_is_just_starting_is_waited_for(folder: DataFolder) -> None:
    lock = owner_lock(folder)
    assert lock.take(this_process("vbot api"))
    servers: list[UnixStreamServer] = []

    def come() -> None:
        folder.api_socket.parent.mkdir(exist_ok=True)
        servers.append(UnixStreamServer(str(folder.api_socket), Answers))
        servers[0].serve_forever()

    timer = threading.Timer(0.5, come)
    timer.start()
    try:
        assert await_running_api(folder).system == {"components": []}
    finally:
        timer.cancel()
        for server in servers:
            server.shutdown()
            server.server_close()
        lock.release()
    assert await_running_api(folder) == RunningApi()  # nobody starts one: nothing is waited for
