"""How the text fields of POST /api/process-call are read; each function raises ValueError with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from appliance.api.http.form.sound import Encoding
from appliance.api.http.json_body import decode
from appliance.api.http.operation import FormField
from appliance.api.shapes.field_checks import check_language, check_text
from appliance.api.shapes.requests import parse_moment
from appliance.domain.call import Disposition
from appliance.domain.short_text import with_unseen_shown
from appliance.domain.vocabulary import check_vocabulary, listed, tidied
from appliance.errors import Problem

DISPOSITIONS = tuple(one.value for one in Disposition)
_ENCODINGS = {
    **{one.value: one for one in Encoding},
    **dict.fromkeys(("slin", "s16le", "signed-integer"), Encoding.PCM),
    **dict.fromkeys(("mulaw", "pcm_mulaw", "mu-law", "u-law"), Encoding.ULAW),
    **dict.fromkeys(("pcm_alaw", "a-law"), Encoding.ALAW),
}


# Asterisk's DIALSTATUS, where its words are others.
_DIAL_STATUS = {
    "answer": "answered",
    "noanswer": "no_answer",
    "cancel": "cancelled",
    "canceled": "cancelled",
    "chanunavail": "failed",
    "invalidargs": "failed",
}
# Of BCP 47: the language first, then its script, country and the like.
_LANGUAGE_TAG = re.compile("([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_SHOWN = 40  # characters of a value, or a name, that is left out


def read_field(field: FormField, raw: bytes | None, problems: list[Problem], warnings: list[str] | None = None) -> Any:
    """A field's value; one that is empty counts as absent, as PBX hooks send them, unless that means something.

    What cannot be read is added to `problems`, or to `warnings` where the field only describes.
    """
    found: list[Problem] = []
    value = _value(field, raw, found)
    if field.longest is not None and isinstance(value, str) and len(value) > field.longest:
        value = cut(value, field.longest)
        if warnings is not None:
            warnings.append(told_cut(field.name, field.longest))
    if field.only_describes and warnings is not None:
        warnings += [left_out(problem, raw or b"") for problem in found]
    else:
        problems += found
    return value


def cut(text: str, longest: int) -> str:
    """So much of it; that it goes on is seen."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shown(text: str) -> str:
    """So much of what a client wrote as may stand in a sentence."""
    return cut(with_unseen_shown(text), _SHOWN)


def told_cut(name: str, longest: int) -> str:
    """What is told of a field that is too long."""
    return f"`{name}` has more than {longest} characters: its end is left out."


def left_out(problem: Problem, raw: bytes) -> str:
    """What is told of a field that only describes, and that cannot be read."""
    sent = shown(raw.decode("utf-8", "replace").strip())
    return f"`{problem.field}` was sent as {sent} and is left out: it {problem.problem}."


def _value(field: FormField, raw: bytes | None, problems: list[Problem]) -> Any:
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


def number(text: str) -> str:
    """As the PBX sends it: a number, `anonymous`, `sip:alice@pbx`, whatever a caller calls himself.

    No call is lost for a strange one, since no PBX reads why, and a caller may name himself as he likes. What nobody
    would see in it is shown.
    """
    return with_unseen_shown(text)


def disposition(text: str) -> str:
    """As telephone systems write it: `NO ANSWER`, `no-answer`, `CHANUNAVAIL`."""
    name = re.sub(r"[\s_-]+", "_", text).lower()
    return choice(DISPOSITIONS)(_DIAL_STATUS.get(name, name))


def pbx_id(text: str) -> str:
    """Controls are in no id; what else nobody would see is shown, since the call is not to be lost for it."""
    shown = with_unseen_shown(text)
    check_text(text if any(character < " " or character == "\x7f" for character in text) else shown)
    return shown


def language(text: str) -> str:
    """Of a tag such as `de-DE`, or a locale as `pt_BR`, the language alone: what it adds changes no recognition."""
    tag = _LANGUAGE_TAG.fullmatch(text)
    code = (tag[1] if tag else text).lower()
    check_language(code)
    return code


def choice(names: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return text.lower()

    return parse


def json_text(text: str) -> str:
    try:
        return msgspec.json.encode(decode(text)).decode()
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise ValueError("must be JSON") from None


def moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment such as 2026-11-24T12:00:00Z") from None


def vocabulary(text: str) -> tuple[str, ...]:
    if text.startswith("["):
        try:
            entries = msgspec.json.decode(text, type=list[str])
        except (msgspec.MsgspecError, RecursionError, ValueError):
            raise ValueError("must be a JSON list of texts, or texts with commas or line ends between them") from None
    else:
        entries = listed(text)
    check_vocabulary(entries)
    return tidied(entries)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A number within these bounds, in plain digits."""

    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be from {low} to {high}")
        return int(text)

    return parse


def sound_encoding(text: str) -> Encoding:
    """How samples without a header are written; also by the names that Asterisk and ffmpeg have for it."""
    named = _ENCODINGS.get(text.lower())
    if named is None:
        raise ValueError(f"must be one of {', '.join(Encoding)}")
    return named
