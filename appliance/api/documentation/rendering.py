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
from urllib.parse import quote

import msgspec
from tornado.escape import xhtml_escape
from tornado.template import Loader

from appliance.api.openapi.examples import SCHEMAS

Json = Mapping[str, Any]

_FOLDER = Path(__file__).parent / "pages"
# The Python ones are no modules of ours, and so are not called like ones.
_SAMPLES = (
    "verify.py.txt",
    "verify.php",
    "verify.js",
    "verify.sh",
    "receive.py.txt",
    "note_call.py.txt",
    "note_call.php",
    "note_call.js",
)
# What may stand in an address that we show; anything else in a Host header is somebody's joke.
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
UNKNOWN_HOST = "vbot.example.com"
JSON = "application/json"
_CREDENTIALS = {"apiKey": "X-API-Key: your_api_key", "bearer": "Authorization: Bearer your_token"}
PAGES_KEPT = 16
LONGEST_LINE = 70
LANGUAGES = ("en", "de")  # of the page about data protection


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table of fields; `kind` is HTML."""

    name: str
    kind: str
    required: bool
    sentence: str
    example: str
    default: str  # what an optional one is that is absent; empty where its sentence says it


class Documentation:
    """The page; reads its template and style once, when it is made."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.encoded = msgspec.json.encode(document)
        # Whoever asks and however often: a page takes milliseconds to make, and only the address in it differs.
        self._page_at = lru_cache(maxsize=PAGES_KEPT)(self._render)
        self._style = (_FOLDER / "style.css").read_text(encoding="utf-8")
        self._samples = {name: (_FOLDER / name).read_text(encoding="utf-8").strip() for name in _SAMPLES}
        # One line in the page for one in the template: what is preformatted stays so.
        loader = Loader(str(_FOLDER), autoescape="xhtml_escape", whitespace="all")
        self._template = loader.load("page.html")
        self._data_protection = {language: loader.load(f"data_protection_{language}.html") for language in LANGUAGES}

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

    def data_protection(self, language: str) -> bytes:
        """The page about moods, for the data-protection officer and the works council, in one of `LANGUAGES`."""
        return self._data_protection[language].generate(
            style=self._style, version=self._document["info"]["version"], limits=self._document["x-limits"]
        )

    def _render(self, address: str) -> bytes:
        return self._template.generate(
            address=address,
            document=self._document,
            style=self._style,
            samples=self._samples,
            failures=self._document["x-failures"],
            health_example=self._document["paths"]["/health"]["get"]["responses"]["200"]["content"][JSON]["example"],
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
            short=short,
            anchor=anchor,
            breakable=breakable,
            curl_of=self._curl_of,
            answers_of=self._answers_of,
            errors_of=self._errors_of,
        )

    def fields(self, schema: Json) -> list[Field]:
        """The rows that describe an object's fields; what must be there stands first, what is ignored last."""
        schema = self._resolved(schema)
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        names = sorted(properties, key=lambda name: (name not in required, properties[name].get("readOnly", False)))
        return [
            Field(
                name, kind_of(field), name in required, field.get("description", ""), _example(field), _default(field)
            )
            for name, field in ((name, properties[name]) for name in names)
        ]

    def _chapters(self) -> list[tuple[str, str, list[tuple[str, str, Json]]]]:
        """Each chapter's name, sentence, and operations as (method, path, operation)."""
        operations = [
            (method.upper(), path, operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
        ]
        return [
            (tag["name"], tag["description"], [one for one in operations if tag["name"] in one[2]["tags"]])
            for tag in self._document["tags"]
        ]

    def _answers_of(self, operation: Json) -> list[tuple[str, Json]]:
        """The answers that are no errors, by their status."""
        answers = [(status, self._resolved(answer)) for status, answer in operation["responses"].items()]
        return [(status, answer) for status, answer in answers if not _error_names(answer)]

    def _errors_of(self, operation: Json) -> list[tuple[str, str]]:
        """Status and name of each error that the operation may answer."""
        return [
            (status, name)
            for status, answer in operation["responses"].items()
            for name in _error_names(self._resolved(answer))
        ]

    def _curl_of(self, address: str, method: str, path: str, operation: Json) -> str:
        """A line for the shell that calls the operation, with the examples of the document."""
        examples = {one["name"]: str(one.get("example", "")) for one in operation["parameters"] if one["in"] == "path"}
        url = address + re.sub(r"{(\w+)}", lambda found: quote(examples[found[1]]), path)
        how = {"GET": "", "HEAD": "--head "}.get(method, f"-X {method} ")
        lines = [f"curl {how}{url}"]
        schemes = [name for requirement in operation["security"] for name in requirement]
        lines += [f'-H "{_CREDENTIALS[name]}"' for name in schemes[:1]]
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            lines.append(f'-H "Content-Type: {media_type}"')
            if "example" in content:
                body = short(content["example"]).replace("\n", "\n  ")
                lines.append(f"-d '{body}'")
            else:
                form = self._resolved(content["schema"])
                # A form of which the one file or several are required: the one.
                required = [*form.get("oneOf", [{}])[0].get("required", ()), *form["required"]]
                rows = [row for row in self.fields(content["schema"]) if row.name in required]
                lines += [f'-F "{row.name}={row.example or "@/path/to/call.wav"}"' for row in rows]
        if any("Content-Disposition" in answer.get("headers", ()) for answer in operation["responses"].values()):
            lines += ["--remote-name --remote-header-name"] if method == "GET" else []
        return " \\\n  ".join(lines)

    def _resolved(self, thing: Json) -> Json:
        while "$ref" in thing:
            found: Any = self._document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            thing = found
        return thing


def _error_names(answer: Json) -> list[str]:
    return list(answer["content"].get(JSON, {}).get("examples", ()))


def text(sentence: str) -> str:
    """A sentence as HTML: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", xhtml_escape(sentence))


def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def short(value: Any) -> str:
    """A value as JSON on one line, or on several where it is long."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= LONGEST_LINE else pretty(value)


def breakable(path: str) -> str:
    """A path as HTML that may go on in the next line before each of its parts."""
    return xhtml_escape(path).replace("/", "<wbr>/")


def anchor(name: str) -> str:
    """The id of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def shape_of(schema: Json) -> str | None:
    """The name of the shape that a schema points to, or None."""
    reference = schema.get("$ref", "")
    return reference.removeprefix(SCHEMAS) if reference.startswith(SCHEMAS) else None


def kind_of(schema: Json) -> str:
    """What a value is, in a few words of HTML; shapes are links. That an optional text may be empty is not repeated."""
    if name := shape_of(schema):
        return f'<a href="#shape-{anchor(name)}">{xhtml_escape(name)}</a>'
    if "anyOf" in schema:
        outer = {name: value for name, value in schema.items() if name == "type"}
        kinds = [kind_of({**outer, **one}) for one in schema["anyOf"]]
        return " or ".join(kind for kind in kinds if kind)
    if "const" in schema or "enum" in schema:
        return " or ".join(_word(one) for one in schema.get("enum", [schema.get("const")]) if one != "")
    if "items" in schema:
        return f"list of {kind_of(schema['items'])}"
    if schema.get("additionalProperties"):
        return f"object of {kind_of(schema['additionalProperties'])}"
    return xhtml_escape(_FORMATS.get(schema.get("format", "")) or schema.get("type", "any JSON"))


_FORMATS = {"binary": "file", "date-time": "moment (ISO 8601)", "uri": "URL", "uuid": "UUID", "pem": "PEM"}


def _word(value: Any) -> str:
    return f"<code>{xhtml_escape(value if isinstance(value, str) else json.dumps(value))}</code>"


def _default(schema: Json) -> str:
    found = schema.get("default")
    return "" if found in (None, "") else json.dumps(found)


def _example(schema: Json) -> str:
    found = schema.get("examples", ())
    if not found or isinstance(found[0], dict | list):
        return ""
    return found[0] if isinstance(found[0], str) else json.dumps(found[0])
