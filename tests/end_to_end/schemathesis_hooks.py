"""What schemathesis cannot be told in schemathesis.toml, which names this file; see test_schemathesis.py."""

from __future__ import annotations

import os
import random
import re
import socket
import uuid
from pathlib import Path
from typing import Any

import schemathesis
import urllib3
from hypothesis import strategies as st
from schemathesis import Case, HookContext

from appliance.api.shapes.text_schemas import CURSOR as CURSOR_SCHEMA
from appliance.api.shapes.text_schemas import LANGUAGE, LANGUAGE_OF_FORM
from appliance.storage.tables.sorted_calls import CALL_SORTS
from tests.support.recordings import silence

# Of the form of POST /api/process-call.
TEXT_FIELDS = (
    *("caller_number", "called_number", "external_id", "language", "started_at", "vocabulary", "linked_id", "agent"),
    *("extension", "queue", "did", "disposition", "answered_at", "bridged_at", "recording_started_at"),
)
FILES, LEGS = ("file", "caller_file", "called_file"), {"caller_file", "called_file"}
UNKNOWN_ID = 2**31 - 1
SET_BY_ENVIRONMENT = os.environ["SET_BY_ENVIRONMENT"].split()
# The run needs these itself. They are numbers in paths.
KEPT = {"token_id": os.environ["KEPT_TOKENS"].split(), "customer_id": os.environ["KEPT_CUSTOMERS"].split()}

CURSOR = re.compile(CURSOR_SCHEMA["pattern"])
SORTS = tuple(CALL_SORTS)
KNOWN = os.environ["KNOWN_LANGUAGES"].split()
LANGUAGES = {
    LANGUAGE["pattern"]: f"^({'|'.join(KNOWN)})$",
    LANGUAGE_OF_FORM["pattern"]: re.sub("[a-z]", lambda one: f"[{one[0]}{one[0].upper()}]", f"^({'|'.join(KNOWN)})$"),
}

# Ids that are somebody's, besides those that are nobody's; of calls by name, since most routes ask for one.
CALLS, DELIVERIES = os.environ["KNOWN_CALLS"].split(), os.environ["KNOWN_DELIVERIES"].split()
KNOWN_IDS = [*CALLS, *DELIVERIES, *os.environ["KNOWN_LINES"].split()]
schemathesis.openapi.format("uuid", st.sampled_from(KNOWN_IDS) | st.uuids().map(str))
# What a recording, a certificate, a list of names, or an address to which webhooks and mail can go looks like, no JSON
# Schema can say.
NAMES = ["Kowalczyk", "Zoë O'Hara", " Velodyne ", "", "x" * 40]
ADDRESSES = ["http://10.0.0.9:9/hook", "https://[fd12::1]/", "http://crm.lan/calls?to=a%20b", "https://crm.example.com"]
schemathesis.openapi.format("binary", st.sampled_from([0.1, 0.2]).map(silence))
schemathesis.openapi.format("uri", st.sampled_from(ADDRESSES))
schemathesis.openapi.format(
    "email", st.sampled_from(["ada@example.com", "o'neil+vbot@mail.example.org", "\u00e4@b.de"])
)
OWN_NUMBERS = ["+4930123456", "+49 30 123*", "20..49", "110"]
schemathesis.openapi.format("own-number", st.sampled_from(OWN_NUMBERS))
schemathesis.openapi.format("time-zone", st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "UTC", "-03:30"]))
schemathesis.openapi.format("country-code", st.sampled_from(["DE", "AT", "GB", "US"]))
schemathesis.openapi.format("vocabulary", st.lists(st.sampled_from(NAMES), max_size=50).map(",".join))
schemathesis.openapi.format("pem", st.just(Path(os.environ["ANY_CERTIFICATE"]).read_text()))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: Any) -> None:
    """Let the document say which languages can be asked for, which depends on the model that is installed.

    Not in `before_call`: a form with a file in it that is changed there counts as one that violates its schema.
    """
    if isinstance(raw_schema, dict):
        pattern = raw_schema.get("pattern")
        if isinstance(pattern, str):
            raw_schema["pattern"] = LANGUAGES.get(pattern, pattern)
        raw_schema = list(raw_schema.values())
    if isinstance(raw_schema, list):
        for one in raw_schema:
            before_load_schema(context, one)


