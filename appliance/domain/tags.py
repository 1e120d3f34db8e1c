"""Tags: a few words that an administrator writes on a call, to find it again. No customer is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.domain.short_text import holds_unseen

MOST_TAGS = 20
LONGEST_TAG = 40  # characters


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many calls have it."""

    tag: str
    calls: int


def check_tags(tags: Sequence[str]) -> None:
    """Raise ValueError with what is wrong with these: too many, or one that is empty, long, or of several lines."""
    if len(tags) > MOST_TAGS:
        raise ValueError(f"must be at most {MOST_TAGS}")
    for number, tag in enumerate(tags, start=1):
        if not tag.strip():
            raise ValueError(f"tag {number} must not be empty")
        if len(tag) > LONGEST_TAG:
            raise ValueError(f"tag {number} must have at most {LONGEST_TAG} characters")
        if holds_unseen(tag):
            raise ValueError(f"tag {number} must be one line without control characters")
