"""The form of POST /api/get_transcription, as nethesis/satellite takes it, and what of it is a call's.

Its clients know no `caller_number`. NethVoice, the one that we know, sends the called party on channel 0 and the caller
on channel 1, their numbers as `dst_number` and `src_number`, and both as names of the channels: `Ada (201)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.api.http.form.field_values import cut, told_cut
from appliance.api.http.operation import Form, FormField
from appliance.api.shapes.text_schemas import LONGEST_TEXT
from appliance.domain.short_text import with_unseen_shown
from appliance.errors import InvalidRequest, Problem
from appliance.services.calls.submission import Submission

WITHHELD = "anonymous"
_YES = ("1", "true", "yes")
_CHANNELS = (0, 1)
_NUMBER_IN_NAME = re.compile(r".*\(([0-9*#+]+)\)")
_UNNAMED = re.compile(r"(?:Channel|Speaker) \d+")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    """What is asked for. `names` are those of the channels, empty where none is given; a number that nobody gave is ``.

    `by_channel`: each turn is to be marked with its channel, also where one alone is heard.
    """

    uniqueid: str
    linkedid: str
    names: tuple[str, str]
    caller_number: str
    called_number: str
    language: str | None
    by_channel: bool
    warnings: tuple[str, ...] = ()

    @property
    def id_of_others(self) -> str | None:
        """Its id where its `uniqueid` is a call's already: one channel may have talked to several others."""
        if not self.uniqueid:
            return None
        return f"{self.uniqueid} {self.caller_number or WITHHELD} {self.called_number or WITHHELD}"

    def submission(self, external_id: str | None) -> Submission:
        """The call that it is, under this id."""
        given = {
            "uniqueid": self.uniqueid,
            "linkedid": self.linkedid,
            **{f"channel{number}_name": self.names[number] for number in _CHANNELS},
        }
        metadata = {name: text for name, text in given.items() if text}
        return Submission(
            caller_number=self.caller_number or WITHHELD,
            called_number=self.called_number or WITHHELD,
            external_id=external_id,
            linked_id=self.linkedid or None,
            language=self.language,
            caller_channel="right",
            metadata=msgspec.json.encode(metadata).decode() if metadata else None,
            warnings=self.warnings,
        )


def read_request(
    query: Mapping[str, str], fields: Mapping[str, bytes], known_languages: frozenset[str]
) -> TranscriptionRequest:
    """What stands in the query, and in the form, which has the last word. What we do not know is ignored, as there.

    Raises InvalidRequest where a transcription is to be kept under no id.
    """
    came = {**query, **{name: raw.decode("utf-8", "replace") for name, raw in fields.items()}}
    shown = {name: with_unseen_shown(value.strip()) for name, value in came.items() if name in _NAMES}
    given = {name: cut(value, LONGEST_TEXT) for name, value in shown.items()}  # no recording is lost for a strange name
    uniqueid = given.get("uniqueid", "")
    if given.get("persist", "").lower() in _YES and not uniqueid:
        raise InvalidRequest(Problem("uniqueid", "Missing required form field 'uniqueid'"))
    called_name, caller_name = (given.get(f"channel{number}_name", "") for number in _CHANNELS)
    return TranscriptionRequest(
        uniqueid=uniqueid,
        linkedid=given.get("linkedid", ""),
        names=(called_name, caller_name),
        caller_number=given.get("src_number", "") or _number_of(caller_name),
        called_number=given.get("dst_number", "") or _number_of(called_name),
        language=_language(given.get("language", ""), known_languages),
        by_channel=given.get("multichannel", "").lower() in _YES,
        warnings=tuple(told_cut(name, LONGEST_TEXT) for name, value in shown.items() if value != given[name]),
    )


def _number_of(name: str) -> str:
    """The party that a channel is named after: its number, where it stands behind the name."""
    if found := _NUMBER_IN_NAME.fullmatch(name):
        return found[1]
    return "" if _UNNAMED.fullmatch(name) else name


def _language(text: str, known: frozenset[str]) -> str | None:
    """Of `en-US` the language; it is detected where it is one that nobody here knows, or `multi`."""
    found = _LANGUAGE.fullmatch(text)
    code = found[1].lower() if found else ""
    return code if code in known else None


def _field(name: str, sentence: str, example: str, kind: Any = str) -> FormField:
    return FormField(name=name, attribute=name, sentence=sentence, parse=str, kind=kind, example=example)


FORM = Form(
    "GetTranscriptionForm",
    "A call recording, as nethesis/satellite takes it. Each field may stand in the query as well; others are ignored, "
    "among them those for Deepgram.",
    file_name="file",
    file_sentence="The call recording: WAV, or whatever else the appliance can open.",
    file_types="audio/wav, audio/x-wav",
    fields=(
        _field("uniqueid", "Asterisk's unique id of the channel; the call's `external_id`.", "1710417600.42"),
        _field("linkedid", "Asterisk's id of the whole call.", "1710417600.42"),
        _field("channel0_name", "What stands before what was said on the left channel: who was called.", "Ada (201)"),
        _field("channel1_name", "The same of the right channel: who called.", "+1234567890"),
        _field("src_number", "The caller's number; else that in `channel1_name`.", "+1234567890"),
        _field("dst_number", "The called number; else that in `channel0_name`.", "201"),
        _field("multichannel", "`true`: each turn is marked with its channel.", "true"),
        _field("persist", "`true`: `uniqueid` must be there. The call is kept in any case.", "true"),
        _field(
            "language", "The language that is spoken, where the installed model knows it; else it is detected.", "en"
        ),
    ),
)
_NAMES = frozenset(field.name for field in FORM.fields)
