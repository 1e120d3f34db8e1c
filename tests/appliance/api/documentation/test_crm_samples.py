"""The documentation's samples find a contact by its number and note the call there. The CRM stands in for EspoCRM."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from appliance.domain.delivery import WebhookEvent
from tests.appliance.api.conftest import Api
from tests.appliance.api.samples import code_of

pytestmark = pytest.mark.slow

KEY = "a key of the CRM's"
CALLER, CALLED = "+4930123456", "+4940654321"
# Each prints the contact's id, or null, for a request on its standard input: {crm, key, call}.
PYTHON = """
import sys
given = json.load(sys.stdin)
print(json.dumps(note_call(given["crm"], given["key"], given["call"])))
"""
PHP = """
$given = json_decode(stream_get_contents(STDIN), true);
echo json_encode(note_call($given['crm'], $given['key'], $given['call']));
"""
NODE = """
const given = JSON.parse(require("node:fs").readFileSync(0));
noteCall(given.crm, given.key, given.call).then((id) => console.log(JSON.stringify(id)));
"""
LANGUAGES = pytest.mark.parametrize(
    ("language", "command", "caller"),
    [("python", sys.executable, PYTHON), ("php", "php", PHP), ("node", "node", NODE)],
    ids=["Python", "PHP", "Node.js"],
)


@dataclass
class Crm:
    """Contacts by their numbers, and what was noted."""

    contacts: dict[str, str]
    notes: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def crm() -> Iterator[Crm]:
    made = Crm({CALLER: "contact-1", CALLED: "contact-2"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = dict(parse_qsl(address.query))
            asked = (address.path, query.get("where[0][type]"), query.get("where[0][attribute]"))
            found = made.contacts.get(query.get("where[0][value]", ""))
            if asked != ("/api/v1/Contact", "equals", "phoneNumber"):
                self._answer(400, {})
            else:
                self._answer(200, {"total": 1, "list": [{"id": found}] if found else []})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/api/v1/Note":
                self._answer(400, {})
                return
            made.notes.append(body)
            self._answer(200, {"id": "note-1", **body})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            allowed = self.headers["X-Api-Key"] == KEY
            data = json.dumps(body).encode()
            self.send_response(status if allowed else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Sample:
    """A sample in a file, and the body of a webhook to call it with."""

    command: str
    program: Path
    crm: Crm
    call: dict[str, Any]
    events: dict[str, dict[str, Any]]  # the body of each event, as the page shows it

    def run(self, **said: object) -> str | None:
        given = {"crm": self.crm.url, "key": KEY, "call": self.call | said}
        done = subprocess.run(
            [self.command, self.program],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        contact: str | None = json.loads(done.stdout)
        return contact


def with_numbers(parties: dict[str, Any], caller: str | None, called: str | None) -> dict[str, Any]:
    numbers = {"caller": caller, "called": called}
    return {name: party | {"number_e164": numbers[name]} for name, party in parties.items()}


@pytest.fixture
async def sample(api: Api, tmp_path: Path, crm: Crm, language: str, command: str, caller: str) -> Sample:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    page = (await api.request("GET", "/docs")).text
    document = (await api.request("GET", "/api/openapi.json")).json()
    examples = document["webhooks"]["call"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    program = tmp_path / "note_call"
    program.write_text(code_of(page, f"note-{language}") + caller)
    call = examples["call.completed"]["value"] | {"direction": "inbound"}
    call |= {"parties": with_numbers(call["parties"], CALLER, CALLED)}
    updated = call | {"event": "call.updated", "revision": 2}
    events = {event: shown["value"] for event, shown in examples.items()} | {"call.updated": updated}
    return Sample(command, program, crm, call, events)


@LANGUAGES
def test_a_call_is_noted_at_the_contact_with_whom_it_was(sample: Sample) -> None:
    assert sample.run(summary='The order of "Zoë"\nis late.') == "contact-1"
    assert sample.run(direction="outbound", revision=2) == "contact-2"

    first, second = sample.crm.notes
    assert (first["type"], first["parentType"], first["parentId"]) == ("Post", "Contact", "contact-1")
    call_id = sample.call["call_id"]
    assert first["post"] == f'The order of "Zoë"\nis late.\n\nvBot call {call_id}, revision 1'
    assert (second["parentId"], second["post"].endswith("revision 2")) == ("contact-2", True)


@LANGUAGES
def test_nothing_is_noted_of_whom_nobody_knows_or_where_nothing_was_said(sample: Sample) -> None:
    parties = sample.call["parties"]
    assert sample.run(parties=with_numbers(parties, "+4915100000000", CALLED)) is None
    assert sample.run(parties=with_numbers(parties, None, CALLED)) is None
    assert sample.run(summary="") is None
    assert sample.crm.notes == []


@LANGUAGES
def test_every_event_is_lived_through_and_noted_only_where_something_was_said(sample: Sample) -> None:
    assert set(sample.events) == {event.value for event in WebhookEvent}
    noted = {event: sample.run(**body) for event, body in sample.events.items()}
    tried = sample.events["webhook.test"]
    of_known_numbers = {"parties": with_numbers(tried["parties"], CALLER, CALLED)}

    assert noted.pop("call.updated") == "contact-1"
    assert noted.pop("call.completed") is None  # the page's own has no number in E.164
    assert set(noted.values()) == {None}
    assert sample.run(**tried | of_known_numbers) is None
    assert [note["post"].rpartition(" ")[2] for note in sample.crm.notes] == ["2"]
