"""A customer's own numbers: single ones, beginnings and ranges; they tell where a call went."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_ENTRIES = 200
LONGEST_ENTRY = 60  # characters
_BETWEEN = re.compile(r"[\s()/.\-]+")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_ENTRY = re.compile(r"(\+?[0-9]{1,20})(?:(\*)|\.\.(\+?[0-9]{1,20}))?")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers of one form: with this beginning, or from the first to the last, which are as long as each other."""

    first: str
    last: str
    is_beginning: bool = False

    def holds(self, number: str) -> bool:
        if self.is_beginning:
            return number.startswith(self.first)
        return len(number) == len(self.first) and self.first <= number <= self.last


def bare(number: str) -> str | None:
    """A number without what stands between its digits, and without a SIP address around it; None for no number."""
    text = number.strip().lower()
    for scheme in ("sip:", "sips:", "tel:"):
        if text.startswith(scheme):
            text = re.split("[@;]", text.removeprefix(scheme), maxsplit=1)[0]
    text = _BETWEEN.sub("", text)
    return text if _NUMBER.fullmatch(text) else None


def parse_entry(entry: str) -> NumberRange:
    """`+4930123456`, `+4930123*` or `20..49`. Raises ValueError."""
    ends = [_BETWEEN.sub("", end) for end in entry.split("..")]
    found = _ENTRY.fullmatch("..".join(ends))
    if found is None:
        raise ValueError("must be a number, its beginning and *, or two numbers and .. between them")
    first, star, last = found[1], found[2], found[3] or found[1]
    if len(first) != len(last) or first > last:
        raise ValueError("must go from a number to a higher one of as many digits")
    return NumberRange(first, last, star is not None)


def check_own_numbers(entries: list[str]) -> None:
    """Raise ValueError with what is wrong with these."""
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"must have at most {MOST_ENTRIES} entries")
    for number, entry in enumerate(entries, start=1):
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"entry {number} must have at most {LONGEST_ENTRY} characters")
        try:
            parse_entry(entry)
        except ValueError as error:
            raise ValueError(f"entry {number} {error}") from None


def are_own(entries: Iterable[str], *forms: str | None) -> bool:
    """Whether a number, in any of these forms of it, is one of them."""
    ranges = [parse_entry(entry) for entry in entries]
    return any(one.holds(form) for one in ranges for form in forms if form is not None)
