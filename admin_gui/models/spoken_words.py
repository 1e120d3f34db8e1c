"""Which letters of a turn are said when, and where in a conversation something is said."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from admin_gui.client.calls import Turn, Word

_TOKEN = re.compile(r"\S+")
# Long words have these where a line may break.
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word in a turn's text as it is painted: from which letter to before which, and when it is said, in seconds."""

    first: int
    last: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Where in a conversation something was found: the turn's place, and its letters."""

    row: int
    first: int
    last: int


def spoken_words(turn: Turn, text: str, words: Sequence[Word] | None) -> list[SpokenWord]:
    """The words of `text`, which is the turn's as it is painted.

    `words`: as the appliance tells them. Where it does not, or they are not those of the text, the turn's time is
    shared out by the words' lengths: at some words' distance at the most from the truth.
    """
    places = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
    if words:
        found = places if len(places) == len(words) else _found_in_order(text, words)
        if found:
            return [
                SpokenWord(first, last, word.start, word.end) for (first, last), word in zip(found, words, strict=True)
            ]
    return _interpolated(turn, places)


def word_at(words: Sequence[SpokenWord], seconds: float) -> SpokenWord | None:
    """The word that is said at this moment, or was said last; None before the first."""
    at = bisect_right(words, seconds, key=lambda word: word.start) - 1
    return words[at] if at >= 0 else None


def turns_at(turns: Sequence[Turn], seconds: float) -> list[int]:
    """The places of the turns that are spoken at this moment, of turns in the order of their starts."""
    after = bisect_right(turns, seconds, key=lambda turn: turn.start)
    return [place for place in range(after) if turns[place].end > seconds]


def find(texts: Sequence[str], wanted: str) -> list[Hit]:
    """Where it is said, letter by letter, whether capital or small."""
    letters = [re.escape(letter) for letter in wanted.strip()]
    if not letters:
        return []
    pattern = re.compile(f"{_BREAK}?".join(letters), re.IGNORECASE)
    return [Hit(row, match.start(), match.end()) for row, text in enumerate(texts) for match in pattern.finditer(text)]


def summary_sentences(summary: str, count: int) -> list[str]:
    """The summary's sentences, where so many are found in it as there ought to be; else all of it as one."""
    pieces = re.split(r"(?<=[.!?…。！？])\s+", summary.strip())
    merged: list[str] = []
    for piece in pieces:
        # "Mr. Smith" is no end of a sentence, and a new one does not begin with a small letter.
        if merged and (_ABBREVIATION.search(merged[-1]) or piece[:1].islower()):
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    for found in (merged, pieces):
        if len(found) == count:
            return found
    return [summary.strip()]


_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:\w|Mrs?|Ms|Dr|Prof|St|Jr|Sr|No|Nr|Str|Ltd|Inc|Co|Corp|ca|bzw|vs)\.$", re.IGNORECASE
)


def _found_in_order(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Each word looked for after the one before; nothing where one is not there."""
    found: list[tuple[int, int]] = []
    place = 0
    for word in words:
        first = text.find(word.text.strip(), place)
        if first < 0 or not word.text.strip():
            return []
        place = first + len(word.text.strip())
        found.append((first, place))
    return found


def _interpolated(turn: Turn, places: Sequence[tuple[int, int]]) -> list[SpokenWord]:
    letters = sum(last - first for first, last in places)
    found: list[SpokenWord] = []
    done = 0
    for first, last in places:
        start = turn.start + (turn.end - turn.start) * done / letters
        done += last - first
        found.append(SpokenWord(first, last, start, turn.start + (turn.end - turn.start) * done / letters))
    return found
