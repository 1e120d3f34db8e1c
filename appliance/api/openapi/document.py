"""The OpenAPI 3.1 document, made from the shapes and descriptions that the handlers themselves work with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from tornado.web import RequestHandler

from appliance import __version__
from appliance.api.http.error_replies import BodyTooLarge
from appliance.api.http.headers import HEADERS, RATE_LIMIT_HEADERS, REQUEST_ID, WEBHOOK_HEADERS
from appliance.api.http.operation import (
    PLAIN_TEXT,
    Caller,
    Content,
    Form,
    Group,
    Operation,
    Parameter,
    methods_of,
    operation_of,
    path_names,
)
from appliance.api.openapi.error_examples import ERROR_EXAMPLES, ErrorExample, InternalError
from appliance.api.openapi.examples import example_of
from appliance.api.openapi.schemas import SCHEMA_REFERENCE, Schemas
from appliance.api.openapi.webhook_examples import FAILURES, webhook_examples
from appliance.api.services import PublishedLimits
from appliance.api.shapes.event_frames import frame
from appliance.api.shapes.requests import HIGHEST_ID
from appliance.errors import (
    InsufficientRole,
    InvalidCredential,
    InvalidRequest,
    NotFound,
    RateLimitExceeded,
    TooManyFailedLogins,
    Unavailable,
)
from appliance.webhooks.events import WebhookBody

Route = tuple[str, type[RequestHandler]]
Json = dict[str, Any]

# What our own workers ask for. Its shape belongs to `appliance.messages` and changes with the worker: nobody else may
# rely on it, so it is not published.
INTERNAL = "/internal/"
JSON = "application/json"
FORM = "multipart/form-data"

_EXAMPLE_ID = "5f6c9a52-7c0b-4d3e-9d5c-0f2b8a1f6c11"
_Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
_Id = Annotated[int, Meta(ge=0, le=HIGHEST_ID)]
# The parts of paths, by the name that the handlers' methods give them.
PATH_PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter("call_id", "The call's id, as process-call answered it.", kind=_Uuid, example=_EXAMPLE_ID),
        Parameter("customer_id", "The customer's number.", kind=_Id, example=1),
        Parameter("revision", "The revision's number, from 1.", kind=_Id, example=1),
        Parameter("delivery_id", "The delivery's id.", kind=_Uuid, example=_EXAMPLE_ID),
        Parameter("token_id", "The token's number.", kind=_Id, example=2),
        Parameter("line_id", "The id of a line of the audit.", kind=_Uuid, example=_EXAMPLE_ID),
        Parameter("name", "The backup's file name, as the list shows it.", example="vbot-20240314T120000Z.tar"),
    )
}
_SECURITY: dict[Caller, list[Json]] = {
    Caller.ANYBODY: [],
    Caller.CUSTOMER: [{"apiKey": []}],
    Caller.OPERATOR: [{"bearer": []}],
    Caller.ADMIN: [{"bearer": []}],
    Caller.EITHER: [{"apiKey": []}, {"bearer": []}],
    Caller.LOCAL_OR_OPERATOR: [{}, {"bearer": []}],
}
_SECURITY_SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A customer's key. An administrator gives it out and can rotate it.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An operator's token: an administrator may change things, a viewer reads, with secrets masked.",
    },
}
_DESCRIPTION = (
    "vBot is a box in your own network. The telephone system posts each call recording to it and is answered at once "
    "with a `call_id`; seconds or minutes later your server receives a signed webhook with the transcription, a "
    "summary, the sentiment and the keywords. No cloud service hears or reads a call."
)
_WEBHOOK_DESCRIPTION = (
    "Posted to the customer's `webhook_url` once a call is final, signed as Standard Webhooks says. It is delivered "
    "at least once, always under the same `webhook-id`; of several results of one call the one with the highest "
    "`revision` holds. Fields may be added: ignore those that you do not know."
)


def described_methods(handler: type[RequestHandler]) -> Iterator[tuple[str, Operation]]:
    """The handler's methods in lower case, and what was said of each; raises LookupError for one that was forgotten."""
    for name in methods_of(handler):
        described = operation_of(getattr(handler, name))
        if described is None:
            raise LookupError(f"{handler.__name__}.{name} is not described: see appliance.api.http.operation")
        yield name, described


