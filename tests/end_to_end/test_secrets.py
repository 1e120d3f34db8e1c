"""Secrets stay where they belong: a whole appliance does and suffers everything, then all that it left is searched.

What is looked for: credentials of every kind, the data folder's keys, the secret parts of webhook addresses, telephone
numbers and what people said. What is searched: the output and command line of every process, the environment of those
that need no secret, metrics, errors, audit, log, live events, the queue at work and at rest, a backup, the database.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from appliance.services.upkeep.backup_verification import extract_database
from appliance.storage.folder.backup_file import open_backup
from tests.support.appliance import VBOT, RunningAppliance, environment, vbot
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.recordings import broken, conversation, silence
from tests.support.search import CommandLines, Known, QueueTraffic, left_in_queue, rows_of

pytestmark = pytest.mark.slow

TAIL_PATH, TAIL_QUERY = "hook-path-secret-77", "hook-query-secret-88"
TAIL = f"/{TAIL_PATH}?token={TAIL_QUERY}"
CONSTANTS = {
    "caller's number": "+4930555017171",
    "called number": "+4940555028282",
    "metadata": "metadata-nobody-may-log",
    "path of a webhook": TAIL_PATH,
    "query of a webhook": TAIL_QUERY,
    "given webhook secret": "whsec_" + base64.b64encode(b"a webhook secret that is known").decode(),
    "mistyped webhook secret": "whsec_mistyped-but-nearly-the-secret!",
    "mistyped token": "vbt_mistyped-token-of-an-administrator",
    "password of the queue": "the-password-of-the-queue",
}
SPOKEN = frozenset({"words", "more words", "summary", "keywords"})
PERSONAL = SPOKEN | {"caller's number", "called number", "metadata"}


class Box:
    """A whole appliance, what must not be found of it, and the texts that it left, by place."""

    def __init__(self, folder: Path) -> None:
        self.running = RunningAppliance(folder, {"VBOT_BACKUP_EVERY_HOURS": "0", "VBOT_TLS": "auto"})
        self.known = Known({"admin token": self.running.admin_token, **CONSTANTS})
        self.left: dict[str, str | bytes] = {}
        self.errors: list[str] = []

    def __getitem__(self, name: str) -> str:
        return self.known.texts[name]

    @property
    def queue(self) -> Path:
        return self.running.data_dir / "run/valkey.sock"

    @property
    def form(self) -> dict[str, str]:
        numbers = {"caller_number": self["caller's number"], "called_number": self["called number"]}
        return {**numbers, "metadata": json.dumps(self["metadata"])}

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """As an administrator unless told otherwise; what is refused is kept."""
        if not {"bearer", "key"} & set(options):
            options["bearer"] = self["admin token"]
        answer = self.running.request(method, path, **options)
        if answer.status_code >= 400:
            self.errors.append(f"{answer.text} {answer.headers}")
        return answer

    def command(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """What a command says, on both outputs."""
        wanted = {**self.running.settings, **(settings or {})}
        done = vbot(*arguments, data_dir=self.running.data_dir, settings=wanted)
        return done.stdout + done.stderr

    def call(self, recording: bytes, **fields: str) -> dict[str, Any]:
        """A call of the first customer, once it is final."""
        key = self["first API key"]
        return self.running.final_call(self.running.accepted(key, recording, **{**self.form, **fields}))


class LiveEvents(threading.Thread):
    """Whatever is told live to a viewer, from now until the appliance ends."""

    def __init__(self, box: Box) -> None:
        super().__init__(daemon=True)
        self.told = b""
        options: dict[str, Any] = {"stream": True, "timeout": 60}
        self._answer = box.ask("GET", "/api/events", bearer=box["viewer's token"], **options)

    def run(self) -> None:
        with contextlib.suppress(requests.RequestException):
            for chunk in self._answer.iter_content(None):
                self.told += chunk


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    box = Box(tmp_path_factory.mktemp("secrets"))
    command_lines = CommandLines()
    command_lines.start()
    with WebhookReceiver() as receiver, box.running:
        traffic = QueueTraffic(box.queue)
        traffic.start()
        get_to_know(box)
        events = LiveEvents(box)
        events.start()
        customer = work(box, receiver)
        be_refused(box, f"/api/customers/{customer}")
        fail(box, receiver, f"/api/customers/{customer}")
        look_at_everything(box)
        take_a_backup(box)
    events.join(timeout=10)
    box.left["live events"] = events.told
    box.left["command lines"] = command_lines.end()
    box.left["what was said to the queue"] = traffic.said
    box.left["output of the appliance"] = box.running.log_file.read_bytes()
    assert b"revision 1 is completed now" in box.left["output of the appliance"], "what is told at debug alone"
    return box


def get_to_know(box: Box) -> None:
    """The secrets that the appliance made itself. Everything is logged that ever is."""
    assert box.command("log-level", "debug", "--for", "2h").startswith("debug until")
    data_dir = box.running.data_dir
    box.known.add("master key", (data_dir / "secrets/master.key").read_text().strip())
    box.known.add("private key", (data_dir / "tls/key.pem").read_text().splitlines()[1])
    box.known.add("recovery key", box.command("backup", "recovery-key").strip())
    box.known.add("viewer's token", box.command("token", "create", "--role", "viewer").strip())


def work(box: Box, receiver: WebhookReceiver) -> int:
    """An ordinary day; returns the customer's id."""
    endpoint = receiver.endpoint(tail=TAIL)
    customer = box.running.new_customer(webhook_url=endpoint.url, webhook_secret=box["given webhook secret"])
    path = f"/api/customers/{customer['id']}"
    box.known.add("first API key", customer["api_key"])
    rotated = box.ask("POST", f"{path}/rotate-key", json={"grace_seconds": 3600}).json()
    box.known.add("second API key", rotated["api_key"])
    call = box.call(conversation(), language="en", external_id="good")
    line = max(call["transcription"].splitlines(), key=len).split()
    box.known.add("words", " ".join(line[:4]))
    box.known.add("more words", " ".join(line[-4:]))
    box.known.add("summary", " ".join(call["summary"].split("\n")[0].split()[:4]))
    box.known.add("keywords", call["keywords"][:20])
    endpoint.wait_for(1)
    box.ask("POST", f"/api/calls/{call['call_id']}/reprocess")
    box.running.final_call(call["call_id"])
    endpoint.wait_for(2)
    box.ask("POST", "/api/deliveries/redeliver", json={"state": "delivered"})
    rotated = box.ask("POST", f"{path}/rotate-webhook-secret").json()
    box.known.add("second webhook secret", rotated["webhook_secret"])
    box.ask("PUT", path, json={"name": "Grace"})
    return int(customer["id"])


