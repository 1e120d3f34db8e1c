"""What one method of a route takes and answers, said beside the handler; the OpenAPI document is made from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, TypeVar

import msgspec
from tornado.web import RequestHandler

from appliance.errors import ApplianceError

PLAIN_TEXT = "text/plain"

F = TypeVar("F", bound=Callable[..., Any])


class Caller(Enum):
    """Who may call; that `admit` of the handler says the same is a test's business."""

    ANYBODY = "open to all"
    CUSTOMER = "a customer, by its API key"
    OPERATOR = "an administrator or a viewer"
    ADMIN = "an administrator"
    EITHER = "an administrator, a viewer, or a customer for what is its own"
    LOCAL_OR_OPERATOR = "a program on the appliance itself, an administrator or a viewer"


class Group(StrEnum):
    """The chapters of the documentation, in their order."""

    CALLS = "Calls"
    CUSTOMERS = "Customers"
    DELIVERIES = "Webhook deliveries"
    APPLIANCE = "The appliance"

    @property
    def sentence(self) -> str:
        """What the chapter is about."""
        return _CHAPTERS[self]


_CHAPTERS = {
    Group.CALLS: "Send recordings, and see what became of them.",
    Group.CUSTOMERS: "Who sends calls: keys, limits, and where results go. For administrators.",
    Group.DELIVERIES: "What was sent to customers, each attempt with its answer, and how to send it again.",
    Group.APPLIANCE: "How it is, what happens in it, who may come in, and its backups.",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query or a path: how it is read, and how it is described.

    `parse` raises ValueError or OverflowError for a text that `problem` then describes. `kind` is the type that the
    JSON schema is made from.
    """

    name: str
    sentence: str
    parse: Callable[[str], Any] = str
    problem: str = ""
    kind: Any = str
    example: str | int | None = None


@dataclass(frozen=True, slots=True)
class FormField:
    """One text field of a multipart form: `parse` gives its value, or raises ValueError with the problem.

    `attribute` is what it is called in our own objects; `kind` is the type that the JSON schema is made from, and
    `media_type` what its part of the form holds.
    """

    name: str
    attribute: str
    sentence: str
    parse: Callable[[str], Any]
    kind: Any = str
    required: bool = False
    example: str | None = None
    media_type: str = PLAIN_TEXT
    is_forgiving: bool = False
    """Bytes that are no UTF-8 are replaced and not refused."""
    only_describes: bool = False
    """A value that cannot be read is left out and told in `warnings`; the call is not lost for it."""
    longest: int | None = None
    """So many characters are kept of it; that more came is told in `warnings`, and the call is not lost for it."""
    if_empty: str | None = None
    """What the field means where it is there and empty; None: that it is absent."""


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form: one file, or instead of it its `legs`, all of them, and text fields.

    `file_types` are media types, with commas; of a leg there are its field's name and its sentence.
    """

    name: str
    sentence: str
    file_name: str
    file_sentence: str
    file_types: str
    fields: tuple[FormField, ...]
    legs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is not one of our JSON shapes; the media type of one without a body is empty.

    `headers` are those that only this answer has, by their names in `appliance.api.http.headers`. `events`, of a stream
    of server-sent events, are the shapes of their data by the events' types.
    """

    media_type: str
    sentence: str
    binary: bool = False
    headers: tuple[str, ...] = ()
    events: Mapping[str, type[msgspec.Struct]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route."""

    group: Group
    summary: str
    caller: Caller
    answers: type[msgspec.Struct] | Content
    also: tuple[Content, ...] = ()  # other forms of the same answer
    takes: type[msgspec.Struct] | Form | None = None
    body_may_be_absent: bool = False
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    errors: tuple[type[ApplianceError], ...] = ()
    other_answers: Mapping[int, type[msgspec.Struct] | Content] = field(default_factory=dict)
    notes: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)  # of the answer, what is not as in its shape's


def operation(described: Operation) -> Callable[[F], F]:
    """Describe a handler's method. Every public route needs it: a test walks the routes."""

    def attach(method: F) -> F:
        method.__operation__ = described  # type: ignore[attr-defined]
        return method

    return attach


def operation_of(method: Any) -> Operation | None:
    """What was said of a handler's method, or None."""
    return getattr(method, "__operation__", None)


def methods_of(handler: type[RequestHandler]) -> Iterator[str]:
    """The names of the methods that the handler answers, such as `get`."""
    for name in map(str.lower, RequestHandler.SUPPORTED_METHODS):
        if getattr(handler, name) is not getattr(RequestHandler, name):
            yield name


def path_names(handler: type[RequestHandler]) -> tuple[str, ...]:
    """What the handler's methods call the parts of its path."""
    for name in methods_of(handler):
        return tuple(inspect.signature(getattr(handler, name)).parameters)[1:]
    return ()
