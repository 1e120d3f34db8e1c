"""The fields of POST /api/process-call: one table that parses them and describes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from appliance.api.http.files import ENDINGS, UNKNOWN_TYPE
from appliance.api.http.json_body import decode
from appliance.api.http.operation import Form, FormField, Parameter
from appliance.api.shapes import text_schemas
from appliance.api.shapes.field_checks import check_language, check_text
from appliance.api.shapes.requests import parse_moment
from appliance.domain.call import Disposition
from appliance.domain.short_text import with_unseen_shown
from appliance.domain.vocabulary import LONGEST_ENTRY, MOST_ENTRIES, check_vocabulary, listed, tidied
from appliance.errors import Problem
from appliance.messages.analyse_call import ChannelName, DirectionName
from appliance.services.calls.submit_call import Submission


def parse_submission(fields: Mapping[str, bytes], idempotency_key: str | None, problems: list[Problem]) -> Submission:
    """The form's text fields; what is wrong is added to `problems`. Fields that we do not know are ignored."""
    read = {field.attribute: _read(field, fields.get(field.name), problems) for field in TEXT_FIELDS}
    read["vocabulary"] = read["vocabulary"] or ()
    if idempotency_key is not None:
        try:
            check_text(idempotency_key)
        except ValueError as error:
            problems.append(Problem(IDEMPOTENCY_KEY.name, str(error)))
    return Submission(idempotency_key=idempotency_key, **read)


def _read(field: FormField, raw: bytes | None, problems: list[Problem]) -> Any:
    """A field's value; one that is empty counts as absent, as PBX hooks send them, unless that means something."""
    nothing = "" if field.required else None
    try:
        text = (raw or b"").decode("utf-8", "replace" if field.is_forgiving else "strict").strip()
    except UnicodeDecodeError:
        problems.append(Problem(field.name, "must be UTF-8"))
        return nothing
    if not text:
        if raw is not None and field.if_empty is not None:
            return field.if_empty
        if field.required:
            problems.append(Problem(field.name, "is required"))
        return nothing
    try:
        return field.parse(text)
    except (ValueError, OverflowError) as error:
        problems.append(Problem(field.name, str(error)))
        return nothing


def _number(text: str) -> str:
    """As the PBX sends it: a number, `anonymous`, `sip:alice@pbx`, whatever a caller calls himself.

    No call is lost for a strange one, since no PBX reads why. What nobody would see in it is shown, and the end of one
    that is longer than any number or name is left out.
    """
    shown = with_unseen_shown(text)
    return shown if len(shown) <= text_schemas.LONGEST_TEXT else f"{shown[: text_schemas.LONGEST_TEXT - 1]}…"


def _disposition(text: str) -> str:
    """As telephone systems write it: `NO ANSWER`, `no-answer`."""
    return _choice(DISPOSITIONS)(re.sub(r"[\s_-]+", "_", text))


def _id(text: str) -> str:
    """Controls are in no id; what else nobody would see is shown, since the call is not to be lost for it."""
    shown = with_unseen_shown(text)
    check_text(text if any(character < " " or character == "\x7f" for character in text) else shown)
    return shown


def _language(text: str) -> str:
    check_language(text.lower())
    return text.lower()


