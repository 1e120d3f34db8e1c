"""The fields of POST /api/process-call: one table that parses them and describes them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from appliance.api.http.files import ENDINGS, UNKNOWN_TYPE
from appliance.api.http.form import field_values
from appliance.api.http.form.field_values import DISPOSITIONS, read_field, shown
from appliance.api.http.form.sound import HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, Encoding
from appliance.api.http.operation import Form, FormField, Parameter
from appliance.api.shapes import text_schemas
from appliance.api.shapes.field_checks import check_text
from appliance.api.shapes.text_schemas import LONGEST_TEXT
from appliance.domain.clock import CLOCKS_DIFFER
from appliance.domain.vocabulary import LONGEST_ENTRY, MOST_ENTRIES
from appliance.errors import Problem
from appliance.messages.analyse_call import ChannelName, DirectionName
from appliance.services.calls.submission import Submission


def parse_submission(fields: Mapping[str, bytes], idempotency_key: str | None, problems: list[Problem]) -> Submission:
    """The form's text fields; what is wrong is added to `problems`. Of those that we do not know nothing is read."""
    warnings: list[str] = []
    read = {field.attribute: read_field(field, fields.get(field.name), problems, warnings) for field in TEXT_FIELDS}
    read["vocabulary"] = read["vocabulary"] or ()
    if idempotency_key is not None:
        try:
            check_text(idempotency_key)
        except ValueError as error:
            problems.append(Problem(IDEMPOTENCY_KEY.name, str(error)))
    return Submission(idempotency_key=idempotency_key, warnings=tuple(warnings), **read)


def warnings_of_names(names: Iterable[str], doubled: Iterable[str]) -> tuple[str, ...]:
    """What is told of the names in a form: of those that it does not know, and of those that were there `doubled`."""
    unknown = [shown(name) for name in names if name not in _FIELDS]
    told = [f"`{name}` is no field of this form and is left out{_question(name)}." for name in unknown]
    told += [f"`{name}` is there more than once: the last one counts." for name in doubled if name in _FIELDS]
    return tuple(told)


def warnings_of_moments(submission: Submission, now: datetime) -> tuple[str, ...]:
    """What is told of moments that have not come yet: mostly a PBX wrote its own time as if it were UTC."""
    ahead = {name: getattr(submission, attribute) for name, attribute in _MOMENTS.items()}
    late = {name: moment - now for name, moment in ahead.items() if moment is not None and moment > now + CLOCKS_DIFFER}
    if not late:
        return ()
    names = " and ".join(f"`{name}`" for name in late)
    minutes = max(late.values()) // timedelta(minutes=1)
    hours = round(minutes / 60)
    span = f"{minutes} min" if minutes < 90 else f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
    return (
        f"{names} {'lies' if len(late) == 1 else 'lie'} {span} ahead of this appliance's clock. A moment without a "
        "zone is taken as UTC: where the PBX writes its own time, have it say the zone (2026-03-14T11:58:00+01:00).",
    )


def _question(name: str) -> str:
    written_alike = name.lower().replace("-", "_")
    meant = difflib.get_close_matches(written_alike, [*_FIELDS, *_FILES], n=1, cutoff=0.8)
    return f" (is `{meant[0]}` meant?)" if meant else ""


_MOMENTS = {
    "started_at": "call_started_at",
    "answered_at": "answered_at",
    "bridged_at": "bridged_at",
    "recording_started_at": "recording_started_at",
}
WITHHELD = "anonymous"
CALLER_FILE, CALLED_FILE = "caller_file", "called_file"


def _or_empty(schema: dict[str, Any]) -> Any:
    """The type of an optional text: PBX hooks send what they do not know as an empty field."""
    return Annotated[str, Meta(extra_json_schema={"anyOf": [schema, {"const": ""}]})]


_Text = Annotated[str, Meta(extra_json_schema=text_schemas.TEXT)]

_DESCRIBES = "What cannot be read is left out, and told in `warnings`."

