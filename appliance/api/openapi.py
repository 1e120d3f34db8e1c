"""The OpenAPI 3.1 document, made from the shapes and descriptions that the handlers themselves work with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta
from tornado.web import RequestHandler

from appliance import __version__
from appliance.api.base import BodyTooLarge
from appliance.api.error_examples import ERROR_EXAMPLES, ErrorExample, InternalError
from appliance.api.examples import example_of
from appliance.api.operation import Caller, Content, Form, Group, Operation, Parameter, operation_of
from appliance.api.prose import description, webhook_description
from appliance.api.replies import ErrorReply
from appliance.api.requests import HIGHEST_ID
from appliance.api.services import Services
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
SCHEMA_REFERENCE = "#/components/schemas/{name}"
JSON = "application/json"
FORM = "multipart/form-data"

_Id = Annotated[int, Meta(ge=0, le=HIGHEST_ID)]
# The parts of paths, by the name that the handlers' methods give them.
PATH_PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter("call_id", "The call's id, as process-call answered it."),
        Parameter("customer_id", "The customer's number.", kind=_Id, example=1),
        Parameter("delivery_id", "The delivery's id."),
        Parameter("token_id", "The token's number.", kind=_Id, example=2),
        Parameter("name", "The backup's file name, as the list shows it."),
    )
}
_SECURITY: dict[Caller, list[Json]] = {
    Caller.ANYBODY: [],
    Caller.CUSTOMER: [{"apiKey": []}],
    Caller.OPERATOR: [{"bearer": []}],
    Caller.ADMIN: [{"bearer": []}],
    Caller.EITHER: [{"bearer": []}, {"apiKey": []}],
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
_HEADERS: dict[str, Json] = {
    "X-Request-ID": {
        "description": "Names this request in the appliance's log; your own `X-Request-ID` is taken over.",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "Requests a minute with this API key.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left now.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Reset": {
        "description": "Whole seconds until a slot frees.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Retry-After": {
        "description": "In how many seconds it is worth asking again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "What the operators' routes want.", "schema": {"type": "string"}},
}
_RATE_LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_WEBHOOK_HEADERS = {
    "webhook-id": "The webhook's id: the same in every attempt, so that you can tell a repetition.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "One or more signatures, separated by spaces.",
    "User-Agent": "`vBot/` and the version.",
}


@dataclass(frozen=True, slots=True)
class Described:
    """One method of one public route; `operation` is None where it was forgotten."""

    path: str
    method: str
    handler: type[RequestHandler]
    path_parameters: tuple[str, ...]
    operation: Operation | None


def public_operations(routes: Iterable[Route]) -> Iterator[Described]:
    """Every method of every route but the internal ones."""
    for pattern, handler in routes:
        if pattern.startswith(INTERNAL):
            continue
        for name in RequestHandler.SUPPORTED_METHODS:
            method = getattr(handler, name.lower())
            if method is getattr(RequestHandler, name.lower()):
                continue
            names = tuple(inspect.signature(method).parameters)[1:]
            unnamed = iter(names)
            path = re.sub(r"\([^()]*\)", lambda _: "{" + next(unnamed) + "}", pattern)  # noqa: B023 - used at once
            yield Described(path, name.lower(), handler, names, operation_of(method))


def make_document(routes: Sequence[Route], services: Services) -> Json:
    """The whole document, with this appliance's own limits in its sentences."""
    described = list(public_operations(routes))
    schemas = _Schemas(item.operation for item in described if item.operation is not None)
    paths: dict[str, Json] = {}
    for item in described:
        if item.operation is not None:
            paths.setdefault(item.path, {})[item.method] = _operation(item, item.operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vBot API",
            "version": __version__,
            "summary": "Call recordings in; transcription, summary, sentiment and keywords out by signed webhook.",
            "description": description(services, example_of(schemas.of(WebhookBody), schemas.components)["call_id"]),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This appliance."}],
        "tags": [{"name": group.value} for group in Group],
        "paths": paths,
        "webhooks": {"call": {"post": _webhook(services, schemas)}},
        "components": {
            "schemas": schemas.components,
            "securitySchemes": _SECURITY_SCHEMES,
            "headers": _HEADERS,
            "examples": {example.name: {"summary": example.summary, "value": example.body} for example in _examples()},
        },
    }


def _examples() -> Iterator[ErrorExample]:
    for examples in ERROR_EXAMPLES.values():
        yield from examples


class _Schemas:
    """The JSON schemas of all types that the operations name."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._forms: dict[str, type[msgspec.Struct]] = {}
        replies: list[Any] = [ErrorReply, WebhookBody]
        others: list[Any] = [parameter.kind for parameter in PATH_PARAMETERS.values()]
        for one in operations:
            replies += [answer for answer in (one.answers, *one.other_answers.values()) if isinstance(answer, type)]
            others += [parameter.kind for parameter in (*one.query, *one.headers)]
            if one.takes is not None:
                others.append(self._form(one.takes) if isinstance(one.takes, Form) else one.takes)
        kinds = [*replies, *others]
        found, self.components = msgspec.json.schema_components(kinds, ref_template=SCHEMA_REFERENCE)
        self._found = dict(zip(map(repr, kinds), found, strict=True))
        _, of_replies = msgspec.json.schema_components(replies, ref_template=SCHEMA_REFERENCE)
        for name in of_replies:
            _always_there(self.components[name])

    def of(self, kind: Any) -> Json:
        """The schema of a type or form: mostly a reference."""
        return dict(self._found[repr(self._form(kind) if isinstance(kind, Form) else kind)])

    def _form(self, form: Form) -> type[msgspec.Struct]:
        if form.name not in self._forms:
            binary = Meta(description=form.file_sentence, extra_json_schema={"format": "binary"})
            fields: list[Any] = [(form.file_name, Annotated[str, binary])]
            for one in form.fields:
                meta = Meta(description=one.sentence, examples=None if one.example is None else [one.example])
                kind = Annotated[one.kind, meta]
                fields.append((one.name, kind) if one.required else (one.name, kind, UNSET))
            self._forms[form.name] = msgspec.defstruct(form.name, fields, namespace={"__doc__": form.sentence})
        return self._forms[form.name]


def _always_there(schema: Json) -> None:
    """A reply's field that has a value by default is always sent; only what may be UNSET may be absent."""
    for name, field in schema.get("properties", {}).items():
        if field.pop("default", UNSET) is not UNSET:
            schema["required"].append(name)
    if "required" in schema:
        schema["required"].sort(key=list(schema["properties"]).index)


