"""JSON bodies: read into a shape, or refused with the field that is at fault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from appliance.api.http.json_body import read_json
from appliance.errors import InvalidRequest


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """Some of every kind of field."""

    count: int
    weight: float = 0.0
    at: datetime | None = None
    parts: list[int] = []
    other: Any = None


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
    assert problem.startswith("expected int, got ")


def test_a_field_within_a_list_is_named_by_its_place() -> None:
    assert problems_of(b'{"count": 1, "parts": [1, "x"]}') == [("parts[1]", "expected int, got str")]


def test_missing_and_unknown_fields_are_named() -> None:
    assert problems_of(b"{}") == [("count", "is required")]
    assert problems_of(b'{"count": 1, "colour": 2}') == [("colour", "is not a field of this request")]


@pytest.mark.parametrize("body", [b"", b"{", b'{"count": 1}}', b"\xff", b'{"count": 1e999}', b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    ((field, _),) = problems_of(body)
    assert field == "body"
