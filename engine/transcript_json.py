"""A transcript handed in as JSON: `{"direction", "language", "segments": [{"start", "end", "party", "text"}]}`."""

from __future__ import annotations

import json
import math
from typing import Any

from engine.errors import InvalidTranscript
from engine.transcript import Direction, Party, Segment, Transcript


def transcript_from_json(text: str) -> tuple[Transcript, Direction | None]:
    """Read a transcript and the call's direction; raise InvalidTranscript with what is wrong in one sentence."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidTranscript(f"The transcript is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise InvalidTranscript("The transcript must be a JSON object with a list `segments`.")
    segments = document.get("segments")
    if not isinstance(segments, list):
        raise InvalidTranscript("The transcript must have a list `segments`.")
    read = [_segment(item, number) for number, item in enumerate(segments, start=1)]
    with_text = sorted((segment for segment in read if segment.text), key=lambda one: one.start)
    return Transcript(tuple(with_text), _language(document) if with_text else ""), _direction(document)


def _language(document: dict[str, Any]) -> str:
    language = document.get("language") or "en"
    if not isinstance(language, str):
        raise InvalidTranscript('`language` must be a text such as "en".')
    return language.strip().lower()


def _direction(document: dict[str, Any]) -> Direction | None:
    direction = document.get("direction")
    if direction is None:
        return None
    try:
        return Direction(direction)
    except ValueError as error:
        raise InvalidTranscript("`direction` must be inbound, outbound or internal.") from error


def _segment(item: Any, number: int) -> Segment:
    where = f"Segment {number}"
    if not isinstance(item, dict):
        raise InvalidTranscript(f"{where} must be an object with start, end, party and text.")
    start, end = _seconds(item, "start", where), _seconds(item, "end", where)
    if end < start:
        raise InvalidTranscript(f"{where} ends before it starts.")
    text = item.get("text")
    if not isinstance(text, str):
        raise InvalidTranscript(f"{where} must have a `text`.")
    try:
        party = Party(item.get("party", Party.UNKNOWN))
    except ValueError as error:
        raise InvalidTranscript(f"{where} must have a `party` that is caller, called or unknown.") from error
    channel = 1 if party is Party.CALLED else 0
    return Segment(start, end, channel, party, " ".join(text.split()), confidence=1.0)


def _seconds(item: dict[str, Any], name: str, where: str) -> float:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidTranscript(f"{where} must have a number of seconds as `{name}`.")
    # An integer of a thousand digits is JSON too, and no float.
    seconds = float(value) if abs(value) < 1e9 else math.inf
    if not math.isfinite(seconds) or seconds < 0:
        raise InvalidTranscript(f"{where} must have a `{name}` that is a time from the start of the call.")
    return seconds