def _choice(names: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return text.lower()

    return parse


def _json(text: str) -> str:
    try:
        return msgspec.json.encode(decode(text)).decode()
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise ValueError("must be JSON") from None


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment such as 2026-11-24T12:00:00Z") from None


def _vocabulary(text: str) -> tuple[str, ...]:
    if text.startswith("["):
        try:
            entries = msgspec.json.decode(text, type=list[str])
        except (msgspec.MsgspecError, RecursionError, ValueError):
            raise ValueError("must be a JSON list of texts, or texts with commas or line ends between them") from None
    else:
        entries = listed(text)
    check_vocabulary(entries)
    return tidied(entries)


DISPOSITIONS = tuple(one.value for one in Disposition)
WITHHELD = "anonymous"


def _or_empty(schema: dict[str, Any]) -> Any:
    """The type of an optional text: PBX hooks send what they do not know as an empty field."""
    return Annotated[str, Meta(extra_json_schema={"anyOf": [schema, {"const": ""}]})]


_Text = Annotated[str, Meta(extra_json_schema=text_schemas.TEXT)]

# The whole form, as it is described to its reader. `attribute` is a field of Submission.
TEXT_FIELDS = (
    FormField(
        name="caller_number",
        attribute="caller_number",
        sentence="The caller's phone number, or name, as the PBX has it; where it is withheld, `anonymous` or nothing: "
        "the field must be there, and may be empty. Characters that nobody would see are replaced by U+FFFD.",
        parse=_number,
        is_forgiving=True,
        if_empty=WITHHELD,
        required=True,
        example="+1234567890",
    ),
    FormField(
        name="called_number",
        attribute="called_number",
        sentence="The called phone number, likewise.",
        parse=_number,
        is_forgiving=True,
        if_empty=WITHHELD,
        required=True,
        example="+0987654321",
    ),
    FormField(
        name="external_id",
        attribute="external_id",
        sentence="The PBX's unique id of the call. Sent again with the same audio it answers the first `call_id` and "
        "nothing is done twice; with other audio the call is analysed again and its webhook is `call.updated`, if the "
        "numbers and `started_at` are the same or a `linked_id` ties both together: else the answer is 409.",
        parse=_id,
        kind=_or_empty(text_schemas.ID),
        example="1710417600.42",
    ),
    FormField(
        name="language",
        attribute="language",
        sentence="The language that is spoken, an ISO 639 code that the installed model knows; else the customer's, "
        "else it is detected.",
        parse=_language,
        kind=_or_empty(text_schemas.LANGUAGE_OF_FORM),
        example="en",
    ),
    FormField(
        name="started_at",
        attribute="call_started_at",
        sentence="When the call, and its recording, began; UTC unless it says a zone.",
        parse=_moment,
        kind=_or_empty(text_schemas.MOMENT),
        example="2024-03-14T11:58:00Z",
    ),
    FormField(
        name="linked_id",
        attribute="linked_id",
        sentence="The PBX's id of the whole call, where that has several recordings: Asterisk's `linkedid`.",
        parse=_id,
        kind=_or_empty(text_schemas.ID),
        example="1710417600.40",
    ),
    *(
        FormField(
            name=name,
            attribute=name,
            sentence=f"{sentence} As the PBX has it.",
            parse=_number,
            is_forgiving=True,
            example=example,
        )
        for name, sentence, example in (
            ("agent", "Who in the office took the call, or made it: a name or number.", "Ada"),
            ("extension", "The extension on which it was taken or made.", "201"),
            ("queue", "The queue or group in which it waited.", "support"),
            ("did", "The number that was dialled from outside.", "+0987654321"),
        )
    ),
    FormField(
        name="disposition",
        attribute="disposition",
        sentence=f"What came of the call: one of {', '.join(DISPOSITIONS)}; case does not matter.",
        parse=_disposition,
        kind=_or_empty({"enum": list(DISPOSITIONS)}),
        example="answered",
    ),
    FormField(
        name="answered_at",
        attribute="answered_at",
        sentence="When the PBX answered, maybe with a greeting; UTC unless it says a zone.",
        parse=_moment,
        kind=_or_empty(text_schemas.MOMENT),
        example="2024-03-14T11:58:04Z",
    ),
    FormField(
        name="bridged_at",
        attribute="bridged_at",
        sentence="When the two parties were connected; UTC unless it says a zone.",
        parse=_moment,
        kind=_or_empty(text_schemas.MOMENT),
        example="2024-03-14T11:58:21Z",
    ),
    FormField(
        name="direction",
        attribute="direction",
        sentence="Where the call went, seen from the office: it says who the outside party is.",
        parse=_choice(get_args(DirectionName)),
        kind=DirectionName | Literal[""],
        example="inbound",
    ),
    FormField(
        name="caller_channel",
        attribute="caller_channel",
        sentence="Of a stereo recording, the channel that the caller speaks on; else the customer's, else `left`.",
        parse=_choice(get_args(ChannelName)),
        kind=ChannelName | Literal[""],
        example="left",
    ),
    FormField(
        name="vocabulary",
        attribute="vocabulary",
        sentence="Names and products that may come up in this call, as they are to be written, with commas or line "
        f"ends between them, or a JSON list: at most {MOST_ENTRIES} of at most {LONGEST_ENTRY} "
        f"characters. The customer's own are expected as well, {MOST_ENTRIES} in all.",
        parse=_vocabulary,
        kind=Annotated[str, Meta(extra_json_schema={"format": "vocabulary"})],
        example="Kowalczyk, Velodyne",
    ),
    FormField(
        name="metadata",
        attribute="metadata",
        sentence="JSON of your own; the webhook brings it back.",
        parse=_json,
        kind=Any,
        media_type="application/json",
        example='{"ticket": 4711}',
    ),
)
FORM = Form(
    "ProcessCallForm",
    "A call recording and what the PBX knows of the call; an optional field that is empty counts as absent.",
    file_name="file",
    file_sentence="The call recording: WAV, or whatever else the appliance can open, such as MP3, FLAC or Ogg.",
    file_types=", ".join([*ENDINGS, UNKNOWN_TYPE]),
    fields=TEXT_FIELDS,
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "For a client that has no `external_id`: the same key with the same audio answers the first `call_id` again.",
    kind=_Text,
)
