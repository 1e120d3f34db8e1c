"""What a worker is told where the box gives it no way to the queue."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import redis

from appliance.worker.joining.box import Box
from appliance.worker.joining.queue_tunnel import JoinRefused, TunnelConnection


@pytest.mark.parametrize(
    ("status", "refused", "said"),
    [
        ("401 Unauthorized", True, "vbot token create --role worker"),
        ("429 Too Many Requests", False, "asked again later"),
        ("503 Service Unavailable", False, "503 Service Unavailable"),
    ],
)
def test_a_refused_token_is_to_be_mended_and_all_else_is_asked_again(
    tmp_path: Path, status: str, refused: bool, said: str
) -> None:
    (tmp_path / "token").write_text("a-token\n")
    box = Box("https://box.lan", tmp_path / "token", None)
    here, there = socket.socketpair()
    with here, there:
        there.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        with pytest.raises(redis.ConnectionError, match=said) as error:
            TunnelConnection(box=box, worker="gpu/cuda:0")._switch(here)  # type: ignore[arg-type]
    assert isinstance(error.value, JoinRefused) is refused
