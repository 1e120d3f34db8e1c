"""GET /docs taken at its word: its first steps, pasted into a shell, on an appliance with a certificate of its own."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.appliance import RunningAppliance, free_port, vbot
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


class Reader:
    """Somebody with the page, a shell, an admin token and a recording."""

    def __init__(self, appliance: RunningAppliance, folder: Path) -> None:
        self.folder = folder
        self.appliance = appliance
        self.page = appliance.request("GET", "/docs").text
        # "Put them into ~/.curlrc, one a line and without the dashes."
        (folder / ".curlrc").write_text("cacert vbot.pem\n")

    def sample(self, name: str, *changed: tuple[str, str]) -> str:
        """The sample with this id, with the reader's own values in it."""
        found = re.search(rf'<code id="{name}">(.*?)</code>', self.page, re.DOTALL)
        assert found, name
        text = html.unescape(found[1])
        for shown, own in changed:
            assert shown in text, (name, shown)
            text = text.replace(shown, own)
        return text

    def shell(self, name: str, *changed: tuple[str, str]) -> str:
        """Paste a sample into a shell; what it printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"VBOT={self.appliance.url}\n{self.sample(name, *changed)}"],
            cwd=self.folder,
            env={"HOME": str(self.folder), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("docs")
    appliance = RunningAppliance(folder / "appliance", {"VBOT_TLS": "auto"}, command="api")
    made = vbot("init", data_dir=appliance.data_dir, settings=appliance.settings)
    assert made.returncode == 0, made.stderr
    with appliance:
        made_reader = Reader(appliance, folder)
        made_reader.shell("fetch-certificate")
        yield made_reader


@pytest.fixture(scope="module")
def receiver_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def customer(reader: Reader, receiver_port: int) -> dict[str, Any]:
    """Created as step 2 says, with the reader's own token and address."""
    answer = reader.shell(
        "create-customer",
        ("your_token", reader.appliance.admin_token),
        ("https://crm.example.com/vbot", f"http://127.0.0.1:{receiver_port}/vbot"),
    )
    made: dict[str, Any] = json.loads(answer)
    return made


def test_the_certificate_is_fetched_and_its_fingerprint_is_the_one_that_was_shown(reader: Reader) -> None:
    told = reader.shell("fetch-certificate").strip().partition("=")[2]

    first_boot = (reader.appliance.data_dir / "first-boot.txt").read_text()
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", told)
    assert told in first_boot


def test_the_appliance_is_asked_under_its_certificate(reader: Reader) -> None:
    assert json.loads(reader.shell("health"))["version"]


def test_a_pinned_key_is_accepted_and_another_is_not(reader: Reader) -> None:
    assert json.loads(reader.shell("pin-key"))["version"]
    with pytest.raises(AssertionError, match="pinned"):
        reader.shell("pin-key", ("sha256//$PIN", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))


def test_a_recording_is_sent_and_the_call_is_found(reader: Reader, customer: dict[str, Any]) -> None:
    (reader.folder / "call.wav").write_bytes(silence(0.3))
    changed = [("your_api_key", customer["api_key"]), ("/path/to/call.wav", str(reader.folder / "call.wav"))]
    sent = [json.loads(reader.shell("send-recording", *changed)) for _ in range(2)]
    found = json.loads(reader.shell("look-at-calls", ("your_api_key", customer["api_key"])))

    assert [answer["message"] for answer in sent] == ["Call processing started"] * 2
    assert sent[0]["call_id"] == sent[1]["call_id"]  # as the page promises of the same external_id
    assert [call["call_id"] for call in found["calls"]] == [sent[0]["call_id"]]


@pytest.mark.parametrize(
    ("answers", "works"), [((503, 429, 500, 200), True), ((415,), False), ((401,), False), ((400,), False)]
)
def test_curl_sends_again_what_may_be_accepted_later_and_nothing_else(
    reader: Reader, answers: tuple[int, ...], works: bool
) -> None:
    upload = reader.sample("send-recording", (reader.appliance.url, "$VBOT"), ("/path/to/call.wav", "call.wav"))
    (reader.folder / "call.wav").write_bytes(silence(0.3))
    with Scripted(answers) as pbx:
        done = subprocess.run(
            ["bash", "-c", f"{upload} {reader.sample('retry-options')} --silent"],
            cwd=reader.folder,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "VBOT": f"http://127.0.0.1:{pbx.server_port}"},
            timeout=60,
            check=False,
        )

    assert (done.returncode == 0) is works
    assert pbx.left == []


class Scripted(ThreadingHTTPServer):
    """An appliance that gives these answers, one after the other, and asks for the least patience."""

    def __init__(self, answers: tuple[int, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.left = list(answers)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        assert isinstance(server, Scripted)
        self.send_response(server.left.pop(0))
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def test_the_receiver_gets_the_test_webhook_and_refuses_what_is_not_ours(
    reader: Reader, customer: dict[str, Any], receiver_port: int
) -> None:
    (reader.folder / "verify.py").write_text(reader.sample("verify-python"))
    own = ("whsec_…", customer["webhook_secret"]), ("8000", str(receiver_port))
    (reader.folder / "receive.py").write_text(reader.sample("receive-python", *own))
    with subprocess.Popen(
        [sys.executable, "-u", "receive.py"],
        cwd=reader.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:
        try:
            attempt = until_listening(reader, customer)
            assert receiver.stdout
            printed = receiver.stdout.readline()
            forged = post(f"http://127.0.0.1:{receiver_port}/", {"webhook-signature": "v1,AAAA"})
        finally:
            receiver.kill()

    assert attempt["status"] == 200
    assert printed.startswith("webhook.test ")
    assert forged == 401


def post(url: str, headers: dict[str, str]) -> int:
    """Post a webhook that says that it is of now; the status."""
    sent = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), **headers}
    return requests.post(url, data=b"{}", headers=sent, timeout=30).status_code


def until_listening(reader: Reader, customer: dict[str, Any]) -> dict[str, Any]:
    """Try the webhook until the receiver has come up; the attempt that it answered, or the last one."""
    changed = ("customers/1/", f"customers/{customer['id']}/"), ("your_token", reader.appliance.admin_token)
    attempt: dict[str, Any] = {}
    for _ in range(40):
        attempt = json.loads(reader.shell("test-webhook", *changed))
        if attempt["status"] is not None:
            break
        time.sleep(0.25)
    return attempt
