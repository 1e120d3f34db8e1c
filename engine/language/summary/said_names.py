"""Whether a name that is told is one that was said: accents may be left out, and a known name may sound the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

_LONG_NAME = 7  # letters
# Spellings that sound alike, and so are taken one for another by who hears a name. An "h" behind a vowel is silent.
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"ck|q|c(?![eiyh])"), "k"),
    (re.compile(r"z|c(?=[eiy])"), "s"),
    (re.compile(r"y|ie"), "i"),
    (re.compile(r"(?<=[aeiou])h(?![aeiou])"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def is_said_as(word: str, said: Set[str], known: Set[str]) -> bool:
    """Whether a word is said, with accents or without; a long one also as it sounds, with one letter otherwise.

    That only where one of both is a known name: else it may be somebody else's.
    """
    if word in said:
        return True
    plainly = _without_accents(word)
    for other in map(_without_accents, said):
        if other == plainly:
            return True
        is_known = bool({plainly, other} & known)
        if (
            len(word) >= _LONG_NAME
            and is_known
            and _one_letter_apart(plainly, other)
            and _sound(plainly) == _sound(other)
        ):
            return True
    return False


def known_names(words: Set[str]) -> frozenset[str]:
    """Names as `is_said_as` knows them."""
    return frozenset(map(_without_accents, words))


def _without_accents(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))


def _one_letter_apart(word: str, other: str) -> bool:
    """Whether one letter is left out, put in or changed; the first one never."""
    if abs(len(word) - len(other)) > 1 or word[0] != other[0]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return any(word[start + a :] == other[start + b :] for a, b in ((1, 1), (1, 0), (0, 1)))


def _sound(word: str) -> str:
    """How a name is heard, roughly."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word