def path_of(pattern: str, handler: type[RequestHandler]) -> str:
    """The route's pattern as a path of the document, such as `/api/calls/{call_id}`."""
    names = iter(path_names(handler))
    return re.sub(r"\([^()]*\)", lambda _: "{" + next(names) + "}", pattern)


def openapi_document(routes: Sequence[Route], limits: PublishedLimits) -> Json:
    """The whole document. Raises LookupError when a public route is not described."""
    public = [(pattern, handler) for pattern, handler in routes if not pattern.startswith(INTERNAL)]
    described = [described for _, handler in public for _, described in described_methods(handler)]
    schemas = Schemas(described, [parameter.kind for parameter in PATH_PARAMETERS.values()])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vBot API",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This appliance."}],
        "tags": [{"name": group.value, "description": group.sentence} for group in Group],
        "paths": {
            path_of(pattern, handler): {
                method: _operation(method, handler, described, schemas)
                for method, described in described_methods(handler)
            }
            for pattern, handler in public
        },
        "webhooks": {"call": {"post": _webhook(schemas)}},
        "components": {
            "schemas": schemas.components,
            "responses": {
                example.name: {**_error_answer([example], [REQUEST_ID]), "x-status": example.status}
                for examples in ERROR_EXAMPLES.values()
                for example in examples
            },
            "securitySchemes": _SECURITY_SCHEMES,
            "headers": HEADERS,
        },
        "x-limits": asdict(limits),
        "x-failures": FAILURES,
    }


def _operation(method: str, handler: type[RequestHandler], described: Operation, schemas: Schemas) -> Json:
    in_path = path_names(handler)
    made: Json = {
        "operationId": method + handler.__name__,
        "tags": [described.group.value],
        "summary": described.summary,
        "description": " ".join((f"For {described.caller.value}.", described.notes)).strip(),
        "security": _SECURITY[described.caller],
        "parameters": [
            *(_parameter(PATH_PARAMETERS[name], "path", schemas) for name in in_path),
            *(_parameter(one, "query", schemas) for one in described.query),
            *(_parameter(one, "header", schemas) for one in described.headers),
        ],
    }
    if described.takes is not None:
        made["requestBody"] = _request_body(described, schemas)
    made["responses"] = _responses(described, schemas, has_path=bool(in_path))
    if method == "head":
        for response in made["responses"].values():
            response["content"] = {}
    return made


def _parameter(parameter: Parameter, place: str, schemas: Schemas) -> Json:
    made = {
        "name": parameter.name,
        "in": place,
        "required": place == "path",
        "description": parameter.sentence,
        "schema": schemas.of(parameter.kind),
    }
    return made if parameter.example is None else {**made, "example": parameter.example}


def _request_body(described: Operation, schemas: Schemas) -> Json:
    schema = schemas.of(described.takes)
    if isinstance(described.takes, Form):
        content: Json = {FORM: {"schema": schema, "encoding": _encoding(described.takes)}}
    else:
        shown = example_of(schema, schemas.components, is_request=True)
        content = {JSON: {"schema": schema, "example": shown}}
    return {"required": not described.body_may_be_absent, "content": content}


def _encoding(form: Form) -> Json:
    """What the parts of a form hold that are no plain text."""
    others = {field.name: field.media_type for field in form.fields if field.media_type != PLAIN_TEXT}
    files = dict.fromkeys((form.file_name, *(name for name, _ in form.legs)), form.file_types)
    return {name: {"contentType": types} for name, types in (files | others).items()}