# The whole form, as it is described to its reader. `attribute` is a field of Submission.
TEXT_FIELDS = (
    FormField(
        name="caller_number",
        attribute="caller_number",
        sentence="The caller's phone number, or name, as the PBX has it; where it is withheld, `anonymous` or nothing: "
        "the field must be there, and may be empty. Characters that nobody would see are replaced by U+FFFD; "
        f"of more than {LONGEST_TEXT} characters the end is left out, and told in `warnings`.",
        parse=field_values.number,
        is_forgiving=True,
        longest=LONGEST_TEXT,
        if_empty=WITHHELD,
        required=True,
        example="+1234567890",
    ),
    FormField(
        name="called_number",
        attribute="called_number",
        sentence="The called phone number, likewise.",
        parse=field_values.number,
        is_forgiving=True,
        longest=LONGEST_TEXT,
        if_empty=WITHHELD,
        required=True,
        example="+0987654321",
    ),
    FormField(
        name="external_id",
        attribute="external_id",
        sentence="The PBX's unique id of the call. Sent again with the same audio it answers the first `call_id` and "
        "nothing is done twice; what the fields from `linked_id` to `bridged_at` say then takes the place of what they "
        "said before. With other audio the call is analysed again and its webhook is `call.updated`, if the numbers "
        "and `started_at` are the same or a `linked_id` ties both together: else the answer is 409.",
        parse=field_values.pbx_id,
        kind=_or_empty(text_schemas.ID),
        example="1710417600.42",
    ),
    FormField(
        name="language",
        attribute="language",
        sentence="The language that is spoken, an ISO 639 code that the installed model knows (of `de-DE` the `de` "
        "is taken); else the customer's, else it is detected.",
        parse=field_values.language,
        kind=_or_empty(text_schemas.LANGUAGE_OF_FORM),
        example="en",
    ),
    FormField(
        name="started_at",
        attribute="call_started_at",
        sentence="When the call began; UTC unless it says a zone.",
        parse=field_values.moment,
        kind=_or_empty(text_schemas.MOMENT),
        example="2024-03-14T11:58:00Z",
    ),
    FormField(
        name="linked_id",
        attribute="linked_id",
        sentence="The PBX's id of the whole call, where that has several recordings: Asterisk's `linkedid`.",
        parse=field_values.pbx_id,
        kind=_or_empty(text_schemas.ID),
        example="1710417600.40",
    ),
    *(
        FormField(
            name=name,
            attribute=name,
            sentence=f"{sentence} As the PBX has it.",
            parse=field_values.number,
            is_forgiving=True,
            longest=LONGEST_TEXT,
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
        sentence=f"What came of the call: one of {', '.join(DISPOSITIONS)}, or Asterisk's DIALSTATUS; case does "
        f"not matter. {_DESCRIBES}",
        parse=field_values.disposition,
        only_describes=True,
        example="answered",
    ),
    FormField(
        name="answered_at",
        attribute="answered_at",
        sentence=f"When the PBX answered, maybe with a greeting; UTC unless it says a zone. {_DESCRIBES}",
        parse=field_values.moment,
        only_describes=True,
        example="2024-03-14T11:58:04Z",
    ),
    FormField(
        name="bridged_at",
        attribute="bridged_at",
        sentence=f"When the two parties were connected; UTC unless it says a zone. {_DESCRIBES}",
        parse=field_values.moment,
        only_describes=True,
        example="2024-03-14T11:58:21Z",
    ),
    FormField(
        name="recording_started_at",
        attribute="recording_started_at",
        sentence="When the recording began, only where that was before the two parties were connected, so that a "
        "greeting or menu is in it: what is said from then until `bridged_at` (else `answered_at`) is told apart, as "
        "`announcement`. Without this field nothing is. "
        f"{_DESCRIBES}",
        parse=field_values.moment,
        only_describes=True,
        example="2024-03-14T11:58:04Z",
    ),
    FormField(
        name="direction",
        attribute="direction",
        sentence="Where the call went, seen from the office: it says who the outside party is.",
        parse=field_values.choice(get_args(DirectionName)),
        kind=DirectionName | Literal[""],
        example="inbound",
    ),
    FormField(
        name="caller_channel",
        attribute="caller_channel",
        sentence="Of a stereo recording, the channel that the caller speaks on; else the customer's, else `left`.",
        parse=field_values.choice(get_args(ChannelName)),
        kind=ChannelName | Literal[""],
        example="left",
    ),
    FormField(
        name="vocabulary",
        attribute="vocabulary",
        sentence="Names and products that may come up in this call, as they are to be written, with commas or line "
        f"ends between them, or a JSON list: at most {MOST_ENTRIES} of at most {LONGEST_ENTRY} "
        f"characters. The customer's own are expected as well, {MOST_ENTRIES} in all.",
        parse=field_values.vocabulary,
        kind=Annotated[str, Meta(extra_json_schema={"format": "vocabulary"})],
        example="Kowalczyk, Velodyne",
    ),
    FormField(
        name="metadata",
        attribute="metadata",
        sentence="JSON of your own; the webhook brings it back.",
        parse=field_values.json_text,
        kind=Any,
        media_type="application/json",
        example='{"ticket": 4711}',
    ),
)
# How sound without a header is written; of no call, but of its file. Where that has a header they describe it at most.
SOUND_FIELDS = (
    FormField(
        name="encoding",
        attribute="encoding",
        sentence=f"How the samples of a file without a header (.raw, .sln, .ulaw, .alaw) are written: one of "
        f"{', '.join(Encoding)}. It has to come before the file, unless the file's name has such an ending. Files with "
        "a header need none of this.",
        parse=field_values.sound_encoding,
        only_describes=True,
        example=Encoding.PCM.value,
    ),
    FormField(
        name="sample_rate",
        attribute="sample_rate",
        sentence=f"Its samples a second, from {LOWEST_RATE} to {HIGHEST_RATE}; 8000 unless given, or its name's ending "
        "says another.",
        parse=field_values.whole(LOWEST_RATE, HIGHEST_RATE),
        only_describes=True,
        example="8000",
    ),
    FormField(
        name="channels",
        attribute="channels",
        sentence="Its channels, 1 or 2, one sample of each after the other; 1 unless given.",
        parse=field_values.whole(1, MOST_CHANNELS),
        only_describes=True,
        example="1",
    ),
)
FORM = Form(
    "ProcessCallForm",
    "A call recording and what the PBX knows of the call; an optional field that is empty counts as absent. A name "
    "that is no field of this form is left out, and of a text field that is there more than once the last one counts: "
    "both are told in `warnings`.",
    file_name="file",
    file_sentence="The call recording: WAV, or whatever else the appliance can open, such as MP3, FLAC or Ogg.",
    file_types=", ".join([*ENDINGS, UNKNOWN_TYPE]),
    fields=(*TEXT_FIELDS, *SOUND_FIELDS),
    legs=(
        (
            CALLER_FILE,
            f"Instead of `file`: what the caller said, one channel; with `{CALLED_FILE}`. WAV with PCM (16 bit), u-law "
            "or A-law samples, or without a header. Both are stored as one recording of two channels.",
        ),
        (CALLED_FILE, "Likewise what the called party said. Where one ends earlier it is silent from there on."),
    ),
)
_FIELDS = tuple(field.name for field in FORM.fields)
_FILES = (FORM.file_name, CALLER_FILE, CALLED_FILE)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "For a client that has no `external_id`: the same key with the same audio answers the first `call_id` again.",
    kind=_Text,
)
