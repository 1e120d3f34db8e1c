"""GET /docs: one page, from the OpenAPI document, for somebody who has never seen the product."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shlex
from html.parser import HTMLParser
from typing import Any

import pytest

from appliance.api.http.form.call_form import FIELD_LIMIT_BYTES
from appliance.api.http.queries import DEFAULT_LIMIT, HIGHEST_LIMIT
from appliance.api.routes.log import DEFAULT_LINES, HIGHEST_LINES
from appliance.api.shapes.text_schemas import LONGEST_TEXT
from appliance.domain.clock import utc_now
from appliance.domain.system import Certificate
from appliance.services.access.own_names import OwnNames
from appliance.services.calls import claim_call, finish_call
from engine.errors import EngineError
from tests.appliance.api.conftest import Answer, Api

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Page(HTMLParser):
    """What of a page the tests look at; fails for tags that are not closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
async def answer(api: Api) -> Answer:
    return await api.request("GET", "/docs", headers={"Host": "localhost:8443"})


@pytest.fixture
async def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = (await api.request("GET", "/api/openapi.json")).json()
    return found


async def test_it_is_open_to_all(answer: Answer) -> None:
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_it_tells_how_a_call_is_followed_on_the_box(answer: Answer) -> None:
    assert re.search(r"^sudo journalctl CALL_ID=[0-9a-f-]{36}$", Page(answer.text).words, re.MULTILINE)


async def test_it_is_well_formed_and_each_link_within_it_leads_somewhere(answer: Answer) -> None:
    page = Page(answer.text)

    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


async def test_it_needs_no_network_and_runs_no_script(answer: Answer) -> None:
    page = Page(answer.text)

    assert not page.tags & {"script", "img", "link", "iframe", "object"}
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "style")]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_its_style_is_the_one_that_the_policy_lets_in(answer: Answer) -> None:
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


async def test_each_route_field_and_error_of_the_document_is_on_it(answer: Answer, document: dict[str, Any]) -> None:
    words = " ".join(Page(answer.text).words.split())

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in words
            assert operation["summary"] in words
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            assert name in words
            assert field["description"].replace("`", "") in words
    for response in document["components"]["responses"].values():
        for example in response["content"]["application/json"]["examples"].values():
            assert f'"message": "{example["value"]["message"]}"' in words


async def test_the_curl_names_the_host_that_was_asked(answer: Answer) -> None:
    assert "curl -X POST http://localhost:8443/api/process-call" in Page(answer.text).words
    assert "X-API-Key: your_api_key" in Page(answer.text).words


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8443", "192.0.2.7:8443", "[2001:db8::1]"])
async def test_a_host_that_is_not_this_box_is_not_repeated(api: Api, host: str) -> None:
    answer = await api.request("GET", "/docs", headers={"Host": host})
    assert host not in answer.text
    assert f"curl -X POST http://127.0.0.1:{api.port}/api/process-call" in Page(answer.text).words


def test_a_box_is_known_by_its_name_and_those_of_its_certificate() -> None:
    seen = Certificate(
        "AB", "sha256//x", utc_now(), utc_now(), ("vbot.office.lan", "*.example.org", "192.0.2.7"), False
    )
    names = OwnNames("Box.office.lan", lambda: seen)
    for own in ("localhost", "box.office.lan", "box.local", "VBOT.office.lan", "a.example.org", "192.0.2.7"):
        assert names.has(own), own
    for foreign in ("evil.example", "a.b.example.org", "example.org", "192.0.2.8", ""):
        assert not names.has(foreign), foreign
    assert not OwnNames("box", lambda: None).has("vbot.office.lan")


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", 'a"onload="x', "a'; rm -rf ~", "a b", "$(id).lan"])
async def test_a_host_that_is_none_does_not_reach_the_page(api: Api, host: str) -> None:
    answer = await api.request("GET", "/docs", headers={"Host": host})

    assert host not in answer.text
    if answer.status == 200:
        assert "script" not in Page(answer.text).tags


