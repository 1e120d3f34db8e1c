"""Recognises a sentence of the appliance and gives it in the user's language.

Logs and telephone systems read the appliance's sentences too, so it says each in English. An older appliance, or a
newer one, may say what no template here is: that is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from PySide6.QtCore import QCoreApplication, QLocale

from admin_gui.text.appliance_words import (
    backups,
    calls,
    components,
    recordings,
    requests,
    upgrades,
    webhooks,
    workers,
)
from admin_gui.text.appliance_words.values import written

TEMPLATES: tuple[str, ...] = tuple(
    dict.fromkeys(
        template
        for subject in (requests, calls, recordings, webhooks, components, workers, backups, upgrades)
        for template in subject.SENTENCES
    )
)
# By its translation the languages are told apart.
_SAMPLE = "must not be empty"
_PLACE = re.compile(r"%([1-9])")
_MEASURED = re.compile(r"%([1-9])(?= (?:%|[GM]B|Hz|s|h|hours?|minutes?|days?)\b)")
# A sentence within a sentence within …: no text of the appliance's own goes deeper.
_DEEPEST = 5
# What is longer was not written by it alone, such as the end of another program's output.
_LONGEST = 4000
# Behind so many it is no sentence of ours: each is looked behind.
_MOST_COLONS = 4
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z`])")
# What stands around a part of a sentence: it goes back there as it was.
_AROUND = re.compile(r"(?P<before>\s*[;:,]?\s*\(?)(?P<core>.*?)(?P<after>\.?\)?\.?\s*)", re.DOTALL)
# A field and what is the matter with it, or how many of what.
_NAME = re.compile(
    r"(?P<name>[\w.\[\]/-]*[_.\[\d][\w.\[\]/-]*|`[^`]+`|"
    r"[\w-]+(?= (?:must|is|has|was|cannot|ended|needs|knows|names|holds)\b)) (?P<rest>.+)",
    re.DOTALL,
)
_BRACKET = re.compile(r"(?P<before>.*\S) \((?P<within>[^()]+)\)", re.DOTALL)
_SEVERAL = re.compile(r"[.!?] [A-Z`]|; ")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with places for values."""

    source: str
    literal: str
    pattern: re.Pattern[str]
    places: tuple[str, ...]
    measured: frozenset[str]  # those of numbers with a unit behind them: others may be versions


def translated(text: str) -> str:
    """The same in the user's language, what is not recognised as it came; in English unchanged."""
    sample = QCoreApplication.translate("appliance", _SAMPLE)
    if sample == _SAMPLE or len(text) > _LONGEST:
        return text
    return _translated(text, QLocale().name(), sample)


@lru_cache(maxsize=4096)
def _translated(text: str, *_language: str) -> str:
    """Kept for each language, since lists ask for the same again and again."""
    return Reading().found(text, 0) or text


@lru_cache(maxsize=1)
def _templates() -> tuple[Template, ...]:
    """Those that say most first: what another one would take for a value is theirs."""
    made = [_template(source) for source in TEMPLATES]
    return tuple(sorted(made, key=lambda one: -len(_PLACE.sub("", one.source))))


def _template(source: str) -> Template:
    pieces = _PLACE.split(source)
    literals, places = pieces[::2], pieces[1::2]
    pattern = "(.*?)".join(re.escape(literal) for literal in literals)
    measured = frozenset(_MEASURED.findall(source))
    return Template(source, max(literals, key=len), re.compile(pattern, re.DOTALL), tuple(places), measured)