def be_refused(box: Box, path: str) -> None:
    """Wrong credentials, wrong bodies, wrong forms, wrong addresses."""
    wrong_credentials = (
        {"bearer": box["mistyped token"]},
        {"key": box["mistyped token"]},
        {"bearer": box["first API key"]},
        {"bearer": box["viewer's token"]},
        {"key": box["viewer's token"]},
    )
    for credential in wrong_credentials:
        for method, target in (("POST", "/api/customers"), ("GET", "/api/backups/none"), ("GET", "/nowhere")):
            box.ask(method, target, json={"webhook_secret": box["given webhook secret"]}, **credential)
    for body in (
        {"webhook_secret": box["mistyped webhook secret"]},
        {"webhook_url": f"ftp://crm.example.com{TAIL}"},
        {"webhook_url": f"https://user:{TAIL_QUERY}@crm.example.com/"},
        {"webhook_url": [TAIL]},
        {"webhook_ca": box["private key"]},
        {"webhook_fingerprint": box["mistyped token"]},
    ):
        assert box.ask("PUT", path, json=body).status_code == 400, body
    box.ask("PUT", path, data=f'{{"webhook_secret": "{box["given webhook secret"]}", '.encode())
    for field in ("direction", "language", "started_at", "caller_channel"):
        form = {**box.form, field: box["caller's number"]}
        box.errors.append(box.running.submit(box["first API key"], silence(0.3), **form).text)
    box.errors.append(
        box.running.submit(box["first API key"], silence(0.3), **{**box.form, "metadata": box["metadata"]}).text
    )
    number, text = quote(box["caller's number"]), quote(box["metadata"])
    assert box.ask("GET", f"/api/calls?number={number}&q={text}").status_code == 200
    for query in (f"state={text}", f"cursor={number}", f"since={number}", f"limit={text}"):
        assert box.ask("GET", f"/api/calls?{query}").status_code == 400
    box.ask("GET", f"/api/calls/{number}")
    assert len(box.errors) > 25


def fail(box: Box, receiver: WebhookReceiver, path: str) -> None:
    """A broken recording, endpoints that take nothing, a worker that is killed, commands that are given nonsense."""
    assert box.call(broken(), external_id="broken")["state"] == "failed"
    for target in (
        "http://127.0.0.1:1",
        "https://127.0.0.1:1",
        "http://no-such-host.invalid",
        "http://169.254.169.254",
    ):
        box.ask("PUT", path, json={"webhook_url": target + TAIL})
        box.ask("POST", f"{path}/test-webhook")
    for reply in (Answer(500, body=b"no"), Answer(302, {"Location": f"http://127.0.0.1:1{TAIL}"}), Answer(410)):
        endpoint = receiver.endpoint(reply, tail=TAIL)
        box.ask("PUT", path, json={"webhook_url": endpoint.url})
        box.call(silence(0.3))
        endpoint.wait_for(1)
    box.running.one("vbot worker").kill()
    box.running.wait_until_healthy(240)  # its models are loaded once more
    box.left["environments of worker and queue"] = environments_of_others(box)
    key_file = box.running.folder / "wrong.key"
    key_file.write_text(box["mistyped token"])
    said = box.command("backup", "create")
    said += box.command("restore", said.strip(), "--recovery-key-file", str(key_file))
    for scheme in ("redis://", "redis//"):
        url = f"{scheme}:{box['password of the queue']}@127.0.0.1:1/0"
        said += box.command("doctor", settings={"VBOT_REDIS_URL": url}) + worker_without_queue(box, url)
    box.left["output of commands that fail"] = said


