"""Examples of JSON shapes, put together from the examples of their fields."""

from __future__ import annotations

from typing import Any

# Where the document keeps its shapes, as references to them begin.
SCHEMAS = "#/components/schemas/"


def example_of(
    schema: dict[str, Any],
    components: dict[str, Any],
    *,
    is_request: bool = False,
) -> Any:
    """A value of this schema; of a request, the fields that must be given, or where none must, all that may be."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(components[schema["$ref"].removeprefix(SCHEMAS)], components, is_request=is_request)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(next(one for one in schema["anyOf"] if one.get("type") != "null"), components)
    if "properties" in schema:
        shown = (schema["required"] if is_request else ()) or schema["properties"]
        return {
            name: example_of(field, components)
            for name, field in schema["properties"].items()
            if name in shown and not field.get("readOnly")
        }
    items = [example_of(schema["items"], components)] if "items" in schema else []
    by_type = {"array": items, "string": "text", "integer": 1, "number": 0.5, "boolean": True, "object": {}}
    return by_type.get(schema.get("type", ""))