class Reading:
    """One text; `known` has each part of it that was looked at, which is done once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int], str | None] = {}

    def found(self, text: str, depth: int) -> str | None:
        """The text in the user's language, or None where nothing of it is known."""
        if (text, depth) not in self.known:
            self.known[text, depth] = self._read(text, depth)
        return self.known[text, depth]

    def _read(self, text: str, depth: int) -> str | None:
        around = _AROUND.fullmatch(text)
        if around is None or not around["core"] or depth > _DEEPEST:
            return None
        before, core, after = around["before"], around["core"], around["after"]
        if ("(" in before) != (")" in after):  # the bracket belongs to what is within
            core, before = text.removesuffix("."), ""
            after = text[len(core) :]
        ways = (
            *(self._as_template, self._turned, self._every_sentence, self._every_part, self._behind_name),
            *(self._before_bracket, self._behind_colon, self._some_parts, self._list),
        )
        found = next((one for way in ways if (one := way(core, depth)) is not None), None)
        return None if found is None else f"{before}{found}{after}"

    def _as_template(self, text: str, depth: int) -> str | None:
        for template in _templates():
            if template.literal in text and (match := template.pattern.fullmatch(text)):
                if _SEVERAL.search(text, 0, match.end(1) if _begins_with_place(template, match) else 0):
                    continue  # another sentence stands before this one
                values = {
                    place: self._value(match[number], depth, is_measured=place in template.measured)
                    for number, place in enumerate(template.places, 1)
                }
                sentence = QCoreApplication.translate("appliance", template.source)
                return _PLACE.sub(partial(_filled, values), sentence)
        return None

    def _value(self, value: str, depth: int, *, is_measured: bool = False) -> str:
        """What stands in a place: a number, a moment, another sentence of ours, or somebody's own words."""
        return written(value, is_measured=is_measured) or self.found(value, depth + 1) or value

    def _turned(self, text: str, depth: int) -> str | None:
        """A sentence that another begins with, or does not: with or without its capital."""
        found = self._as_template(text[0].swapcase() + text[1:], depth)
        if found is None:
            return None
        return found[0].upper() + found[1:] if text[0].isupper() else found

    def _behind_name(self, text: str, depth: int) -> str | None:
        """`call_id must be …`, `3 too late`: what it is about stands before."""
        match = _NAME.fullmatch(text)
        rest = None if match is None else self._as_template(match["rest"], depth)
        return None if match is None or rest is None else f"{match['name']} {rest}"

    def _before_bracket(self, text: str, depth: int) -> str | None:
        """`call_id (is external_id meant?)`."""
        match = _BRACKET.fullmatch(text)
        within = None if match is None else self.found(match["within"], depth + 1)
        return None if match is None or within is None else f"{self._value(match['before'], depth)} ({within})"

    def _behind_colon(self, text: str, depth: int) -> str | None:
        """What it is about stands before: a path, a worker's name."""
        for colon in islice(re.finditer(": ", text), _MOST_COLONS):
            rest = self.found(text[colon.end() :], depth + 1)
            if rest is not None:
                return f"{self._value(text[: colon.start()], depth)}: {rest}"
        return None

    def _every_sentence(self, text: str, depth: int) -> str | None:
        return self._each(_SENTENCE_ENDS.split(text), " ", depth, all)

    def _every_part(self, text: str, depth: int) -> str | None:
        return self._each(text.split("; "), "; ", depth, all)

    def _some_parts(self, text: str, depth: int) -> str | None:
        """Of several sentences those that are known: the others are from elsewhere."""
        found = self._each(_SENTENCE_ENDS.split(text), " ", depth, any)
        return found if found is not None else self._each(text.split("; "), "; ", depth, any)

    def _list(self, text: str, depth: int) -> str | None:
        """A list within a sentence, names among it."""
        parts = text.split(", ")
        found = [written(part) or self.found(part, depth + 1) for part in parts] if depth and len(parts) > 1 else []
        known = [one is not None or " " not in part for part, one in zip(parts, found, strict=False)]
        if not any(one is not None for one in found) or not all(known):
            return None
        return ", ".join(part if one is None else one for part, one in zip(parts, found, strict=True))

    def _each(self, parts: list[str], between: str, depth: int, enough: Callable[[list[bool]], bool]) -> str | None:
        if len(parts) == 1:
            return None
        found = [self.found(part, depth + 1) for part in parts]
        if not enough([one is not None for one in found]):
            return None
        return between.join(part if one is None else one for part, one in zip(parts, found, strict=True))


def _begins_with_place(template: Template, match: re.Match[str]) -> bool:
    return bool(template.places) and match.start(1) == 0


def _filled(values: dict[str, str], place: re.Match[str]) -> str:
    return values[place[1]]
