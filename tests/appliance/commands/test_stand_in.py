"""While the api is replaced, whoever posts a call is told when to try again, and the port is free again afterwards."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from appliance.commands.upgrade.standing_in import standing_in
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.support.appliance import free_port
from tests.support.processes import wait_until
from tests.support.recordings import wav

pytestmark = pytest.mark.slow


def test_an_upload_is_answered_with_503_and_when_to_try_again(tmp_path: Path) -> None:
    port = free_port()
    settings = load(None, {"VBOT_LISTEN": f"127.0.0.1:{port}", "VBOT_TLS": "off", "VBOT_DATA_DIR": str(tmp_path)})
    with socket.create_server(("127.0.0.1", port)) as api, standing_in(settings, DataFolder(tmp_path)):
        # As long as the old api is there it is asked.
        with socket.create_connection(("127.0.0.1", port)) as asked:
            answered, _ = api.accept()
            answered.close()
            assert asked.recv(1) == b""
        api.close()

        def answer() -> requests.Response | None:
            try:
                return requests.post(
                    f"http://127.0.0.1:{port}/api/process-call",
                    files={"file": ("call.wav", wav(bytes(3_000_000)), "audio/wav")},
                    timeout=30,
                )
            except requests.ConnectionError:
                return None

        assert wait_until(lambda: answer() is not None, 30)
        said = answer()
        assert said is not None
        assert (said.status_code, said.headers["Retry-After"]) == (503, "5")
        assert said.json() == {"status": "error", "message": "Service unavailable"}
    with socket.create_server(("127.0.0.1", port)):
        pass
