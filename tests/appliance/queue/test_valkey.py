"""The queue's server as systemd starts it: `python -m appliance.queue.valkey SOCKET`."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from appliance.messages.bounds import MAX_MESSAGE_BYTES
from tests.support.processes import wait_until


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "valkey.sock"
    path.write_text("left by one that was killed")
    command = [sys.executable, "-P", "-m", "appliance.queue.valkey", str(path)]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait_until(path.is_socket, 60)
    yield path
    server.terminate()
    assert server.wait(60) == 0


def test_its_socket_is_for_its_owner_and_the_group(socket: Path) -> None:
    assert wait_until(lambda: stat.S_IMODE(socket.stat().st_mode) == 0o660, 60)


def test_it_is_a_queue_and_nothing_else(socket: Path) -> None:
    with redis.Redis(unix_socket_path=str(socket), decode_responses=True) as client:
        assert wait_until(lambda: answers(client), 60)
        wanted = {"port": "0", "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
        found: Any = client.config_get(*wanted)
        assert found == wanted
        bounds: Any = client.config_get("databases", "client-*-limit", "maxmemory-clients")
        mb = 1024 * 1024
        assert (bounds["databases"], bounds["maxmemory-clients"]) == ("1", str(320 * mb))
        assert bounds["client-query-buffer-limit"] == str(160 * mb)
        assert bounds["client-output-buffer-limit"].startswith(f"normal {160 * mb} {80 * mb} 60 ")
        client.set("a", "b")
        # Whoever may reach the queue must not write files through it.
        with pytest.raises(redis.ResponseError, match="protected config"):
            client.config_set("dir", "/")


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_the_largest_report_goes_in_and_comes_out(socket: Path) -> None:
    largest = bytes(MAX_MESSAGE_BYTES)
    with redis.Redis(unix_socket_path=str(socket)) as client:
        assert wait_until(lambda: answers(client), 60)
        with client.pipeline() as pipeline:
            pipeline.hset("reports.msgs", "id", largest)
            pipeline.rpush("reports", "id")
            pipeline.execute()
        assert client.hget("reports.msgs", "id") == largest