@schemathesis.hook
def map_path_parameters(context: HookContext, path_parameters: Any) -> Any:
    """Let the known id of something else be one of what a route asks for: with few examples all would be nobody's.

    Of a known call there is one revision.
    """
    if not path_parameters:
        return path_parameters
    found = dict(path_parameters)
    for name, known in (("call_id", CALLS), ("delivery_id", DELIVERIES)):
        if found.get(name) in KNOWN_IDS:
            found[name] = known[KNOWN_IDS.index(found[name]) % len(known)]
    if "revision" in found and found.get("call_id") in CALLS:
        found["revision"] = 1
    return found


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], **_: Any) -> None:
    """Let no request end the credentials with which all are made, nor ask for what no schema can forbid."""
    _take_cursor_away(case.query)
    if case.path == "/api/system/settings" and isinstance(case.body, dict):
        for name in SET_BY_ENVIRONMENT:  # changed there alone, which no document can say
            case.body.pop(name, None)
    for name, kept in KEPT.items():
        if case.method != "GET" and str(case.path_parameters.get(name, "")).lstrip("0") in kept:
            case.path_parameters[name] = UNKNOWN_ID
    # They stay for the routes that come after their erasure in the alphabet; those that the run has posted go.
    if (case.method, case.path) == ("DELETE", "/api/calls/{call_id}") and case.path_parameters["call_id"] in CALLS:
        case.path_parameters["call_id"] = str(uuid.UUID(int=0))


def _take_cursor_away(query: Any) -> None:
    """Nobody can make a cursor up, and texts are searched in one order; what is wrong stays wrong."""
    if not isinstance(query, dict):
        return
    cursor = query.get("cursor")
    if isinstance(cursor, str) and CURSOR.fullmatch(cursor):
        del query["cursor"]
    if (query.get("q") or query.keys() & {"keyword", "warnings"}) and query.get("sort") in SORTS:
        del query["sort"]
    if os.environ["RUN_AS"] == "customer":
        query.pop("tag", None)  # for administrators; no document says that of one of a route's parameters


@schemathesis.hook.apply_to(path="/api/process-call")  # type: ignore[attr-defined, untyped-decorator]
def filter_body(context: HookContext, body: Any) -> bool:
    """A form knows no types: true in a field for text is sent as the text "true", and violates nothing."""
    if not isinstance(body, dict):
        return True
    return all(isinstance(value, str) for name, value in body.items() if name in TEXT_FIELDS)


@schemathesis.hook.apply_to(path="/api/process-call")  # type: ignore[attr-defined, untyped-decorator]
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """That the legs stand for the file, all of them and without it, is forgotten where each field is varied for itself.

    And what is no file has no media type to be sent as.
    """
    body = case.body
    if not isinstance(body, dict):
        return True
    if not all(isinstance(body[name], str | bytes) for name in FILES if name in body):
        return False
    return not LEGS & body.keys() or (body.keys() >= LEGS and "file" not in body)


@schemathesis.hook.apply_to(path="/api/get_transcription")  # type: ignore[attr-defined, untyped-decorator]
def filter_body(context: HookContext, body: Any) -> bool:  # noqa: F811 - by its name for another path
    """The same, and all of its fields are texts."""
    return not isinstance(body, dict) or all(isinstance(value, str | bytes) for value in body.values())


@schemathesis.hook.apply_to(path_regex="^/api/customers")  # type: ignore[attr-defined, untyped-decorator]
def filter_body(context: HookContext, body: Any) -> bool:  # noqa: F811 - by its name for another path
    """schemathesis takes a star at the end for what breaks a pattern; in a name it breaks none."""
    return not (isinstance(body, dict) and any(isinstance(value, str) and value[-1:] == "*" for value in body.values()))


class ManyAddresses(urllib3.connection.HTTPConnection):
    """Comes from another address of this machine each time.

    Hundreds of the requests are to be refused, and from one address only the first 60 a minute would be told 401.
    """

    _random = random.Random(1)

    def _new_conn(self) -> socket.socket:
        self.source_address = (f"127.{self._random.randrange(1, 255)}.{self._random.randrange(256)}.1", 0)
        return super()._new_conn()


urllib3.HTTPConnectionPool.ConnectionCls = ManyAddresses
