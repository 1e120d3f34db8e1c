"""The numbers in what is said or written: "half past six" and "6:30" are the same, and "oh double seven" is 077.

Number words are read by text2num; what people do with digits on the telephone ("double oh", "two fifty") is ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_to_num import alpha2digit

_LONGEST_RUN = 24  # numbers that follow each other: a card's, digit by digit
_DIGITS_TWICE = re.compile(
    r"\b(double|triple) (oh|zero|nought|one|two|three|four|five|six|seven|eight|nine|\d)\b", re.I
)
_SPOKEN_TIME = re.compile(r"\b(half past|half|quarter past|quarter to) (\d{1,2})\b", re.IGNORECASE)
_MINUTES = {"half past": (0, 30), "half": (0, 30), "quarter past": (0, 15), "quarter to": (-1, 45)}
_ZERO = re.compile(
    r"(?:(?<=\d[ ,-])|\b)(?:oh|zero|nought)(?=[ ,-]+(?:\d|oh\b))|(?<=\d[ ,-])(?:oh|o|zero|nought)\b|(?<=\d, )oh\b",
    re.IGNORECASE,
)
_ONE_O_CLOCK = re.compile(r"(?<=\bhalf past )one\b|(?<=\bquarter past )one\b|(?<=\bquarter to )one\b", re.IGNORECASE)
_SPOKEN_DAY = re.compile(r"\b(?:the|on|of|till|until|by) (first|second|third)\b", re.IGNORECASE)
_ORDINALS = {"first": "1", "second": "2", "third": "3"}
_NAMED = {"a dozen": "12", "a couple of": "2", "a pair of": "2", "twice": "2", "both": "2", "a half": "0.5"}
_COUNTS = re.compile(r"\b(?:both|twice|a couple of|a pair of)\b", re.IGNORECASE)
# "Twenty past five". "Five to ten" may be a range as well: what it holds as a time it holds as two numbers, too.
_MINUTES_PAST = re.compile(r"\b(5|10|20|25) (past|to) (1[0-2]|[1-9])\b(?!:)", re.IGNORECASE)
# "Five pounds ten" is 5.10.
_SPOKEN_PRICE = re.compile(
    r"\b(\d+) (?:pounds?|dollars?|euros?|quid)(?: and)? (\d{2})"
    r"(?=\s*(?:pence|cents?|p\b|a\b|per\b|each\b|[^\w\s]|\s{2}|$))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+:\d\d|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_RUN = re.compile(r"(?<![\d.,:])\d+(?: \d+)+(?![\d.,:]*\d)")
_BETWEEN = re.compile(r"[\s,.\-–/]{1,3}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Every number of a text, and every number that those that follow each other make together."""

    single: frozenset[str]
    joined: frozenset[str]

    def hold(self, number: str) -> bool:
        """Whether a number is among them, in whatever way it was said."""
        return number in self.single or _digits(number) in self.joined


def numbers_in(text: str) -> Numbers:
    """The numbers of an English text, in digits: "640", "6:30", "3.5"."""
    written = _in_digits(text)
    # Read in either way.
    times = [_past(one) for one in _MINUTES_PAST.finditer(written)]
    prices = [f"{one[1]}.{one[2]}" for one in _SPOKEN_PRICE.finditer(written)]
    runs: list[list[str]] = []
    end = -1
    for match in _NUMBER.finditer(written):
        number = _plain(match[0])
        if runs and _BETWEEN.fullmatch(written[end : match.start()]):
            runs[-1].append(number)
        else:
            runs.append([number])
        end = match.end()
    joined = {
        "".join(map(_digits, run[first:last]))
        for run in runs
        for first in range(len(run))
        for last in range(first + 1, min(len(run), first + _LONGEST_RUN) + 1)
    }
    single = {number for run in runs for number in run}
    return Numbers(frozenset(single), frozenset(joined | {_digits(one) for one in (*times, *prices)}))


def numbers_told(text: str) -> frozenset[str]:
    """The numbers of a text that must have been said: "both" and "twice" count what may have been told one by one."""
    return numbers_in(_COUNTS.sub(" ", text)).single


def runs_told(text: str) -> frozenset[str]:
    """The numbers that a text says in one breath, digit by digit or in pairs ("five twenty-eight"), each as one."""
    written = _in_digits(_COUNTS.sub(" ", text))
    return frozenset(_digits(run[0]) for run in _RUN.finditer(written))


def _in_digits(text: str) -> str:
    text = _DIGITS_TWICE.sub(lambda found: " ".join([found[2]] * (2 if found[1].lower() == "double" else 3)), text)
    text = _SPOKEN_DAY.sub(lambda found: found[0][: -len(found[1])] + _ORDINALS[found[1].lower()], text)
    text = _ONE_O_CLOCK.sub("1", text)
    for words, digits in _NAMED.items():
        text = re.sub(rf"\b{words}\b", digits, text, flags=re.IGNORECASE)
    text = str(alpha2digit(text, "en"))
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)
    while (digits := _ZERO.sub("0", text)) != text:
        text = digits
    text = re.sub(r"(?<=\d)\.(?=\s|$)|(?<=\d)[.](?=\D)", " ", text)
    return _SPOKEN_TIME.sub(_clock, text)


def _clock(found: re.Match[str]) -> str:
    hours, minutes = _MINUTES[found[1].lower()]
    return f"{(int(found[2]) + hours - 1) % 12 + 1}:{minutes:02}"


def _past(found: re.Match[str]) -> str:
    minutes, hour = int(found[1]), int(found[3])
    if found[2].lower() == "past":
        return f"{hour}:{minutes:02}"
    return f"{(hour - 2) % 12 + 1}:{60 - minutes:02}"


def _plain(number: str) -> str:
    number = number.replace(",", "")
    return re.sub(r"\.0+$", "", number)


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
