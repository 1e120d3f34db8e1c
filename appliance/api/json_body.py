"""JSON bodies: read into a shape, or refused with the field that is at fault."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from appliance.errors import InvalidRequest, Problem

T = TypeVar("T")


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as this shape; raises InvalidRequest that names the field."""
    try:
        return msgspec.convert(_with_integers(msgspec.json.decode(body)), shape)
    except msgspec.DecodeError as error:
        raise InvalidRequest(_problem(str(error))) from None
    except (UnicodeDecodeError, RecursionError):
        raise InvalidRequest(Problem("body", "is not valid JSON")) from None


def _with_integers(value: Any) -> Any:
    """The same value; 3.0 is the integer 3, as JSON Schema has it, since some languages know one kind of number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _with_integers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_integers(one) for one in value]
    return value


def _problem(message: str) -> Problem:
    """Turn msgspec's "Expected `str`, got `int` - at `$.name`" into a field and a problem."""
    text, _, place = message.partition(" - at `$")
    field = place.rstrip("`").lstrip(".")
    if not field or field.startswith("["):  # while it was no object yet
        field = "body"
    if found := re.search(r"(?:missing required|contains unknown) field `([^`]+)`", text):
        field = found[1]
        text = "is required" if "missing" in text else "is not a field of this request"
    return Problem(field, text[0].lower() + text[1:].replace("`", ""))
