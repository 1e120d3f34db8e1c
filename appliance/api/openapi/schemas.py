"""The JSON Schemas of the document: of every type that the operations name, and of forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta

from appliance.api.http.operation import Content, Form, Operation
from appliance.api.openapi.examples import SCHEMAS
from appliance.api.shapes.replies.basics import ErrorReply
from appliance.webhooks.events import WebhookBody

Json = dict[str, Any]

SCHEMA_REFERENCE = SCHEMAS + "{name}"


class Schemas:
    """The JSON schemas of all types that the operations name."""

    def __init__(self, operations: Iterable[Operation], others: Iterable[Any] = ()) -> None:
        """`others`: types that are named beside the operations."""
        self._forms: dict[str, type[msgspec.Struct]] = {}
        operations = list(operations)
        replies: list[Any] = [ErrorReply, WebhookBody]
        kinds_of_requests = list(others)
        for one in operations:
            for answer in (one.answers, *one.other_answers.values()):
                replies += answer.events.values() if isinstance(answer, Content) else [answer]
            kinds_of_requests += [parameter.kind for parameter in (*one.query, *one.headers)]
            if one.takes is not None:
                kinds_of_requests.append(self._form(one.takes) if isinstance(one.takes, Form) else one.takes)
        kinds = [*replies, *kinds_of_requests]
        found, self.components = msgspec.json.schema_components(kinds, ref_template=SCHEMA_REFERENCE)
        self._found = dict(zip(map(repr, kinds), found, strict=True))
        for form in (one.takes for one in operations if isinstance(one.takes, Form) and one.takes.legs):
            self.components[form.name] |= _one_or_all(form.file_name, [name for name, _ in form.legs])
        _, of_replies = msgspec.json.schema_components(replies, ref_template=SCHEMA_REFERENCE)
        for name in of_replies:
            _always_there(self.components[name])

    def of(self, kind: Any) -> Json:
        """The schema of a type or form: mostly a reference."""
        return dict(self._found[repr(self._form(kind) if isinstance(kind, Form) else kind)])

    def _form(self, form: Form) -> type[msgspec.Struct]:
        if form.name not in self._forms:
            files = [(form.file_name, form.file_sentence), *form.legs]
            fields: list[Any] = []
            for name, sentence in files:
                binary = Meta(description=sentence, extra_json_schema={"format": "binary"})
                fields.append((name, Annotated[str, binary], *((UNSET,) if form.legs else ())))
            for one in form.fields:
                meta = Meta(description=one.sentence, examples=None if one.example is None else [one.example])
                default = () if one.required else (UNSET,)
                fields.append((one.name, Annotated[one.kind, meta], *default))
            self._forms[form.name] = msgspec.defstruct(
                form.name, fields, namespace={"__doc__": form.sentence}, kw_only=True
            )
        return self._forms[form.name]


def _one_or_all(one: str, others: list[str]) -> Json:
    """Either the one field is required, or all of the others."""
    return {
        "oneOf": [{"required": [one]}, {"required": others}],
        "dependentRequired": {name: [other for other in others if other != name] for name in others},
    }


def _always_there(schema: Json) -> None:
    """A reply's field that has a value by default is always sent; only what may be UNSET may be absent."""
    for name, field in schema.get("properties", {}).items():
        if field.pop("default", UNSET) is not UNSET:
            schema["required"].append(name)
    if "required" in schema:
        schema["required"].sort(key=list(schema["properties"]).index)