def environments_of_others(box: Box) -> bytes:
    """Of the processes that need no administrator's token."""
    found = []
    for one in box.running.processes():
        if not re.search(r"vbot (api|up)$", one.title):
            with contextlib.suppress(OSError):  # it has ended
                found.append(Path(f"/proc/{one.pid}/environ").read_bytes())
    return b"\0".join(found)


def worker_without_queue(box: Box, url: str) -> str:
    """What a worker says until it has looked for its queue in vain."""
    settings = {**box.running.settings, "VBOT_REDIS_URL": url}
    worker = subprocess.Popen(
        [VBOT, "worker"],
        env=environment(box.running.data_dir, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    patience = threading.Timer(15, worker.kill)  # while it loads its models it hears nothing else
    patience.start()
    assert worker.stdout is not None
    said = ""
    for line in worker.stdout:
        said += line
        if "is not reachable" in line:
            break
    patience.cancel()
    worker.kill()
    return said + worker.communicate(timeout=30)[0]


def look_at_everything(box: Box) -> None:
    """What the appliance shows of itself."""
    for place, path in {
        "metrics": "/metrics",
        "audit": "/api/audit?limit=500",
        "audit as a table": "/api/audit?format=csv",
        "audit as lines": "/api/audit?format=jsonl",
        "the api's own log": "/api/log?lines=500",
        "system": "/api/system",
        "figures": "/api/stats",
        "health": "/health",
    }.items():
        answer = box.ask("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        box.left[place] = answer.text
    box.left["what a viewer sees"] = "".join(
        box.ask("GET", path, bearer=box["viewer's token"]).text
        for path in ("/api/customers", "/api/deliveries", "/api/tokens", "/api/backups")
    )
    box.left["errors"] = "\n".join(box.errors)
    box.left["what is left in the queue"] = left_in_queue(box.queue)


def take_a_backup(box: Box) -> None:
    """A backup and the database itself, in their bytes and row by row."""
    time.sleep(1)  # its name holds the second, and one was made in this one perhaps
    backup = Path(box.command("backup", "create").strip())
    box.left["a backup"] = backup.read_bytes()
    copy = box.running.folder / "copy.duckdb"
    with open_backup(backup, box.command("backup", "recovery-key").strip()) as reader:
        box.left["a backup, row by row"] = rows_of(copy, extract_database(backup, reader, copy))
    box.left["the database"] = b"".join(file.read_bytes() for file in box.running.data_dir.glob("vbot.duckdb*"))


@pytest.mark.parametrize(
    "place",
    [
        "output of the appliance",
        "output of commands that fail",
        "command lines",
        "environments of worker and queue",
        "errors",
        "metrics",
        "audit",
        "audit as a table",
        "audit as lines",
        "the api's own log",
        "system",
        "figures",
        "health",
        "what is left in the queue",
        "a backup",
    ],
)
def test_nothing_is_found_of_secrets_numbers_or_words(box: Box, place: str) -> None:
    assert box.left[place]
    assert box.known.found_in(box.left[place]) == []


def test_a_viewer_sees_who_called_whom_and_no_secret(box: Box) -> None:
    found = box.known.found_in(box.left["what a viewer sees"])
    assert set(found) == {"caller's number", "called number"}, "of the webhooks' calls"


@pytest.mark.parametrize("place", ["a backup, row by row", "the database"])
def test_of_the_database_words_and_numbers_are_the_content_and_secrets_are_not(box: Box, place: str) -> None:
    assert box.known.found_in(box.left[place], but=PERSONAL) == []


def test_the_search_finds_what_is_there(box: Box) -> None:
    assert set(box.known.found_in(box.left["a backup, row by row"])) >= PERSONAL


def test_the_queue_carries_words_to_and_fro_and_neither_secrets_nor_numbers(box: Box) -> None:
    assert set(box.known.found_in(box.left["what was said to the queue"])) & SPOKEN
    assert box.known.found_in(box.left["what was said to the queue"], but=SPOKEN) == []


def test_live_events_tell_of_calls_and_of_no_secret(box: Box) -> None:
    assert str(box.left["live events"]).count("event: call") > 5
    assert box.known.found_in(box.left["live events"], but=PERSONAL) == []
