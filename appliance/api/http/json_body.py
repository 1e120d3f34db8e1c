"""JSON bodies: read into a shape, or refused with the field that is at fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from appliance.errors import InvalidRequest, Problem

T = TypeVar("T")


# Deeper than anything of ours or of a customer's metadata, and less deep than what any program's parser bears.
DEEPEST_LEVEL = 64


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as this shape; raises InvalidRequest that names the field."""
    try:
        return msgspec.convert(_with_integers(decode(body)), shape)
    except msgspec.DecodeError as error:
        raise InvalidRequest(_problem(str(error))) from None
    except (UnicodeDecodeError, RecursionError):
        raise InvalidRequest(Problem("body", "is not valid JSON")) from None


def decode(text: bytes | str) -> Any:
    """Any JSON; raises msgspec.DecodeError, UnicodeDecodeError, and RecursionError for what is nested too deep."""
    value = msgspec.json.decode(text)
    level = [value]
    for _ in range(DEEPEST_LEVEL):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return value
    raise RecursionError(f"JSON of more than {DEEPEST_LEVEL} levels")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


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
