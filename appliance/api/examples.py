"""Examples of JSON shapes, put together from the examples of their fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def example_of(
    schema: dict[str, Any],
    components: dict[str, Any],
    *,
    only: Collection[str] | None = None,
    is_request: bool = False,
) -> Any:
    """A value of this schema, with these fields `only`; of a request, what must be given, or else all that may be."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, only=only, is_request=is_request)
    if "enum" in schema:
        return schema["enum"][0]
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return example_of(choice, components)
    if schema.get("type") == "array":
        return [example_of(schema["items"], components)]
    if "properties" in schema:
        shown = only or (schema["required"] if is_request else ()) or schema["properties"]
        return {
            name: example_of(field, components)
            for name, field in schema["properties"].items()
            if name in shown and not field.get("readOnly")
        }
    return {"string": "text", "integer": 1, "number": 0.5, "boolean": True, "object": {}}.get(schema.get("type", ""))
