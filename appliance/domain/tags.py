"""Tags: a few words that an administrator writes on a call, to find it again. No customer is told of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.domain.short_text import holds_unseen
from appliance.domain.vocabulary import tidied
from appliance.errors import Problem

MOST_TAGS = 20
LONGEST_TAG = 40  # characters


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many calls have it."""

    tag: str
    calls: int


def problems_of_tags(tags: Sequence[str]) -> list[Problem]:
    """What is wrong with these: too many, or one that is empty, long, or of several lines."""
    if len(tags) > MOST_TAGS:
        return [Problem("tags", f"must be at most {MOST_TAGS}")]
    found = [(f"tags[{place}]", _problem_of(tag)) for place, tag in enumerate(tags)]
    return [Problem(field, problem) for field, problem in found if problem is not None]


def _problem_of(tag: str) -> str | None:
    if not tag.strip():
        return "must not be empty"
    if len(composed(tag)) > LONGEST_TAG:
        return f"must have at most {LONGEST_TAG} characters"
    return "must be one line without control characters" if holds_unseen(tag) else None


def composed(tag: str) -> str:
    """The same in Unicode's composed form (NFC): there are several ways to write an umlaut, and nobody sees which."""
    return unicodedata.normalize("NFC", tag)


def tidied_tag(tag: str) -> str:
    """Composed, without spaces around it, and with one between its words."""
    return " ".join(composed(tag).split())


def tidied_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Composed and without spaces around them; of those that differ in their capitals alone the first."""
    return tidied(map(composed, tags))
