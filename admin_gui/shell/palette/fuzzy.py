"""How well what was typed fits a name.

A few rules instead of a library: names are short, there are some thousand at most, and which of two fits better must be
what people expect of a palette (the beginnings of words before their middles, letters with gaps last).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BEGINS, _WORD_BEGINS, _WITHIN, _WITH_GAPS = 0, 1, 3, 8
# Letters with more between them than this fit by chance.
_WIDEST = 3
_FEWEST_WITH_GAPS = 2
# A hit that is so much worse than the best is left out.
WORSE = 6


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """In small letters, without accents: "mobel" finds "Möbel"."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parted if not unicodedata.combining(one))


def rank(typed: str, text: str) -> int | None:
    """How well it fits, smallest best; None where a word of what was typed does not fit at all."""
    name, total = plain(text), 0
    for word in plain(typed).split():
        found = _rank_word(word, name)
        if found is None:
            return None
        total += found
    return total


def is_within(word: str, text: str) -> bool:
    """Whether it is a part of the text, without gaps."""
    return plain(word) in plain(text)


def _rank_word(word: str, name: str) -> int | None:
    if name.startswith(word):
        return _BEGINS
    if f" {word}" in name:
        return _WORD_BEGINS
    if word in name:
        return _WITHIN
    if len(word) < _FEWEST_WITH_GAPS:
        return None
    spans = [_span(word, name, begin) for begin, one in enumerate(name) if one == word[0] and _begins_word(name, begin)]
    found = min((one for one in spans if one is not None), default=None)
    return None if found is None or found > _WIDEST * len(word) else _WITH_GAPS + found - len(word)


def _begins_word(name: str, place: int) -> bool:
    return place == 0 or not name[place - 1].isalnum()


def _span(word: str, name: str, begin: int) -> int | None:
    """How many letters of the name it takes from `begin` on until all of the word's came, in their order."""
    place = begin
    for letter in word[1:]:
        place = name.find(letter, place + 1)
        if place < 0:
            return None
    return place - begin + 1