def _responses(described: Operation, schemas: Schemas, *, has_path: bool) -> Json:
    headers = [REQUEST_ID]
    if described.caller in (Caller.CUSTOMER, Caller.EITHER):
        headers += RATE_LIMIT_HEADERS
    made = {"200": _answer(described.answers, schemas, headers)}
    if described.example:
        made["200"]["content"][JSON]["example"] |= described.example
    for other in described.also:
        made["200"]["content"] |= _answer(other, schemas, headers)["content"]
    for status, kind in described.other_answers.items():
        made[str(status)] = _answer(kind, schemas, headers)
    by_status: dict[int, list[ErrorExample]] = {}
    for error in dict.fromkeys(_errors(described, has_path=has_path)):
        for example in ERROR_EXAMPLES[error]:
            by_status.setdefault(example.status, []).append(example)
    for status, examples in sorted(by_status.items()):
        made.setdefault(str(status), _error_answer(examples, headers))
    return made


def _errors(described: Operation, *, has_path: bool) -> Iterator[type[Exception]]:
    """What a request can be refused with: what its kind brings along, then what the handler names."""
    if described.takes is not None or described.query or described.headers:
        yield InvalidRequest
    if isinstance(described.takes, type):
        yield BodyTooLarge
    if described.caller is not Caller.ANYBODY:
        yield from (InvalidCredential, InsufficientRole, TooManyFailedLogins, Unavailable)
    if described.caller in (Caller.CUSTOMER, Caller.EITHER):
        yield RateLimitExceeded
    if has_path:
        yield NotFound
    yield from described.errors
    yield InternalError


def _answer(kind: type[msgspec.Struct] | Content, schemas: Schemas, headers: list[str]) -> Json:
    if isinstance(kind, Content):
        return {
            "description": kind.sentence,
            "headers": _header_references([*headers, *kind.headers]),
            "content": {kind.media_type: _content(kind, schemas)} if kind.media_type else {},
        }
    schema = schemas.of(kind)
    return {
        "description": inspect.getdoc(kind),
        "headers": _header_references(headers),
        "content": {JSON: {"schema": schema, "example": example_of(schema, schemas.components)}},
    }


def _content(kind: Content, schemas: Schemas) -> Json:
    made: Json = {"schema": {} if kind.binary else {"type": "object" if kind.media_type == JSON else "string"}}
    if kind.events:
        # OpenAPI 3.1 has no word for what the items of a stream are.
        made["x-events"] = {name: schemas.of(shape) for name, shape in kind.events.items()}
        made["examples"] = {
            name: {
                "summary": inspect.getdoc(shape),
                "value": frame(f"5f0c1e9a-{number}", name, example_of(schemas.of(shape), schemas.components)).decode(),
            }
            for number, (name, shape) in enumerate(kind.events.items(), 1)
        }
    return made


def _error_answer(examples: list[ErrorExample], headers: list[str]) -> Json:
    names = dict.fromkeys([*headers, *(name for example in examples for name in example.headers)])
    shown = {example.name: {"summary": example.summary, "value": example.body} for example in examples}
    return {
        "description": " ".join(dict.fromkeys(example.summary for example in examples)),
        "headers": _header_references(names),
        "content": {JSON: {"schema": {"$ref": SCHEMA_REFERENCE.format(name="ErrorReply")}, "examples": shown}},
    }


def _header_references(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _webhook(schemas: Schemas) -> Json:
    schema = schemas.of(WebhookBody)
    examples = webhook_examples(example_of(schema, schemas.components))
    return {
        "operationId": "receiveCall",
        "summary": "What your server receives when a call is final.",
        "description": _WEBHOOK_DESCRIPTION,
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": sentence,
                "schema": {"type": "string"},
                "example": example,
            }
            for name, (sentence, example) in WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schema, "examples": examples}},
        },
        "responses": {
            "2XX": {"description": "You have it: it is not sent again."},
            "410": {"description": "You want no more webhooks here: the endpoint is disabled, and what comes waits."},
            "default": {
                "description": "You do not have it, and a redirect is no answer: it is sent again later. A longer "
                "`Retry-After` of yours is honoured up to an hour."
            },
        },
    }
