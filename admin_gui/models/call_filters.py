"""What the list of calls is narrowed to beside what has a field in its bar: what a link says of it, and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec
from PySide6.QtCore import QCoreApplication

from admin_gui.client.calls import DIRECTIONS, MOODS, CallFilter
from admin_gui.models import states
from admin_gui.models.failing_calls import error_words
from admin_gui.text import formats

translate = QCoreApplication.translate

RECEIVED, ENDED, LENGTH = ("since", "until"), ("finished_since", "finished_until"), ("min_seconds", "max_seconds")
# What is about one thing is told together, and goes together.
_SPANS = (RECEIVED, ENDED, LENGTH)
_MOMENTS = (*RECEIVED, *ENDED)
LEAST_LETTERS, MOST_WORDS = 3, 5
_ONE_OF = {"sentiment": MOODS, "direction": DIRECTIONS}
_NAMES = (
    "error_code", *_MOMENTS, *_ONE_OF, *LENGTH, "tag", "keyword", "warnings", "queue", "agent", "extension", "did",
    "external_id",
)  # fmt: skip


def from_link(query: Mapping[str, str]) -> dict[str, str]:
    """Those that it names, and that can be asked for."""
    return {name: query[name].strip() for name in _NAMES if _is_good(name, query.get(name, "").strip())}


def as_filter(values: Mapping[str, str]) -> CallFilter:
    """What `from_link` has taken, to be asked for."""
    return msgspec.convert(dict(values), CallFilter, strict=False)


def going_together(name: str) -> tuple[str, ...]:
    """What goes when this one is taken away."""
    return next((span for span in _SPANS if name in span), (name,))


def without_times(values: Mapping[str, str]) -> dict[str, str]:
    """Somebody has chosen a time in their place."""
    return {name: text for name, text in values.items() if name not in _MOMENTS}


def names_time(values: Mapping[str, str]) -> bool:
    """Whether they are of some time alone."""
    return any(name in _MOMENTS for name in values)


def in_words(values: Mapping[str, str], now: datetime) -> list[tuple[str, str]]:
    """Each filter that there is: by which name it is taken away, and what it says."""
    wanted = as_filter(values)
    received = _span(translate("filters", "Received: %1"), wanted.since, wanted.until, now)
    ended = _span(translate("filters", "Ended: %1"), wanted.finished_since, wanted.finished_until, now)
    told = {
        "error_code": _named(translate("filters", "Error: %1"), wanted.error_code and error_words(wanted.error_code)),
        RECEIVED[0]: received,
        ENDED[0]: ended,
        "sentiment": _named(translate("filters", "Mood: %1"), wanted.sentiment and states.word(wanted.sentiment)),
        "direction": _named(translate("filters", "Direction: %1"), wanted.direction and states.word(wanted.direction)),
        LENGTH[0]: _length(wanted.min_seconds, wanted.max_seconds),
        "tag": _named(translate("filters", "Tag: %1"), wanted.tag),
        "keyword": _named(translate("filters", "Keyword: %1"), wanted.keyword),
        "warnings": _warnings(wanted.warnings),
        "queue": _named(translate("filters", "Queue: %1"), wanted.queue),
        "agent": _named(translate("filters", "Agent: %1"), wanted.agent),
        "extension": _named(translate("filters", "Extension: %1"), wanted.extension),
        "did": _named(translate("filters", "Dialled number: %1"), wanted.did),
        "external_id": _named(translate("filters", "PBX's id: %1"), wanted.external_id),
    }
    return [(name, text) for name, text in told.items() if text]


def single_words(searched: str) -> list[str]:
    """Of several words that were searched for, those that are worth looking for alone."""
    if len(searched.split()) < 2:
        return []
    words = {word.casefold(): word for word in re.findall(r"[\w'’-]+", searched) if len(word) >= LEAST_LETTERS}
    return list(words.values())[:MOST_WORDS]


def _is_good(name: str, text: str) -> bool:
    try:
        found = msgspec.convert({name: text}, CallFilter, strict=False)
    except msgspec.ValidationError:
        return False
    value = getattr(found, name)
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, int):
        return value >= 0
    return bool(text) and text in _ONE_OF.get(name, (text,))


def _named(words: str, value: str | None) -> str:
    return words.replace("%1", value) if value else ""


def _span(words: str, begin: datetime | None, end: datetime | None, now: datetime) -> str:
    if begin is None and end is None:
        return ""
    return words.replace("%1", formats.stretch(begin, end, now))


def _length(shortest: int | None, longest: int | None) -> str:
    if shortest is None and longest is None:
        return ""
    if longest is None:
        words = translate("filters", "Length: %1 or more")
    elif shortest is None:
        words = translate("filters", "Length: up to %2")
    else:
        words = translate("filters", "Length: %1 – %2")
    first, last = (formats.playing_time(one) for one in (shortest, longest))
    return words.replace("%1", first).replace("%2", last)


def _warnings(wanted: bool | None) -> str:
    if wanted is None:
        return ""
    return translate("filters", "With warnings") if wanted else translate("filters", "Without warnings")
