"""JSON bodies: read into a shape, or refused with the field that is at fault."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from appliance.api.http.json_body import read_json
from appliance.errors import InvalidRequest


class Level(Enum):
    LOW, HIGH = "low", "high"


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    days: int


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """Some of every kind of field."""

    count: int
    weight: float = 0.0
    at: datetime | None = None
    parts: list[int] = []
    other: Any = None
    side: Literal["left", "right"] | None = None
    level: Annotated[Level, Meta(description="How loud.")] = Level.LOW
    few: Annotated[list[int], Meta(max_length=2)] = []
    from_one: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    inner: Inner | int | None = None
    sides: list[Literal["left", "right"]] = []


def problems_of(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        read_json(body, Order)
    return [(item.field, item.problem) for item in caught.value.problems]


def test_a_number_without_a_fraction_is_an_integer_however_it_is_written() -> None:
    assert read_json(b'{"count": 3.0, "weight": 2, "parts": [1e2, -0.0]}', Order) == Order(3, 2.0, parts=[100, 0])
    assert read_json(b'{"count": 1, "other": {"a": [4.0]}}', Order).other == {"a": [4]}


@pytest.mark.parametrize("number", [b"3.5", b'"3"', b"true", b"null", b"1e-3"])
def test_what_is_no_integer_is_named(number: bytes) -> None:
    ((field, problem),) = problems_of(b'{"count": %s}' % number)
    assert field == "count"
    assert problem.startswith("must be a whole number, not ")


def test_a_field_within_a_list_is_named_by_its_place() -> None:
    assert problems_of(b'{"count": 1, "parts": [1, "x"]}') == [("parts[1]", "must be a whole number, not a text")]


def test_missing_and_unknown_fields_are_named() -> None:
    assert problems_of(b"{}") == [("count", "is required")]
    assert problems_of(b'{"count": 1, "colour": 2}') == [("colour", "is not a field of this request")]


@pytest.mark.parametrize("body", [b"", b"{", b'{"count": 1}}', b"\xff", b'{"count": 1e999}', b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    ((field, _),) = problems_of(body)
    assert field == "body"


@pytest.mark.parametrize(
    ("sent", "field", "problem"),
    [
        (b'"weight": "x"', "weight", "must be a number, not a text"),
        (b'"count": 2.5', "count", "must be a whole number, not a fraction"),
        (b'"at": "soon"', "at", "must be a moment such as 2026-11-24T12:00:00Z"),
        (b'"at": 7', "at", "must be a moment such as 2026-11-24T12:00:00Z or null, not a whole number"),
        (b'"parts": {}', "parts", "must be a list, not an object"),
        (b'"side": "up"', "side", "must be one of left, right"),
        (b'"level": "top"', "level", "must be one of low, high"),
        (b'"sides": ["left", "up"]', "sides[1]", "cannot be taken: Invalid enum value 'up'"),
        (b'"few": [1, 2, 3]', "few", "must have at most 2 entries"),
        (b'"from_one": 0', "from_one", "must be at least 1"),
        (b'"from_one": 1e7', "from_one", "must be at most 1000000"),
        (b'"inner": "x"', "inner", "must be a whole number, an object or null, not a text"),
        (b'"inner": {"days": true}', "inner.days", "must be a whole number, not true or false"),
        (b'"inner": {"hours": 1}', "inner.hours", "is not a field of this request"),
        (b'"inner": {}', "inner.days", "is required"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words_of_the_field_as_it_was_sent(
    sent: bytes, field: str, problem: str
) -> None:
    body = b"{%s}" % sent if b'"count"' in sent else b'{"count": 1, %s}' % sent
    assert problems_of(body) == [(field, problem)]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is not valid JSON: it ends too early"),
        (b"{count: 1}", "is not valid JSON: object keys must be strings (byte 1)"),
        (b'{"count": 1e999}', "is not valid JSON: a number is too large"),
        (b"[]", "must be an object, not a list"),
    ],
)
def test_what_is_no_json_is_told_in_plain_words(body: bytes, problem: str) -> None:
    assert problems_of(body) == [("body", problem)]
