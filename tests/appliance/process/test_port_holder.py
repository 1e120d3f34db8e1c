"""Which program listens on a port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.process.port_holder import port_holder
from tests.support.appliance import free_port
from tests.support.ipv6 import has_ipv6
from tests.support.processes import wait_until

LISTENS = """
import socket, sys, time
address = sys.argv[1]
listening = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
listening.bind((address, 0))
listening.listen()
print(listening.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("address", ["127.0.0.1", *(["::1", "::"] if has_ipv6() else [])])
def test_the_program_and_its_number_are_named_and_nothing_of_its_arguments(address: str) -> None:
    with subprocess.Popen([sys.executable, "-c", LISTENS, address], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        try:
            assert port_holder(port) == f"{Path(sys.executable).name} (pid {other.pid})"
        finally:
            other.kill()


def test_one_of_ours_is_named_by_its_title() -> None:
    code = f"import setproctitle; setproctitle.setproctitle('vbot api'){LISTENS}"
    with subprocess.Popen([sys.executable, "-c", code, "127.0.0.1"], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        try:
            assert wait_until(lambda: port_holder(port) == f"vbot api (pid {other.pid})", 60)
        finally:
            other.kill()


def test_a_port_that_is_only_connected_to_or_free_has_no_holder() -> None:
    assert port_holder(free_port()) is None
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert port_holder(client.getsockname()[1]) is None
        holder = port_holder(server.getsockname()[1])
        # By which name depends on who runs the tests: pytest-xdist shows the test's as its process's title.
        assert holder is not None
        assert holder.endswith(f" (pid {os.getpid()})")


def test_where_nothing_may_be_seen_nothing_is_known(tmp_path: Path) -> None:
    assert port_holder(8443, tmp_path) is None
