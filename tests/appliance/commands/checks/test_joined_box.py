"""What `vbot doctor` says on a machine that is no box, and has workers for one."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.commands.checks import units
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Wrong
from appliance.commands.checks.joined_box import ask_joined_box
from appliance.commands.checks.units import UnitState, findings, works_for_another
from appliance.commands.doctor import _checks_of
from appliance.services.access.certificate import create_certificate, read_certificate
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from appliance.worker.joining import queue_tunnel

TARGET_IS_OFF = UnitState("vbot.target", active_state="inactive", load_state="loaded", file_state="disabled")
WORKER = UnitState("vbot-worker-join@cpu.service", active_state="active", load_state="loaded", file_state="enabled")


class Joined:
    """A machine with one worker, and what answers under the address of its box."""

    def __init__(self, folder: Path) -> None:
        self.env, self.token = folder / "join.env", folder / "join.token"
        self.token.write_text("a-token\n")
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        create_certificate(self.certificate, self.key, datetime.now(UTC))
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listening.getsockname()[1]}"
        self.box = Box(load(None, {"VBOT_DATA_DIR": str(folder)}), DataFolder(folder), units=(TARGET_IS_OFF, WORKER))
        self.knows(read_certificate(self.certificate).fingerprint_sha256)

    def knows(self, fingerprint: str) -> None:
        self.env.write_text(f"VBOT_API_URL={self.url}\nVBOT_API_FINGERPRINT={fingerprint}\n")

    def answers(self, reply: bytes) -> None:
        """To everybody, until the socket is closed."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)

        def serve() -> None:
            while True:
                try:
                    with context.wrap_socket(self.listening.accept()[0], server_side=True) as one:
                        one.recv(4096)
                        one.sendall(reply)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()

    def ask(self) -> str:
        return ask_joined_box(self.box, self.env, self.token)


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Joined]:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    machine = Joined(tmp_path)
    monkeypatch.setattr(units, "JOIN_ENV", machine.env)
    monkeypatch.setattr(queue_tunnel, "SOCKET_TIMEOUT_SECONDS", 60.0)
    yield machine
    machine.listening.close()


def test_its_api_is_not_missed_and_its_target_is_off_for_good(joined: Joined) -> None:
    assert [one.reason for one in findings(joined.box.units, ()) if "vbot.target" in one.reason] == []
    names = [check.name for check in _checks_of(joined.box)]
    assert "join" in names
    assert "api" not in names
    joined.env.unlink()  # a box whose target somebody has switched off
    assert not works_for_another(joined.box.units)
    assert [one.reason for one in findings(joined.box.units, ())] == ["vbot.target: it is not started with the machine"]
    assert "api" in [check.name for check in _checks_of(joined.box)]


def test_a_token_that_the_box_does_not_know_is_told(joined: Joined) -> None:
    joined.answers(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(Wrong, match="does not accept the joining token"):
        joined.ask()


def test_another_fingerprint_is_told(joined: Joined) -> None:
    joined.answers(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    joined.knows("ab" * 32)
    with pytest.raises(Wrong, match="shows another key than the expected one"):
        joined.ask()


def test_a_box_that_is_not_there_and_a_worker_that_does_not_run_are_told(joined: Joined) -> None:
    joined.listening.close()
    with pytest.raises(Wrong, match=joined.url):
        joined.ask()
    joined.box = Box(joined.box.settings, joined.box.folder, units=(TARGET_IS_OFF,))
    with pytest.raises(Wrong, match="no worker for another box runs") as told:
        joined.ask()
    assert told.value.command == "systemctl enable --now vbot-worker-join@cpu"
