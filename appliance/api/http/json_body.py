"""JSON bodies: read into a shape, or refused with the field that is at fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec.inspect import EnumType, LiteralType, Metadata, Type

from appliance.errors import InvalidRequest, Problem

T = TypeVar("T")


# Deeper than anything of ours or of a customer's metadata, and less deep than what any program's parser bears.
DEEPEST_LEVEL = 64


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as this shape; raises InvalidRequest that names the field."""
    try:
        return msgspec.convert(_with_integers(decode(body)), shape)
    except msgspec.DecodeError as error:
        raise InvalidRequest(_problem(str(error), shape)) from None
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


# How msgspec calls a kind of value, and how its reader does.
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a moment such as 2026-11-24T12:00:00Z",
}
_BOUNDS = {">=": "at least", "<=": "at most"}


def _problem(message: str, shape: type) -> Problem:
    """Turn msgspec's "Expected `str`, got `int` - at `$.name`" into the field as it was sent, and a sentence."""
    text, _, place = message.partition(" - at `$")
    field = place.rstrip("`").lstrip(".").removesuffix("[...]")
    if found := re.search(r"(?:missing required|contains unknown) field `([^`]+)`", text):
        name = f"{field}.{found[1]}" if field else found[1]
        return Problem(name, "is required" if "missing" in text else "is not a field of this request")
    if not field or field.startswith("["):  # while it was no object yet
        field = "body"
    return Problem(field, _sentence(text, shape, field))


def _sentence(text: str, shape: type, field: str) -> str:
    if found := re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", text):
        wanted = [_KINDS.get(kind, kind) for kind in found[1].split(" | ")]
        got = "a fraction" if found[2] == "float" else _KINDS.get(found[2], found[2])
        return f"must be {_either(wanted)}, not {got}"
    if found := re.fullmatch(r"Expected `(\w+)`( of length)? (>=|<=) (\S+)", text):
        counted = {"str": "characters", "array": "entries"}.get(found[1], "")
        bound = f"{_BOUNDS[found[3]]} {found[4]}"
        return f"must have {bound} {counted}" if found[2] else f"must be {bound}"
    if text.startswith("Invalid enum value") and (choices := _choices(shape, field)):
        return f"must be one of {', '.join(choices)}"
    if text.startswith("Invalid RFC3339"):
        return f"must be {_KINDS['datetime']}"
    if found := re.fullmatch(r"JSON is malformed: (.+)", text):
        return f"is not valid JSON: {found[1]}"
    known = {"Input data was truncated": "it ends too early", "Number out of range": "a number is too large"}
    return f"is not valid JSON: {known[text]}" if text in known else f"cannot be taken: {text.replace('`', '')}"


def _either(kinds: list[str]) -> str:
    *first, last = kinds
    return f"{', '.join(first)} or {last}" if first else last


def _choices(shape: type, field: str) -> list[str]:
    """The words that one field of a struct may have; none where it is no field of the struct itself."""
    fields = [one.type for one in msgspec.structs.fields(shape) if one.encode_name == field]
    kinds = [_without_metadata(msgspec.inspect.type_info(kind)) for kind in fields]
    kinds = [_without_metadata(one) for kind in kinds for one in getattr(kind, "types", [kind])]
    literals = [str(value) for one in kinds if isinstance(one, LiteralType) for value in one.values]
    return literals or [str(member.value) for one in kinds if isinstance(one, EnumType) for member in one.cls]


def _without_metadata(kind: Type) -> Type:
    while isinstance(kind, Metadata):
        kind = kind.type
    return kind