def _operation(item: Described, described: Operation, schemas: _Schemas) -> Json:
    parameters = [_parameter(PATH_PARAMETERS[name], "path", schemas) for name in item.path_parameters]
    parameters += [_parameter(one, "query", schemas) for one in described.query]
    parameters += [_parameter(one, "header", schemas) for one in described.headers]
    made: Json = {
        "operationId": item.method + item.handler.__name__,
        "tags": [described.group.value],
        "summary": described.summary,
        "description": " ".join((f"For {described.caller.value}.", described.notes)).strip(),
        "security": _SECURITY[described.caller],
    }
    if parameters:
        made["parameters"] = parameters
    if described.takes is not None:
        made["requestBody"] = _request_body(described, schemas)
    made["responses"] = _responses(item, described, schemas)
    return made


def _parameter(parameter: Parameter, place: str, schemas: _Schemas) -> Json:
    made = {
        "name": parameter.name,
        "in": place,
        "required": place == "path",
        "description": parameter.sentence,
        "schema": schemas.of(parameter.kind),
    }
    return made if parameter.example is None else {**made, "example": parameter.example}


def _request_body(described: Operation, schemas: _Schemas) -> Json:
    schema = schemas.of(described.takes)
    if isinstance(described.takes, Form):
        content: Json = {FORM: {"schema": schema}}
    else:
        shown = example_of(schema, schemas.components, only=described.example_fields or None, is_request=True)
        content = {JSON: {"schema": schema, "example": shown}}
    return {"required": not described.body_may_be_absent, "content": content}


def _responses(item: Described, described: Operation, schemas: _Schemas) -> Json:
    headers = ["X-Request-ID"]
    if described.caller in (Caller.CUSTOMER, Caller.EITHER):
        headers += _RATE_LIMIT_HEADERS
    made = {"200": _answer(described.answers, schemas, headers)}
    for status, kind in described.other_answers.items():
        made[str(status)] = _answer(kind, schemas, headers)
    by_status: dict[int, list[ErrorExample]] = {}
    for error in dict.fromkeys(_errors(item, described)):
        for example in ERROR_EXAMPLES[error]:
            by_status.setdefault(example.status, []).append(example)
    for status, examples in sorted(by_status.items()):
        made.setdefault(str(status), _error_answer(examples, headers))
    return made


def _errors(item: Described, described: Operation) -> Iterator[type[Exception]]:
    """What a request can be refused with: what its kind brings along, then what the handler names."""
    if described.takes is not None or described.query or described.headers:
        yield InvalidRequest
    if isinstance(described.takes, type):
        yield BodyTooLarge
    if described.caller is not Caller.ANYBODY:
        yield from (InvalidCredential, InsufficientRole, TooManyFailedLogins, Unavailable)
    if described.caller in (Caller.CUSTOMER, Caller.EITHER):
        yield RateLimitExceeded
    if item.path_parameters:
        yield NotFound
    yield from described.errors
    yield InternalError


def _answer(kind: type[msgspec.Struct] | Content, schemas: _Schemas, headers: list[str]) -> Json:
    if isinstance(kind, Content):
        schema: Json = {} if kind.binary else {"type": "object" if kind.media_type == JSON else "string"}
        return {
            "description": kind.sentence,
            "headers": _header_references(headers),
            "content": {kind.media_type: {"schema": schema}},
        }
    schema = schemas.of(kind)
    return {
        "description": inspect.getdoc(kind),
        "headers": _header_references(headers),
        "content": {JSON: {"schema": schema, "example": example_of(schema, schemas.components)}},
    }


def _error_answer(examples: list[ErrorExample], headers: list[str]) -> Json:
    names = dict.fromkeys([*headers, *(name for example in examples for name in example.headers)])
    shown = {example.name: {"$ref": f"#/components/examples/{example.name}"} for example in examples}
    return {
        "description": " ".join(dict.fromkeys(example.summary for example in examples)),
        "headers": _header_references(names),
        "content": {JSON: {"schema": {"$ref": SCHEMA_REFERENCE.format(name="ErrorReply")}, "examples": shown}},
    }


def _header_references(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _webhook(services: Services, schemas: _Schemas) -> Json:
    schema = schemas.of(WebhookBody)
    return {
        "operationId": "receiveCall",
        "summary": "What your server receives when a call is final.",
        "description": webhook_description(services),
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": sentence, "schema": {"type": "string"}}
            for name, sentence in _WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schema, "example": example_of(schema, schemas.components)}},
        },
        "responses": {
            "2XX": {"description": "You have it: it is not sent again."},
            "410": {"description": "You want no more webhooks at this address: it is disabled."},
            "default": {"description": "You do not have it: it is sent again later, a redirect too."},
        },
    }