async def test_each_event_of_the_webhook_is_shown_whole(answer: Answer, document: dict[str, Any]) -> None:
    examples = document["webhooks"]["call"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    words = html.unescape(answer.text)

    for event in ("call.completed", "call.failed"):
        assert json.dumps(examples[event]["value"], indent=2, ensure_ascii=False) in words


async def test_each_reason_why_a_call_fails_is_explained(answer: Answer) -> None:
    ours = {failure.code for failure in (claim_call._MISSING, claim_call._CUT_OFF, finish_call._LOST)}
    ours.add("result_refused")
    # What has to do with a model pack, a device or a transcript is no call's fault.
    not_of_a_call = {"model_pack", "device_missing", "device_failed", "invalid_transcript"}
    engines = {kind.code for kind in EngineError.__subclasses__()} - not_of_a_call
    explained = answer.text.partition('id="failures"')[2].partition("</table>")[0]

    assert set(re.findall(r"<td><code>(\w+)</code></td>", explained)) == ours | engines | {EngineError.code}


async def test_every_operation_has_a_line_for_the_shell(answer: Answer, document: dict[str, Any]) -> None:
    sections = re.findall(
        r'<section>\n<h3 id="(\w[^"]*)">.*?<pre tabindex="0"><code>(curl .*?)</code>', answer.text, re.S
    )
    shown = {name: html.unescape(line) for name, line in sections}

    assert len(shown) == sum(len(methods) for methods in document["paths"].values())
    assert not [line for line in shown.values() if "{" in line.partition("-d")[0] or "//api" in line]
    assert shown["put-api-customers-customer-id"].startswith("curl -X PUT http://localhost:8443/api/customers/1 ")
    for line in shown.values():
        assert shlex.split(line)[0] == "curl"


async def test_it_tells_limits_and_retries_as_this_appliance_is_set(answer: Answer) -> None:
    words = " ".join(Page(answer.text).words.split())

    assert "100 in any 60 seconds" in words
    assert "10, 60, 300 seconds after the failure before" in words
    assert "512 MB" in words


async def test_the_fields_of_a_form_stand_where_the_form_is_asked_for(answer: Answer) -> None:
    section = answer.text.partition('id="post-api-process-call"')[2].partition("</section>")[0]

    for name in ("file", "caller_number", "called_number", "external_id", "metadata"):
        assert f"<code>{name}</code>" in section
    assert "<td><code>inbound</code> or <code>internal</code> or <code>outbound</code></td>" in section
    assert '"message": "Call processing started"' in html.unescape(section)


async def test_each_optional_field_of_a_body_says_what_it_is_where_it_is_absent(
    answer: Answer, document: dict[str, Any]
) -> None:
    schemas = document["components"]["schemas"]
    unsaid = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None or method == "put":  # what is absent of a PUT stays as it is
                continue
            shape = schemas[body["schema"]["$ref"].rpartition("/")[2]]
            optional = {name: field for name, field in shape["properties"].items() if not field.get("readOnly")}
            for name in shape.get("required", ()):
                del optional[name]
            for name, field in optional.items():
                said = re.search(r"\bnull:|Null:|unless given|Absent:|^Only those|^Only this", field["description"])
                if not said and field.get("default") in (None, ""):
                    unsaid.append((path, name))

    assert unsaid == []
    section = answer.text.partition('id="post-api-customers-customer-id-rotate-key"')[2].partition("</section>")[0]
    assert '<span class="soft">optional, <code>0</code> unless given</span>' in section
    assert "the old key ends at once" in section


async def test_the_line_for_a_recording_sends_the_file_as_the_first_steps_do(answer: Answer) -> None:
    section = answer.text.partition('id="post-api-process-call"')[2].partition("</section>")[0]
    line = html.unescape(re.findall(r'<pre tabindex="0"><code>(curl .*?)</code>', section, re.S)[0])
    first_steps = html.unescape(answer.text.partition('id="send-recording"')[2].partition("</code>")[0])

    sent = [word for word in shlex.split(line) if "=" in word]
    assert sorted(sent) == sorted(
        word for word in shlex.split(first_steps)[1:] if "=" in word and "external" not in word
    )
    assert "file=@/path/to/call.wav" in sent


async def test_the_page_tells_the_limits_that_else_are_told_by_being_hit(answer: Answer) -> None:
    words = " ".join(Page(answer.text).words.split())

    assert (
        f"A text field of a form{FIELD_LIMIT_BYTES} bytes; external_id and linked_id {LONGEST_TEXT} characters" in words
    )
    assert f"How many at most, from 1 to {HIGHEST_LIMIT}; {DEFAULT_LIMIT} unless given." in words
    assert f"How many at most, from 1 to {HIGHEST_LINES}; {DEFAULT_LINES} unless given." in words


async def test_of_a_body_what_must_be_there_stands_first_and_what_is_ignored_last(answer: Answer) -> None:
    for section in ("post-api-customers", "put-api-customers-customer-id"):
        body = answer.text.partition(f'id="{section}"')[2].partition("<h4>Body")[2].partition("</table>")[0]
        rows = re.findall(r"<tr><td><code>(\w+)</code>(.*?)</tr>", body, re.DOTALL)
        ranks = [2 if "Ignored" in row else 1 if "optional" in row else 0 for _, row in rows]

        assert ranks == sorted(ranks)
        assert 2 in ranks
    assert len([row for row in ranks if row == 1]) > 8
