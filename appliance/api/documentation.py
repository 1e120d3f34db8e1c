"""The documentation for people: one HTML page, rendered from the OpenAPI document and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from tornado.escape import xhtml_escape
from tornado.template import Template

from appliance.api.examples import SCHEMAS

Json = Mapping[str, Any]

_FOLDER = Path(__file__).parent
# What may stand in an address that we show; anything else in a Host header is somebody's joke.
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
UNKNOWN_HOST = "vbot.example.com"
PAGES_KEPT = 16


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table of fields; `kind` is HTML."""

    name: str
    kind: str
    required: bool
    sentence: str
    example: str


class Documentation:
    """The page; reads its template and style once, when it is made."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.encoded = msgspec.json.encode(document)
        # Whoever asks and however often: a page takes milliseconds to make, and only the address in it differs.
        self._page_at = lru_cache(maxsize=PAGES_KEPT)(self._render)
        self._style = (_FOLDER / "documentation.css").read_text(encoding="utf-8")
        self._template = Template(
            (_FOLDER / "documentation.html").read_text(encoding="utf-8"), autoescape="xhtml_escape"
        )

    @property
    def document(self) -> Json:
        """What it is all made from."""
        return self._document

    @property
    def content_security_policy(self) -> str:
        """Nothing but our own style, and that by its hash."""
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )

    def page(self, scheme: str, host: str) -> bytes:
        """The page for somebody who reached the appliance under this address. Takes milliseconds: not for the loop."""
        return self._page_at(f"{scheme}://{host if _HOST.fullmatch(host) else UNKNOWN_HOST}")

    def _render(self, address: str) -> bytes:
        return self._template.generate(
            address=address,
            document=self._document,
            style=self._style,
            post_call=self._document["paths"]["/api/process-call"]["post"],
            webhook=self._document["webhooks"]["call"]["post"],
            chapters=self._chapters(),
            limits=self._document["x-limits"],
            fields=self.fields,
            resolved=self._resolved,
            kind_of=kind_of,
            shape_of=shape_of,
            text=text,
            pretty=pretty,
            anchor=anchor,
        )

    def fields(self, schema: Json) -> list[Field]:
        """The rows that describe an object's fields."""
        schema = self._resolved(schema)
        required = schema.get("required", ())
        return [
            Field(name, kind_of(field), name in required, field.get("description", ""), _example(field))
            for name, field in schema.get("properties", {}).items()
        ]

    def _chapters(self) -> list[tuple[str, list[tuple[str, str, Json]]]]:
        """The operations as (method, path, operation), by their tag."""
        operations = [
            (method.upper(), path, operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
        ]
        names = [tag["name"] for tag in self._document["tags"]]
        return [(name, [one for one in operations if name in one[2]["tags"]]) for name in names]

    def _resolved(self, thing: Json) -> Json:
        while "$ref" in thing:
            found: Any = self._document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            thing = found
        return thing


def text(sentence: str) -> str:
    """A sentence as HTML: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", xhtml_escape(sentence))


def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def anchor(name: str) -> str:
    """The id of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def shape_of(schema: Json) -> str | None:
    """The name of the shape that a schema points to, or None."""
    reference = schema.get("$ref", "")
    return reference.removeprefix(SCHEMAS) if reference.startswith(SCHEMAS) else None


def kind_of(schema: Json) -> str:
    """What a value is, in a few words of HTML; shapes are links."""
    if name := shape_of(schema):
        return f'<a href="#shape-{anchor(name)}">{xhtml_escape(name)}</a>'
    if "anyOf" in schema:
        return " or ".join(kind_of(one) for one in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return " or ".join(_word(one) for one in schema.get("enum", [schema.get("const")]))
    if "items" in schema:
        return f"list of {kind_of(schema['items'])}"
    if schema.get("additionalProperties"):
        return f"object of {kind_of(schema['additionalProperties'])}"
    return xhtml_escape(_FORMATS.get(schema.get("format", "")) or schema.get("type", "any JSON"))


_FORMATS = {"binary": "file", "date-time": "moment (ISO 8601)"}


def _word(value: Any) -> str:
    return f"<code>{xhtml_escape(value if isinstance(value, str) else json.dumps(value))}</code>"


def _example(schema: Json) -> str:
    found = schema.get("examples", ())
    if not found or isinstance(found[0], dict | list):
        return ""
    return found[0] if isinstance(found[0], str) else json.dumps(found[0])
