"""While the api is replaced, whoever posts a call is told when to try again, and the port is free again afterwards."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import requests

from appliance.commands.upgrade.standing_in import standing_in
from appliance.settings import Settings, load
from appliance.storage.folder.data_folder import DataFolder
from tests.support.appliance import free_port
from tests.support.ipv6 import needs_ipv6
from tests.support.processes import wait_until
from tests.support.recordings import wav

pytestmark = pytest.mark.slow

NOBODY = 65534
# As the unit starts it, with systemd/README.md's drop-in.
PORT = "-all,+net_bind_service"
AS_HIS_API = [
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *(f"--inh-caps={PORT}", f"--ambient-caps={PORT}", "/usr/bin/python3", "-c"),
]
LISTENS = """
import os, socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1])), reuse_port=True):
    print(os.getuid(), "listens")
"""


def listening_on(port: int, data_dir: Path) -> Settings:
    return load(None, {"VBOT_LISTEN": f"127.0.0.1:{port}", "VBOT_TLS": "off", "VBOT_DATA_DIR": str(data_dir)})


def listens(port: int, host: str = "127.0.0.1") -> bool:
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection((host, port)):
        return True
    return False


def test_an_upload_is_answered_with_503_and_when_to_try_again(tmp_path: Path) -> None:
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)) as api,
        standing_in(listening_on(port, tmp_path), DataFolder(tmp_path)),
    ):
        # As long as the old api is there it is asked.
        with socket.create_connection(("127.0.0.1", port)) as asked:
            answered, _ = api.accept()
            answered.close()
            assert asked.recv(1) == b""
        api.close()
        assert wait_until(lambda: listens(port), 60)
        said = requests.post(
            f"http://127.0.0.1:{port}/api/process-call",
            files={"file": ("call.wav", wav(bytes(3_000_000)), "audio/wav")},
            timeout=60,
        )
        assert (said.status_code, said.headers["Retry-After"]) == (503, "5")
        assert said.json() == {"status": "error", "message": "Service unavailable"}
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_who_sends_over_a_slow_line_reads_the_answer_as_well(tmp_path: Path) -> None:
    port = free_port()
    with standing_in(listening_on(port, tmp_path), DataFolder(tmp_path)):
        assert wait_until(lambda: listens(port), 60)
        with socket.create_connection(("127.0.0.1", port), 60) as line:
            line.sendall(b"POST /api/process-call HTTP/1.1\r\nHost: box\r\nContent-Length: 1000000\r\n\r\n")
            for _ in range(4):  # a reset would end this; two pieces follow after 2 s, of which the first only causes it
                time.sleep(0.7)
                line.sendall(bytes(1000))
            assert line.recv(4096).startswith(b"HTTP/1.1 503 ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else's folder in its hands")
def test_it_takes_a_port_below_1024_as_the_folders_owner_and_leaves_room_for_his_api_there() -> None:
    """Where a drop-in gives the api the capability for it; both have to be one user's to listen side by side."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    os.chown(folder, NOBODY, NOBODY)
    port = port_below_1024()
    try:
        with standing_in(listening_on(port, folder), DataFolder(folder)):
            assert wait_until(lambda: listens(port), 60)
            said = requests.get(f"http://127.0.0.1:{port}/api/system", timeout=60)
            assert (said.status_code, said.headers["Retry-After"]) == (503, "5")
            api = subprocess.run([*AS_HIS_API, LISTENS, str(port)], capture_output=True, text=True, check=False)
            assert (api.stdout, api.stderr) == (f"{NOBODY} listens\n", "")
    finally:
        folder.rmdir()


def port_below_1024() -> int:
    for port in range(1023, 600, -1):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.skip("no port below 1024 is free")


@needs_ipv6
def test_it_stands_in_for_ipv6_and_ipv4_where_the_api_does(tmp_path: Path) -> None:
    port = free_port()
    settings = load(None, {"VBOT_LISTEN": f"[::]:{port}", "VBOT_TLS": "off", "VBOT_DATA_DIR": str(tmp_path)})
    with standing_in(settings, DataFolder(tmp_path)):
        assert wait_until(lambda: listens(port), 60)
        assert wait_until(lambda: listens(port, "::1"), 60)
