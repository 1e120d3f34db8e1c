"""What a message may hold, far beyond what an honest worker has to say of the longest recording that is decoded (24 h).

A worker parses what anybody may have sent, so what it says is not believed: every number is finite and bounded, every
text and list is bounded, and no text holds what could not be stored or shown as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
# Of what is no strict JSON: Python's reader makes objects of all of it, of 60 MB more than a gigabyte.
MOST_READ_LENIENTLY = 128 * 1024
MAX_SECONDS = 7 * 24 * 3600.0
MAX_COUNT = 10_000_000
MAX_TEXT = 20_000_000  # all that was said
MAX_TURN_TEXT = 1_000_000
MAX_TURNS = 500_000
MAX_SENTENCE = 10_000
MAX_LIST = 10_000
MAX_NAME = 200
MAX_CALLS_IN_HAND = 1_000
MAX_WORKERS = 200  # an office has a handful
MAX_CODE_PACKS = 100
MAX_LANGUAGES = 1_000

Seconds = Annotated[float, Meta(ge=0, le=MAX_SECONDS)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Place = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Sentence = Annotated[str, Meta(max_length=MAX_SENTENCE)]

# Control characters but for tab and the ends of lines, halves of characters (lone surrogates), and what turns the
# direction of the text that follows, so that it reads as another than it is.
UNFIT_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def check_texts(message: msgspec.Struct) -> None:
    """Raise msgspec.ValidationError where a text of the message holds what is unfit to be stored or shown."""
    for text in _texts(msgspec.to_builtins(message)):
        if found := UNFIT_CHARACTERS.search(text):
            raise msgspec.ValidationError(f"A text holds the character U+{ord(found[0]):04X}.")


def _texts(value: Any) -> Iterator[str]:
    """All texts in what JSON is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def fit_text(text: str, longest: int = MAX_TEXT) -> str:
    """The text without what is unfit to be stored or shown, and no longer than that."""
    return UNFIT_CHARACTERS.sub("", text)[:longest]


def fit_number(value: float, lowest: float, highest: float) -> float:
    """The number within these bounds; what is none becomes the lowest."""
    return lowest if math.isnan(value) else min(max(value, lowest), highest)
